package ledger

import (
	"slices"

	"tallystick/reserve"
)

// devices checks every device, one after the other.
func (v *verification) devices() error {
	for d, err := range v.Devices(DeviceFilter{Superseded: true}) {
		if err != nil {
			return err
		}
		if err := v.device(d); err != nil {
			return err
		}
		v.step()
	}
	return nil
}

func (v *verification) device(d Device) error {
	b, err := v.Books(d.ID)
	if err != nil {
		return err
	}
	var serial string
	if _, err := v.one("SELECT serial FROM device WHERE id = $1", []any{d.ID}, &serial); err != nil {
		return err
	}
	if b.Identity.DID() != d.DID || b.Identity.UDI() != d.UDI || serial != d.UDI.Serial() {
		return differs("device %s: its request is of %s, fingerprint %s", d.UDI, b.Identity.UDI(), b.Identity.DID())
	}
	issued, err := v.Authorizations(d.ID)
	if err != nil {
		return err
	}
	for _, a := range issued {
		if err := v.authorization(b.Identity, a); err != nil {
			return err
		}
	}
	again, err := v.replay(d.ID, b.Identity, issued)
	if err != nil {
		return err
	}
	if !sameBooks(again, b) {
		return differs("device %s: the codes it gave don't lead to what the books say of it", d.UDI)
	}
	charges, err := v.Charges(d.ID)
	if err != nil {
		return err
	}
	if !slices.Equal(charges, chargesOf(b)) || d.Standing != b.Standing() {
		return differs("device %s: what it is charged does not follow from its authorizations", d.UDI)
	}
	return nil
}

// authorization checks that a stored authorization is what an issuer signed and what was charged.
func (v *verification) authorization(id reserve.Identity, a Authorization) error {
	opened, err := reserve.ReopenAuthorization(a.Body, v.trust, id)
	if err != nil {
		return differs("authorization %d of %s: %v", a.Number, id.UDI(), err)
	}
	issued := reserve.Issued{Number: a.Number, Draws: a.Draws, Digest: a.Digest}
	if checkSame(opened, issued) != nil || (opened.Sequence() != a.Sequence && !a.Recovered) || opened.Issued() != a.Day {
		return differs("authorization %d of %s says something else than what was charged for it", a.Number, id.UDI())
	}
	return nil
}

// replay brings a device that was just enrolled through everything it was given and gave, in the
// order of the journal.
func (v *verification) replay(id DeviceID, identity reserve.Identity, issued []Authorization) (reserve.Books, error) {
	received, err := v.Received(id)
	if err != nil {
		return reserve.Books{}, err
	}
	b := reserve.Books{Identity: identity}
	for _, r := range received {
		for len(issued) > 0 && issued[0].Sequence < r.Sequence {
			b, issued = issued[0].addTo(b), issued[1:]
		}
		if b, err = take(b, r); err != nil {
			return reserve.Books{}, differs("device %s, code of journal entry %d: %v", identity.UDI(), r.Sequence, err)
		}
	}
	for _, a := range issued {
		b = a.addTo(b)
	}
	return b, nil
}

// addTo does to books what issuing a did. That a rebased device was suspect is settled by it.
func (a Authorization) addTo(b reserve.Books) reserve.Books {
	b.Issued = append(b.Issued, a.issued())
	b.Suspect = b.Suspect && !a.Rebased
	return b
}

func (a Authorization) issued() reserve.Issued {
	return reserve.Issued{Number: a.Number, Draws: a.Draws, Digest: a.Digest, Rebased: a.Rebased}
}

// take applies a stored code. That it made the device suspect or quarantined is in the books.
func take(b reserve.Books, r Received) (reserve.Books, error) {
	var next reserve.Books
	var err error
	switch r.Kind {
	case UsageReport:
		return b, nil
	case StatusReport:
		var s reserve.Status
		if s, err = reserve.OpenStatus(r.Body, b.Identity); err != nil {
			return b, err
		}
		next, _, err = b.Report(s)
	default:
		var receipt reserve.Receipt
		var o reserve.Outcome
		if receipt, err = reserve.ParseReceipt(r.Body); err != nil {
			return b, err
		}
		if next, o, err = b.Receive(receipt); err == nil && o.Position != r.Position {
			return b, differs("it proves position %d, not %d", o.Position, r.Position)
		}
	}
	if isRefused(err, reserve.Suspect) || isRefused(err, reserve.Quarantined) {
		err = nil
	}
	return next, err
}

func sameBooks(a, b reserve.Books) bool {
	same := func(x, y reserve.Issued) bool {
		return x.Number == y.Number && x.Digest == y.Digest && x.Dead == y.Dead
	}
	return a.Floor == b.Floor && a.Known == b.Known && a.KnownSecret == b.KnownSecret && a.Seen == b.Seen &&
		a.Current == b.Current && a.Statements == b.Statements && a.StatementSum == b.StatementSum &&
		a.Suspect == b.Suspect && a.Quarantined == b.Quarantined && slices.EqualFunc(a.Issued, b.Issued, same)
}
