package ledger

import (
	"tallystick/cmd/internal/compliance"
	"tallystick/keys"
	"tallystick/reserve"
)

// A Pool is what an account has of one entitlement, over all its lots that are valid on a day.
type Pool struct {
	Entitlement   reserve.EntitlementID
	Tag           string
	Purchased     uint64 // no number to show where it is Unlimited
	Reserved      uint64
	InTransit     uint64 // the part of Reserved that no confirmation covers yet
	Available     uint64 // Purchased minus Reserved; no number to show where it is Unlimited
	PendingReturn uint64 // what devices that were written off could be holding; it is in none of the others
	Unlimited     bool   // one of the lots is without limit
}

// Pools returns the pools of an account by tag. Lots that ended before day count on neither side,
// nor do those that begin after it. The refusal is UnknownAccount.
func (tx *Tx) Pools(account Path, day keys.Day) ([]Pool, error) {
	stocks, err := tx.Stocks(account)
	if err != nil {
		return nil, err
	}
	var out []Pool
	for _, s := range stocks {
		if b := compliance.On(s.Lots, day); b.Counts() {
			out = append(out, Pool{s.Entitlement, s.Tag, b.Purchased, b.Reserved, b.InTransit, b.Available, b.PendingReturn, b.Unlimited()})
		}
	}
	return out, nil
}
