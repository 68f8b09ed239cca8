package cli

import (
	"fmt"
	"strings"

	"tallystick/cmd/internal/issuer"
)

// previewRMA writes what an officer is about to do: what may be in use twice, where that puts the
// account, and what the replacement gets.
func previewRMA(p issuer.RMAPlan) string {
	var b strings.Builder
	b.WriteString(previewLoss(p.Loss))
	b.WriteString("\n")
	if p.Reimaged {
		b.WriteString("REPLACED BY ITSELF: the same device, set up anew with another identity\n")
	} else {
		b.WriteString("REPLACED BY\n")
	}
	b.WriteString(preview(p.Plan))
	for i, l := range p.LeftOut {
		if i == 0 {
			b.WriteString("\n")
		}
		b.WriteString(safef("NOT CARRIED OVER %s\n", notCarriedText(l)))
	}
	return b.String()
}

func notCarriedText(l issuer.LeftOut) string {
	if l.Why == issuer.LeftExport {
		return safef("%s=%d: export-controlled; --grant %s=%d grants it by name", l.Entitlement.Tag, l.Count, l.Entitlement.Tag, l.Count)
	}
	return safef("%s=%d: its license ended; --grant %s=%d takes another", l.Entitlement.Tag, l.Count, l.Entitlement.Tag, l.Count)
}

// previewLoss writes what writing a device off does.
func previewLoss(l issuer.Loss) string {
	var b strings.Builder
	line := func(format string, args ...any) { b.WriteString(safef(format, args...) + "\n") }
	line("failed        %s", l.Device.UDI)
	line("fingerprint   %s", l.Device.DID)
	line("account       %s", l.Device.Account)
	if l.Repeated {
		line("written off   before")
	}
	if l.Device.Quarantined {
		line("QUARANTINED   there are copies of it: no code settles what is pending")
	}
	if l.Device.Suspect {
		line("SUSPECT       it holds an authorization that these books never issued: more than this may be in use twice")
	}
	line("")
	if len(l.Lines) == 0 {
		line("it could be holding nothing that has not ended")
	} else {
		line("MAY BE IN USE TWICE, if the device runs on: nothing proves that it gave these up")
		rows := [][]string{{"ENTITLEMENT", "PENDING RETURN", "AVAILABLE IN POOL"}}
		for _, x := range l.Lines {
			pool := amount{unlimited: true}.String()
			if !x.Unlimited {
				pool = change(x.PoolBefore, x.PoolAfter)
			}
			rows = append(rows, []string{x.Entitlement.Tag, fmt.Sprint(x.Pending), pool})
		}
		b.WriteString(align(rows))
	}
	if len(l.Thresholds) > 0 {
		line("")
		line("POLICY ON FAILED DEVICES")
		b.WriteString(thresholdTable(l.Thresholds))
	}
	return b.String()
}

// thresholdTable writes where accounts stand.
func thresholdTable(list []issuer.Threshold) string {
	rows := [][]string{{"ACCOUNT", "LIMIT", "MOST", "STANDS AT"}}
	for _, t := range list {
		rows = append(rows, []string{t.Account.String(), thresholdText(t), fmt.Sprint(t.Most), change(t.Now, t.Then)})
	}
	return align(rows)
}

// thresholdText says what a limit counts.
func thresholdText(t issuer.Threshold) string {
	switch t.Bound {
	case issuer.FailedOpen:
		return "devices pending return"
	case issuer.FailedLicenses:
		if t.Entitlement == "" {
			return "licenses pending, of each entitlement"
		}
		return "licenses pending, of " + t.Entitlement
	}
	return "devices written off in a year"
}

type lossJSON struct {
	Entitlement string `json:"entitlement"`
	Count       uint64 `json:"count"`
	Available   amount `json:"available"` // in the pool afterwards; null when unlimited
	Unlimited   bool   `json:"unlimited"`
}

func lossesOf(l issuer.Loss) []lossJSON {
	out := []lossJSON{}
	for _, x := range l.Lines {
		out = append(out, lossJSON{x.Entitlement.Tag, x.Pending, amount{x.PoolAfter, x.Unlimited}, x.Unlimited})
	}
	return out
}

type thresholdJSON struct {
	Account     string       `json:"account"`
	Limit       issuer.Bound `json:"limit"`                 // failed-open, failed-licenses or failed-year
	Entitlement string       `json:"entitlement,omitempty"` // of failed-licenses
	Most        uint32       `json:"most"`
	Now         uint64       `json:"now"`
	Then        uint64       `json:"then"`
}

func thresholdsOf(list []issuer.Threshold) []thresholdJSON {
	out := []thresholdJSON{}
	for _, t := range list {
		out = append(out, thresholdJSON{t.Account.String(), t.Bound, t.Entitlement, t.Most, t.Now, t.Then})
	}
	return out
}
