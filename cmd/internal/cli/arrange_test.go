package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	ucli "github.com/urfave/cli/v2"
)

// fuzzProgram has each type of flag; its verb tells seen what urfave/cli gave it.
func fuzzProgram(seen *[]string) Program {
	return Program{Name: "p", Commands: func(*Env) []*ucli.Command {
		return []*ucli.Command{{Name: "group", Subcommands: []*ucli.Command{{
			Name: "verb", ArgsUsage: "[ARG...]",
			Flags: []ucli.Flag{
				&ucli.IntFlag{Name: "int", Aliases: []string{"i"}}, &ucli.UintFlag{Name: "uint"}, &ucli.StringFlag{Name: "text"},
				&ucli.StringSliceFlag{Name: "list"}, &ucli.IntSliceFlag{Name: "ints"}, &ucli.BoolFlag{Name: "on"},
				&ucli.DurationFlag{Name: "after"}, &ucli.Float64Flag{Name: "part"}, Enum("enum", "one", "a", "b"),
			},
			Action: func(c *ucli.Context) error {
				*seen = append([]string{fmt.Sprint(c.Int("int"), c.Bool("on"), c.String("text"), c.StringSlice("list"))}, c.Args().Slice()...)
				return nil
			},
		}}}}
	}}
}

// FuzzArrange gives words that a line end separates. Whatever was accepted is accepted again in its
// arranged form, with the same meaning, and urfave/cli hands the verb exactly the arguments.
func FuzzArrange(f *testing.F) {
	for _, seed := range []string{
		"group\nverb\na\n--int\n-5\n--list=a,b\n--list\nc\n--on", "--json\ngroup\nverb\n--\n--on\n--", "group\nverb\n-\n-1\n-i=3",
		"group\n--quiet\nverb\n--text\nsl:::1:::[]\n--enum\nb", "group\nverb\n--after=1h\n--part\n-.5\n--ints\n7", "--help", "group\nverb\n--on=false\ngroup",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, line string) {
		args := strings.Split(line, "\n")
		var seen []string
		p := fuzzProgram(&seen)
		exit := p.Run(context.Background(), &Env{Args: append([]string{"p"}, args...)})
		in, err := arrange(p.commands(&Env{}), args)
		var failure *Failure
		if err != nil {
			if !errors.As(err, &failure) || failure.Exit != ExitUsage || exit != ExitUsage || seen != nil {
				t.Fatalf("%q: exit %d, ran %q: %v", args, exit, seen, err)
			}
			return
		}
		if in.help || in.version || in.path[0].Name != "group" {
			return
		}
		if exit != ExitDone && exit != ExitUsage { // a number that urfave/cli alone checks
			t.Fatalf("%q: exit %d", args, exit)
		}
		if exit == ExitDone && !slices.Equal(seen[1:], in.args) {
			t.Fatalf("%q: the verb got %q, want %q", args, seen[1:], in.args)
		}
		again, err := arrange(p.commands(&Env{}), in.argv("p")[1:])
		if err != nil || !slices.Equal(again.argv("p"), in.argv("p")) {
			t.Fatalf("%q: arranged %q, then %q, %v", args, in.argv("p"), again.argv("p"), err)
		}
	})
}

func TestGrammar(t *testing.T) {
	for _, usage := range []string{"", "A", "A B", "A [B]", "[A...]", "A B...", "[A] [B...]", "on|off", "[a|b]", "A=N"} {
		if _, err := parseGrammar(usage); err != nil {
			t.Errorf("%q: %v", usage, err)
		}
	}
	for _, usage := range []string{"[A", "A]", "[A] B", "A... B", "[A B]", "...", "[]"} {
		if g, err := parseGrammar(usage); err == nil {
			t.Errorf("%q is read as %+v", usage, g)
		}
	}
}

func TestNearest(t *testing.T) {
	names := []string{"install", "init", "inspect", "return", "h"}
	for typed, want := range map[string]string{
		"isntall": "install", "inst": "install", "in": "", "retrun": "return", "ret": "return", "xyz": "", "": "", "h": "h", "x": "",
	} {
		if got := nearest(typed, names); got != want {
			t.Errorf("%q: %q, want %q", typed, got, want)
		}
	}
}
