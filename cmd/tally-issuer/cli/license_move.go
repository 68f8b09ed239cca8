package cli

import (
	"fmt"
	"strconv"

	ucli "github.com/urfave/cli/v2"

	"tallystick/cmd/internal/cli"
	"tallystick/cmd/internal/issuer"
	"tallystick/cmd/internal/ledger"
	"tallystick/keys"
	"tallystick/reserve"
)

func licenseMoveCommand(env *cli.Env) *ucli.Command {
	return &ucli.Command{
		Name: "move", Usage: "give licenses to another account", ArgsUsage: "LICENSE",
		Description: cli.Describe("Moves what is available of a license, or --quantity of it, to another account, which may be a holding "+
			"account or one that licenses were parked for. What is reserved for devices stays: it moves with its device. Parts of one "+
			"purchase that come to one account are one license there. What is unlimited moves whole, while no device has any of it.",
			"tally-issuer license move 7 --to acme/plant-8 --quantity 200",
			"tally-issuer license move 7 --to acme/plant-8 --op order-4711"),
		Flags: cli.Flags([]ucli.Flag{
			&ucli.StringFlag{Name: "to", Required: true, Usage: "the `ACCOUNT` that gets them"},
			&ucli.StringFlag{Name: "quantity", Usage: "how many, `N` (default: all that is available)"},
			cli.OpFlag(),
		}, officerFlags()),
		Action: func(c *ucli.Context) error { return moveLicense(c, env) },
	}
}

// licenseNumber reads the number of a license.
func licenseNumber(s string) (reserve.LotID, error) {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n < 1 {
		return 0, cli.Usage("license %q: expected its number, as `tally-issuer license list` shows it", s)
	}
	return reserve.LotID(n), nil
}

type moveAnswer struct {
	Moved amount      `json:"moved"` // null when unlimited
	From  licenseJSON `json:"from"`  // as it is now
	To    licenseJSON `json:"to"`
	repeated
}

func moveLicense(c *ucli.Context, env *cli.Env) error {
	m := issuer.LicenseMove{}
	var err error
	if m.License, err = licenseNumber(c.Args().First()); err != nil {
		return err
	}
	if m.To, err = ledger.ParsePath(c.String("to")); err != nil {
		return err
	}
	if c.IsSet("quantity") {
		if m.Quantity, err = issuer.ParseQuantity(c.String("quantity")); err != nil {
			return err
		}
	}
	if m.Op, err = cli.Op(c); err != nil {
		return err
	}
	return withOfficer(c, env, func(o *issuer.Officer) error {
		trust, err := o.Trust(c.Context)
		if err != nil {
			return err
		}
		done, err := o.MoveLicense(c.Context, m, memo(c), cli.DryRun(c))
		if reasonOf(err) == reserve.PoolExhausted {
			err = cli.WithHint(err, "`tally-issuer device move UDI --to %s` takes a device along with what is reserved for it", m.To)
		}
		if err != nil {
			return err
		}
		today := keys.DayOf(env.Now())
		a := moveAnswer{amount{uint64(done.Quantity), done.Unlimited}, licenseOf(done.From, trust.Catalog(), today),
			licenseOf(done.To, trust.Catalog(), today), repeated{done.Repeated, cli.DryRun(c)}}
		a.print(cli.Out(c))
		return cli.Out(c).JSON(a)
	})
}

func (a moveAnswer) print(out *cli.Output) {
	rows := [][]string{}
	for _, side := range []struct {
		licenseJSON
		sign string
	}{{a.From, "-"}, {a.To, "+"}} {
		moved := side.sign + a.Moved.String()
		if a.Repeated && a.Moved.n == 0 {
			moved = "0"
		}
		rows = append(rows, []string{fmt.Sprint(side.License), side.Account, side.Entitlement, moved, side.Quantity.String(),
			fmt.Sprint(side.Reserved), side.Available.String()})
	}
	out.Table([]string{"LICENSE", "ACCOUNT", "ENTITLEMENT", "MOVED", "QUANTITY", "RESERVED", "AVAILABLE"}, rows)
	if a.Repeated {
		out.Note("this was moved before; nothing changed")
	}
	if a.From.Reserved > 0 {
		out.Note("%d of license %d are reserved for devices and stay in %s", a.From.Reserved, a.From.License, a.From.Account)
		out.Hint("`tally-issuer device move UDI --to %s` takes a device along with what is reserved for it", a.To.Account)
	}
}
