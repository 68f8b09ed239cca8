package cli

import (
	"iter"

	ucli "github.com/urfave/cli/v2"

	"tallystick/cmd/internal/cli"
	"tallystick/cmd/internal/issuer"
	"tallystick/cmd/internal/ledger"
	"tallystick/cmd/internal/table"
)

func deviceExpectCommand(env *cli.Env) *ucli.Command {
	file := &ucli.StringFlag{Name: "file", TakesFile: true, Usage: "read devices from `FILE`, one a line; # begins a comment"}
	return group("expect", "devices that purchasing announced",
		&ucli.Command{
			Name: "add", Usage: "announce devices", ArgsUsage: "[SERIAL...]",
			Description: cli.Describe("Records the serial numbers (or PID:SN) of devices that are to come. Once one is announced, the preview of an authorization for a new "+
				"device says whether it was expected.",
				"tally-issuer device expect add FCW2149L0KK FCW2149L0KL --account acme/plant-7 --order PO-4711",
				"tally-issuer device expect add --file delivery.txt"),
			Flags: cli.Flags([]ucli.Flag{file,
				&ucli.StringFlag{Name: "account", Usage: "the `ACCOUNT` they are for (default: any)"},
				&ucli.StringFlag{Name: "order", Usage: "order reference, `REF`"},
			}, officerFlags()),
			Action: func(c *ucli.Context) error { return expectDevices(c, env, false) },
		},
		&ucli.Command{
			Name: "remove", Usage: "take announcements back", ArgsUsage: "[SERIAL...]",
			Description: cli.Describe("Takes announcements back, as when an order is canceled. A device that is enrolled stays so.",
				"tally-issuer device expect remove FCW2149L0KL"),
			Flags:  cli.Flags([]ucli.Flag{file}, officerFlags()),
			Action: func(c *ucli.Context) error { return expectDevices(c, env, true) },
		},
		&ucli.Command{
			Name: "list", Usage: "list the devices announced",
			Description: cli.Describe("Lists what was announced and what of it is enrolled by now.",
				"tally-issuer device expect list --awaited", "tally-issuer device expect list --format csv"),
			Flags: cli.Flags([]ucli.Flag{homeFlag(), &ucli.BoolFlag{Name: "awaited", Usage: "only those that are not enrolled yet"}},
				tableFlags(table.IDs(expectedFields))),
			Action: func(c *ucli.Context) error { return listExpected(c, env) },
		})
}

func expectDevices(c *ucli.Context, env *cli.Env, withdraw bool) error {
	names, err := namedDevices(c)
	if err != nil {
		return err
	}
	var account ledger.Path
	if c.IsSet("account") {
		if account, err = ledger.ParsePath(c.String("account")); err != nil {
			return err
		}
	}
	list := make([]ledger.Expected, 0, len(names))
	for _, name := range names {
		e, err := ledger.ParseExpected(name)
		if err != nil {
			return err
		}
		e.Account, e.Reference = account, c.String("order")
		list = append(list, e)
	}
	return withOfficer(c, env, func(o *issuer.Officer) error {
		changed, err := o.Expect(c.Context, list, withdraw, memo(c), cli.DryRun(c))
		if err != nil {
			return err
		}
		out := cli.Out(c)
		out.Printf("%d of %d devices %s\n", changed, len(list), map[bool]string{false: "announced", true: "taken back"}[withdraw])
		return out.JSON(struct {
			Changed int `json:"changed"`
			Named   int `json:"named"`
			repeated
		}{changed, len(list), repeated{changed == 0, cli.DryRun(c)}})
	})
}

var expectedFields = []table.Field[ledger.Expected]{
	{Column: table.Column{ID: "device", Title: "Device"}, Value: func(e *ledger.Expected) table.Value { return table.Text(e.Name()) }},
	{Column: table.Column{ID: "account", Title: "Account"}, Value: func(e *ledger.Expected) table.Value { return table.Text(e.Account.String()) }},
	{Column: table.Column{ID: "order", Title: "Order"}, Value: func(e *ledger.Expected) table.Value { return table.Text(e.Reference) }},
	{Column: table.Column{ID: "enrolled", Title: "Enrolled", Kind: table.KindFlag},
		Value: func(e *ledger.Expected) table.Value { return table.Flag(e.Enrolled) }},
}

func listExpected(c *ucli.Context, env *cli.Env) error {
	request, err := tableRequestOf(c)
	if err != nil {
		return err
	}
	fields, err := choose(request, expectedFields)
	if err != nil {
		return err
	}
	return withReader(c, env, func(is *issuer.Issuer) error {
		return is.View(c.Context, func(tx *ledger.Tx) error {
			var list iter.Seq2[ledger.Expected, error] = tx.ExpectedDevices(c.Bool("awaited"))
			return request.print(c, env, tx, table.Document{Title: "Devices announced", Sections: []table.Section{{
				Name: "devices", Columns: table.Columns(fields), Rows: table.Rows(fields, list), Empty: "no device is announced",
			}}})
		})
	})
}
