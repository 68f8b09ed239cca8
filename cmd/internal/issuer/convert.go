package issuer

import (
	"context"
	"fmt"

	"tallystick/cmd/internal/ledger"
	"tallystick/keys"
	"tallystick/reserve"
)

// A Converting is what an option key is to become.
type Converting struct {
	UDI      reserve.UDI
	Index    uint16
	Quantity uint32 // 0: all that is left
	Account  ledger.Path
	Op       string
}

// Convert makes licenses of an option key, or of a part of it, that end when the key does. What is
// converted never counts again; the same operation ID is repeated, and gives license and key as they
// are by then. Refusals are UnknownOptionKey, NotEligible (with the reason; a key that ended is none),
// AlreadyConverted, OutOfRange, UnknownAccount, AccountClosed and OperationReused.
func (o *Officer) Convert(ctx context.Context, w Converting, memo Memo, dry bool) (lot ledger.Lot, k ledger.OptionKey, repeated bool, err error) {
	err = o.act(ctx, memo, dry, func(tx *ledger.Tx, t reserve.Trust) error {
		var result convertResult
		if repeated, err = recall(tx, w.Op, eventConvert, w.digest(), &result); err != nil {
			return err
		}
		if !repeated {
			result, err = o.convert(tx, t, w, memo)
		}
		if err != nil {
			return err
		}
		if k, err = tx.OptionKeyByID(result.Key); err != nil {
			return err
		}
		lot, err = license(tx, result.License)
		return err
	})
	return lot, k, repeated, err
}

// convertResult is what an operation ID keeps of a conversion.
type convertResult struct {
	License reserve.LotID      `json:"license"`
	Key     ledger.OptionKeyID `json:"option_key"`
}

func (o *Officer) convert(tx *ledger.Tx, t reserve.Trust, w Converting, memo Memo) (convertResult, error) {
	var none convertResult
	k, err := mustOptionKey(tx, w.UDI, w.Index)
	if err != nil {
		return none, err
	}
	quantity, err := convertible(k, w.Quantity, o.today())
	if err != nil {
		return none, err
	}
	id, err := tx.AddLot(ledger.NewLot{Account: w.Account, Tag: k.Tag, Quantity: quantity, Starts: o.today(), Ends: k.Ends,
		Reference: fmt.Sprintf("option key %s index %d", k.UDI, k.Index)})
	if err != nil {
		return none, err
	}
	if err := tx.Convert(k.ID, id, quantity); err != nil {
		return none, err
	}
	result := convertResult{id, k.ID}
	if err := remember(tx, w.Op, eventConvert, w.digest(), result); err != nil {
		return none, err
	}
	_, err = o.append(tx, t, eventConvert, w.UDI.String(), convertEvent{Device: w.UDI.String(), Index: w.Index, Option: k.Option,
		Entitlement: k.Tag, Count: quantity, License: int64(id), Account: w.Account.String(), Ends: dayText(k.Ends), Op: w.Op, Memo: memo})
	return result, err
}

func (w Converting) digest() [32]byte {
	return keys.Digest("TS1/purchase", []byte("convert"), []byte(w.Account.String()), fmt.Appendf(nil, "%s %d %d", w.UDI, w.Index, w.Quantity))
}
