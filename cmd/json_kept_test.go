package cmd_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// documented is a row about an ID or a field, or the names of common fields.
var documented = regexp.MustCompile("(?m)^(?:### .*|## .*|\\| `[^`]+` \\|(?: \\d+ \\|)?|Common: .*|Fields: .*)")

// gone returns what a page documents and another one does not: a field of a verb, an ID with its exit
// status.
func gone(old, now string) (rows []string) {
	have := map[string]bool{}
	for _, row := range documentedIn(now) {
		have[row] = true
	}
	for _, row := range documentedIn(old) {
		if !have[row] {
			rows = append(rows, row)
		}
	}
	return rows
}

// documentedIn returns every field with its verb, and every ID with its exit status.
func documentedIn(page string) (rows []string) {
	heading, tables := "", map[string][]string{}
	for _, line := range documented.FindAllString(page, -1) {
		switch {
		case strings.HasPrefix(line, "#"):
			heading = strings.TrimLeft(line, "# ")
		case strings.HasPrefix(line, "|"):
			tables[heading] = append(tables[heading], line)
		case strings.HasPrefix(line, "Common: "):
			for name := range strings.SplitSeq(strings.Trim(line[len("Common: "):], "."), ", ") {
				tables[heading] = append(tables[heading], "| "+name+" |")
			}
		default: // as another verb
			name, _, _ := strings.Cut(strings.TrimPrefix(line, "Fields: those of ["), "]")
			tables[heading] = append(tables[heading], tables[name]...)
		}
	}
	for heading, list := range tables {
		for _, row := range list {
			rows = append(rows, heading+": "+row)
		}
	}
	slices.Sort(rows)
	return rows
}

// everyAnswer wants every place in the sources that answers in JSON to have answered: what no command
// reached has fields that nobody described.
func (l *life) everyAnswer() {
	l.t.Helper()
	places := 0
	for _, dir := range []string{"internal/cli", "tally-device/cli", "tally-issuer/cli"} {
		names, err := filepath.Glob(filepath.Join(filepath.FromSlash(dir), "*.go"))
		if err != nil {
			l.t.Fatal(err)
		}
		for _, name := range names {
			if strings.HasSuffix(name, "_test.go") || filepath.Base(name) == "output.go" {
				continue
			}
			for _, line := range answersIn(l.t, name) {
				places++
				if place := fmt.Sprintf("%s/%s:%d", filepath.Base(filepath.Dir(filepath.Dir(name))), filepath.Base(name), line); !l.answers[place] {
					l.t.Errorf("%s:%d answers in JSON, and no command of %s comes there", name, line, lifeFile)
				}
			}
		}
	}
	if places < 50 {
		l.t.Errorf("only %d places answer in JSON", places)
	}
}

// answersIn returns the lines of a source file from which Output.JSON is called.
func answersIn(t *testing.T, name string) (lines []int) {
	t.Helper()
	files := token.NewFileSet()
	f, err := parser.ParseFile(files, name, nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(f, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok {
			if sel, ok := call.Fun.(*ast.SelectorExpr); ok && sel.Sel.Name == "JSON" {
				lines = append(lines, files.Position(sel.Sel.Pos()).Line)
			}
		}
		return true
	})
	return lines
}
