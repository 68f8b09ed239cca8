package cli

import (
	"slices"
	"strconv"
	"strings"

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
			Description: cli.Describe("Records a purchase in an account: without end, for a term from a start, or through a last day. "+
				"Days are UTC.",
				"tally-issuer license add --account acme/plant-7 --entitlement dna-advantage --quantity 500 --term 3y --order PO-4711",
				"tally-issuer license add --account acme/plant-7 --entitlement network-advantage --quantity 500 --perpetual"),
			Flags: cli.Flags([]ucli.Flag{
				&ucli.StringFlag{Name: "account", Required: true, Usage: "the `ACCOUNT` it belongs to"},
				&ucli.StringFlag{Name: "entitlement", Required: true, Usage: "the entitlement's `TAG`"},
				&ucli.StringFlag{Name: "quantity", Required: true, Usage: "how many, `N`"},
				&ucli.BoolFlag{Name: "perpetual", Usage: "without end"},
				&ucli.StringFlag{Name: "term", Usage: "how long, such as 3y or 1m (`TERM`)"},
				&ucli.StringFlag{Name: "start", Usage: "first valid day, `DATE` (default: today)"},
				&ucli.StringFlag{Name: "end", Usage: "last valid day, `DATE`"},
				&ucli.StringFlag{Name: "order", Usage: "order reference, `REF`"},
				cli.OpFlag(),
			}, officerFlags()),
			Action: func(c *ucli.Context) error { return addLicense(c, env) },
		},
		&ucli.Command{
			Name: "list", Usage: "list the licenses of an account", ArgsUsage: "[ACCOUNT]",
			Description: cli.Describe("Lists what was bought, with what is reserved of it. Without an account: of all accounts.",
				"tally-issuer license list acme/plant-7"),
			Flags:  []ucli.Flag{homeFlag()},
			Action: func(c *ucli.Context) error { return listLicenses(c, env) },
		})
}

// purchase reads the flags of license add.
func purchase(c *ucli.Context) (issuer.Purchase, error) {
	p := issuer.Purchase{Entitlement: c.String("entitlement"), Order: c.String("order")}
	var err error
	if p.Account, err = ledger.ParsePath(c.String("account")); err != nil {
		return p, err
	}
	if p.Quantity, err = parseQuantity(c.String("quantity")); err != nil {
		return p, err
	}
	if p.Op, err = cli.Op(c); err != nil {
		return p, err
	}
	ends := 0
	for _, given := range []bool{c.Bool("perpetual"), c.IsSet("term"), c.IsSet("end")} {
		if given {
			ends++
		}
	}
	if ends != 1 {
		return p, cli.Usage("give one of --perpetual, --term and --end")
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
		return 0, cli.Usage("flag --%s: %q is not a date such as 2029-11-21, from 2020-01-02 on", flag, c.String(flag))
	}
	return d, nil
}

// parseTerm reads a term and checks that the catalog has it.
func parseTerm(catalog reserve.Catalog, s string) (reserve.Term, error) {
	t, err := reserve.ParseTerm(s)
	if err != nil {
		return t, err
	}
	var names []string
	for _, known := range catalog.Terms() {
		names = append(names, known.String())
	}
	if len(names) > 0 && !slices.Contains(names, t.String()) {
		return t, reserve.Refuse(reserve.OutOfRange, "term %s is not sold; the catalog has %s", t, strings.Join(names, ", "))
	}
	return t, nil
}

type licenseJSON struct {
	License     int64  `json:"license"`
	Account     string `json:"account"`
	Entitlement string `json:"entitlement"`
	Quantity    uint32 `json:"quantity"`
	Reserved    uint32 `json:"reserved"`
	InTransit   uint32 `json:"in_transit"`
	Available   uint32 `json:"available"`
	Starts      string `json:"starts"`
	Ends        string `json:"ends"` // "" is perpetual
	Order       string `json:"order"`
	State       string `json:"state"` // valid, ended or not-begun
}

// licenseOf describes a purchase as of a day: what has ended, or has not begun, has nothing available.
func licenseOf(l ledger.Lot, today keys.Day) licenseJSON {
	j := licenseJSON{License: int64(l.ID), Account: l.Account.String(), Entitlement: l.Tag, Quantity: l.Quantity,
		Reserved: l.Reserved, InTransit: l.InTransit, Available: l.Available, Starts: l.Starts.String(), Order: l.Reference}
	if l.Ends != 0 {
		j.Ends = l.Ends.String()
	}
	j.State = "valid"
	switch {
	case l.Ends != 0 && l.Ends < today:
		j.State, j.Available = "ended", 0
	case l.Starts > today:
		j.State, j.Available = "not-begun", 0
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

var licenseHeader = []string{"LICENSE", "ACCOUNT", "ENTITLEMENT", "QUANTITY", "RESERVED", "AVAILABLE", "FROM", "UNTIL", "STATE", "ORDER"}

func (j licenseJSON) cells() []string {
	until := j.Ends
	if until == "" {
		until = "perpetual"
	}
	n := func(v uint32) string { return strconv.FormatUint(uint64(v), 10) }
	return []string{strconv.FormatInt(j.License, 10), j.Account, j.Entitlement, n(j.Quantity), n(j.Reserved), n(j.Available), j.Starts, until, j.State, j.Order}
}

func addLicense(c *ucli.Context, env *cli.Env) error {
	p, err := purchase(c)
	if err != nil {
		return err
	}
	return withIssuer(c, env, func(is *issuer.Issuer) error {
		trust, err := is.Trust(c.Context)
		if err != nil {
			return err
		}
		if p.Term != nil {
			if _, err := parseTerm(trust.Catalog(), p.Term.String()); err != nil {
				return err
			}
		}
		if _, err := trust.Catalog().Entitlement(p.Entitlement); err != nil {
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
		added := licenseOf(lot, keys.DayOf(env.Now()))
		out.Table(licenseHeader, [][]string{added.cells()})
		return out.JSON(struct {
			licenseJSON
			repeated
		}{added, repeated{again, cli.DryRun(c)}})
	})
}

func listLicenses(c *ucli.Context, env *cli.Env) error {
	return withReader(c, env, func(is *issuer.Issuer) error {
		list := []licenseJSON{}
		err := is.View(c.Context, func(tx *ledger.Tx) error {
			accounts, err := tx.Accounts()
			if err != nil {
				return err
			}
			if c.Args().Present() {
				path, err := ledger.ParsePath(c.Args().First())
				if err != nil {
					return err
				}
				accounts = []ledger.Account{{Path: path}}
			}
			for _, a := range accounts {
				lots, err := tx.Lots(a.Path)
				if err != nil {
					return err
				}
				for _, l := range lots {
					list = append(list, licenseOf(l, keys.DayOf(env.Now())))
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
		var rows [][]string
		for _, l := range list {
			rows = append(rows, l.cells())
		}
		cli.Out(c).Table(licenseHeader, rows)
		return cli.Out(c).JSON(map[string]any{"licenses": list})
	})
}
