package cli

import (
	"strconv"

	ucli "github.com/urfave/cli/v2"

	"tallystick/cmd/internal/cli"
	"tallystick/cmd/internal/issuer"
	"tallystick/cmd/internal/journal"
	"tallystick/cmd/internal/ledger"
	"tallystick/reserve"
)

func auditProveCommand(env *cli.Env) *ucli.Command {
	return &ucli.Command{
		Name: "prove", Usage: "write a proof of one journal entry, for a customer to keep", ArgsUsage: "N",
		Description: cli.Describe("Writes entry N whole, the newest checkpoint, and what joins them: who has the issuer's trust bundle verifies it years later with "+
			"`tally-issuer audit check-proof FILE`, or with any tool that reads C2SP tlog-proof. Nothing else of the journal is told.",
			"tally-issuer audit prove 5 --out purchase.tlog-proof"),
		Flags: cli.Flags([]ucli.Flag{
			&ucli.StringFlag{Name: "out", TakesFile: true, Usage: "write to `FILE` instead of standard output"},
		}, booksFlags()),
		Action: func(c *ucli.Context) error { return proveEntry(c, env) },
	}
}

func auditCheckProofCommand(env *cli.Env) *ucli.Command {
	return &ucli.Command{
		Name: "check-proof", Usage: "verify a proof of a journal entry and show the entry", ArgsUsage: "FILE",
		Description: cli.Describe("Verifies a file that `tally-issuer audit prove N` wrote, with the public keys of a trust bundle and nothing else, and shows the entry: "+
			"the checkpoint's signature, that the entry is in the journal it is of, and the officer's signature. Without --trust the keys of the ledger here count.",
			"tally-issuer audit check-proof purchase.tlog-proof --trust issuer.tally"),
		Flags:  cli.Flags([]ucli.Flag{trustFlag("the trust bundle in `FILE` says whose keys count")}, booksFlags()),
		Action: func(c *ucli.Context) error { return checkProof(c, env) },
	}
}

func proveEntry(c *ucli.Context, env *cli.Env) error {
	text, err := oneArgument(c, "entry's number")
	if err != nil {
		return err
	}
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		return cli.Usage("%q is not the number of a journal entry", text)
	}
	return withBooks(c, env, func(is *issuer.Issuer) error {
		var p journal.Proof
		err := is.View(c.Context, func(tx *ledger.Tx) error {
			e, err := entry(tx, n)
			if err == nil {
				p, err = tx.Prove(e.Sequence)
			}
			return err
		})
		if reasonOf(err) == reserve.OutOfRange {
			return cli.WithHint(err, "`tally-issuer audit show` lists the entries; the next act of an officer signs a checkpoint over all there are")
		}
		if err != nil {
			return err
		}
		out := cli.Out(c)
		file := c.String("out")
		if err := writeOut(out, file, p.Text()); err != nil {
			return err
		}
		return out.JSON(struct {
			Entry uint32 `json:"entry"`
			Log   string `json:"log"`
			treeJSON
			File  string `json:"file,omitempty"`
			Proof string `json:"proof,omitempty"` // its text, when it was not written to a file
		}{p.Entry.Sequence, p.Origin, treeOf(p.Tree), file, unlessFile(file, p.Text())})
	})
}

// writeOut writes a proof to a file, or to standard output.
func writeOut(out *cli.Output, file string, text []byte) error {
	if file == "" || file == "-" {
		_, err := out.Writer().Write(text)
		return err
	}
	if err := issuer.WritePublic(file, "c2sp.org/tlog-proof@", text); err != nil {
		return err
	}
	out.Note("wrote %q", file)
	return nil
}

func unlessFile(file string, text []byte) string {
	if file == "" || file == "-" {
		return string(text)
	}
	return ""
}

func checkProof(c *ucli.Context, env *cli.Env) error {
	name, err := oneArgument(c, "FILE")
	if err != nil {
		return err
	}
	text, err := readFile(name, journal.MaxProof)
	if err != nil {
		return err
	}
	trust, err := readTrust(c)
	if err != nil {
		return err
	}
	if trust.IsZero() {
		if err := withBooks(c, env, func(is *issuer.Issuer) error { trust, err = is.Trust(c.Context); return err }); err != nil {
			return cli.WithHint(err, "`tally-issuer audit check-proof FILE --trust BUNDLE` needs no ledger")
		}
	}
	p, err := journal.OpenProof(text, trust)
	if err != nil {
		return cli.WithHint(err, "don't rely on it: ask the issuer for the proof again, and compare the trust bundle's fingerprint %s", trust.Fingerprint())
	}
	a := struct {
		Issuer      string `json:"issuer"`
		Fingerprint string `json:"fingerprint"`
		Log         string `json:"log"`
		treeJSON
		Entry entryJSON `json:"proven"`
	}{trust.Root().Name() + trainingMark(trust.Root().Training()), trust.Fingerprint().String(), p.Origin, treeOf(p.Tree), entryOf(p.Entry, trust)}
	out := cli.Out(c)
	out.Printf("proven     by the checkpoint of %d entries of log %s\nissuer     %s, fingerprint %s\n\n", a.Size, a.Log, a.Issuer, a.Fingerprint)
	a.Entry.print(out)
	return out.JSON(a)
}
