package cli

import (
	"strings"

	ucli "github.com/urfave/cli/v2"

	"tallystick/cmd/internal/cli"
	"tallystick/cmd/internal/issuer"
	"tallystick/reserve"
)

func trustCommand(env *cli.Env) *ucli.Command {
	return group("trust", "what devices have to know of this issuer",
		&ucli.Command{
			Name: "show", Usage: "show the trust root and its fingerprint",
			Description: cli.Describe("Shows the newest trust root. The fingerprint is the same for the issuer's whole life; operators "+
				"compare it when a device is set up.", "tally-issuer trust show"),
			Flags:  []ucli.Flag{homeFlag()},
			Action: func(c *ucli.Context) error { return showTrust(c, env) },
		},
		&ucli.Command{
			Name: "publish", Usage: "write the trust bundle for devices",
			Description: cli.Describe("Writes the trust bundle: every trust root and the catalog. It is text and holds no secret. A device "+
				"takes it once with `tally-device init --trust FILE`, and newer ones with `tally-device trust update FILE`.",
				"tally-issuer trust publish --out issuer.tally"),
			Flags: []ucli.Flag{
				&ucli.StringFlag{Name: "out", Required: true, TakesFile: true, Usage: "write to `FILE` (- for standard output)"}, homeFlag(),
			},
			Action: func(c *ucli.Context) error { return publishTrust(c, env) },
		})
}

type trustJSON struct {
	Name           string    `json:"name"`
	Fingerprint    string    `json:"fingerprint"`
	Training       bool      `json:"training"`
	RootVersion    uint16    `json:"root_version"`
	CatalogName    string    `json:"catalog"`
	CatalogVersion uint16    `json:"catalog_version"`
	Keys           []keyJSON `json:"keys"`
}

func trustOf(t reserve.Trust) trustJSON {
	j := trustJSON{Name: t.Root().Name(), Fingerprint: t.Fingerprint().String(), Training: t.Root().Training(),
		RootVersion: t.Root().Version(), CatalogName: t.Catalog().Name(), CatalogVersion: t.Catalog().Version(), Keys: []keyJSON{}}
	for _, k := range t.Root().Keys() {
		j.Keys = append(j.Keys, keyOf(k))
	}
	return j
}

func showTrust(c *ucli.Context, env *cli.Env) error {
	return withReader(c, env, func(is *issuer.Issuer) error {
		t, err := is.Trust(c.Context)
		if err != nil {
			return err
		}
		j, out := trustOf(t), cli.Out(c)
		out.Printf("issuer       %s%s\nfingerprint  %s\ntrust root   version %d\ncatalog      %s version %d\n\n",
			j.Name, trainingMark(j.Training), j.Fingerprint, j.RootVersion, j.CatalogName, j.CatalogVersion)
		keyTable(out, j.Keys)
		return out.JSON(j)
	})
}

func publishTrust(c *ucli.Context, env *cli.Env) error {
	return withReader(c, env, func(is *issuer.Issuer) error {
		t, err := is.Trust(c.Context)
		if err != nil {
			return err
		}
		text := strings.Join(t.Code().Wrapped(76), "\n") + "\n"
		out, file := cli.Out(c), c.String("out")
		if file == "-" {
			if out.IsJSON() {
				return cli.Usage("--json and --out - both claim standard output")
			}
			printBlock(out, text)
			return nil
		}
		if err := issuer.WritePublic(file, text[:len("TS1B:")], []byte(text)); err != nil {
			return err
		}
		out.Printf("fingerprint  %s\n", t.Fingerprint())
		out.Note("wrote %q: trust root version %d, catalog version %d", file, t.Root().Version(), t.Catalog().Version())
		return out.JSON(struct {
			File string `json:"file"`
			trustJSON
		}{file, trustOf(t)})
	})
}
