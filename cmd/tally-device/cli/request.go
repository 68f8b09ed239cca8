package cli

import (
	"fmt"

	ucli "github.com/urfave/cli/v2"

	"tallystick/cmd/internal/cli"
)

func requestCommand(env *cli.Env) *ucli.Command {
	return &ucli.Command{
		Name: "request", Usage: "print the request code; the same one each time",
		Description: cli.Describe("Prints the code that asks the security officer for licenses. It is the same one each time, and says "+
			"nothing but which device asks: how many of what is the officer's decision.",
			"tally-device request", "tally-device request --qr=only", "tally-device request --spell"),
		Flags:  cli.Flags([]ucli.Flag{stateFlag()}, cli.CodeFlags()),
		Action: func(c *ucli.Context) error { return runRequest(c, env) },
	}
}

func runRequest(c *ucli.Context, env *cli.Env) error {
	if err := cli.CheckCodeFlags(c); err != nil {
		return err
	}
	d, _, err := open(c, env)
	if err != nil {
		return err
	}
	q, err := d.Request()
	if err != nil {
		return err
	}
	udi := q.Identity().UDI()
	title := fmt.Sprintf("request code of %s, fingerprint %s", udi, q.Identity().DID())
	const hint = "give this code to the security officer; what comes back goes into `tally-device install`"
	return showCode(c, codeAnswer{Device: udi.String()}, kindRequest, q.Code(), title, hint, "request")
}
