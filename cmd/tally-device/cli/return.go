package cli

import (
	"fmt"

	ucli "github.com/urfave/cli/v2"

	"tallystick/cmd/internal/cli"
	"tallystick/reserve/device"
)

func returnCommand(env *cli.Env) *ucli.Command {
	return &ucli.Command{
		Name: "return", Usage: "give everything up; prints the return code",
		Description: cli.Describe("Gives up everything the device holds and prints the return code, which gives the licenses back to the "+
			"account they came from. This can't be undone: what was installed can't be installed again. Asked again, it prints "+
			"the same code.",
			"tally-device return", "tally-device return --yes --json"),
		Flags:  cli.Flags([]ucli.Flag{stateFlag(), cli.YesFlag(), cli.DryRunFlag()}, cli.CodeFlags()),
		Action: func(c *ucli.Context) error { return runReturn(c, env) },
	}
}

func runReturn(c *ucli.Context, env *cli.Env) error {
	if err := cli.CheckCodeFlags(c); err != nil {
		return err
	}
	d, _, err := open(c, env)
	if err != nil {
		return err
	}
	shown, err := d.PreviewReturn()
	if err != nil {
		return err
	}
	lines := previewReturn(d, shown)
	if cli.DryRun(c) {
		return showDryRun(c, d, shown, lines, nil)
	}
	if !shown.Repeated {
		if err := cli.Confirm(c, safeBlock(lines), "return"); err != nil {
			return err
		}
	}
	r, err := d.Return()
	if err != nil {
		return err
	}
	if r.Repeated {
		cli.Out(c).Note("there is nothing to give up; this is the last code again")
	}
	return showResult(c, d, r, codeAnswer{})
}

func previewReturn(d *device.Device, r device.Result) []string {
	if r.Repeated {
		return []string{fmt.Sprintf("%s holds nothing; the last code would be printed again", d.Identity().UDI())}
	}
	lines := []string{fmt.Sprintf("%s gives up, for good:", d.Identity().UDI())}
	for _, change := range r.Changes {
		lines = append(lines, fmt.Sprintf("  %-28s %d", change.Tag, change.Before.Count))
	}
	if len(r.Changes) == 0 {
		lines = append(lines, fmt.Sprintf("  authorization %d, which grants nothing", r.Number))
	}
	return lines
}
