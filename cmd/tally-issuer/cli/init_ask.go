package cli

import (
	ucli "github.com/urfave/cli/v2"

	"tallystick/cmd/internal/cli"
	"tallystick/cmd/internal/issuer"
	"tallystick/cmd/internal/ledger"
	"tallystick/cmd/internal/term"
	"tallystick/reserve"
)

// firstAccount asks for an account and its licenses, so that the first authorization is minutes
// away.
func firstAccount(c *ucli.Context, o *issuer.Officer, t term.Terminal) error {
	out := cli.Out(c)
	path, err := askUntil(c, t, "Account, such as acme/plant-7", "", ledger.ParsePath)
	if err != nil {
		return err
	}
	on := true
	if _, _, err := o.NewAccount(c.Context, path, issuer.Settings{Reservation: &on}, issuer.Memo{}, false); err != nil {
		return err
	}
	out.Printf("account      %s, license reservation on\n", path)
	trust, err := o.Trust(c.Context)
	if err != nil {
		return err
	}
	for {
		more, err := cli.AskYesNo(c, "Enter a license that was bought?", true)
		if err != nil || !more {
			out.Hint("next: `tally-issuer trust publish --out issuer.tally` for the devices, then `tally-issuer authorize`")
			return err
		}
		if err := askLicense(c, o, t, path, trust.Catalog()); err != nil {
			return err
		}
	}
}

func askLicense(c *ucli.Context, o *issuer.Officer, t term.Terminal, path ledger.Path, catalog reserve.Catalog) error {
	listEntitlements(t, catalog.Entitlements())
	e, err := askUntil(c, t, "Entitlement (tag)", "", catalog.Entitlement)
	if err != nil {
		return err
	}
	n, err := askUntil(c, t, "Quantity ("+e.Unit+")", "", issuer.ParseQuantity)
	if err != nil {
		return err
	}
	purchase := issuer.Purchase{Account: path, Entitlement: e.Tag, Quantity: n}
	type ending struct{ term *reserve.Term }
	end, err := askUntil(c, t, "Term (such as 3y), or perpetual", "perpetual", func(s string) (ending, error) {
		if s == "perpetual" {
			return ending{}, nil
		}
		term, err := reserve.ParseTerm(s)
		if err == nil {
			err = issuer.CheckTerm(catalog, term)
		}
		return ending{&term}, err
	})
	if err != nil {
		return err
	}
	purchase.Term = end.term
	if purchase.Order, err = cli.Ask(c, "Order reference (may be empty)", ""); err != nil {
		return err
	}
	lot, _, err := o.AddLicense(c.Context, purchase, issuer.Memo{}, false)
	if err != nil {
		return err
	}
	cli.Out(c).Printf("license      %d of %s, %s\n", lot.Quantity, lot.Tag, untilOrPerpetual(lot.Ends))
	return nil
}

// askUntil asks until the answer reads.
func askUntil[T any](c *ucli.Context, t term.Terminal, question, fallback string, parse func(string) (T, error)) (T, error) {
	for {
		answer, err := cli.Ask(c, question, fallback)
		if err != nil {
			var none T
			return none, err
		}
		v, err := parse(answer)
		if err == nil {
			return v, nil
		}
		say(t, "%v", err)
	}
}
