package cli

import (
	"fmt"
	"iter"

	ucli "github.com/urfave/cli/v2"

	"tallystick/cmd/internal/cli"
	"tallystick/cmd/internal/compliance"
	"tallystick/cmd/internal/ledger"
	"tallystick/cmd/internal/table"
)

func reportAlertsCommand(env *cli.Env) *ucli.Command {
	return &ucli.Command{
		Name: "alerts", Usage: "what somebody should see to", ArgsUsage: "[ACCOUNT]",
		Description: cli.Describe("Lists alerts, the worst first. Critical: the ledger is frozen, licenses are missing (insufficient), a device is suspect or quarantined, "+
			"was written off and runs, or was enrolled again while something is reserved for its older identity. Warning: licenses will be missing within 90 days or end within 30, devices hold "+
			"licenses that ended, an authorization that gives something (in-transit) or takes something back (return-pending) is not confirmed for longer than --days, "+
			"a device that was written off may still hold something (device-return-pending), a serial number is that of several products, a device was enrolled that nobody announced. Info: licenses end within 90 days or have ended in the last 90, a "+
			"device was enrolled again.\n\n"+
			"Each alert has an id that stays the same for as long as it stands. With --check the exit status is 8 when there is an alert at least as severe as "+
			"--severity, which is then critical unless it is given; with --quiet as well, nothing is printed.",
			"tally-issuer report alerts", "tally-issuer report alerts acme --below --severity warning",
			"tally-issuer report alerts --check --quiet || mail-somebody"),
		Flags: reportFlags(table.IDs(alertFields),
			cli.Enum("severity", "those at least as severe as", string(compliance.Info), string(compliance.Warning), string(compliance.Critical)),
			&ucli.IntFlag{Name: "days", Value: compliance.DefaultPolicy.Unsettled,
				Usage: "an authorization that is not confirmed for more than `N` days is an alert"},
			&ucli.BoolFlag{Name: "check", Usage: "end with exit status 8 when there is one"}),
		Action: func(c *ucli.Context) error { return reportAlerts(c, env) },
	}
}

// alertFields are the columns of an alert.
var alertFields = []table.Field[compliance.Alert]{
	{Column: table.Column{ID: "id", Title: "ID", Extra: true}, Value: func(a *compliance.Alert) table.Value { return table.Text(a.ID) }},
	{Column: table.Column{ID: "severity", Title: "Severity"},
		Value: func(a *compliance.Alert) table.Value {
			return table.Text(string(a.Severity)).In(severityTones[a.Severity])
		}},
	{Column: table.Column{ID: "kind", Title: "Kind"}, Value: func(a *compliance.Alert) table.Value { return table.Text(string(a.Kind)) }},
	{Column: table.Column{ID: "account", Title: "Account"}, Value: func(a *compliance.Alert) table.Value { return table.Text(a.Account) }},
	{Column: table.Column{ID: "about", Title: "About"}, Value: func(a *compliance.Alert) table.Value { return table.Text(a.Entitlement + a.Device) }},
	{Column: table.Column{ID: "entitlement", Title: "Entitlement", Extra: true}, Value: func(a *compliance.Alert) table.Value { return table.Text(a.Entitlement) }},
	{Column: table.Column{ID: "device", Title: "Device", Extra: true}, Value: func(a *compliance.Alert) table.Value { return table.Text(a.Device) }},
	{Column: table.Column{ID: "count", Title: "Count", Kind: table.KindNumber, Extra: true}, Value: func(a *compliance.Alert) table.Value { return licenses(a.Count) }},
	{Column: table.Column{ID: "unit", Title: "Unit", Extra: true}, Value: func(a *compliance.Alert) table.Value { return table.Text(a.Unit) }},
	{Column: table.Column{ID: "day", Title: "Day", Kind: table.KindDate, Extra: true, Page: true}, Value: func(a *compliance.Alert) table.Value { return dayCell(a.Day) }},
	{Column: table.Column{ID: "message", Title: "Message"}, Value: func(a *compliance.Alert) table.Value { return table.Text(a.Message) }},
}

// narrower says which alerts are meant.
var narrower = map[compliance.Severity]string{compliance.Warning: "critical or warning ", compliance.Critical: "critical "}

// maxDays bounds --days: no authorization is older than the days that there are.
const maxDays = 1<<16 - 1

// How severities are shown.
var (
	severityTones  = map[compliance.Severity]table.Tone{compliance.Critical: table.Bad, compliance.Warning: table.Warn}
	severityTitles = map[compliance.Severity]string{compliance.Critical: "Critical", compliance.Warning: "Warning", compliance.Info: "Info"}
)

// narrowAlerts are the columns for a screen of 80: the message says the kind.
const narrowAlerts = "severity,account,about,message"

// alertQuery selects the alerts that a report is on.
func alertQuery(r report, atLeast compliance.Severity) ledger.AlertQuery {
	q := ledger.AlertQuery{Scope: r.scope, Day: r.day, AtLeast: atLeast, Policy: compliance.DefaultPolicy}
	if r.frozen != nil {
		q.First = []compliance.Alert{compliance.FrozenAlert(r.frozen.Error(), r.day)}
	}
	return q
}

func reportAlerts(c *ucli.Context, env *cli.Env) error {
	r, err := reportOf(c, env)
	if err != nil {
		return err
	}
	fields, err := usualFields(r.tableRequest, env, alertFields, narrowAlerts)
	if err != nil {
		return err
	}
	days, atLeast := c.Int("days"), compliance.Severity(c.String("severity"))
	if days < 0 || days > maxDays {
		return cli.Usage("flag --days: %d, expected 0 to %d", days, maxDays)
	}
	if c.Bool("check") && !c.IsSet("severity") {
		atLeast = compliance.Critical
	}
	found := 0
	alerts := func(tx *ledger.Tx, r report) iter.Seq2[compliance.Alert, error] {
		q := alertQuery(r, atLeast)
		q.Policy.Unsettled = days
		return counted(tx.Alerts(q), &found)
	}
	if c.Bool("check") && cli.Out(c).IsQuiet() {
		err = r.read(c, env, func(tx *ledger.Tx, r report) error { return first(alerts(tx, r)) })
	} else {
		err = r.on(c, env, func(tx *ledger.Tx, r report) (table.Document, error) {
			return table.Document{Title: "Alerts", Sections: []table.Section{{
				Name: "alerts", Columns: table.Columns(fields), Rows: table.Rows(fields, alerts(tx, r)),
				Empty: fmt.Sprintf("no %salerts on %s", narrower[atLeast], r.day), Count: alertCount(tx, alertQuery(r, atLeast)),
			}}}, nil
		})
	}
	if err == nil && c.Bool("check") && found > 0 {
		return cli.Status(cli.ExitNothing)
	}
	return err
}

// first reads one element of a stream.
func first[T any](list iter.Seq2[T, error]) error {
	for _, err := range list {
		return err
	}
	return nil
}

// firstOf ends a stream after n.
func firstOf[T any](list iter.Seq2[T, error], n int) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for v, err := range list {
			if n--; n < 0 || !yield(v, err) {
				return
			}
		}
	}
}

// counted counts what a stream yields.
func counted[T any](list iter.Seq2[T, error], n *int) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for v, err := range list {
			if err == nil {
				*n++
			}
			if !yield(v, err) {
				return
			}
		}
	}
}

// alertCount counts alerts.
func alertCount(tx *ledger.Tx, q ledger.AlertQuery) func() (int64, error) {
	return func() (n int64, err error) {
		counts, err := tx.CountAlerts(q)
		for _, of := range counts {
			n += int64(of)
		}
		return n, err
	}
}
