package cli_test

import (
	"strings"
	"testing"

	"tallystick/codec"
	"tallystick/reserve"
)

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
	w.run(0, "request", "--state", w.path("state"), "--qr=auto").mentions("`tally-device request --qr=only --state " + w.path("state") + "`")
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
	w.run(0, "inspect", w.code("report").Code).mentions("verified      yes", "installed", "running       1 hour\n")
	w.run(0, "inspect", w.code("request").Code).mentions("C9300-24T:FCW2149L0KK")
	w.run(0, "inspect", "--file", w.path("issuer.tally")).mentions("Example")
	w.run(0, "inspect", newIssuer("Other", false).authorize(w.identity(), 2).Paste()).mentions("verified      NO")

	// Hints are the beginnings of the fingerprints that other screens show.
	begins := func(fingerprint string, n int) string { return fingerprint[:n] + "…" }
	device, issuer := w.identity().DID().String(), w.issuer.trust.Fingerprint().String()
	w.run(0, "inspect", auth).mentions("device hint   "+begins(device, 7)+"\n", "issuer hint   "+begins(issuer, 7)+"\n")
	w.run(0, "inspect", w.code("confirmation").Code).mentions("device hint   " + begins(device, 4) + "\n")
	for _, verb := range []string{"confirmation", "return"} {
		code := w.code(verb, map[string]string{"confirmation": "--qr=never", "return": "--yes"}[verb]).Code
		object := w.run(0, "inspect", "--json", code).out
		if !strings.Contains(object, `"kind":"receipt"`) || !strings.Contains(object, `"says_kind":"`+verb+`"`) {
			t.Errorf("%s: %s", verb, object)
		}
	}

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
	w.run(0, "trust", "update", newer).mentions("note: this bundle is installed already; nothing changed")
	w.run(0, "check", "ports").wantOut("ports: licensed (Grace)\n")
	if f := w.refuse(6, "trust-too-old", "trust", "update", w.path("issuer.tally")); f.Hint != "nothing is to be done: version 2 is installed already" {
		t.Errorf("hint %q", f.Hint)
	}
	w.refuse(6, "trust-too-old", "trust", "update", w.path("issuer.tally"), "--dry-run")
	w.refuse(6, "unknown-issuer", "trust", "update", w.write("other.tally", newIssuer("Other", false).trust.Code().Paste()))
	w.refuse(2, "usage", "trust", "update")
}
