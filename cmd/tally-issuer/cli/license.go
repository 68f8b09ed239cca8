package cli

import (
	"strconv"

	ucli "github.com/urfave/cli/v2"

	"tallystick/cmd/internal/cli"
	"tallystick/cmd/internal/issuer"
	"tallystick/cmd/internal/ledger"
	"tallystick/keys"
	"tallystick/reserve"
)

func licenseCommand(env *cli.Env) *ucli.Command {
	return group("license", "licenses that were bought",
		&ucli.Command{
			Name: "add", Usage: "record licenses that were bought",
			Description: cli.Describe("Records a purchase in an account: without end, for a term from a start, through a last day, or "+
				"through the account's co-termination date (`tally-issuer account set ACCOUNT --coterm DATE` keeps it). Days are UTC. What the catalog calls unenforced "+
				"is only reported; it can be --unlimited instead of having a quantity.",
				"tally-issuer license add --account acme/plant-7 --entitlement dna-advantage --quantity 500 --term 3y --order PO-4711",
				"tally-issuer license add --account acme/plant-7 --entitlement network-advantage --quantity 500 --perpetual",
				"tally-issuer license add --account acme/plant-7 --entitlement dna-advantage --quantity 20 --coterm"),
			Flags: cli.Flags([]ucli.Flag{
				&ucli.StringFlag{Name: "account", Required: true, Usage: "the `ACCOUNT` it belongs to"},
				&ucli.StringFlag{Name: "entitlement", Required: true, Usage: "the entitlement's `TAG`"},
				&ucli.StringFlag{Name: "quantity", Usage: "how many, `N`"},
				&ucli.BoolFlag{Name: "unlimited", Usage: "without limit, for what is only reported"},
				&ucli.BoolFlag{Name: "perpetual", Usage: "without end"},
				&ucli.StringFlag{Name: "term", Usage: "how long, such as 3y or 1m (`TERM`)"},
				&ucli.StringFlag{Name: "start", Usage: "first valid day, `DATE` (default: today)"},
				&ucli.StringFlag{Name: "end", Usage: "last valid day, `DATE`"},
				&ucli.BoolFlag{Name: "coterm", Usage: "it ends on the account's co-termination date"},
				&ucli.StringFlag{Name: "order", Usage: "order reference, `REF`"},
				cli.OpFlag(),
			}, officerFlags()),
			Action: func(c *ucli.Context) error { return addLicense(c, env) },
		},
		licenseListCommand(env), licenseMoveCommand(env), licenseRemoveCommand(env), licenseImportCommand(env))
}

// purchase reads the flags of license add.
func purchase(c *ucli.Context) (issuer.Purchase, error) {
	p := issuer.Purchase{Entitlement: c.String("entitlement"), Order: c.String("order"), Unlimited: c.Bool("unlimited"), Coterm: c.Bool("coterm")}
	var err error
	if p.Account, err = ledger.ParsePath(c.String("account")); err != nil {
		return p, err
	}
	if c.IsSet("quantity") == p.Unlimited {
		return p, cli.Usage("give one of --quantity and --unlimited")
	}
	if !p.Unlimited {
		if p.Quantity, err = issuer.ParseQuantity(c.String("quantity")); err != nil {
			return p, err
		}
	}
	if p.Op, err = cli.Op(c); err != nil {
		return p, err
	}
	ends := 0
	for _, given := range []bool{c.Bool("perpetual"), c.IsSet("term"), c.IsSet("end"), p.Coterm} {
		if given {
			ends++
		}
	}
	if ends != 1 {
		return p, cli.Usage("give one of --perpetual, --term, --end and --coterm")
	}
	if p.Starts, err = day(c, "start"); err != nil {
		return p, err
	}
	if p.Ends, err = day(c, "end"); err != nil {
		return p, err
	}
	if c.IsSet("term") {
		term, err := reserve.ParseTerm(c.String("term"))
		p.Term = &term
		return p, err
	}
	return p, nil
}

// day reads a date flag, 0 when it isn't given.
func day(c *ucli.Context, flag string) (keys.Day, error) {
	if !c.IsSet(flag) {
		return 0, nil
	}
	d, err := keys.ParseDay(c.String(flag))
	if err != nil || d == 0 {
		return 0, cli.Usage("flag --%s: %q is not a date such as 2029-11-21, from %s through %s", flag, c.String(flag), keys.Day(1), keys.Day(1<<16-1))
	}
	return d, nil
}

type licenseJSON struct {
	License     int64          `json:"license"`
	Account     string         `json:"account"`
	Entitlement string         `json:"entitlement"`
	Quantity    amount         `json:"quantity"` // null when unlimited
	Reserved    uint32         `json:"reserved"`
	InTransit   uint32         `json:"in_transit"`
	Available   amount         `json:"available"` // null when unlimited
	Unlimited   bool           `json:"unlimited"`
	Metric      reserve.Metric `json:"metric"` // "" for what the catalog has retired
	Unit        string         `json:"unit"`   // what one license counts
	Starts      string         `json:"starts"`
	Ends        string         `json:"ends"` // "" is perpetual
	Order       string         `json:"order"`
	Purchase    int64          `json:"purchase"` // the license that it was moved from, or its own number
	State       string         `json:"state"`    // valid, ended or not-begun
}

// licenseOf describes a purchase as of a day: what has ended, or has not begun, has nothing available.
func licenseOf(l ledger.Lot, c reserve.Catalog, today keys.Day) licenseJSON {
	e, _ := c.EntitlementByID(l.Entitlement)
	unlimited := l.Unlimited && l.Quantity > 0
	j := licenseJSON{License: int64(l.ID), Account: l.Account.String(), Entitlement: l.Tag, Quantity: amount{uint64(l.Quantity), unlimited},
		Reserved: l.Reserved, InTransit: l.InTransit, Available: amount{uint64(l.Available), unlimited}, Unlimited: unlimited,
		Metric: e.Metric, Unit: e.Unit, Starts: l.Starts.String(), Ends: dateOf(l.Ends), Order: l.Reference,
		Purchase: int64(l.Origin), State: "valid"}
	if l.Origin == 0 {
		j.Purchase = j.License
	}
	switch {
	case l.Ends != 0 && l.Ends < today:
		j.State, j.Available = "ended", amount{}
	case l.Starts > today:
		j.State, j.Available = "not-begun", amount{}
	}
	return j
}

// endText shows an end day to a person.
func endText(d keys.Day) string {
	if d == 0 {
		return "perpetual"
	}
	return d.String()
}

func untilOrPerpetual(d keys.Day) string {
	if d == 0 {
		return "perpetual"
	}
	return "until " + d.String()
}

var licenseHeader = []string{"LICENSE", "ACCOUNT", "ENTITLEMENT", "QUANTITY", "RESERVED", "AVAILABLE", "UNIT", "FROM", "UNTIL", "STATE", "ORDER"}

func (j licenseJSON) cells() []string {
	until := j.Ends
	if until == "" {
		until = "perpetual"
	}
	return []string{strconv.FormatInt(j.License, 10), j.Account, j.Entitlement, j.Quantity.String(), strconv.FormatUint(uint64(j.Reserved), 10),
		j.Available.String(), j.Unit, j.Starts, until, j.State, j.Order}
}

// checkPurchase refuses what could be bought by nobody before it asks for a passphrase.
func checkPurchase(c *ucli.Context, is *issuer.Issuer, p issuer.Purchase) (reserve.Catalog, error) {
	trust, err := is.Trust(c.Context)
	if err != nil {
		return reserve.Catalog{}, err
	}
	return trust.Catalog(), p.Check(trust.Catalog())
}

func addLicense(c *ucli.Context, env *cli.Env) error {
	p, err := purchase(c)
	if err != nil {
		return err
	}
	return withIssuer(c, env, func(is *issuer.Issuer) error {
		catalog, err := checkPurchase(c, is, p)
		if err != nil {
			return err
		}
		o, err := unlock(c, is)
		if err != nil {
			return err
		}
		lot, again, err := o.AddLicense(c.Context, p, memo(c), cli.DryRun(c))
		if err != nil {
			return err
		}
		out := cli.Out(c)
		added := licenseOf(lot, catalog, keys.DayOf(env.Now()))
		out.Table(licenseHeader, [][]string{added.cells()})
		return out.JSON(struct {
			licenseJSON
			repeated
		}{added, repeated{again, cli.DryRun(c)}})
	})
}
