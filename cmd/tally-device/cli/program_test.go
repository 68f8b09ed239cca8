package cli_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"tallystick/cmd/internal/cli/clitest"
	device "tallystick/cmd/tally-device/cli"
	"tallystick/reserve"
)

func TestWalk(t *testing.T) { clitest.Walk(t, device.Program()) }

// TestWordsForOperators reads all that the program says by itself.
func TestWordsForOperators(t *testing.T) {
	never := regexp.MustCompile(`(?i)\b(floor|chain|lots?|charged?|dead|nonce|payload)\b|\bDID\b`)
	texts := []string{clitest.Run(device.Program(), "man").Stdout}
	for _, verb := range []string{"", "init", "request", "install", "confirmation", "return", "cancel", "report", "status", "check", "inspect", "trust show", "trust update"} {
		help := clitest.Run(device.Program(), append(strings.Fields(verb), "--help")...)
		if help.Exit != 0 || !strings.Contains(help.Stdout, "Examples:\n  tally-device "+verb) {
			t.Errorf("%s --help: exit %d, %s", verb, help.Exit, help.Stdout)
		}
		texts = append(texts, help.Stdout)
	}
	for _, text := range texts {
		for line := range strings.Lines(text) {
			if word := never.FindString(line); word != "" && !strings.Contains(line, "frozen") {
				t.Errorf("%q is not a word for operators: %s", word, line)
			}
		}
	}
}

func TestWhereTheStateIs(t *testing.T) {
	w := newWorld(t)
	init := func(where ...string) {
		t.Helper()
		w.run(0, append([]string{"init", "--product", "C9300-24T", "--serial", "A1", "--trust", w.path("issuer.tally")}, where...)...)
	}
	exists := func(name string) {
		t.Helper()
		if _, err := os.Stat(filepath.Join(name, "state")); err != nil {
			t.Error(err)
		}
	}
	init()
	exists(w.path("state"))
	init("--state", w.path("flag"))
	exists(w.path("flag"))
	if os.Geteuid() != 0 {
		w.vars = map[string]string{"XDG_STATE_HOME": w.path("xdg")}
		init()
		exists(w.path("xdg/tallystick"))
	}
	// A hint can be typed as it stands.
	a := w.run(0, "init", "--product", "C9300-24T", "--serial", "A1", "--trust", w.path("issuer.tally"), "--state", w.path("it's here"))
	a.mentions("then `tally-device request --state '" + w.dir + `/it'\''s here'` + "`")
}

func TestNoState(t *testing.T) {
	w := newWorld(t)
	for _, args := range [][]string{
		{"request"}, {"install", "X"}, {"confirmation"}, {"return", "--yes"}, {"cancel", "--yes"}, {"report"}, {"status"}, {"check", "ports"},
		{"trust", "show"}, {"trust", "update", w.path("issuer.tally")},
	} {
		w.refuse(12, "state-missing", args...)
	}
	w.run(12, "status").wantStderr("tally-device: error: there is no device state in \"" + w.path("state") + "\"\n" +
		"tally-device: hint: `tally-device init --product PID --serial SN` creates it; --state DIR names another place\n")

	w = newDevice(t)
	if err := os.Remove(w.path("state/state")); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"status"}, {"check", "ports"}, {"return", "--yes"}} {
		f := w.refuse(12, "state-missing", args...)
		if !strings.Contains(f.Message, "is gone") || strings.Contains(f.Hint, "init --product") {
			t.Errorf("%q: %+v", args, f)
		}
	}
	w.write("file", "no directory")
	w.refuse(12, "state-missing", "status", "--state", w.path("file"))
}

// A hint is about the device that the command was about, wherever its text comes from.
func TestHintsNameThePlace(t *testing.T) {
	w := newDevice(t)
	dir := w.path("it's here")
	w.run(12, "status", "--state", dir).mentions("`tally-device init --product PID --serial SN --state '" + w.path(`it'\''s here`) + "'` creates it")
	w.run(0, "init", "--product", "C9300-24T", "--serial", "B1", "--trust", w.path("issuer.tally"), "--state="+w.path("second")).
		mentions("`tally-device request --state " + w.path("second") + "`")
	f := w.refuse(5, "wrong-device", "install", "--yes", w.authorization(1, reserve.Grant{Entitlement: ports, Count: 1}), "--state", w.path("second"))
	if !strings.HasPrefix(f.Hint, "`tally-device status --state "+w.path("second")+"` shows") {
		t.Errorf("hint %q", f.Hint)
	}
	f = w.refuse(4, "code-version", "inspect", "TS2A:00", "--state", w.path("second"))
	if !strings.Contains(f.Hint, "`tally-device --version`") {
		t.Errorf("hint %q", f.Hint)
	}
	w.run(2, "cancel", "--through", "0", "--state", w.path("second")).mentions("`tally-device cancel --help`")
}

func TestDamagedState(t *testing.T) {
	w := newDevice(t)
	state := string(must(os.ReadFile(w.path("state/state"))))
	w.write("state/state", state[:len(state)-1])
	f := w.refuse(12, "state-damaged", "check", "ports")
	if !strings.Contains(f.Hint, "put no older copy in its place") || strings.Contains(f.Message, "copy") {
		t.Errorf("%+v", f)
	}
	w.refuse(10, "already-initialized", "init", "--product", "C9300-24T", "--serial", "FCW2149L0KK", "--trust", w.path("issuer.tally"))
	w.write("state/state", state)
	w.run(0, "check", "ports")
}
