package testvectors_test

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// noVector are the refusals of SPEC.md that no vector shows, each with the reason.
var noVector = map[string]string{
	"code-kind":        "what a program asks for is no part of a code; see Registry",
	"pool-exhausted":   "an issuer has too few licenses: no code is read",
	"duplicate-device": "depends on the books of two identities, which package cmd/internal/ledger tests",
	"unknown-device":   "depends on all devices that an issuer knows, which package cmd/internal/issuer tests",
	"ledger-frozen":    "an issuer whose ledger was put back takes nothing in: no code is read",
	"state-damaged":    "a device's own file, which package reserve/device tests",
}

// TestEveryRefusalHasAVector compares the refusals that SPEC.md names with those that vectors show.
func TestEveryRefusalHasAVector(t *testing.T) {
	spec, err := os.ReadFile("../reserve/SPEC.md")
	if err != nil {
		t.Fatal(err)
	}
	shown := map[string]bool{}
	for _, f := range vectorFiles() {
		for _, g := range f.groups {
			for _, v := range g.tests {
				shown[v.err] = true
			}
		}
	}
	named := map[string]bool{"": true}
	for _, m := range regexp.MustCompile("→\\s`([a-z-]+)`").FindAllStringSubmatch(string(spec), -1) {
		id := m[1]
		named[id] = true
		if reason := noVector[id]; shown[id] == (reason != "") {
			t.Errorf("%q: shown by a vector %v, left out because %q", id, shown[id], reason)
		}
	}
	for id := range shown {
		if !named[id] {
			t.Errorf("vectors show %q, which SPEC.md does not name", id)
		}
	}
	for id := range noVector {
		if !named[id] {
			t.Errorf("%q is left out, and SPEC.md does not name it", id)
		}
	}
}

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
	for name := range operations {
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
