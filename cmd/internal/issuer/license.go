package issuer

import (
	"context"
	"encoding/json"

	"tallystick/cmd/internal/ledger"
	"tallystick/reserve"
)

// AddLicense deposits a purchase. Refusals: UnknownAccount, UnknownEntitlement, OutOfRange, and
// OperationReused when the operation ID stands for another deposit.
func (o *Officer) AddLicense(ctx context.Context, p Purchase, memo Memo, dry bool) (lot ledger.Lot, repeated bool, err error) {
	err = o.act(ctx, memo, dry, func(tx *ledger.Tx, t reserve.Trust) error {
		lot, repeated, err = o.addLicense(tx, t, p, memo)
		return err
	})
	return lot, repeated, err
}

func (o *Officer) addLicense(tx *ledger.Tx, t reserve.Trust, p Purchase, memo Memo) (lot ledger.Lot, repeated bool, err error) {
	if err := p.Check(t.Catalog()); err != nil {
		return lot, false, err
	}
	if lot, repeated, err = deposited(tx, p); err != nil || repeated {
		return lot, repeated, err
	}
	id, event, err := o.deposit(tx, p)
	if err != nil {
		return lot, false, err
	}
	if p.Op != "" {
		if err := tx.AddOperation(ledger.Operation{ID: p.Op, Verb: eventLicense, Wish: p.digest(), Result: body(id)}); err != nil {
			return lot, false, err
		}
	}
	if lot, _, err = tx.Lot(id); err != nil {
		return lot, false, err
	}
	event.Op, event.Memo = p.Op, memo
	_, err = o.append(tx, t, eventLicense, p.Account.String(), event)
	return lot, false, err
}

// deposit adds a purchase that was checked, and returns what the journal says of it.
func (o *Officer) deposit(tx *ledger.Tx, p Purchase) (reserve.LotID, licenseEvent, error) {
	starts, ends, err := p.days(tx, o.today())
	if err != nil {
		return 0, licenseEvent{}, err
	}
	quantity := p.Quantity
	if p.Unlimited {
		quantity = reserve.MaxCount
	}
	id, err := tx.AddLot(ledger.NewLot{Account: p.Account, Tag: p.Entitlement, Quantity: quantity, Unlimited: p.Unlimited,
		Starts: starts, Ends: ends, Reference: p.Order})
	return id, licenseEvent{License: int64(id), Account: p.Account.String(), Entitlement: p.Entitlement, Quantity: p.Quantity,
		Unlimited: p.Unlimited, Starts: dayText(starts), Ends: dayText(ends), Order: p.Order}, err
}

// deposited looks for an earlier deposit with the same operation ID.
func deposited(tx *ledger.Tx, p Purchase) (ledger.Lot, bool, error) {
	if p.Op == "" {
		return ledger.Lot{}, false, nil
	}
	op, found, err := tx.Operation(p.Op, eventLicense, p.digest())
	if err != nil || !found {
		return ledger.Lot{}, false, err
	}
	var id reserve.LotID
	if err := json.Unmarshal(op.Result, &id); err != nil {
		return ledger.Lot{}, false, err
	}
	return tx.Lot(id)
}
