package cmd_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"tallystick/cmd/internal/cli"
)

// TestErrorsHappen wants each ID of an error that the pages list to be given somewhere: a script that
// waits for one that never comes waits forever.
func TestErrorsHappen(t *testing.T) {
	declared := map[string]bool{}
	for _, file := range []string{"../reserve/refusal.go", "internal/cli/failure.go"} {
		for name := range stringConstants(t, file) {
			declared[name] = true
		}
	}
	if len(declared) < 50 {
		t.Fatalf("only %d IDs are declared", len(declared))
	}
	err := filepath.WalkDir("..", func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(file, ".go") || strings.HasSuffix(file, "_test.go") || strings.HasPrefix(d.Name(), "explanations") {
			return err
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		if err != nil {
			return err
		}
		ast.Inspect(parsed, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.ValueSpec: // it declares its name, and gives nothing
				n.Names = nil
			case *ast.Ident:
				delete(declared, n.Name)
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(declared) > 0 {
		t.Errorf("nothing gives the errors %q", slices.Sorted(maps.Keys(declared)))
	}
}

// stringConstants returns the constants of a file that are declared as strings, with their values.
func stringConstants(t *testing.T, file string) map[string]string {
	t.Helper()
	parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	list := map[string]string{}
	ast.Inspect(parsed, func(n ast.Node) bool {
		if spec, ok := n.(*ast.ValueSpec); ok && len(spec.Values) == 1 {
			if literal, ok := spec.Values[0].(*ast.BasicLit); ok && literal.Kind == token.STRING {
				list[spec.Names[0].Name], _ = strconv.Unquote(literal.Value)
			}
		}
		return true
	})
	return list
}

// endsWith is where a text says how a verb ends: its exit status, before or after one or two IDs.
var endsWith = regexp.MustCompile(`ends with (?:exit status (\d+): )?([a-z]+(?:-[a-z]+)+)(?: or ([a-z]+(?:-[a-z]+)+))?(?:, exit status (\d+))?`)

// TestStuckNamesErrors wants the errors that the table of stuck states names to be errors of the
// programs, by their IDs, with the exit status that stands beside them.
func TestStuckNamesErrors(t *testing.T) {
	exits := map[string]int{}
	for _, e := range cli.Errors() {
		exits[e.ID] = e.Exit
	}
	found := 0
	for name, p := range programs {
		for _, item := range p.Sections[0].Items {
			for _, m := range endsWith.FindAllStringSubmatch(item.Text, -1) {
				for _, id := range []string{m[2], m[3]} {
					exit, ok := exits[id]
					if status := m[1] + m[4]; id != "" && (!ok || status != "" && status != strconv.Itoa(exit)) {
						t.Errorf("%s: %q: no error has the ID %q, or its exit status is %d", name, m[0], id, exit)
					}
				}
				found++
			}
		}
	}
	if found < 8 {
		t.Errorf("only %d errors are named", found)
	}
}
