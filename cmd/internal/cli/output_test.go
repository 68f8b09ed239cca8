package cli_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"sync"
	"testing"
	"unicode"

	"tallystick/cmd/internal/cli"
)

func TestJSON(t *testing.T) {
	newWorld("--json", "shelf", "new", "a<b>\u202e\u009b\x7f\u2028\U000e0041\xff", "日本").run(t, 0).wantStdout(t,
		`{"schema":"tallystick/shelf-new/1","depth":0,"label":"日本","path":"a<b>\u202e\u009b\u007f\u2028\udb40\udc41\ufffd"}`+"\n")
	newWorld("shelf", "new", "top", "--json=false").run(t, 0).wantStdout(t, "new top, 0 cm\n")
	// A verb without an answer still gives its object.
	newWorld("put", "--json", "top", "--thing", "a").run(t, 0).wantStdout(t, `{"schema":"tallystick/put/1"}`+"\n")
}

// With --json an error is the one object on standard output, wherever --json stands and whatever is
// wrong, and nothing is on standard error.
func TestJSONErrors(t *testing.T) {
	for _, args := range []string{
		"--json", "--json bogus", "bogus --json", "put --json", "put --bogus --json", "put --note --json", "--json put --json",
		"--json=true put", "fail raw --json", "fail pool --json", "fail panic --json", "fail partial --json", "fail twice --json",
		"read --json XYZU", "shelf new --depth 010 --json a",
	} {
		w := newWorld(strings.Fields(args)...)
		exit := sample().Run(t.Context(), &w.Env)
		var got struct {
			Schema string
			Error  cli.Failure
		}
		d := json.NewDecoder(&w.stdout)
		d.DisallowUnknownFields()
		if err := d.Decode(&got); err != nil || d.More() {
			t.Errorf("%q: %v", args, err)
		}
		if got.Schema != "tallystick/error/1" || got.Error.Exit != exit || exit == 0 || got.Error.ID == "" || got.Error.Message == "" {
			t.Errorf("%q: exit %d, %+v", args, exit, got)
		}
		if w.stderr.Len() > 0 && !strings.Contains(args, "panic") {
			t.Errorf("%q: standard error %s", args, &w.stderr)
		}
	}
	newWorld("fail", "pool", "--json").run(t, 9).wantStdout(t,
		`{"schema":"tallystick/error/1","error":{"id":"pool-exhausted","exit":9,"message":"account \"a\\x1b[2Jb\" has 2 left","hint":""}}`+"\n")
	// After "--" it is an argument like any other.
	newWorld("fail", "--", "--json").run(t, 1).wantStdout(t, "")
}

func TestErrors(t *testing.T) {
	for _, test := range []struct {
		how  string
		exit int
		want string
	}{
		{"pool", 9, "tally-sample: error: account \"a\\x1b[2Jb\" has 2 left\n"},
		{"raw", 1, "tally-sample: error: name \\x1b[2J\\u202e; second line\n"},
		{"hint", 1, "tally-sample: error: unexpected EOF\ntally-sample: hint: do this\n"},
		{"exit", 1, "tally-sample: error: gone\n"},
		{"joined", 1, "tally-sample: error: exit status 15; closing failed\n"},
		{"locked", 6, "tally-sample: error: wrong passphrase for \"pantry\\x1b[2J\"\ntally-sample: hint: use the spare key\n"},
		{"cancel", 130, "tally-sample: error: interrupted\n"},
	} {
		w := newWorld("fail", test.how).run(t, test.exit)
		w.wantStderr(t, test.want)
		w.wantStdout(t, "")
	}
	newWorld("fail", "status").run(t, 15).wantStdout(t, "answer\n")
	newWorld("fail", "status", "--json").run(t, 15).wantStdout(t, `{"schema":"tallystick/fail/1"}`+"\n")
}

// Nothing from outside reaches a terminal raw, whatever the verb and the stream.
func TestNothingRaw(t *testing.T) {
	w := newWorld("fail", "say").run(t, 0)
	w.wantStderr(t, "tally-sample: warning: warn \\x1b[1m\n"+
		"tally-sample: note: note \"\\x1b[1m\"\ntally-sample: hint: hint \\x9b1m\n")
	w.wantStdout(t, "NAME       N\na\\tb       1\nlong name  22\n")
	newWorld("fail", "say", "--quiet").run(t, 0).wantStderr(t, "tally-sample: warning: warn \\x1b[1m\n")

	const evil = "\x1b]0;x\a\u202e\u009b2J\r"
	for _, args := range [][]string{
		{evil}, {"--" + evil}, {"put", "--format", evil}, {"shelf", "new", evil}, {"shelf", "new", "a", "b", evil}, {"shelf", evil},
		{"shelf", "new", "a", "--depth=" + evil}, {"put", "--thing", evil, evil}, {"read", evil}, {"read", "--file", evil},
		{"completion", evil}, {"help", evil}, {"fail", "panic"}, {"--json=" + evil}, {"shelf", "burn", "--op", evil, "--yes"},
	} {
		for _, more := range [][]string{nil, {"--json"}} {
			w := newWorld(append(more, args...)...)
			sample().Run(t.Context(), &w.Env)
			for _, r := range w.stdout.String() + w.stderr.String() {
				if r != '\n' && !unicode.IsPrint(r) {
					t.Errorf("%q prints %q", w.Args[1:], r)
				}
			}
		}
	}
}

func TestPanic(t *testing.T) {
	w := newWorld("fail", "panic").run(t, 1)
	if got := w.stderr.String(); !strings.Contains(got, "tally-sample: error: internal error: shelf \\x1b[2J\n") ||
		!strings.Contains(got, "sample_test.go:") {
		t.Errorf("standard error: %s", got)
	}
}

type fullDisk struct{}

func (fullDisk) Write([]byte) (int, error) { return 0, errors.New("no space left") }

// An answer that could not be written is never success.
func TestFullDisk(t *testing.T) {
	for _, args := range [][]string{{"shelf", "new", "a"}, {"shelf", "new", "a", "--json"}, {"print", "--quiet"}, {"--help"}, {"--version"}, {"man"},
		{"completion", "bash"}, {"fail", "status"}} {
		w := newWorld(args...)
		w.Env.Stdout = fullDisk{}
		w.run(t, 1).wantStderr(t, "tally-sample: error: writing to standard output: no space left\n"+
			"tally-sample: hint: what was done is done: the same command again prints the same answer\n")
	}
	w := newWorld("fail", "pool", "--json")
	w.Env.Stdout = fullDisk{}
	w.run(t, 9).wantStderr(t, "tally-sample: error: account \"a\\x1b[2Jb\" has 2 left\n")
}

// What streams is the whole answer, with --json too. After its first byte no error object can follow
// on standard output; the exit status and standard error tell.
func TestStream(t *testing.T) {
	const object = "{\"schema\":\"tallystick/fail/1\"}\n"
	newWorld("fail", "stream").run(t, 0).wantStdout(t, object)
	newWorld("fail", "stream", "--json").run(t, 0).wantStdout(t, object)
	w := newWorld("fail", "torn", "--json").run(t, 1)
	w.wantStdout(t, "{\"schema\":")
	w.wantStderr(t, "tally-sample: error: broke\n")
	w = newWorld("fail", "dry", "--json").run(t, 1)
	w.wantStdout(t, `{"schema":"tallystick/error/1","error":{"id":"failed","exit":1,"message":"broke","hint":""}}`+"\n")
	w.wantStderr(t, "")
	w = newWorld("fail", "stream", "--json")
	w.Env.Stdout = fullDisk{}
	w.run(t, 1).wantStderr(t, "tally-sample: error: writing to standard output: no space left\n"+
		"tally-sample: hint: what was done is done: the same command again prints the same answer\n")
}

// A signal ends a verb with 130, also one whose error doesn't say that it was interrupted.
func TestInterrupt(t *testing.T) {
	w := newWorld("fail", "wait")
	w.Signals = func(ctx context.Context) (context.Context, context.CancelFunc) {
		ctx, cancel := context.WithCancel(ctx)
		cancel()
		return ctx, cancel
	}
	w.run(t, cli.ExitInterrupted)
}

// Runs share nothing: the race detector watches this.
func TestConcurrentRuns(t *testing.T) {
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			newWorld("put", "top", "--thing", "a", "--format=csv", "--quiet").run(t, 0).wantStdout(t, "put [\"a\"] on \"top\"\n")
			newWorld("put", "--help").run(t, 0)
			newWorld("man").run(t, 0)
			newWorld("--bogus").run(t, 2)
		})
	}
	group.Wait()
}

// An empty Env is harmless.
func TestZeroEnv(t *testing.T) {
	if got := sample().Run(t.Context(), &cli.Env{}); got != cli.ExitUsage {
		t.Errorf("exit %d", got)
	}
}

// On a terminal a message is folded between words; a command in quotes stays in one piece.
func TestMessagesAreFolded(t *testing.T) {
	w := newWorld("print", "--qr=auto", "--long", "x")
	w.run(t, 2)
	const want = `tally-sample: error: unexpected argument "x"
tally-sample: hint: ` + "`tally-sample print --help`" + ` shows how
`
	w.wantStderr(t, want)
	w = newWorld("print", "--qr=auto", "--long", "x")
	w.StderrWidth = func() int { return 41 }
	w.run(t, 2)
	w.wantStderr(t, "tally-sample: error: unexpected argument\n  \"x\"\ntally-sample: hint:\n  `tally-sample print --help` shows how\n")
	w = newWorld("print", "--qr=auto", "--long", "x")
	w.StderrWidth = func() int { return 20 }
	w.run(t, 2)
	if !strings.Contains(w.stderr.String(), "\n  `tally-sample print --help`\n") {
		t.Errorf("%s", &w.stderr)
	}
}
