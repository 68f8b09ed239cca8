package ledger

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"tallystick/reserve"
)

func TestAddAuthorizationChecks(t *testing.T) {
	l := newLedger(t)
	lot := addLot(t, l, "premier", 10, 0)
	d := enroll(t, l, newInstance("CHECK"))
	for name, change := range map[string]func(*reserve.Draft, *reserve.Issued){
		"another count":    func(_ *reserve.Draft, i *reserve.Issued) { i.Draws = draw(lot, 3, 1) },
		"nothing charged":  func(_ *reserve.Draft, i *reserve.Issued) { i.Draws = nil },
		"another digest":   func(_ *reserve.Draft, i *reserve.Issued) { i.Digest[0]++ },
		"another sequence": func(a *reserve.Draft, _ *reserve.Issued) { a.Sequence++ },
		"books not saved":  func(*reserve.Draft, *reserve.Issued) {},
	} {
		err := l.Update(context.Background(), journaled(func(tx *Tx) error {
			before := must(tx.Books(d.ID))
			draft := reserve.Draft{Number: 1, Sequence: must(tx.NextSequence()), Issued: testToday,
				Grants: []reserve.Grant{{Entitlement: 3, Count: 2}}}
			issued := reserve.Issued{Number: 1, Draws: draw(lot, 3, 2)}
			change(&draft, &reserve.Issued{})
			a := must(reserve.SignAuthorization(acme.trust, before.Identity, draft, acme.issue))
			issued.Digest = a.Digest()
			change(&reserve.Draft{}, &issued)
			return tx.AddAuthorization(d.ID, a, issued, "")
		}))
		if err == nil {
			t.Errorf("%s: was committed", name)
		}
	}
	verified(t, l)
}

func TestSaveBooksChecks(t *testing.T) {
	l := busyLedger(t)
	for name, save := range map[string]func(tx *Tx, id DeviceID, now reserve.Books) error{
		"stale books": func(tx *Tx, id DeviceID, now reserve.Books) error {
			before := now
			before.Floor--
			return tx.SaveBooks(id, before, now)
		},
		"not all": func(tx *Tx, id DeviceID, now reserve.Books) error {
			after := now
			after.Issued = now.Issued[:1]
			return tx.SaveBooks(id, now, after)
		},
		"other device": func(tx *Tx, id DeviceID, now reserve.Books) error { return tx.SaveBooks(id+1, now, now) },
	} {
		for _, swallowed := range []bool{false, true} {
			err := l.Update(context.Background(), journaled(func(tx *Tx) error {
				d := must(tx.FindDevice("BUSY"))
				err := save(tx, d.ID, must(tx.Books(d.ID)))
				if !refusedAs(err, reserve.Busy) {
					t.Errorf("%s: %v", name, err)
				}
				if swallowed {
					return nil
				}
				return err
			}))
			if !swallowed && !refusedAs(err, reserve.Busy) {
				t.Errorf("%s: %v", name, err)
			}
			verified(t, l)
		}
	}
}

// In a batch one device may be refused while the others get what they are to have.
func TestAttempt(t *testing.T) {
	l := newLedger(t)
	first, second := addLot(t, l, "premier", 9, 0), addLot(t, l, "ports", 1, 0)
	var ids []DeviceID
	for i := range 3 {
		ids = append(ids, enroll(t, l, newInstance(fmt.Sprint("TRY", i))).ID)
	}
	before := head(t, l)
	err := l.Update(context.Background(), func(tx *Tx) error {
		for k, id := range ids {
			draws := draw(first, 3, 2)
			if k == 1 { // it is charged for one lot before the other refuses
				draws = append(draws, draw(second, 4, 2)...)
			}
			err := tx.Attempt(func() error {
				_, err := acme.issueTo(tx, id, draws)
				return err
			})
			if refusedAs(err, reserve.PoolExhausted) != (k == 1) {
				t.Errorf("device %d: %v", k, err)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	verified(t, l)
	if got := head(t, l); got != before+2 {
		t.Errorf("%d entries, want 2", got-before)
	}
}

func TestAuthorizationsAreKept(t *testing.T) {
	l := newLedger(t)
	lot := addLot(t, l, "premier", 10, testToday+9)
	d := enroll(t, l, newInstance("KEPT"))
	draws := []reserve.Draw{{Lot: lot, Grant: reserve.Grant{Entitlement: 3, Count: 2, Ends: testToday + 9}}}
	var a reserve.Authorization
	for _, draws := range [][]reserve.Draw{draws, nil} {
		if err := l.Update(context.Background(), func(tx *Tx) (err error) { a, err = acme.issueTo(tx, d.ID, draws); return err }); err != nil {
			t.Fatal(err)
		}
	}
	view(t, l, func(tx *Tx) error {
		all := must(tx.Authorizations(d.ID))
		if len(all) != 2 || !slices.Equal(all[0].Draws, draws) || len(all[1].Draws) != 0 {
			t.Fatalf("authorizations are %+v", all)
		}
		got, err := tx.Authorization(d.ID, 2)
		if err != nil || !slices.Equal(got.Body, a.Body()) || got.Digest != a.Digest() || got.Sequence != a.Sequence() || got.Day != testToday {
			t.Errorf("authorization 2 is %+v, %v", got, err)
		}
		if _, err := tx.Authorization(d.ID, 3); !refusedAs(err, reserve.NothingIssued) {
			t.Errorf("authorization 3: %v", err)
		}
		return nil
	})
}
