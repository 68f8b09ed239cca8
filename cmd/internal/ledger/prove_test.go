package ledger

import (
	"context"
	"fmt"
	"testing"

	"tallystick/cmd/internal/journal"
	"tallystick/reserve"
)

// A customer keeps a proof of every entry, and needs only the issuer's public keys.
func TestProve(t *testing.T) {
	l := busyLedger(t)
	size := head(t, l)
	for n := uint32(1); n <= size; n++ {
		view(t, l, func(tx *Tx) error {
			made, err := tx.Prove(n)
			if err != nil {
				return err
			}
			p, err := journal.OpenProof(made.Text(), acme.trust)
			if err != nil {
				t.Fatalf("entry %d: %v", n, err)
			}
			e, _, err := tx.Entry(n)
			if fmt.Sprint(e) != fmt.Sprint(p.Entry) || p.Tree.Size != size {
				t.Errorf("entry %d came back as %+v of %d", n, p.Entry, p.Tree.Size)
			}
			return err
		})
	}
	if err := l.Update(context.Background(), func(tx *Tx) error { _, err := tx.Append(unsigned("receive")); return err }); err != nil {
		t.Fatal(err)
	}
	for _, n := range []uint32{0, size + 1, size + 2} { // not there, not covered yet
		view(t, l, func(tx *Tx) error {
			if _, err := tx.Prove(n); !refusedAs(err, reserve.OutOfRange) {
				t.Errorf("entry %d: %v", n, err)
			}
			return nil
		})
	}
}

// A tree that was changed proves nothing.
func TestProveDamaged(t *testing.T) {
	path := copyLedger(t, busyLedger(t))
	tamper(t, path, without(t, "node_update", "UPDATE node SET hash = zeroblob(32) WHERE level = 1 AND n = 0")...)
	view(t, reopen(t, path), func(tx *Tx) error {
		if _, err := tx.Prove(3); !refusedAs(err, reserve.LedgerDamaged) {
			t.Errorf("entry 3: %v", err)
		}
		return nil
	})
}
