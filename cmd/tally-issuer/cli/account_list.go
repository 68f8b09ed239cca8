package cli

import (
	"slices"

	ucli "github.com/urfave/cli/v2"

	"tallystick/cmd/internal/cli"
	"tallystick/cmd/internal/issuer"
	"tallystick/cmd/internal/ledger"
	"tallystick/cmd/internal/table"
)

func accountListCommand(env *cli.Env) *ucli.Command {
	return &ucli.Command{
		Name: "list", Usage: "list the accounts",
		Description: cli.Describe("Lists every account and what is switched on.", "tally-issuer account list"),
		Flags:       cli.Flags([]ucli.Flag{homeFlag(), &ucli.BoolFlag{Name: "closed", Usage: "closed accounts too"}}, tableFlags(table.IDs(accountFields))),
		Action:      func(c *ucli.Context) error { return listAccounts(c, env) },
	}
}

var accountFields = []table.Field[ledger.Account]{
	{Column: table.Column{ID: "account", Title: "Account"}, Value: func(a *ledger.Account) table.Value { return table.Text(a.Path.String()) }},
	{Column: table.Column{ID: "reservation", Title: "Reservation", Kind: table.KindFlag},
		Value: func(a *ledger.Account) table.Value { return table.Flag(a.Reservation) }},
	{Column: table.Column{ID: "export_control", Title: "Export control", Kind: table.KindFlag},
		Value: func(a *ledger.Account) table.Value { return table.Flag(a.ExportControl) }},
	{Column: table.Column{ID: "coterm", Title: "Co-term", Kind: table.KindDate},
		Value: func(a *ledger.Account) table.Value { return table.Date(dateOf(a.Coterm)) }},
	{Column: table.Column{ID: "holding", Title: "Holding", Kind: table.KindFlag},
		Value: func(a *ledger.Account) table.Value { return table.Flag(a.Holding) }},
	{Column: table.Column{ID: "closed", Title: "Closed", Kind: table.KindFlag, Extra: true},
		Value: func(a *ledger.Account) table.Value { return table.Flag(a.Closed) }},
}

func listAccounts(c *ucli.Context, env *cli.Env) error {
	request, err := tableRequestOf(c)
	if err != nil {
		return err
	}
	fields, err := choose(request, accountFields)
	if err != nil {
		return err
	}
	return withReader(c, env, func(is *issuer.Issuer) error {
		return is.View(c.Context, func(tx *ledger.Tx) error {
			accounts, err := tx.Accounts()
			if err != nil {
				return err
			}
			if !c.Bool("closed") {
				accounts = slices.DeleteFunc(accounts, func(a ledger.Account) bool { return a.Closed })
			}
			return request.print(c, env, tx, table.Document{Title: "Accounts", Sections: []table.Section{{
				Name: "accounts", Columns: table.Columns(fields), Rows: table.Rows(fields, table.List(accounts)), Empty: "no accounts",
			}}})
		})
	})
}
