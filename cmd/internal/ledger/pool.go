package ledger

import (
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
	PendingReturn uint64 // charged to devices written off; always 0 in this version
	Unlimited     bool   // one of the lots is without limit
}

// Pools returns the pools of an account by tag. Lots that ended before day count on neither side,
// nor do those that begin after it. The refusal is UnknownAccount.
func (tx *Tx) Pools(account Path, day keys.Day) ([]Pool, error) {
	id, err := tx.accountID(account)
	if err != nil {
		return nil, err
	}
	var out []Pool
	err = tx.each(`SELECT e.id, e.tag, sum(b.purchased), sum(b.reserved), sum(b.in_transit), sum(b.available),
		max(b.unlimited AND b.purchased > 0) FROM balance b JOIN entitlement e ON e.id = b.entitlement
		WHERE b.account = $1 AND `+validOn("$2")+` GROUP BY e.id, e.tag ORDER BY e.tag`,
		[]any{id, day}, func(scan func(...any) error) error {
			var p Pool
			err := scan(&p.Entitlement, &p.Tag, &p.Purchased, &p.Reserved, &p.InTransit, &p.Available, &p.Unlimited)
			out = append(out, p)
			return err
		})
	return out, err
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
