package cli

import (
	"fmt"
	"strings"

	"tallystick/cmd/internal/issuer"
)

// preview writes what a batch does to the pools, and which rows are refused.
func (b *batchRun) preview(p *issuer.BatchPlan, most int) string {
	var text strings.Builder
	line := func(format string, args ...any) { text.WriteString(safef(format, args...) + "\n") }
	line("rows    %d to be %s, %d %s, %d refused", p.Count(issuer.BatchSign), b.todo, p.Count(issuer.BatchAgain), b.before, p.Count(issuer.BatchRefused))
	for _, arrival := range arrivals(p) {
		line("%s", arrival)
	}
	if p.Blocked() {
		line("        all or nothing: while a row is refused, none is %s", b.todo)
	}
	for _, pool := range p.Pools {
		if pool.Short() {
			line("SHORT   %s of %s: %d wanted, %d available; left out, as wanting most: %s",
				pool.Account, pool.Tag, pool.Wanted, pool.Before, placesOf(p, pool.LeftOut, most))
		}
	}
	text.WriteByte('\n')
	if len(p.Pools) > 0 {
		text.WriteString(align(poolCells(p.Pools)))
	}
	text.WriteString(refusals(p, most))
	return text.String()
}

func poolCells(pools []issuer.BatchPool) [][]string {
	rows := [][]string{{"ACCOUNT", "ENTITLEMENT", "AVAILABLE IN POOL"}}
	for _, p := range pools {
		available := change(p.Before, p.After)
		if p.Unlimited {
			available = amount{unlimited: true}.String()
		}
		rows = append(rows, []string{p.Account.String(), p.Tag, available})
	}
	return rows
}

// refusals lists the rows that are refused.
func refusals(p *issuer.BatchPlan, most int) string {
	rows := [][]string{{"ROW", "DEVICE", "REFUSED"}}
	left := 0
	for i := range p.Rows {
		r := &p.Rows[i]
		switch {
		case r.State != issuer.BatchRefused:
		case len(rows) > most:
			left++
		default:
			o := outcomeOf(r)
			message := o.message()
			if o.column != "" {
				message = o.column + ": " + message
			}
			rows = append(rows, []string{o.place(), o.device, message})
		}
	}
	if len(rows) == 1 {
		return ""
	}
	text := "\n" + align(rows)
	if left > 0 {
		text += fmt.Sprintf("and %d rows more; --dry-run shows them all\n", left)
	}
	return text
}

// arrivals tells of new devices that nobody expects there.
func arrivals(p *issuer.BatchPlan) (out []string) {
	var unexpected, elsewhere []int
	for i := range p.Rows {
		switch p.Rows[i].Arrival {
		case issuer.Unexpected:
			unexpected = append(unexpected, i)
		case issuer.OtherAccount:
			elsewhere = append(elsewhere, i)
		}
	}
	if len(unexpected) > 0 {
		out = append(out, fmt.Sprintf("NOT EXPECTED: nobody announced %d devices: %s", len(unexpected), placesOf(p, unexpected, maxPlaces)))
	}
	if len(elsewhere) > 0 {
		out = append(out, fmt.Sprintf("EXPECTED ELSEWHERE: %d devices were announced for another account: %s", len(elsewhere), placesOf(p, elsewhere, maxPlaces)))
	}
	return out
}

// maxPlaces is how many rows are named in a sentence.
const maxPlaces = 10

func placesOf(p *issuer.BatchPlan, rows []int, most int) string {
	var names []string
	for _, i := range rows[:min(len(rows), most)] {
		names = append(names, p.Rows[i].Place())
	}
	text := strings.Join(names, ", ")
	if rest := len(rows) - most; rest > 0 {
		text += fmt.Sprintf(" and %d more", rest)
	}
	return text
}
