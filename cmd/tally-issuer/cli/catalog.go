package cli

import (
	"strconv"
	"strings"

	ucli "github.com/urfave/cli/v2"

	"tallystick/cmd/internal/cli"
	"tallystick/cmd/internal/issuer"
	"tallystick/cmd/internal/term"
	"tallystick/reserve"
)

func catalogCommand(env *cli.Env) *ucli.Command {
	return group("catalog", "products and entitlements",
		&ucli.Command{
			Name: "import", Usage: "take a newer catalog; makes the next trust root", ArgsUsage: "FILE",
			Description: cli.Describe("Takes a newer version of the catalog and signs the next trust root, which names it. Devices learn "+
				"it from the trust bundle. No ID may change its meaning.",
				"tally-issuer catalog import catalog-2.json"),
			Flags:  officerFlags(),
			Action: func(c *ucli.Context) error { return importCatalog(c, env) },
		},
		&ucli.Command{
			Name: "show", Usage: "show the catalog",
			Description: cli.Describe("Shows products, entitlements, tiers and terms.", "tally-issuer catalog show"),
			Flags:       []ucli.Flag{homeFlag()},
			Action:      func(c *ucli.Context) error { return showCatalog(c, env) },
		})
}

func importCatalog(c *ucli.Context, env *cli.Env) error {
	text, err := readFile(c.Args().First(), reserve.MaxCatalogSize)
	if err != nil {
		return err
	}
	if _, err := reserve.ReadCatalog(text); err != nil {
		return inFile(c.Args().First(), err)
	}
	return withOfficer(c, env, func(o *issuer.Officer) error {
		t, again, err := o.ImportCatalog(c.Context, text, memo(c), cli.DryRun(c))
		if err != nil {
			return err
		}
		out := cli.Out(c)
		out.Printf("catalog %s version %d, trust root version %d\n", t.Catalog().Name(), t.Catalog().Version(), t.Root().Version())
		if !again {
			out.Hint("`tally-issuer trust publish --out FILE` writes the bundle; each device takes it with `tally-device trust update FILE`")
		}
		return out.JSON(struct {
			Name    string `json:"name"`
			Version uint16 `json:"version"`
			Root    uint16 `json:"root_version"`
			repeated
		}{t.Catalog().Name(), t.Catalog().Version(), t.Root().Version(), repeated{again, cli.DryRun(c)}})
	})
}

func showCatalog(c *ucli.Context, env *cli.Env) error {
	return withReader(c, env, func(is *issuer.Issuer) error {
		t, err := is.Trust(c.Context)
		if err != nil {
			return err
		}
		out, catalog := cli.Out(c), t.Catalog()
		terms := []string{}
		for _, term := range catalog.Terms() {
			terms = append(terms, term.String())
		}
		out.Printf("catalog     %s version %d\nterms       %s\nevaluation  %d days of use\n\n", catalog.Name(), catalog.Version(),
			strings.Join(terms, ", "), int(catalog.EvaluationBudget().Hours()/24))
		for _, p := range catalog.Products() {
			printBlock(out, safef("%s: %s\n", p.Name, strings.Join(p.ProductIDs, ", ")))
		}
		out.Printf("\n")
		entitlementTable(out, catalog.Entitlements())
		return out.JSON(struct {
			Name           string                `json:"name"`
			Version        uint16                `json:"version"`
			Terms          []string              `json:"terms"`
			EvaluationDays int                   `json:"evaluation_days"`
			Products       []reserve.Product     `json:"products"`
			Entitlements   []reserve.Entitlement `json:"entitlements"`
		}{catalog.Name(), catalog.Version(), terms, int(catalog.EvaluationBudget().Hours() / 24), catalog.Products(), catalog.Entitlements()})
	})
}

func entitlementTable(out *cli.Output, list []reserve.Entitlement) {
	var rows [][]string
	for _, e := range list {
		rows = append(rows, []string{strconv.Itoa(int(e.ID)), e.Tag, e.Name, e.Unit, string(e.Class), strings.Join(e.Includes, ", ")})
	}
	out.Table([]string{"ID", "TAG", "NAME", "UNIT", "CLASS", "INCLUDES"}, rows)
}

// listEntitlements shows the choices on the terminal before a question.
func listEntitlements(t term.Terminal, list []reserve.Entitlement) {
	for _, e := range list {
		say(t, "  %-28s %s (%s)", e.Tag, e.Name, e.Unit)
	}
}
