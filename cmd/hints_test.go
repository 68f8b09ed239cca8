package cmd_test

import (
	"bytes"
	"context"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	ucli "github.com/urfave/cli/v2"

	"tallystick/cmd/internal/cli"
	"tallystick/cmd/internal/resolve"
)

// quoted is a command in a text for people: `tally-device status`.
var quoted = regexp.MustCompile("`((?:tally-device|tally-issuer) [^`]+)`")

// formatVerb is what a format may put into a command; the kind of value doesn't matter here.
var formatVerb = regexp.MustCompile(`%[a-z]`)

// requiredFlag is the one thing a program may say against a command that a hint names.
var requiredFlag = regexp.MustCompile(`^\S+: error: flag --\S+ is required\n`)

// TestHintsNameCommands takes each command that a hint of either program names and checks that the
// program it belongs to has its verb and its flags: a hint that can't be followed is worse than
// none.
func TestHintsNameCommands(t *testing.T) {
	commands := 0
	for name := range programs {
		for _, hint := range cli.Hints(name) {
			commands += checkCommands(t, hint)
		}
	}
	if commands < 20 {
		t.Errorf("the table names only %d commands", commands)
	}
}

// TestTextsNameCommands checks the hints that the verbs give on their own account, and their help.
func TestTextsNameCommands(t *testing.T) {
	commands := 0
	for _, dir := range []string{"internal/cli", "tally-device/cli", "tally-issuer/cli"} {
		files, err := filepath.Glob(filepath.Join(filepath.FromSlash(dir), "*.go"))
		if err != nil || len(files) == 0 {
			t.Fatal(files, err)
		}
		for _, name := range files {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			for _, text := range texts(t, name) {
				commands += checkCommands(t, text)
			}
		}
	}
	if commands < 10 {
		t.Errorf("the sources name only %d commands", commands)
	}
}

// TestStuckNamesCommands checks the commands of every way out, and those that the texts around them
// name.
func TestStuckNamesCommands(t *testing.T) {
	commands := 0
	for _, p := range programs {
		for _, item := range p.Sections[0].Items {
			commands += checkCommands(t, strings.ReplaceAll(item.Text+strings.Join(item.Lines, " "), resolve.Number, "1"))
		}
	}
	if commands < 50 {
		t.Errorf("the table names only %d commands", commands)
	}
}

// texts returns the string constants of a source file, those joined with + as one, and as a command
// in quotes what tally-device's helper of that name spells out.
func texts(t *testing.T, name string) []string {
	file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			if f, ok := n.Fun.(*ast.Ident); ok && f.Name == "command" && len(n.Args) == 2 {
				if words, ok := constant(first(n.Args[1])); ok {
					list = append(list, "`tally-device "+words+"`")
				}
			}
		case ast.Expr:
			if text, ok := constant(n); ok {
				list = append(list, text)
				return false
			}
		}
		return true
	})
	return list
}

// first returns the format of a call of fmt.Sprintf, and anything else as it is.
func first(e ast.Expr) ast.Expr {
	if call, ok := e.(*ast.CallExpr); ok && len(call.Args) > 0 {
		return call.Args[0]
	}
	return e
}

// constant returns the value of a string, written in one piece or in several.
func constant(e ast.Expr) (string, bool) {
	switch e := e.(type) {
	case *ast.BasicLit:
		text, err := strconv.Unquote(e.Value)
		return text, err == nil && e.Kind == token.STRING
	case *ast.BinaryExpr:
		left, ok := constant(e.X)
		if !ok || e.Op != token.ADD {
			return "", false
		}
		right, ok := constant(e.Y)
		return left + right, ok
	}
	return "", false
}

// checkCommands checks the commands that a text names and returns how many there are.
func checkCommands(t *testing.T, text string) int {
	t.Helper()
	found := quoted.FindAllStringSubmatch(text, -1)
	for _, m := range found {
		if complaint := parses(strings.Fields(formatVerb.ReplaceAllString(m[1], "1"))); complaint != "" {
			t.Errorf("%q names a command that can't be run: %s", text, complaint)
		}
	}
	return len(found)
}

// parses returns what the program says against a command line, "" when it would run it. A hint may
// leave out flags that the verb requires, since --help tells of them, but no argument.
func parses(words []string) string {
	var stderr bytes.Buffer
	exit := idle(programs[words[0]]).Run(context.Background(), &cli.Env{Args: words, Stderr: &stderr})
	if exit == cli.ExitDone || requiredFlag.Match(stderr.Bytes()) {
		return ""
	}
	return strings.TrimSpace(stderr.String())
}

// idle returns a program whose verbs do nothing.
func idle(p cli.Program) cli.Program {
	commands := p.Commands
	p.Commands = func(env *cli.Env) []*ucli.Command {
		list := commands(env)
		disarm(list)
		return list
	}
	return p
}

func disarm(commands []*ucli.Command) {
	for _, c := range commands {
		if len(c.Subcommands) == 0 {
			c.Action = func(*ucli.Context) error { return nil }
		}
		disarm(c.Subcommands)
	}
}
