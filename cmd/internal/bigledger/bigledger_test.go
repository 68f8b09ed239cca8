package bigledger

import (
	"context"
	"errors"
	"testing"

	"tallystick/cmd/internal/ledger"
	"tallystick/reserve"
)

func made(t *testing.T, devices int) (Home, ledger.Tree) {
	t.Helper()
	h := Home{t.TempDir(), devices}
	if err := Make(context.Background(), h, nil); err != nil {
		t.Fatal(err)
	}
	return h, treeOf(t, h)
}

func treeOf(t *testing.T, h Home) (tree ledger.Tree) {
	t.Helper()
	l, err := ledger.Open(h.Ledger())
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if err := l.View(context.Background(), func(tx *ledger.Tx) (err error) {
		tree, err = tx.Tree()
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return tree
}

// TestMade shows that an audit finds nothing, and that everything is there that a benchmark is to
// meet.
func TestMade(t *testing.T) {
	const devices = 300
	h, tree := made(t, devices)
	if want := (shape{devices}).total() + 1; tree.Size != want {
		t.Errorf("%d journal entries, want %d", tree.Size, want)
	}
	l, err := ledger.Open(h.Ledger())
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if err := l.Verify(context.Background(), reserve.Trust{}, nil); err != nil {
		t.Error(err)
	}
	err = l.View(context.Background(), func(tx *ledger.Tx) error {
		for _, s := range []reserve.Standing{reserve.Steady, reserve.Outstanding, reserve.Empty} {
			if n, err := tx.CountDevices(ledger.DeviceFilter{Standing: s}); err != nil || n == 0 {
				t.Errorf("%d devices are %s: %v", n, s, err)
			}
		}
		d, err := tx.DeviceByUDI(h.UDI(devices - 1))
		if err != nil {
			return err
		}
		if all, err := tx.Authorizations(d.ID); err != nil || len(all) != passes {
			t.Errorf("%d authorizations: %v", len(all), err)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

// TestMadeAgain shows that what was interrupted is gone on with, and comes to the same.
func TestMadeAgain(t *testing.T) {
	const devices = 700
	_, want := made(t, devices)
	h := Home{t.TempDir(), devices}
	ctx, cancel := context.WithCancel(context.Background())
	steps := 0
	err := Make(ctx, h, func(uint32, uint32) {
		if steps++; steps == 2 {
			cancel()
		}
	})
	if !errors.Is(err, context.Canceled) {
		t.Fatalf("an interrupted Make says %v", err)
	}
	if err := Make(context.Background(), h, nil); err != nil {
		t.Fatal(err)
	}
	if got := treeOf(t, h); got != want {
		t.Errorf("the tree is %v, want %v", got, want)
	}
}
