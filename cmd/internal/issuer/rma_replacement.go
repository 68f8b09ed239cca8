package issuer

import (
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
