package ledger

import (
	"bytes"
	"context"
	"fmt"
	"testing"

	"tallystick/keys"
	"tallystick/reserve"
)

func TestAccounts(t *testing.T) {
	l := newLedger(t)
	holding := Path{"acme/orders"}
	update(t, l, func(tx *Tx) error { return tx.AddAccount(holding, Settings{Holding: true}) })
	update(t, l, func(tx *Tx) error { return tx.SetAccount(Path{"acme"}, Settings{ExportControl: true}) })
	view(t, l, func(tx *Tx) error {
		want := []Account{{Path{"acme"}, Settings{ExportControl: true}, false}, {holding, Settings{Holding: true}, false}, {plant7, Settings{Reservation: true}, false}}
		if all, err := tx.Accounts(); err != nil || fmt.Sprint(all) != fmt.Sprint(want) {
			t.Errorf("accounts are %v, %v", all, err)
		}
		if a, err := tx.Account(plant7); err != nil || a != want[2] || a.Path.Parent() != want[0].Path {
			t.Errorf("account is %v, %v", a, err)
		}
		return nil
	})
	for reason, f := range map[reserve.Reason]func(*Tx) error{
		reserve.AlreadyExists:  func(tx *Tx) error { return tx.AddAccount(Path{"acme"}, Settings{}) },
		reserve.UnknownAccount: func(tx *Tx) error { return tx.SetAccount(Path{"other"}, Settings{}) },
	} {
		if err := l.Update(context.Background(), journaled(f)); !refusedAs(err, reason) {
			t.Errorf("want %q: %v", reason, err)
		}
	}
}

func TestAddLotRefuses(t *testing.T) {
	l := newLedger(t)
	for name, c := range map[string]struct {
		change func(*NewLot)
		reason reserve.Reason
	}{
		"nothing":     {func(n *NewLot) { n.Quantity = 0 }, reserve.OutOfRange},
		"too many":    {func(n *NewLot) { n.Quantity = reserve.MaxCount + 1 }, reserve.OutOfRange},
		"account":     {func(n *NewLot) { n.Account = Path{"other"} }, reserve.UnknownAccount},
		"entitlement": {func(n *NewLot) { n.Tag = "other" }, reserve.UnknownEntitlement},
		"ends first":  {func(n *NewLot) { n.Ends = n.Starts - 1 }, reserve.OutOfRange},
		"reference":   {func(n *NewLot) { n.Reference = "\xff" }, reserve.InvalidName},
	} {
		lot := NewLot{Account: plant7, Tag: "premier", Quantity: 1, Starts: testToday}
		c.change(&lot)
		err := l.Update(context.Background(), journaled(func(tx *Tx) error { _, err := tx.AddLot(lot); return err }))
		if !refusedAs(err, c.reason) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// poolLedger has lots that begin and end on different days, and a device that reserves four.
func poolLedger(t *testing.T) (l *Ledger, first reserve.LotID, d Device) {
	l = newLedger(t)
	addLot(t, l, "ports", reserve.MaxCount, 0)
	addLot(t, l, "ports", reserve.MaxCount, 0)
	first = addLot(t, l, "premier", 10, testToday+5)
	addLot(t, l, "premier", 7, 0)
	update(t, l, func(tx *Tx) error {
		_, err := tx.AddLot(NewLot{Account: plant7, Tag: "premier", Quantity: 100, Starts: testToday + 3})
		return err
	})
	d = enroll(t, l, newInstance("POOL"))
	if err := l.Update(context.Background(), func(tx *Tx) error {
		_, err := acme.issueTo(tx, d.ID, []reserve.Draw{{Lot: first, Grant: reserve.Grant{Entitlement: 3, Count: 4, Ends: testToday + 5}}})
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return l, first, d
}

func TestPools(t *testing.T) {
	l, _, _ := poolLedger(t)
	ports := Pool{4, "ports", 2 * reserve.MaxCount, 0, 0, 2 * reserve.MaxCount, 0, false}
	for _, c := range []struct {
		day  keys.Day
		want []Pool
	}{
		{testToday - 1, nil},
		{testToday, []Pool{ports, {3, "premier", 17, 4, 4, 13, 0, false}}},
		{testToday + 3, []Pool{ports, {3, "premier", 117, 4, 4, 113, 0, false}}},
		{testToday + 5, []Pool{ports, {3, "premier", 117, 4, 4, 113, 0, false}}},
		{testToday + 6, []Pool{ports, {3, "premier", 107, 0, 0, 107, 0, false}}},
	} {
		view(t, l, func(tx *Tx) error {
			pools, err := tx.Pools(plant7, c.day)
			if err != nil || fmt.Sprint(pools) != fmt.Sprint(c.want) {
				t.Errorf("day %d: %+v, %v", c.day-testToday, pools, err)
			}
			allocatable := must(tx.Allocatable(plant7, c.day))
			var sum uint64
			for _, l := range allocatable {
				if l.Starts <= c.day {
					sum += uint64(l.Available)
				}
			}
			for _, p := range pools {
				sum -= p.Available
			}
			if sum != 0 {
				t.Errorf("day %d: what can be allocated differs from the pools by %d", c.day-testToday, sum)
			}
			return nil
		})
	}
}

func TestResizeLot(t *testing.T) {
	l, first, d := poolLedger(t)
	for quantity, reason := range map[uint32]reserve.Reason{3: reserve.PoolExhausted, reserve.MaxCount + 1: reserve.OutOfRange} {
		if err := l.Update(context.Background(), journaled(func(tx *Tx) error { return tx.ResizeLot(first, quantity) })); !refusedAs(err, reason) {
			t.Errorf("resized to %d: %v", quantity, err)
		}
	}
	update(t, l, func(tx *Tx) error { return tx.ResizeLot(first, 4) })
	view(t, l, func(tx *Tx) error {
		if charges := must(tx.Charges(d.ID)); len(charges) != 1 || charges[0] != (Charge{Lot: first, Count: 4, InTransit: 4}) {
			t.Errorf("charges are %+v", charges)
		}
		return nil
	})
}

func TestAddRoot(t *testing.T) {
	l := newLedger(t)
	first := acme.trust.Root()
	text := bytes.Replace(bytes.Replace([]byte(testCatalogText), []byte(`"version": 1`), []byte(`"version": 2`), 1),
		[]byte(`"entitlements": [
    {"id": 1`), []byte(`"entitlements": [
    {"id": 9, "tag": "crypto", "name": "Crypto", "metric": "device", "unit": "device", "class": "enforced", "grace_days": 0},
    {"id": 1`), 1)
	second := office{root: acme.root, issue: acme.issue, catalog: must(reserve.ReadCatalog(text))}
	signed := must(second.template("acme").Sign(&first, acme.root))
	if err := l.Update(context.Background(), journaled(func(tx *Tx) error { return tx.AddRoot(signed, acme.catalog.Raw()) })); !refusedAs(err, reserve.TrustMismatch) {
		t.Errorf("another catalog than the root names: %v", err)
	}
	update(t, l, func(tx *Tx) error { return tx.AddRoot(signed, second.catalog.Raw()) })
	if err := l.Update(context.Background(), journaled(func(tx *Tx) error { return tx.AddRoot(signed, second.catalog.Raw()) })); !refusedAs(err, reserve.TrustMismatch) {
		t.Errorf("the same root again: %v", err)
	}
	addLot(t, l, "crypto", 1, 0)
	view(t, l, func(tx *Tx) error {
		trust, err := tx.Trust()
		if err != nil || trust.Root().Version() != 2 || trust.Catalog().Version() != 2 {
			t.Errorf("trust root %d, catalog %d, %v", trust.Root().Version(), trust.Catalog().Version(), err)
		}
		return nil
	})
	verified(t, l)
	verified(t, reopen(t, snapshot(t, l, -1)))
}

// An officer can retire the key that signs for it, once.
func TestSignerRetiresItself(t *testing.T) {
	l := newLedger(t)
	first := acme.trust.Root()
	template := acme.template("acme")
	template.Keys[1].Status = keys.Retired
	successor := must(keys.NewPrivateKey(testRand("successor")))
	template.Keys = append(template.Keys, keys.Key{Index: 3, Public: successor.Public(), Roles: keys.RoleIssue | keys.RoleLog | keys.RoleWriteOff, Status: keys.Active})
	signed := must(template.Sign(&first, acme.root))
	update(t, l, func(tx *Tx) error { return tx.AddRoot(signed, acme.catalog.Raw()) })
	err := l.Update(context.Background(), func(tx *Tx) error { _, err := tx.Append(event("test")); return err })
	if !refusedAs(err, reserve.RoleMissing) {
		t.Errorf("signed by a retired key: %v", err)
	}
	verified(t, l)
}

func TestOperations(t *testing.T) {
	l := newLedger(t)
	wish := keys.Digest("test", []byte("wish"))
	update(t, l, func(tx *Tx) error {
		return tx.AddOperation(Operation{ID: "op", Verb: "authorize", Wish: wish, Result: []byte("answer")})
	})
	view(t, l, func(tx *Tx) error {
		o, found, err := tx.Operation("op", "authorize", wish)
		if err != nil || !found || string(o.Result) != "answer" || o.Sequence != 3 {
			t.Errorf("%+v, %v, %v", o, found, err)
		}
		for name, err := range map[string]error{
			"another wish": third(tx.Operation("op", "authorize", [32]byte{})),
			"another verb": third(tx.Operation("op", "receive", wish)),
		} {
			if !refusedAs(err, reserve.OperationReused) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if _, found, err := tx.Operation("new", "authorize", wish); found || err != nil {
			t.Errorf("a new one: %v, %v", found, err)
		}
		return nil
	})
}

func third[A, B any](_ A, _ B, err error) error { return err }
