package cli_test

import (
	"os"
	"strings"
	"testing"

	"tallystick/codec"
	"tallystick/reserve"
	"tallystick/testvectors/labeled"
)

func TestInstallAndConfirmation(t *testing.T) {
	w := newDevice(t)
	w.refuse(8, "nothing-installed", "confirmation")
	text := w.authorization(1, reserve.Grant{Entitlement: advantage, Count: 1}, reserve.Grant{Entitlement: ports, Count: 24, Ends: testToday + 365})
	file := w.write("auth.txt", text)

	dry := w.code("install", "--file", file, "--dry-run")
	if !dry.DryRun || dry.Code != "" || dry.Number != 1 || len(dry.Changes) != 2 || strings.Join(dry.Missing, " ") != "crypto" {
		t.Fatalf("dry run: %+v", dry)
	}
	w.run(0, "install", "--file", file, "--dry-run").wantOut(`authorization 1 for C9300-24T:FCW2149L0KK, signed on 2026-11-22
  gained  advantage                    0 -> 1, perpetual
  gained  ports                        0 -> 24, until 2027-11-22
not licensed afterwards: crypto
`)
	w.refuse(8, "nothing-installed", "confirmation")
	w.refuse(2, "no-terminal", "install", "--file", file)

	a := w.run(0, append([]string{"install", "--yes"}, strings.Fields(text)...)...) // groups without quotes
	a.mentions("note:   gained  ports                        0 -> 24, until 2027-11-22", "note: not licensed afterwards: crypto",
		"note: confirmation code of C9300-24T:FCW2149L0KK for authorization 1", "`tally-device confirmation` prints it again")
	again := w.code("confirmation")
	if again.Kind != "confirmation" || !again.Repeated || again.Number != 1 || a.out != again.Typed[0]+"\n" {
		t.Fatalf("confirmation: %+v, %q", again, a.out)
	}
	if second := w.code("install", "--file", file); !second.Repeated || second.Code != again.Code { // and asks nothing
		t.Errorf("install again: %+v", second)
	}
	w.stdin = text
	if piped := w.code("install"); !piped.Repeated || piped.Code != again.Code {
		t.Errorf("install from standard input: %+v", piped)
	}

	update := w.write("update.txt", w.authorization(2, reserve.Grant{Entitlement: ports, Count: 8, Ends: testToday + 365}))
	w.run(0, "install", "--file", update, "--dry-run").mentions("  LOST    advantage                    1 -> 0\n", "  fewer   ports                        24 -> 8, until 2027-11-22")
	w.run(0, "install", "--file", update, "--yes")
	f := w.refuse(7, "superseded", "install", "--file", file, "--yes")
	if want := "`tally-device status` shows what is installed; ask the security officer for a new authorization"; f.Hint != want {
		t.Errorf("hint %q, want %q", f.Hint, want)
	}
	nothing := w.write("nothing.txt", w.authorization(3))
	w.run(0, "install", "--file", nothing, "--yes").mentions("it grants nothing: it takes everything away")
}

// TestInstallRefusals tells apart what an operator mends differently.
func TestInstallRefusals(t *testing.T) {
	w := newDevice(t)
	good := w.authorization(1, reserve.Grant{Entitlement: ports, Count: 1})
	paste := func(c codec.Code) string { return c.Paste() }
	other := newIssuer("Other", false)
	lines := strings.Split(good, "\n")
	for _, c := range []struct {
		exit int
		id   string
		text string
	}{
		{3, "code-character", strings.Replace(good, lines[1][5:9], "?"+lines[1][6:9], 1)},
		{3, "code-incomplete", strings.Join(lines[:len(lines)-1], "\n")},
		{3, "code-line-order", strings.Join([]string{lines[1], lines[0], lines[2]}, "\n")},
		{4, "code-kind", w.code("request").Code},
		{4, "code-version", "TS2A:00000000"},
		{5, "wrong-device", paste(w.issuer.authorize(must(reserve.NewInstance(must(reserve.ParseUDI("C9300-24T:B")), w.issuer.trust, labeled.Reader("b"), testNow)).Identity(), 1))},
		{6, "unknown-issuer", paste(other.authorize(w.identity(), 1))},
		{6, "training-code", paste(newIssuer("Lab", true).authorize(w.identity(), 1))},
		{6, "trust-too-old", paste(w.issuer.compromised().authorize(w.identity(), 1))},
		{7, "authorization-expired", w.authorization(1, reserve.Grant{Entitlement: ports, Count: 1, Ends: testToday - 1})},
		{2, "out-of-range", w.authorization(500, reserve.Grant{Entitlement: ports, Count: 1})},
	} {
		if f := w.refuse(c.exit, c.id, "install", "--yes", c.text); f.Hint == "" && c.id != "out-of-range" {
			t.Errorf("%s: no hint", c.id)
		}
	}
	if f := w.refuse(3, "code-character", "install", strings.Replace(good, lines[1][5:9], "?"+lines[1][6:9], 1)); f.Line != 2 || f.Group != 2 {
		t.Errorf("%+v, want line 2, group 2", f)
	}
	// A clock that is wrong makes what is good look expired.
	ends := w.authorization(1, reserve.Grant{Entitlement: ports, Count: 1, Ends: testToday + 10})
	w.now = testNow.AddDate(0, 0, 50)
	if f := w.refuse(7, "authorization-expired", "install", "--yes", ends); !strings.Contains(f.Hint, "the clock is 50 days ahead") {
		t.Errorf("hint %q", f.Hint)
	}
}

func TestInstallAtATerminal(t *testing.T) {
	w := newDevice(t)
	lines := strings.Split(w.authorization(1, reserve.Grant{Entitlement: ports, Count: 1}), "\n")

	// Interrupted after two lines: they are kept.
	w.sits(lines[:2]...)
	w.run(130, "install")
	// The next try goes on there; the wrong word changes nothing.
	p := w.sits(append(lines[2:], "no")...)
	w.run(1, "install").mentions("nothing was done")
	if !strings.Contains(p.shown.String(), "gained  ports") {
		t.Errorf("the preview was not shown: %s", &p.shown)
	}
	w.person = nil
	w.refuse(8, "nothing-installed", "confirmation")

	// What was typed is kept until it is installed: Enter takes it. Whoever goes away hears of it.
	w.sits("")
	w.run(130, "install").mentions("hint: nothing was done; the code that was entered is kept for the next time")
	p = w.sits("", "install")
	a := w.run(0, "install", "--qr=never")
	if !strings.Contains(p.shown.String(), "Press Enter to use it") {
		t.Errorf("the kept code was not offered: %s", &p.shown)
	}
	for line := range strings.Lines(p.shown.String()) {
		if len(line) > 80 {
			t.Errorf("%d columns: %s", len(line)-1, line)
		}
	}
	w.person = nil
	a.wantOut(w.code("confirmation").Typed[0] + "\n")
	if _, err := os.Stat(w.path("state/entry")); err == nil {
		t.Error("the draft is still there")
	}

	// An installation from elsewhere makes an interrupted entry pointless.
	w.sits(lines[:2]...)
	w.run(130, "install")
	w.person = nil
	w.run(0, "install", "--yes", w.authorization(2, reserve.Grant{Entitlement: ports, Count: 2}))
	if _, err := os.Stat(w.path("state/entry")); err == nil {
		t.Error("the draft of an older code is still there")
	}
}
