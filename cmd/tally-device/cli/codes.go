package cli

import (
	"fmt"

	ucli "github.com/urfave/cli/v2"

	"tallystick/cmd/internal/cli"
	"tallystick/codec"
	"tallystick/reserve"
	"tallystick/reserve/device"
)

func requestCommand(env *cli.Env) *ucli.Command {
	return &ucli.Command{
		Name: "request", Usage: "print the request code; the same one each time",
		Description: cli.Describe("Prints the code that asks the security officer for licenses. It is the same one each time.",
			"tally-device request", "tally-device request --qr=only"),
		Flags: cli.Flags([]ucli.Flag{stateFlag()}, cli.CodeFlags()),
		Action: func(c *ucli.Context) error {
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
			title := fmt.Sprintf("request of %s, fingerprint %s", q.Identity().UDI(), q.Identity().DID())
			return showCode(c, codeAnswer{kind: "request", Device: q.Identity().UDI().String()}, q.Code(), title, "request")
		},
	}
}

func confirmationCommand(env *cli.Env) *ucli.Command {
	return &ucli.Command{
		Name: "confirmation", Usage: "print the last confirmation or return code again",
		Description: cli.Describe("Prints the confirmation, return or cancellation code of the present state again, any time.",
			"tally-device confirmation"),
		Flags: cli.Flags([]ucli.Flag{stateFlag()}, cli.CodeFlags()),
		Action: func(c *ucli.Context) error {
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
			return showResult(c, d, r, nil)
		},
	}
}

func reportCommand(env *cli.Env) *ucli.Command {
	return &ucli.Command{
		Name: "report", Usage: "print a signed status report",
		Description: cli.Describe("Prints a status report that the device signs: what is installed and which authorizations can no longer be. "+
			"The security officer takes it with `tally-issuer receive`.",
			"tally-device report"),
		Flags: cli.Flags([]ucli.Flag{stateFlag()}, cli.CodeFlags()),
		Action: func(c *ucli.Context) error {
			if err := cli.CheckCodeFlags(c); err != nil {
				return err
			}
			d, _, err := open(c, env)
			if err != nil {
				return err
			}
			r, err := d.Report()
			if err != nil {
				return err
			}
			return showResult(c, d, r, nil)
		},
	}
}

// codeAnswer is the JSON of a verb that prints a code.
type codeAnswer struct {
	*cli.ShownCode
	Device  string         `json:"device"`
	Number  reserve.Number `json:"number,omitempty"`
	Changes []changeJSON   `json:"changes,omitempty"`
	repeated
	kind string
}

// actKind is what a result's code is, as JSON names it.
func actKind(r device.Result) string {
	if r.Code.Kind().Number == reserve.StatusKind.Number {
		return "status"
	}
	switch r.Act {
	case reserve.Returned:
		return "return"
	case reserve.Canceled:
		return "cancellation"
	}
	return "confirmation"
}

// actTitle says what a result's code is, to a person.
func actTitle(r device.Result, udi reserve.UDI) string {
	switch actKind(r) {
	case "status":
		return fmt.Sprintf("status report of %s", udi)
	case "return":
		return fmt.Sprintf("return code of %s: everything through authorization %d was given up", udi, r.Number)
	case "cancellation":
		return fmt.Sprintf("cancellation code of %s: authorizations through %d can't be installed", udi, r.Number)
	}
	return fmt.Sprintf("confirmation code of %s for authorization %d", udi, r.Number)
}

// showResult prints the code of something the device did.
func showResult(c *ucli.Context, d *device.Device, r device.Result, changes []changeJSON) error {
	again := "confirmation"
	if actKind(r) == "status" {
		again = "report"
	}
	udi := d.Identity().UDI()
	a := codeAnswer{kind: actKind(r), Device: udi.String(), Number: r.Number, Changes: changes, repeated: repeated{Repeated: r.Repeated}}
	return showCode(c, a, r.Code, actTitle(r, udi), again)
}

func showCode(c *ucli.Context, a codeAnswer, code codec.Code, title, again string) error {
	shown := cli.CodeJSON(code)
	shown.Kind, a.ShownCode = a.kind, &shown
	if err := cli.ShowCode(c, code, title, again); err != nil {
		return err
	}
	return cli.Out(c).JSON(a)
}
