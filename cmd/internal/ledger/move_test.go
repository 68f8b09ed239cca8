package ledger

import (
	"context"
	"testing"

	"tallystick/reserve"
)

var plant8 = Path{"acme/plant-8"}

// A device takes along what is reserved for it: neither side has more or less available, and what it
// gives back later is credited where it is by then.
func TestMoveDeviceTakesItsLicensesAlong(t *testing.T) {
	l := newLedger(t)
	update(t, l, func(tx *Tx) error { return tx.AddAccount(plant8, Settings{Reservation: true}) })
	lot := addLot(t, l, "premier", 5, 0)
	instance := newInstance("MOVER")
	d := enroll(t, l, instance)
	var a reserve.Authorization
	if err := l.Update(context.Background(), func(tx *Tx) (err error) {
		a, err = acme.issueTo(tx, d.ID, draw(lot, 3, 3))
		return err
	}); err != nil {
		t.Fatal(err)
	}
	update(t, l, func(tx *Tx) error { return tx.MoveDevice(d.ID, plant8) })
	checkPools(t, l, "premier", map[Path][3]uint64{plant7: {2, 0, 2}, plant8: {3, 3, 0}})

	// A larger one, drawing on what moved and on what is bought for the new account.
	var bought reserve.LotID
	update(t, l, func(tx *Tx) (err error) {
		bought, err = tx.AddLot(NewLot{Account: plant8, Tag: "premier", Quantity: 4, Starts: testToday})
		return err
	})
	update(t, l, func(tx *Tx) error { return tx.MoveDevice(d.ID, plant8) }) // where it is
	if err := l.Update(context.Background(), func(tx *Tx) error {
		charges, err := tx.Charges(d.ID)
		if err != nil {
			return err
		}
		draws := append(draw(charges[0].Lot, 3, 3), draw(bought, 3, 2)...)
		_, err = acme.issueTo(tx, d.ID, draws)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	checkPools(t, l, "premier", map[Path][3]uint64{plant7: {2, 0, 2}, plant8: {7, 5, 2}})
	update(t, l, func(tx *Tx) error { return tx.MoveDevice(d.ID, plant7) }) // and back again
	checkPools(t, l, "premier", map[Path][3]uint64{plant7: {7, 5, 2}, plant8: {2, 0, 2}})

	held, _, err := reserve.Install(instance, a.Body(), testNow)
	if err != nil {
		t.Fatal(err)
	}
	back := held.Return()
	back2, err := back.Cancel(2)
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Update(context.Background(), func(tx *Tx) error {
		return receive(tx, d.ID, back2.Receipt())
	}); err != nil {
		t.Fatal(err)
	}
	checkPools(t, l, "premier", map[Path][3]uint64{plant7: {7, 0, 7}, plant8: {2, 0, 2}})
	verified(t, l)
}

func TestMoveLot(t *testing.T) {
	l := newLedger(t)
	update(t, l, func(tx *Tx) error { return tx.AddAccount(plant8, Settings{}) })
	lot := addLot(t, l, "premier", 5, testToday+30)
	d := enroll(t, l, newInstance("HOLDER"))
	if err := l.Update(context.Background(), func(tx *Tx) error {
		_, err := acme.issueTo(tx, d.ID, []reserve.Draw{{Lot: lot, Grant: reserve.Grant{Entitlement: 3, Count: 2, Ends: testToday + 30}}})
		return err
	}); err != nil {
		t.Fatal(err)
	}
	move := func(id reserve.LotID, n uint32, to Path) (target reserve.LotID, err error) {
		err = l.Update(context.Background(), journaled(func(tx *Tx) error { target, err = tx.MoveLot(id, n, to); return err }))
		return target, err
	}
	for _, c := range []struct {
		quantity uint32
		to       Path
		reason   reserve.Reason
	}{{4, plant8, reserve.PoolExhausted}, {0, plant8, reserve.OutOfRange}, {1, plant7, reserve.OutOfRange}, {1, Path{"beta"}, reserve.UnknownAccount}} {
		if _, err := move(lot, c.quantity, c.to); !refusedAs(err, c.reason) {
			t.Errorf("moving %d to %s: %v, want %s", c.quantity, c.to, err, c.reason)
		}
	}
	part, err := move(lot, 1, plant8)
	if err != nil {
		t.Fatal(err)
	}
	rest, err := move(lot, 2, plant8)
	if err != nil || rest != part {
		t.Fatalf("the second part of a purchase went to license %d, the first to %d: %v", rest, part, err)
	}
	checkPools(t, l, "premier", map[Path][3]uint64{plant7: {2, 2, 0}, plant8: {3, 0, 3}})
	if back, err := move(part, 3, plant7); err != nil || back != lot {
		t.Fatalf("moved back to license %d, not %d: %v", back, lot, err)
	}
	checkPools(t, l, "premier", map[Path][3]uint64{plant7: {5, 2, 3}, plant8: {0, 0, 0}})
	verified(t, l)
}

// checkPools compares purchased, reserved and available.
func checkPools(t *testing.T, l *Ledger, tag string, want map[Path][3]uint64) {
	t.Helper()
	view(t, l, func(tx *Tx) error {
		for path, numbers := range want {
			var got [3]uint64
			for _, p := range must(tx.Pools(path, testToday)) {
				if p.Tag == tag {
					got = [3]uint64{p.Purchased, p.Reserved, p.Available}
				}
			}
			if got != numbers {
				t.Errorf("%s has purchased, reserved, available %d of %s, want %d", path, got, tag, numbers)
			}
		}
		return nil
	})
}
