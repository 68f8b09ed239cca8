package cli

import (
	"encoding/base64"
	"path/filepath"

	ucli "github.com/urfave/cli/v2"

	"tallystick/cmd/internal/cli"
	"tallystick/cmd/internal/issuer"
	"tallystick/cmd/internal/ledger"
)

func backupCommand(env *cli.Env) *ucli.Command {
	return &ucli.Command{
		Name: "backup", Usage: "copy the home while it is in use", ArgsUsage: "DIR",
		Description: cli.Describe("Copies the sealed keyring and the ledger, as of one moment, into a new directory. It can be read as it is: "+
			"with --home DIR. What is signed after it is not in it: put back later, the ledger is frozen until that is recovered.",
			"tally-issuer backup /media/vault/tallystick-2026-11-22"),
		Flags: []ucli.Flag{homeFlag()},
		Action: func(c *ucli.Context) error {
			dir, err := oneArgument(c, "DIR")
			if err != nil {
				return err
			}
			return withReader(c, env, func(is *issuer.Issuer) error {
				t, err := is.Backup(c.Context, dir)
				if err != nil {
					return err
				}
				cli.Out(c).Printf("backup   %s\nentries  %d\n", filepath.Clean(dir), t.Size)
				return cli.Out(c).JSON(struct {
					Directory string `json:"directory"`
					treeJSON
				}{filepath.Clean(dir), treeOf(t)})
			})
		},
	}
}

func restoreCommand(env *cli.Env) *ucli.Command {
	return &ucli.Command{
		Name: "restore", Usage: "put a backup in the place of a lost or damaged home", ArgsUsage: "DIR",
		Description: cli.Describe("Makes the home anew from a backup. A home that is there is put beside it, not deleted. Books that are older than "+
			"what was signed are frozen then: `tally-issuer recover show` tells how to go on.",
			"tally-issuer restore /media/vault/tallystick-2026-11-22"),
		Flags: []ucli.Flag{homeFlag(), cli.YesFlag()},
		Action: func(c *ucli.Context) error {
			from, err := oneArgument(c, "DIR")
			if err != nil {
				return err
			}
			return runRestore(c, env, from)
		},
	}
}

func runRestore(c *ucli.Context, env *cli.Env, from string) error {
	dir, err := home(c, env)
	if err != nil {
		return err
	}
	w, err := world(env)
	if err != nil {
		return err
	}
	if err := cli.Confirm(c, safef("The books in %q will be those of the backup %q. What was signed after it is not in them.", dir, from), "restore"); err != nil {
		return err
	}
	r, err := issuer.Restore(c.Context, dir, from, w)
	if err != nil {
		return err
	}
	out := cli.Out(c)
	out.Printf("home     %s\nentries  %d\n", dir, r.Books.Size)
	if r.Aside != "" {
		out.Note("what was there is now %q", r.Aside)
	}
	if r.Frozen != nil {
		out.Warn(cli.WarnFrozen, "%v", r.Frozen)
		out.Hint("`tally-issuer recover show` tells how to go on")
	}
	return out.JSON(struct {
		Home   string `json:"home"`
		Aside  string `json:"aside,omitempty"`
		Frozen bool   `json:"frozen"`
		treeJSON
	}{dir, r.Aside, r.Frozen != nil, treeOf(r.Books)})
}

// treeJSON is the journal's tree in answers.
type treeJSON struct {
	Size uint32 `json:"size"`
	Root string `json:"root"` // base64, as in checkpoints
}

func treeOf(t ledger.Tree) treeJSON {
	return treeJSON{t.Size, base64.StdEncoding.EncodeToString(t.Root[:])}
}

// oneArgument returns the only argument of a verb.
func oneArgument(c *ucli.Context, what string) (string, error) {
	if c.Args().Len() != 1 || c.Args().First() == "" {
		return "", cli.Usage("give one %s", what)
	}
	return c.Args().First(), nil
}
