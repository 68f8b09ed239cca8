package testvectors_test

import (
	"strings"
	"testing"
)

// TestREADMEDescribesEveryOperation asserts that README.md has every file and every operation.
func TestREADMEDescribesEveryOperation(t *testing.T) {
	text := readme(t)
	used := map[string]bool{}
	for _, f := range vectorFiles() {
		if !strings.Contains(text, "| `"+f.name+".json` |") {
			t.Errorf("README.md does not list %s.json", f.name)
		}
		for _, g := range f.groups {
			used[g.operation] = true
		}
	}
	all := map[string]bool{}
	for name := range operations {
		all[name] = true
	}
	for name := range elsewhere {
		all[name] = true
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
