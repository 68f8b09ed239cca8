package ledger

import (
	"maps"
	"slices"

	"tallystick/reserve"
)

// A Charge is what a lot keeps for a device.
type Charge struct {
	Lot        reserve.LotID
	Count      uint32
	InTransit  uint32 // the part that no confirmation covers yet
	ComingBack uint32 // the part that the newest authorization no longer grants
}

// Charges returns what the lots keep for a device, by lot: reserve.Books.Charge, InTransit and
// ComingBack as they were saved.
func (tx *Tx) Charges(id DeviceID) ([]Charge, error) {
	var out []Charge
	err := tx.each("SELECT lot, count, in_transit, coming_back FROM charge WHERE device = $1 ORDER BY lot", []any{id},
		func(scan func(...any) error) error {
			var c Charge
			err := scan(&c.Lot, &c.Count, &c.InTransit, &c.ComingBack)
			out = append(out, c)
			return err
		})
	return out, err
}

// chargesOf computes what Charges must return for books.
func chargesOf(b reserve.Books) []Charge {
	counts, transit, back := b.Charge(), b.InTransit(), b.ComingBack()
	var out []Charge
	for _, lot := range slices.Sorted(maps.Keys(counts)) {
		if counts[lot] > 0 {
			out = append(out, Charge{lot, counts[lot], transit[lot], back[lot]})
		}
	}
	return out
}

// saveCharge brings the charge of a device, and what its lots have reserved, to what b says.
func (tx *Tx) saveCharge(id DeviceID, b reserve.Books) error {
	stored, err := tx.Charges(id)
	if err != nil {
		return err
	}
	type pair struct{ was, is Charge }
	pairs := map[reserve.LotID]pair{}
	for _, c := range stored {
		pairs[c.Lot] = pair{was: c}
	}
	for _, c := range chargesOf(b) {
		pairs[c.Lot] = pair{pairs[c.Lot].was, c}
	}
	for _, lot := range slices.Sorted(maps.Keys(pairs)) {
		was, is := pairs[lot].was, pairs[lot].is
		if was == is {
			continue
		}
		if err := tx.debit(lot, was, is); err != nil {
			return err
		}
		if err := tx.setCharge(id, lot, is); err != nil {
			return err
		}
	}
	return nil
}

// debit is the only statement that changes what a lot has reserved. It takes what a charge grew by,
// or nothing, and credits what it shrank by.
func (tx *Tx) debit(lot reserve.LotID, was, is Charge) error {
	count := int64(is.Count) - int64(was.Count)
	n, err := tx.derive(`UPDATE lot SET reserved = reserved + $1, in_transit = in_transit + $2, coming_back = coming_back + $3
		WHERE id = $4 AND $1 <= (SELECT available FROM balance WHERE id = $4)`,
		count, int64(is.InTransit)-int64(was.InTransit), int64(is.ComingBack)-int64(was.ComingBack), lot)
	if err != nil || n == 1 {
		return err
	}
	l, found, err := tx.Lot(lot)
	switch {
	case err != nil:
		return err
	case !found:
		return tx.damaged("license %d is not there", lot)
	}
	return reserve.Refuse(reserve.PoolExhausted, "account %q has %d more of %s available until %s; %d more are needed",
		l.Account, l.Available, l.Tag, l.Ends, count)
}

func (tx *Tx) setCharge(id DeviceID, lot reserve.LotID, c Charge) error {
	if c.Count == 0 {
		return tx.deriveOne("charge", "DELETE FROM charge WHERE device = $1 AND lot = $2", id, lot)
	}
	return tx.deriveOne("charge", `INSERT INTO charge (device, lot, count, in_transit, coming_back) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (device, lot) DO UPDATE SET count = excluded.count, in_transit = excluded.in_transit, coming_back = excluded.coming_back`,
		id, lot, c.Count, c.InTransit, c.ComingBack)
}
