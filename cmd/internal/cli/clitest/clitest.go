// Package clitest checks what every program built on package cli promises for each of its verbs. A
// program's tests call Walk once.
//
// The verbs' actions never run: each is replaced by one that records what it would have been given.
package clitest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	ucli "github.com/urfave/cli/v2"

	"tallystick/cmd/internal/cli"
)

// Walk checks each verb of p in a subtest of its own: it has a help text with examples that parse;
// its flags mean the same before and after the arguments, joined by "=" or not, and behind the
// flags of every verb; an unknown flag, a flag given twice, a missing required flag and an argument
// too many are exit status 2; no flag is hidden, reads the environment on its own or takes the name
// of another.
func Walk(t *testing.T, p cli.Program) {
	t.Helper()
	visit(p.Commands(&cli.Env{}), nil, func(c *ucli.Command, path []string) {
		v := verb{program: p, command: c, path: path}
		t.Run(strings.Join(path, "_"), v.check)
	})
}

func visit(commands []*ucli.Command, above []string, f func(*ucli.Command, []string)) {
	for _, c := range commands {
		path := append(slices.Clone(above), c.Name)
		f(c, path)
		visit(c.Subcommands, path, f)
	}
}

// A verb is one verb, or group of verbs, under test.
type verb struct {
	program cli.Program
	command *ucli.Command
	path    []string
}

func (v verb) check(t *testing.T) {
	v.checkDeclaration(t)
	v.checkHelp(t)
	if len(v.command.Subcommands) > 0 {
		v.refuses(t, v.path)
		v.refuses(t, append(slices.Clone(v.path), "no-such-verb"))
		return
	}
	for _, f := range v.command.Flags {
		v.checkFlag(t, f)
	}
	v.checkExamples(t)
	v.checkOrders(t)
	v.checkRefusals(t)
}

// A Result is what one run of a program left behind.
type Result struct {
	Exit           int
	Stdout, Stderr string
}

// Run runs p with args in an empty environment.
func Run(p cli.Program, args ...string) Result {
	var stdout, stderr bytes.Buffer
	env := &cli.Env{Args: append([]string{p.Name}, args...), Stdout: &stdout, Stderr: &stderr}
	exit := p.Run(context.Background(), env)
	return Result{exit, stdout.String(), stderr.String()}
}

func (v verb) checkDeclaration(t *testing.T) {
	c := v.command
	if c.Usage == "" || strings.HasSuffix(c.Usage, ".") {
		t.Errorf("usage %q: want one line without a period", c.Usage)
	}
	if c.Hidden {
		t.Errorf("hidden")
	}
	if group := len(c.Subcommands) > 0; group == (c.Action != nil) {
		t.Errorf("want either an Action or Subcommands")
	} else if group && len(c.Flags) > 0 {
		t.Errorf("a group of verbs has flags; only verbs have")
	}
}

func (v verb) checkHelp(t *testing.T) {
	help := append(slices.Clone(v.path), "--help")
	got := Run(v.program, help...)
	name := v.program.Name + " " + strings.Join(v.path, " ")
	if got.Exit != 0 || got.Stderr != "" || !strings.Contains(got.Stdout, "Usage:\n  "+name) {
		t.Errorf("--help: exit %d, standard error %q, standard output:\n%s", got.Exit, got.Stderr, got.Stdout)
	}
	if len(v.command.Subcommands) == 0 && !strings.Contains(got.Stdout, "\nExamples:\n  ") {
		t.Errorf("--help has no examples:\n%s", got.Stdout)
	}
	for line := range strings.Lines(got.Stdout) {
		if n := utf8.RuneCountInString(strings.TrimSuffix(line, "\n")); n > 80 {
			t.Errorf("--help has a line of %d characters: %s", n, line)
		}
	}
	got = Run(v.program, append(help, "--json")...)
	var object struct{ Schema, Name string }
	if err := json.Unmarshal([]byte(got.Stdout), &object); err != nil || object.Name != strings.Join(v.path, " ") {
		t.Errorf("--help --json: %v: %s", err, got.Stdout)
	}
}

func (v verb) checkFlag(t *testing.T, f ucli.Flag) {
	name := f.Names()[0]
	doc, ok := f.(ucli.DocGenerationFlag)
	if !ok || doc.GetUsage() == "" {
		t.Errorf("flag %q says nothing of what it does", name)
		return
	}
	if len(doc.GetEnvVars()) > 0 {
		t.Errorf("flag %q reads the environment: variables belong in the register", name)
	}
	if visible, ok := f.(ucli.VisibleFlag); !ok || !visible.IsVisible() {
		t.Errorf("flag %q is hidden", name)
	}
	if b, ok := f.(*ucli.BoolFlag); ok && b.Value {
		t.Errorf("flag %q is on by default", name)
	}
	for _, spelling := range f.Names() {
		owners := 0
		for _, other := range v.command.Flags {
			if slices.Contains(other.Names(), spelling) {
				owners++
			}
		}
		if owners > 1 || slices.Contains([]string{"json", "quiet", "no-color", "help", "h", "version"}, spelling) {
			t.Errorf("the name of flag %q is taken", spelling)
		}
	}
}

// recorded runs args with recording actions and returns what the verb was given, "" when none ran.
func (v verb) recorded(args []string) (string, Result) {
	seen := ""
	p := v.program
	p.Commands = func(env *cli.Env) []*ucli.Command {
		commands := v.program.Commands(env)
		visit(commands, nil, func(c *ucli.Command, path []string) {
			if len(c.Subcommands) == 0 {
				c.Action = func(ctx *ucli.Context) error {
					seen = record(ctx, path)
					return nil
				}
			}
		})
		return commands
	}
	result := Run(p, args...)
	return seen, result
}

// record spells what a verb was given.
func record(c *ucli.Context, path []string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %q", strings.Join(path, " "), c.Args().Slice())
	for _, f := range c.Command.Flags {
		for _, name := range f.Names() {
			fmt.Fprintf(&b, " %s=%v(%t)", name, c.Value(name), c.IsSet(name))
		}
	}
	return b.String()
}

// refuses fails the test unless args are a usage error that says how to go on.
func (v verb) refuses(t *testing.T, args []string) {
	t.Helper()
	seen, got := v.recorded(args)
	if seen != "" || got.Exit != cli.ExitUsage || got.Stdout != "" || !strings.Contains(got.Stderr, ": hint: ") {
		t.Errorf("%q: exit %d, ran %q, standard output %q, standard error %q; want a usage error",
			args, got.Exit, seen, got.Stdout, got.Stderr)
	}
	_, got = v.recorded(append([]string{"--json"}, args...))
	var object struct{ Error cli.Failure }
	if err := json.Unmarshal([]byte(got.Stdout), &object); err != nil || object.Error.Exit != cli.ExitUsage || got.Stderr != "" {
		t.Errorf("%q with --json: %v: standard output %q, standard error %q", args, err, got.Stdout, got.Stderr)
	}
}
