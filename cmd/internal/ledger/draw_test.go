package ledger

import (
	"bytes"
	"context"
	"testing"

	"tallystick/keys"
	"tallystick/reserve"
)

// grantOn issues an authorization for some of an entitlement on a lot.
func grantOn(l *Ledger, id DeviceID, lot reserve.LotID, g reserve.Grant) error {
	return l.Update(context.Background(), func(tx *Tx) error {
		_, err := acme.issueTo(tx, id, []reserve.Draw{{Lot: lot, Grant: g}})
		return err
	})
}

// A lot covers a grant of its own entitlement and of those that its tier contains, on its own days, in
// its own account. Anything else is a mistake of the issuer's, and is not written.
func TestDrawsOnWhatCovers(t *testing.T) {
	l := newLedger(t)
	update(t, l, func(tx *Tx) error { return tx.AddAccount(plant8, Settings{}) })
	premier := addLot(t, l, "premier", 9, testToday+30)
	var elsewhere, tomorrow reserve.LotID
	update(t, l, func(tx *Tx) (err error) {
		if elsewhere, err = tx.AddLot(NewLot{Account: plant8, Tag: "premier", Quantity: 9, Starts: testToday}); err != nil {
			return err
		}
		tomorrow, err = tx.AddLot(NewLot{Account: plant7, Tag: "premier", Quantity: 9, Starts: testToday + 1})
		return err
	})
	d := enroll(t, l, newInstance("TIERS"))
	for name, c := range map[string]struct {
		lot reserve.LotID
		g   reserve.Grant
	}{
		"another entitlement":   {premier, reserve.Grant{Entitlement: 4, Count: 1, Ends: testToday + 30}},
		"another end":           {premier, reserve.Grant{Entitlement: 3, Count: 1, Ends: testToday + 31}},
		"without end":           {premier, reserve.Grant{Entitlement: 3, Count: 1}},
		"another account's":     {elsewhere, reserve.Grant{Entitlement: 3, Count: 1}},
		"one that begins later": {tomorrow, reserve.Grant{Entitlement: 3, Count: 1}},
		"one that isn't there":  {99, reserve.Grant{Entitlement: 3, Count: 1}},
	} {
		if err := grantOn(l, d.ID, c.lot, c.g); err == nil {
			t.Errorf("%s was granted", name)
		}
	}
	if err := grantOn(l, d.ID, premier, reserve.Grant{Entitlement: 1, Count: 2, Ends: testToday + 30}); err != nil {
		t.Errorf("a lower tier on a higher one: %v", err)
	}
	checkPools(t, l, "premier", map[Path][3]uint64{plant7: {9, 2, 7}})
	checkPools(t, l, "essentials", map[Path][3]uint64{plant7: {0, 0, 0}})
	verified(t, l)
}

// A newer catalog may take a tier apart. Who has what was borrowed keeps it; nobody new gets it.
func TestBorrowedBeforeTheCatalogChanged(t *testing.T) {
	l := newLedger(t)
	lot := addLot(t, l, "premier", 9, 0)
	before, after := enroll(t, l, newInstance("BEFORE")), enroll(t, l, newInstance("AFTER"))
	if err := grantOn(l, before.ID, lot, reserve.Grant{Entitlement: 1, Count: 2}); err != nil {
		t.Fatal(err)
	}
	text := bytes.Replace(bytes.Replace([]byte(testCatalogText), []byte(`"version": 1`), []byte(`"version": 2`), 1),
		[]byte(`"includes": ["essentials"], `), nil, 1)
	second := office{root: acme.root, issue: acme.issue, catalog: must(reserve.ReadCatalog(text))}
	first := acme.trust.Root()
	signed := must(second.template("acme").Sign(&first, acme.root))
	update(t, l, func(tx *Tx) error { return tx.AddRoot(signed, second.catalog.Raw()) })
	if err := grantOn(l, before.ID, lot, reserve.Grant{Entitlement: 1, Count: 3}); err != nil {
		t.Errorf("what was borrowed can't be kept: %v", err)
	}
	if err := grantOn(l, after.ID, lot, reserve.Grant{Entitlement: 1, Count: 1}); err == nil {
		t.Error("borrowed from what does not contain it any more")
	}
	verified(t, l)
}

// Verify judges draws by themselves: an officer may have signed for what doesn't add up.
func TestVerifyDraws(t *testing.T) {
	l := newLedger(t)
	update(t, l, func(tx *Tx) error { return tx.AddAccount(plant8, Settings{}) })
	lot := addLot(t, l, "premier", 9, testToday+30)
	d := enroll(t, l, newInstance("TIERS"))
	if err := grantOn(l, d.ID, lot, reserve.Grant{Entitlement: 1, Count: 2, Ends: testToday + 30}); err != nil {
		t.Fatal(err)
	}
	update(t, l, func(tx *Tx) error { return tx.MoveDevice(d.ID, plant8) })
	lotUpdate := func(set string) []string { return without(t, "lot_update", "UPDATE lot SET "+set) }
	for finding, statements := range map[string][]string{
		"": nil,
		"authorization 1 grants something else than its licenses cover": lotUpdate("entitlement = 4"),
		"grants something else than its licenses":                       lotUpdate("ends = ends + 1"),
		"is not what it is a part of":                                   lotUpdate("ends = ends + 1 WHERE origin IS NOT NULL"),
		"took along another license than it had":                        lotUpdate("origin = NULL"),
	} {
		path := copyLedger(t, l)
		tamper(t, path, statements...)
		checkFinding(t, reopen(t, path), finding)
	}
	verified(t, l)
}

// A lot counts from its first day through its last, with what is charged to it; then both leave the
// books together and nothing else moves.
func TestLotsByTheDay(t *testing.T) {
	l := newLedger(t)
	first := addLot(t, l, "premier", 10, testToday+5)
	update(t, l, func(tx *Tx) error {
		for _, n := range []NewLot{{Account: plant7, Tag: "premier", Quantity: 20, Starts: testToday + 3, Ends: testToday + 8},
			{Account: plant7, Tag: "ports", Quantity: 7, Starts: testToday}} {
			if _, err := tx.AddLot(n); err != nil {
				return err
			}
		}
		return nil
	})
	d := enroll(t, l, newInstance("DAYS"))
	if err := grantOn(l, d.ID, first, reserve.Grant{Entitlement: 3, Count: 4, Ends: testToday + 5}); err != nil {
		t.Fatal(err)
	}
	for _, c := range []lotsOn{
		{2, [3]uint64{10, 4, 6}, 6, 20},  // the day before the second begins
		{3, [3]uint64{30, 4, 26}, 26, 0}, // its first day
		{5, [3]uint64{30, 4, 26}, 26, 0}, // the last day of the first
		{6, [3]uint64{20, 0, 20}, 20, 0}, // the day after
		{8, [3]uint64{20, 0, 20}, 20, 0}, // the last day of the second
		{9, [3]uint64{}, 0, 0},           // the day after
	} {
		view(t, l, func(tx *Tx) error {
			c.check(t, tx)
			if charges := must(tx.Charges(d.ID)); len(charges) != 1 || charges[0].Count != 4 {
				t.Errorf("day %d: the device is charged %+v", c.day, charges)
			}
			return nil
		})
	}
	verified(t, l)
}

// lotsOn is what there is of premier so many days after testToday.
type lotsOn struct {
	day       int
	pool      [3]uint64 // purchased, reserved, available
	may, late uint64    // what a device that has nothing may have, and what begins on the third day
}

func (c lotsOn) check(t *testing.T, tx *Tx) {
	day := testToday + keys.Day(c.day)
	var got [3]uint64
	for _, p := range must(tx.Pools(plant7, day)) {
		if p.Tag == "premier" {
			got = [3]uint64{p.Purchased, p.Reserved, p.Available}
		} else if p.Purchased != 7 || p.Reserved != 0 {
			t.Errorf("day %d: %s moved: %+v", c.day, p.Tag, p)
		}
	}
	if got != c.pool {
		t.Errorf("day %d: purchased, reserved, available %v, want %v", c.day, got, c.pool)
	}
	_, short := reserve.Allocate([]reserve.Wish{{Entitlement: 3, Count: 1000}}, must(tx.Allocatable(plant7, day)), nil, day)
	var late uint64
	for _, o := range short[0].Later {
		late += uint64(o.Count)
		if o.From != testToday+3 {
			t.Errorf("day %d: %d more from %s", c.day, o.Count, o.From)
		}
	}
	if uint64(short[0].Available) != c.may || late != c.late {
		t.Errorf("day %d: %d can be reserved and %d later, want %d and %d", c.day, short[0].Available, late, c.may, c.late)
	}
}
