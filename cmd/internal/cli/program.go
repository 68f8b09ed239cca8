package cli

import (
	"context"
	"fmt"
	"io"
	"path/filepath"
	"runtime/debug"
	"strings"
	"time"

	ucli "github.com/urfave/cli/v2"

	"tallystick/cmd/internal/term"
)

// A Program is what Run needs to know about tally-device or tally-issuer.
type Program struct {
	Name        string // "tally-device", also where the executable was renamed
	Usage       string // one line without a period
	Description string // Describe text: what it is for, with examples

	// Commands returns the verbs, made anew for each run since their flags hold parsed values. A
	// command has either an Action or Subcommands. The verbs completion, man and help are added.
	Commands func(*Env) []*ucli.Command

	// Variables are the environment variables that this program reads, for its man page. Those that
	// describe the terminal are added.
	Variables []Variable

	// SeeAlso names other man pages, as "tally-issuer(1)".
	SeeAlso []string

	// Sections are further sections of the man page, before the exit statuses.
	Sections []Section

	// Translate returns the ID that explains an error of a package this one can't import, such as
	// the keyring's; "" for any other error. It may be nil.
	Translate func(error) string
}

// Run runs the program once and returns its exit status. It reads nothing but env, writes to its
// streams alone, never exits the process, and may run several times at once.
func (p Program) Run(ctx context.Context, env *Env) int {
	env = env.filled()
	if env.Signals != nil {
		var stop context.CancelFunc
		ctx, stop = env.Signals(ctx)
		defer stop()
	}
	out := &Output{env: env, program: p.Name}
	args := env.arguments()
	out.json, out.quiet, out.color = wants(args, "json"), wants(args, "quiet"), !wants(args, "no-color")
	if env.Var(NoColor) != "" {
		out.color = false
	}
	err := p.run(ctx, env, out, args)
	if err != nil && ctx.Err() != nil && Explain(err, p.Name).ID == IDFailed {
		err = Fail(IDInterrupted, "interrupted: %v", err)
	}
	return out.finish(p.translated(err))
}

// arguments returns the arguments after the program's name.
func (e *Env) arguments() []string {
	if len(e.Args) == 0 {
		return nil
	}
	return e.Args[1:]
}

// wants reports whether a switch is on in args, before they are understood: an error in them must
// already be printed as asked for. No flag takes a value that looks like a flag, so this is exact.
func wants(args []string, name string) bool {
	on := false
	for _, arg := range args {
		switch arg {
		case "--":
			return on
		case "--" + name, "--" + name + "=true":
			on = true
		}
	}
	return on
}

// run reads the command line and runs its verb. A panic becomes an error, because Go's own exit
// status for it, 2, would say that the command line is wrong.
func (p Program) run(ctx context.Context, env *Env, out *Output, args []string) (err error) {
	defer func() {
		if r := recover(); r != nil {
			printStack(env.Stderr, debug.Stack())
			err = Fail(IDInternal, "internal error: %v", r)
		}
	}()
	commands := p.commands(env)
	in, err := arrange(commands, args)
	out.verb, out.commands, out.places = joinPath(in.path), commands, placesIn(in.flags)
	switch {
	case err != nil:
		return err
	case in.help:
		return p.showHelp(out, commands, out.verb)
	case in.version:
		return p.showVersion(out)
	}
	return p.app(env, out, commands).RunContext(ctx, in.argv(p.Name))
}

// printStack prints where a panic came from, for the report.
func printStack(w io.Writer, stack []byte) {
	for line := range strings.Lines(string(stack)) {
		line = strings.TrimRight(line, "\n")
		// The path of a source file names the machine of whoever built it.
		if file, ok := strings.CutPrefix(line, "\t"); ok {
			line = "    " + filepath.Base(file)
		}
		_, _ = fmt.Fprintln(w, term.Safe(line))
	}
}

// commands returns the program's verbs and those that every program has.
func (p Program) commands(env *Env) []*ucli.Command {
	return append(p.Commands(env), p.completionCommand(env), p.manCommand(env), p.helpCommand(env))
}

// translated gives an error the ID that the program knows for it.
func (p Program) translated(err error) error {
	if err == nil || p.Translate == nil {
		return err
	}
	id := p.Translate(err)
	if id == "" {
		return err
	}
	return &identified{err, id}
}

// An identified error has an ID that its package doesn't know of.
type identified struct {
	error
	id string
}

func (i *identified) Unwrap() error { return i.error }

// app returns the urfave/cli application that runs what was put in order. Everything it does on its
// own account is off: help, version and completion flags, suggestions, splitting at commas, printing
// and exiting.
func (p Program) app(env *Env, out *Output, commands []*ucli.Command) *ucli.App {
	for _, c := range commands {
		tame(c)
	}
	return &ucli.App{
		Name:                      p.Name,
		HelpName:                  p.Name,
		Flags:                     globalFlags(),
		Commands:                  commands,
		Action:                    unreachable,
		HideHelp:                  true,
		HideVersion:               true,
		DisableSliceFlagSeparator: true,
		OnUsageError:              usageError,
		ExitErrHandler:            func(*ucli.Context, error) {},
		Reader:                    env.Stdin,
		Writer:                    io.Discard,
		ErrWriter:                 io.Discard,
		Compiled:                  time.Unix(1, 0), // else it looks for the executable's date
		Metadata:                  map[string]any{metadataKey: out},
	}
}

// tame switches off what urfave/cli adds to a command.
func tame(c *ucli.Command) {
	c.HideHelp = true
	c.OnUsageError = usageError
	if c.Action == nil {
		c.Action = unreachable
	}
	for _, sub := range c.Subcommands {
		tame(sub)
	}
}

// usageError takes over what urfave/cli refuses although it passed the checks of arrange: a value of
// a flag type that checkValue leaves to it.
func usageError(_ *ucli.Context, err error, _ bool) error { return Usage("%v", err) }

func unreachable(c *ucli.Context) error {
	return fmt.Errorf("the verb %q does nothing", Out(c).verb)
}
