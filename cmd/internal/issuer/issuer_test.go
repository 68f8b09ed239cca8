package issuer

import (
	"bytes"
	"context"
	"io"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"tallystick/cmd/internal/ledger"
	"tallystick/codec"
	"tallystick/keys"
	"tallystick/reserve"
	"tallystick/testvectors"
	"tallystick/testvectors/labeled"
)

// office is an issuer at work, with a clock to be moved.
type office struct {
	*Officer
	t    *testing.T
	now  time.Time
	rand io.Reader
}

var plant = mustPath("acme/plant-7")

func mustPath(s string) ledger.Path {
	p, err := ledger.ParsePath(s)
	if err != nil {
		panic(err)
	}
	return p
}

const testPassphrase = "correct horse"

func newOffice(t *testing.T) *office {
	t.Helper()
	f := &office{t: t, now: time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC), rand: labeled.Reader(t.Name())}
	home := filepath.Join(t.TempDir(), "home")
	w := World{Now: func() time.Time { return f.now }, Rand: f.rand, WorkFactor: 4, Actor: "tester", AnchorDir: filepath.Join(filepath.Dir(home), "anchors")}
	text, err := testvectors.Catalog(testvectors.NetworkSwitch)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Init(home, Birth{Name: "Example", Catalog: text, Passphrase: []byte(testPassphrase)}, w); err != nil {
		t.Fatal(err)
	}
	is, err := Open(home, w)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { is.Close() })
	if f.Officer, err = is.Unlock([]byte(testPassphrase)); err != nil {
		t.Fatal(err)
	}
	on := true
	if _, _, err := f.NewAccount(t.Context(), plant, Settings{Reservation: &on}, Memo{}, false); err != nil {
		t.Fatal(err)
	}
	return f
}

func (f *office) buy(tag string, n uint32, ends keys.Day) reserve.LotID {
	f.t.Helper()
	lot, _, err := f.AddLicense(f.t.Context(), Purchase{Account: plant, Entitlement: tag, Quantity: n, Ends: ends}, Memo{}, false)
	if err != nil {
		f.t.Fatal(err)
	}
	return lot.ID
}

func (f *office) newDevice(serial string) reserve.Unreserved {
	f.t.Helper()
	trust, err := f.Trust(f.t.Context())
	if err != nil {
		f.t.Fatal(err)
	}
	udi, err := reserve.NewUDI("C9300-24T", serial)
	if err != nil {
		f.t.Fatal(err)
	}
	u, err := reserve.NewInstance(udi, trust, f.rand, f.now)
	if err != nil {
		f.t.Fatal(err)
	}
	return u
}

// grants reads "tag=n" and "tag=+n".
func grants(t *testing.T, words ...string) []Change {
	t.Helper()
	var out []Change
	for _, w := range words {
		c, err := ParseGrant(w)
		if err != nil {
			c, err = ParseChange(w)
		}
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, c)
	}
	return out
}

func (f *office) authorize(w Wish) Issuance {
	f.t.Helper()
	i, err := f.tryAuthorize(w)
	if err != nil {
		f.t.Fatal(err)
	}
	return i
}

func (f *office) tryAuthorize(w Wish) (Issuance, error) {
	p, err := f.Plan(f.t.Context(), w)
	if err != nil {
		return Issuance{}, err
	}
	return f.Officer.Authorize(f.t.Context(), w, p)
}

func (f *office) request(u reserve.Instance, words ...string) Wish {
	q := u.Request()
	return Wish{Request: &q, Account: plant, Changes: grants(f.t, words...)}
}

func (f *office) push(serial string, words ...string) Wish {
	return Wish{Device: serial, Changes: grants(f.t, words...)}
}

func (f *office) install(i reserve.Instance, a Issuance) reserve.Reserved {
	f.t.Helper()
	r, _, err := reserve.Install(i, a.Authorization, f.now)
	if err != nil {
		f.t.Fatal(err)
	}
	return r
}

// receive takes a code of a device as a person would carry it: as text.
func (f *office) receive(code codec.Code) (Received, error) {
	reading, err := codec.Decode(code.Paste(), reserve.Kinds()...)
	if err != nil {
		f.t.Fatal(err)
	}
	return f.Receive(context.Background(), reading, "", false)
}

func (f *office) confirmed(i reserve.Instance) {
	f.t.Helper()
	if _, err := f.receive(i.Receipt().Code()); err != nil {
		f.t.Fatal(err)
	}
}

// pool returns purchased, reserved and in transit.
func (f *office) pool(tag string) [3]uint64 {
	f.t.Helper()
	var out [3]uint64
	err := f.View(f.t.Context(), func(tx *ledger.Tx) error {
		pools, err := tx.Pools(plant, f.today())
		for _, p := range pools {
			if p.Tag == tag {
				out = [3]uint64{p.Purchased, p.Reserved, p.InTransit}
				if p.Available != p.Purchased-p.Reserved {
					f.t.Errorf("pool %+v does not add up", p)
				}
			}
		}
		return err
	})
	if err != nil {
		f.t.Fatal(err)
	}
	return out
}

func (f *office) wantPool(tag string, purchased, reserved, transit uint64) {
	f.t.Helper()
	if got := f.pool(tag); got != [3]uint64{purchased, reserved, transit} {
		f.t.Errorf("%s: purchased, reserved, in transit %v, want %d %d %d", tag, got, purchased, reserved, transit)
	}
}

func wantReason(t *testing.T, err error, want reserve.Reason) {
	t.Helper()
	if reasonOf(err) != want {
		t.Errorf("got %v, want a refusal for %q", err, want)
	}
}

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
