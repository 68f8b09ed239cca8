package cli

import (
	ucli "github.com/urfave/cli/v2"

	"tallystick/cmd/internal/cli"
	"tallystick/codec"
	"tallystick/reserve"
)

func inspectCommand(env *cli.Env) *ucli.Command {
	return &ucli.Command{
		Name: "inspect", Usage: "say what any code says", ArgsUsage: "[CODE...]",
		Description: cli.Describe("Says what a code says, and whether it could be verified on this device. Changes nothing.",
			"tally-device inspect --file authorization.txt", "tally-device inspect"),
		Flags:  cli.Flags(cli.CodeInputFlags(), []ucli.Flag{stateFlag()}),
		Action: func(c *ucli.Context) error { return runInspect(c, env) },
	}
}

func runInspect(c *ucli.Context, env *cli.Env) error {
	var kinds []codec.Kind
	for _, k := range reserve.Kinds() {
		if reserve.Supported(k) {
			kinds = append(kinds, k)
		}
	}
	reading, err := cli.ReadCode(c, cli.CodeInput{What: "code", Want: kinds})
	if err != nil {
		return err
	}
	d, _, err := open(c, env)
	if err != nil {
		return err
	}
	var shown reserve.Inspection
	for i, body := range reading.Spellings {
		x, err := reserve.Inspect(reading.Kind, body, d.Trust(), d.Identity())
		if err != nil {
			return err
		}
		if i == 0 || x.Verified {
			shown = x
		}
		if x.Verified {
			break
		}
	}
	return cli.ShowInspection(c, shown, d.Trust().Catalog())
}
