package cli

import (
	"crypto/sha256"
	"runtime/debug"

	ucli "github.com/urfave/cli/v2"

	"tallystick/cmd/internal/cli"
	"tallystick/cmd/internal/issuer"
	"tallystick/cmd/internal/ledger"
)

func batchAuthorizeCommand(env *cli.Env) *ucli.Command {
	return &ucli.Command{
		Name: "authorize", Usage: "authorize the devices of a file, or of a folder of request codes", ArgsUsage: "FILE",
		Description: cli.Describe("Reads a CSV file whose first line names its columns: request, a request code in any form, or device, one that is known; account; and grants, "+
			"such as \"dna-advantage=2 network-advantage=1\". What a row leaves out is taken from --from and --grant. FILE may also be a folder with a request code in each file.\n\n"+
			"Everything is shown before anything is signed: what the pools have before and after, and the rows that are refused with the reason. Where a pool is "+
			"too small, the rows are left out that want most of it, of equal ones the last: the fewest that make the others fit, and none that would still fit itself. Refused rows stop no other, unless "+
			"--all-or-nothing is given.\n\n"+
			"Whenever it is interrupted, the same command again goes on where it stopped: what was signed is not signed again. The same file once more changes nothing, and gives the same outcome "+
			"and the same codes, whatever was done to the devices since, but for what they put behind themselves or were written off with. To bring them back to what the file says give another --op.",
			"tally-issuer batch authorize site-42.csv --dry-run",
			"tally-issuer batch authorize site-42.csv --out codes --outcome site-42-outcome.csv --reason \"site 42\"",
			"tally-issuer batch authorize requests/ --from acme/plant-7 --grant dna-advantage=1 --out codes"),
		Flags: batchFlags(
			&ucli.StringFlag{Name: "from", Usage: "the `ACCOUNT` of rows that name none"},
			&ucli.StringSliceFlag{Name: "grant", Usage: "what rows get that name nothing, `TAG=N`"},
			&ucli.BoolFlag{Name: "only", Usage: "known devices give up what isn't named"},
			&ucli.StringFlag{Name: "until", Usage: "take licenses that last through `DATE`"},
			outFlag(), cli.OpFlag(),
		),
		Action: func(c *ucli.Context) error { return batchAuthorize(c, env) },
	}
}

// batchOf reads the flags.
func batchOf(c *ucli.Context) (issuer.Batch, error) {
	b := issuer.Batch{Only: c.Bool("only"), Whole: c.Bool("all-or-nothing"), Memo: memo(c)}
	var err error
	if b.Op, err = cli.Op(c); err != nil {
		return b, err
	}
	if from := c.String("from"); from != "" {
		if b.Account, err = ledger.ParsePath(from); err != nil {
			return b, err
		}
	}
	if b.Until, err = day(c, "until"); err != nil {
		return b, err
	}
	for _, s := range c.StringSlice("grant") {
		change, err := issuer.ParseGrant(s)
		if err != nil {
			return b, cli.Usage("flag --grant: %v", err)
		}
		b.Changes = append(b.Changes, change)
	}
	return b, nil
}

// planBatch reads the rows of a file or folder and decides about them, or finds that they were done.
func planBatch(c *ucli.Context, is *issuer.Issuer, name string, b issuer.Batch) (*issuer.BatchPlan, error) {
	if isFolder(name) {
		if len(b.Changes) == 0 {
			return nil, cli.Usage("a folder says nothing of what is granted: give --grant")
		}
		rows, err := issuer.ReadBatchFolder(name, b, cli.CodeFileText)
		if err != nil {
			return nil, err
		}
		b.Digest = issuer.FolderDigest(rows)
		files := make([]string, len(rows))
		for i := range rows {
			files[i] = rows[i].File
		}
		return planRows(c, is, b, files, func() ([]issuer.BatchRow, error) { return rows, nil })
	}
	data, err := readFile(name, issuer.MaxBatchFile)
	if err != nil {
		return nil, err
	}
	b.Digest = sha256.Sum256(data)
	return planRows(c, is, b, nil, func() ([]issuer.BatchRow, error) { return issuer.ReadBatch(data, b) })
}

func planRows(c *ucli.Context, is *issuer.Issuer, b issuer.Batch, files []string, read func() ([]issuer.BatchRow, error)) (*issuer.BatchPlan, error) {
	if plan, found, err := is.BatchBefore(c.Context, b, files); err != nil || found {
		return plan, err
	}
	rows, err := read()
	if err != nil {
		return nil, err
	}
	return is.PlanBatch(c.Context, b, rows)
}

// batchMemory is how much the program lets grow before it collects what is not used any more, in bytes.
const batchMemory = 120 << 20

func batchAuthorize(c *ucli.Context, env *cli.Env) error {
	b, err := batchOf(c)
	if err != nil {
		return err
	}
	if err := checkOutcome(c); err != nil {
		return err
	}
	// Rows are worked on while others are read and written: what they leave behind is collected early.
	defer debug.SetMemoryLimit(debug.SetMemoryLimit(batchMemory))
	return withIssuer(c, env, func(is *issuer.Issuer) error {
		plan, err := planBatch(c, is, c.Args().First(), b)
		if err != nil {
			return err
		}
		run := &batchRun{c: c, env: env, rows: len(plan.Rows), files: codeFiles{c.String("out")}, what: "authorized", todo: "signed",
			before: "signed before: the same codes again", word: "sign",
			columns: "line,device,fingerprint,account,status,number,code,code_file,reason,column,message",
			row:     func(i int) outcomeRow { return outcomeOf(&plan.Rows[i]) }}
		run.places(plan)
		return run.run(plan, func() (func(func(int)) error, error) {
			o, err := unlock(c, is)
			if err != nil {
				return nil, err
			}
			return func(done func(int)) error { return o.Batch(c.Context, plan, done) }, nil
		})
	})
}
