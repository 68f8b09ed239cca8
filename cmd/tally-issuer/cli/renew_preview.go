package cli

import (
	"fmt"
	"strings"

	"tallystick/cmd/internal/cli"
	"tallystick/cmd/internal/issuer"
	"tallystick/reserve"
)

// previewRenewal writes what would be signed for whom, and for whom nothing.
func previewRenewal(p issuer.RenewalPlan, most int) string {
	var b strings.Builder
	line := func(format string, args ...any) { b.WriteString(safef(format, args...) + "\n") }
	n := map[issuer.RenewalState]int{}
	rows := [][]string{{"DEVICE", "COUNT", "UNTIL", "THEN", ""}}
	for _, r := range p.Rows {
		n[r.State]++
		if len(rows) <= most {
			rows = append(rows, renewalCells(r, p.Renewal.Entitlement))
		}
	}
	line("account       %s", p.Renewal.Account)
	line("entitlement   %s", p.Renewal.Entitlement)
	line("devices       %d to be renewed, %d renewed before and not confirmed, %d with nothing to renew, %d that can't be",
		n[issuer.RenewalNew], n[issuer.RenewalAgain], n[issuer.RenewalNone], n[issuer.RenewalRefused])
	for _, o := range p.Later {
		line("LATER         %d more from %s: what begins later is reserved from then on; renew again", o.Count, o.From)
	}
	b.WriteByte('\n')
	if len(p.Rows) == 0 {
		line("no device of this account holds any")
		return b.String()
	}
	b.WriteString(align(rows))
	if rest := len(p.Rows) - most; rest > 0 {
		line("and %d devices more; --dry-run shows them all", rest)
	}
	return b.String()
}

func renewalCells(r issuer.RenewalRow, tag string) []string {
	then, note := "", ""
	switch r.State {
	case issuer.RenewalNew:
		then, note = endText(r.Until(tag)), renewalNote(r, tag)
	case issuer.RenewalAgain:
		then, note = endText(r.Until(tag)), fmt.Sprintf("authorization %d, signed before: the same code again", r.Plan.Number)
	case issuer.RenewalNone:
		note = "nothing later"
	case issuer.RenewalRefused:
		note = "NOT RENEWED: " + r.Err.Error()
	}
	return []string{r.Device.UDI.String(), fmt.Sprint(r.Count), endText(r.Ends), then, note}
}

// renewalNote tells what else a new authorization does to a device.
func renewalNote(r issuer.RenewalRow, tag string) string {
	notes := borrowings(r.Plan)
	for _, l := range r.Plan.Lines {
		if l.Ended > 0 && l.Entitlement.Tag != tag {
			notes = append(notes, fmt.Sprintf("takes away %d %s, ended", l.Ended, l.Entitlement.Tag))
		}
	}
	return strings.Join(notes, ", ")
}

type renewalAnswer struct {
	Account     string        `json:"account"`
	Entitlement string        `json:"entitlement"`
	Devices     []*renewalRow `json:"devices"`
	Later       []openingJSON `json:"later"` // licenses that can't be reserved yet
	repeated
	rows map[reserve.DID]*renewalRow
}

// A renewalRow is one device. State is renew, again, current or refused.
type renewalRow struct {
	deviceJSON
	State    string         `json:"state"`
	Count    uint64         `json:"count"`
	Ends     string         `json:"ends"`             // "" is perpetual
	Then     string         `json:"then,omitempty"`   // where it is renewed; "perpetual" without end
	Reason   string         `json:"reason,omitempty"` // why it is not, or why its code was not written
	Number   reserve.Number `json:"number,omitempty"`
	File     string         `json:"file,omitempty"`
	Repeated bool           `json:"repeated"` // its code was signed before
	*cli.ShownCode
}

type openingJSON struct {
	Count uint32 `json:"count"`
	From  string `json:"from"`
}

func renewalOf(p issuer.RenewalPlan, dry bool) renewalAnswer {
	a := renewalAnswer{Account: p.Renewal.Account.String(), Entitlement: p.Renewal.Entitlement, Devices: []*renewalRow{},
		Later: []openingJSON{}, repeated: repeated{DryRun: dry}, rows: map[reserve.DID]*renewalRow{}}
	for _, o := range p.Later {
		a.Later = append(a.Later, openingJSON{o.Count, o.From.String()})
	}
	for _, r := range p.Rows {
		row := &renewalRow{deviceJSON: deviceJSON{r.Device.UDI.String(), r.Device.DID.String()}, State: string(r.State), Count: r.Count,
			Ends: dateOf(r.Ends), Repeated: r.State == issuer.RenewalAgain}
		switch r.State {
		case issuer.RenewalNew, issuer.RenewalAgain:
			row.Then = endText(r.Until(p.Renewal.Entitlement))
		case issuer.RenewalRefused:
			row.Reason = r.Err.Error()
		}
		a.Devices = append(a.Devices, row)
		a.rows[r.Device.DID] = row
	}
	return a
}

// row returns the row of a device.
func (a renewalAnswer) row(r issuer.RenewalRow) *renewalRow { return a.rows[r.Device.DID] }
