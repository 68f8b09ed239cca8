package ledger

import (
	"context"
	"fmt"
	"testing"

	"tallystick/keys"
	"tallystick/reserve"
)

// provisions are n new devices with an authorization each, for the entries from first on.
func provisions(from, n int, first uint32, lot reserve.LotID) []Provision {
	var out []Provision
	for i := range n {
		q := newInstance(fmt.Sprintf("P%d", from+i)).Request()
		issued := reserve.Issued{Number: 1, Draws: []reserve.Draw{{Lot: lot, Grant: reserve.Grant{Entitlement: 4, Count: 2}}}}
		a := must(reserve.SignAuthorization(acme.trust, q.Identity(), reserve.Draft{Number: 1, Sequence: first + uint32(i), Issued: testToday,
			Grants: must(reserve.GrantsOf(issued.Draws))}, acme.issue))
		issued.Digest = a.Digest()
		out = append(out, Provision{Request: q, Account: plant7, Authorization: a, Issued: issued, Body: []byte(`{"n":1}`)})
	}
	return out
}

func nextSequence(t testing.TB, l *Ledger) (next uint32) {
	t.Helper()
	view(t, l, func(tx *Tx) (err error) {
		next, err = tx.NextSequence()
		return err
	})
	return next
}

// TestAddProvisions: what is written at once is what an audit would find had it been written one
// after the other.
func TestAddProvisions(t *testing.T) {
	l := newLedger(t)
	lot := addLot(t, l, "ports", 100, 0)
	for round, n := range []int{1, 7, 24} {
		next := nextSequence(t, l)
		if err := l.Update(context.Background(), func(tx *Tx) error {
			if round == 1 { // after another entry of the same transaction
				if err := tx.AddAccount(must(ParsePath("other")), Settings{}); err != nil {
					return err
				}
				if _, err := tx.Append(event("account")); err != nil {
					return err
				}
				next++
			}
			list := provisions(100*round, n, next, lot)
			if _, err := tx.AddProvisions(event("authorize"), list); err != nil {
				return err
			}
			for _, p := range list {
				e, found, err := tx.Entry(p.Authorization.Sequence())
				if err != nil || !found || e.Subject != p.Request.Identity().UDI().String() {
					t.Errorf("entry %d is about %q: %v", p.Authorization.Sequence(), e.Subject, err)
				}
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	}
	if err := l.Verify(context.Background(), reserve.Trust{}, nil); err != nil {
		t.Error(err)
	}
	view(t, l, func(tx *Tx) error {
		got, _, err := tx.Lot(lot)
		if err != nil || got.Reserved != 64 || got.InTransit != 64 {
			t.Errorf("%d reserved, %d in transit, want 64: %v", got.Reserved, got.InTransit, err)
		}
		d, err := tx.DeviceByUDI(must(reserve.ParseUDI("C9300-24T:P203")))
		if err != nil {
			return err
		}
		if d.Standing != reserve.Outstanding || d.Account != plant7 {
			t.Errorf("the device is %+v", d)
		}
		if a, err := tx.Authorization(d.ID, 1); err != nil || a.Sequence != d.Sequence {
			t.Errorf("authorization %+v: %v", a, err)
		}
		return err
	})
}

// TestAddProvisionsRefused: nothing is committed of a list with a flaw.
func TestAddProvisionsRefused(t *testing.T) {
	l := newLedger(t)
	lot := addLot(t, l, "ports", 5, 0)
	early := addLot(t, l, "ports", 5, testToday+9)
	enroll(t, l, newInstance("P2"))
	for name, flaw := range map[string]struct {
		reason reserve.Reason // "": an error of the caller
		spoil  func(list []Provision, e *Event)
	}{
		"too many":         {reserve.PoolExhausted, func([]Provision, *Event) {}},
		"enrolled":         {"", func(list []Provision, _ *Event) { list[0] = provisions(2, 1, list[0].Authorization.Sequence(), lot)[0] }},
		"twice":            {"", func(list []Provision, _ *Event) { list[1].Request = list[0].Request }},
		"out of turn":      {"", func(list []Provision, _ *Event) { list[0], list[1] = list[1], list[0] }},
		"other grants":     {"", func(list []Provision, _ *Event) { list[1].Issued.Draws[0].Grant.Count = 1 }},
		"other license":    {"", func(list []Provision, _ *Event) { list[1].Issued.Draws[0].Lot = early }},
		"unknown license":  {reserve.UnknownLicense, func(list []Provision, _ *Event) { list[1].Issued.Draws[0].Lot = 99 }},
		"unknown account":  {reserve.UnknownAccount, func(list []Provision, _ *Event) { list[2].Account = must(ParsePath("nobody")) }},
		"nobody signs":     {reserve.RoleMissing, func(_ []Provision, e *Event) { e.Signer = keys.PrivateKey{} }},
		"a body too large": {reserve.OutOfRange, func(list []Provision, _ *Event) { list[2].Body = fmt.Appendf(nil, "%q", make([]byte, MaxBody)) }},
	} {
		next := nextSequence(t, l)
		list, e := provisions(10, 3, next, lot), event("authorize")
		flaw.spoil(list, &e)
		err := l.Update(context.Background(), func(tx *Tx) error {
			_, err := tx.AddProvisions(e, list)
			return err
		})
		if err == nil || flaw.reason != "" && !refusedAs(err, flaw.reason) {
			t.Errorf("%s: %v", name, err)
		}
		if after := nextSequence(t, l); after != next {
			t.Errorf("%s: entry %d was written", name, next)
		}
	}
}
