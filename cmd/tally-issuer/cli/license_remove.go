package cli

import (
	"fmt"

	ucli "github.com/urfave/cli/v2"

	"tallystick/cmd/internal/cli"
	"tallystick/cmd/internal/issuer"
	"tallystick/keys"
	"tallystick/reserve"
)

func licenseRemoveCommand(env *cli.Env) *ucli.Command {
	return &ucli.Command{
		Name: "remove", Usage: "take licenses off the books", ArgsUsage: "LICENSE",
		Description: cli.Describe("Makes a license smaller, for what was sold back or entered by mistake. What is reserved for devices can't "+
			"be removed before they gave it up. A license of which nothing is left stays in the books as history.",
			"tally-issuer license remove 7 --quantity 50 --reason \"sold back, CN-88\" --op cn-88",
			"tally-issuer license remove 7 --quantity all --reason \"entered twice\""),
		Flags: cli.Flags([]ucli.Flag{
			&ucli.StringFlag{Name: "quantity", Required: true, Usage: "how many, `N`, or all"},
			cli.OpFlag(),
		}, officerFlags()),
		Action: func(c *ucli.Context) error { return removeLicense(c, env) },
	}
}

type removeAnswer struct {
	Before  amount      `json:"before"` // null when it was unlimited
	License licenseJSON `json:"license"`
	repeated
}

func removeLicense(c *ucli.Context, env *cli.Env) error {
	r := issuer.LicenseRemoval{}
	var err error
	if r.License, err = licenseNumber(c.Args().First()); err != nil {
		return err
	}
	if c.String("quantity") != "all" {
		if r.Quantity, err = issuer.ParseQuantity(c.String("quantity")); err != nil {
			return err
		}
	}
	if r.Op, err = cli.Op(c); err != nil {
		return err
	}
	if c.String("reason") == "" {
		return cli.Usage("licenses are not removed without a reason: give --reason TEXT or --reason-file FILE")
	}
	return withOfficer(c, env, func(o *issuer.Officer) error {
		trust, err := o.Trust(c.Context)
		if err != nil {
			return err
		}
		done, err := o.RemoveLicense(c.Context, r, memo(c), cli.DryRun(c))
		if reasonOf(err) == reserve.PoolExhausted {
			err = cli.WithHint(err, "a device gives up what it holds with `tally-issuer authorize --device UDI --change TAG=-N`; it is free once that is confirmed")
		}
		if err != nil {
			return err
		}
		before := amount{uint64(done.Before), done.License.Unlimited && done.Before > 0}
		a := removeAnswer{before, licenseOf(done.License, trust.Catalog(), keys.DayOf(env.Now())), repeated{done.Repeated, cli.DryRun(c)}}
		l, out := a.License, cli.Out(c)
		out.Table([]string{"LICENSE", "ACCOUNT", "ENTITLEMENT", "BEFORE", "QUANTITY", "RESERVED", "AVAILABLE"},
			[][]string{{fmt.Sprint(l.License), l.Account, l.Entitlement, before.String(), l.Quantity.String(), fmt.Sprint(l.Reserved), l.Available.String()}})
		if a.Repeated {
			out.Note("this was removed before; nothing changed")
		}
		return out.JSON(a)
	})
}
