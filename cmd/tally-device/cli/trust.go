package cli

import (
	"bytes"
	"errors"
	"strings"

	ucli "github.com/urfave/cli/v2"

	"tallystick/cmd/internal/cli"
	"tallystick/reserve"
	"tallystick/reserve/device"
)

func trustCommand(env *cli.Env) *ucli.Command {
	return &ucli.Command{
		Name: "trust", Usage: "the issuer this device obeys",
		Subcommands: []*ucli.Command{{
			Name: "show", Usage: "show the issuer, its fingerprint, and the catalog",
			Description: cli.Describe("Shows the issuer this device obeys, with the fingerprint to compare, and the products that its catalog "+
				"lists.", "tally-device trust show"),
			Flags:  []ucli.Flag{stateFlag()},
			Action: func(c *ucli.Context) error { return showTrust(c, env) },
		}, {
			Name: "update", Usage: "take a newer trust bundle of the same issuer", ArgsUsage: "FILE",
			Description: cli.Describe("Takes a newer trust bundle: new keys, a new catalog. It has to continue the one that is installed, so "+
				"there is no fingerprint to compare.",
				"tally-device trust update issuer.tally", "tally-device trust update issuer.tally --dry-run"),
			Flags:  []ucli.Flag{stateFlag(), cli.DryRunFlag()},
			Action: func(c *ucli.Context) error { return updateTrust(c, env) },
		}},
	}
}

// readBundle reads and verifies a trust bundle in a file.
func readBundle(name string) (reserve.Trust, error) {
	reading, err := cli.ReadCodeFile(name, reserve.BundleKind)
	if err != nil {
		return reserve.Trust{}, err
	}
	return reserve.OpenTrust(reading.Body)
}

type trustAnswer struct {
	Issuer         string `json:"issuer"`
	Fingerprint    string `json:"fingerprint"`
	Training       bool   `json:"training"`
	RootVersion    uint16 `json:"root_version"`
	Catalog        string `json:"catalog"`
	CatalogVersion uint16 `json:"catalog_version"`

	Products []productJSON `json:"products"`
	repeated
}

type productJSON struct {
	Name         string   `json:"name"`
	ProductIDs   []string `json:"product_ids"`
	Entitlements []string `json:"entitlements"`
}

func trustOf(t reserve.Trust) trustAnswer {
	a := trustAnswer{Issuer: t.Root().Name(), Fingerprint: t.Fingerprint().String(), Training: t.Root().Training(),
		RootVersion: t.Root().Version(), Catalog: t.Catalog().Name(), CatalogVersion: t.Catalog().Version()}
	for _, p := range t.Catalog().Products() {
		a.Products = append(a.Products, productJSON{p.Name, p.ProductIDs, p.Entitlements})
	}
	return a
}

func (a trustAnswer) print(out *cli.Output) {
	training := ""
	if a.Training {
		training = " (training)"
	}
	out.Printf("issuer       %s%s\nfingerprint  %s\ntrust root   version %d\ncatalog      %s version %d\n",
		a.Issuer, training, a.Fingerprint, a.RootVersion, a.Catalog, a.CatalogVersion)
	for _, p := range a.Products {
		out.Printf("product      %s: %s\n", p.Name, strings.Join(p.ProductIDs, ", "))
	}
}

func showTrust(c *ucli.Context, env *cli.Env) error {
	d, _, err := open(c, env)
	if err != nil {
		return err
	}
	a := trustOf(d.Trust())
	a.print(cli.Out(c))
	return cli.Out(c).JSON(a)
}

func updateTrust(c *ucli.Context, env *cli.Env) error {
	trust, err := readBundle(c.Args().First())
	if err != nil {
		return err
	}
	d, _, err := open(c, env)
	if err != nil {
		return err
	}
	a := trustOf(trust)
	if a.DryRun = cli.DryRun(c); a.DryRun {
		err = trust.Follows(d.Trust())
		a.Repeated = bytes.Equal(trust.Body(), d.Trust().Body())
	} else {
		a.Repeated, err = obey(c, env, d, trust)
	}
	if installed := d.Trust().Root().Version(); errors.Is(err, &reserve.Refusal{Reason: reserve.TrustTooOld}) && a.RootVersion < installed {
		return cli.WithHint(err, "nothing is to be done: version %d is installed already", installed)
	}
	if err != nil {
		return err
	}
	a.print(cli.Out(c))
	if a.Repeated {
		cli.Out(c).Note("this bundle is installed already; nothing changed")
	}
	return cli.Out(c).JSON(a)
}

// obey takes up a bundle, and warns when that puts what is installed in doubt.
func obey(c *ucli.Context, env *cli.Env, d *device.Device, trust reserve.Trust) (repeated bool, err error) {
	before := d.Status(env.Now())
	changed, err := d.Obey(trust)
	if err != nil {
		return false, err
	}
	if after := d.Status(env.Now()); after.Number != 0 && after.Authorization != before.Authorization {
		cli.Out(c).Warn(cli.WarnNotTrusted, "what is installed was signed with a key that is not trusted any more, and stays for %d hours of running: "+
			"ask the security officer for a new authorization", trust.Root().RevalidateHours())
	}
	return !changed, nil
}
