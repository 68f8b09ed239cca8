package reserve

import (
	"bytes"
	"strings"
	"testing"

	"tallystick/codec"
	"tallystick/keys"
)

// TestLateCodesOfAnotherLedgerTellNothing: what a device proved dead is behind it, whoever issued
// it, so the order in which codes arrive doesn't matter.
func TestLateCodesOfAnotherLedgerTellNothing(t *testing.T) {
	is := newTestIssuer(t, "Example", false)
	dev := testDevice(t, is, "A1")
	held := install(t, dev, is.authorize(t, dev.Identity(), 1, Grant{2, 1, 0}))
	reported, early := Report(held)
	returned := reported.(Reserved).Return()
	_, late := Report(returned)
	fresh := Books{Identity: dev.Identity()} // never issued number 1

	after, _, err := fresh.Receive(returned.Receipt())
	if err != nil {
		t.Fatal(err)
	}
	if after, _, err = after.Report(early); err != nil || after.Suspect {
		t.Errorf("a status report from before the return: %v", err)
	}
	after, _, err = fresh.Report(late)
	if err != nil {
		t.Fatal(err)
	}
	if after, _, err = after.Receive(held.Receipt()); err != nil || after.Suspect {
		t.Errorf("a confirmation from before the return: %v", err)
	}
}

func TestSuspectStaysSuspect(t *testing.T) {
	is := newTestIssuer(t, "Example", false)
	dev := testDevice(t, is, "A1")
	held := install(t, dev, is.authorize(t, dev.Identity(), 1, Grant{2, 1, 0}))
	after, _, err := Books{Identity: dev.Identity()}.Receive(held.Receipt())
	wantReason(t, err, Suspect)
	_, out, err := after.Receive(held.Receipt())
	wantReason(t, err, Suspect)
	if !out.Repeated {
		t.Error("the same code again is not known")
	}
}

// TestCloneThatShowsOnlyItsSecondReport: a copy restored from before a return signs reports of its
// own; the books see only the one whose count comes next.
func TestCloneThatShowsOnlyItsSecondReport(t *testing.T) {
	is := newTestIssuer(t, "Example", false)
	dev := testDevice(t, is, "A1")
	a := is.authorize(t, dev.Identity(), 1, Grant{2, 1, 0})
	books, err := Books{Identity: dev.Identity()}.Issue(Issued{Number: 1, Draws: []Draw{{1, Grant{2, 1, 0}}}, Digest: a.Digest()})
	if err != nil {
		t.Fatal(err)
	}
	held := install(t, dev, a)
	reported, first := Report(held)
	_, second := Report(reported.(Reserved).Return()) // count 2: holds nothing
	for _, s := range []Status{first, second} {
		if books, _, err = books.Report(s); err != nil {
			t.Fatal(err)
		}
	}
	copied, _ := Report(reported) // the copy's count 2, never shown
	_, third := Report(copied)    // the copy's count 3: holds number 1
	_, _, err = books.Report(third)
	wantReason(t, err, Quarantined)
}

func TestAuthorizationNeedsItsDay(t *testing.T) {
	is := newTestIssuer(t, "Example", false)
	dev := testDevice(t, is, "A1")
	_, err := SignAuthorization(is.trust, dev.Identity(), Draft{Number: 1, Grants: []Grant{{2, 1, 0}}}, is.issue)
	wantReason(t, err, OutOfRange)
	a := is.authorize(t, dev.Identity(), 1, Grant{2, 1, 0})
	u, err := ParseAuthorization(a.Body())
	if err != nil {
		t.Fatal(err)
	}
	undated := u.terms
	undated.issued = 0
	body := append(undated.encode(1), bytes.Clone(a.Body()[len(u.covered):])...)
	_, err = ParseAuthorization(body)
	wantReason(t, err, Malformed)
}

func TestReportKeepsAnExtension(t *testing.T) {
	is := newTestIssuer(t, "Example", false)
	dev := testDevice(t, is, "A1")
	c := statusContent{device: dev.identity.did.Prefix(), floor: 1, latest: testToday, root: 1, count: 1,
		extensions: []extension{{0x05, []byte("later")}}}
	status := signStatus(c, dev.identity, dev.seed.key())
	opened, err := OpenStatus(status.Body(), dev.identity)
	if err != nil || opened.Digest() != status.Digest() {
		t.Fatalf("a report with an extension that is not critical: %v", err)
	}
	c.extensions[0].kind |= criticalBit
	_, err = OpenStatus(signStatus(c, dev.identity, dev.seed.key()).Body(), dev.identity)
	wantReason(t, err, Unsupported)
}

func TestReceiptHintIsCompared(t *testing.T) {
	is := newTestIssuer(t, "Example", false)
	dev := testDevice(t, is, "A1")
	body := dev.Receipt().Body()
	body[0] ^= 0x80
	x, err := Inspect(ReceiptKind, body, is.trust, dev.Identity())
	if err != nil || x.Verified {
		t.Errorf("verified %v, %v", x.Verified, err)
	}
	r, err := ParseReceipt(body)
	if err != nil {
		t.Fatal(err)
	}
	_, _, err = Books{Identity: dev.Identity()}.Receive(r)
	wantReason(t, err, ReceiptMismatch)
}

func TestNumbersStayWithinReach(t *testing.T) {
	is := newTestIssuer(t, "Example", false)
	dev := testDevice(t, is, "A1")
	b := Books{Identity: dev.Identity()}
	for range maxJump + 1 {
		n, err := b.Next()
		if err != nil {
			t.Fatal(err)
		}
		b.Issued = append(b.Issued, Issued{Number: n})
	}
	_, err := b.Next()
	wantReason(t, err, OutOfRange)
	if _, _, err := Install(dev, is.authorize(t, dev.Identity(), b.Last(), Grant{2, 1, 0}).Body(), testNow); err != nil {
		t.Errorf("the last one in reach: %v", err)
	}
}

func TestBundleWithinBounds(t *testing.T) {
	is := newTestIssuer(t, "Example", false)
	roots := [][]byte{is.trust.Root().Raw()}
	template := is.trust.Root().Template()
	template.Extensions = []keys.Extension{{Type: 1, Data: make([]byte, 15<<10)}}
	last, size := is.trust.Root(), 0
	for ; size <= BundleKind.Max; size += len(roots[len(roots)-1]) {
		template.RevalidateHours++
		signed, err := template.Sign(&last, is.root)
		if err != nil {
			t.Fatal(err)
		}
		roots = append(roots, signed)
		chain, err := keys.OpenRoots(roots)
		if err != nil {
			t.Fatal(err)
		}
		last = chain.Newest()
	}
	_, err := NewTrust(roots, is.trust.Catalog().Raw())
	wantReason(t, err, OutOfRange)
	large, err := NewTrust(roots[:len(roots)-2], is.trust.Catalog().Raw())
	if err != nil {
		t.Fatal(err)
	}
	text := strings.Join(large.Code().Wrapped(76), "\n")
	reading, err := codec.Decode(text, Kinds()...)
	if err != nil || len(text) > 1<<20 {
		t.Fatalf("%d characters: %v", len(text), err)
	}
	if _, err := OpenTrust(reading.Body); err != nil {
		t.Fatal(err)
	}
}
