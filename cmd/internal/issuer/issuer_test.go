package issuer

import (
	"bytes"
	"slices"
	"testing"

	"tallystick/codec"
	"tallystick/keys"
	"tallystick/reserve"
)

func TestSameRequestSameBytes(t *testing.T) {
	f := newOffice(t)
	f.buy("dna-advantage", 10, 0)
	u := f.newDevice("A1")
	first := f.authorize(f.request(u, "dna-advantage=2"))
	again := f.authorize(f.request(u, "dna-advantage=2"))
	if !again.Repeated || !bytes.Equal(first.Authorization, again.Authorization) {
		t.Error("the same request gave other bytes")
	}
	f.now = f.now.AddDate(0, 0, 3)
	if other := f.authorize(f.request(u, "dna-advantage=3")); other.Repeated || other.Number != 2 {
		t.Errorf("another wish: number %d, repeated %v", other.Number, other.Repeated)
	}
	f.wantPool("dna-advantage", 10, 3, 3)
	if got, err := f.Reprint(t.Context(), "A1", 1); err != nil || !bytes.Equal(got.Authorization, first.Authorization) {
		t.Errorf("reprint: %v", err)
	}
}

// TestKeptAndEndedLines: an ended line never blocks another, what isn't named is kept as it is.
func TestKeptAndEndedLines(t *testing.T) {
	f := newOffice(t)
	today := f.today()
	f.buy("network-advantage", 5, 0)
	f.buy("dna-advantage", 5, today+10)
	late := f.buy("dna-advantage", 5, today+500)
	u := f.newDevice("A1")
	r := f.install(u, f.authorize(f.request(u, "network-advantage=1", "dna-advantage=5")))
	f.confirmed(r)
	f.now = f.now.AddDate(0, 0, 20)
	f.wantPool("dna-advantage", 5, 0, 0) // the ended purchase left, and what was reserved of it
	r = f.install(r, f.authorize(f.push("A1", "network-advantage=2")))
	f.confirmed(r)
	if got := r.Authorization().Grants(); len(got) != 1 || got[0].Count != 2 {
		t.Errorf("grants %v, want only the one that has not ended", got)
	}
	a := f.authorize(f.push("A1", "dna-advantage=+1"))
	draws := a.Plan.draws
	if !slices.ContainsFunc(draws, func(d reserve.Draw) bool { return d.Lot == late && d.Grant.Count == 1 }) {
		t.Errorf("draws %v, want one of the purchase that lasts", draws)
	}
	f.wantPool("network-advantage", 5, 2, 0)
	f.wantPool("dna-advantage", 5, 1, 1)
}

func TestOnlyAndZero(t *testing.T) {
	f := newOffice(t)
	f.buy("network-advantage", 5, 0)
	f.buy("dna-advantage", 5, 0)
	u := f.newDevice("A1")
	_, err := f.tryAuthorize(f.request(u, "dna-advantage=0"))
	wantReason(t, err, reserve.OutOfRange)
	r := f.install(u, f.authorize(f.request(u, "network-advantage=1", "dna-advantage=2")))
	f.confirmed(r)
	r = f.install(r, f.authorize(f.push("A1", "dna-advantage=0")))
	f.wantPool("dna-advantage", 5, 2, 0) // until the device confirms
	f.confirmed(r)
	f.wantPool("dna-advantage", 5, 0, 0)
	w := f.push("A1", "dna-advantage=1")
	w.Only = true
	r = f.install(r, f.authorize(w))
	f.confirmed(r)
	f.wantPool("network-advantage", 5, 0, 0)
	f.wantPool("dna-advantage", 5, 1, 0)
	nothing := Wish{Device: "A1", Only: true} // the empty authorization takes everything away
	r = f.install(r, f.authorize(nothing))
	f.wantPool("dna-advantage", 5, 1, 0)
	f.confirmed(r)
	f.wantPool("dna-advantage", 5, 0, 0)
}

func TestPreviewIsWhatIsSigned(t *testing.T) {
	f := newOffice(t)
	f.buy("dna-advantage", 5, 0)
	u := f.newDevice("A1")
	w := f.request(u, "dna-advantage=2")
	p, err := f.Plan(t.Context(), w)
	if err != nil {
		t.Fatal(err)
	}
	f.authorize(f.request(u, "dna-advantage=4")) // somebody else, in between
	_, err = f.Officer.Authorize(t.Context(), w, p)
	wantReason(t, err, reserve.Busy)
	f.wantPool("dna-advantage", 5, 4, 4)
}

func TestForkedLedgerIsNoticed(t *testing.T) {
	f := newOffice(t)
	f.buy("dna-advantage", 5, 0)
	u := f.newDevice("A1")
	q := u.Request()
	f.authorize(f.request(u, "dna-advantage=1"))
	// The device installs number 2, which these books never issued.
	trust, err := f.Trust(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	key, err := f.signer(trust, keys.RoleIssue)
	if err != nil {
		t.Fatal(err)
	}
	foreign, err := reserve.SignAuthorization(trust, q.Identity(), reserve.Draft{Number: 2, Issued: f.today(),
		Grants: []reserve.Grant{{Entitlement: 4, Count: 5}}}, key)
	if err != nil {
		t.Fatal(err)
	}
	r := f.install(u, Issuance{Authorization: foreign.Body()})
	_, err = f.receive(r.Receipt().Code())
	wantReason(t, err, reserve.Suspect)
	f.wantPool("dna-advantage", 5, 1, 1)
	_, err = f.tryAuthorize(f.push("A1", "dna-advantage=2"))
	wantReason(t, err, reserve.Suspect)
	got, err := f.receive(r.Return().Receipt().Code())
	if err != nil || !got.Cleared {
		t.Errorf("a return clears it: %+v, %v", got, err)
	}
	f.wantPool("dna-advantage", 5, 0, 0)
}

// TestReplaceTheRootKey: the key that signed every trust root so far can be retired, once there is
// another.
func TestReplaceTheRootKey(t *testing.T) {
	f := newOffice(t)
	f.buy("dna-advantage", 5, 0)
	old := f.listedKeys()[0].Public.Fingerprint().String()
	_, _, err := f.RetireKey(t.Context(), old, Memo{}, false)
	wantReason(t, err, reserve.ThresholdNotMet)
	if _, _, err := f.NewKey(t.Context(), "root 2", keys.RoleRoot, Memo{}, false); err != nil {
		t.Fatal(err)
	}
	if _, _, err := f.RetireKey(t.Context(), old, Memo{}, false); err != nil {
		t.Fatal(err)
	}
	if _, _, err := f.NewKey(t.Context(), "log 2", keys.RoleLog, Memo{}, false); err != nil {
		t.Errorf("the new root key signs alone: %v", err)
	}
	u := f.newDevice("A1")
	f.confirmed(f.install(u, f.authorize(f.request(u, "dna-advantage=1"))))
	trust, err := f.Trust(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := f.ledger.Verify(t.Context(), trust, nil); err != nil {
		t.Error(err)
	}
}

func TestForgedReceipt(t *testing.T) {
	f := newOffice(t)
	f.buy("dna-advantage", 5, 0)
	u := f.newDevice("A1")
	r := f.install(u, f.authorize(f.request(u, "dna-advantage=1")))
	body := r.Receipt().Body()
	body[5] ^= 1
	forged, err := codec.Encode(reserve.ReceiptKind, body)
	if err != nil {
		t.Fatal(err)
	}
	_, err = f.receive(forged)
	wantReason(t, err, reserve.ReceiptMismatch)
	body[0] ^= 1 // the hint is of no device
	if forged, err = codec.Encode(reserve.ReceiptKind, body); err != nil {
		t.Fatal(err)
	}
	_, err = f.receive(forged)
	wantReason(t, err, reserve.UnknownDevice)
	f.wantPool("dna-advantage", 5, 1, 1)
}

func TestKeys(t *testing.T) {
	f := newOffice(t)
	f.buy("dna-advantage", 5, 0)
	u := f.newDevice("A1")
	first := f.listedKeys()
	if len(first) != 3 {
		t.Fatal(first)
	}
	second, _, err := f.NewKey(t.Context(), "issue 2", keys.RoleIssue|keys.RoleExport|keys.RoleWriteOff, Memo{}, false)
	if err != nil {
		t.Fatal(err)
	}
	name := first[1].Public.Fingerprint().String()
	if _, repeated, err := f.CompromiseKey(t.Context(), name, Memo{Reason: "stolen"}, false); err != nil || repeated {
		t.Fatal(repeated, err)
	}
	if _, repeated, err := f.CompromiseKey(t.Context(), name, Memo{}, false); err != nil || !repeated {
		t.Error(repeated, err)
	}
	_, _, err = f.RetireKey(t.Context(), second.Public.Fingerprint().String(), Memo{}, false)
	wantReason(t, err, reserve.ThresholdNotMet) // nobody would be left to issue
	a := f.authorize(f.request(u, "dna-advantage=1"))
	trust, err := f.Trust(t.Context())
	if err != nil || trust.Root().Version() != 3 {
		t.Fatalf("trust root version %d, %v", trust.Root().Version(), err)
	}
	opened, err := reserve.OpenAuthorization(a.Authorization, trust, u.Identity())
	if err != nil || opened.Signers()[0].Index != second.Index {
		t.Errorf("signed by %+v, %v", opened.Signers(), err)
	}
	if err := f.ledger.Verify(t.Context(), trust, nil); err != nil {
		t.Error(err)
	}
}
