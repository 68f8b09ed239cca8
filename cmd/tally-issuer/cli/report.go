package cli

import (
	ucli "github.com/urfave/cli/v2"

	"tallystick/cmd/internal/cli"
	"tallystick/cmd/internal/issuer"
	"tallystick/cmd/internal/ledger"
	"tallystick/cmd/internal/table"
	"tallystick/keys"
	"tallystick/reserve"
)

func reportCommand(env *cli.Env) *ucli.Command {
	return group("report", "what there is, what ends, what falls short",
		reportPoolsCommand(env), reportComplianceCommand(env), reportAlertsCommand(env), reportForecastCommand(env),
		reportWhatIfCommand(env))
}

// reportFlags are on every report, with the IDs of its columns.
func reportFlags(columns []string, more ...ucli.Flag) []ucli.Flag {
	return cli.Flags([]ucli.Flag{
		homeFlag(),
		&ucli.BoolFlag{Name: "below", Usage: "the accounts below ACCOUNT too"},
		&ucli.StringFlag{Name: "at", Usage: "as it will be on `DATE`, if nothing is signed, bought or returned until then (default: today)"},
	}, more, tableFlags(columns))
}

// A report is what reportFlags ask for.
type report struct {
	tableRequest
	scope  ledger.Scope
	day    keys.Day
	frozen error // why the ledger is, nil when it isn't
}

func reportOf(c *ucli.Context, env *cli.Env) (r report, err error) {
	if r.tableRequest, err = tableRequestOf(c); err != nil {
		return r, err
	}
	if c.Args().Present() {
		if r.scope.Account, err = ledger.ParsePath(c.Args().First()); err != nil {
			return r, err
		}
	}
	if r.scope.Below = c.Bool("below"); r.scope.Below && r.scope.Account.IsZero() {
		return r, cli.Usage("--below needs an ACCOUNT; without one the report is on all")
	}
	r.day, err = reportDay(c, env)
	return r, err
}

// reportDay is the day that --at names: today or a later one.
func reportDay(c *ucli.Context, env *cli.Env) (keys.Day, error) {
	today := keys.DayOf(env.Now())
	d, err := day(c, "at")
	switch {
	case err != nil:
		return 0, err
	case d == 0:
		return today, nil
	case d < today:
		return 0, cli.Usage("flag --at: %s is over, and the books say what is reserved today; give today or a later day", d)
	}
	return d, nil
}

// on runs f on a view of the books, and prints the document that it makes.
func (r report) on(c *ucli.Context, env *cli.Env, f func(*ledger.Tx, report) (table.Document, error)) error {
	return r.read(c, env, func(tx *ledger.Tx, r report) error {
		d, err := f(tx, r)
		if err != nil {
			return err
		}
		d.Facts = append([]table.Fact{{ID: "day", Title: "Day", Value: table.Date(r.day.String()), InText: r.day != keys.DayOf(env.Now())}}, d.Facts...)
		return r.print(c, env, tx, d)
	})
}

// read runs f on a view of the books.
func (r report) read(c *ucli.Context, env *cli.Env, f func(*ledger.Tx, report) error) error {
	return withReader(c, env, func(is *issuer.Issuer) error {
		return is.View(c.Context, func(tx *ledger.Tx) error {
			if err := is.Frozen(tx); reasonOf(err) == reserve.Frozen {
				r.frozen = err
			} else if err != nil {
				return err
			}
			return f(tx, r)
		})
	})
}

// licenses is a cell with a number of licenses.
func licenses(n uint64) table.Value { return table.Number(int64(n)) }

// dayCell is a cell with a day, nothing for none.
func dayCell(d keys.Day) table.Value { return table.Date(dateOf(d)) }
