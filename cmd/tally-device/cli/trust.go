package cli

import (
	ucli "github.com/urfave/cli/v2"

	"tallystick/cmd/internal/cli"
	"tallystick/reserve"
)

func trustCommand(env *cli.Env) *ucli.Command {
	return &ucli.Command{
		Name: "trust", Usage: "the issuer this device obeys",
		Subcommands: []*ucli.Command{{
			Name: "show", Usage: "show the issuer, its fingerprint, and the catalog",
			Description: cli.Describe("Shows the issuer this device obeys, to compare the fingerprint.", "tally-device trust show"),
			Flags:       []ucli.Flag{stateFlag()},
			Action:      func(c *ucli.Context) error { return showTrust(c, env) },
		}, {
			Name: "update", Usage: "take a newer trust bundle of the same issuer", ArgsUsage: "FILE",
			Description: cli.Describe("Takes a newer trust bundle: new keys, a new catalog. It has to continue the one that is installed.",
				"tally-device trust update issuer.tally"),
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
	repeated
}

func trustOf(t reserve.Trust) trustAnswer {
	return trustAnswer{Issuer: t.Root().Name(), Fingerprint: t.Fingerprint().String(), Training: t.Root().Training(),
		RootVersion: t.Root().Version(), Catalog: t.Catalog().Name(), CatalogVersion: t.Catalog().Version()}
}

func (a trustAnswer) print(out *cli.Output) {
	training := ""
	if a.Training {
		training = " (training)"
	}
	out.Printf("issuer       %s%s\nfingerprint  %s\ntrust root   version %d\ncatalog      %s version %d\n",
		a.Issuer, training, a.Fingerprint, a.RootVersion, a.Catalog, a.CatalogVersion)
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
		if err := trust.Follows(d.Trust()); err != nil {
			return err
		}
	} else {
		changed, err := d.Obey(trust)
		if err != nil {
			return err
		}
		a.Repeated = !changed
	}
	a.print(cli.Out(c))
	return cli.Out(c).JSON(a)
}
