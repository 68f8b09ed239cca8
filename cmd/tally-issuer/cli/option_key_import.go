package cli

import (
	ucli "github.com/urfave/cli/v2"

	"tallystick/cmd/internal/cli"
	"tallystick/cmd/internal/issuer"
)

func optionKeyImportCommand(env *cli.Env) *ucli.Command {
	return &ucli.Command{
		Name: "import", Usage: "register the option keys of a CSV file", ArgsUsage: "FILE",
		Description: cli.Describe("Registers every row of a file, or none of them. The first line names the columns: device, index and option, then "+
			"entitlement, count, end (a date such as 2029-11-21), whole-only (yes or nothing) and not-eligible (a reason). Keys that are registered "+
			"just so are left as they are.",
			"tally-issuer option-key import keys.csv --dry-run"),
		Flags:  officerFlags(),
		Action: func(c *ucli.Context) error { return importOptionKeys(c, env) },
	}
}

func importOptionKeys(c *ucli.Context, env *cli.Env) error {
	file, err := oneArgument(c, "FILE")
	if err != nil {
		return err
	}
	data, err := readFile(file, issuer.MaxOptionKeyFile)
	if err != nil {
		return err
	}
	list, wrong, err := issuer.ParseOptionKeys(data)
	if err != nil {
		return err
	}
	if len(wrong) > 0 {
		return refuseRows(c, wrong, len(list)+len(wrong), map[string]any{"errors": rowErrorsOf(wrong)})
	}
	return withOfficer(c, env, func(o *issuer.Officer) error {
		added, err := o.AddOptionKeys(c.Context, list, memo(c), cli.DryRun(c))
		if err != nil {
			return err
		}
		out := cli.Out(c)
		out.Printf("%d of %d option keys registered\n", added, len(list))
		return out.JSON(struct {
			Added int `json:"added"`
			Rows  int `json:"rows"`
			repeated
		}{added, len(list), repeated{added == 0, cli.DryRun(c)}})
	})
}
