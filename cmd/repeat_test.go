package cmd_test

import (
	"crypto/sha256"
	"encoding/json"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	ucli "github.com/urfave/cli/v2"

	"tallystick/cmd/internal/cli"
)

// refusedAgain are verbs that make something once and refuse to do it over, with the ID of the error:
// what is there is never overwritten, and a reading verb tells it.
var refusedAgain = map[string]string{
	"tally-issuer init":           "already-initialized",
	"tally-issuer backup":         "already-exists",
	"tally-issuer key backup":     "already-exists",
	"tally-issuer recover anchor": "already-exists",
	"tally-issuer recover finish": "nothing-lost",
}

// writesAgain are verbs that write something the second time as well: the same file, one more line in
// the journal for a code that is printed once more, or, with the books of a backup, another copy of what
// they replace.
var writesAgain = []string{"tally-issuer trust publish", "tally-issuer reprint", "tally-issuer renew", "tally-issuer restore",
	"tally-issuer key passphrase", "tally-issuer key restore"}

// ofThisRun are the fields that tell what a run did, and so differ when there was nothing left to do.
var ofThisRun = map[string][]string{
	"tally-issuer device expect add":    {"changed"},
	"tally-issuer device expect remove": {"changed"},
	"tally-issuer option-key import":    {"added"},
	"tally-issuer device move":          {"moved"},
	"tally-issuer license import":       {"accounts"},
	"tally-issuer renew":                {"devices"},
	"tally-issuer batch authorize":      {"done", "before", "outcomes", "pools"},
	"tally-issuer batch receive":        {"done", "before", "outcomes", "pools"},
	"tally-issuer batch move":           {"done", "before", "outcomes", "pools"},
	"tally-issuer batch reissue":        {"done", "before", "outcomes", "pools"},
	"tally-issuer batch rma":            {"done", "before", "outcomes", "pools"},
	"tally-issuer authorize":            {"entitlements", "expected"},
	"tally-issuer receive":              {"entitlements"},
	"tally-issuer confirm":              {"entitlements"},
	"tally-issuer rma":                  {"entitlements", "expected", "policy", "pending_return"},
	"tally-issuer write-off":            {"devices"},
	"tally-issuer device settle":        {"settled"},
	"tally-issuer return":               {"entitlements"},
	"tally-issuer recover begin":        {"reason"},
	"tally-issuer recover device":       {"entitlements"},
	"tally-device install":              {"changes"},
	"tally-device return":               {"changes"},
}

// otherWish turns a command with --op into one that asks for something else.
var otherWish = map[string][2]string{
	"tally-issuer license add":       {"--account", "acme/plant-8"},
	"tally-issuer license import":    {"--op", "po-4711-1"}, // that was a single license
	"tally-issuer license move":      {"--quantity", "6"},
	"tally-issuer license remove":    {"--quantity", "11"},
	"tally-issuer authorize":         {"--op", "po-4711-1"},
	"tally-issuer option-key remove": {"--index", "3"},
	"tally-issuer convert":           {"--count", "9"},
	"tally-issuer rma":               {"--op", "po-4711-1"},
}

// TestRepeatedCommands runs every command of a life twice: what a caller who timed out does. The second
// run exits 0 with "repeated" and the same answer, and leaves books and device as they were. The same
// --op for something else is refused, and a verb that only reads changes nothing.
func TestRepeatedCommands(t *testing.T) {
	l, steps := newLife(t)
	tried := map[string]bool{}
	for _, s := range steps {
		if !s.isCommand() {
			l.do(s)
			continue
		}
		before := l.books()
		first := l.do(s)
		after := l.books()
		name := s.name()
		switch {
		case s.exit != 0 || slices.Contains(s.words, "--dry-run") || !s.changes():
			if !maps.Equal(before, after) && !slices.Contains(writesAgain, name) {
				t.Errorf("%s: it changed %v", s.text, changed(before, after))
			}
			continue
		}
		tried[name] = true
		again := l.run(s, s.words)
		l.sameAgain(s, first, again)
		if now := l.books(); !maps.Equal(after, now) && !slices.Contains(writesAgain, name) {
			t.Errorf("%s again: it changed %v", s.text, changed(after, now))
		}
		if at := slices.Index(s.words, "--op"); at >= 0 {
			l.otherWish(s)
		}
	}
	for _, name := range changingVerbs() {
		if !tried[name] {
			t.Errorf("%s is not in %s", name, lifeFile)
		}
	}
}

func (s step) name() string { return s.words[0] + " " + s.verb() }

// changes reports whether the step's verb changes anything.
func (s step) changes() bool { return slices.Contains(changingVerbs(), s.name()) }

// changingVerbs are the verbs with --dry-run, which everything has that an officer or a device signs,
// and some that change files alone.
func changingVerbs() []string {
	list := []string{"tally-issuer reprint", "tally-issuer key passphrase", "tally-issuer key restore", "tally-issuer key backup", "tally-issuer backup"}
	eachVerb(func(program string, c *ucli.Command, path []string) {
		name := program + " " + strings.Join(path, " ")
		if hasFlag(c, "dry-run") {
			list = append(list, name)
		}
	})
	return list
}

func hasFlag(c *ucli.Command, name string) bool {
	return slices.ContainsFunc(c.Flags, func(f ucli.Flag) bool { return slices.Contains(f.Names(), name) })
}

// eachVerb calls f for every verb of both programs that does something, in the order of their help.
func eachVerb(f func(program string, c *ucli.Command, path []string)) {
	for _, program := range []string{"tally-device", "tally-issuer"} {
		var walk func([]*ucli.Command, []string)
		walk = func(list []*ucli.Command, above []string) {
			for _, c := range list {
				path := append(slices.Clone(above), c.Name)
				if walk(c.Subcommands, path); len(c.Subcommands) == 0 {
					f(program, c, path)
				}
			}
		}
		walk(programs[program].Commands(&cli.Env{}), nil)
	}
}

// sameAgain compares the second run of a step with the first one.
func (l *life) sameAgain(s step, first, again result) {
	l.t.Helper()
	if id, ok := refusedAgain[s.name()]; ok {
		if got := pluck(l.t, again.stdout, "error.id"); got != id {
			l.t.Errorf("%s again: error %q, want %q\n%s", s.text, got, id, again.stdout)
		}
		return
	}
	if again.exit != 0 {
		l.t.Errorf("%s again: exit status %d\n%s%s", s.text, again.exit, again.stderr, again.stdout)
		return
	}
	var was, is map[string]any
	if err := json.Unmarshal([]byte(first.stdout), &was); err != nil {
		l.t.Fatal(err)
	}
	if err := json.Unmarshal([]byte(again.stdout), &is); err != nil {
		l.t.Fatal(err)
	}
	if is["repeated"] != true {
		l.t.Errorf("%s again: it is not \"repeated\": %s", s.text, again.stdout)
	}
	for _, field := range append(ofThisRun[s.name()], "repeated") {
		delete(was, field)
		delete(is, field)
	}
	if !reflect.DeepEqual(was, is) {
		l.t.Errorf("%s: the answer was\n%sand is\n%s", s.text, first.stdout, again.stdout)
	}
}

// otherWish wants the same operation's ID refused for something else.
func (l *life) otherWish(s step) {
	l.t.Helper()
	change, ok := otherWish[s.name()]
	at := slices.Index(s.words, change[0])
	if !ok || at < 0 {
		l.t.Errorf("%s: what would be another wish?", s.text)
		return
	}
	words := slices.Clone(s.words)
	words[at+1] = change[1]
	r := l.run(s, words)
	if id := pluck(l.t, r.stdout, "error.id"); r.exit != cli.ExitNotPermitted || id != "operation-reused" {
		l.t.Errorf("%s: exit status %d, error %q, want it refused as operation-reused\n%s", strings.Join(words, " "), r.exit, id, r.stdout)
	}
}

// books are the files of the issuer's home and of every device, by what is in them.
func (l *life) books() map[string][32]byte {
	l.t.Helper()
	sums := map[string][32]byte{}
	for _, dir := range []string{"home", "state", "second"} {
		err := filepath.WalkDir(filepath.Join(l.dir, dir), func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || strings.HasSuffix(path, "-shm") {
				return nil // not there yet
			}
			data, err := os.ReadFile(path)
			if len(data) == 0 {
				return err // a lock, or what a reader of the ledger leaves
			}
			sums[path] = sha256.Sum256(data)
			return err
		})
		if err != nil {
			l.t.Fatal(err)
		}
	}
	return sums
}

func changed(before, after map[string][32]byte) (names []string) {
	for name, sum := range after {
		if before[name] != sum {
			names = append(names, filepath.Base(name))
		}
	}
	for name := range before {
		if _, ok := after[name]; !ok {
			names = append(names, "-"+filepath.Base(name))
		}
	}
	return names
}
