package cli

import (
	"fmt"

	ucli "github.com/urfave/cli/v2"

	"tallystick/cmd/internal/cli"
	"tallystick/reserve"
	"tallystick/reserve/device"
)

func cancelCommand(env *cli.Env) *ucli.Command {
	return &ucli.Command{
		Name: "cancel", Usage: "make an authorization that is not installed unusable",
		Description: cli.Describe("Makes the next authorization unusable on this device, or all through --through N, and prints the code that "+
			"proves it, so that the officer can give the licenses to somebody else. What is installed is kept; while something is, "+
			"the code is a signed status report. Asked again, it prints the same code.",
			"tally-device cancel", "tally-device cancel --through 4 --yes"),
		Flags: cli.Flags([]ucli.Flag{
			&ucli.UintFlag{Name: "through", Usage: "the last authorization to cancel, `N` (default: the next one)"},
			stateFlag(), cli.YesFlag(), cli.DryRunFlag(),
		}, cli.CodeFlags()),
		Action: func(c *ucli.Context) error { return runCancel(c, env) },
	}
}

func runCancel(c *ucli.Context, env *cli.Env) error {
	if err := cli.CheckCodeFlags(c); err != nil {
		return err
	}
	n := c.Uint("through")
	if n > uint(reserve.LastNumber) || n == 0 && c.IsSet("through") {
		return cli.Usage("flag --through: expected 1 to %d", reserve.LastNumber)
	}
	d, _, err := open(c, env)
	if err != nil {
		return err
	}
	shown, err := d.PreviewCancel(reserve.Number(n))
	if err != nil {
		return err
	}
	if cli.DryRun(c) {
		return showDryRun(c, d, shown, previewCancel(d, shown), nil)
	}
	through := reserve.Number(n)
	if !shown.Repeated {
		if err := cli.Confirm(c, safeBlock(previewCancel(d, shown)), "cancel"); err != nil {
			return err
		}
		through = shown.Number // what was shown and agreed to, whatever happened meanwhile
	}
	r, err := d.Cancel(through)
	if err != nil {
		return err
	}
	if r.Repeated {
		cli.Out(c).Note("this was done before; it is the same code")
		if next := d.Status(env.Now()).Next; next <= reserve.LastNumber {
			cli.Out(c).Hint("to cancel authorization %d as well: `tally-device cancel --through %d`", next, next)
		}
	}
	return showResult(c, d, r, codeAnswer{})
}

func previewCancel(d *device.Device, r device.Result) []string {
	if r.Repeated {
		return []string{fmt.Sprintf("%s has canceled that before; the same code would be printed again", d.Identity().UDI())}
	}
	return []string{fmt.Sprintf("%s will never install authorization %d, nor an earlier one that is not installed.", d.Identity().UDI(), r.Number)}
}
