package ledger

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"tallystick/keys"
	"tallystick/reserve"
)

// fullLedger is one in which every table has several rows. Whoever adds a table adds rows here.
func fullLedger(t testing.TB) *Ledger {
	l := newLedger(t)
	lot := addLot(t, l, "premier", 40, 0)
	other := addLot(t, l, "ports", 40, 0)
	var ids []DeviceID
	for i := range 6 {
		instance := newInstance(fmt.Sprint("FULL", i))
		d := enroll(t, l, instance)
		ids = append(ids, d.ID)
		exchange(t, l, d.ID, instance, append(draw(lot, 3, 2), draw(other, 4, 3)...))
	}
	for i, change := range []func(tx *Tx, nth int) error{
		func(tx *Tx, nth int) error { return tx.SetLabel(ids[nth], fmt.Sprint("rack ", nth)) },
		func(tx *Tx, nth int) error {
			return tx.SetAccount(plant7, Settings{Reservation: true, ExportControl: nth == 0})
		},
		func(tx *Tx, nth int) error { return tx.AddAccount(Path{fmt.Sprint("acme/plant-", nth)}, Settings{}) },
		func(tx *Tx, nth int) error { return tx.MoveDevice(ids[nth], Path{"acme/plant-0"}) },
		func(tx *Tx, nth int) error { return tx.ResizeLot(lot, uint32(30+nth)) },
		addOption,
		func(tx *Tx, nth int) error {
			_, err := tx.Expect(Expected{Serial: fmt.Sprint("SOON", nth), Reference: "PO-2"})
			return err
		},
		func(tx *Tx, nth int) error {
			return tx.AddOperation(Operation{ID: fmt.Sprint("op-", nth), Verb: "authorize", Wish: [32]byte{byte(nth)}, Result: []byte(fmt.Sprint(nth))})
		},
		func(tx *Tx, nth int) error { return acme.renew(tx, nth) },
		func(tx *Tx, nth int) error { return lose(tx, ids[nth]) },
		func(tx *Tx, nth int) error {
			return errors.Join(giveUp(tx, ids[2+nth], nth), giveUp(tx, ids[4+nth], 2+nth))
		},
		func(tx *Tx, nth int) error { return settle(tx, ids[4+nth]) },
		func(tx *Tx, nth int) error {
			return tx.AddReplacement(Replacement{Device: ids[2+nth], By: ids[nth], Number: 1})
		},
	} {
		for nth := range 2 {
			err := l.Update(context.Background(), journaled(func(tx *Tx) error { return change(tx, nth) }))
			if err != nil {
				t.Fatalf("change %d: %v", i, err)
			}
		}
	}
	verified(t, l)
	return l
}

// exchange gives a device two authorizations and takes the confirmation of the second and a status
// report.
func exchange(t testing.TB, l *Ledger, id DeviceID, instance reserve.Instance, draws []reserve.Draw) {
	var a reserve.Authorization
	for n := range 2 {
		if err := l.Update(context.Background(), func(tx *Tx) (err error) { a, err = acme.issueTo(tx, id, draws[n:]); return err }); err != nil {
			t.Fatal(err)
		}
	}
	installed, _, err := reserve.Install(instance, a.Body(), testNow)
	if err != nil {
		t.Fatal(err)
	}
	next, report := reserve.Report(installed)
	if err := l.Update(context.Background(), func(tx *Tx) error { return receive(tx, id, next.(reserve.Reserved).Receipt()) }); err != nil {
		t.Fatal(err)
	}
	if err := l.Update(context.Background(), func(tx *Tx) error { return takeReport(tx, id, report) }); err != nil {
		t.Fatal(err)
	}
}

// addOption registers option keys, converts the first and takes it off.
func addOption(tx *Tx, nth int) error {
	u, err := reserve.NewUDI("C9300-24T", fmt.Sprint("OPTION", nth))
	if err != nil {
		return err
	}
	id, err := tx.AddOptionKey(OptionKey{UDI: u, Option: "premium", Tag: "premier", Quantity: 5})
	if err != nil {
		return err
	}
	lot, err := tx.AddLot(NewLot{Account: plant7, Tag: "premier", Quantity: 2, Starts: testToday})
	if err != nil {
		return err
	}
	if err := tx.Convert(id, lot, 2); err != nil {
		return err
	}
	return tx.RemoveOptionKey(id)
}

// renew adds a trust root with a catalog that offers one entitlement more.
func (o office) renew(tx *Tx, nth int) error {
	now, err := tx.Trust()
	if err != nil {
		return err
	}
	offered := fmt.Sprintf(`{"id": %d, "tag": "extra-%d", "name": "Extra", "metric": "device", "unit": "device", "class": "enforced", "grace_days": 90},`, 90+nth, nth)
	text := strings.Replace(string(now.Catalog().Raw()), `"entitlements":[{`, `"entitlements":[`+offered+`{`, 1)
	text = strings.Replace(text, fmt.Sprintf(`"version":%d`, nth+1), fmt.Sprintf(`"version":%d`, nth+2), 1)
	catalog, err := reserve.ReadCatalog([]byte(text))
	if err != nil {
		return err
	}
	root, template := now.Root(), now.Root().Template()
	template.CatalogDigest = catalog.Digest()
	signed, err := template.Sign(&root, o.root)
	if err != nil {
		return err
	}
	return tx.AddRoot(signed, catalog.Raw())
}

// giveUp writes a device off.
func giveUp(tx *Tx, id DeviceID, nth int) error {
	b, err := tx.Books(id)
	if err != nil {
		return err
	}
	if _, err := tx.WriteOff(id, b); err != nil {
		return err
	}
	if nth >= 2 { // one of an entry has evidence
		return nil
	}
	return tx.AddEvidence(id, []Exhibit{{Name: "photo.jpg", Size: 7, Digest: keys.Digest("photo")}, {Name: "letter.pdf", Size: 9, Digest: keys.Digest("letter")}})
}

func settle(tx *Tx, id DeviceID) error {
	b, err := tx.Books(id)
	if err == nil {
		_, err = tx.Settle(id, b)
	}
	return err
}

// lose goes through a recovery in which a device is given up.
func lose(tx *Tx, id DeviceID) error {
	if err := tx.BeginRecovery(Tree{Size: 9, Root: keys.Digest("lost")}, 1); err != nil {
		return err
	}
	r, _, err := tx.Recovery()
	if err != nil {
		return err
	}
	if err := tx.Waive(r, id); err != nil {
		return err
	}
	return tx.EndRecovery(r)
}

// Writing off takes its role, whatever else a key may do.
func TestWriteOffIsSignedInItsRole(t *testing.T) {
	for _, c := range []struct {
		signer keys.PrivateKey
		right  bool
	}{{acme.issue, true}, {acme.root, false}} {
		l := newLedger(t)
		lot := addLot(t, l, "premier", 10, 0)
		d := enroll(t, l, newInstance("GONE"))
		update(t, l, func(tx *Tx) error {
			_, err := acme.issueTo(tx, d.ID, draw(lot, 3, 4))
			return err
		})
		signed := event("write-off")
		signed.Signer = c.signer
		err := l.Update(context.Background(), func(tx *Tx) error {
			if err := giveUp(tx, d.ID, 2); err != nil {
				return err
			}
			_, err := tx.Append(signed)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		err = l.Verify(context.Background(), acme.trust, nil)
		if wrong := err != nil && strings.Contains(err.Error(), "it takes the role write-off"); wrong == c.right || c.right && err != nil {
			t.Errorf("signed with the right key: %v, and found: %v", c.right, err)
		}
	}
}
