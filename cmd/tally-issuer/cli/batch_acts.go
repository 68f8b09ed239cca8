package cli

import (
	"os"

	ucli "github.com/urfave/cli/v2"

	"tallystick/cmd/internal/cli"
	"tallystick/cmd/internal/issuer"
	"tallystick/cmd/internal/ledger"
)

func batchReceiveCommand(env *cli.Env) *ucli.Command {
	return &ucli.Command{
		Name: "receive", Usage: "take the codes of many devices", ArgsUsage: "FILE",
		Description: cli.Describe("Takes confirmations, returns, cancellations and status reports: a file with one code in each line, or with pasted codes of several lines and an empty line "+
			"between, or a folder with a code in each file. Like `tally-issuer receive` it needs no key: what a device says it proves. The same codes again change nothing.",
			"tally-issuer batch receive confirmations.txt --dry-run",
			"tally-issuer batch receive returned/ --outcome returned.csv"),
		Flags: cli.Flags([]ucli.Flag{homeFlag(), cli.DryRunFlag()}, outcomeFlags()),
		Action: func(c *ucli.Context) error {
			run := &batchRun{what: "received", todo: "received", before: "received before",
				columns: "line,device,fingerprint,account,kind,status,number,reason,message"}
			return runActs(c, env, run, readReceived, func(is *issuer.Issuer) (issuer.Acts, error) { return is.Receiving(), nil })
		},
	}
}

func readReceived(c *ucli.Context, _ *issuer.Issuer) ([]issuer.BatchRow, error) {
	name := c.Args().First()
	if isFolder(name) {
		return issuer.ReadReceivedFolder(name, cli.CodeFileText)
	}
	data, err := readFile(name, issuer.MaxBatchFile)
	if err != nil {
		return nil, err
	}
	return issuer.ReadReceived(cli.DecodeText(data))
}

func isFolder(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.IsDir()
}

func batchMoveCommand(env *cli.Env) *ucli.Command {
	return &ucli.Command{
		Name: "move", Usage: "give the devices of a file to other accounts", ArgsUsage: "FILE",
		Description: cli.Describe("Reads a CSV file with the columns device and account, and moves each device there with everything that is reserved for it. No code travels.",
			"tally-issuer batch move moves.csv --dry-run --passphrase-fd 3",
			"tally-issuer batch move moves.csv --all-or-nothing --outcome moved.csv --reason \"hall 3 is closed\""),
		Flags: batchFlags(),
		Action: func(c *ucli.Context) error {
			run := &batchRun{what: "moved", todo: "moved", before: "there already", word: "move",
				columns: "line,device,fingerprint,account,status,reason,column,message"}
			return runActs(c, env, run, readCSV(issuer.ReadMoves), officerActs(c, (*issuer.Officer).Moving))
		},
	}
}

func batchReissueCommand(env *cli.Env) *ucli.Command {
	return &ucli.Command{
		Name: "reissue", Usage: "sign what devices hold anew, after a key was retired or compromised", ArgsUsage: "[UDI...]",
		Description: cli.Describe("Signs what each device holds with the key that is in use now, as its next authorization: of the devices named, of all of an account, or of all that may "+
			"hold something that a key signed. What the present key signed is not signed again. `tally-issuer key list` shows the keys.",
			"tally-issuer batch reissue --signed-by 3KQW-09ZC-V7TH-2M5X --out codes --dry-run --passphrase-fd 3",
			"tally-issuer batch reissue --account acme --below --out codes --outcome reissued.csv --reason \"key of May compromised\"",
			"tally-issuer batch reissue C9300-24T:FCW2149L0KK --yes"),
		Flags: batchFlags(
			&ucli.StringFlag{Name: "file", TakesFile: true, Usage: "read the devices from `FILE`, one a line"},
			&ucli.StringFlag{Name: "account", Usage: "all devices of `ACCOUNT` that hold something"},
			&ucli.BoolFlag{Name: "below", Usage: "and of the accounts below it"},
			&ucli.StringFlag{Name: "signed-by", Usage: "all devices that may hold what the key with this `FINGERPRINT` signed; with --account, of that"},
			outFlag()),
		Action: func(c *ucli.Context) error {
			run := &batchRun{what: "signed anew", todo: "signed anew", before: "signed with the present key already", word: "sign",
				columns: "line,device,fingerprint,account,status,number,code,code_file,reason,message"}
			return runActs(c, env, run, readReissued, officerActs(c, (*issuer.Officer).Reissuing))
		},
	}
}

func readReissued(c *ucli.Context, is *issuer.Issuer) ([]issuer.BatchRow, error) {
	selects := c.String("account") != "" || c.String("signed-by") != ""
	if selects == (c.Args().Present() || c.String("file") != "") {
		return nil, cli.Usage("name devices, or choose them with --account or --signed-by")
	}
	if !selects {
		names, err := namedDevices(c)
		return issuer.NamedDevices(names), err
	}
	var account ledger.Path
	var err error
	if name := c.String("account"); name != "" {
		if account, err = ledger.ParsePath(name); err != nil {
			return nil, err
		}
	}
	return is.Holders(c.Context, account, c.Bool("below"), c.String("signed-by"))
}

func batchRMACommand(env *cli.Env) *ucli.Command {
	return &ucli.Command{
		Name: "rma", Usage: "replace failed devices, one a row", ArgsUsage: "FILE",
		Description: cli.Describe("Reads a CSV file with the columns failed, the device that failed, and request, the request code of what replaces it; and, where wanted, map, such as "+
			"\"dna-premier=dna-advantage\", grants, account, and reason. Each row is what `tally-issuer rma` does, in one transaction of its own: what could be in use twice stays pending "+
			"until a late code or evidence settles it, and the policies of the accounts hold for all rows together.",
			"tally-issuer batch rma failed.csv --dry-run --passphrase-fd 3",
			"tally-issuer batch rma failed.csv --out codes --outcome replaced.csv --reason \"flood in hall 3\""),
		Flags: batchFlags(outFlag()),
		Action: func(c *ucli.Context) error {
			run := &batchRun{what: "replaced", todo: "replaced", before: "replaced before: the same codes again", word: "replace",
				columns: "line,failed,device,fingerprint,account,status,number,code,code_file,reason,column,message"}
			return runActs(c, env, run, readCSV(issuer.ReadReplacements), officerActs(c, (*issuer.Officer).Replacing))
		},
	}
}

func readCSV(parse func([]byte) ([]issuer.BatchRow, error)) func(*ucli.Context, *issuer.Issuer) ([]issuer.BatchRow, error) {
	return func(c *ucli.Context, _ *issuer.Issuer) ([]issuer.BatchRow, error) {
		data, err := readFile(c.Args().First(), issuer.MaxBatchFile)
		if err != nil {
			return nil, err
		}
		return parse(data)
	}
}

// officerActs unlocks the keyring, once, for the preview already: it is made by doing everything and
// taking it back.
func officerActs(c *ucli.Context, acts func(*issuer.Officer, issuer.Memo) issuer.Acts) func(*issuer.Issuer) (issuer.Acts, error) {
	return func(is *issuer.Issuer) (issuer.Acts, error) {
		o, err := unlock(c, is)
		if err != nil {
			return issuer.Acts{}, err
		}
		return acts(o, memo(c)), nil
	}
}

// runActs does a batch of acts.
func runActs(c *ucli.Context, env *cli.Env, run *batchRun, read func(*ucli.Context, *issuer.Issuer) ([]issuer.BatchRow, error), unlocked func(*issuer.Issuer) (issuer.Acts, error)) error {
	if err := checkOutcome(c); err != nil {
		return err
	}
	return withIssuer(c, env, func(is *issuer.Issuer) error {
		rows, err := read(c, is)
		if err != nil {
			return err
		}
		acts, err := unlocked(is)
		if err != nil {
			return err
		}
		plan, err := acts.Plan(c.Context, issuer.Batch{Whole: c.Bool("all-or-nothing"), Memo: memo(c)}, rows)
		if err != nil {
			return err
		}
		run.c, run.env, run.rows, run.files = c, env, len(plan.Rows), codeFiles{c.String("out")}
		run.row = func(i int) outcomeRow { return outcomeOf(&plan.Rows[i]) }
		if len(plan.Rows) > 0 {
			run.places(plan)
		}
		return run.run(plan, func() (func(func(int)) error, error) {
			return func(done func(int)) error { return acts.Do(c.Context, plan, done) }, nil
		})
	})
}
