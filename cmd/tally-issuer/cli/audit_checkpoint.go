package cli

import (
	"strings"

	ucli "github.com/urfave/cli/v2"

	"tallystick/cmd/internal/cli"
	"tallystick/cmd/internal/issuer"
	"tallystick/cmd/internal/journal"
	"tallystick/cmd/internal/ledger"
)

func auditCheckpointCommand(env *cli.Env) *ucli.Command {
	return &ucli.Command{
		Name: "checkpoint", Usage: "print what to keep of the journal: its newest signed checkpoint",
		Description: cli.Describe("A checkpoint stands for every journal entry up to it. Kept where nobody who can write the ledger can write, such as on paper in a "+
			"safe, it shows later whether an entry was changed or taken away: `tally-issuer audit verify --checkpoint FILE`. It is a signed note (C2SP); its first three "+
			"lines are enough.\n\n"+
			"--key prints the key that verifies it, for other tools.",
			"tally-issuer audit checkpoint --out 2026-11.checkpoint",
			"tally-issuer audit checkpoint --qr=only",
			"tally-issuer audit checkpoint --unsigned",
			"tally-issuer audit checkpoint --key"),
		Flags: cli.Flags([]ucli.Flag{
			&ucli.StringFlag{Name: "out", TakesFile: true, Usage: "write to `FILE` instead of standard output"},
			&ucli.BoolFlag{Name: "unsigned", Usage: "print the three lines alone, to copy by hand"},
			&ucli.BoolFlag{Name: "key", Usage: "print the verifier key instead (C2SP signed-note)"},
			cli.QRFlag(),
		}, booksFlags()),
		Action: func(c *ucli.Context) error { return showCheckpoint(c, env) },
	}
}

type checkpointJSON struct {
	Log string `json:"log"`
	treeJSON
	Note    string   `json:"note"` // signed; its first three lines are what it says
	Keys    []string `json:"keys"` // that verify it, as C2SP signed-note writes them
	Entries uint32   `json:"entries"`
	File    string   `json:"file,omitempty"`
}

func showCheckpoint(c *ucli.Context, env *cli.Env) error {
	file := c.String("out")
	if c.Bool("key") && (c.Bool("unsigned") || c.IsSet("qr")) || file != "" && c.IsSet("qr") {
		return cli.Usage("flag --key excludes --unsigned, and both --key and --out exclude --qr")
	}
	return withBooks(c, env, func(is *issuer.Issuer) error {
		a, err := newestCheckpoint(c, is)
		if err != nil {
			return err
		}
		out := cli.Out(c)
		if a.Entries > a.Size {
			out.Note("the journal has %d entries more, which the next checkpoint will cover", a.Entries-a.Size)
		}
		text, again := a.Note, "audit checkpoint"
		switch {
		case c.Bool("key"):
			text, again = strings.Join(a.Keys, "\n")+"\n", again+" --key"
		case c.Bool("unsigned"):
			text, again = strings.Join(strings.SplitAfterN(a.Note, "\n", 4)[:3], ""), again+" --unsigned"
		}
		switch a.File = file; {
		case file != "" && file != "-":
			prefix, _, _ := strings.Cut(text, "/")
			if err := issuer.WritePublic(file, prefix+"/", []byte(text)); err != nil {
				return err
			}
			out.Note("wrote %q", file)
		case c.Bool("key"):
			for _, key := range a.Keys {
				out.Printf("%s\n", key)
			}
		default:
			if err := cli.ShowText(c, text, again); err != nil {
				return err
			}
		}
		return out.JSON(a)
	})
}

func newestCheckpoint(c *ucli.Context, is *issuer.Issuer) (a checkpointJSON, err error) {
	err = is.View(c.Context, func(tx *ledger.Tx) error {
		t, signed, err := tx.Checkpoint()
		if err != nil {
			return err
		}
		a.Note, a.treeJSON = string(signed), treeOf(t)
		if _, a.Log, err = journal.ParseTree(signed); err != nil {
			return err
		}
		if a.Entries, _, err = tx.Head(); err != nil {
			return err
		}
		trust, err := tx.Trust()
		if err != nil {
			return err
		}
		a.Keys, err = journal.SignersOf(trust).Keys(a.Log)
		return err
	})
	return a, err
}
