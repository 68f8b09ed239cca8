package cli

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"tallystick/cmd/internal/issuer"
	"tallystick/cmd/internal/term"
	"tallystick/reserve"
)

// preview writes what an officer is about to sign: for whom, what the device will hold, and what
// that does to the pool.
func preview(p issuer.Plan) string {
	var b strings.Builder
	line := func(format string, args ...any) { b.WriteString(safef(format, args...) + "\n") }
	line("device        %s", p.Device.UDI())
	line("fingerprint   %s", p.Device.DID())
	line("account       %s", p.Account)
	switch {
	case p.Repeated:
		line("authorization %d, signed before: the same code again", p.Number)
	case p.New:
		line("authorization %d, for a device that is new on these books", p.Number)
		line("              compare the fingerprint with the one the operator sees; the device's issuer must be")
		line("              %s", p.Issuer)
	default:
		line("authorization %d, an update; no request is needed", p.Number)
	}
	if text := arrivalText(p); text != "" {
		line("%s", text)
	}
	if p.Replaces != "" {
		line("              takes the place of identity %s, which holds nothing", p.Replaces)
	}
	if len(p.Out) > 0 && !p.Repeated {
		line("not confirmed %s: what it grants stays reserved until the device confirms or cancels", numbers(p.Out))
	}
	if p.KnownRoot != 0 && p.KnownRoot < p.Root {
		line("trust root    version %d; the device had version %d when it asked and needs the newer bundle first:", p.Root, p.KnownRoot)
		line("              `tally-issuer trust publish --out FILE`, then `tally-device trust update FILE` there")
	}
	for _, text := range attention(p) {
		line("%s", text)
	}
	b.WriteByte('\n')
	b.WriteString(previewTable(p))
	return b.String()
}

// arrivalText says whether purchasing announced a new device. Where nothing is announced, nothing is
// said.
func arrivalText(p issuer.Plan) string {
	order := ""
	if p.Announced.Reference != "" {
		order = ", order " + p.Announced.Reference
	}
	switch p.Arrival {
	case issuer.AsAnnounced:
		return "expected      yes" + order
	case issuer.OtherAccount:
		return fmt.Sprintf("EXPECTED ELSEWHERE: it was announced for account %s%s", p.Announced.Account, order)
	case issuer.Unexpected:
		return "NOT EXPECTED: nobody announced this serial number (`tally-issuer device expect list`)"
	}
	return ""
}

// attention tells what an officer must not overlook.
func attention(p issuer.Plan) []string {
	var out []string
	for _, l := range p.Lines {
		if l.Ended > 0 && l.Entitlement.GraceDays > 0 {
			out = append(out, fmt.Sprintf("ENDED         %s: this takes away the grace that may still run on the device", l.Entitlement.Tag))
		}
	}
	for _, text := range borrowings(p) {
		out = append(out, "BORROWED      "+text)
	}
	if p.Export {
		out = append(out, "EXPORT CONTROL: this grants an export-controlled entitlement")
	}
	return out
}

// borrowings tells what is granted on licenses of a higher tier.
func borrowings(p issuer.Plan) []string {
	var out []string
	for _, l := range p.Lines {
		counts := map[string]uint64{}
		for _, d := range l.Draws {
			if from, ok := l.Borrowed[d.Lot]; ok {
				counts[from] += uint64(d.Grant.Count)
			}
		}
		for _, from := range slices.Sorted(maps.Keys(counts)) {
			out = append(out, fmt.Sprintf("%d %s (borrowed from %s)", counts[from], l.Entitlement.Tag, from))
		}
	}
	return out
}

func previewTable(p issuer.Plan) string {
	rows := [][]string{{"ENTITLEMENT", "HELD", "THEN", "UNTIL", "RESERVED", "AVAILABLE IN POOL"}}
	for _, l := range p.Lines {
		until := untilTexts(l)
		rows = append(rows, []string{l.Entitlement.Tag, fmt.Sprint(l.Before), fmt.Sprint(l.After), until[0],
			change(l.ReservedNow, l.ReservedThen), poolText(l)})
		for _, text := range until[1:] {
			rows = append(rows, []string{"", "", "", text, "", ""})
		}
	}
	if len(p.Lines) == 0 {
		return "nothing is held, and nothing will be\n"
	}
	return align(rows)
}

// untilTexts are the ends of what is granted, one in a line; at least one, which may be empty.
func untilTexts(l issuer.Line) []string {
	var ends []string
	for _, d := range l.Draws {
		text := endText(d.Grant.Ends)
		if len(l.Draws) > 1 {
			text = fmt.Sprintf("%s (%d)", text, d.Grant.Count)
		}
		ends = append(ends, text)
	}
	if l.Ended > 0 {
		ends = append(ends, fmt.Sprintf("%d ended", l.Ended))
	}
	if len(ends) == 0 {
		return []string{""}
	}
	return ends
}

func poolText(l issuer.Line) string {
	if l.Unlimited {
		return amount{unlimited: true}.String()
	}
	return change(l.PoolBefore, l.PoolAfter)
}

func change(before, after uint64) string {
	if before == after {
		return fmt.Sprint(after)
	}
	return fmt.Sprintf("%d -> %d", before, after)
}

// align pads the cells of each column; text/tabwriter would need the same rows and a buffer.
func align(rows [][]string) string {
	width := make([]int, len(rows[0]))
	for _, row := range rows {
		for i, cell := range row {
			width[i] = max(width[i], len([]rune(term.Safe(cell))))
		}
	}
	var b strings.Builder
	for _, row := range rows {
		var line strings.Builder
		for i, cell := range row {
			fmt.Fprintf(&line, "%-*s  ", width[i], term.Safe(cell))
		}
		b.WriteString(strings.TrimRight(line.String(), " ") + "\n")
	}
	return b.String()
}

func numbers(list []reserve.Number) string {
	text := make([]string, 0, len(list))
	for _, n := range list {
		text = append(text, fmt.Sprint(n))
	}
	return strings.Join(text, ", ")
}

type previewJSON struct {
	Entitlement string     `json:"entitlement"`
	Before      uint64     `json:"before"`
	After       uint64     `json:"after"`
	Ended       uint64     `json:"ended,omitempty"`
	Draws       []drawJSON `json:"draws"`
	Reserved    uint64     `json:"reserved"`
	Available   amount     `json:"available"` // null when unlimited
	Unlimited   bool       `json:"unlimited"`
}

type drawJSON struct {
	License int64  `json:"license"`
	Count   uint32 `json:"count"`
	Ends    string `json:"ends"`                    // "" is perpetual
	From    string `json:"borrowed_from,omitempty"` // the higher tier that the license is of
}

func previewOf(p issuer.Plan) []previewJSON {
	out := []previewJSON{}
	for _, l := range p.Lines {
		j := previewJSON{Entitlement: l.Entitlement.Tag, Before: l.Before, After: l.After, Ended: l.Ended,
			Draws: []drawJSON{}, Reserved: l.ReservedThen, Available: amount{l.PoolAfter, l.Unlimited}, Unlimited: l.Unlimited}
		for _, d := range l.Draws {
			j.Draws = append(j.Draws, drawJSON{int64(d.Lot), d.Grant.Count, dateOf(d.Grant.Ends), l.Borrowed[d.Lot]})
		}
		out = append(out, j)
	}
	return out
}
