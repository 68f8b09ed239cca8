package cmd_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/txtar"
	ucli "github.com/urfave/cli/v2"

	"tallystick/cmd/internal/cli"
	"tallystick/cmd/internal/term"
	"tallystick/testvectors"
	"tallystick/testvectors/labeled"
)

// testdata/json/life.txtar is one life of an issuer and its devices in which every verb of both
// programs is used, by scripts alone. JSON.md shows it, and whatever scripts rely on is tested with
// it. A line is a command without --json, "clock DATE", "write FILE LINE...", or "forget-anchor FILE",
// which moves the anchor there. Before a command may stand
//
//	[N]   it ends with exit status N, and not with 0
//	*     JSON.md shows this one; without a star, the first one of the verb that does something
//	!     it is not repeated: what it does is over, or is about the moment
//
// and after it "=> NAME", which keeps the code that it answers with, or "=> NAME FIELD" for another
// field; $NAME in later lines stands for it.
const lifeFile = "testdata/json/life.txtar"

// A step is a command of the life.
type step struct {
	text          string // as a person writes it
	words         []string
	exit          int
	example, once bool
	keep, field   string
}

// isCommand tells a command from what the surroundings do.
func (s step) isCommand() bool { return programs[s.words[0]].Name != "" }

// verb returns the words that name the verb.
func (s step) verb() string { return strings.Join(verbOf(s.words), " ") }

// A life runs the steps in a directory of its own, with a clock and randomness that are always the
// same.
type life struct {
	t       *testing.T
	dir     string
	world   *world
	names   map[string]string
	answers map[string]bool // where in the sources an answer was given: "file.go:12"
	stdin   io.Reader       // nil: empty
	raw     bool            // without --json
}

// A result is what one command left behind.
type result struct {
	exit           int
	stdout, stderr string
	answers        []any // what its verb gave Output.JSON
}

func newLife(t *testing.T) (*life, []step) {
	t.Helper()
	archive, err := txtar.ParseFile(lifeFile)
	if err != nil {
		t.Fatal(err)
	}
	l := &life{t: t, dir: t.TempDir(), names: map[string]string{}, answers: map[string]bool{}}
	l.world = newWorld(l.dir)
	l.world.rand = labeled.Reader("json")
	catalog, err := testvectors.Catalog(testvectors.NetworkSwitch)
	if err != nil {
		t.Fatal(err)
	}
	next := bytes.Replace(catalog, []byte(`"version": 1`), []byte(`"version": 2`), 1)
	files := append(archive.Files, txtar.File{Name: "catalog.json", Data: catalog}, txtar.File{Name: "catalog-2.json", Data: next})
	for _, f := range files {
		if err := os.WriteFile(filepath.Join(l.dir, f.Name), f.Data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var steps []step
	for line := range strings.Lines(string(archive.Comment)) {
		if line = strings.TrimSpace(line); line != "" && line[0] != '#' {
			steps = append(steps, parseStep(t, line))
		}
	}
	return l, steps
}

// expand puts in what the names stand for.
func (l *life) expand(words []string) []string {
	words = slices.Clone(words)
	for i, w := range words {
		name, found := strings.CutPrefix(w, "$")
		value, known := l.names[name]
		if found && !known {
			l.t.Fatalf("%q: nothing was kept under that name", w)
		}
		if found {
			words[i] = value
		}
	}
	return words
}

// do runs a step, wants its exit status and keeps what it says to keep.
func (l *life) do(s step) result {
	l.t.Helper()
	r := l.run(s, s.words)
	if r.exit != s.exit {
		l.t.Fatalf("%s: exit status %d, want %d\n%s%s", s.text, r.exit, s.exit, r.stderr, r.stdout)
	}
	if s.keep != "" {
		l.names[s.keep] = pluck(l.t, r.stdout, s.field)
	}
	return r
}

// pluck returns a field of an object, "keys.1.fingerprint"; "" is the code.
func pluck(t *testing.T, object, field string) string {
	t.Helper()
	if field == "" {
		field = "code"
	}
	var value any
	if err := json.Unmarshal([]byte(object), &value); err != nil {
		t.Fatalf("%v: %s", err, object)
	}
	for name := range strings.SplitSeq(field, ".") {
		switch v := value.(type) {
		case map[string]any:
			value = v[name]
		case []any:
			at, err := strconv.Atoi(name)
			if err != nil || at >= len(v) {
				t.Fatalf("no %s in %s", field, object)
			}
			value = v[at]
		}
	}
	text, ok := value.(string)
	if !ok {
		text = fmt.Sprint(value)
	}
	return text
}

// run runs words, which may be other ones than the step's.
func (l *life) run(s step, words []string) (r result) {
	l.t.Helper()
	switch words[0] {
	case "clock":
		day, err := time.Parse(time.DateOnly, words[1])
		if err != nil {
			l.t.Fatal(err)
		}
		l.world.now = day.Add(9 * time.Hour)
		return r
	case "write":
		text := os.Expand(strings.Join(words[2:], "\n"), func(name string) string { return l.names[name] }) + "\n"
		if err := os.WriteFile(filepath.Join(l.dir, words[1]), []byte(text), 0o600); err != nil {
			l.t.Fatal(err)
		}
		return r
	case "forget-anchor":
		l.moveAnchor(words[1])
		return r
	}
	here.Lock()
	defer here.Unlock()
	before, err := os.Getwd()
	if err != nil {
		l.t.Fatal(err)
	}
	if err := os.Chdir(l.dir); err != nil {
		l.t.Fatal(err)
	}
	defer os.Chdir(before)
	args := l.expand(words[1:])
	if !l.raw {
		args = append(args, "--json")
	}
	var stdout, stderr bytes.Buffer
	env := l.world.base(words[0], args, &stdout, &stderr)
	if l.stdin != nil {
		env.Stdin = l.stdin
	}
	variables := map[string]string{"TALLY_HOME": "home", "TALLY_STATE": "state", "XDG_STATE_HOME": filepath.Join(l.dir, "anchors")}
	env.Getenv = func(name string) string { return variables[name] }
	env.Terminal = func() (term.Terminal, error) { return nil, term.ErrNoTerminal }
	env.OnAnswer = func(verb string, answer any) {
		l.answers[answeredAt()] = true
		if verb == s.verb() || verb == "version" || verb == "help" {
			r.answers = append(r.answers, answer)
		}
	}
	r.exit = programs[words[0]].Run(context.Background(), env)
	r.stdout, r.stderr = stdout.String(), stderr.String()
	return r
}

// moveAnchor gives the anchor another name, as if the home had come to another machine.
func (l *life) moveAnchor(to string) {
	l.t.Helper()
	names, err := filepath.Glob(filepath.Join(l.dir, "anchors", "tallystick", "*.anchor"))
	if err != nil || len(names) != 1 {
		l.t.Fatal(names, err)
	}
	if err := os.Rename(names[0], filepath.Join(l.dir, to)); err != nil {
		l.t.Fatal(err)
	}
}

// answeredAt returns the place in a verb's source from which Output.JSON was called.
func answeredAt() string {
	pcs := make([]uintptr, 16)
	frames := runtime.CallersFrames(pcs[:runtime.Callers(2, pcs)])
	for {
		f, more := frames.Next()
		if name := filepath.Base(f.File); !strings.HasSuffix(name, "_test.go") && name != "output.go" {
			return fmt.Sprintf("%s/%s:%d", filepath.Base(filepath.Dir(filepath.Dir(f.File))), name, f.Line)
		}
		if !more {
			return ""
		}
	}
}

// verbOf returns the words of a command line that name its verb.
func verbOf(words []string) []string {
	commands := programs[words[0]].Commands(&cli.Env{})
	var verb []string
	for _, w := range words[1:] {
		at := slices.IndexFunc(commands, func(c *ucli.Command) bool { return c.Name == w })
		if at < 0 {
			if len(verb) == 0 && len(words) > 1 {
				return words[1:2] // help, man, completion, --version
			}
			return verb
		}
		verb, commands = append(verb, w), commands[at].Subcommands
	}
	return verb
}
