package testvectors_test

import (
	"fmt"
	"strings"
	"testing"
)

// TestREADMEDescribesEveryOperation asserts that README.md has every file with the number of its tests,
// and every operation.
func TestREADMEDescribesEveryOperation(t *testing.T) {
	text := readme(t)
	used := map[string]bool{}
	for _, f := range vectorFiles() {
		tests := 0
		for _, g := range f.groups {
			used[g.operation] = true
			tests += len(g.tests)
		}
		if row := fmt.Sprintf("\n| `%s.json` | %d | ", f.name, tests); !strings.Contains(text, row) {
			t.Errorf("README.md has no row %q", row[1:])
		}
	}
	all := map[string]bool{}
	for name := range operations {
		all[name] = true
	}
	for name := range elsewhere {
		all[name] = true
	}
	if row := fmt.Sprintf("\n| `paste/*.txt` | %d | ", len(pasteFiles())); !strings.Contains(text, row) {
		t.Errorf("README.md has no row %q", row[1:])
	}
	for name := range all {
		if !used[name] || !strings.Contains(text, "\n**"+name+".** ") {
			t.Errorf("operation %q: used %v, or README.md does not describe it", name, used[name])
		}
	}
}

// TestFilesAreSmall keeps what is committed within what a person can still look through.
func TestFilesAreSmall(t *testing.T) {
	const most = 2 << 20 // bytes
	size := 0
	for _, f := range vectorFiles() {
		size += len(f.encode())
	}
	for _, f := range pasteFiles() {
		size += len(f.encode())
	}
	if size > most {
		t.Errorf("the vectors have %d bytes, want at most %d", size, most)
	}
}
