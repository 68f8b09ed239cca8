package issuer

import (
	"context"
	"encoding/json"
	"fmt"

	"tallystick/cmd/internal/ledger"
	"tallystick/keys"
	"tallystick/reserve"
)

// A LicenseRemoval asks for licenses to be taken from the books: sold back, or entered by mistake.
type LicenseRemoval struct {
	License  reserve.LotID
	Quantity uint32 // 0: the whole license
	Op       string
}

// A LicenseRemoved is what a removal came to.
type LicenseRemoved struct {
	License  ledger.Lot // as it is after it
	Before   uint32     // how many it had
	Repeated bool
}

// RemoveLicense makes a license smaller, never smaller than what is reserved of it. A license of which
// nothing is left stays in the books as history. Removing a whole license once more is repeated;
// removing a number of licenses is only with the same operation ID. A reason is asked for. Refusals:
// UnknownLicense, PoolExhausted, OutOfRange and OperationReused.
func (o *Officer) RemoveLicense(ctx context.Context, r LicenseRemoval, memo Memo, dry bool) (out LicenseRemoved, err error) {
	if memo.Reason == "" {
		return out, reserve.Refuse(reserve.OutOfRange, "licenses are not removed without a reason")
	}
	err = o.act(ctx, memo, dry, func(tx *ledger.Tx, t reserve.Trust) error {
		out, err = o.removeLicense(tx, t, r, memo)
		return err
	})
	return out, err
}

func (o *Officer) removeLicense(tx *ledger.Tx, t reserve.Trust, r LicenseRemoval, memo Memo) (out LicenseRemoved, err error) {
	before, err := license(tx, r.License)
	if err != nil {
		return out, err
	}
	if out, err = removed(tx, r, before); err != nil || out.Repeated {
		return out, err
	}
	err = o.shrinkLicense(tx, t, r, before, memo, &out)
	return out, err
}

func (o *Officer) shrinkLicense(tx *ledger.Tx, t reserve.Trust, r LicenseRemoval, before ledger.Lot, memo Memo, out *LicenseRemoved) error {
	n := r.Quantity
	switch {
	case n == 0:
		n = before.Quantity
	case before.Unlimited:
		return reserve.Refuse(reserve.OutOfRange, "license %d (%s) is without limit: it is removed as a whole", before.ID, before.Tag)
	case n > before.Quantity:
		return reserve.Refuse(reserve.OutOfRange, "license %d (%s) has %d; %d can't be removed", before.ID, before.Tag, before.Quantity, n)
	}
	if err := tx.ResizeLot(before.ID, before.Quantity-n); err != nil {
		return err
	}
	if r.Op != "" {
		result := body(licenseRemoveResult{before.Quantity})
		if err := tx.AddOperation(ledger.Operation{ID: r.Op, Verb: eventLicenseRemove, Wish: r.digest(), Result: result}); err != nil {
			return err
		}
	}
	var err error
	out.Before = before.Quantity
	if out.License, err = license(tx, before.ID); err != nil {
		return err
	}
	event := licenseRemoveEvent{License: int64(before.ID), Account: before.Account.String(), Entitlement: before.Tag,
		Removed: n, Left: out.License.Quantity, Unlimited: before.Unlimited, Op: r.Op, Memo: memo}
	if event.Unlimited {
		event.Removed = 0
	}
	_, err = o.append(tx, t, eventLicenseRemove, event.Account, event)
	return err
}

// licenseRemoveResult is what an operation ID keeps of a removal.
type licenseRemoveResult struct {
	Before uint32 `json:"before"`
}

// removed looks whether a removal was done before: under its operation ID or, when it is of the whole
// license, because nothing is left.
func removed(tx *ledger.Tx, r LicenseRemoval, now ledger.Lot) (out LicenseRemoved, err error) {
	out.License, out.Before = now, now.Quantity
	if r.Op == "" {
		out.Repeated = r.Quantity == 0 && now.Quantity == 0
		return out, nil
	}
	op, found, err := tx.Operation(r.Op, eventLicenseRemove, r.digest())
	if err != nil || !found {
		return out, err
	}
	var result licenseRemoveResult
	out.Repeated, err = true, json.Unmarshal(op.Result, &result)
	out.Before = result.Before
	return out, err
}

// digest stands for what is to be removed.
func (r LicenseRemoval) digest() [32]byte {
	return keys.Digest("TS1/purchase", []byte("remove"), fmt.Appendf(nil, "%d %d", r.License, r.Quantity))
}
