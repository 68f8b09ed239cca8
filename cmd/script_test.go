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
	"tallystick/codec"
	"tallystick/reserve"
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

// A person sits at an 80x24 terminal and answers its prompts with the lines of a file; "^C" is the
// interrupt key. What stands on the screen is kept.
type person struct {
	answers []string
	screen  bytes.Buffer
}

func (p *person) ReadLine(prompt string) (string, error) {
	p.screen.WriteString(prompt)
	if len(p.answers) == 0 {
		return "", io.EOF
	}
	answer := p.answers[0]
	p.answers = p.answers[1:]
	p.screen.WriteString(answer + "\n")
	if answer == "^C" {
		return "", term.ErrInterrupted
	}
	return answer, nil
}

func (p *person) ReadSecret(prompt string) ([]byte, error) {
	p.screen.WriteString(prompt + "\n")
	if len(p.answers) == 0 {
		return nil, io.EOF
	}
	answer := p.answers[0]
	p.answers = p.answers[1:]
	return []byte(answer), nil
}

func (p *person) Write(b []byte) (int, error) { return p.screen.Write(b) }
func (p *person) Size() (cols, rows int)      { return 80, 24 }

// sits FILE: from now on a person is there, with these answers.
func cmdSits(ts *testscript.TestScript, _ bool, args []string) {
	p := &person{}
	if len(args) > 0 {
		p.answers = strings.Split(strings.TrimSuffix(ts.ReadFile(args[0]), "\n"), "\n")
	}
	worldOf(ts).person = p
}

// leaves: nobody is at the terminal any more.
func cmdLeaves(ts *testscript.TestScript, _ bool, _ []string) { worldOf(ts).person = nil }

// screen REGEXP: what the person saw matches; "! screen" that it doesn't.
func cmdScreen(ts *testscript.TestScript, neg bool, args []string) {
	seen := worldOf(ts).person.screen.String()
	if regexp.MustCompile(`(?m)`+args[0]).MatchString(seen) == neg {
		ts.Fatalf("screen (matches %q: %v):\n%s", args[0], neg, seen)
	}
}

// mistype FILE LINE CHANGE...: changes characters of a typed line in place. Each CHANGE is
// POSITION=C, or POSITION- to leave one out, or POSITION+C to put one in; positions count characters
// from 1, spaces left out.
func cmdMistype(ts *testscript.TestScript, _ bool, args []string) {
	lines := strings.Split(strings.TrimSuffix(ts.ReadFile(args[0]), "\n"), "\n")
	n, err := strconv.Atoi(args[1])
	ts.Check(err)
	label, text, found := strings.Cut(lines[n-1], ": ")
	if !found {
		label, text = "", lines[n-1]
	}
	symbols := []byte(strings.ReplaceAll(text, " ", ""))
	for _, change := range args[2:] {
		at := strings.IndexAny(change, "=-+")
		i, err := strconv.Atoi(change[:at])
		ts.Check(err)
		i--
		switch change[at] {
		case '=':
			symbols[i] = other(symbols[i], change[at+1])
		case '-':
			symbols = append(symbols[:i], symbols[i+1:]...)
		case '+':
			symbols = append(symbols[:i], append([]byte{change[at+1]}, symbols[i:]...)...)
		}
	}
	lines[n-1] = string(symbols)
	if found {
		lines[n-1] = label + ": " + lines[n-1]
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(strings.Join(lines, "\n")+"\n"), 0o600))
}

// other is c, or something else when that stands there already: a mistake must be one.
func other(was, c byte) byte {
	if was == c {
		return c ^ 1
	}
	return c
}

// heap FILE PART...: writes the parts into FILE, one after the other, as somebody pastes them.
func cmdHeap(ts *testscript.TestScript, _ bool, args []string) {
	var b strings.Builder
	for _, part := range args[1:] {
		b.WriteString(ts.ReadFile(part))
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(b.String()), 0o600))
}

// line FILE N: writes the N-th line of a code, without its label, to FILE.N.
func cmdLine(ts *testscript.TestScript, _ bool, args []string) {
	n, err := strconv.Atoi(args[1])
	ts.Check(err)
	lines := strings.Split(strings.TrimSuffix(ts.ReadFile(args[0]), "\n"), "\n")
	text := lines[n-1]
	if _, after, found := strings.Cut(text, ": "); found {
		text = after
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]+"."+args[1]), []byte(text+"\n"), 0o600))
}

// raw FILE OFFSET: flips a bit of a byte of a file; a negative OFFSET counts from the end.
func cmdRaw(ts *testscript.TestScript, _ bool, args []string) {
	data := []byte(ts.ReadFile(args[0]))
	at, err := strconv.Atoi(args[1])
	ts.Check(err)
	if at < 0 {
		at += len(data)
	}
	data[at] ^= 1
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), data, 0o600))
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

// anchor FILE: moves the issuer's anchor to FILE, as if the home had come to another machine.
func cmdAnchor(ts *testscript.TestScript, _ bool, args []string) {
	names, err := filepath.Glob(filepath.Join(ts.Getenv("XDG_STATE_HOME"), "tallystick", "*.anchor"))
	ts.Check(err)
	if len(names) != 1 {
		ts.Fatalf("anchors: %q", names)
	}
	ts.Check(os.Rename(names[0], ts.MkAbs(args[0])))
}

// carry FILE program args…: runs a program and writes what it prints to FILE, as a person carries a
// code from one side to the other.
func cmdCarry(ts *testscript.TestScript, _ bool, args []string) {
	w := worldOf(ts)
	var stdout, stderr bytes.Buffer
	got := w.run(ts, args[1], args[2:], &stdout, &stderr)
	_, _ = ts.Stderr().Write(stderr.Bytes())
	if got != 0 {
		ts.Fatalf("%s: exit status %d\n%s", args[1], got, &stderr)
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), stdout.Bytes(), 0o600))
}

// with FILE program args…: runs a program with the file's text in the place of {}.
func cmdWith(ts *testscript.TestScript, _ bool, args []string) {
	text := strings.TrimSpace(ts.ReadFile(args[0]))
	for i, a := range args {
		args[i] = strings.ReplaceAll(a, "{}", text)
	}
	worldOf(ts).expect(ts, false, 0, args[1], args[2:])
}

// rows FILE LINE...: writes lines to FILE; {NAME} in one stands for the text of file NAME.
func cmdRows(ts *testscript.TestScript, _ bool, args []string) {
	text := strings.Join(args[1:], "\n") + "\n"
	text = regexp.MustCompile(`{[^}]*}`).ReplaceAllStringFunc(text, func(name string) string {
		return strings.TrimSpace(ts.ReadFile(strings.Trim(name, "{}")))
	})
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(text), 0o600))
}

// forge FILE TO: changes the last bit of a code's body and encodes it again, so that every line and
// the digest are right and only the signature is not.
func cmdForge(ts *testscript.TestScript, _ bool, args []string) {
	reading, err := codec.Decode(ts.ReadFile(args[0]), reserve.Kinds()...)
	ts.Check(err)
	body := bytes.Clone(reading.Body)
	body[len(body)-1] ^= 1
	code, err := codec.Encode(reading.Kind, body)
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), []byte(code.Paste()+"\n"), 0o600))
}
