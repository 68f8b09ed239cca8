package cli

import (
	ucli "github.com/urfave/cli/v2"

	"tallystick/cmd/internal/cli"
	"tallystick/cmd/internal/issuer"
	"tallystick/cmd/internal/ledger"
	"tallystick/reserve"
)

func rmaCommand(env *cli.Env) *ucli.Command {
	return &ucli.Command{
		Name: "rma", Usage: "replace a device that failed without a return code", ArgsUsage: "[REQUEST...]",
		Description: cli.Describe("Writes the failed device off and signs an authorization for its replacement, whose request code is given, in one step: what the "+
			"newest authorization of the failed device grants, from the same licenses. Shows first what may be in use twice, where the account stands against its "+
			"policy on failed devices (`account set --failed-open`), and what the replacement gets; then asks, commits, signs, prints.\n\n"+
			"What the failed device could still be holding is pending return. Its return code, whenever it turns up, settles that; so does evidence "+
			"(`device settle`). It frees nothing, since the pool has the licenses already.\n\n"+
			"Export-controlled entitlements are not carried over: grant them by name. What has ended is not either. --grant TAG=N changes a count, TAG=0 leaves one "+
			"out, and --map stands in where the replacement's product calls it otherwise. A replacement has to hold no licenses of its own. The same device with a new "+
			"identity, because its disk was wiped, is replaced in the same way: by itself.\n\n"+
			"The same again prints the same code again.",
			"tally-issuer rma --failed C9300-24T:FCW2149L0KK --reason \"burnt, RMA 5512\" --file request.txt",
			"tally-issuer rma --failed FCW2149L0KK --reason \"power supply burnt\" --evidence photo.jpg --map dna-premier=dna-advantage --file request.txt",
			"tally-issuer rma --failed FCW2149L0KK --reason \"RMA 5512\" --grant strong-encryption=1 --op rma-5512 --yes --passphrase-fd 3 --file request.txt"),
		Flags: cli.Flags(cli.CodeInputFlags(), []ucli.Flag{
			&ucli.StringFlag{Name: "failed", Required: true, Usage: "the device that failed, `PID:SN`, or a serial number alone"},
			&ucli.StringSliceFlag{Name: "map", Usage: "what stands for an entitlement, `OLD=NEW`"},
			&ucli.StringSliceFlag{Name: "grant", Usage: "how many the replacement is to hold, `TAG=N`"},
			&ucli.StringFlag{Name: "from", Usage: "the `ACCOUNT` of a new replacement, if it is another one"},
			evidenceFlag(), cli.OpFlag(), cli.YesFlag(),
		}, cli.CodeFlags(), officerFlags()),
		Action: func(c *ucli.Context) error { return runRMA(c, env) },
	}
}

func runRMA(c *ucli.Context, env *cli.Env) error {
	if err := cli.CheckCodeFlags(c); err != nil {
		return err
	}
	r, err := rmaOf(c)
	if err != nil {
		return err
	}
	return withIssuer(c, env, func(is *issuer.Issuer) error {
		if r.Request, err = readRequest(c, is); err != nil {
			return err
		}
		return rma(c, is, r)
	})
}

// rmaOf reads the flags; the request is read later.
func rmaOf(c *ucli.Context) (r issuer.RMA, err error) {
	if err := mustSayWhy(c); err != nil {
		return r, err
	}
	r = issuer.RMA{Failed: c.String("failed"), Memo: memo(c)}
	if r.Op, err = cli.Op(c); err != nil {
		return r, err
	}
	if from := c.String("from"); from != "" {
		if r.Account, err = ledger.ParsePath(from); err != nil {
			return r, err
		}
	}
	for _, s := range c.StringSlice("map") {
		m, err := issuer.ParseMapping(s)
		if err != nil {
			return r, cli.Usage("flag --map: %v", err)
		}
		r.Map = append(r.Map, m)
	}
	for _, s := range c.StringSlice("grant") {
		g, err := issuer.ParseGrant(s)
		if err != nil {
			return r, cli.Usage("flag --grant: %v", err)
		}
		r.Changes = append(r.Changes, g)
	}
	r.Evidence, err = evidence(c)
	return r, err
}

// rma previews, asks, commits and prints.
func rma(c *ucli.Context, is *issuer.Issuer, r issuer.RMA) error {
	plan, err := is.PlanRMA(c.Context, r)
	if err != nil {
		return explainRMA(err)
	}
	out := cli.Out(c)
	if cli.DryRun(c) {
		printBlock(out, previewRMA(plan))
		return out.JSON(rmaAnswerOf(plan, nil, true))
	}
	if err := cli.Confirm(c, previewRMA(plan), "replace"); err != nil {
		return err
	}
	o, err := unlock(c, is)
	if err != nil {
		return err
	}
	done, err := o.RMA(c.Context, r, plan)
	if err != nil {
		return explainRMA(err)
	}
	cli.DoneReading(c)
	return showRMA(c, done)
}

// explainRMA adds the exact next command where the table can't know it.
func explainRMA(err error) error {
	switch reasonOf(err) {
	case reserve.NotEntitled:
		return cli.WithHint(err, "--map OLD=NEW names what stands for it on the replacement, --grant OLD=0 leaves it out")
	case reserve.ThresholdNotMet:
		return cli.WithHint(err, "a second officer's signature can't be collected by this program")
	case reserve.DuplicateDevice:
		return cli.WithHint(err, "print the replacement's present request again: `tally-device request`")
	case reserve.NothingIssued:
		return cli.WithHint(err, "it holds nothing, so nothing is to be replaced: `tally-issuer authorize REQUEST --from ACCOUNT --grant TAG=N`")
	}
	return explainPlan(err)
}

type rmaAnswer struct {
	*cli.ShownCode
	Failed        deviceJSON      `json:"failed"`
	Device        deviceJSON      `json:"device"` // the replacement
	Account       string          `json:"account"`
	Number        reserve.Number  `json:"number"`
	Reimaged      bool            `json:"reimaged"`
	PendingReturn []lossJSON      `json:"pending_return"` // may be in use twice
	Policy        []thresholdJSON `json:"policy"`
	LeftOut       []leftOutJSON   `json:"left_out"`
	Entitlements  []previewJSON   `json:"entitlements"`
	Expected      issuer.Arrival  `json:"expected,omitempty"` // of a new device: whether it was announced
	repeated
}

type leftOutJSON struct {
	Entitlement string `json:"entitlement"`
	Count       uint64 `json:"count"`
	Why         string `json:"why"` // export-controlled or ended
}

func rmaAnswerOf(p issuer.RMAPlan, shown *cli.ShownCode, dry bool) rmaAnswer {
	a := rmaAnswer{ShownCode: shown, Failed: deviceJSON{p.Loss.Device.UDI.String(), p.Loss.Device.DID.String()}, Device: deviceName(p.Plan),
		Account: p.Plan.Account.String(), Number: p.Plan.Number, Reimaged: p.Reimaged, PendingReturn: lossesOf(p.Loss), Policy: thresholdsOf(p.Loss.Thresholds),
		LeftOut: []leftOutJSON{}, Entitlements: previewOf(p.Plan), Expected: p.Plan.Arrival, repeated: repeated{p.Repeated, dry}}
	for _, l := range p.LeftOut {
		a.LeftOut = append(a.LeftOut, leftOutJSON{l.Entitlement.Tag, l.Count, l.Why})
	}
	return a
}

// showRMA prints the authorization of a replacement.
func showRMA(c *ucli.Context, done issuer.Replacement) error {
	code, err := done.Issued.Code()
	if err != nil {
		return err
	}
	out, p := cli.Out(c), done.RMAPlan
	shown := cli.CodeJSON(code)
	shown.Kind = "authorization"
	if p.Repeated {
		out.Note("%s was replaced before; this is the same code", p.Loss.Device.UDI)
	}
	for _, l := range p.LeftOut {
		out.Warn(cli.WarnNotCarried, "not carried over: %s", notCarriedText(l))
	}
	late := " Should a return code of the failed device turn up, enter that too"
	if p.Loss.Device.Quarantined { // no code of it counts
		late = ""
	}
	err = cli.ShowCode(c, code, cli.CodeTexts{
		Title: safef("authorization %d for %s", p.Plan.Number, p.Plan.Device.UDI()),
		Again: safef("reprint --device %s", p.Plan.Device.UDI()),
		Hint:  "the replacement confirms with `tally-device install`; enter its confirmation code with `tally-issuer receive`." + late,
	})
	if err != nil {
		return err
	}
	return out.JSON(rmaAnswerOf(p, &shown, false))
}
