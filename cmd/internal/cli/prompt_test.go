package cli_test

import (
	"io"
	"strings"
	"testing"

	"tallystick/cmd/internal/cli"
)

// withFD passes text on a descriptor.
func (w *world) withFD(fd int, text string) *world {
	w.OpenFD = func(n int) (io.ReadCloser, error) {
		if n != fd {
			return nil, io.ErrUnexpectedEOF
		}
		return io.NopCloser(strings.NewReader(text)), nil
	}
	return w
}

func TestPassphrase(t *testing.T) {
	for _, text := range []string{"open", "open\n", "open\r\n", "open\nrest"} {
		newWorld("shelf", "burn", "--yes", "--passphrase-fd", "3").withFD(3, text).run(t, 0).wantStdout(t, "burned\n")
	}
	newWorld("shelf", "burn", "--yes", "--passphrase-fd=3").withFD(3, "shut").run(t, cli.ExitTrust).wantStderr(t,
		"tally-sample: error: wrong passphrase for \"pantry\\x1b[2J\"\n"+
			"tally-sample: hint: try again; mind Caps Lock and the keyboard layout\n")
	newWorld("shelf", "burn", "--yes", "--passphrase-fd", "3").withFD(3, "\n").run(t, cli.ExitUsage)
	newWorld("shelf", "burn", "--yes", "--passphrase-fd", "3").withFD(3, strings.Repeat("x", 2000)).run(t, cli.ExitUsage)
	newWorld("shelf", "burn", "--yes", "--passphrase-fd", "4").withFD(3, "open").run(t, cli.ExitUsage)
	for _, fd := range []string{"1", "2", "-2"} {
		newWorld("shelf", "burn", "--yes", "--passphrase-fd", fd).withFD(1, "open").run(t, cli.ExitUsage)
	}
	newWorld("shelf", "burn", "--yes").run(t, cli.ExitUsage).wantStderr(t, "tally-sample: error: no terminal to ask at\n"+
		"tally-sample: hint: give the passphrase with --passphrase-fd N\n")

	w := newWorld("shelf", "burn")
	p := w.at("open", "burn")
	w.run(t, 0).wantStdout(t, "burned\n")
	if want := "Passphrase for pantry: "; !strings.HasPrefix(p.shown.String(), want) {
		t.Errorf("shown %q", &p.shown)
	}
}

func TestConfirm(t *testing.T) {
	w := newWorld("shelf", "burn")
	w.at("open", "no")
	w.run(t, 1).wantStderr(t, "tally-sample: error: not confirmed\ntally-sample: hint: nothing was done\n")
	w = newWorld("shelf", "burn")
	w.at("open")
	w.run(t, cli.ExitInterrupted)
	newWorld("shelf", "burn", "--passphrase-fd", "3").withFD(3, "open").run(t, cli.ExitUsage).wantStderr(t,
		"tally-sample: error: no terminal to ask at\ntally-sample: hint: add --yes to go on without being asked\n")
	newWorld("shelf", "burn", "--yes=false", "--passphrase-fd", "3").withFD(3, "open").run(t, cli.ExitUsage)
}

func TestAsk(t *testing.T) {
	w := newWorld("fail", "ask")
	w.at("", "y")
	w.run(t, 0).wantStdout(t, "jam true\n")
	w = newWorld("fail", "ask")
	w.at("plum")
	w.run(t, cli.ExitInterrupted)
	newWorld("fail", "ask").run(t, cli.ExitUsage)
}

func TestOp(t *testing.T) {
	newWorld("shelf", "burn", "--yes", "--op", "ticket-4711:a_b.c", "--passphrase-fd", "3").withFD(3, "open").run(t, 0)
	for _, op := range []string{"a b", "ü", strings.Repeat("x", 65), "a/b"} {
		newWorld("shelf", "burn", "--yes", "--op", op).run(t, cli.ExitUsage)
	}
}

func TestEnvironment(t *testing.T) {
	env := func(pairs ...string) *cli.Env {
		return &cli.Env{Getenv: func(name string) string {
			for i := 0; i < len(pairs); i += 2 {
				if pairs[i] == name {
					return pairs[i+1]
				}
			}
			return ""
		}}
	}
	for _, test := range []struct {
		env  *cli.Env
		want string
	}{
		{env("XDG_STATE_HOME", "/s", "HOME", "/h"), "/s"},
		{env("XDG_STATE_HOME", "relative", "HOME", "/h"), "/h/.local/state"},
		{env("HOME", "/h"), "/h/.local/state"},
		{env("HOME", "h"), ""},
		{env(), ""},
	} {
		got, err := test.env.StateHome()
		if got != test.want || (err == nil) != (test.want != "") {
			t.Errorf("state home %q, %v; want %q", got, err, test.want)
		}
	}
	if got, err := env("HOME", "/h").DataHome(); got != "/h/.local/share" || err != nil {
		t.Errorf("data home %q, %v", got, err)
	}
	if got := (&cli.Env{}).Var(cli.TallyHome); got != "" {
		t.Errorf("%q", got)
	}
	defer func() {
		if recover() == nil {
			t.Error("an unregistered variable is read")
		}
	}()
	env("SHELL", "x").Var("SHELL")
}
