package ledger

import (
	"testing"

	"tallystick/reserve"
)

func TestExpected(t *testing.T) {
	l := newLedger(t)
	known := newInstance("KNOWN")
	u := known.Identity().UDI()
	check := func(found, any bool, account Path) {
		t.Helper()
		view(t, l, func(tx *Tx) error {
			e, gotFound, gotAny, err := tx.Announced(u)
			if err != nil || gotFound != found || gotAny != any || e.Account != account {
				t.Errorf("announced %+v, found %v, any %v, %v", e, gotFound, gotAny, err)
			}
			return nil
		})
	}
	check(false, false, Path{})
	update(t, l, func(tx *Tx) error { _, err := tx.Expect(Expected{Serial: "OTHER"}); return err })
	check(false, true, Path{})
	update(t, l, func(tx *Tx) error { _, err := tx.Expect(Expected{Serial: "KNOWN", Reference: "PO 1"}); return err })
	check(true, true, Path{})
	// The one with a product ID counts before the one without.
	update(t, l, func(tx *Tx) error {
		_, err := tx.Expect(Expected{Serial: "KNOWN", Product: u.Product(), Account: plant7})
		return err
	})
	check(true, true, plant7)
	enroll(t, l, known)
	view(t, l, func(tx *Tx) error {
		var awaited, all []string
		for e := range tx.ExpectedDevices(false) {
			all = append(all, e.Name())
		}
		for e := range tx.ExpectedDevices(true) {
			awaited = append(awaited, e.Name())
		}
		if len(all) != 3 || len(awaited) != 1 || awaited[0] != "OTHER" {
			t.Errorf("announced %q, awaited %q", all, awaited)
		}
		return nil
	})
	update(t, l, func(tx *Tx) error {
		again, err := tx.Unexpect(Expected{Serial: "OTHER"})
		if again {
			t.Error("taken back before")
		}
		return err
	})
	update(t, l, func(tx *Tx) error {
		again, err := tx.Unexpect(Expected{Serial: "OTHER"})
		if !again {
			t.Error("it was taken back twice")
		}
		return err
	})
	verified(t, l)
}

func TestRenameAndCloseAccount(t *testing.T) {
	l := newLedger(t)
	lot := addLot(t, l, "premier", 2, testToday+1)
	try := func(want reserve.Reason, f func(*Tx) error) {
		t.Helper()
		if err := l.Update(t.Context(), journaled(f)); (want == "" && err != nil) || (want != "" && !refusedAs(err, want)) {
			t.Errorf("%v, want %q", err, want)
		}
	}
	renamed := Path{"beta/sites/plant-7"}
	try(reserve.OutOfRange, func(tx *Tx) error { return tx.RenameAccount(Path{"acme"}, Path{"acme/x"}) })
	try(reserve.AlreadyExists, func(tx *Tx) error { return tx.RenameAccount(plant7, Path{"acme"}) })
	try(reserve.InvalidName, func(tx *Tx) error { return tx.RenameAccount(Path{"acme"}, Path{"a/b/c/d/e/f/g/h"}) })
	try("", func(tx *Tx) error { return tx.RenameAccount(plant7, renamed) })
	view(t, l, func(tx *Tx) error {
		if _, err := tx.Account(plant7); !refusedAs(err, reserve.UnknownAccount) {
			t.Errorf("the old path: %v", err)
		}
		if lots := must(tx.Lots(renamed)); len(lots) != 1 || lots[0].ID != lot {
			t.Errorf("its licenses are %v", lots)
		}
		if had := must(tx.HadPath(renamed, plant7)); !had {
			t.Error("the old path is forgotten")
		}
		return nil
	})
	try(reserve.NotEmpty, func(tx *Tx) error { return tx.CloseAccount(renamed, testToday) })
	try(reserve.NotEmpty, func(tx *Tx) error { return tx.CloseAccount(Path{"beta"}, testToday) })
	try("", func(tx *Tx) error { return tx.CloseAccount(renamed, testToday+2) }) // its licenses have ended
	try(reserve.AccountClosed, func(tx *Tx) error {
		_, err := tx.AddLot(NewLot{Account: renamed, Tag: "premier", Quantity: 1, Starts: testToday})
		return err
	})
	try(reserve.AccountClosed, func(tx *Tx) error { return tx.AddAccount(Path{renamed.text + "/deeper"}, Settings{}) })
	try("", func(tx *Tx) error { return tx.ReopenAccount(renamed) })
	try("", func(tx *Tx) error { return tx.SetAccount(renamed, Settings{Reservation: true}) })
	verified(t, l)
}
