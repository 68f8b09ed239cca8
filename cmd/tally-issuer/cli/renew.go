package cli

import (
	"fmt"
	"slices"

	ucli "github.com/urfave/cli/v2"

	"tallystick/cmd/internal/cli"
	"tallystick/cmd/internal/issuer"
	"tallystick/cmd/internal/ledger"
)

func renewCommand(env *cli.Env) *ucli.Command {
	return &ucli.Command{
		Name: "renew", Usage: "sign later end dates for every device that holds an entitlement",
		Description: cli.Describe("Renews an entitlement on the devices of an account: each that holds it, and for which there are licenses "+
			"with a later end, gets a new authorization. It keeps its count, what has ended a while ago included, and everything else that "+
			"it holds. Without --until each device gets the latest end there is enough of, those first whose licenses end first; licenses "+
			"without end are taken only where no others are left.\n\n"+
			"All devices are shown before anything is signed, those that can't be renewed with the reason; they stop no other. With --out "+
			"each code is written to a file of its own. Doing it again signs nothing more, and gives the codes once more that are not "+
			"confirmed. The old licenses stay reserved until the device confirms.",
			"tally-issuer renew --account acme/plant-7 --entitlement dna-advantage --dry-run",
			"tally-issuer renew --account acme/plant-7 --entitlement dna-advantage --out codes",
			"tally-issuer renew --account acme/plant-7 --entitlement dna-advantage --until 2029-11-21 --yes"),
		Flags: cli.Flags([]ucli.Flag{
			&ucli.StringFlag{Name: "account", Required: true, Usage: "the `ACCOUNT` whose devices are renewed"},
			&ucli.StringFlag{Name: "entitlement", Required: true, Usage: "the entitlement's `TAG`"},
			&ucli.StringFlag{Name: "until", Usage: "take licenses that last through `DATE`"},
			&ucli.StringSliceFlag{Name: "borrow", Usage: "let licenses of a higher tier stand for a lower one, `LOWER=HIGHER`"},
			&ucli.StringFlag{Name: "out", TakesFile: true, Usage: "write each code to a file in `DIR`, which is made if it isn't there"},
			cli.YesFlag(),
		}, officerFlags()),
		Action: func(c *ucli.Context) error { return renew(c, env) },
	}
}

// renewal reads the flags.
func renewal(c *ucli.Context) (issuer.Renewal, error) {
	r := issuer.Renewal{Entitlement: c.String("entitlement"), Memo: memo(c)}
	var err error
	if r.Account, err = ledger.ParsePath(c.String("account")); err != nil {
		return r, err
	}
	if r.Until, err = day(c, "until"); err != nil {
		return r, err
	}
	for _, s := range c.StringSlice("borrow") {
		b, err := issuer.ParseBorrowing(s)
		if err != nil {
			return r, cli.Usage("flag --borrow: %v", err)
		}
		if b.Lower != r.Entitlement {
			return r, cli.Usage("flag --borrow: %s is renewed, not %s", r.Entitlement, b.Lower)
		}
		r.Borrow = append(r.Borrow, b)
	}
	return r, nil
}

func renew(c *ucli.Context, env *cli.Env) error {
	r, err := renewal(c)
	if err != nil {
		return err
	}
	return withIssuer(c, env, func(is *issuer.Issuer) error {
		plan, err := is.PlanRenewal(c.Context, r)
		if err != nil {
			return err
		}
		s := &renewalShow{c: c, plan: plan, tag: r.Entitlement, files: codeFiles{c.String("out")}, answer: renewalOf(plan, cli.DryRun(c))}
		if cli.DryRun(c) {
			printBlock(cli.Out(c), previewRenewal(plan, len(plan.Rows)))
			return s.end()
		}
		if err := s.files.prepare(); err != nil {
			return err
		}
		if err := s.carryOut(is); err != nil {
			return err
		}
		return s.end()
	})
}

// carryOut asks, signs and shows. Where nothing is to be signed nobody is asked.
func (s *renewalShow) carryOut(is *issuer.Issuer) error {
	if !s.signs() {
		done, err := is.RenewedBefore(s.c.Context, s.plan)
		if err != nil {
			return err
		}
		return s.show(done)
	}
	if err := cli.Confirm(s.c, previewRenewal(s.plan, maxPreviewRows), "sign"); err != nil {
		return err
	}
	o, err := unlock(s.c, is)
	if err != nil {
		return err
	}
	return o.Renew(s.c.Context, s.plan, s.show)
}

// A renewalShow shows what became of a renewal.
type renewalShow struct {
	c      *ucli.Context
	plan   issuer.RenewalPlan
	tag    string
	files  codeFiles // where there are none, codes are printed
	answer renewalAnswer
	signed int // devices that were given something new
	failed int // devices that were to get something and did not, or whose code was not written
}

// signs reports whether anything new is to be signed.
func (s *renewalShow) signs() bool {
	return slices.ContainsFunc(s.plan.Rows, func(r issuer.RenewalRow) bool { return r.State == issuer.RenewalNew })
}

// show shows or writes the codes of devices that were committed. What can't be written is told, and
// given by the same command again.
func (s *renewalShow) show(done []issuer.Renewed) error {
	out := cli.Out(s.c)
	for _, d := range done {
		row := s.answer.row(d.Row)
		if d.Err != nil {
			row.State, row.Reason = string(issuer.RenewalRefused), d.Err.Error()
			continue
		}
		code, err := d.Issuance.Code()
		if err != nil {
			return err
		}
		shown := cli.CodeJSON(code)
		shown.Kind = "authorization"
		row.ShownCode, row.Number, row.Repeated = &shown, d.Issuance.Number, d.Issuance.Repeated
		if !d.Issuance.Repeated {
			s.signed++
		}
		if s.files.dir == "" {
			title := fmt.Sprintf("authorization %d for %s, until %s", d.Issuance.Number, d.Row.Device.UDI, endText(d.Row.Until(s.tag)))
			if err := cli.ShowCode(s.c, code, cli.CodeTexts{Title: title}); err != nil {
				return err
			}
			continue
		}
		file, err := s.files.write(d.Row.Device.UDI, d.Issuance.Number, code)
		if err != nil {
			s.failed++
			row.Reason = err.Error()
			out.Warn(cli.WarnCodeUnwritten, "%s is renewed, but its code could not be written: %v", d.Row.Device.UDI, err)
			continue
		}
		row.File = file
		out.Printf("%s\n", file)
	}
	return nil
}

// end gives the answer: status 15 when a device was to be renewed and was not.
func (s *renewalShow) end() error {
	out, dry := cli.Out(s.c), cli.DryRun(s.c)
	n := map[string]int{}
	for _, row := range s.answer.Devices {
		n[row.State]++
		if row.State == string(issuer.RenewalRefused) {
			s.failed++
			if !dry {
				out.Warn(cli.WarnNotRenewed, "%s is not renewed: %s", row.UDI, row.Reason)
			}
		}
	}
	s.answer.Repeated = !s.signs()
	if err := out.JSON(s.answer); err != nil {
		return err
	}
	if !dry {
		out.Note("%d devices renewed, %d renewed before and not confirmed, %d with nothing to renew, %d not renewed",
			s.signed, n[string(issuer.RenewalAgain)], n[string(issuer.RenewalNone)], n[string(issuer.RenewalRefused)])
	}
	if s.signed > 0 {
		out.Hint("each device confirms with `tally-device install`; enter its confirmation code with `tally-issuer receive`")
	}
	if s.failed > 0 {
		return cli.Status(cli.ExitSomeRows)
	}
	return nil
}
