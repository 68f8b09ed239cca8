package corpus_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	parser = regexp.MustCompile(`(?m)^func ((?:Parse|Open|Reopen|Read|Decode|Inspect|Join|Fold)\w*)\(`)
	target = regexp.MustCompile(`(?m)^func Fuzz(\w+)\(f `)
)

// TestEveryParserHasATarget: what reads bytes or text from outside is called like one of these, and
// there is a fuzz target of its name in its package.
func TestEveryParserHasATarget(t *testing.T) {
	another := map[string]string{"ReopenAuthorization": "OpenAuthorization", "OpenProof": "ParseProof"} // in whose target it is
	count := 0
	for _, folder := range []string{"codec", "keys", "keys/keyring", "reserve", "reserve/device", "cmd/internal/journal"} {
		parsers, targets := map[string]bool{}, map[string]bool{}
		names, err := filepath.Glob(filepath.Join("..", "..", folder, "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			found, of := parsers, parser
			if strings.HasSuffix(name, "_test.go") {
				found, of = targets, target
			}
			for _, m := range of.FindAllSubmatch(text, -1) {
				found[string(m[1])] = true
			}
		}
		for name := range parsers {
			count++
			if in := another[name]; !targets[name] && !targets[in] {
				t.Errorf("%s.%s has no fuzz target", folder, name)
			}
		}
	}
	if count < 20 {
		t.Errorf("%d parsers found", count)
	}
}
