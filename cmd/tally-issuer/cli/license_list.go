package cli

import (
	"iter"

	ucli "github.com/urfave/cli/v2"

	"tallystick/cmd/internal/cli"
	"tallystick/cmd/internal/ledger"
	"tallystick/cmd/internal/table"
	"tallystick/keys"
	"tallystick/reserve"
)

func licenseListCommand(env *cli.Env) *ucli.Command {
	return &ucli.Command{
		Name: "list", Usage: "list the licenses of an account", ArgsUsage: "[ACCOUNT]",
		Description: cli.Describe("Lists what was bought, with what is reserved of it. Without an account: of all accounts.",
			"tally-issuer license list acme/plant-7",
			"tally-issuer license list acme --below --ending-before 2027-01-01 --sort ends",
			"tally-issuer license list --search PO-47 --columns +order,days_left --out licenses.html"),
		Flags:  licenseListFlags(table.Formats),
		Action: func(c *ucli.Context) error { return listLicenses(c, env) },
	}
}

func licenseListFlags(formats []string) []ucli.Flag {
	return listFlags(table.IDs(licenseFields), ledger.LotSorts, formats,
		&ucli.StringFlag{Name: "entitlement", Usage: "only those of `TAG`"},
		&ucli.StringFlag{Name: "state", Usage: "only those in `STATE`: valid, ended or not-begun"},
		&ucli.StringFlag{Name: "ending-before", Usage: "only those that end before `DATE`"},
		searchFlag("account, entitlement or order reference"))
}

// A licenseEntry is a license as lists show it on a day.
type licenseEntry struct {
	ledger.LotEntry
	entitlement reserve.Entitlement // zero for what the catalog has retired
	today       keys.Day
}

func (e *licenseEntry) unlimited() bool { return e.Unlimited && e.Quantity > 0 }

// amount is a number that says nothing where there is no limit.
func (e *licenseEntry) amount(n uint32) table.Value {
	if e.unlimited() {
		return table.Value{}
	}
	return table.Number(int64(n))
}

func (e *licenseEntry) available() table.Value {
	if e.State(e.today) != ledger.LotValid {
		return table.Number(0)
	}
	return e.amount(e.Available)
}

func (e *licenseEntry) state() table.Value {
	v := table.Text(string(e.State(e.today)))
	if e.State(e.today) == ledger.LotEnded {
		return v.In(table.Bad)
	}
	return v
}

// daysLeft are the days after today on which the license can be used.
func (e *licenseEntry) daysLeft() table.Value {
	if e.Ends == 0 || e.Ends < e.today {
		return table.Value{}
	}
	return table.Number(int64(e.Ends) - int64(e.today))
}

func (e *licenseEntry) purchase() int64 {
	if e.Origin != 0 {
		return int64(e.Origin)
	}
	return int64(e.ID)
}

// licenseFields are the columns of licenses.
var licenseFields = []table.Field[licenseEntry]{
	{Column: table.Column{ID: "license", Title: "No.", Kind: table.KindNumber}, Value: func(e *licenseEntry) table.Value { return table.Number(int64(e.ID)) }},
	{Column: table.Column{ID: "account", Title: "Account"}, Value: func(e *licenseEntry) table.Value { return table.Text(e.Account.String()) }},
	{Column: table.Column{ID: "entitlement", Title: "Entitlement"}, Value: func(e *licenseEntry) table.Value { return table.Text(e.Tag) }},
	{Column: table.Column{ID: "name", Title: "Name", Extra: true}, Value: func(e *licenseEntry) table.Value { return table.Text(e.entitlement.Name) }},
	{Column: table.Column{ID: "metric", Title: "Metric", Extra: true}, Value: func(e *licenseEntry) table.Value { return table.Text(string(e.entitlement.Metric)) }},
	{Column: table.Column{ID: "unit", Title: "Unit", Extra: true, Page: true}, Value: func(e *licenseEntry) table.Value { return table.Text(e.entitlement.Unit) }},
	{Column: table.Column{ID: "quantity", Title: "Quantity", Kind: table.KindNumber, Empty: "unlimited"},
		Value: func(e *licenseEntry) table.Value { return e.amount(e.Quantity) }},
	{Column: table.Column{ID: "reserved", Title: "Reserved", Kind: table.KindNumber},
		Value: func(e *licenseEntry) table.Value {
			v := table.Number(int64(e.Reserved))
			if e.unlimited() {
				return v
			}
			return v.Of(int64(e.Quantity), int64(e.InTransit))
		}},
	{Column: table.Column{ID: "in_transit", Title: "In transit", Kind: table.KindNumber, Extra: true, Page: true},
		Value: func(e *licenseEntry) table.Value { return table.Number(int64(e.InTransit)) }},
	{Column: table.Column{ID: "coming_back", Title: "Coming back", Kind: table.KindNumber, Extra: true},
		Value: func(e *licenseEntry) table.Value { return table.Number(int64(e.ComingBack)) }},
	{Column: table.Column{ID: "available", Title: "Available", Kind: table.KindNumber, Empty: "unlimited"}, Value: (*licenseEntry).available},
	{Column: table.Column{ID: "unlimited", Title: "Unlimited", Kind: table.KindFlag, Extra: true},
		Value: func(e *licenseEntry) table.Value { return table.Flag(e.unlimited()) }},
	{Column: table.Column{ID: "starts", Title: "From", Kind: table.KindDate, Extra: true},
		Value: func(e *licenseEntry) table.Value { return table.Date(e.Starts.String()) }},
	{Column: table.Column{ID: "ends", Title: "Until", Kind: table.KindDate, Empty: "perpetual"},
		Value: func(e *licenseEntry) table.Value { return table.Date(dateOf(e.Ends)) }},
	{Column: table.Column{ID: "days_left", Title: "Days left", Kind: table.KindNumber, Extra: true}, Value: (*licenseEntry).daysLeft},
	{Column: table.Column{ID: "state", Title: "State"}, Value: (*licenseEntry).state},
	{Column: table.Column{ID: "order", Title: "Order", Extra: true, Page: true}, Value: func(e *licenseEntry) table.Value { return table.Text(e.Reference) }},
	{Column: table.Column{ID: "purchase", Title: "Purchase", Kind: table.KindNumber, Extra: true},
		Value: func(e *licenseEntry) table.Value { return table.Number(e.purchase()) }},
	{Column: table.Column{ID: "entry", Title: "Journal entry", Kind: table.KindNumber, Extra: true},
		Value: func(e *licenseEntry) table.Value { return table.Number(int64(e.Sequence)) }},
}

// narrowLicenses are the columns that fit a terminal of 80: what is reserved is what isn't available.
const narrowLicenses = "license,account,entitlement,quantity,available,ends,state"

func listLicenses(c *ucli.Context, env *cli.Env) error {
	r, err := listRequestOf(c, c.Args().First(), ledger.LotSorts)
	if err != nil {
		return err
	}
	fields, err := usualFields(r.tableRequest, env, licenseFields, narrowLicenses)
	if err != nil {
		return err
	}
	filter := ledger.LotFilter{Scope: r.scope, State: ledger.LotState(r.text(c, "state", "State")), Day: keys.DayOf(env.Now()), Contains: r.text(c, "search", "Search")}
	switch filter.State {
	case "", ledger.LotValid, ledger.LotEnded, ledger.LotNotBegun:
	default:
		return cli.Usage("flag --state: %q, expected valid, ended or not-begun", filter.State)
	}
	if filter.EndsBefore, err = r.day(c, "ending-before", "Ending before"); err != nil {
		return err
	}
	return r.on(c, env, "Licenses", func(tx *ledger.Tx) (s table.Section, count func() (int64, error), err error) {
		if filter.Entitlement, err = r.entitlement(c, tx); err != nil {
			return s, nil, err
		}
		catalog, err := tx.Catalog()
		if err != nil {
			return s, nil, err
		}
		list := licenseEntries(tx.LotList(ledger.LotQuery{LotFilter: filter, Page: r.page}), catalog, filter.Day)
		s = table.Section{Name: "licenses", Columns: table.Columns(fields), Rows: table.Rows(fields, list), Empty: "no licenses"}
		return s, func() (int64, error) { return tx.CountLots(filter) }, nil
	})
}

func licenseEntries(lots iter.Seq2[ledger.LotEntry, error], catalog reserve.Catalog, today keys.Day) iter.Seq2[licenseEntry, error] {
	return func(yield func(licenseEntry, error) bool) {
		for l, err := range lots {
			e, _ := catalog.EntitlementByID(l.Entitlement)
			if !yield(licenseEntry{l, e, today}, err) || err != nil {
				return
			}
		}
	}
}
