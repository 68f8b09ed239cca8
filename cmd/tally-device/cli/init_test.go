package cli_test

import (
	"os"
	"strings"
	"testing"
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
	a.wantStderr("tally-device: hint: `tally-device request` prints the code to ask the security officer for licenses with\n")

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
	w.refuse(2, "usage", "init", "--product", "C9300-24T", "--serial", "A1", "--trust", w.path("nowhere"), "--state", w.path("other"))
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

// At a terminal a person compares before the identity is made; a script is not asked.
func TestInitAtATerminal(t *testing.T) {
	w := newWorld(t)
	args := []string{"init", "--product", "C9300-24T", "--serial", "A1", "--trust", w.path("issuer.tally")}
	w.sits("yes", "no", "n")
	w.run(1, args...).mentions("not confirmed", "nothing was done")
	if _, err := os.Stat(w.path("state")); err == nil {
		t.Fatal("a refused init left something behind")
	}
	w.sits()
	w.run(0, append(args, "--dry-run")...)
	p := w.sits("init")
	w.run(0, args...).mentions("hint: `tally-device request` prints the code")
	for _, want := range []string{"device              C9300-24T:A1\n", "issuer              Example\n",
		"issuer fingerprint  " + w.issuer.trust.Fingerprint().String() + "\n"} {
		if !strings.Contains(p.shown.String(), want) {
			t.Errorf("%q was not shown in %s", want, &p.shown)
		}
	}
	w.sits()
	w.run(0, args...).mentions("this was done before")
	w.run(0, append(args, "--state", w.path("second"), "--yes")...).mentions("compare the issuer's fingerprint")
	w.run(0, append(args, "--state", w.path("third"), "--fingerprint", w.issuer.trust.Fingerprint().String())...)
	w.person = nil
	w.run(0, append(args, "--state", w.path("fourth"))...).mentions("compare the issuer's fingerprint")
}
