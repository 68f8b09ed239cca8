package cli

import (
	"context"
	"fmt"
	"strconv"

	ucli "github.com/urfave/cli/v2"

	"tallystick/cmd/internal/cli"
	"tallystick/cmd/internal/issuer"
	"tallystick/cmd/internal/ledger"
	"tallystick/keys"
)

func accountCommand(env *cli.Env) *ucli.Command {
	settings := []ucli.Flag{
		&ucli.StringFlag{Name: "reservation", Usage: "license reservation `on|off`"},
		&ucli.StringFlag{Name: "export-control", Usage: "export-controlled entitlements `on|off`"},
	}
	return group("account", "accounts and virtual accounts",
		&ucli.Command{
			Name: "new", Usage: "open an account; those above it are made as needed", ArgsUsage: "ACCOUNT",
			Description: cli.Describe("Opens an account, named by its path. Everything is off until it is switched on.",
				"tally-issuer account new acme/plant-7 --reservation on",
				"tally-issuer account new partner/parked --holding"),
			Flags: cli.Flags(settings, []ucli.Flag{
				&ucli.BoolFlag{Name: "holding", Usage: "a holding account: nothing can be reserved from it"},
			}, officerFlags()),
			Action: func(c *ucli.Context) error { return changeAccount(c, env, (*issuer.Officer).NewAccount) },
		},
		&ucli.Command{
			Name: "set", Usage: "switch what an account may do", ArgsUsage: "ACCOUNT",
			Description: cli.Describe("Switches license reservation and export control of an account.",
				"tally-issuer account set acme/plant-7 --export-control on --reason \"license EX-77\""),
			Flags:  cli.Flags(settings, officerFlags()),
			Action: func(c *ucli.Context) error { return changeAccount(c, env, (*issuer.Officer).SetAccount) },
		},
		accountListCommand(env),
		&ucli.Command{
			Name: "show", Usage: "show the pools of an account", ArgsUsage: "ACCOUNT",
			Description: cli.Describe("Shows per entitlement what was purchased, what is reserved for devices, how much of that no "+
				"confirmation covers yet, and what is available: purchased minus reserved.",
				"tally-issuer account show acme/plant-7", "tally-issuer account show acme/plant-7 --json"),
			Flags:  []ucli.Flag{homeFlag()},
			Action: func(c *ucli.Context) error { return showAccount(c, env) },
		})
}

type accountJSON struct {
	Account       string `json:"account"`
	Reservation   bool   `json:"reservation"`
	ExportControl bool   `json:"export_control"`
	Holding       bool   `json:"holding"`
}

func accountOf(a ledger.Account) accountJSON {
	return accountJSON{a.Path.String(), a.Reservation, a.ExportControl, a.Holding}
}

func (a accountJSON) cells() []string {
	kind := ""
	if a.Holding {
		kind = "holding"
	}
	return []string{a.Account, onOff(a.Reservation), onOff(a.ExportControl), kind}
}

var accountHeader = []string{"ACCOUNT", "RESERVATION", "EXPORT CONTROL", ""}

func onOff(on bool) string {
	if on {
		return "on"
	}
	return "off"
}

// setting reads an on|off flag; nil leaves the setting alone.
func setting(c *ucli.Context, flag string) (*bool, error) {
	on := c.String(flag) == "on"
	switch c.String(flag) {
	case "":
		return nil, nil
	case "on", "off":
		return &on, nil
	}
	return nil, cli.Usage("flag --%s: %q, expected on or off", flag, c.String(flag))
}

type accountAct func(*issuer.Officer, context.Context, ledger.Path, issuer.Settings, issuer.Memo, bool) (ledger.Account, bool, error)

func changeAccount(c *ucli.Context, env *cli.Env, act accountAct) error {
	path, err := ledger.ParsePath(c.Args().First())
	if err != nil {
		return err
	}
	var s issuer.Settings
	if s.Reservation, err = setting(c, "reservation"); err != nil {
		return err
	}
	if s.ExportControl, err = setting(c, "export-control"); err != nil {
		return err
	}
	if c.Bool("holding") {
		on := true
		s.Holding = &on
	}
	if s == (issuer.Settings{}) && c.Command.Name == "set" {
		return cli.Usage("nothing to set: give --reservation or --export-control")
	}
	return withOfficer(c, env, func(o *issuer.Officer) error {
		a, again, err := act(o, c.Context, path, s, memo(c), cli.DryRun(c))
		if err != nil {
			return err
		}
		out := cli.Out(c)
		out.Table(accountHeader, [][]string{accountOf(a).cells()})
		return out.JSON(struct {
			accountJSON
			repeated
		}{accountOf(a), repeated{again, cli.DryRun(c)}})
	})
}

type poolJSON struct {
	Entitlement   string `json:"entitlement"`
	Purchased     uint64 `json:"purchased"`
	Reserved      uint64 `json:"reserved"`
	InTransit     uint64 `json:"in_transit"`
	Available     uint64 `json:"available"`
	PendingReturn uint64 `json:"pending_return"`
}

func showAccount(c *ucli.Context, env *cli.Env) error {
	path, err := ledger.ParsePath(c.Args().First())
	if err != nil {
		return err
	}
	return withReader(c, env, func(is *issuer.Issuer) error {
		answer := struct {
			accountJSON
			Day   string     `json:"day"`
			Pools []poolJSON `json:"pools"`
		}{Day: keys.DayOf(env.Now()).String(), Pools: []poolJSON{}}
		err := is.View(c.Context, func(tx *ledger.Tx) error {
			a, err := tx.Account(path)
			if err != nil {
				return err
			}
			answer.accountJSON = accountOf(a)
			pools, err := tx.Pools(path, keys.DayOf(env.Now()))
			for _, p := range pools {
				answer.Pools = append(answer.Pools, poolJSON{p.Tag, p.Purchased, p.Reserved, p.InTransit, p.Available, p.PendingReturn})
			}
			return err
		})
		if err != nil {
			return err
		}
		out := cli.Out(c)
		out.Printf("account         %s\nreservation     %s\nexport control  %s\n", answer.Account, onOff(answer.Reservation), onOff(answer.ExportControl))
		if answer.Holding {
			out.Printf("holding account: nothing can be reserved from it\n")
		}
		out.Printf("\n")
		printPools(out, answer.Pools)
		return out.JSON(answer)
	})
}

func printPools(out *cli.Output, pools []poolJSON) {
	rows := [][]string{}
	for _, p := range pools {
		row := []string{p.Entitlement}
		for _, n := range []uint64{p.Purchased, p.Reserved, p.InTransit, p.Available, p.PendingReturn} {
			row = append(row, fmt.Sprintf("%10s", strconv.FormatUint(n, 10)))
		}
		rows = append(rows, row)
	}
	out.Table([]string{"ENTITLEMENT", " PURCHASED", "  RESERVED", "IN TRANSIT", " AVAILABLE", "PENDING RETURN"}, rows)
}
