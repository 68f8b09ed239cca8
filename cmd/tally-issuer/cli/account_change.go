package cli

import (
	ucli "github.com/urfave/cli/v2"

	"tallystick/cmd/internal/cli"
	"tallystick/cmd/internal/issuer"
	"tallystick/cmd/internal/ledger"
)

func accountRenameCommand(env *cli.Env) *ucli.Command {
	return &ucli.Command{
		Name: "rename", Usage: "give an account, and those below it, another path", ArgsUsage: "ACCOUNT NEW",
		Description: cli.Describe("Devices and licenses stay with the account. Accounts above the new path are made as needed.",
			"tally-issuer account rename acme/plant-7 acme/north/plant-7"),
		Flags: officerFlags(),
		Action: func(c *ucli.Context) error {
			if c.Args().Len() != 2 {
				return cli.Usage("give the account and its new path")
			}
			from, err := ledger.ParsePath(c.Args().Get(0))
			if err != nil {
				return err
			}
			to, err := ledger.ParsePath(c.Args().Get(1))
			if err != nil {
				return err
			}
			return withOfficer(c, env, func(o *issuer.Officer) error {
				a, again, err := o.RenameAccount(c.Context, from, to, memo(c), cli.DryRun(c))
				if f := a.Failed; err == nil && (f.Open > 0 || f.Year > 0) {
					cli.Out(c).Warn(cli.WarnPolicyLeft, "the policy of account %q counts no more what failed in %q: %d devices with returns pending, %d that were written off in %d days",
						from.Parent(), to, f.Open, f.Year, ledger.YearDays)
				}
				return showAccountChange(c, a.Account, again, err)
			})
		},
	}
}

func accountCloseCommand(env *cli.Env) *ucli.Command {
	return &ucli.Command{
		Name: "close", Usage: "close an account that holds nothing", ArgsUsage: "ACCOUNT",
		Description: cli.Describe("An account without devices, without licenses that still run and without open accounts below it can be closed. Its past stays in the "+
			"books; `tally-issuer account new ACCOUNT` opens it again.",
			"tally-issuer account close acme/plant-7 --reason \"plant sold\""),
		Flags: officerFlags(),
		Action: func(c *ucli.Context) error {
			path, err := ledger.ParsePath(c.Args().First())
			if err != nil {
				return err
			}
			return withOfficer(c, env, func(o *issuer.Officer) error {
				a, again, err := o.CloseAccount(c.Context, path, memo(c), cli.DryRun(c))
				return showAccountChange(c, a, again, err)
			})
		},
	}
}

func showAccountChange(c *ucli.Context, a ledger.Account, again bool, err error) error {
	if err != nil {
		return err
	}
	out := cli.Out(c)
	out.Table(accountHeader, [][]string{accountOf(a).cells()})
	return out.JSON(struct {
		accountJSON
		repeated
	}{accountOf(a), repeated{again, cli.DryRun(c)}})
}
