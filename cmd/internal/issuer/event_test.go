package issuer

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"
)

// TestEventKinds looks for every kind of journal entry in the list that people choose from.
func TestEventKinds(t *testing.T) {
	files, err := filepath.Glob("event*.go")
	if err != nil {
		t.Fatal(err)
	}
	kinds := regexp.MustCompile(`(?m)^\tevent\w+ += "([a-z-]+)"`)
	found := 1 // the first entry's, which is the ledger's
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range kinds.FindAllStringSubmatch(string(text), -1) {
			if found++; !slices.Contains(EventKinds, m[1]) {
				t.Errorf("%s: %q is not in EventKinds", file, m[1])
			}
		}
	}
	if found != len(EventKinds) {
		t.Errorf("%d kinds are named, EventKinds has %d", found, len(EventKinds))
	}
}
