package cli

import (
	"fmt"
	"strings"

	ucli "github.com/urfave/cli/v2"

	"tallystick/cmd/internal/cli"
	"tallystick/cmd/internal/issuer"
)

func licenseImportCommand(env *cli.Env) *ucli.Command {
	return &ucli.Command{
		Name: "import", Usage: "record the purchases of a CSV file", ArgsUsage: "FILE",
		Description: cli.Describe("Records every row of a file, or none of them. The first line names the columns: account, entitlement, "+
			"then quantity or unlimited, one of term, end, perpetual and coterm, and start and order where there is one. Dates are "+
			"written 2029-11-21; perpetual, coterm and unlimited hold yes or nothing. The file is UTF-8, its cells stand between commas, "+
			"semicolons or tabs.\n\n"+
			"All rows are shown, those that are wrong by their line, before anything is done. The same rows are recorded once: for a "+
			"second purchase of just the same give another --op.",
			"tally-issuer license import orders.csv --dry-run",
			"tally-issuer license import orders.csv --create --reason \"orders of May\""),
		Flags: cli.Flags([]ucli.Flag{
			&ucli.BoolFlag{Name: "create", Usage: "open accounts that don't exist, with everything off"},
			cli.OpFlag(), cli.YesFlag(),
		}, officerFlags()),
		Action: func(c *ucli.Context) error { return importLicenses(c, env) },
	}
}

// maxPreviewRows is how many rows a person is shown before the question; --dry-run shows all.
const maxPreviewRows = 60

func importLicenses(c *ucli.Context, env *cli.Env) error {
	data, err := readFile(c.Args().First(), issuer.MaxLicenseFile)
	if err != nil {
		return err
	}
	im := issuer.LicenseImport{Create: c.Bool("create")}
	if im.Op, err = cli.Op(c); err != nil {
		return err
	}
	rows, wrong, err := issuer.ParseLicenses(data)
	if err != nil {
		return err
	}
	im.Rows = rows
	return withIssuer(c, env, func(is *issuer.Issuer) error {
		plan, err := is.PlanLicenses(c.Context, im)
		if err != nil {
			return err
		}
		if plan.Wrong = append(wrong, plan.Wrong...); len(plan.Wrong) > 0 {
			return refuseRows(c, plan.Wrong, len(rows)+len(wrong), importOf(plan, cli.DryRun(c)))
		}
		if cli.DryRun(c) {
			printBlock(cli.Out(c), previewImport(plan, len(plan.Rows)))
			return cli.Out(c).JSON(importOf(plan, true))
		}
		return carryOutImport(c, is, im, plan)
	})
}

// carryOutImport asks and records, unless that was done before.
func carryOutImport(c *ucli.Context, is *issuer.Issuer, im issuer.LicenseImport, plan issuer.LicenseImportPlan) error {
	if !plan.Repeated {
		if err := cli.Confirm(c, previewImport(plan, maxPreviewRows), "import"); err != nil {
			return err
		}
		o, err := unlock(c, is)
		if err != nil {
			return err
		}
		if plan, err = o.ImportLicenses(c.Context, im, plan, memo(c), false); err != nil {
			return err
		}
	}
	showImported(c, plan)
	return cli.Out(c).JSON(importOf(plan, false))
}

func previewImport(plan issuer.LicenseImportPlan, most int) string {
	var b strings.Builder
	line := func(format string, args ...any) { b.WriteString(safef(format, args...) + "\n") }
	line("operation  %s", plan.Op)
	if plan.Repeated {
		line("           recorded before: nothing will change")
	}
	for _, path := range plan.Accounts {
		line("new        account %s, everything off", path)
	}
	b.WriteByte('\n')
	rows := [][]string{{"LINE", "ACCOUNT", "ENTITLEMENT", "QUANTITY", "FROM", "UNTIL", "ORDER"}}
	for _, r := range plan.Rows[:min(len(plan.Rows), most)] {
		p := r.Purchase
		rows = append(rows, []string{fmt.Sprint(r.Line), p.Account.String(), p.Entitlement, amount{uint64(p.Quantity), p.Unlimited}.String(),
			r.Starts.String(), endText(r.Ends), p.Order})
	}
	b.WriteString(align(rows))
	if rest := len(plan.Rows) - most; rest > 0 {
		line("and %d rows more; --dry-run shows them all", rest)
	}
	for _, r := range plan.Rows {
		if r.Like != 0 {
			line("ATTENTION  line %d looks like license %d, which is in the books already", r.Line, int64(r.Like))
		}
	}
	line("%d rows in all", len(plan.Rows))
	return b.String()
}

func showImported(c *ucli.Context, plan issuer.LicenseImportPlan) {
	out := cli.Out(c)
	if plan.Repeated {
		out.Note("these rows were recorded before; nothing changed")
	}
	first, last := plan.Rows[0].License, plan.Rows[len(plan.Rows)-1].License
	if len(plan.Rows) == 1 {
		out.Printf("recorded 1 row as license %d\n", first)
		return
	}
	out.Printf("recorded %d rows as licenses %d to %d\n", len(plan.Rows), first, last)
}

type importAnswer struct {
	Op       string         `json:"op"`
	Accounts []string       `json:"accounts"` // opened
	Rows     []importRow    `json:"rows"`
	Errors   []rowErrorJSON `json:"errors"` // when there are any, nothing is recorded
	repeated
}

type importRow struct {
	Line        int    `json:"line"`
	License     int64  `json:"license"` // its number; 0 before it is recorded
	Account     string `json:"account"`
	Entitlement string `json:"entitlement"`
	Quantity    amount `json:"quantity"` // null when unlimited
	Unlimited   bool   `json:"unlimited"`
	Starts      string `json:"starts"`
	Ends        string `json:"ends"` // "" is perpetual
	Order       string `json:"order"`
	Like        int64  `json:"like,omitempty"` // a license in the books that it looks like
}

func importOf(plan issuer.LicenseImportPlan, dry bool) importAnswer {
	a := importAnswer{Op: plan.Op, Accounts: []string{}, Rows: []importRow{}, Errors: rowErrorsOf(plan.Wrong), repeated: repeated{plan.Repeated, dry}}
	for _, path := range plan.Accounts {
		a.Accounts = append(a.Accounts, path.String())
	}
	for _, r := range plan.Rows {
		p := r.Purchase
		a.Rows = append(a.Rows, importRow{r.Line, int64(r.License), p.Account.String(), p.Entitlement, amount{uint64(p.Quantity), p.Unlimited},
			p.Unlimited, r.Starts.String(), dateOf(r.Ends), p.Order, int64(r.Like)})
	}
	return a
}
