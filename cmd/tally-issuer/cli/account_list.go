package cli

import (
	ucli "github.com/urfave/cli/v2"

	"tallystick/cmd/internal/cli"
	"tallystick/cmd/internal/ledger"
	"tallystick/cmd/internal/table"
)

func accountListCommand(env *cli.Env) *ucli.Command {
	return &ucli.Command{
		Name: "list", Usage: "list the accounts", ArgsUsage: "[ACCOUNT]",
		Description: cli.Describe("Lists the accounts and what is switched on, by path. With an ACCOUNT and --below: that one and those below it.",
			"tally-issuer account list", "tally-issuer account list acme --below --columns account,devices,licenses",
			"tally-issuer account list --search plant --out accounts.html"),
		Flags:  accountListFlags(table.Formats),
		Action: func(c *ucli.Context) error { return listAccounts(c, env) },
	}
}

func accountListFlags(formats []string) []ucli.Flag {
	return listFlags(table.IDs(accountFields), ledger.AccountSorts, formats,
		&ucli.BoolFlag{Name: "closed", Usage: "closed accounts too"}, searchFlag("the path"))
}

type accountEntry = ledger.AccountEntry

// accountFields are the columns of accounts.
var accountFields = []table.Field[accountEntry]{
	{Column: table.Column{ID: "account", Title: "Account"}, Value: func(a *accountEntry) table.Value { return table.Text(a.Path.String()) }},
	{Column: table.Column{ID: "reservation", Title: "Reservation", Kind: table.KindFlag},
		Value: func(a *accountEntry) table.Value { return table.Flag(a.Reservation) }},
	{Column: table.Column{ID: "export_control", Title: "Export control", Kind: table.KindFlag},
		Value: func(a *accountEntry) table.Value { return table.Flag(a.ExportControl) }},
	{Column: table.Column{ID: "coterm", Title: "Co-term", Kind: table.KindDate},
		Value: func(a *accountEntry) table.Value { return table.Date(dateOf(a.Coterm)) }},
	{Column: table.Column{ID: "holding", Title: "Holding", Kind: table.KindFlag},
		Value: func(a *accountEntry) table.Value { return table.Flag(a.Holding) }},
	{Column: table.Column{ID: "closed", Title: "Closed", Kind: table.KindFlag, Extra: true},
		Value: func(a *accountEntry) table.Value { return table.Flag(a.Closed) }},
	{Column: table.Column{ID: "devices", Title: "Devices", Kind: table.KindNumber, Extra: true, Page: true, Costly: true},
		Value: func(a *accountEntry) table.Value { return table.Number(a.Devices) }},
	{Column: table.Column{ID: "licenses", Title: "Licenses", Kind: table.KindNumber, Extra: true, Page: true, Costly: true},
		Value: func(a *accountEntry) table.Value { return table.Number(a.Licenses) }},
}

func listAccounts(c *ucli.Context, env *cli.Env) error {
	r, err := listRequestOf(c, c.Args().First(), ledger.AccountSorts)
	if err != nil {
		return err
	}
	fields, err := choose(r.tableRequest, accountFields)
	if err != nil {
		return err
	}
	q := ledger.AccountQuery{Scope: r.scope, Closed: c.Bool("closed"), Contains: r.text(c, "search", "Search"), Page: r.page,
		Devices: table.Has(fields, "devices"), Licenses: table.Has(fields, "licenses")}
	return r.on(c, env, "Accounts", func(tx *ledger.Tx) (table.Section, func() (int64, error), error) {
		s := table.Section{Name: "accounts", Columns: table.Columns(fields), Rows: table.Rows(fields, tx.AccountList(q)), Empty: "no accounts"}
		return s, func() (int64, error) { return tx.CountAccounts(q) }, nil
	})
}
