package cli

import (
	ucli "github.com/urfave/cli/v2"

	"tallystick/cmd/internal/cli"
	"tallystick/cmd/internal/issuer"
	"tallystick/reserve"
)

func reprintCommand(env *cli.Env) *ucli.Command {
	return &ucli.Command{
		Name: "reprint", Usage: "print an authorization code again",
		Description: cli.Describe("Prints the stored code of an authorization that can still be installed: the newest, or --number N. "+
			"Nothing is signed again; the journal records who printed it.",
			"tally-issuer reprint --device C9300-24T:FCW2149L0KK"),
		Flags: cli.Flags([]ucli.Flag{
			&ucli.StringFlag{Name: "device", Required: true, Usage: "`PID:SN`, or a serial number alone"},
			&ucli.UintFlag{Name: "number", Usage: "the authorization's number `N` (default: the newest)"},
			homeFlag(),
		}, cli.CodeFlags()),
		Action: func(c *ucli.Context) error {
			if err := cli.CheckCodeFlags(c); err != nil {
				return err
			}
			n := c.Uint("number")
			if n > uint(reserve.LastNumber) || (n == 0 && c.IsSet("number")) {
				return cli.Usage("flag --number: expected 1 to %d", reserve.LastNumber)
			}
			return withIssuer(c, env, func(is *issuer.Issuer) error {
				i, err := is.Reprint(c.Context, c.String("device"), reserve.Number(n))
				if err != nil {
					return err
				}
				return showIssued(c, i, "reprint")
			})
		},
	}
}
