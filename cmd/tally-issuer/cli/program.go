// Package cli has the verbs of tally-issuer, one in a file, which has the verb's name; a verb of a
// group stands in the file of the group, or in one that begins with its name.
//
// A verb reads its flags and its code (package cli of cmd/internal), shows what would be done, asks,
// lets package issuer do it, and prints the answer. What several verbs share:
//
//   - program.go lists the verbs and opens the home; reason.go has the flags of every officer's act;
//   - lists.go and tables.go are for verbs that list or report, with their filters and formats,
//     journal.go for the two that list the journal;
//   - preview.go, renew_preview.go, rma_preview.go and batch_preview.go show what would be done,
//     say.go and code_files.go what was;
//   - batch.go, batch_run.go and batch_outcome.go are the frame of all batches, row_errors.go what is
//     wrong with the rows of a file;
//   - rehearse_*.go is the stage and the scenes of rehearse, the one verb that has a device too.
package cli

import (
	"errors"
	"os/user"
	"path/filepath"

	ucli "github.com/urfave/cli/v2"

	"tallystick/cmd/internal/cli"
	"tallystick/cmd/internal/issuer"
	"tallystick/cmd/internal/resolve"
	"tallystick/keys/keyring"
	"tallystick/reserve"
)

const programName = "tally-issuer"

// Program returns tally-issuer.
func Program() cli.Program {
	return cli.Program{
		Name:  programName,
		Usage: "reserve licenses for devices that have no network",
		Description: cli.Describe("The security officer's program. It keeps the books of one issuer in a home directory, "+
			"signs authorization codes for the request codes of devices, and takes their confirmation and return codes. "+
			"It has no network code; every code travels by hand.",
			"tally-issuer rehearse",
			"tally-issuer init --name \"Example Corp\" --catalog catalog.json",
			"tally-issuer authorize"),
		Commands:  commands,
		Variables: []cli.Variable{cli.TallyHome, cli.XDGDataHome, cli.XDGStateHome, cli.Home, cli.LocalAppData, cli.NoColor},
		SeeAlso:   []string{"tally-device(1)"},
		Sections:  []cli.Section{cli.StuckSection(resolve.IssuerRows(), "tally-issuer device resolve CODE")},
		Translate: translate,
	}
}

func commands(env *cli.Env) []*ucli.Command {
	list := []*ucli.Command{
		rehearseCommand(env), initCommand(env), keyCommand(env), catalogCommand(env), trustCommand(env),
		accountCommand(env), licenseCommand(env), optionKeyCommand(env), convertCommand(env),
		authorizeCommand(env), receiveCommand(env, "receive", ""), receiveCommand(env, "confirm", issuer.KindConfirmation),
		receiveCommand(env, "return", issuer.KindReturn), reprintCommand(env), renewCommand(env), rmaCommand(env), writeOffCommand(env),
		batchCommand(env), deviceCommand(env), inspectCommand(env), reportCommand(env), exportCommand(env),
		backupCommand(env), restoreCommand(env), recoverCommand(env), auditCommand(env),
	}
	readReasons(list)
	return list
}

// translate names the keyring's errors.
func translate(err error) string {
	switch {
	case errors.Is(err, keyring.ErrPassphrase):
		return cli.IDPassphrase
	case errors.Is(err, keyring.ErrNoPassphrase):
		return cli.IDNoPassphrase
	case errors.Is(err, keyring.ErrNotApproved):
		return cli.IDNotApproved
	}
	return ""
}

// homeFlag is on every verb that opens the home.
func homeFlag() ucli.Flag {
	return &ucli.StringFlag{Name: "home", TakesFile: true, Usage: "the issuer's `DIR` (default: TALLY_HOME, else the user's data directory)"}
}

// home returns the directory to open: --home, TALLY_HOME, or the user's data directory.
func home(c *ucli.Context, env *cli.Env) (string, error) {
	if dir := c.String("home"); dir != "" {
		return filepath.Clean(dir), nil
	}
	if dir := env.Var(cli.TallyHome); dir != "" {
		return filepath.Clean(dir), nil
	}
	data, err := env.DataHome()
	return filepath.Join(data, "tallystick"), err
}

func world(env *cli.Env) (issuer.World, error) {
	state, err := env.StateHome()
	if err != nil {
		return issuer.World{}, err
	}
	w := issuer.World{Now: env.Now, Rand: env.Rand, WorkFactor: env.WorkFactor, Actor: "unknown",
		AnchorDir: filepath.Join(state, "tallystick")}
	if w.WorkFactor == 0 {
		w.WorkFactor = keyring.DefaultWork
	}
	if u, err := user.Current(); err == nil && u.Username != "" {
		w.Actor = u.Username
	}
	return w, nil
}

// withIssuer opens the home, runs f and closes it again.
func withIssuer(c *ucli.Context, env *cli.Env, f func(*issuer.Issuer) error) error {
	return withHome(c, env, issuer.Open, f)
}

// withReader opens the home for reading alone, as from a read-only medium. Of a frozen ledger it
// warns.
func withReader(c *ucli.Context, env *cli.Env, f func(*issuer.Issuer) error) error {
	return withHome(c, env, issuer.OpenReadOnly, func(is *issuer.Issuer) error {
		switch err := is.View(c.Context, is.Frozen); {
		case reasonOf(err) == reserve.Frozen:
			cli.Out(c).Warn(cli.WarnFrozen, "%v", err)
		case err != nil:
			return err
		}
		return f(is)
	})
}

// withHome opens the home in one of two ways, runs f and closes it again.
func withHome(c *ucli.Context, env *cli.Env, open func(string, issuer.World) (*issuer.Issuer, error), f func(*issuer.Issuer) error) error {
	dir, err := home(c, env)
	if err != nil {
		return err
	}
	w, err := world(env)
	if err != nil {
		return err
	}
	is, err := open(dir, w)
	if err != nil {
		return err
	}
	return closing(is, f(is))
}

// closing closes what was opened for something that ended with err. That stays as it is: joined to
// nothing else it would still lose its exit status.
func closing(is *issuer.Issuer, err error) error {
	if failed := is.Close(); failed != nil {
		return errors.Join(err, failed)
	}
	return err
}

// officerFlags are on every verb that signs.
func officerFlags() []ucli.Flag {
	return []ucli.Flag{
		homeFlag(), cli.PassphraseFlag(), cli.DryRunFlag(),
		&ucli.StringFlag{Name: "reason", Usage: "a `TEXT` for the journal"},
		&ucli.StringFlag{Name: reasonFile, TakesFile: true, Usage: "read that text from `FILE` (- for standard input)"},
		&ucli.StringFlag{Name: "ref", Usage: "a `TICKET` for the journal"},
	}
}

func memo(c *ucli.Context) issuer.Memo {
	return issuer.Memo{Reason: c.String("reason"), Ref: c.String("ref")}
}

// withOfficer opens the home, asks for the passphrase and runs f.
func withOfficer(c *ucli.Context, env *cli.Env, f func(*issuer.Officer) error) error {
	return withIssuer(c, env, func(is *issuer.Issuer) error {
		if last, behind, err := is.ClockBehind(c.Context); err != nil {
			return err
		} else if behind {
			cli.Out(c).Warn(cli.WarnClockBehind, "this machine's clock is behind: the newest journal entry is of %s UTC", last.Format("2006-01-02 15:04"))
		}
		o, err := unlock(c, is)
		if err != nil {
			return err
		}
		return f(o)
	})
}

// unlockTries is how often a person may type the passphrase.
const unlockTries = 3

// unlock asks for the passphrase of the keyring, at a terminal again when it was the wrong one.
func unlock(c *ucli.Context, is *issuer.Issuer) (*issuer.Officer, error) {
	for try := 1; ; try++ {
		secret, err := cli.Passphrase(c, "the issuer's keyring", false)
		if err != nil {
			return nil, err
		}
		o, err := is.Unlock(secret)
		clear(secret)
		if !errors.Is(err, keyring.ErrPassphrase) || try == unlockTries || c.IsSet("passphrase-fd") {
			return o, err
		}
		cli.Out(c).Warn(cli.WarnPassphrase, "that is not the passphrase of %q; try again", is.KeyringPath())
	}
}

// group returns a verb that has only verbs below it.
func group(name, usage string, verbs ...*ucli.Command) *ucli.Command {
	return &ucli.Command{Name: name, Usage: usage, Subcommands: verbs}
}

// repeated is embedded in the JSON of every verb that may find its work already done.
type repeated struct {
	Repeated bool `json:"repeated"`
	DryRun   bool `json:"dry_run,omitempty"`
}
