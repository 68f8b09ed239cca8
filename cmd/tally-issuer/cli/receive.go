package cli

import (
	"fmt"
	"strings"

	ucli "github.com/urfave/cli/v2"

	"tallystick/cmd/internal/cli"
	"tallystick/cmd/internal/issuer"
	"tallystick/codec"
	"tallystick/reserve"
)

var receiveUsage = map[string]string{
	"receive": "take any code of a device: confirmation, return, cancellation, status",
	"confirm": "take a confirmation code, and nothing else",
	"return":  "take a return or cancellation code, and nothing else",
}

var receiveTakes = map[string]string{
	"receive": "Takes whatever code a device printed",
	"confirm": "Takes a confirmation code, refuses any other with exit status 4,",
	"return":  "Takes a return or cancellation code, refuses any other with exit status 4,",
}

// receiveCommand is receive, confirm and return: the last two assert the kind of code.
func receiveCommand(env *cli.Env, name, kind string) *ucli.Command {
	return &ucli.Command{
		Name: name, Usage: receiveUsage[name], ArgsUsage: "[CODE...]",
		Description: cli.Describe(receiveTakes[name]+" and brings the books up to date. What it frees is available at once. "+
			"It needs no passphrase: the code proves itself. Taking the same code again, or one that comes late, changes nothing.",
			"tally-issuer "+name+" 7K3M QX2P 0RVW 5T8N HJ4C 9ZBD EGFA",
			"tally-issuer "+name+" --file code.txt --json"),
		Flags:  cli.Flags(cli.CodeInputFlags(), []ucli.Flag{homeFlag(), cli.DryRunFlag()}),
		Action: func(c *ucli.Context) error { return runReceive(c, env, kind) },
	}
}

type creditJSON struct {
	Entitlement string `json:"entitlement"`
	Before      uint64 `json:"before"`
	Reserved    uint64 `json:"reserved"`
	InTransit   uint64 `json:"in_transit"`
	Pending     uint64 `json:"pending_return"` // of a device that was written off
	Available   amount `json:"available"`      // null when unlimited
	Unlimited   bool   `json:"unlimited"`
}

type receiveAnswer struct {
	Received     string           `json:"received"` // confirmation, return or status
	Device       deviceJSON       `json:"device"`
	Account      string           `json:"account"`
	Number       reserve.Number   `json:"number"`
	State        reserve.Standing `json:"state"`
	Out          []reserve.Number `json:"unconfirmed"`
	Behind       bool             `json:"behind,omitempty"` // reports as installed what was given up before
	Alarm        string           `json:"alarm,omitempty"`  // dead-device-alive
	Entitlements []creditJSON     `json:"entitlements"`
	repeated
}

func runReceive(c *ucli.Context, env *cli.Env, kind string) error {
	return withIssuer(c, env, func(is *issuer.Issuer) error {
		want := []codec.Kind{reserve.ReceiptKind}
		if kind == "" {
			want = append(want, reserve.StatusKind)
		}
		reading, err := cli.ReadCode(c, cli.CodeInput{What: "code of the device", Want: want, Draft: is.DraftPath("receive")})
		if err != nil {
			return err
		}
		got, err := is.Receive(c.Context, reading, kind, cli.DryRun(c))
		if err != nil {
			tellAlarm(cli.Out(c), got) // of what is suspect, too
			return err
		}
		if !cli.DryRun(c) {
			cli.DoneReading(c)
		}
		showReceived(c, got)
		return cli.Out(c).JSON(receivedOf(got, cli.DryRun(c)))
	})
}

func receivedOf(got issuer.Received, dry bool) receiveAnswer {
	a := receiveAnswer{Received: got.Kind, Device: deviceJSON{got.Device.UDI.String(), got.Device.DID.String()},
		Account: got.Device.Account.String(), Number: got.Number, State: got.Standing, Out: []reserve.Number{}, Alarm: got.Alarm,
		Entitlements: []creditJSON{}, repeated: repeated{got.Repeated, dry}}
	a.Out = append(a.Out, got.Out...)
	for _, l := range got.Lines {
		a.Entitlements = append(a.Entitlements, creditJSON{l.Entitlement.Tag, l.Before, l.After, l.InTransit, l.Pending,
			amount{l.Available, l.Unlimited}, l.Unlimited})
	}
	return a
}

func showReceived(c *ucli.Context, got issuer.Received) {
	out := cli.Out(c)
	out.Printf("%s of %s\n", receivedText(got), got.Device.UDI)
	if got.Repeated {
		out.Note("this was taken before; nothing changed")
	}
	if len(got.Lines) > 0 {
		printBlock(out, "\n"+align(receivedRows(got)))
	}
	if got.Device.WrittenOff {
		tellWrittenOff(out, got)
		return
	}
	if got.Behind {
		out.Warn(cli.WarnReportsGone, "the device reports authorization %d as installed, which it gave up before. If this report is from after the return, "+
			"the device was set back to an older state and runs on without a license", got.Number)
	}
	if got.Cleared {
		out.Note("the device had installed what these books never issued; it now proved that it gave that up")
	}
	if len(got.Out) > 0 {
		last := got.Out[len(got.Out)-1]
		word := "authorization %s is"
		if len(got.Out) > 1 {
			word = "authorizations %s are"
		}
		out.Hint(word+" still out: install it, or give it up with `tally-device cancel --through %d`", numbers(got.Out), last)
	}
}

// receivedRows is what a code changed, as a table.
func receivedRows(got issuer.Received) [][]string {
	rows := [][]string{{"ENTITLEMENT", "RESERVED", "IN TRANSIT", "AVAILABLE IN POOL"}}
	if got.Device.WrittenOff {
		rows[0] = []string{"ENTITLEMENT", "PENDING RETURN", "AVAILABLE IN POOL"}
	}
	for _, l := range got.Lines {
		row := []string{l.Entitlement.Tag, change(l.Before, l.After), fmt.Sprint(l.InTransit)}
		if got.Device.WrittenOff {
			row = []string{l.Entitlement.Tag, change(l.PendingBefore, l.Pending)}
		}
		rows = append(rows, append(row, amount{l.Available, l.Unlimited}.String()))
	}
	return rows
}

// tellWrittenOff says what a code of a device means that was written off.
func tellWrittenOff(out *cli.Output, got issuer.Received) {
	tellAlarm(out, got)
	switch {
	case got.Standing == reserve.WrittenOff:
		out.Note("nothing of %s is pending return any more; the pool had the licenses already", got.Device.UDI)
	case got.Device.Superseded:
		out.Hint("this is an older identity of a device that was set up anew: look for the copy that runs with it")
	case got.Alarm != "":
		out.Hint("`tally-issuer authorize --device %s --only` signs an authorization that grants nothing; once the device installs and confirms it, it holds nothing", got.Device.UDI)
	}
}

func tellAlarm(out *cli.Output, got issuer.Received) {
	if got.Alarm != "" {
		out.Warn(cli.WarnAlive, "ALARM: %s was written off, and runs. What it holds may be in use twice; `tally-issuer device history %s` has the evidence", got.Device.UDI, got.Device.UDI)
	}
}

func receivedText(got issuer.Received) string {
	switch got.Kind {
	case issuer.KindConfirmation:
		return fmt.Sprintf("confirmation of authorization %d", got.Number)
	case issuer.KindReturn:
		if got.Number == 0 {
			return "a code of a device that never installed anything,"
		}
		return fmt.Sprintf("return of everything through authorization %d", got.Number)
	}
	if got.Number == 0 {
		return "status report, nothing installed,"
	}
	return strings.TrimSpace(fmt.Sprintf("status report, authorization %d installed,", got.Number))
}
