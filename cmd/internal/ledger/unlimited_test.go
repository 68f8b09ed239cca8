package ledger

import (
	"context"
	"testing"

	"tallystick/reserve"
)

// What is without limit is in an account or it is not: it moves and goes as a whole, and a device that
// moves has it where it goes.
func TestUnlimited(t *testing.T) {
	l := newLedger(t)
	update(t, l, func(tx *Tx) error { return tx.AddAccount(plant8, Settings{}) })
	var lot reserve.LotID
	add := func(quantity uint32) error {
		return l.Update(context.Background(), journaled(func(tx *Tx) (err error) {
			lot, err = tx.AddLot(NewLot{Account: plant7, Tag: "ports", Quantity: quantity, Unlimited: true, Starts: testToday})
			return err
		}))
	}
	if err := add(5); !refusedAs(err, reserve.OutOfRange) {
		t.Errorf("5 of what has no limit: %v", err)
	}
	if err := add(reserve.MaxCount); err != nil {
		t.Fatal(err)
	}
	d := enroll(t, l, newInstance("METER"))
	if err := l.Update(context.Background(), func(tx *Tx) error {
		_, err := acme.issueTo(tx, d.ID, draw(lot, 4, 1_000_000))
		return err
	}); err != nil {
		t.Fatal(err)
	}
	refuseParts(t, l, lot)
	checkUnlimited(t, l, map[Path]bool{plant7: true, plant8: false})
	update(t, l, func(tx *Tx) error { return tx.MoveDevice(d.ID, plant8) })
	checkUnlimited(t, l, map[Path]bool{plant7: true, plant8: true})
	update(t, l, func(tx *Tx) error { return tx.ResizeLot(lot, 0) })
	checkUnlimited(t, l, map[Path]bool{plant7: false, plant8: true})
	update(t, l, func(tx *Tx) error { return tx.MoveDevice(d.ID, plant7) })
	checkUnlimited(t, l, map[Path]bool{plant7: true, plant8: true})
	update(t, l, func(tx *Tx) error {
		list := must(tx.Lots(plant8))
		_, err := tx.MoveLot(list[0].ID, reserve.MaxCount, plant7)
		return err
	})
	checkUnlimited(t, l, map[Path]bool{plant7: true, plant8: false})
	verified(t, l)
}

// refuseParts tries what can't be done with a lot without limit that a device has something of.
func refuseParts(t *testing.T, l *Ledger, lot reserve.LotID) {
	t.Helper()
	for what, c := range map[string]struct {
		reason reserve.Reason
		change func(*Tx) error
	}{
		"a part moved":         {reserve.OutOfRange, func(tx *Tx) error { _, err := tx.MoveLot(lot, 7, plant8); return err }},
		"a part removed":       {reserve.OutOfRange, func(tx *Tx) error { return tx.ResizeLot(lot, 2_000_000) }},
		"moved while in use":   {reserve.PoolExhausted, func(tx *Tx) error { _, err := tx.MoveLot(lot, reserve.MaxCount, plant8); return err }},
		"removed while in use": {reserve.PoolExhausted, func(tx *Tx) error { return tx.ResizeLot(lot, 0) }},
		"one that isn't there": {reserve.UnknownLicense, func(tx *Tx) error { return tx.ResizeLot(99, 0) }},
	} {
		if err := l.Update(context.Background(), journaled(c.change)); !refusedAs(err, c.reason) {
			t.Errorf("%s: %v, want %s", what, err, c.reason)
		}
	}
}

func checkUnlimited(t *testing.T, l *Ledger, want map[Path]bool) {
	t.Helper()
	view(t, l, func(tx *Tx) error {
		for path, unlimited := range want {
			for _, p := range must(tx.Pools(path, testToday)) {
				if p.Unlimited != unlimited || unlimited && p.Purchased != reserve.MaxCount || !unlimited && p.Purchased != 0 {
					t.Errorf("the pool of %s is %+v, want unlimited %v", path, p, unlimited)
				}
			}
		}
		return nil
	})
}

// The date that subscriptions end on together comes from the nearest account above.
func TestCoterm(t *testing.T) {
	l := newLedger(t)
	line := Path{"acme/plant-7/line-1"}
	update(t, l, func(tx *Tx) error { return tx.AddAccount(line, Settings{}) })
	set := func(p Path, s Settings) { update(t, l, func(tx *Tx) error { return tx.SetAccount(p, s) }) }
	for _, c := range []struct {
		set  func()
		from Path
		days int
	}{
		{func() {}, Path{}, 0},
		{func() { set(Path{"acme"}, Settings{Coterm: testToday + 10}) }, Path{"acme"}, 10},
		{func() { set(plant7, Settings{Coterm: testToday + 20}) }, plant7, 20},
		{func() { set(line, Settings{Coterm: testToday + 5}) }, line, 5},
		{func() { set(line, Settings{}) }, plant7, 20},
	} {
		c.set()
		view(t, l, func(tx *Tx) error {
			day, from, err := tx.Coterm(line)
			if err != nil || from != c.from || c.days > 0 && int(day-testToday) != c.days || c.days == 0 && day != 0 {
				t.Errorf("%s from %q, %v; want %d days from %q", day, from, err, c.days, c.from)
			}
			return nil
		})
	}
	view(t, l, func(tx *Tx) error {
		if day, from, err := tx.Coterm(Path{"acme/plant-7/to/come"}); day != testToday+20 || from != plant7 || err != nil {
			t.Errorf("of an account that is still to be made: %s from %q, %v", day, from, err)
		}
		return nil
	})
	verified(t, l)
}
