package cli

import (
	"slices"

	ucli "github.com/urfave/cli/v2"

	"tallystick/cmd/internal/cli"
	"tallystick/cmd/internal/ledger"
	"tallystick/cmd/internal/table"
)

// exportFormats are those of lists, with the one first that other programs read.
var exportFormats = slices.Insert(slices.DeleteFunc(slices.Clone(table.Formats), func(f string) bool { return f == string(table.CSV) }), 0, string(table.CSV))

func exportCommand(env *cli.Env) *ucli.Command {
	verb := func(name, usage, text string, flags []ucli.Flag, run func(*ucli.Context) error, examples ...string) *ucli.Command {
		return &ucli.Command{Name: name, Usage: usage, ArgsUsage: "[ACCOUNT]", Flags: flags, Action: run,
			Description: cli.Describe(text+" As CSV unless --format or the end of --out asks for something else: cells that a spreadsheet would run "+
				"as a formula begin with an apostrophe.", examples...)}
	}
	return group("export", "everything of one kind, for other programs",
		verb("devices", "write the devices", "Writes what `tally-issuer device list` lists. Columns that take time to find out are left out unless --columns names them.",
			deviceListFlags(exportFormats),
			func(c *ucli.Context) error { return listDevices(c, env, c.Args().First(), c.String("search")) },
			"tally-issuer export devices --out devices.csv", "tally-issuer export devices acme --below --columns all --format ndjson"),
		verb("licenses", "write the licenses", "Writes what `tally-issuer license list` lists.", licenseListFlags(exportFormats),
			func(c *ucli.Context) error { return listLicenses(c, env) },
			"tally-issuer export licenses --out licenses.csv", "tally-issuer export licenses --state valid --json"),
		verb("accounts", "write the accounts", "Writes what `tally-issuer account list` lists.", accountListFlags(exportFormats),
			func(c *ucli.Context) error { return listAccounts(c, env) },
			"tally-issuer export accounts --columns all --out accounts.csv"),
		verb("authorizations", "write the authorizations", "Writes every authorization that was issued, by device and number, those of earlier identities too.",
			authorizationListFlags(), func(c *ucli.Context) error { return exportAuthorizations(c, env) },
			"tally-issuer export authorizations --since 2026-01-01 --out authorizations.csv", "tally-issuer export authorizations acme/plant-7 --format ndjson"),
		exportJournalCommand(env))
}

func authorizationListFlags() []ucli.Flag {
	return listFlags(table.IDs(authorizationFields), nil, exportFormats,
		&ucli.StringFlag{Name: "since", Usage: "only those issued on `DATE` or later"},
		&ucli.StringFlag{Name: "before", Usage: "only those issued before `DATE`"},
		&ucli.StringFlag{Name: "label", Usage: "only those of devices with `TEXT` in their label"},
		searchFlag("the device's product ID, serial number or label"))
}

type authorizationEntry = ledger.AuthorizationEntry

// authorizationFields are the columns of authorizations.
var authorizationFields = []table.Field[authorizationEntry]{
	{Column: table.Column{ID: "udi", Title: "Device"}, Value: func(x *authorizationEntry) table.Value { return table.Text(x.UDI.String()) }},
	{Column: table.Column{ID: "account", Title: "Account"}, Value: func(x *authorizationEntry) table.Value { return table.Text(x.Account.String()) }},
	{Column: table.Column{ID: "number", Title: "Number", Kind: table.KindNumber}, Value: func(x *authorizationEntry) table.Value { return table.Number(int64(x.Number)) }},
	{Column: table.Column{ID: "day", Title: "Issued on", Kind: table.KindDate}, Value: func(x *authorizationEntry) table.Value { return table.Date(x.Day.String()) }},
	{Column: table.Column{ID: "state", Title: "State"}, Value: authorizationState},
	{Column: table.Column{ID: "grants", Title: "Grants", Kind: table.KindCounts},
		Value: func(x *authorizationEntry) table.Value {
			return holdingCounts(x.Grants, func(h ledger.Holding) uint64 { return h.Reserved })
		}},
	{Column: table.Column{ID: "ends", Title: "First end", Kind: table.KindDate, Empty: "perpetual"},
		Value: func(x *authorizationEntry) table.Value { return table.Date(dateOf(x.Ends)) }},
	{Column: table.Column{ID: "fingerprint", Title: "Fingerprint", Extra: true}, Value: func(x *authorizationEntry) table.Value { return table.Text(x.DID.String()) }},
	{Column: table.Column{ID: "operation", Title: "Operation", Extra: true}, Value: func(x *authorizationEntry) table.Value { return table.Text(x.Operation) }},
	{Column: table.Column{ID: "entry", Title: "Journal entry", Kind: table.KindNumber, Extra: true},
		Value: func(x *authorizationEntry) table.Value { return table.Number(int64(x.Sequence)) }},
}

// authorizationState says of an authorization what device show says.
func authorizationState(x *authorizationEntry) table.Value {
	switch {
	case x.Confirmed:
		return table.Text("installed")
	case x.Over:
		return table.Text("over")
	}
	return table.Text("unconfirmed")
}

func exportAuthorizations(c *ucli.Context, env *cli.Env) error {
	r, err := listRequestOf(c, c.Args().First(), nil)
	if err != nil {
		return err
	}
	fields, err := choose(r.tableRequest, authorizationFields)
	if err != nil {
		return err
	}
	q := ledger.AuthorizationQuery{Offset: r.page.Offset, Limit: r.page.Limit,
		DeviceFilter: ledger.DeviceFilter{Account: r.scope.Account, Below: r.scope.Below, Superseded: true,
			Label: r.text(c, "label", "Label"), Contains: r.text(c, "search", "Search")}}
	if q.Since, err = r.day(c, "since", "Since"); err != nil {
		return err
	}
	if q.Before, err = r.day(c, "before", "Before"); err != nil {
		return err
	}
	return r.on(c, env, "Authorizations", func(tx *ledger.Tx) (table.Section, func() (int64, error), error) {
		s := table.Section{Name: "authorizations", Columns: table.Columns(fields), Rows: table.Rows(fields, tx.AuthorizationList(q)), Empty: "no authorizations"}
		return s, func() (int64, error) { return tx.CountAuthorizations(q) }, nil
	})
}
