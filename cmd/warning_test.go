package cmd_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"
	"testing"
)

// TestWarningsAreNamed wants the first argument of every Output.Warn to be one of the warnings: a format
// in its place would compile, and end the program.
func TestWarningsAreNamed(t *testing.T) {
	calls := 0
	for _, dir := range []string{"internal/cli", "tally-device/cli", "tally-issuer/cli"} {
		names, err := filepath.Glob(filepath.Join(filepath.FromSlash(dir), "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			files := token.NewFileSet()
			f, err := parser.ParseFile(files, name, nil, parser.SkipObjectResolution)
			if err != nil {
				t.Fatal(err)
			}
			ast.Inspect(f, func(n ast.Node) bool {
				call, ok := n.(*ast.CallExpr)
				if !ok {
					return true
				}
				if sel, ok := call.Fun.(*ast.SelectorExpr); ok && sel.Sel.Name == "Warn" {
					calls++
					if !strings.HasPrefix(nameOf(call.Args[0]), "Warn") {
						t.Errorf("%s: a warning without its ID", files.Position(call.Pos()))
					}
				}
				return true
			})
		}
	}
	if calls < 15 {
		t.Errorf("only %d warnings", calls)
	}
}

// nameOf is the name of a constant, whose package may stand before it.
func nameOf(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		return e.Sel.Name
	}
	return ""
}
