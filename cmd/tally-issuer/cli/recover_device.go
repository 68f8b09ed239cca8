package cli

import (
	ucli "github.com/urfave/cli/v2"

	"tallystick/cmd/internal/cli"
	"tallystick/cmd/internal/issuer"
	"tallystick/cmd/internal/ledger"
	"tallystick/codec"
	"tallystick/reserve"
)

func recoverEnrollCommand(env *cli.Env) *ucli.Command {
	return &ucli.Command{
		Name: "enroll", Usage: "enroll a device that the lost part of the books had", ArgsUsage: "[REQUEST...]",
		Description: cli.Describe("Takes the request code of a device that was enrolled after the backup. Nothing is issued to it yet.",
			"tally-issuer recover enroll --file request.txt --from acme/plant-7"),
		Flags: cli.Flags([]ucli.Flag{&ucli.StringFlag{Name: "from", Required: true, Usage: "the device's `ACCOUNT`"}}, cli.CodeInputFlags(), officerFlags()),
		Action: func(c *ucli.Context) error {
			account, err := ledger.ParsePath(c.String("from"))
			if err != nil {
				return err
			}
			return withOfficer(c, env, func(o *issuer.Officer) error {
				reading, err := cli.ReadCode(c, cli.CodeInput{What: "request code", Want: []codec.Kind{reserve.RequestKind}, Draft: o.DraftPath("recover")})
				if err != nil {
					return err
				}
				request, err := reserve.ParseRequest(reading.Body)
				if err != nil {
					return err
				}
				d, again, err := o.RecoverDevice(c.Context, request, account, memo(c), cli.DryRun(c))
				if err != nil {
					return err
				}
				if !cli.DryRun(c) {
					cli.DoneReading(c)
				}
				cli.Out(c).Printf("device       %s\naccount      %s\nfingerprint  %s\n", d.UDI, d.Account, d.DID)
				return cli.Out(c).JSON(struct {
					Device  deviceJSON `json:"device"`
					Account string     `json:"account"`
					repeated
				}{deviceJSON{d.UDI.String(), d.DID.String()}, d.Account.String(), repeated{again, cli.DryRun(c)}})
			})
		},
	}
}

func recoverImportCommand(env *cli.Env) *ucli.Command {
	return &ucli.Command{
		Name: "import", Usage: "take in an authorization that the lost part of the books had", ArgsUsage: "[CODE...]",
		Description: cli.Describe("Takes an authorization code off the paper file. Its signature proves it, and the account pays for it again; licenses that were "+
			"lost with the books are added again before (`tally-issuer license add`). Several of one device come in the order of their numbers.",
			"tally-issuer recover import --device C9300-24T:FCW2149L0KK --file auth.txt"),
		Flags: cli.Flags([]ucli.Flag{&ucli.StringFlag{Name: "device", Required: true, Usage: "`PID:SN`, or a serial number alone"}}, cli.CodeInputFlags(), officerFlags()),
		Action: func(c *ucli.Context) error {
			return withOfficer(c, env, func(o *issuer.Officer) error {
				reading, err := cli.ReadCode(c, cli.CodeInput{What: "authorization code", Want: []codec.Kind{reserve.AuthorizationKind}, Draft: o.DraftPath("recover")})
				if err != nil {
					return err
				}
				i, err := o.RecoverAuthorization(c.Context, c.String("device"), reading, memo(c), cli.DryRun(c))
				if err != nil {
					return err
				}
				if !cli.DryRun(c) {
					cli.DoneReading(c)
				}
				cli.Out(c).Printf("authorization %d is in the books\n", i.Number)
				return cli.Out(c).JSON(struct {
					Number reserve.Number `json:"number"`
					repeated
				}{i.Number, repeated{i.Repeated, cli.DryRun(c)}})
			})
		},
	}
}

func recoverDeviceCommand(env *cli.Env) *ucli.Command {
	return &ucli.Command{
		Name: "device", Usage: "issue the authorization that settles a device", ArgsUsage: "UDI",
		Description: cli.Describe("Signs what the device is known to hold, or nothing with --empty, under a number above everything that may have been lost. Its confirmation "+
			"or return code settles the device. Asked again, the same code is printed.",
			"tally-issuer recover device C9300-24T:FCW2149L0KK"),
		Flags: cli.Flags([]ucli.Flag{&ucli.BoolFlag{Name: "empty", Usage: "it is to hold nothing any more"}}, officerFlags(), cli.CodeFlags()),
		Action: func(c *ucli.Context) error {
			if err := cli.CheckCodeFlags(c); err != nil {
				return err
			}
			udi, err := oneArgument(c, "UDI")
			if err != nil {
				return err
			}
			return withOfficer(c, env, func(o *issuer.Officer) error {
				i, err := o.Rebase(c.Context, udi, c.Bool("empty"), memo(c), cli.DryRun(c))
				if err != nil {
					return err
				}
				if cli.DryRun(c) {
					cli.Out(c).Printf("would sign authorization %d\n", i.Number)
					return cli.Out(c).JSON(struct {
						Number reserve.Number `json:"number"`
						repeated
					}{i.Number, repeated{i.Repeated, true}})
				}
				return showIssued(c, i, "authorize")
			})
		},
	}
}
