package issuer

import (
	"fmt"
	"slices"

	"tallystick/cmd/internal/ledger"
	"tallystick/reserve"
)

// findReplacement sets what is known of the replacement. It must hold nothing: what it holds would be
// counted with what it is given.
func (is *Issuer) findReplacement(tx *ledger.Tx, r RMA, c *consideredRMA) error {
	id := r.Request.Identity()
	known, err := tx.DeviceByDID(id.DID())
	switch {
	case reasonOf(err) == reserve.UnknownDevice:
		return is.newReplacement(tx, r, c)
	case err != nil:
		return err
	case known.Superseded:
		return reserve.Refuse(reserve.DuplicateDevice, "%s was enrolled again since with another identity; this request is of the older one, %s", id.UDI(), id.DID())
	case known.WrittenOff:
		return reserve.Refuse(reserve.DeviceWrittenOff, "%s was written off itself: it can't replace another", id.UDI())
	}
	c.next.device = known
	if c.next.books, err = tx.Books(known.ID); err != nil {
		return err
	}
	if len(c.next.books.Charge()) > 0 {
		return reserve.Refuse(reserve.ReplacementHolds, "%s holds licenses already: what replaces a device has to hold none", id.UDI())
	}
	return nil
}

func (is *Issuer) newReplacement(tx *ledger.Tx, r RMA, c *consideredRMA) error {
	id, failed := r.Request.Identity(), c.loss.loss.Device
	c.next.plan.New, c.next.books = true, reserve.Books{Identity: id}
	if r.Account.IsZero() {
		c.next.from = failed.Account
	}
	if id.UDI() != failed.UDI {
		return is.checkTwin(tx, id, &c.next)
	}
	c.plan.Reimaged = true
	c.next.device, c.next.plan.Replaces = failed, failed.DID.String()
	return nil
}

// wasGranted refuses an RMA that was done, and names now what it did not grant then: its stored code would
// be taken for what is wished now.
func (r RMA) wasGranted(failed reserve.UDI, b reserve.Books, n reserve.Number, catalog reserve.Catalog) error {
	granted := map[string]int64{}
	issued, _ := b.Find(n)
	for _, d := range issued.Draws {
		tag, _ := catalog.Tag(d.Grant.Entitlement)
		granted[tag] += int64(d.Grant.Count)
	}
	other := func(tag, wish string) error {
		return reserve.Refuse(reserve.AlreadyExists, "%s was replaced by %s already, with its authorization %d, which grants %s=%d and not %s: "+
			"what is to be otherwise takes another authorization of the replacement", failed, b.Identity.UDI(), n, clip(tag), granted[tag], wish)
	}
	for _, c := range r.Changes {
		if granted[c.Tag] != c.Count {
			return other(c.Tag, fmt.Sprint(c.Count))
		}
	}
	for _, m := range r.Map {
		if !slices.ContainsFunc(r.Changes, func(c Change) bool { return c.Tag == m.New }) && granted[m.New] == 0 {
			return other(m.New, "what "+clip(m.Old)+" is mapped to")
		}
	}
	return nil
}
