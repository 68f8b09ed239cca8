package issuer

import (
	"errors"

	"tallystick/cmd/internal/ledger"
	"tallystick/reserve"
)

// findDevice sets device and books: those of the request, or of the device named.
func (is *Issuer) findDevice(tx *ledger.Tx, w Wish, c *considered) error {
	if w.Request == nil {
		var err error
		if c.device, err = tx.FindDevice(w.Device); err != nil {
			return err
		}
		c.books, err = tx.Books(c.device.ID)
		return err
	}
	id := w.Request.Identity()
	device, err := tx.DeviceByDID(id.DID())
	if err == nil {
		if device.Superseded {
			return reserve.Refuse(reserve.DuplicateDevice, "%s was enrolled again since with another identity; this request is of the older one, %s", id.UDI(), id.DID())
		}
		c.device = device
		c.books, err = tx.Books(device.ID)
		return err
	}
	if !errors.Is(err, &reserve.Refusal{Reason: reserve.UnknownDevice}) {
		return err
	}
	c.plan.New, c.books = true, reserve.Books{Identity: id}
	return is.checkTwin(tx, id, c)
}

// checkTwin looks whether the UDI is enrolled with another identity. One that holds nothing makes
// room; one that holds something is the officer's to decide, with evidence (attack D1).
func (is *Issuer) checkTwin(tx *ledger.Tx, id reserve.Identity, c *considered) error {
	twin, err := tx.DeviceByUDI(id.UDI())
	if errors.Is(err, &reserve.Refusal{Reason: reserve.UnknownDevice}) {
		return nil
	}
	if err != nil {
		return err
	}
	books, err := tx.Books(twin.ID)
	if err != nil {
		return err
	}
	// An officer decided already; or there are copies that hold nothing, and never will.
	if books.WrittenOff || books.Quarantined && len(books.Charge()) == 0 {
		c.device, c.plan.Replaces = twin, twin.DID.String()
		return nil
	}
	if err := books.Open(); err != nil {
		return err
	}
	if len(books.Charge()) > 0 {
		return reserve.Refuse(reserve.DuplicateDevice, "%s is enrolled with identity %s, which holds licenses; this request is of identity %s",
			id.UDI(), twin.DID, id.DID())
	}
	c.device, c.plan.Replaces = twin, twin.DID.String()
	return nil
}

// permit checks the account: which one, and what it is allowed to do.
func (is *Issuer) permit(tx *ledger.Tx, w Wish, c *considered) error {
	if err := c.books.Open(); err != nil {
		return err
	}
	if err := oneMode(tx, c.books.Identity.UDI(), c.today); err != nil {
		return err
	}
	path := w.Account
	if path.IsZero() {
		path = c.from
	}
	if !c.plan.New {
		if !path.IsZero() && path != c.device.Account {
			return reserve.Refuse(reserve.WrongAccount, "%s belongs to account %q, not %q", c.device.UDI, c.device.Account, path)
		}
		path = c.device.Account
	}
	if path.IsZero() {
		return reserve.Refuse(reserve.UnknownAccount, "%s is new: name the account its licenses come from", c.books.Identity.UDI())
	}
	if err := MayReserve(tx, path); err != nil {
		return err
	}
	var err error
	c.account, err = tx.Account(path)
	return err
}

// MayReserve refuses an account that nothing can be reserved from: UnknownAccount, AccountClosed,
// HoldingAccount, ReservationOff.
func MayReserve(tx *ledger.Tx, path ledger.Path) error {
	a, err := tx.Account(path)
	switch {
	case err != nil:
		return err
	case a.Closed:
		return reserve.Refuse(reserve.AccountClosed, "account %q is closed", path)
	case a.Holding:
		return reserve.Refuse(reserve.HoldingAccount, "%q is a holding account; nothing can be reserved from it", path)
	case !a.Reservation:
		return reserve.Refuse(reserve.ReservationOff, "license reservation is switched off for account %q", path)
	}
	return nil
}
