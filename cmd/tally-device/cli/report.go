package cli

import (
	"fmt"

	ucli "github.com/urfave/cli/v2"

	"tallystick/cmd/internal/cli"
)

func reportCommand(env *cli.Env) *ucli.Command {
	return &ucli.Command{
		Name: "report", Usage: "print a signed status report",
		Description: cli.Describe("Prints a status report that the device signs: what is installed, and which authorizations can no longer "+
			"be. The security officer takes it like any other code. As long as there is nothing new to report it is the same one.",
			"tally-device report", "tally-device report --paste"),
		Flags:  cli.Flags([]ucli.Flag{stateFlag(), cli.DryRunFlag()}, cli.CodeFlags()),
		Action: func(c *ucli.Context) error { return runReport(c, env) },
	}
}

func runReport(c *ucli.Context, env *cli.Env) error {
	if err := cli.CheckCodeFlags(c); err != nil {
		return err
	}
	d, _, err := open(c, env)
	if err != nil {
		return err
	}
	if cli.DryRun(c) {
		r, err := d.PreviewReport()
		if err != nil {
			return err
		}
		line := fmt.Sprintf("%s would sign a new status report", d.Identity().UDI())
		if r.Repeated {
			line = fmt.Sprintf("%s has nothing new to report: it would be the last report again", d.Identity().UDI())
		}
		return showDryRun(c, d, r, []string{line}, nil)
	}
	r, err := d.Report()
	if err != nil {
		return err
	}
	return showResult(c, d, r, codeAnswer{})
}
