package issuer

import (
	"bytes"
	"testing"

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
