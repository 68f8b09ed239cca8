package cli

import (
	"fmt"
	"slices"

	ucli "github.com/urfave/cli/v2"

	"tallystick/cmd/internal/cli"
	"tallystick/cmd/internal/compliance"
	"tallystick/cmd/internal/ledger"
	"tallystick/cmd/internal/table"
)

func reportComplianceCommand(env *cli.Env) *ucli.Command {
	return &ucli.Command{
		Name: "compliance", Usage: "what accounts have, what ends and what is missing", ArgsUsage: "[ACCOUNT]",
		Description: cli.Describe("Shows per account and entitlement, besides what report pools shows, how many licenses end within 30, 60 and 90 days, how many "+
			"devices hold after their end (expired), and how many are missing and from which day: expired minus available, now or within a year. Each account and "+
			"entitlement stands for itself; an end blocks nothing else.\n\n"+
			"Expired counts what devices hold by their newest authorizations. Signing one that leaves it out, or renewing it, ends the need; what a device is "+
			"to give back covers nothing until its confirmation is in.",
			"tally-issuer report compliance", "tally-issuer report compliance acme --below --at 2027-01-01",
			"tally-issuer report compliance --out compliance.html"),
		Flags:  reportFlags(table.IDs(complianceFields)),
		Action: func(c *ucli.Context) error { return reportCompliance(c, env) },
	}
}

// complianceFields are the columns of a pool and of what becomes of it: what is short stands beside
// what is available, which it comes of, and what is seldom asked for at the end.
var complianceFields = slices.Concat(pick(poolFields, "account", "entitlement", "unlimited", "purchased", "reserved", "available"),
	[]table.Field[poolLine]{
		{Column: table.Column{ID: "expired", Title: "Expired", Kind: table.KindNumber}, Value: func(l *poolLine) table.Value { return licenses(l.Expired) }},
		{Column: table.Column{ID: "short", Title: "Short now", Kind: table.KindNumber, Extra: true},
			Value: func(l *poolLine) table.Value { return licenses(l.Short()).In(l.tone()) }},
		{Column: table.Column{ID: "short_by", Title: "Short", Kind: table.KindNumber},
			Value: func(l *poolLine) table.Value { return licenses(l.shortage.Count).In(l.tone()) }},
		{Column: table.Column{ID: "short_from", Title: "From", Kind: table.KindDate}, Value: func(l *poolLine) table.Value { return dayCell(l.shortage.From) }},
		{Column: table.Column{ID: "state", Title: "State", Extra: true}, Value: func(l *poolLine) table.Value { return table.Text(l.state()).In(l.tone()) }},
		expiringField(0), expiringField(1), expiringField(2),
	}, extra(pick(poolFields, "unit", "in_transit", "coming_back", "pending_return")))

// pick returns the fields with some IDs, in that order.
func pick[T any](fields []table.Field[T], ids ...string) []table.Field[T] {
	var out []table.Field[T]
	for _, id := range ids {
		out = append(out, fields[slices.IndexFunc(fields, func(f table.Field[T]) bool { return f.ID == id })])
	}
	return out
}

// extra returns fields that people only see when they ask for them.
func extra[T any](fields []table.Field[T]) []table.Field[T] {
	for i := range fields {
		fields[i].Extra, fields[i].Page = true, false
	}
	return fields
}

// narrowCompliance are the columns for a screen of 80.
const narrowCompliance = "account,entitlement,purchased,reserved,available,short_by,short_from"

func expiringField(i int) table.Field[poolLine] {
	return table.Field[poolLine]{
		Column: table.Column{ID: fmt.Sprintf("expiring_%d", horizons[i]), Title: fmt.Sprintf("In %dd", horizons[i]), Kind: table.KindNumber},
		Value:  func(l *poolLine) table.Value { return licenses(l.expiring[i]) },
	}
}

// The states of a pool.
const (
	sufficient        = "sufficient"
	insufficient      = "insufficient"
	insufficientLater = "insufficient-later" // within a year
)

func (l *poolLine) state() string {
	switch {
	case l.Short() > 0:
		return insufficient
	case l.shortage.Count > 0:
		return insufficientLater
	}
	return sufficient
}

// tone marks what is short.
func (l *poolLine) tone() table.Tone {
	return map[string]table.Tone{sufficient: table.Plain, insufficientLater: table.Warn, insufficient: table.Bad}[l.state()]
}

func reportCompliance(c *ucli.Context, env *cli.Env) error {
	r, err := reportOf(c, env)
	if err != nil {
		return err
	}
	fields, err := usualFields(r.tableRequest, env, complianceFields, narrowCompliance)
	if err != nil {
		return err
	}
	return r.on(c, env, func(tx *ledger.Tx, r report) (table.Document, error) {
		lines, err := poolLines(tx, r, func(l *poolLine) bool { return l.Counts() || l.Expired > 0 })
		if err != nil {
			return table.Document{}, err
		}
		d := table.Document{Title: "Compliance", Sections: []table.Section{{
			Name: "lines", Title: "Licenses by account and entitlement", Note: complianceNote, Columns: table.Columns(fields), Rows: table.Rows(fields, lines),
			Empty: "no licenses on " + r.day.String(),
		}}}
		if r.format == table.CSV || r.format == table.NDJSON { // which have no place for more
			return d, nil
		}
		counts, err := tx.CountAlerts(alertQuery(r, compliance.Info))
		if d.Facts = alertFacts(counts); err == nil && r.format == table.HTML {
			err = completePage(tx, r, counts, &d)
		}
		return d, err
	})
}

// complianceNote says on a page what the columns are.
const complianceNote = "Available is purchased minus reserved. The bar shows how much of what was purchased is reserved; its pale end is in transit: no confirmation " +
	"covers it yet. Expired is what devices hold, by their newest authorizations, of licenses that have ended; short is expired minus available, today or from a day within a " +
	"year, and neither another account nor another entitlement makes it good. In 30d: licenses whose last day is within 30 days."

// alertFacts are how many alerts there are of each severity.
func alertFacts(counts map[compliance.Severity]uint64) []table.Fact {
	var facts []table.Fact
	for _, s := range compliance.Severities {
		value := licenses(counts[s])
		if counts[s] > 0 {
			value = value.In(severityTones[s])
		}
		facts = append(facts, table.Fact{ID: string(s), Title: severityTitles[s], Value: value, InText: true})
	}
	return facts
}

// maxPageAlerts is how many alerts a page of compliance lists.
const maxPageAlerts = 500

// completePage adds to a page what a person wants to see beside the licenses: alerts before them,
// and what becomes of them after.
func completePage(tx *ledger.Tx, r report, counts map[compliance.Severity]uint64, d *table.Document) error {
	fields, err := choose(tableRequest{format: table.HTML}, alertFields)
	if err != nil {
		return err
	}
	totals, _, err := forecast(tx, r, compliance.Months(r.day, usualMonths))
	if err != nil {
		return err
	}
	alerts := table.Section{Name: "alerts", Title: "Alerts", Columns: table.Columns(fields), Empty: "no alerts on " + r.day.String(),
		Rows: table.Rows(fields, firstOf(tx.Alerts(alertQuery(r, compliance.Info)), maxPageAlerts))}
	if all := counts[compliance.Critical] + counts[compliance.Warning] + counts[compliance.Info]; all > maxPageAlerts {
		alerts.Note = fmt.Sprintf("The first %d of %d, the worst before the others; report alerts lists all.", maxPageAlerts, all)
	}
	d.Sections = append([]table.Section{alerts}, d.Sections...)
	d.Sections = append(d.Sections, forecastSections(totals)...)
	return nil
}
