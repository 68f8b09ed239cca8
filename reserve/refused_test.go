package reserve

import (
	"bytes"
	"errors"
	"io"
	"testing"

	"tallystick/keys"
)

// TestDraftsThatAreRefused: an issuer signs nothing that no device would take.
func TestDraftsThatAreRefused(t *testing.T) {
	is := newTestIssuer(t, "Example", false)
	dev := testDevice(t, is, "A1")
	for _, c := range []struct {
		name    string
		draft   Draft
		signers []keys.PrivateKey
		want    Reason
	}{
		{"no number", Draft{Issued: testToday}, []keys.PrivateKey{is.issue}, NumbersExhausted},
		{"a number past the last", Draft{Number: LastNumber + 1, Issued: testToday}, []keys.PrivateKey{is.issue}, NumbersExhausted},
		{"no day", Draft{Number: 1}, []keys.PrivateKey{is.issue}, OutOfRange},
		{"none of something", Draft{Number: 1, Issued: testToday, Grants: []Grant{{2, 0, 0}}}, []keys.PrivateKey{is.issue}, OutOfRange},
		{"not in the catalog", Draft{Number: 1, Issued: testToday, Grants: []Grant{{99, 1, 0}}}, []keys.PrivateKey{is.issue}, UnknownEntitlement},
		{"nobody", Draft{Number: 1, Issued: testToday}, nil, ThresholdNotMet},
		{"a key that the root does not list", Draft{Number: 1, Issued: testToday}, []keys.PrivateKey{testKey(t, "stranger")}, RoleMissing},
		{"the root key", Draft{Number: 1, Issued: testToday}, []keys.PrivateKey{is.root}, RoleMissing},
	} {
		a, err := SignAuthorization(is.trust, dev.Identity(), c.draft, c.signers...)
		if !errors.Is(err, &Refusal{Reason: c.want}) || !a.IsZero() {
			t.Errorf("%s: %v, want %s", c.name, err, c.want)
		}
	}
}

// TestRefusalsAreCompared as scripts and callers do: by the reason, or by reason and text.
func TestRefusalsAreCompared(t *testing.T) {
	err := Refuse(Superseded, "authorization %d", 3)
	for target, want := range map[error]bool{
		&Refusal{Reason: Superseded}:                           true,
		&Refusal{Reason: Superseded, Text: "authorization 3"}:  true,
		&Refusal{Reason: Superseded, Text: "authorization 33"}: false,
		&Refusal{Reason: Malformed}:                            false,
		io.EOF:                                                 false,
	} {
		if errors.Is(err, target) != want {
			t.Errorf("%v is %v: %v", err, target, !want)
		}
	}
}

func TestNewInstanceRefuses(t *testing.T) {
	is := newTestIssuer(t, "Example", false)
	udi, err := NewUDI("C9300-48P", "A1")
	if err != nil {
		t.Fatal(err)
	}
	_, err = NewInstance(udi, is.trust, testRand("device"), testNow)
	wantReason(t, err, UnknownProduct)
	udi.product = "C9300-24T"
	u, err := NewInstance(udi, is.trust, bytes.NewReader(make([]byte, 31)), testNow)
	if !errors.Is(err, io.ErrUnexpectedEOF) || !u.identity.IsZero() {
		t.Errorf("31 random bytes: %v", err)
	}
}

// TestObeyRefuses: a device takes its own issuer's newer bundles, and no other.
func TestObeyRefuses(t *testing.T) {
	is, other := newTestIssuer(t, "Example", false), newTestIssuer(t, "Other", false)
	dev := testDevice(t, is, "A1")
	next, changed, err := Obey(dev, other.trust)
	wantReason(t, err, UnknownIssuer)
	if next != nil || changed {
		t.Error("another issuer's bundle was taken")
	}
	if next, changed, err = Obey(dev, is.trust); err != nil || changed || !bytes.Equal(Encode(next), Encode(dev)) {
		t.Errorf("the same bundle again: %v, %v", changed, err)
	}
	root := is.trust.Root()
	signed, err := root.Template().Sign(&root, is.root)
	if err != nil {
		t.Fatal(err)
	}
	newer, err := NewTrust([][]byte{root.Raw(), signed}, is.trust.Catalog().Raw())
	if err != nil {
		t.Fatal(err)
	}
	next, changed, err = Obey(dev, newer)
	if err != nil || !changed || reload(t, next).Trust().Root().Version() != 2 {
		t.Errorf("the next bundle: %v, %v", changed, err)
	}
}

// TestIssueRefuses: the books give nothing to a device whose state is not understood, and nothing
// past its last number.
func TestIssueRefuses(t *testing.T) {
	is := newTestIssuer(t, "Example", false)
	dev := testDevice(t, is, "A1")
	id := dev.Identity()
	for _, c := range []struct {
		name  string
		books Books
		want  Reason
	}{
		{"quarantined", Books{Identity: id, Quarantined: true}, Quarantined},
		{"suspect", Books{Identity: id, Suspect: true}, Suspect},
		{"all numbers used", Books{Identity: id, Floor: LastNumber + 1}, NumbersExhausted},
	} {
		b, err := c.books.Issue(Issued{Number: 1})
		if !errors.Is(err, &Refusal{Reason: c.want}) || len(b.Issued) != 0 {
			t.Errorf("%s: %v, want %s", c.name, err, c.want)
		}
	}
	func() {
		defer func() {
			if recover() == nil {
				t.Error("number 7 was issued first")
			}
		}()
		_, _ = Books{Identity: id}.Issue(Issued{Number: 7})
	}()
	_, status := Report(testDevice(t, is, "B2"))
	b := Books{Identity: id}
	after, _, err := b.Report(status)
	wantReason(t, err, WrongDevice)
	if after.Statements != 0 {
		t.Error("another device's report changed the books")
	}
}

// TestNoPositionProvesNothing: the anchor is public, and the chain ends.
func TestNoPositionProvesNothing(t *testing.T) {
	dev := testDevice(t, newTestIssuer(t, "Example", false), "A1")
	id := dev.Identity()
	at := dev.seed.secret(id, 5)
	for _, c := range []struct {
		p, known Position
		want     bool
	}{{5, 0, true}, {5, 5, true}, {5, 6, false}, {0, 0, false}, {LastPosition + 1, 0, false}} {
		if got := id.proves(at, c.p, c.known, at); got != c.want {
			t.Errorf("position %d above %d: %v", c.p, c.known, got)
		}
	}
}
