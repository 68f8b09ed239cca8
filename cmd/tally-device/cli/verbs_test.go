package cli_test

import (
	"os"
	"strings"
	"testing"

	"tallystick/codec"
	"tallystick/reserve"
)

func TestInit(t *testing.T) {
	w := newWorld(t)
	args := []string{"init", "--product", "c9300-24t", "--serial", "fcw1", "--trust", w.path("issuer.tally")}
	var got struct {
		Device, Issuer, Fingerprint, State string
		DeviceFingerprint                  string `json:"device_fingerprint"`
		Training, Repeated                 bool
		DryRun                             bool `json:"dry_run"`
	}
	w.json(0, &got, append(args, "--dry-run")...)
	if _, err := os.Stat(w.path("state")); err == nil || !got.DryRun || got.DeviceFingerprint != "" {
		t.Fatalf("dry run: %v, %+v", err, got)
	}
	fingerprint := w.issuer.trust.Fingerprint().String()
	a := w.run(0, append(args, "--fingerprint", strings.ToLower(fingerprint))...)
	id := w.identity()
	a.wantOut("device              C9300-24T:FCW1\ndevice fingerprint  " + id.DID().String() +
		"\nissuer              Example\nissuer fingerprint  " + fingerprint + "\n")
	a.wantStderr("tally-device: hint: compare the issuer's fingerprint with the one the security officer gave you, then `tally-device request`\n")

	w.json(0, &got, args...)
	if !got.Repeated || got.DeviceFingerprint != id.DID().String() || got.State != w.path("state") {
		t.Errorf("again: %+v", got)
	}
	w.refuse(10, "already-initialized", "init", "--product", "C9300-24T", "--serial", "OTHER", "--trust", w.path("issuer.tally"))
	elsewhere := append(args, "--state", w.path("other"))
	w.refuse(6, "fingerprint-mismatch", append(elsewhere, "--fingerprint", "AAAA-AAAA-AAAA-AAAA")...)
	w.refuse(2, "usage", append(elsewhere, "--fingerprint", "AAAA")...)
	w.refuse(2, "usage", "init", "--product", "C9300-24T", "--serial", "A1") // no bundle in this image
	w.refuse(2, "unknown-product", "init", "--product", "NONE", "--serial", "A1", "--trust", w.path("issuer.tally"), "--state", w.path("other"))
	w.refuse(2, "invalid-name", "init", "--product", "C9300-24T", "--serial", "A:1", "--trust", w.path("issuer.tally"), "--state", w.path("other"))
	w.refuse(1, "failed", "init", "--product", "C9300-24T", "--serial", "A1", "--trust", w.path("nowhere"), "--state", w.path("other"))
	w.refuse(4, "code-kind", "init", "--product", "C9300-24T", "--serial", "A1", "--state", w.path("other"),
		"--trust", w.write("request", w.code("request").Code))
	if _, err := os.Stat(w.path("other")); err == nil {
		t.Error("a refused init left something behind")
	}
}

func TestInitTakesAWrappedBundle(t *testing.T) {
	w := newWorld(t)
	training := newIssuer("Lab", true)
	w.write("mail.txt", "-- the bundle --\r\n"+strings.Join(training.trust.Code().Wrapped(60), "\r\n")+"\r\n")
	a := w.run(0, "init", "--product", "C9300-24T", "--serial", "A1", "--trust", w.path("mail.txt"))
	a.mentions("Lab (training)", "warning: this is a training issuer")
}

func TestRequest(t *testing.T) {
	w := newDevice(t)
	first := w.code("request")
	if first.Kind != "request" || len(first.Typed) != 4 || first.Schema != "tallystick/request/1" || first.Device != "C9300-24T:FCW2149L0KK" {
		t.Errorf("%+v", first)
	}
	a := w.run(0, "request")
	for i, line := range first.Typed {
		if !strings.Contains(a.out, string(rune('1'+i))+": "+line+"\n") {
			t.Errorf("line %d is missing in %s", i+1, a.out)
		}
	}
	a.mentions("request code of C9300-24T:FCW2149L0KK, fingerprint "+w.identity().DID().String(), "goes into `tally-device install`")
	w.run(0, "request", "--paste", "--quiet").wantOut(first.Code + "\n")
	w.run(0, "request", "--paste", "--quiet").wantStderr("")
	w.run(2, "request", "--paste", "--spell")
	w.sits()
	if w.run(0, "request"); !strings.Contains(w.run(0, "request", "--qr=only").out, "▀") {
		t.Error("no QR code")
	}
	w.run(0, "request", "--state", w.path("state"), "--qr=auto").mentions("`tally-device request --state " + w.path("state") + " --qr=only`")
}

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
		{3, "code-character", strings.Replace(good, lines[1][5:9], "U"+lines[1][6:9], 1)},
		{3, "code-incomplete", strings.Join(lines[:len(lines)-1], "\n")},
		{3, "code-line-order", strings.Join([]string{lines[1], lines[0], lines[2]}, "\n")},
		{4, "code-kind", w.code("request").Code},
		{4, "code-version", "TS2A:00000000"},
		{5, "wrong-device", paste(w.issuer.authorize(must(reserve.NewInstance(must(reserve.ParseUDI("C9300-24T:B")), w.issuer.trust, &stream{label: "b"}, testNow)).Identity(), 1))},
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
	if f := w.refuse(3, "code-character", "install", strings.Replace(good, lines[1][5:9], "U"+lines[1][6:9], 1)); f.Line != 2 || f.Group != 2 {
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
	p := w.sits(lines[:2]...)
	w.run(130, "install")
	// The next try goes on there; the wrong word changes nothing.
	p = w.sits(append(lines[2:], "no")...)
	w.run(1, "install").mentions("nothing was done")
	if !strings.Contains(p.shown.String(), "gained  ports") {
		t.Errorf("the preview was not shown: %s", &p.shown)
	}
	w.person = nil
	w.refuse(8, "nothing-installed", "confirmation")

	w.sits(append(lines, "install")...)
	a := w.run(0, "install", "--qr=never")
	w.person = nil
	a.wantOut(w.code("confirmation").Typed[0] + "\n")
	if _, err := os.Stat(w.path("state/entry")); err == nil {
		t.Error("the draft is still there")
	}
}

func TestReturn(t *testing.T) {
	w := newDevice(t)
	w.refuse(8, "nothing-installed", "return", "--yes")
	text := w.authorization(1, reserve.Grant{Entitlement: ports, Count: 24})
	w.run(0, "install", "--yes", text)
	w.run(0, "return", "--dry-run").wantOut("C9300-24T:FCW2149L0KK gives up, for good:\n  ports                        24\n")
	w.refuse(2, "no-terminal", "return")
	p := w.sits("nope")
	w.run(1, "return")
	if !strings.Contains(p.shown.String(), "gives up, for good:\n  ports ") {
		t.Errorf("asked %s", &p.shown)
	}
	w.sits("return")
	a := w.run(0, "return", "--qr=never")
	w.person = nil
	again := w.code("return") // asks nothing
	if again.Kind != "return" || !again.Repeated || again.Number != 1 || a.out != again.Typed[0]+"\n" {
		t.Errorf("%+v, %q", again, a.out)
	}
	if c := w.code("confirmation"); c.Kind != "return" || c.Code != again.Code {
		t.Errorf("confirmation: %+v", c)
	}
	w.run(0, "return").mentions("there is nothing to give up", "return code of C9300-24T:FCW2149L0KK: everything through authorization 1 was given up")
	w.run(0, "return", "--dry-run").wantOut("C9300-24T:FCW2149L0KK holds nothing; the last code would be printed again\n")
	w.run(8, "check", "ports")
	w.refuse(7, "superseded", "install", "--yes", text)
}

func TestCancel(t *testing.T) {
	w := newDevice(t)
	text := w.authorization(1, reserve.Grant{Entitlement: ports, Count: 24})
	w.run(0, "cancel", "--dry-run").wantOut("C9300-24T:FCW2149L0KK will never install authorization 1, nor an earlier one that is not installed.\n")
	w.refuse(2, "no-terminal", "cancel")
	w.sits("cancel")
	w.run(0, "cancel")
	w.person = nil
	w.refuse(7, "superseded", "install", "--yes", text)
	again := w.code("cancel")
	if again.Kind != "cancellation" || !again.Repeated || again.Number != 1 {
		t.Errorf("%+v", again)
	}
	w.run(0, "cancel").mentions("to cancel authorization 2 as well: `tally-device cancel --through 2`",
		"cancellation code of C9300-24T:FCW2149L0KK: authorizations through 1 can't be installed")
	if further := w.code("cancel", "--through", "3", "--yes"); further.Repeated || further.Number != 3 || further.Code == again.Code {
		t.Errorf("%+v", further)
	}
	w.refuse(2, "usage", "cancel", "--through", "0", "--yes")
	w.refuse(2, "usage", "cancel", "--through", "1024", "--yes")
	w.refuse(2, "out-of-range", "cancel", "--through", "900", "--yes")

	w.run(0, "install", "--yes", w.authorization(4, reserve.Grant{Entitlement: ports, Count: 1}))
	if held := w.code("cancel", "--yes"); held.Kind != "status" || held.Number != 5 || len(held.Typed) == 0 {
		t.Errorf("while holding: %+v", held)
	}
	w.run(0, "cancel").mentions("authorizations after the installed one, through 5, can't be installed", "`tally-device cancel` prints it again")
	w.run(0, "check", "ports")
	w.refuse(2, "out-of-range", "cancel", "--through", "4", "--yes")
}

func TestReport(t *testing.T) {
	w := newDevice(t)
	w.run(0, "report", "--dry-run").wantOut("C9300-24T:FCW2149L0KK would sign a new status report\n")
	first := w.code("report")
	if first.Kind != "status" || first.Repeated {
		t.Errorf("%+v", first)
	}
	if again := w.code("report"); !again.Repeated || again.Code != first.Code {
		t.Errorf("again: %+v", again)
	}
	w.run(0, "report", "--dry-run").mentions("nothing new to report")
	r := must(codec.Decode(first.Code, reserve.Kinds()...))
	if s := must(reserve.OpenStatus(r.Body, w.identity())); s.Count() != 1 {
		t.Errorf("count %d: a dry run was counted", s.Count())
	}
}

func TestCheck(t *testing.T) {
	w := newDevice(t)
	w.run(0, "check", "ports").wantOut("ports: licensed (Evaluation)\n")
	w.run(0, "install", "--yes", w.authorization(1, reserve.Grant{Entitlement: advantage, Count: 1}, reserve.Grant{Entitlement: ports, Count: 24}))
	w.run(0, "check", "essentials").wantOut("essentials: licensed (Reserved)\n")
	w.run(0, "check", "ports", "--count", "24")
	w.run(8, "check", "ports", "--count", "25").wantOut("ports: not licensed (Over Reservation)\n")
	quiet := w.run(8, "check", "--quiet", "crypto")
	quiet.wantOut("")
	quiet.wantStderr("")
	a := w.run(8, "check", "nonsense")
	a.wantOut("nonsense: not licensed (Invalid Tag)\n")
	a.wantStderr("tally-device: hint: `tally-device status` lists the entitlements\n")
	w.refuse(2, "usage", "check")
	w.refuse(2, "usage", "check", "ports", "--count", "3000000000")
	var got struct {
		Schema, Tag, State, Ends string
		Count                    int
		Licensed                 bool
		Held, Covered            uint64
	}
	w.json(8, &got, "check", "ports", "--count", "25")
	if got.Schema != "tallystick/check/1" || got.Licensed || got.Held != 24 || got.Covered != 24 || got.Count != 25 || got.State != "Over Reservation" {
		t.Errorf("%+v", got)
	}
}

func TestInspect(t *testing.T) {
	w := newDevice(t)
	auth := w.authorization(1, reserve.Grant{Entitlement: ports, Count: 24})
	w.run(0, "inspect", auth).mentions("verified      yes", "grants        ports=24, perpetual")
	w.run(0, "install", "--yes", auth)
	w.run(0, "inspect", w.code("confirmation").Typed[0]).mentions("verified      yes", "authorization 1 is installed")
	w.run(0, "inspect", w.code("report").Code).mentions("verified      yes", "installed")
	w.run(0, "inspect", w.code("request").Code).mentions("C9300-24T:FCW2149L0KK")
	w.run(0, "inspect", "--file", w.path("issuer.tally")).mentions("Example")
	w.run(0, "inspect", newIssuer("Other", false).authorize(w.identity(), 2).Paste()).mentions("verified      NO")

	before := w.vars["TALLY_STATE"]
	w.vars["TALLY_STATE"] = w.path("nowhere")
	w.run(0, "inspect", auth).mentions("verified      NO", "grants        entitlement 4=24, perpetual")
	w.refuse(12, "state-missing", "inspect", auth, "--state", w.path("nowhere"))
	w.vars["TALLY_STATE"] = before
	w.write("state/state", "rubbish")
	w.run(0, "inspect", auth).mentions("warning: nothing can be verified", "verified      NO")
	w.refuse(3, "code-empty", "inspect")
}

func TestTrust(t *testing.T) {
	w := newDevice(t)
	a := w.run(0, "trust", "show")
	a.wantOut("issuer       Example\nfingerprint  " + w.issuer.trust.Fingerprint().String() +
		"\ntrust root   version 1\ncatalog      Test switches version 1\nproduct      Switch: C9300-24T\n")
	w.run(0, "install", "--yes", w.authorization(1, reserve.Grant{Entitlement: ports, Count: 24}))

	newer := w.write("newer.tally", w.issuer.compromised().trust.Code().Paste())
	var got struct {
		RootVersion      uint16 `json:"root_version"`
		Repeated, DryRun bool
	}
	w.json(0, &got, "trust", "update", newer, "--dry-run")
	w.json(0, &got, "trust", "show")
	if got.RootVersion != 1 {
		t.Fatal("the dry run changed something")
	}
	w.run(0, "trust", "update", newer).mentions("warning: what is installed was signed with a key that is not trusted any more, and stays for 24 hours of running")
	w.json(0, &got, "trust", "update", newer)
	if got.RootVersion != 2 || !got.Repeated {
		t.Errorf("again: %+v", got)
	}
	w.run(0, "check", "ports").wantOut("ports: licensed (Grace)\n")
	w.refuse(6, "trust-too-old", "trust", "update", w.path("issuer.tally"))
	w.refuse(6, "trust-too-old", "trust", "update", w.path("issuer.tally"), "--dry-run")
	w.refuse(6, "unknown-issuer", "trust", "update", w.write("other.tally", newIssuer("Other", false).trust.Code().Paste()))
	w.refuse(2, "usage", "trust", "update")
}
