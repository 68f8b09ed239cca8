package ledger

import (
	"fmt"
	"slices"

	"tallystick/reserve"
)

// draws checks what checkDraws made sure of and the journal shows still: that grants end with their
// lots, and that what was granted on a license of another entitlement is contained in it by the
// catalog that was in force, or was granted to the same device before.
func (w *worker) draws() error {
	inForce, err := w.catalogsInForce()
	if err != nil {
		return err
	}
	type pair struct{ license, granted reserve.EntitlementID }
	var device DeviceID
	var before map[pair]bool // of this device
	return w.each(`SELECT d.device, d.number, a.sequence, d.entitlement, d.ends, l.id, l.entitlement, l.ends
		FROM draw d JOIN authorization a ON a.device = d.device AND a.number = d.number JOIN lot l ON l.id = d.lot
		WHERE d.entitlement <> l.entitlement OR d.ends <> l.ends ORDER BY d.device, d.number, d.place`, nil,
		func(scan func(...any) error) error {
			var id DeviceID
			var number reserve.Number
			var sequence uint32
			var g reserve.Grant
			var l reserve.Lot
			if err := scan(&id, &number, &sequence, &g.Entitlement, &g.Ends, &l.ID, &l.Entitlement, &l.Ends); err != nil {
				return err
			}
			if id != device {
				device, before = id, map[pair]bool{}
			}
			p := pair{l.Entitlement, g.Entitlement}
			if g.Ends != l.Ends || !before[p] && !slices.Contains(inForce(sequence).Covers(g.Entitlement), l.Entitlement) {
				w.found.add(Difference{Sequence: sequence, area: inBooks, number: int64(sequence),
					Text: fmt.Sprintf("authorization %d grants something else than its licenses cover", number)})
			}
			before[p] = true
			return nil
		})
}

// catalogsInForce returns a function that tells which catalog was in force when a journal entry was
// written. By one that is not known or does not read, which others name, nothing contains anything.
func (w *worker) catalogsInForce() (func(sequence uint32) reserve.Catalog, error) {
	type edition struct {
		sequence uint32
		catalog  reserve.Catalog
	}
	var editions []edition
	err := w.each("SELECT r.sequence, c.raw FROM root r LEFT JOIN catalog c ON c.digest = r.catalog ORDER BY r.version", nil,
		func(scan func(...any) error) error {
			var e edition
			var raw []byte
			err := scan(&e.sequence, &raw)
			if c, unreadable := reserve.ReadCatalog(raw); unreadable == nil {
				e.catalog = c
			}
			editions = append(editions, e)
			return err
		})
	return func(sequence uint32) (c reserve.Catalog) {
		for _, e := range editions {
			if e.sequence < sequence {
				c = e.catalog
			}
		}
		return c
	}, err
}
