package issuer

import (
	"bytes"
	"testing"

	"tallystick/cmd/internal/ledger"
	"tallystick/codec"
	"tallystick/reserve"
)

// What the model found, each in the fewest steps.

// TestTakingEverythingTwice: to take everything away again is the same wish, whose stored bytes are
// the answer.
func TestTakingEverythingTwice(t *testing.T) {
	f := newOffice(t)
	f.buy("dna-advantage", 5, 0)
	u := f.newDevice("A1")
	f.confirmed(f.install(u, f.authorize(f.request(u, "dna-advantage=1"))))
	first := f.authorize(Wish{Device: "A1", Only: true})
	for _, again := range []Wish{{Device: "A1", Only: true}, f.push("A1", "dna-advantage=0"), f.push("A1")} {
		if got := f.authorize(again); !got.Repeated || got.Number != 2 || !bytes.Equal(got.Authorization, first.Authorization) {
			t.Errorf("number %d, repeated %v", got.Number, got.Repeated)
		}
	}
}

// TestReturnOfAQuarantinedDevice: a return code is a return code whatever the books think of the
// device, so that the refusal is of what is the matter.
func TestReturnOfAQuarantinedDevice(t *testing.T) {
	f := newOffice(t)
	f.buy("dna-advantage", 5, 0)
	u := f.newDevice("A1")
	held := f.install(u, f.authorize(f.request(u, "dna-advantage=1")))
	_, status := reserve.Report(held)
	_, other := reserve.Report(reserve.Observe(held, f.now.AddDate(0, 0, 1), 0, false))
	if _, err := f.receive(status.Code()); err != nil {
		t.Fatal(err)
	}
	_, err := f.receive(other.Code())
	wantReason(t, err, reserve.Quarantined)
	reading, err := codec.Decode(held.Return().Receipt().Code().Paste(), reserve.Kinds()...)
	if err != nil {
		t.Fatal(err)
	}
	_, err = f.Receive(t.Context(), reading, KindReturn, false)
	wantReason(t, err, reserve.Quarantined)
	_, err = f.Receive(t.Context(), reading, KindConfirmation, false)
	wantReason(t, err, reserve.WrongKind)
	f.wantPool("dna-advantage", 5, 1, 0)
}

// TestPreviewOfADoneOperation: that the answer of an operation is not shown again is told by the
// preview, not after somebody agreed to it.
func TestPreviewOfADoneOperation(t *testing.T) {
	f := newOffice(t)
	f.buy("dna-advantage", 5, 0)
	u := f.newDevice("A1")
	w := f.request(u, "dna-advantage=1")
	w.Op = "order 7"
	f.confirmed(f.install(u, f.authorize(w)).Return())
	_, err := f.Plan(t.Context(), w)
	wantReason(t, err, reserve.Superseded)
}

// TestRenewalIsSignedAsPlanned: what is renewed from a license with an end is signed so, though there is
// one without end that would be drawn on first if the device were asked about alone.
func TestRenewalIsSignedAsPlanned(t *testing.T) {
	f := newOffice(t)
	f.buy("network-essentials", 1, f.today()+20)
	f.buy("network-advantage", 1, f.today()+40)
	u := f.newDevice("A1")
	f.confirmed(f.install(u, f.authorize(f.request(u, "network-essentials=1"))))
	f.buy("network-essentials", 1, 0)
	p := f.planRenewal(Renewal{Entitlement: "network-essentials", Borrow: []Borrowing{{"network-essentials", "network-advantage"}}})
	f.wantStates(p, "A1 renew 40")
	if got := f.renewAll(p)["A1"]; got.Err != nil || got.Issuance.Number != 2 {
		t.Errorf("number %d, %v", got.Issuance.Number, got.Err)
	}
	f.wantPool("network-advantage", 1, 1, 1)
	f.verify()
}

// TestRenewalOfADeviceOnOptionKeys: that a device runs on option keys is told by the preview. It came to
// both when the office's clock was put right.
func TestRenewalOfADeviceOnOptionKeys(t *testing.T) {
	f := newOffice(t)
	f.buy("dna-advantage", 1, f.today()+20)
	u := f.newDevice("A1")
	key := ledger.OptionKey{UDI: u.Identity().UDI(), Index: 1, Option: "feature", Tag: "dna-advantage", Quantity: 1, Ends: f.today() + 1}
	if _, err := f.AddOptionKeys(t.Context(), []ledger.OptionKey{key}, Memo{}, false); err != nil {
		t.Fatal(err)
	}
	f.now = f.now.AddDate(0, 0, 2)
	f.confirmed(f.install(u, f.authorize(f.request(u, "dna-advantage=1"))))
	f.buy("dna-advantage", 1, f.today()+50)
	f.now = f.now.AddDate(0, 0, -2)
	p := f.planRenewal(Renewal{Account: plant, Entitlement: "dna-advantage"})
	f.wantStates(p, "A1 refused")
	wantReason(t, p.Rows[0].Err, reserve.LicensingMode)
}

// TestOpenBelowAClosedAccount: what is below a closed account stays closed, until that is opened.
func TestOpenBelowAClosedAccount(t *testing.T) {
	f := newOffice(t)
	above, below := mustPath("beta"), mustPath("beta/annex")
	f.must(f.open1(below.String()))
	for _, p := range []ledger.Path{below, above} {
		_, _, err := f.CloseAccount(t.Context(), p, Memo{}, false)
		f.must(err)
	}
	wantReason(t, f.open1(below.String()), reserve.AccountClosed)
	f.must(f.open1(above.String()))
	f.must(f.open1(below.String()))
	f.verify()
}

// TestReplacementRepeatedAfterANewIdentity: the operation has its answer whatever identity the device
// that failed has by now.
func TestReplacementRepeatedAfterANewIdentity(t *testing.T) {
	f := newOffice(t)
	f.buy("dna-advantage", 5, 0)
	f.dead("DEAD", "dna-advantage=2")
	r := f.replacing("DEAD", f.newDevice("FRESH"))
	r.Op = "case 7"
	first := f.rma(r)
	f.authorize(f.request(f.newDevice("DEAD"), "dna-advantage=1"))
	if again := f.rma(r); !again.Repeated || !bytes.Equal(again.Issued.Authorization, first.Issued.Authorization) {
		t.Errorf("number %d, repeated %v", again.Issued.Number, again.Repeated)
	}
	f.wantPending("dna-advantage", 5, 3, 2)
}

// TestOperationOfADeviceThatWasWrittenOff: that its answer is not shown again is told by the preview.
func TestOperationOfADeviceThatWasWrittenOff(t *testing.T) {
	f := newOffice(t)
	f.buy("dna-advantage", 5, 0)
	u := f.newDevice("DEAD")
	w := f.request(u, "dna-advantage=1")
	w.Op = "order 7"
	f.install(u, f.authorize(w))
	if _, err := f.tryWriteOff("DEAD"); err != nil {
		t.Fatal(err)
	}
	_, err := f.Plan(t.Context(), w)
	wantReason(t, err, reserve.DeviceWrittenOff)
}

// TestBatchAnswersThatAreStale: the stored answer of a row is not shown any more when its device put it
// behind itself after the preview; where all rows were to be done or none, none is.
func TestBatchAnswersThatAreStale(t *testing.T) {
	for _, whole := range []bool{false, true} {
		f := newOffice(t)
		f.buy("dna-advantage", 5, 0)
		u := f.newDevice("A1")
		held := f.install(u, f.authorize(f.request(u, "dna-advantage=1")))
		p := f.planBatch(Batch{Whole: whole}, f.batchFile("known A1", "dna-advantage=1", "N1", "dna-advantage=1"))
		f.wantBatch(p, "again sign")
		f.confirmed(held.Return())
		err := f.Batch(t.Context(), p, func(int) {})
		if p.Rows[0].State != BatchRefused || len(p.Rows[0].Authorization) > 0 {
			t.Errorf("whole %v: number %d is %s", whole, p.Rows[0].Number, p.Rows[0].State)
		}
		wantReason(t, p.Rows[0].Err, reserve.Busy)
		if whole {
			wantReason(t, err, reserve.Busy)
			f.wantPool("dna-advantage", 5, 0, 0)
			continue
		}
		f.must(err)
		f.wantBatch(p, "refused signed")
	}
}

// TestBatchBeforeAWriteOff: the same file again shows no code of a device that was written off since.
func TestBatchBeforeAWriteOff(t *testing.T) {
	f := newOffice(t)
	f.buy("dna-advantage", 5, 0)
	b := Batch{Op: "site 42"}
	f.must(f.Batch(t.Context(), f.planBatch(b, f.batchFile("N1", "dna-advantage=1", "N2", "dna-advantage=1")), func(int) {}))
	if _, err := f.tryWriteOff("N1"); err != nil {
		t.Fatal(err)
	}
	p, found, err := f.BatchBefore(t.Context(), b, nil)
	f.must(err)
	if !found || len(p.Rows) != 2 || len(p.Rows[0].Authorization) > 0 {
		t.Fatalf("found %v: %+v", found, p)
	}
	f.wantBatch(p, "refused again")
	wantReason(t, p.Rows[0].Err, reserve.DeviceWrittenOff)
}

// TestBatchReceiveKeepsWhatItFinds: a batch writes down that there are two of a device, as taking the code
// alone does, also where it has no other rows.
func TestBatchReceiveKeepsWhatItFinds(t *testing.T) {
	f := newOffice(t)
	f.buy("dna-advantage", 5, 0)
	u := f.newDevice("A1")
	held := f.install(u, f.authorize(f.request(u, "dna-advantage=1")))
	_, status := reserve.Report(held)
	_, other := reserve.Report(reserve.Observe(held, f.now.AddDate(0, 0, 1), 0, false))
	if _, err := f.receive(status.Code()); err != nil {
		t.Fatal(err)
	}
	rows, err := ReadReceived(other.Code().Paste())
	f.must(err)
	acts := f.Receiving()
	p, err := acts.Plan(t.Context(), Batch{}, rows)
	f.must(err)
	if !p.Signs() {
		t.Error("the batch has nothing to write down")
	}
	f.must(acts.Do(t.Context(), p, func(int) {}))
	f.wantBatch(p, "refused")
	wantReason(t, p.Rows[0].Err, reserve.Quarantined)
	_, err = f.Plan(t.Context(), f.push("A1", "dna-advantage=2"))
	wantReason(t, err, reserve.Quarantined)
}

// TestBatchNamesADeviceTwice: whatever two rows call it, so that the same file again changes nothing.
func TestBatchNamesADeviceTwice(t *testing.T) {
	f := newOffice(t)
	f.buy("dna-advantage", 5, 0)
	f.must(f.open1("acme/store"))
	f.must(f.open1("acme/annex"))
	f.authorize(f.request(f.newDevice("A1"), "dna-advantage=1"))
	for _, want := range []string{"signed refused", "again refused"} {
		rows, err := ReadMoves([]byte("device,account\nA1,acme/store\nC9300-24T:A1,acme/annex\n"))
		f.must(err)
		acts := f.Moving(Memo{})
		p, err := acts.Plan(t.Context(), Batch{}, rows)
		f.must(err)
		f.must(acts.Do(t.Context(), p, func(int) {}))
		f.wantBatch(p, want)
		wantReason(t, p.Rows[1].Err, reserve.DuplicateDevice)
	}
}

// TestBatchMovesThatAreStale: what was there already when it was previewed and was moved away since is
// not said to be there.
func TestBatchMovesThatAreStale(t *testing.T) {
	f := newOffice(t)
	f.buy("dna-advantage", 5, 0)
	f.must(f.open1("acme/store"))
	f.authorize(f.request(f.newDevice("A1"), "dna-advantage=1"))
	f.authorize(f.request(f.newDevice("A2"), "dna-advantage=1"))
	rows, err := ReadMoves([]byte("device,account\nA1," + plant.String() + "\nA2,acme/store\n"))
	f.must(err)
	acts := f.Moving(Memo{})
	p, err := acts.Plan(t.Context(), Batch{}, rows)
	f.must(err)
	f.wantBatch(p, "again sign")
	_, err = f.MoveDevices(t.Context(), []string{"A1"}, mustPath("acme/store"), Memo{}, false)
	f.must(err)
	f.must(acts.Do(t.Context(), p, func(int) {}))
	f.wantBatch(p, "refused signed")
	wantReason(t, p.Rows[0].Err, reserve.Busy)
}

// TestBatchNamesWhatItEnrolls: a row by name and one by request are about the same new device. Asked for
// again, when it is known by its name, the file has the same answer.
func TestBatchNamesWhatItEnrolls(t *testing.T) {
	f := newOffice(t)
	f.buy("dna-advantage", 5, 0)
	data := f.batchFile("known N1", "dna-advantage=2", "N1", "dna-advantage=1")
	for _, want := range []string{"refused signed", "refused again"} {
		p := f.planBatch(Batch{}, data)
		f.must(f.Batch(t.Context(), p, func(int) {}))
		f.wantBatch(p, want)
		f.wantPool("dna-advantage", 5, 1, 1)
	}
}

// TestBatchKeepsWhatIsBorrowed: a row that asks for what its device has needs nothing of a pool, also where
// that is borrowed from a higher tier.
func TestBatchKeepsWhatIsBorrowed(t *testing.T) {
	f := newOffice(t)
	f.buy("network-advantage", 1, 0)
	w := f.request(f.newDevice("A1"), "network-essentials=1")
	w.Borrow = []Borrowing{{"network-essentials", "network-advantage"}}
	f.authorize(w)
	f.wantBatch(f.planBatch(Batch{}, f.batchFile("known A1", "network-essentials=1")), "again")
}
