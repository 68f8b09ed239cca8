package cli_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"strings"
	"testing"

	ucli "github.com/urfave/cli/v2"

	"tallystick/cmd/internal/cli"
	"tallystick/cmd/internal/cli/clitest"
	"tallystick/codec"
	"tallystick/reserve"
)

// sample is a small program with everything a program can have.
func sample() cli.Program {
	return cli.Program{
		Name:        "tally-sample",
		Usage:       "keeps a pantry",
		Description: cli.Describe("Keeps a pantry.\n\nIt is made up.", "tally-sample shelf new top"),
		Variables:   []cli.Variable{cli.TallyState, cli.NoColor},
		SeeAlso:     []string{"tally-device(1)"},
		Commands:    sampleCommands,
		Translate: func(err error) string {
			if errors.Is(err, errLocked) {
				return cli.IDPassphrase
			}
			return ""
		},
	}
}

var errLocked = errors.New("wrong passphrase for \"pantry\x1b[2J\"")

func sampleCommands(env *cli.Env) []*ucli.Command {
	return []*ucli.Command{
		{
			Name: "shelf", Usage: "manage shelves", Category: "Furniture",
			Subcommands: []*ucli.Command{{
				Name: "new", Usage: "add a shelf", ArgsUsage: "PATH [LABEL]",
				Description: cli.Describe("Adds a shelf.", "tally-sample shelf new top --depth 30"),
				Flags: []ucli.Flag{
					&ucli.IntFlag{Name: "depth", Aliases: []string{"d"}, Usage: "depth in `CM`"},
					&ucli.DurationFlag{Name: "after", Usage: "wait before"},
				},
				Action: func(c *ucli.Context) error {
					out := cli.Out(c)
					out.Printf("new %s, %d cm\n", c.Args().First(), c.Int("depth"))
					return out.JSON(map[string]any{"path": c.Args().First(), "depth": c.Int("depth"), "label": c.Args().Get(1)})
				},
			}, {
				Name: "burn", Usage: "burn all shelves",
				Description: cli.Describe("Burns them.", "tally-sample shelf burn --yes"),
				Flags:       []ucli.Flag{cli.YesFlag(), cli.DryRunFlag(), cli.OpFlag(), cli.PassphraseFlag()},
				Action:      burn,
			}},
		},
		{
			Name: "put", Usage: "put things on a shelf", ArgsUsage: "SHELF",
			Description: cli.Describe("Puts things.", "tally-sample put --thing 'jam=2' top < /dev/null | tally-sample put top --thing=a=1"),
			Flags: []ucli.Flag{
				&ucli.StringSliceFlag{Name: "thing", Required: true, Usage: "`THING=N` to put there"},
				cli.Enum("format", "output format", "text", "csv"),
				&ucli.StringFlag{Name: "note", Usage: "a `TEXT`", TakesFile: true},
				&ucli.UintFlag{Name: "count", Usage: "how many"},
			},
			Action: func(c *ucli.Context) error {
				cli.Out(c).Printf("put %q on %q\n", c.StringSlice("thing"), c.Args().First())
				return nil
			},
		},
		{
			Name: "print", Usage: "print a code",
			Description: cli.Describe("Prints a code.", "tally-sample print --qr=only"),
			Flags:       cli.Flags(cli.CodeFlags(), []ucli.Flag{&ucli.BoolFlag{Name: "long", Usage: "a long one"}}),
			Action:      printCode,
		},
		{
			Name: "read", Usage: "read a code", ArgsUsage: "[CODE...]",
			Description: cli.Describe("Reads a code.", "tally-sample read --file code.txt"),
			Flags:       cli.Flags(cli.CodeInputFlags(), []ucli.Flag{cli.PassphraseFlag()}),
			Action:      readCode,
		},
		{
			Name: "fail", Usage: "fail in some way", ArgsUsage: "HOW",
			Description: cli.Describe("Fails.", "tally-sample fail pool"),
			Action:      func(c *ucli.Context) error { return failures[c.Args().First()](c) },
		},
	}
}

func burn(c *ucli.Context) error {
	if _, err := cli.Op(c); err != nil {
		return err
	}
	secret, err := cli.Passphrase(c, "pantry", false)
	if err != nil {
		return err
	}
	if string(secret) != "open" {
		return errLocked
	}
	if err := cli.Confirm(c, "All shelves will burn.", "burn"); err != nil {
		return err
	}
	cli.Out(c).Printf("burned\n")
	return nil
}

func sampleCode(size int) codec.Code {
	body := bytes.Repeat([]byte{0x5a}, size)
	code, err := codec.Encode(reserve.AuthorizationKind, body)
	if err != nil {
		panic(err)
	}
	return code
}

func printCode(c *ucli.Context) error {
	if err := cli.CheckCodeFlags(c); err != nil {
		return err
	}
	code := sampleCode(96)
	if c.Bool("long") {
		code = sampleCode(8000)
	}
	if err := cli.ShowCode(c, code, cli.CodeTexts{Title: "authorization for \x1bX", Again: "print"}); err != nil {
		return err
	}
	return cli.Out(c).JSON(cli.CodeJSON(code))
}

func readCode(c *ucli.Context) error {
	r, err := cli.ReadCode(c, cli.CodeInput{What: "authorization code", Want: []codec.Kind{reserve.AuthorizationKind}})
	if err != nil {
		return err
	}
	cli.Out(c).Printf("%s of %d bytes\n", r.Kind.Name, len(r.Body))
	return nil
}

// failures are ways to end.
var failures = map[string]func(*ucli.Context) error{
	"pool": func(*ucli.Context) error {
		return reserve.Refuse(reserve.PoolExhausted, "account %q has 2 left", "a\x1b[2Jb")
	},
	"raw":     func(*ucli.Context) error { return errors.New("name \x1b[2J\u202e\nsecond line") },
	"hint":    func(*ucli.Context) error { return cli.WithHint(io.ErrUnexpectedEOF, "do %s", "this") },
	"panic":   func(*ucli.Context) error { panic("shelf \x1b[2J") },
	"status":  func(c *ucli.Context) error { cli.Out(c).Printf("answer\n"); return cli.Status(15) },
	"exit":    func(*ucli.Context) error { return ucli.Exit("gone", 42) },
	"cancel":  func(*ucli.Context) error { return context.Canceled },
	"partial": partial,
	"twice": func(c *ucli.Context) error {
		return errors.Join(cli.Out(c).JSON(struct{}{}), cli.Out(c).JSON(struct{}{}))
	},
	"say": func(c *ucli.Context) error {
		out := cli.Out(c)
		out.Warn(cli.WarnFrozen, "warn %s", "\x1b[1m")
		out.Note("note %q", "\x1b[1m")
		out.Hint("hint %v", errors.New("\x9b1m"))
		out.Table([]string{"NAME", "N"}, [][]string{{"a\tb", "1"}, {"long name", "22"}})
		return nil
	},
	"ask": func(c *ucli.Context) error {
		name, err := cli.Ask(c, "Name", "jam")
		if err != nil {
			return err
		}
		yes, err := cli.AskYesNo(c, "Sure", false)
		cli.Out(c).Printf("%s %t\n", name, yes)
		return err
	},
	"hang": func(c *ucli.Context) error {
		started()
		select {}
	},
	"stream": func(c *ucli.Context) error {
		_, err := io.WriteString(cli.Out(c).Stream(), "{\"schema\":\"tallystick/fail/1\"}\n")
		return err
	},
	"dry": func(c *ucli.Context) error { // a stream that ends before its first byte
		_, err := io.WriteString(cli.Out(c).Stream(), "")
		return errors.Join(err, errors.New("broke"))
	},
	"torn": func(c *ucli.Context) error {
		_, err := io.WriteString(cli.Out(c).Stream(), "{\"schema\":")
		return errors.Join(err, errors.New("broke"))
	},
	"joined": func(c *ucli.Context) error { return errors.Join(cli.Status(15), errors.New("closing failed")) },
	"locked": func(c *ucli.Context) error { return cli.WithHint(errLocked, "use the spare key") },
	"wait": func(c *ucli.Context) error {
		started()
		<-c.Done()
		return errors.New("the database was interrupted")
	},
}

// asProgram is set where the test binary is the sample program, in a process of its own.
const asProgram = "CLI_TEST_AS_PROGRAM"

// started tells the parent of a process, on descriptor 3, that the verb is running.
func started() {
	if os.Getenv(asProgram) == "" {
		return
	}
	f := os.NewFile(3, "started")
	_, _ = f.WriteString("x")
	_ = f.Close()
}

func partial(c *ucli.Context) error {
	cli.Out(c).Printf("half an answer\n")
	return errors.Join(cli.Out(c).JSON(map[string]int{"half": 1}), errors.New("broke"))
}

func TestWalk(t *testing.T) { clitest.Walk(t, sample()) }

// The verbs that every program gets obey the same rules.
func TestWalkBuiltin(t *testing.T) {
	for _, verb := range []string{"completion", "man", "help"} {
		got := clitest.Run(sample(), verb, "--help")
		if got.Exit != 0 || !strings.Contains(got.Stdout, "\nExamples:\n  tally-sample "+verb) {
			t.Errorf("%s --help: %+v", verb, got)
		}
		if got := clitest.Run(sample(), verb, "--no-such-flag"); got.Exit != cli.ExitUsage {
			t.Errorf("%s --no-such-flag: %+v", verb, got)
		}
	}
}
