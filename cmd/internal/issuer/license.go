package issuer

import (
	"context"
	"encoding/json"
	"fmt"

	"tallystick/cmd/internal/ledger"
	"tallystick/keys"
	"tallystick/reserve"
)

// A Purchase is what was bought at once: without end, for a term, or through a day.
type Purchase struct {
	Account     ledger.Path
	Entitlement string
	Quantity    uint32
	Starts      keys.Day      // 0: the day it is deposited
	Term        *reserve.Term // how long it runs from its start; nil: see Ends
	Ends        keys.Day      // the last valid day; 0 without a term: perpetual
	Order       string
	Op          string
}

// days returns the first and the last valid day of a purchase deposited today.
func (p Purchase) days(today keys.Day) (starts, ends keys.Day, err error) {
	starts, ends = p.Starts, p.Ends
	if starts == 0 {
		starts = today
	}
	if p.Term != nil {
		ends = p.Term.Ends(starts)
	}
	if ends != 0 && ends < starts {
		return 0, 0, reserve.Refuse(reserve.OutOfRange, "the license would end on %s, before it starts on %s", ends, starts)
	}
	if ends != 0 && ends < today {
		return 0, 0, reserve.Refuse(reserve.OutOfRange, "the license ended on %s", ends)
	}
	return starts, ends, nil
}

const maxOrder = 100

// AddLicense deposits a purchase. Refusals: UnknownAccount, UnknownEntitlement, OutOfRange, and
// OperationReused when the operation ID stands for another deposit.
func (o *Officer) AddLicense(ctx context.Context, p Purchase, memo Memo, dry bool) (lot ledger.Lot, repeated bool, err error) {
	if p.Quantity < 1 || p.Quantity > reserve.MaxCount {
		return ledger.Lot{}, false, reserve.Refuse(reserve.OutOfRange, "quantity %d, expected 1 to %d", p.Quantity, reserve.MaxCount)
	}
	if err := checkNote("order reference", p.Order, maxOrder); err != nil {
		return ledger.Lot{}, false, err
	}
	err = o.act(ctx, memo, dry, func(tx *ledger.Tx, t reserve.Trust) error {
		if _, err := t.Catalog().Entitlement(p.Entitlement); err != nil {
			return err
		}
		if lot, repeated, err = o.deposited(tx, p); err != nil || repeated {
			return err
		}
		starts, ends, err := p.days(o.today())
		if err != nil {
			return err
		}
		id, err := tx.AddLot(ledger.NewLot{Account: p.Account, Tag: p.Entitlement, Quantity: p.Quantity, Starts: starts, Ends: ends, Reference: p.Order})
		if err != nil {
			return err
		}
		if p.Op != "" {
			if err := tx.AddOperation(ledger.Operation{ID: p.Op, Verb: eventLicense, Wish: p.digest(), Result: body(id)}); err != nil {
				return err
			}
		}
		if lot, _, err = tx.Lot(id); err != nil {
			return err
		}
		_, err = o.append(tx, t, eventLicense, p.Account.String(), licenseEvent{License: int64(id), Account: p.Account.String(), Entitlement: p.Entitlement,
			Quantity: p.Quantity, Starts: dayText(starts), Ends: dayText(ends), Order: p.Order, Memo: memo})
		return err
	})
	return lot, repeated, err
}

// deposited looks for an earlier deposit with the same operation ID.
func (o *Officer) deposited(tx *ledger.Tx, p Purchase) (ledger.Lot, bool, error) {
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

// digest stands for what is deposited, as it was asked for: the same command on another day is
// still the same operation.
func (p Purchase) digest() [32]byte {
	term := ""
	if p.Term != nil {
		term = p.Term.String()
	}
	return keys.Digest("TS1/purchase", []byte(p.Account.String()), []byte(p.Entitlement), []byte(p.Order), []byte(term),
		fmt.Appendf(nil, "%d %d %d", p.Quantity, p.Starts, p.Ends))
}
