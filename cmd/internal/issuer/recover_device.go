package issuer

import (
	"context"
	"fmt"
	"slices"

	"tallystick/cmd/internal/ledger"
	"tallystick/codec"
	"tallystick/keys"
	"tallystick/reserve"
)

// Rebase issues the authorization that settles a device in a recovery: what its newest known one
// grants, or nothing with empty, under a number above all that may have been lost. Once it is
// confirmed or returned, everything lost is dead. Asked again, the stored bytes are the answer.
// Refusals are NothingLost, UnknownDevice, Quarantined, OutOfRange, NumbersExhausted.
func (o *Officer) Rebase(ctx context.Context, device string, empty bool, memo Memo, dry bool) (out Issuance, err error) {
	err = o.act(ctx, memo, dry, func(tx *ledger.Tx, t reserve.Trust) error {
		begun, err := mustRecover(tx)
		if err != nil {
			return err
		}
		c := considered{trust: t, today: o.today()}
		if c.device, err = tx.FindDevice(device); err != nil {
			return err
		}
		if c.account, err = tx.Account(c.device.Account); err != nil {
			return err
		}
		if c.books, err = tx.Books(c.device.ID); err != nil {
			return err
		}
		s := situation{catalog: t.Catalog(), account: c.device.Account, books: c.books, today: c.today}
		c.plan = Plan{Account: c.device.Account, Device: c.books.Identity}
		if newest, ok := c.books.Newest(); ok && !empty {
			c.plan.draws = sorted(s.running(newest.Draws))
		}
		out, err = o.rebase(tx, begun, c, memo)
		return err
	})
	if err != nil {
		return Issuance{}, err
	}
	return out, nil
}

func (o *Officer) rebase(tx *ledger.Tx, begun ledger.Recovery, c considered, memo Memo) (Issuance, error) {
	if out, done, err := o.rebased(tx, begun, c); err != nil || done {
		return out, err
	}
	var err error
	if c.plan.Number, err = c.books.NextRebased(begun.Histories); err != nil {
		return Issuance{}, err
	}
	a, err := o.sign(tx, c)
	if err != nil {
		return Issuance{}, err
	}
	issued := reserve.Issued{Number: a.Number(), Draws: c.plan.draws, Digest: a.Digest(), Rebased: true}
	after, err := c.books.Rebase(issued)
	if err != nil {
		return Issuance{}, err
	}
	if err := tx.AddAuthorization(c.device.ID, a, issued, ""); err != nil {
		return Issuance{}, err
	}
	if err := tx.SaveBooks(c.device.ID, c.books, after); err != nil {
		return Issuance{}, err
	}
	_, err = o.append(tx, c.trust, eventRebase, c.device.UDI.String(), authorizeEvent{
		Device: c.device.UDI.String(), Fingerprint: c.device.DID.String(), Account: c.account.Path.String(),
		Number: uint16(a.Number()), Authorization: a.Body(), Draws: drawEvents(c.plan.draws), Memo: memo,
	})
	return Issuance{Plan: c.plan, Authorization: a.Body(), Number: a.Number()}, err
}

// rebased finds what this recovery issued to the device before, if that is still to be confirmed and
// says the same.
func (o *Officer) rebased(tx *ledger.Tx, begun ledger.Recovery, c considered) (Issuance, bool, error) {
	newest, ok := c.books.Newest()
	if !ok || !newest.Rebased || !slices.Equal(sorted(newest.Draws), c.plan.draws) {
		return Issuance{}, false, nil
	}
	stored, err := tx.Authorization(c.device.ID, newest.Number)
	if err != nil || stored.Recovered || stored.Sequence < begun.Sequence {
		return Issuance{}, false, err
	}
	c.plan.Number = stored.Number
	return Issuance{Plan: c.plan, Authorization: stored.Body, Number: stored.Number, Repeated: true}, true, nil
}

// RecoverDevice enrolls a device that the lost part of the books had, from its request code: then
// its authorizations can be taken in and it can be settled. Refusals are NothingLost and those of
// enrolling.
func (o *Officer) RecoverDevice(ctx context.Context, request reserve.Request, account ledger.Path, memo Memo, dry bool) (d ledger.Device, repeated bool, err error) {
	err = o.act(ctx, memo, dry, func(tx *ledger.Tx, t reserve.Trust) error {
		if _, err := mustRecover(tx); err != nil {
			return err
		}
		d, repeated, err = tx.EnrollDevice(request, account)
		if reasonOf(err) == reserve.DuplicateDevice {
			return twinRefusal(tx, request.Identity().UDI(), err)
		}
		if err != nil || repeated {
			return err
		}
		id := request.Identity()
		_, err = o.append(tx, t, eventEnroll, id.UDI().String(), enrollEvent{Device: id.UDI().String(),
			Fingerprint: id.DID().String(), Account: account.String(), Request: request.Body(), Memo: memo})
		return err
	})
	return d, repeated, err
}

// twinRefusal is the refusal of a device whose UDI is enrolled with another identity: that one's own
// where it is quarantined or suspect, since its return code does not make room then.
func twinRefusal(tx *ledger.Tx, udi reserve.UDI, duplicate error) error {
	twin, err := tx.DeviceByUDI(udi)
	if err != nil {
		return err
	}
	books, err := tx.Books(twin.ID)
	if err != nil {
		return err
	}
	if err := books.Open(); err != nil {
		return err
	}
	return duplicate
}

// RecoverAuthorization takes in an authorization that the lost part of the books had issued: its
// signature proves it, and the account pays for it again. They come in the order of their numbers.
// Refusals are NothingLost, WrongKind, WrongDevice, those of opening it, PoolExhausted, and
// OutOfRange for one whose number was given since.
func (o *Officer) RecoverAuthorization(ctx context.Context, device string, code codec.Reading, memo Memo, dry bool) (out Issuance, err error) {
	if code.Kind.Number != reserve.AuthorizationKind.Number {
		return Issuance{}, reserve.Refuse(reserve.WrongKind, "this is a %s; an authorization code was expected", code.Kind.Name)
	}
	err = o.act(ctx, memo, dry, func(tx *ledger.Tx, t reserve.Trust) error {
		if _, err := mustRecover(tx); err != nil {
			return err
		}
		d, err := tx.FindDevice(device)
		if err != nil {
			return err
		}
		books, err := tx.Books(d.ID)
		if err != nil {
			return err
		}
		a, err := reserve.ReopenAuthorization(code.Body, t, books.Identity)
		if err != nil {
			return err
		}
		if known, ok := books.Find(a.Number()); ok && known.Digest == a.Digest() {
			out = Issuance{Authorization: a.Body(), Number: a.Number(), Repeated: true}
			return nil
		}
		out, err = o.takeIn(tx, t, d, books, a, memo)
		return err
	})
	if err != nil {
		return Issuance{}, err
	}
	return out, nil
}

func (o *Officer) takeIn(tx *ledger.Tx, t reserve.Trust, d ledger.Device, books reserve.Books, a reserve.Authorization, memo Memo) (Issuance, error) {
	if a.Number() <= books.Last() {
		return Issuance{}, reserve.Refuse(reserve.OutOfRange, "%s has authorization %d in these books: one numbered %d can't be taken in after it",
			d.UDI, books.Last(), a.Number())
	}
	lots, err := tx.Lots(d.Account)
	if err != nil {
		return Issuance{}, err
	}
	draws, err := drawsFor(a.Grants(), a.Issued(), lots, books.Charge(), d.Account, t.Catalog())
	if err != nil {
		return Issuance{}, err
	}
	issued := reserve.Issued{Number: a.Number(), Draws: draws, Digest: a.Digest(), Rebased: true}
	after, err := books.Rebase(issued)
	if err != nil {
		return Issuance{}, err
	}
	if err := tx.AddRecovered(d.ID, a, issued); err != nil {
		return Issuance{}, err
	}
	if err := tx.SaveBooks(d.ID, books, after); err != nil {
		return Issuance{}, err
	}
	_, err = o.append(tx, t, eventRecoverAuthorization, d.UDI.String(), authorizeEvent{Device: d.UDI.String(), Fingerprint: d.DID.String(),
		Account: d.Account.String(), Number: uint16(a.Number()), Authorization: a.Body(), Draws: drawEvents(draws), Memo: memo})
	return Issuance{Authorization: a.Body(), Number: a.Number()}, err
}

// drawsFor finds licenses with just the ends that were granted, which had begun when it was signed, of
// the entitlement itself or else of a higher tier, which it was borrowed from then. The refusal is
// PoolExhausted; the license may have been lost too, and be added again.
func drawsFor(grants []reserve.Grant, signed keys.Day, lots []ledger.Lot, charge map[reserve.LotID]uint32, account ledger.Path, catalog reserve.Catalog) ([]reserve.Draw, error) {
	var out []reserve.Draw
	used := map[reserve.LotID]uint32{}
	for _, g := range grants {
		left := g.Count
		for _, from := range catalog.Covers(g.Entitlement) {
			for _, l := range lots {
				if l.Entitlement != from || l.Ends != g.Ends || l.Starts > signed {
					continue
				}
				if n := min(left, l.Available+charge[l.ID]-used[l.ID]); n > 0 {
					out = append(out, reserve.Draw{Lot: l.ID, Grant: reserve.Grant{Entitlement: g.Entitlement, Count: n, Ends: g.Ends}})
					left -= n
					used[l.ID] += n
				}
			}
		}
		if left > 0 {
			tag, ok := catalog.Tag(g.Entitlement)
			if !ok {
				tag = fmt.Sprint(g.Entitlement)
			}
			return nil, reserve.Refuse(reserve.PoolExhausted, "account %q has %d too few of %s %s for it, from %s or earlier; if licenses were lost with the books, add them again first",
				account, left, tag, endsText(g.Ends), signed)
		}
	}
	return out, nil
}

func endsText(d keys.Day) string {
	if d == 0 {
		return "without end"
	}
	return "that end on " + d.String()
}
