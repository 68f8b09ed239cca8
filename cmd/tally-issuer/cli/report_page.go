package cli

import (
	"fmt"
	"slices"

	"tallystick/cmd/internal/chart"
	"tallystick/cmd/internal/compliance"
	"tallystick/cmd/internal/table"
)

// forecastSections are one list for each entitlement of which something ends or is missing, with a
// chart above it.
func forecastSections(totals []total) []table.Section {
	var sections []table.Section
	for _, t := range totals {
		periods := t.Periods()
		if !slices.ContainsFunc(periods, func(p compliance.Period) bool { return !p.Quiet() }) {
			continue
		}
		sections = append(sections, forecastSection(t.Pool, periods))
	}
	if len(sections) > 0 {
		sections[0].Note = forecastNote
	}
	return sections
}

// forecastNote says on a page what the charts show.
const forecastNote = "By what is bought and reserved today. Ending: licenses whose last day is in the month, with the part that devices hold. Missing: the most that is " +
	"missing on any day of the month, all accounts together; what one account is short of is not made good by another. The tables leave out months without either."

func forecastSection(pool compliance.Pool, periods []compliance.Period) table.Section {
	var rows []forecastRow
	for _, p := range periods {
		if !p.Quiet() {
			rows = append(rows, forecastRow{pool, p})
		}
	}
	fields := pick(forecastFields, "month", "ending", "held", "short", "short_from")
	return table.Section{Name: pool.Entitlement, Title: fmt.Sprintf("%s, month by month", pool.Entitlement), Columns: table.Columns(fields),
		Rows: table.Rows(fields, table.List(rows)), Chart: forecastChart(pool, periods).SVG()}
}

func forecastChart(pool compliance.Pool, periods []compliance.Period) chart.Bars {
	b := chart.Bars{
		Label: fmt.Sprintf("%s, %s to %s: what ends and what is missing in each month, as in the table below", pool.Entitlement, periods[0].From, periods[len(periods)-1].To),
		Unit:  pool.Unit,
		Series: []chart.Series{{Name: "ending, held by devices", Class: "c0"}, {Name: "ending, held by none", Class: "c5"},
			{Name: "missing", Class: "bad", Stack: 1}},
	}
	for i, p := range periods {
		from := p.From.Time()
		g := chart.Group{Label: from.Format("Jan"), Span: fmt.Sprintf("%s to %s", p.From, p.To), Values: []uint64{p.Held, p.Ending - min(p.Held, p.Ending), p.Short}}
		if i == 0 || from.Month() == 1 {
			g.Second = from.Format("2006")
		}
		b.Groups = append(b.Groups, g)
	}
	return b
}
