package issuer

import (
	"context"
	"encoding/json"
	"fmt"

	"tallystick/cmd/internal/ledger"
	"tallystick/keys"
	"tallystick/reserve"
)

// A LicenseMove asks for licenses of one purchase to be moved to another account.
type LicenseMove struct {
	License  reserve.LotID
	To       ledger.Path
	Quantity uint32 // 0: all that is available
	Op       string
}

// A LicenseMoved is what a move came to: both sides as they are after it.
type LicenseMoved struct {
	From, To  ledger.Lot
	Quantity  uint32 // how many went; reserve.MaxCount for what is without limit
	Unlimited bool
	Repeated  bool
}

// MoveLicense moves what is available of a license, or a part of it, to another account. What is
// reserved for devices stays with them: MoveDevice takes it along. Parts of one purchase that come to
// one account are one license there. Moving all that is available once more is repeated; moving a
// number of licenses is only with the same operation ID. Refusals: UnknownLicense, LicenseEnded,
// UnknownAccount, PoolExhausted, OutOfRange and OperationReused.
func (o *Officer) MoveLicense(ctx context.Context, m LicenseMove, memo Memo, dry bool) (out LicenseMoved, err error) {
	err = o.act(ctx, memo, dry, func(tx *ledger.Tx, t reserve.Trust) error {
		out, err = o.moveLicense(tx, t, m, memo)
		return err
	})
	return out, err
}

func (o *Officer) moveLicense(tx *ledger.Tx, t reserve.Trust, m LicenseMove, memo Memo) (out LicenseMoved, err error) {
	source, err := license(tx, m.License)
	if err != nil {
		return out, err
	}
	if out, err = moved(tx, m, source); err != nil || out.Repeated {
		return out, err
	}
	if source.Ends != 0 && source.Ends < o.today() {
		return out, reserve.Refuse(reserve.LicenseEnded, "license %d (%s) ended on %s: there is nothing to move", source.ID, source.Tag, source.Ends)
	}
	err = o.moveFrom(tx, t, m, source, memo, &out)
	return out, err
}

func (o *Officer) moveFrom(tx *ledger.Tx, t reserve.Trust, m LicenseMove, source ledger.Lot, memo Memo, out *LicenseMoved) error {
	n := m.Quantity
	if n == 0 {
		n = source.Available
	}
	if n == 0 || source.Unlimited && source.Reserved > 0 {
		return reserve.Refuse(reserve.PoolExhausted, "nothing of license %d (%s) in account %q is free to be moved: %d are reserved for devices, and move with them",
			source.ID, source.Tag, source.Account, source.Reserved)
	}
	target, err := tx.MoveLot(source.ID, n, m.To)
	if err != nil {
		return err
	}
	if m.Op != "" {
		result := body(licenseMoveResult{target, n})
		if err := tx.AddOperation(ledger.Operation{ID: m.Op, Verb: eventLicenseMove, Wish: m.digest(), Result: result}); err != nil {
			return err
		}
	}
	if err := out.fill(tx, source, target, n); err != nil {
		return err
	}
	event := licenseMoveEvent{License: int64(source.ID), From: source.Account.String(), To: m.To.String(), Target: int64(target),
		Entitlement: source.Tag, Quantity: n, Unlimited: source.Unlimited, Op: m.Op, Memo: memo}
	if event.Unlimited {
		event.Quantity = 0
	}
	_, err = o.append(tx, t, eventLicenseMove, source.Account.String(), event)
	return err
}

// licenseMoveResult is what an operation ID keeps of a move.
type licenseMoveResult struct {
	Target   reserve.LotID `json:"target"`
	Quantity uint32        `json:"quantity"`
}

// moved looks whether a move was done before: under its operation ID or, when it is of all that is
// available, because all of that is there.
func moved(tx *ledger.Tx, m LicenseMove, source ledger.Lot) (out LicenseMoved, err error) {
	if m.Op != "" {
		op, found, err := tx.Operation(m.Op, eventLicenseMove, m.digest())
		if err != nil || !found {
			return out, err
		}
		var result licenseMoveResult
		if err := json.Unmarshal(op.Result, &result); err != nil {
			return out, err
		}
		out.Repeated = true
		return out, out.fill(tx, source, result.Target, result.Quantity)
	}
	if m.Quantity != 0 || source.Available != 0 || source.Account == m.To {
		return out, nil
	}
	part, found, err := tx.Part(source, m.To)
	if err != nil || !found {
		return out, err
	}
	out.Repeated = true
	return out, out.fill(tx, source, part.ID, 0)
}

// fill reads both sides as they are now.
func (m *LicenseMoved) fill(tx *ledger.Tx, source ledger.Lot, target reserve.LotID, n uint32) (err error) {
	m.Quantity, m.Unlimited = n, source.Unlimited
	if m.From, err = license(tx, source.ID); err == nil {
		m.To, err = license(tx, target)
	}
	return err
}

// digest stands for what is to be moved.
func (m LicenseMove) digest() [32]byte {
	return keys.Digest("TS1/purchase", []byte("move"), []byte(m.To.String()), fmt.Appendf(nil, "%d %d", m.License, m.Quantity))
}

// license returns a license. The refusal is UnknownLicense.
func license(tx *ledger.Tx, id reserve.LotID) (ledger.Lot, error) {
	l, found, err := tx.Lot(id)
	if err == nil && !found {
		err = reserve.Refuse(reserve.UnknownLicense, "there is no license with number %d", id)
	}
	return l, err
}
