package issuer

import (
	"context"

	"tallystick/cmd/internal/ledger"
	"tallystick/reserve"
)

// Reprint returns the stored bytes of an authorization that may still be installed: number, or
// the newest when it is 0. It is journaled and needs no key. Refusals are UnknownDevice,
// NothingIssued and Superseded, and KeyCompromised or KeyRetired when no device would take it any more.
func (is *Issuer) Reprint(ctx context.Context, device string, number reserve.Number) (out Issuance, err error) {
	err = is.run(ctx, false, func(tx *ledger.Tx) error {
		d, err := tx.FindDevice(device)
		if err != nil {
			return err
		}
		books, err := tx.Books(d.ID)
		if err != nil {
			return err
		}
		if number == 0 {
			newest, ok := books.Newest()
			if !ok {
				return reserve.Refuse(reserve.NothingIssued, "%s has no authorization that could be installed", d.UDI)
			}
			number = newest.Number
		}
		c := considered{device: d, books: books, plan: Plan{Account: d.Account, Device: books.Identity, Number: number, Repeated: true}}
		if err := is.describe(tx, &c); err != nil {
			return err
		}
		if out, err = is.stored(tx, c); err != nil {
			return err
		}
		if err := stillTaken(tx, books, out); err != nil {
			return err
		}
		return is.reprinted(tx, d, number)
	})
	if err != nil {
		return Issuance{}, err
	}
	return out, nil
}

// reprinted writes into the journal that a code was given once more.
func (is *Issuer) reprinted(tx *ledger.Tx, d ledger.Device, number reserve.Number) error {
	_, err := tx.Append(ledger.Event{Time: is.world.Now(), Kind: eventReprint, Subject: d.UDI.String(), Actor: is.world.Actor,
		Body: body(reprintEvent{Device: d.UDI.String(), Number: uint16(number)})})
	return err
}

// stillTaken refuses an authorization that its device would refuse: signed with a key that was
// marked compromised since, or with one that was retired before it was installed.
func stillTaken(tx *ledger.Tx, books reserve.Books, i Issuance) error {
	t, err := tx.Trust()
	if err != nil {
		return err
	}
	_, err = reserve.OpenAuthorization(i.Authorization, t, books.Identity)
	confirmed, ok := books.Confirmed()
	switch {
	case reasonOf(err) == reserve.KeyCompromised:
		return err
	case reasonOf(err) == reserve.KeyRetired && !(ok && confirmed.Number == i.Number):
		return err
	}
	return nil
}
