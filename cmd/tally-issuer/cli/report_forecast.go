package cli

import (
	"cmp"
	"maps"
	"slices"

	ucli "github.com/urfave/cli/v2"

	"tallystick/cmd/internal/cli"
	"tallystick/cmd/internal/compliance"
	"tallystick/cmd/internal/ledger"
	"tallystick/cmd/internal/table"
)

const (
	usualMonths = 12  // after this one
	maxMonths   = 120 // the longest term that is sold is seven years
)

func reportForecastCommand(env *cli.Env) *ucli.Command {
	return &ucli.Command{
		Name: "forecast", Usage: "what ends and what will be missing, month by month", ArgsUsage: "[ACCOUNT]",
		Description: cli.Describe("Shows what is left of this month and the months after it: per account and entitlement how many licenses end, how many of these devices "+
			"hold today, and the most that is missing on any day of the month, with the first such day. Months in which nothing ends and nothing is missing are left out. "+
			"It goes by what is bought and reserved today.\n\n"+
			"With --total it adds up the accounts; what one is short of is not made good by another, so shortages add up as well.",
			"tally-issuer report forecast", "tally-issuer report forecast acme --below --total --months 24",
			"tally-issuer report forecast --out forecast.html"),
		Flags: reportFlags(table.IDs(forecastFields),
			&ucli.IntFlag{Name: "months", Value: usualMonths, Usage: "`N` months after this one"},
			&ucli.BoolFlag{Name: "total", Usage: "all accounts together, by entitlement"}),
		Action: func(c *ucli.Context) error { return reportForecast(c, env) },
	}
}

// A forecastRow is one month of one entitlement.
type forecastRow struct {
	compliance.Pool
	compliance.Period
}

// forecastFields are the columns of a forecast.
var forecastFields = []table.Field[forecastRow]{
	{Column: table.Column{ID: "month", Title: "Month"}, Value: func(r *forecastRow) table.Value { return table.Text(r.From.Time().Format("2006-01")) }},
	{Column: table.Column{ID: "from", Title: "First day", Kind: table.KindDate, Extra: true}, Value: func(r *forecastRow) table.Value { return dayCell(r.From) }},
	{Column: table.Column{ID: "to", Title: "Last day", Kind: table.KindDate, Extra: true}, Value: func(r *forecastRow) table.Value { return dayCell(r.To) }},
	{Column: table.Column{ID: accountColumn, Title: "Account"}, Value: func(r *forecastRow) table.Value { return table.Text(r.Account) }},
	{Column: table.Column{ID: "entitlement", Title: "Entitlement"}, Value: func(r *forecastRow) table.Value { return table.Text(r.Entitlement) }},
	{Column: table.Column{ID: "unit", Title: "Unit", Extra: true}, Value: func(r *forecastRow) table.Value { return table.Text(r.Unit) }},
	{Column: table.Column{ID: "ending", Title: "Ending", Kind: table.KindNumber}, Value: func(r *forecastRow) table.Value { return licenses(r.Ending) }},
	{Column: table.Column{ID: "held", Title: "Held", Kind: table.KindNumber}, Value: func(r *forecastRow) table.Value { return licenses(r.Held) }},
	{Column: table.Column{ID: "short", Title: "Short", Kind: table.KindNumber}, Value: func(r *forecastRow) table.Value { return licenses(r.Short) }},
	{Column: table.Column{ID: "short_from", Title: "From", Kind: table.KindDate}, Value: func(r *forecastRow) table.Value { return dayCell(r.ShortFrom) }},
}

// accountColumn is left out of totals.
const accountColumn = "account"

func reportForecast(c *ucli.Context, env *cli.Env) error {
	r, err := reportOf(c, env)
	if err != nil {
		return err
	}
	months := c.Int("months")
	if months < 1 || months > maxMonths {
		return cli.Usage("flag --months: %d, expected 1 to %d", months, maxMonths)
	}
	all := forecastFields
	if c.Bool("total") {
		all = slices.DeleteFunc(slices.Clone(all), func(f table.Field[forecastRow]) bool { return f.ID == accountColumn })
	}
	fields, err := usualFields(r.tableRequest, env, all, "")
	if err != nil {
		return err
	}
	spans := compliance.Months(r.day, months)
	return r.on(c, env, func(tx *ledger.Tx, r report) (table.Document, error) {
		totals, rows, err := forecast(tx, r, spans)
		if c.Bool("total") {
			rows = totalRows(totals)
		}
		through := spans[len(spans)-1].To.String()
		d := table.Document{Title: "Forecast", Facts: []table.Fact{{ID: "through", Title: "Through", Value: table.Date(through)}}, Sections: []table.Section{{
			Name: "months", Title: "By account and entitlement", Columns: table.Columns(fields), Rows: table.Rows(fields, table.List(rows)),
			Empty: "nothing ends and nothing will be missing through " + through,
		}}}
		if r.format == table.HTML {
			if sections := forecastSections(totals); c.Bool("total") && len(sections) > 0 {
				d.Sections = sections // each has its rows
			} else {
				d.Sections = append(sections, d.Sections...)
			}
		}
		return d, err
	})
}

// A total is the forecast of an entitlement in all accounts of a report.
type total struct {
	compliance.Pool
	*compliance.Forecast
}

// forecast returns the totals by entitlement, and what happens in each month by account and
// entitlement.
func forecast(tx *ledger.Tx, r report, spans []compliance.Span) ([]total, []forecastRow, error) {
	catalog, err := tx.Catalog()
	if err != nil {
		return nil, nil, err
	}
	totals := map[string]total{}
	byMonth := make([][]forecastRow, len(spans))
	for s, err := range tx.AllStocks(r.scope) {
		if err != nil {
			return nil, nil, err
		}
		t, ok := totals[s.Tag]
		if !ok {
			e, _ := catalog.EntitlementByID(s.Entitlement)
			t = total{compliance.Pool{Entitlement: s.Tag, Unit: e.Unit}, compliance.NewForecast(spans)}
			totals[s.Tag] = t
		}
		t.Add(s.Lots)
		own := compliance.NewForecast(spans)
		own.Add(s.Lots)
		pool := t.Pool
		pool.Account = s.Account.String()
		for i, p := range own.Periods() {
			if !p.Quiet() {
				byMonth[i] = append(byMonth[i], forecastRow{pool, p})
			}
		}
	}
	list := slices.SortedFunc(maps.Values(totals), func(a, b total) int { return cmp.Compare(a.Entitlement, b.Entitlement) })
	return list, slices.Concat(byMonth...), nil
}

// totalRows returns what happens in each month by entitlement.
func totalRows(totals []total) []forecastRow {
	var rows []forecastRow
	for _, t := range totals {
		for _, p := range t.Periods() {
			if !p.Quiet() {
				rows = append(rows, forecastRow{t.Pool, p})
			}
		}
	}
	slices.SortStableFunc(rows, func(a, b forecastRow) int { return cmp.Compare(a.From, b.From) })
	return rows
}
