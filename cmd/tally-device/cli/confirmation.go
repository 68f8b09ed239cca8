package cli

import (
	ucli "github.com/urfave/cli/v2"

	"tallystick/cmd/internal/cli"
)

func confirmationCommand(env *cli.Env) *ucli.Command {
	return &ucli.Command{
		Name: "confirmation", Usage: "print the last confirmation, return or cancellation code again",
		Description: cli.Describe("Prints the confirmation, return or cancellation code of the present state again, any time. It is the "+
			"same code as before and changes nothing.",
			"tally-device confirmation", "tally-device confirmation --spell"),
		Flags:  cli.Flags([]ucli.Flag{stateFlag()}, cli.CodeFlags()),
		Action: func(c *ucli.Context) error { return runConfirmation(c, env) },
	}
}

func runConfirmation(c *ucli.Context, env *cli.Env) error {
	if err := cli.CheckCodeFlags(c); err != nil {
		return err
	}
	d, _, err := open(c, env)
	if err != nil {
		return err
	}
	r, err := d.Confirmation()
	if err != nil {
		return err
	}
	return showResult(c, d, r, codeAnswer{})
}
