package cli

import (
	"fmt"
	"strings"

	ucli "github.com/urfave/cli/v2"

	"tallystick/cmd/internal/cli"
	"tallystick/cmd/internal/issuer"
	"tallystick/cmd/internal/ledger"
	"tallystick/reserve"
)

func writeOffCommand(env *cli.Env) *ucli.Command {
	return &ucli.Command{
		Name: "write-off", Usage: "give up devices that will never give a code again",
		Description: cli.Describe("Makes what devices hold available again although they never returned it: they died, were lost, or are out of reach. What they could be "+
			"holding is pending return from then on, and may be in use twice if they run on. The account's policy on failed devices says how much of that may be. "+
			"All of the devices are written off, or none.\n\n"+
			"Their codes are taken as ever, and settle what is pending; so does evidence (`device settle`). A device that was written off is given nothing but an "+
			"authorization that grants nothing. To replace one, use `rma`.",
			"tally-issuer write-off --device C9300-24T:FCW2149L0KK --reason \"lost in transit\"",
			"tally-issuer write-off --device FCW2149L0KK --device FCW2149L0KL --reason \"fire in hall 3\" --evidence report.pdf --yes"),
		Flags: cli.Flags([]ucli.Flag{
			&ucli.StringSliceFlag{Name: "device", Required: true, Usage: "a device to write off, `PID:SN`, or a serial number alone"},
			evidenceFlag(), cli.YesFlag(),
		}, officerFlags()),
		Action: func(c *ucli.Context) error { return runWriteOff(c, env) },
	}
}

// evidenceFlag is on the verbs that give up what no code proves.
func evidenceFlag() ucli.Flag {
	return &ucli.StringSliceFlag{Name: "evidence", TakesFile: true, Usage: "a `FILE` that shows it, such as a photo or a certificate: its SHA-256 goes into the journal"}
}

// evidence takes the digests of the files that were named.
func evidence(c *ucli.Context) (out []ledger.Exhibit, err error) {
	for _, path := range c.StringSlice("evidence") {
		e, err := issuer.ReadExhibit(path)
		if err != nil {
			return nil, err
		}
		out = append(out, e)
	}
	return out, nil
}

// mustSayWhy asks for a reason where an auditor will want one.
func mustSayWhy(c *ucli.Context) error {
	if strings.TrimSpace(c.String("reason")) == "" {
		return cli.Usage("say why: --reason TEXT goes into the journal")
	}
	return nil
}

func runWriteOff(c *ucli.Context, env *cli.Env) error {
	if err := mustSayWhy(c); err != nil {
		return err
	}
	w := issuer.WriteOff{Devices: c.StringSlice("device"), Memo: memo(c)}
	var err error
	if w.Evidence, err = evidence(c); err != nil {
		return err
	}
	return withIssuer(c, env, func(is *issuer.Issuer) error {
		plan, err := is.PlanWriteOff(c.Context, w)
		if err != nil {
			return explainWriteOff(err)
		}
		if cli.DryRun(c) {
			printBlock(cli.Out(c), previewLosses(plan))
			return showWriteOff(c, plan)
		}
		if err := cli.Confirm(c, previewLosses(plan), "write-off"); err != nil {
			return err
		}
		o, err := unlock(c, is)
		if err != nil {
			return err
		}
		done, err := o.WriteOff(c.Context, w, plan)
		if err != nil {
			return explainWriteOff(err)
		}
		return showWriteOff(c, done)
	})
}

func explainWriteOff(err error) error {
	if reasonOf(err) == reserve.ThresholdNotMet {
		return cli.WithHint(err, "a second officer's signature can't be collected by this program")
	}
	return err
}

func previewLosses(list []issuer.Loss) string {
	var parts []string
	for _, l := range list {
		parts = append(parts, previewLoss(l))
	}
	return strings.Join(parts, "\n")
}

type writtenOffJSON struct {
	Device        deviceJSON      `json:"device"`
	Account       string          `json:"account"`
	PendingReturn []lossJSON      `json:"pending_return"` // may be in use twice
	Policy        []thresholdJSON `json:"policy"`
	Repeated      bool            `json:"repeated"`
}

type writeOffAnswer struct {
	Devices []writtenOffJSON `json:"devices"`
	repeated
}

func showWriteOff(c *ucli.Context, list []issuer.Loss) error {
	out, again, copies := cli.Out(c), true, false
	devices, rows := []writtenOffJSON{}, [][]string{}
	for _, l := range list {
		devices = append(devices, writtenOffJSON{deviceJSON{l.Device.UDI.String(), l.Device.DID.String()}, l.Device.Account.String(),
			lossesOf(l), thresholdsOf(l.Thresholds), l.Repeated})
		var pending []string
		for _, x := range l.Lines {
			pending = append(pending, fmt.Sprintf("%s=%d", x.Entitlement.Tag, x.Pending))
		}
		rows = append(rows, []string{l.Device.UDI.String(), l.Device.Account.String(), strings.Join(pending, " ")})
		again, copies = again && l.Repeated, copies || l.Device.Quarantined
	}
	if !cli.DryRun(c) {
		out.Table([]string{"WRITTEN OFF", "ACCOUNT", "PENDING RETURN"}, rows)
		if again {
			out.Note("it was written off before; nothing changed")
		}
		if copies {
			out.Note("of a quarantined device nothing settles what is pending: a code of one copy says nothing about the other")
		} else {
			out.Hint("a return code that turns up settles it: `tally-issuer receive CODE`; so does evidence: `tally-issuer device settle UDI --evidence FILE --reason TEXT`")
		}
	}
	return out.JSON(writeOffAnswer{devices, repeated{again, cli.DryRun(c)}})
}
