package cli

import (
	ucli "github.com/urfave/cli/v2"

	"tallystick/cmd/internal/cli"
	"tallystick/cmd/internal/issuer"
	"tallystick/codec"
	"tallystick/reserve"
)

func inspectCommand(env *cli.Env) *ucli.Command {
	return &ucli.Command{
		Name: "inspect", Usage: "say what any code says", ArgsUsage: "[CODE...]",
		Description: cli.Describe("Says what a code says and whether it could be verified with these books. Changes nothing.",
			"tally-issuer inspect 7K3M QX2P 0RVW 5T8N HJ4C 9ZBD EGFA", "tally-issuer inspect --file code.txt"),
		Flags:  cli.Flags(cli.CodeInputFlags(), []ucli.Flag{homeFlag()}),
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
	return withReader(c, env, func(is *issuer.Issuer) error {
		reading, err := cli.ReadCode(c, cli.CodeInput{What: "code", Want: kinds})
		if err != nil {
			return err
		}
		x, catalog, err := is.Inspect(c.Context, reading)
		if err != nil {
			return err
		}
		return cli.ShowInspection(c, x, catalog)
	})
}
