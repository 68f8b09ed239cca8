// Package cmd_test runs both programs as people and scripts do: testdata/script/*.txtar are
// conversations between an officer and an operator, each in its own directory.
package cmd_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"tallystick/cmd/internal/cli"
	"tallystick/cmd/internal/term"
	device "tallystick/cmd/tally-device/cli"
	issuer "tallystick/cmd/tally-issuer/cli"
	"tallystick/testvectors"
	"tallystick/testvectors/labeled"
)

var programs = map[string]cli.Program{"tally-device": device.Program(), "tally-issuer": issuer.Program()}

func TestScripts(t *testing.T) {
	scripts, err := filepath.Abs("testdata/script") // the working directory moves with the programs
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir: scripts,
		Setup: func(env *testscript.Env) error {
			env.Values["world"] = newWorld(env.WorkDir)
			env.Setenv("TALLY_HOME", filepath.Join(env.WorkDir, "home"))
			env.Setenv("TALLY_STATE", filepath.Join(env.WorkDir, "state"))
			env.Setenv("XDG_STATE_HOME", filepath.Join(env.WorkDir, "anchors"))
			env.Setenv("ESC", "\x1b")
			env.Setenv("CR", "\r")
			for _, name := range []string{testvectors.NetworkSwitch, testvectors.CollaborationGateway} {
				text, err := testvectors.Catalog(name)
				if err != nil {
					return err
				}
				if err := os.WriteFile(filepath.Join(env.WorkDir, name+".json"), text, 0o600); err != nil {
					return err
				}
			}
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"tally-device": func(ts *testscript.TestScript, neg bool, args []string) {
				worldOf(ts).expect(ts, neg, 0, "tally-device", args)
			},
			"tally-issuer": func(ts *testscript.TestScript, neg bool, args []string) {
				worldOf(ts).expect(ts, neg, 0, "tally-issuer", args)
			},
			"exit":    cmdExit,
			"clock":   cmdClock,
			"sits":    cmdSits,
			"leaves":  cmdLeaves,
			"screen":  cmdScreen,
			"input":   cmdInput,
			"mistype": cmdMistype,
			"raw":     cmdRaw,
			"ready":   cmdReady,
			"carry":   cmdCarry,
			"with":    cmdWith, "rows": cmdRows,
			"forge":  cmdForge,
			"behind": cmdBehind,
			"line":   cmdLine,
			"anchor": cmdAnchor,
			"heap":   cmdHeap,
		},
		RequireUniqueNames: true,
	})
}

// A world is what a script's programs run in: its clock, its randomness, who sits at the terminal.
type world struct {
	dir    string
	now    time.Time
	rand   io.Reader
	person *person
	stdin  string
	piped  bool
}

// The passphrases behind the descriptors that scripts name: 3 the keyring's, 4 a wrong one, 5 a
// new one.
var passphrases = map[int]string{3: "correct horse", 4: "wrong horse", 5: "battery staple"}

func newWorld(dir string) *world {
	return &world{dir: dir, now: time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC), rand: labeled.Reader("script")}
}

func worldOf(ts *testscript.TestScript) *world { return ts.Value("world").(*world) }

// base is the environment of one run, without variables and terminal.
func (w *world) base(program string, args []string, stdout, stderr io.Writer) *cli.Env {
	return &cli.Env{
		Args:   append([]string{program}, args...),
		Stdin:  strings.NewReader(w.stdin),
		Stdout: stdout, Stderr: stderr,
		Now: func() time.Time { return w.now }, Uptime: func() time.Duration { return time.Hour },
		Rand: w.rand, WorkFactor: 8,
		OpenFD: func(fd int) (io.ReadCloser, error) {
			secret, ok := passphrases[fd]
			if !ok {
				return nil, fmt.Errorf("descriptor %d is not open", fd)
			}
			return io.NopCloser(strings.NewReader(secret + "\n")), nil
		},
	}
}

// env is the environment of one run of a script.
func (w *world) env(ts *testscript.TestScript, program string, args []string, stdout, stderr io.Writer) *cli.Env {
	e := w.base(program, args, stdout, stderr)
	e.Getenv = ts.Getenv
	e.Terminal = func() (term.Terminal, error) { return nil, term.ErrNoTerminal }
	if w.person != nil {
		e.StdinIsTerminal, e.StdoutIsTerminal = !w.piped, true
		e.Size = w.person.Size
		e.Terminal = func() (term.Terminal, error) { return w.person, nil }
	}
	return e
}

// expect runs a program in the script's directory and compares its exit status.
func (w *world) expect(ts *testscript.TestScript, neg bool, want int, program string, args []string) {
	if neg {
		ts.Fatalf("say which exit status: exit N %s …", program)
	}
	var stdout, stderr bytes.Buffer
	got := w.run(ts, program, args, &stdout, &stderr)
	_, _ = ts.Stdout().Write(stdout.Bytes())
	_, _ = ts.Stderr().Write(stderr.Bytes())
	if got != want {
		ts.Fatalf("%s: exit status %d, want %d", program, got, want)
	}
	plain := bytes.ReplaceAll(colors.ReplaceAll(stdout.Bytes(), nil), []byte("\r\n"), []byte("\n")) // CSV ends its lines so
	if raw := unprintable.Find(append(plain, stderr.Bytes()...)); raw != nil {
		ts.Fatalf("%s printed %q raw", program, raw)
	}
}

// here guards the process's working directory, which a program sees as the script's.
var here sync.Mutex

func (w *world) run(ts *testscript.TestScript, program string, args []string, stdout, stderr io.Writer) int {
	here.Lock()
	defer here.Unlock()
	before, err := os.Getwd()
	ts.Check(err)
	ts.Check(os.Chdir(ts.MkAbs(".")))
	defer os.Chdir(before)
	env := w.env(ts, program, args, stdout, stderr)
	w.stdin, w.piped = "", false
	return programs[program].Run(context.Background(), env)
}

// What no program prints on a terminal: control characters but the colors of a QR code.
var (
	unprintable = regexp.MustCompile(`[\x00-\x08\x0b-\x1f\x7f]|\xc2[\x80-\x9f]|\xe2\x80[\xaa-\xae]`)
	colors      = regexp.MustCompile("\x1b\\[[0-9;]*m")
)

// exit N program args…: the program ends with status N.
func cmdExit(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exit N program args...")
	}
	n, err := strconv.Atoi(args[0])
	ts.Check(err)
	if _, ok := programs[args[1]]; !ok {
		ts.Fatalf("no program %q", args[1])
	}
	worldOf(ts).expect(ts, false, n, args[1], args[2:])
}

// clock DATE sets the wall clock to nine in the morning of that day, UTC.
func cmdClock(ts *testscript.TestScript, _ bool, args []string) {
	day, err := time.Parse("2006-01-02", args[0])
	ts.Check(err)
	worldOf(ts).now = day.Add(9 * time.Hour)
}

// input FILE is the standard input of the next program.
func cmdInput(ts *testscript.TestScript, _ bool, args []string) {
	w := worldOf(ts)
	w.stdin, w.piped = ts.ReadFile(args[0]), true
}

// heap FILE PART...: writes the parts into FILE, one after the other, as somebody pastes them.
func cmdHeap(ts *testscript.TestScript, _ bool, args []string) {
	var b strings.Builder
	for _, part := range args[1:] {
		b.WriteString(ts.ReadFile(part))
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(b.String()), 0o600))
}

// ready: an issuer with an account acme/plant-7 that has licenses, its trust bundle issuer.tally,
// and a device C9300-24T:FCW2149L0KK whose request is in request.txt.
func cmdReady(ts *testscript.TestScript, _ bool, _ []string) {
	w := worldOf(ts)
	officer := func(args ...string) { w.expect(ts, false, 0, "tally-issuer", args) }
	officer("init", "--name", "Example Corp", "--catalog", testvectors.NetworkSwitch+".json", "--passphrase-fd", "3")
	officer("account", "new", "acme/plant-7", "--reservation", "on", "--passphrase-fd", "3")
	for _, license := range []string{
		"--entitlement network-advantage --quantity 10 --perpetual",
		"--entitlement dna-advantage --quantity 10 --term 3y",
		"--entitlement multigigabit-ports --quantity 48 --term 3y",
		"--entitlement strong-encryption --quantity 5 --perpetual",
	} {
		officer(strings.Fields("license add --account acme/plant-7 --passphrase-fd 3 " + license)...)
	}
	officer("trust", "publish", "--out", "issuer.tally")
	w.expect(ts, false, 0, "tally-device", strings.Fields("init --product C9300-24T --serial FCW2149L0KK --trust issuer.tally"))
	cmdCarry(ts, false, strings.Fields("request.txt tally-device request"))
}

// anchor FILE [put]: moves the issuer's anchor to FILE, as if the home had come to another machine;
// with "put", puts FILE in its place.
func cmdAnchor(ts *testscript.TestScript, _ bool, args []string) {
	names, err := filepath.Glob(filepath.Join(ts.Getenv("XDG_STATE_HOME"), "tallystick", "*.anchor"))
	ts.Check(err)
	if len(names) != 1 {
		ts.Fatalf("anchors: %q", names)
	}
	if len(args) > 1 && args[1] == "put" {
		ts.Check(os.WriteFile(names[0], []byte(ts.ReadFile(args[0])), 0o600))
		return
	}
	ts.Check(os.Rename(names[0], ts.MkAbs(args[0])))
}
