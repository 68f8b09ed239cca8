package issuer

import (
	"tallystick/cmd/internal/ledger"
	"tallystick/reserve"
)

// carriesOver works out what the replacement gets: what ran and isn't export-controlled, from the same lots
// where the account has that, and what is named.
func (m *model) carriesOver(s swap, f, e *entry, account ledger.Path) foreseen {
	named := map[reserve.EntitlementID]bool{}
	holds, needs := map[reserve.EntitlementID]uint64{}, map[reserve.EntitlementID]uint64{}
	running := m.standing(f).running
	delete(running, 0)
	for _, c := range s.Changes {
		id := m.entitlement(c.Tag)
		named[id] = true
		if c.Count > 0 {
			holds[id], needs[id] = uint64(c.Count), uint64(c.Count)
		}
	}
	if !named[m.entitlement(exportTag)] && !s.maps(exportTag) {
		if running[m.entitlement(exportTag)] > 0 {
			m.happened["left out: "+exportTag]++
		}
		delete(running, m.entitlement(exportTag))
	}
	if why := m.mapped(s, running, holds, needs); why != "" {
		return refuse(why)
	}
	if len(running) == 0 && len(s.Changes) == 0 && len(holds) == 0 {
		return refuse(reserve.OutOfRange)
	}
	room := m.freed(f, account)
	for id := reserve.EntitlementID(1); id < 16; id++ {
		n := running[id]
		if _, mapped := holds[id]; n == 0 || (named[id] || mapped) && holds[id] != n {
			continue
		}
		holds[id], needs[id] = n, n
		if m.keeps(f, id, room) {
			delete(needs, id)
		}
	}
	for id, n := range needs {
		for lot, left := range room {
			if l := m.books.lot(lot); l.Entitlement == id && l.Starts <= m.today() {
				n -= min(n, uint64(left))
			}
		}
		if n > 0 {
			return refuse(reserve.PoolExhausted)
		}
	}
	if len(holds) == 0 || e.tooFar(e.next()) {
		return refuse(reserve.OutOfRange)
	}
	return foreseen{number: e.next(), holds: holds}
}

// freed is what the lots of an account have once a device is written off.
func (m *model) freed(f *entry, account ledger.Path) map[reserve.LotID]uint32 {
	out := map[reserve.LotID]uint32{}
	for _, l := range m.books.lots {
		if l.Account == account && !m.ended(l.Ends) {
			out[l.ID] = l.Quantity - m.books.taken(l.ID) + f.charge()[l.ID]
		}
	}
	return out
}

// keeps takes what a device had of an entitlement out of the same lots, if they have it.
func (m *model) keeps(f *entry, id reserve.EntitlementID, room map[reserve.LotID]uint32) bool {
	of := f.drawn[f.newest()].of
	for on, n := range of {
		if on.of == id && !m.ended(m.books.lot(on.lot).Ends) && room[on.lot] < n {
			return false
		}
	}
	for on, n := range of {
		if on.of == id && !m.ended(m.books.lot(on.lot).Ends) {
			room[on.lot] -= n
		}
	}
	return true
}
