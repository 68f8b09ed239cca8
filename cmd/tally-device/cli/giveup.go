package cli

import (
	"fmt"
	"strings"

	ucli "github.com/urfave/cli/v2"

	"tallystick/cmd/internal/cli"
	"tallystick/cmd/internal/term"
	"tallystick/reserve"
	"tallystick/reserve/device"
)

func returnCommand(env *cli.Env) *ucli.Command {
	return &ucli.Command{
		Name: "return", Usage: "give everything up; prints the return code",
		Description: cli.Describe("Gives up everything the device holds and prints the return code, which gives the licenses back to the "+
			"account they came from. This can't be undone; again, it prints the same code.",
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
	var b strings.Builder
	fmt.Fprintf(&b, "%s gives up:\n", d.Identity().UDI())
	for _, change := range shown.Changes {
		fmt.Fprintf(&b, "  %-28s %d\n", term.Safe(change.Tag), change.Before.Count)
	}
	return act(c, d, shown, b.String(), "return", (*device.Device).Return)
}

// act previews, asks for a word, acts, and prints the code.
func act(c *ucli.Context, d *device.Device, shown device.Result, question, word string, do func(*device.Device) (device.Result, error)) error {
	out := cli.Out(c)
	if cli.DryRun(c) {
		writeBlock(out, question)
		return out.JSON(codeAnswer{Device: d.Identity().UDI().String(), Number: shown.Number, Changes: changesOf(shown.Changes),
			repeated: repeated{shown.Repeated, true}})
	}
	if !shown.Repeated {
		if err := cli.Confirm(c, question, word); err != nil {
			return err
		}
	}
	r, err := do(d)
	if err != nil {
		return err
	}
	if r.Repeated {
		out.Note("this was done before; it is the same code")
		if word == "cancel" {
			out.Hint("to cancel a later authorization, name it: `tally-device cancel --through %d`", r.Number+1)
		}
	}
	return showResult(c, d, r, changesOf(r.Changes))
}

func cancelCommand(env *cli.Env) *ucli.Command {
	return &ucli.Command{
		Name: "cancel", Usage: "make an authorization that is not installed unusable",
		Description: cli.Describe("Makes the next authorization unusable on this device, or all through --through N, and prints the code that "+
			"proves it. What is installed is kept; while something is, the code is a signed status report.",
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
	if n > uint(reserve.LastNumber) || (n == 0 && c.IsSet("through")) {
		return cli.Usage("flag --through: expected 1 to %d", reserve.LastNumber)
	}
	d, _, err := open(c, env)
	if err != nil {
		return err
	}
	through := reserve.Number(n)
	shown, err := d.PreviewCancel(through)
	if err != nil {
		return err
	}
	question := fmt.Sprintf("%s will never install authorization %d, nor an earlier one that is not installed.\n", d.Identity().UDI(), shown.Number)
	return act(c, d, shown, question, "cancel", func(d *device.Device) (device.Result, error) { return d.Cancel(through) })
}
