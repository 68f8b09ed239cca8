package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"

	ucli "github.com/urfave/cli/v2"

	"tallystick/cmd/internal/cli"
	"tallystick/cmd/internal/issuer"
	"tallystick/reserve"
)

func initCommand(env *cli.Env) *ucli.Command {
	return &ucli.Command{
		Name:  "init",
		Usage: "make a new issuer: keyring, ledger and trust root",
		Description: cli.Describe("Makes a new issuer in an empty directory: three keys under one passphrase, an empty ledger and trust "+
			"root version 1. At a terminal it goes on to ask for the first account and license.\n\n"+
			"A training issuer marks every code it signs, and no production device takes one.",
			"tally-issuer init --name \"Example Corp\" --catalog catalog.json",
			"tally-issuer init --name Lab --catalog catalog.json --training --home ./lab --passphrase-fd 3 3<pass"),
		Flags: []ucli.Flag{
			&ucli.StringFlag{Name: "name", Required: true, Usage: "the issuer's `ORG`, shown on every device"},
			&ucli.StringFlag{Name: "catalog", Required: true, TakesFile: true, Usage: "the product catalog, a JSON `FILE`"},
			&ucli.BoolFlag{Name: "training", Usage: "an issuer to practice with"},
			homeFlag(), cli.PassphraseFlag(), cli.DryRunFlag(),
		},
		Action: func(c *ucli.Context) error { return runInit(c, env) },
	}
}

type initAnswer struct {
	Home        string `json:"home"`
	Name        string `json:"name"`
	Fingerprint string `json:"fingerprint"`
	Training    bool   `json:"training"`
	repeated
}

func runInit(c *ucli.Context, env *cli.Env) error {
	dir, err := home(c, env)
	if err != nil {
		return err
	}
	birth := issuer.Birth{Name: c.String("name"), Training: c.Bool("training")}
	if birth.Catalog, err = readFile(c.String("catalog"), reserve.MaxCatalogSize); err != nil {
		return err
	}
	w, err := world(env)
	if err != nil {
		return err
	}
	if err := issuer.CheckBirth(dir, birth, w); err != nil {
		return inFile(c.String("catalog"), err)
	}
	out := cli.Out(c)
	answer := initAnswer{Home: dir, Name: birth.Name, Training: birth.Training}
	if cli.DryRun(c) {
		answer.DryRun = true
		out.Printf("would make issuer %q in %s\n", birth.Name, dir)
		return out.JSON(answer)
	}
	if birth.Passphrase, err = newPassphrase(c, birth.Training); err != nil {
		return err
	}
	defer clear(birth.Passphrase)
	trust, err := issuer.Init(dir, birth, w)
	if err != nil {
		return err
	}
	answer.Fingerprint = trust.Fingerprint().String()
	out.Printf("issuer       %s%s\nhome         %s\nfingerprint  %s\n", birth.Name, trainingMark(birth.Training), dir, answer.Fingerprint)
	out.Note("keep the fingerprint where operators can compare it: every device shows it when it is set up")
	if err := out.JSON(answer); err != nil {
		return err
	}
	return firstSteps(c, env, dir, w, birth.Passphrase)
}

// newPassphrase asks for the passphrase of a new keyring. One to practice with protects nothing.
func newPassphrase(c *ucli.Context, training bool) ([]byte, error) {
	if training {
		return cli.PracticePassphrase(c, "the new keyring")
	}
	return cli.Passphrase(c, "the new keyring", true)
}

func trainingMark(training bool) string {
	if training {
		return " (training)"
	}
	return ""
}

// firstSteps asks for the first account and license, where a person is there to answer.
func firstSteps(c *ucli.Context, env *cli.Env, dir string, w issuer.World, passphrase []byte) error {
	if !env.StdinIsTerminal || cli.Out(c).IsJSON() || c.IsSet("passphrase-fd") {
		cli.Out(c).Hint("next: `tally-issuer account new ACCOUNT --reservation on`, then `tally-issuer license add`")
		return nil
	}
	t, err := cli.Terminal(c)
	if err != nil {
		return nil // no one to ask
	}
	more, err := cli.AskYesNo(c, "Open the first account now?", true)
	if err != nil || !more {
		return err
	}
	is, err := issuer.Open(dir, w)
	if err != nil {
		return err
	}
	o, err := is.Unlock(passphrase)
	if err == nil {
		err = firstAccount(c, o, t)
	}
	return errors.Join(err, is.Close())
}

// inFile names the file in what is wrong with a catalog.
func inFile(name string, err error) error {
	if reasonOf(err) == reserve.InvalidCatalog {
		return fmt.Errorf("%q: %w", name, err)
	}
	return err
}

// readFile reads a file that a flag names, at most most bytes.
func readFile(name string, most int64) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, cli.Usage("%v", cleanPathError(name, err))
	}
	defer f.Close()
	var b bytes.Buffer
	if info, err := f.Stat(); err == nil && info.Mode().IsRegular() && info.Size() <= most { // else it would grow by half again and again
		b.Grow(int(info.Size()) + bytes.MinRead)
	}
	_, err = b.ReadFrom(io.LimitReader(f, most+1))
	data := b.Bytes()
	if err != nil {
		return nil, cleanPathError(name, err)
	}
	if int64(len(data)) > most {
		return nil, cli.Usage("%q has more than %d bytes", name, most)
	}
	return data, nil
}

// cleanPathError names the file in quotes: package os prints it raw.
func cleanPathError(name string, err error) error {
	var path *os.PathError
	if errors.As(err, &path) {
		err = path.Err
	}
	return fmt.Errorf("reading %q: %w", name, err)
}
