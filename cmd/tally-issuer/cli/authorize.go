package cli

import (
	"fmt"

	ucli "github.com/urfave/cli/v2"

	"tallystick/cmd/internal/cli"
	"tallystick/cmd/internal/issuer"
	"tallystick/cmd/internal/ledger"
	"tallystick/codec"
	"tallystick/reserve"
)

func authorizeCommand(env *cli.Env) *ucli.Command {
	return &ucli.Command{
		Name:      "authorize",
		Usage:     "sign an authorization code for a device",
		ArgsUsage: "[REQUEST...]",
		Description: cli.Describe("Reserves licenses for a device and signs its authorization code. Shows what the device will hold and "+
			"what that does to the pool, asks, commits, signs, prints. A device whose request is new is enrolled.\n\n"+
			"With --device an update is pushed without a request: larger, smaller or both. What isn't named is kept, TAG=0 gives one "+
			"entitlement up, --only gives up all that isn't named. A smaller count stays reserved until the device confirms.\n\n"+
			"Which licenses it draws on is a rule: those that are reserved for the device already come first, since they cost nothing more; "+
			"then those with the earliest end that lasts through --until, or that are valid today; those without end come last. --license "+
			"chooses others, --change TAG=+0 with it changes nothing else. A license is good from its first day; one that begins later "+
			"is not reserved before.\n\n"+
			"A higher tier contains the lower ones, but its licenses are used for them only when --borrow says so, for what the "+
			"entitlement's own licenses leave. What is borrowed counts in the pool of the higher tier, and is shown as borrowed.\n\n"+
			"At a terminal without flags it asks for what it needs. The same request with the same grants prints the same code again.",
			"tally-issuer authorize",
			"tally-issuer authorize --from acme/plant-7 --grant network-advantage=1 --grant dna-advantage=1 --file request.txt",
			"tally-issuer authorize --device C9300-24T:FCW2149L0KK --change dna-advantage=+8 --yes",
			"tally-issuer authorize --device FCW2149L0KK --grant dna-advantage=10 --license dna-advantage=7:4 --license dna-advantage=9",
			"tally-issuer authorize --device FCW2149L0KK --grant network-essentials=24 --borrow network-essentials=network-advantage"),
		Flags: cli.Flags(cli.CodeInputFlags(), []ucli.Flag{
			&ucli.StringFlag{Name: "from", Usage: "the `ACCOUNT` the licenses come from"},
			&ucli.StringFlag{Name: "device", Usage: "push an update to `PID:SN`, or to a serial number alone"},
			&ucli.StringSliceFlag{Name: "grant", Usage: "how many it is to hold, `TAG=N`"},
			&ucli.StringSliceFlag{Name: "change", Usage: "how many more or fewer, `TAG=+N`"},
			&ucli.BoolFlag{Name: "only", Usage: "give up what isn't named"},
			&ucli.StringFlag{Name: "until", Usage: "take licenses that last through `DATE`"},
			&ucli.StringSliceFlag{Name: "license", Usage: "the license to draw on, and how many of it, `TAG=LICENSE:N`; without :N what the others leave"},
			&ucli.StringSliceFlag{Name: "borrow", Usage: "let licenses of a higher tier stand for a lower one, `LOWER=HIGHER`"},
			cli.OpFlag(), cli.YesFlag(),
		}, cli.CodeFlags(), officerFlags()),
		Action: func(c *ucli.Context) error { return runAuthorize(c, env) },
	}
}

func runAuthorize(c *ucli.Context, env *cli.Env) error {
	if err := cli.CheckCodeFlags(c); err != nil {
		return err
	}
	w, err := wish(c)
	if err != nil {
		return err
	}
	return withIssuer(c, env, func(is *issuer.Issuer) error {
		if w.Device == "" {
			if w.Request, err = readRequest(c, is); err != nil {
				return err
			}
		}
		if w, err = askWish(c, env, is, w); err != nil {
			return err
		}
		return authorize(c, is, w)
	})
}

// wish reads the flags; a request is read later.
func wish(c *ucli.Context) (issuer.Wish, error) {
	w := issuer.Wish{Device: c.String("device"), Only: c.Bool("only"), Memo: memo(c)}
	var err error
	if w.Op, err = cli.Op(c); err != nil {
		return w, err
	}
	if w.Until, err = day(c, "until"); err != nil {
		return w, err
	}
	if from := c.String("from"); from != "" {
		if w.Account, err = ledger.ParsePath(from); err != nil {
			return w, err
		}
	}
	if err := drawing(c, &w); err != nil {
		return w, err
	}
	if w.Device != "" && (c.Args().Present() || c.String("file") != "") {
		return w, cli.Usage("give a request code or --device, not both")
	}
	for _, flag := range []struct {
		name  string
		parse func(string) (issuer.Change, error)
	}{{"grant", issuer.ParseGrant}, {"change", issuer.ParseChange}} {
		for _, s := range c.StringSlice(flag.name) {
			change, err := flag.parse(s)
			if err != nil {
				return w, cli.Usage("flag --%s: %v", flag.name, err)
			}
			w.Changes = append(w.Changes, change)
		}
	}
	return w, nil
}

// drawing reads which licenses are to be drawn on.
func drawing(c *ucli.Context, w *issuer.Wish) error {
	for _, s := range c.StringSlice("license") {
		choice, err := issuer.ParseChoice(s)
		if err != nil {
			return cli.Usage("flag --license: %v", err)
		}
		w.Choices = append(w.Choices, choice)
	}
	for _, s := range c.StringSlice("borrow") {
		b, err := issuer.ParseBorrowing(s)
		if err != nil {
			return cli.Usage("flag --borrow: %v", err)
		}
		w.Borrow = append(w.Borrow, b)
	}
	return nil
}

func readRequest(c *ucli.Context, is *issuer.Issuer) (*reserve.Request, error) {
	reading, err := cli.ReadCode(c, cli.CodeInput{What: "request code", Want: []codec.Kind{reserve.RequestKind}, Draft: is.DraftPath("authorize")})
	if err != nil {
		return nil, err
	}
	q, err := reserve.ParseRequest(reading.Body)
	return &q, err
}

// authorize previews, asks, commits and prints.
func authorize(c *ucli.Context, is *issuer.Issuer, w issuer.Wish) error {
	plan, err := is.Plan(c.Context, w)
	if err != nil {
		return explainPlan(err)
	}
	out := cli.Out(c)
	if cli.DryRun(c) {
		printBlock(out, preview(plan))
		return out.JSON(authorizeAnswer{Device: deviceName(plan), Account: plan.Account.String(), Number: plan.Number,
			Entitlements: previewOf(plan), Expected: plan.Arrival, repeated: repeated{plan.Repeated, true}})
	}
	if err := cli.Confirm(c, preview(plan), "sign"); err != nil {
		return err
	}
	o, err := unlock(c, is)
	if err != nil {
		return err
	}
	issued, err := o.Authorize(c.Context, w, plan)
	if err != nil {
		return explainPlan(err)
	}
	cli.DoneReading(c)
	return showIssued(c, issued, "authorize")
}

type deviceJSON struct {
	UDI         string `json:"udi"`
	Fingerprint string `json:"fingerprint"`
}

func deviceName(p issuer.Plan) deviceJSON {
	return deviceJSON{p.Device.UDI().String(), p.Device.DID().String()}
}

type authorizeAnswer struct {
	*cli.ShownCode
	Device       deviceJSON     `json:"device"`
	Account      string         `json:"account"`
	Number       reserve.Number `json:"number"`
	Entitlements []previewJSON  `json:"entitlements"`
	Expected     issuer.Arrival `json:"expected,omitempty"` // of a new device: whether it was announced
	repeated
}

// showIssued prints a committed authorization.
func showIssued(c *ucli.Context, i issuer.Issuance, verb string) error {
	code, err := i.Code()
	if err != nil {
		return err
	}
	out := cli.Out(c)
	shown := cli.CodeJSON(code)
	shown.Kind = "authorization"
	if i.Repeated {
		out.Note("authorization %d was signed before; this is the same code", i.Number)
	}
	texts := cli.CodeTexts{
		Title: fmt.Sprintf("authorization %d for %s", i.Number, i.Plan.Device.UDI()),
		Again: fmt.Sprintf("reprint --device %s", i.Plan.Device.UDI()),
	}
	if verb == "authorize" {
		texts.Hint = "the device confirms with `tally-device install`; enter its confirmation code with `tally-issuer receive`"
	}
	if err := cli.ShowCode(c, code, texts); err != nil {
		return err
	}
	return out.JSON(authorizeAnswer{ShownCode: &shown, Device: deviceName(i.Plan), Account: i.Plan.Account.String(), Number: i.Number,
		Entitlements: previewOf(i.Plan), Expected: i.Plan.Arrival, repeated: repeated{Repeated: i.Repeated}})
}

// explainPlan adds the exact next command where the table can't know it.
func explainPlan(err error) error {
	if reasonOf(err) == reserve.UnknownAccount {
		return cli.WithHint(err, "`tally-issuer account list` shows the accounts; name one with --from ACCOUNT")
	}
	return err
}
