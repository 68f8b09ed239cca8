package cli

import (
	"iter"

	ucli "github.com/urfave/cli/v2"

	"tallystick/cmd/internal/cli"
	"tallystick/cmd/internal/compliance"
	"tallystick/cmd/internal/ledger"
	"tallystick/cmd/internal/table"
	"tallystick/keys"
)

func reportPoolsCommand(env *cli.Env) *ucli.Command {
	return &ucli.Command{
		Name: "pools", Usage: "what accounts have of each entitlement", ArgsUsage: "[ACCOUNT]",
		Description: cli.Describe("Shows per account and entitlement what was purchased, what is reserved for devices, how much of that no confirmation covers "+
			"yet (in transit), how much devices are to give back (coming back), and what is available: purchased minus reserved. Licenses that have ended, or have not "+
			"begun, count on neither side.",
			"tally-issuer report pools", "tally-issuer report pools acme --below --format csv"),
		Flags:  reportFlags(table.IDs(poolFields)),
		Action: func(c *ucli.Context) error { return reportPools(c, env) },
	}
}

// A poolLine is one account's licenses of one entitlement on a day.
type poolLine struct {
	compliance.Pool
	compliance.Line
	expiring [len(horizons)]uint64 // within so many days
	shortage compliance.Shortage
}

// horizons are how many days ahead an end is shown.
var horizons = [...]int{30, 60, 90}

// shortWithin is how many days ahead a shortage is.
const shortWithin = 365

func poolLineOf(s ledger.Stock, unit string, day keys.Day) poolLine {
	l := poolLine{Pool: compliance.Pool{Account: s.Account.String(), Entitlement: s.Tag, Unit: unit}, Line: compliance.On(s.Lots, day)}
	for i, days := range horizons {
		l.expiring[i] = compliance.ExpiringWithin(s.Lots, day, days)
	}
	l.shortage = compliance.FirstShortage(s.Lots, day, keys.Day(min(int(day)+shortWithin, 1<<16-1)))
	return l
}

// limited is a cell with a number that says nothing where there is no limit.
func (l *poolLine) limited(n uint64) table.Value {
	if l.Unlimited() {
		return table.Value{}
	}
	return licenses(n)
}

// reserved is a cell with what is reserved, of what was purchased.
func (l *poolLine) reserved() table.Value {
	if l.Unlimited() {
		return licenses(l.Reserved)
	}
	return licenses(l.Reserved).Of(int64(l.Purchased), int64(l.InTransit))
}

// poolFields are the columns of a pool.
var poolFields = []table.Field[poolLine]{
	{Column: table.Column{ID: "account", Title: "Account"}, Value: func(l *poolLine) table.Value { return table.Text(l.Account) }},
	{Column: table.Column{ID: "entitlement", Title: "Entitlement"}, Value: func(l *poolLine) table.Value { return table.Text(l.Entitlement) }},
	{Column: table.Column{ID: "unit", Title: "Unit", Extra: true, Page: true}, Value: func(l *poolLine) table.Value { return table.Text(l.Unit) }},
	{Column: table.Column{ID: "unlimited", Title: "Unlimited", Kind: table.KindFlag, Extra: true}, Value: func(l *poolLine) table.Value { return table.Flag(l.Unlimited()) }},
	{Column: table.Column{ID: "purchased", Title: "Purchased", Kind: table.KindNumber, Empty: "unlimited"},
		Value: func(l *poolLine) table.Value { return l.limited(l.Purchased) }},
	{Column: table.Column{ID: "reserved", Title: "Reserved", Kind: table.KindNumber}, Value: func(l *poolLine) table.Value { return l.reserved() }},
	{Column: table.Column{ID: "in_transit", Title: "In transit", Kind: table.KindNumber}, Value: func(l *poolLine) table.Value { return licenses(l.InTransit) }},
	{Column: table.Column{ID: "coming_back", Title: "Coming back", Kind: table.KindNumber}, Value: func(l *poolLine) table.Value { return licenses(l.ComingBack) }},
	{Column: table.Column{ID: "available", Title: "Available", Kind: table.KindNumber, Empty: "unlimited"},
		Value: func(l *poolLine) table.Value { return l.limited(l.Available) }},
	{Column: table.Column{ID: "pending_return", Title: "Pending return", Kind: table.KindNumber, Extra: true, Page: true},
		Value: func(l *poolLine) table.Value { return licenses(l.PendingReturn) }},
}

// poolNote says on a page what the columns are.
const poolNote = "Available is purchased minus reserved. The bar shows how much of what was purchased is reserved; its pale end is in transit, the part " +
	"of reserved that no confirmation covers yet. Coming back is the part that the newest authorizations no longer grant. Licenses that have ended, or have not begun, count on neither side."

func reportPools(c *ucli.Context, env *cli.Env) error {
	r, err := reportOf(c, env)
	if err != nil {
		return err
	}
	fields, err := usualFields(r.tableRequest, env, poolFields, "")
	if err != nil {
		return err
	}
	return r.on(c, env, func(tx *ledger.Tx, r report) (table.Document, error) {
		lines, err := poolLines(tx, r, func(l *poolLine) bool { return l.Counts() })
		return table.Document{Title: "Pools", Sections: []table.Section{{
			Name: "pools", Note: poolNote, Columns: table.Columns(fields), Rows: table.Rows(fields, lines), Empty: "no licenses on " + r.day.String(),
		}}}, err
	})
}

// poolLines streams the lines of a report that are wanted.
func poolLines(tx *ledger.Tx, r report, wanted func(*poolLine) bool) (iter.Seq2[poolLine, error], error) {
	catalog, err := tx.Catalog()
	return func(yield func(poolLine, error) bool) {
		for s, err := range tx.AllStocks(r.scope) {
			if err != nil {
				yield(poolLine{}, err)
				return
			}
			e, _ := catalog.EntitlementByID(s.Entitlement)
			if l := poolLineOf(s, e.Unit, r.day); wanted(&l) && !yield(l, nil) {
				return
			}
		}
	}, err
}
