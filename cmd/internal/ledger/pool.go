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

// A Holder is a device that a lot keeps something for.
type Holder struct {
	Device    DeviceID
	Count     uint32
	InTransit uint32 // the part that no confirmation covers yet
}

// Holders returns the devices that a lot keeps something for.
func (tx *Tx) Holders(id reserve.LotID) ([]Holder, error) {
	var out []Holder
	err := tx.each("SELECT device, count, in_transit FROM charge WHERE lot = $1 ORDER BY device", []any{id},
		func(scan func(...any) error) error {
			var h Holder
			err := scan(&h.Device, &h.Count, &h.InTransit)
			out = append(out, h)
			return err
		})
	return out, err
}
