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

// complianceFields are the columns of a pool and of what becomes of it.
var complianceFields = slices.Concat(poolFields, []table.Field[poolLine]{
	expiringField(0), expiringField(1), expiringField(2),
	{Column: table.Column{ID: "expired", Title: "Expired", Kind: table.KindNumber}, Value: func(l *poolLine) table.Value { return licenses(l.Expired) }},
	{Column: table.Column{ID: "short", Title: "Short now", Kind: table.KindNumber, Extra: true}, Value: func(l *poolLine) table.Value { return licenses(l.Short()) }},
	{Column: table.Column{ID: "short_by", Title: "Short", Kind: table.KindNumber}, Value: func(l *poolLine) table.Value { return licenses(l.shortage.Count) }},
	{Column: table.Column{ID: "short_from", Title: "From", Kind: table.KindDate}, Value: func(l *poolLine) table.Value { return dayCell(l.shortage.From) }},
	{Column: table.Column{ID: "state", Title: "State", Extra: true}, Value: func(l *poolLine) table.Value { return table.Text(l.state()) }},
})

// narrowCompliance are the columns for a screen of 80.
const narrowCompliance = "account,entitlement,purchased,reserved,available,short_by,short_from"

func expiringField(i int) table.Field[poolLine] {
	return table.Field[poolLine]{
		Column: table.Column{ID: fmt.Sprintf("expiring_%d", horizons[i]), Title: fmt.Sprintf("Ends %dd", horizons[i]), Kind: table.KindNumber},
		Value:  func(l *poolLine) table.Value { return licenses(l.expiring[i]) },
	}
}

// state is sufficient, insufficient, or insufficient later.
func (l *poolLine) state() string {
	switch {
	case l.Short() > 0:
		return "insufficient"
	case l.shortage.Count > 0:
		return "insufficient-later"
	}
	return "sufficient"
}

func reportCompliance(c *ucli.Context, env *cli.Env) error {
	r, err := reportOf(c, env)
	if err != nil {
		return err
	}
	fields, err := usualFields(r, env, complianceFields, narrowCompliance)
	if err != nil {
		return err
	}
	return r.on(c, env, func(tx *ledger.Tx) (table.Document, error) {
		lines, err := poolLines(tx, r, func(l *poolLine) bool { return l.Counts() || l.Expired > 0 })
		if err != nil {
			return table.Document{}, err
		}
		facts, err := alertFacts(tx, r)
		return table.Document{Title: "Compliance", Facts: facts, Sections: []table.Section{{
			Name: "lines", Title: "Licenses by account and entitlement", Columns: table.Columns(fields), Rows: table.Rows(fields, lines),
			Empty: "no licenses on " + r.day.String(),
		}}}, err
	})
}

// alertFacts are how many alerts there are of each severity.
func alertFacts(tx *ledger.Tx, r report) ([]table.Fact, error) {
	counts, err := tx.CountAlerts(alertQuery(r, compliance.Info))
	if err != nil {
		return nil, err
	}
	text := fmt.Sprintf("%d critical, %d warning, %d info", counts[compliance.Critical], counts[compliance.Warning], counts[compliance.Info])
	facts := []table.Fact{{ID: "alerts", Title: "Alerts", Value: table.Text(text), InText: true}}
	for _, s := range compliance.Severities {
		facts = append(facts, table.Fact{ID: string(s), Value: licenses(counts[s])})
	}
	return facts, nil
}
