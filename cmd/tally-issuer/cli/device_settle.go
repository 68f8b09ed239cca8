package cli

import (
	"encoding/hex"
	"fmt"
	"strings"

	ucli "github.com/urfave/cli/v2"

	"tallystick/cmd/internal/cli"
	"tallystick/cmd/internal/issuer"
	"tallystick/cmd/internal/ledger"
)

func deviceSettleCommand(env *cli.Env) *ucli.Command {
	return &ucli.Command{
		Name: "settle", Usage: "end a pending return by evidence", ArgsUsage: "UDI",
		Description: cli.Describe("For a device that was written off and can't give a return code any more: on the evidence of a file, such as a certificate of destruction, what "+
			"it could be holding is pending no longer. The digest of the file goes into the journal; keep the file. No pool changes: it has the licenses already. "+
			"A signed report of the device that it holds something takes this back.",
			"tally-issuer device settle C9300-24T:FCW2149L0KK --evidence certificate.pdf --reason \"shredded by Example Recycling\""),
		Flags:  cli.Flags([]ucli.Flag{evidenceFlag(), cli.YesFlag()}, officerFlags()),
		Action: func(c *ucli.Context) error { return runSettle(c, env) },
	}
}

type evidenceJSON struct {
	File   string `json:"file"`
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
}

func evidenceOf(list []ledger.Exhibit) []evidenceJSON {
	out := []evidenceJSON{}
	for _, e := range list {
		out = append(out, evidenceJSON{e.Name, e.Size, hex.EncodeToString(e.Digest[:])})
	}
	return out
}

func runSettle(c *ucli.Context, env *cli.Env) error {
	udi, err := oneArgument(c, "UDI")
	if err != nil {
		return err
	}
	if err := mustSayWhy(c); err != nil {
		return err
	}
	s := issuer.Settlement{Device: udi, Memo: memo(c)}
	if s.Evidence, err = evidence(c); err != nil {
		return err
	}
	if len(s.Evidence) == 0 {
		return cli.Usage("evidence is what settles it: --evidence FILE")
	}
	return withIssuer(c, env, func(is *issuer.Issuer) error {
		done, err := is.PlanSettle(c.Context, s)
		if err != nil {
			return explainWriteOff(err)
		}
		if !done.Repeated && !cli.DryRun(c) {
			if err := cli.Confirm(c, settledText(done, s), "settle"); err != nil {
				return err
			}
			o, err := unlock(c, is)
			if err != nil {
				return err
			}
			if done, err = o.Settle(c.Context, s, false); err != nil {
				return explainWriteOff(err)
			}
		}
		return showSettled(c, done, s)
	})
}

// settledText tells what evidence settles.
func settledText(done issuer.Settled, s issuer.Settlement) string {
	var b strings.Builder
	b.WriteString(safef("device        %s\n", done.Device.UDI))
	for _, d := range done.Older {
		b.WriteString(safef("older         identity %s\n", d.DID))
	}
	b.WriteString(evidenceText(s.Evidence))
	rows := [][]string{{"ENTITLEMENT", "NO LONGER PENDING"}}
	for _, l := range done.Lines {
		rows = append(rows, []string{l.Entitlement.Tag, fmt.Sprint(l.Pending)})
	}
	return b.String() + "\n" + align(rows)
}

func showSettled(c *ucli.Context, done issuer.Settled, s issuer.Settlement) error {
	out, settled := cli.Out(c), []lossJSON{}
	for _, l := range done.Lines {
		settled = append(settled, lossJSON{l.Entitlement.Tag, l.Pending, amount{l.PoolAfter, l.Unlimited}, l.Unlimited})
	}
	if done.Repeated {
		out.Note("nothing of %s is pending return", done.Device.UDI)
	} else {
		printBlock(out, settledText(done, s))
	}
	return out.JSON(struct {
		Device   deviceJSON     `json:"device"`
		Account  string         `json:"account"`
		Settled  []lossJSON     `json:"settled"`
		Evidence []evidenceJSON `json:"evidence"`
		repeated
	}{deviceJSON{done.Device.UDI.String(), done.Device.DID.String()}, done.Device.Account.String(), settled, evidenceOf(s.Evidence),
		repeated{done.Repeated, cli.DryRun(c)}})
}

func evidenceText(list []ledger.Exhibit) string {
	var b strings.Builder
	for _, e := range list {
		b.WriteString(safef("evidence      %s, %d bytes\n              SHA-256 %s\n", e.Name, e.Size, hex.EncodeToString(e.Digest[:])))
	}
	return b.String()
}
