package issuer

import (
	"maps"
	"slices"

	"tallystick/cmd/internal/ledger"
	"tallystick/reserve"
)

// check compares the ledger with the reckoning and checks the invariants. It changes nothing.
func (m *model) check() {
	m.view(func(tx *ledger.Tx) error {
		for _, u := range m.units {
			if err := m.checkDevice(tx, u); err != nil {
				return err
			}
		}
		return m.checkPools(tx)
	})
	held := map[reserve.LotID]uint32{}
	for _, u := range m.units {
		if !u.gone && !u.rolled {
			m.checkCover(u)
			if u.held != nil && m.books.entry(u).knows(u.held) {
				for lot, n := range u.held.draws {
					held[lot] += n
				}
			}
		}
		if u.rolled && u.held != nil && u.held.unit != u {
			m.fail("%s was put back and holds what was not signed for it", u.identity.UDI())
		}
	}
	for lot, n := range held {
		if bought := m.books.lot(lot).Quantity; n > bought {
			m.fail("%d are held of lot %d, %d were bought (I2)", n, lot, bought)
		}
	}
	m.checkMonotone()
	m.before = m.books.clone()
}

// checkDevice compares one device's books.
func (m *model) checkDevice(tx *ledger.Tx, u *unit) error {
	e := m.books.entry(u)
	d, err := tx.DeviceByDID(u.identity.DID())
	if !e.enrolled {
		m.wantRefusal("looking for a device", err, reserve.UnknownDevice)
		return nil
	}
	if err != nil {
		return err
	}
	b, err := tx.Books(d.ID)
	if err != nil {
		return err
	}
	if b.Floor != e.floor || b.Known != e.known || b.Seen != e.seen || b.Statements != e.count || b.Current != e.current {
		m.fail("the books of %s say floor %d, position %d, seen %d, report %d, installed %d; expected %d, %d, %d, %d, %d", d.UDI,
			b.Floor, b.Known, b.Seen, b.Statements, b.Current, e.floor, e.known, e.seen, e.count, e.current)
	}
	if b.Suspect != e.suspect || b.Quarantined != e.quarantined || d.Superseded != e.superseded || len(b.Issued) != len(e.issued) {
		m.fail("the books of %s say suspect %v, quarantined %v, replaced %v, %d issued; expected %v, %v, %v, %d", d.UDI,
			b.Suspect, b.Quarantined, d.Superseded, len(b.Issued), e.suspect, e.quarantined, e.superseded, len(e.issued))
	}
	for k, i := range b.Issued {
		if g := e.issued[k]; i.Number != g.number || i.Digest != g.digest || i.Dead != e.dead[g.number] {
			m.fail("the books of %s have number %d, dead %v; expected %d, %v", d.UDI, i.Number, i.Dead, g.number, e.dead[g.number])
		}
	}
	charges, err := tx.Charges(d.ID)
	got := map[reserve.LotID]uint32{}
	for _, c := range charges {
		got[c.Lot] = c.Count
	}
	if want := e.charge(); !maps.Equal(got, want) {
		m.fail("%s is charged %v, expected %v", d.UDI, got, want)
	}
	return err
}

// checkPools checks what an officer is shown (I3): purchases that have ended count on neither side.
func (m *model) checkPools(tx *ledger.Tx) error {
	want := map[string][2]uint64{}
	for _, l := range m.books.lots {
		taken := m.books.taken(l.ID)
		if taken > l.Quantity {
			m.fail("%d are charged of lot %d, %d were bought (I3)", taken, l.ID, l.Quantity)
		}
		if !m.ended(l.Ends) {
			sum := want[l.Tag]
			want[l.Tag] = [2]uint64{sum[0] + uint64(l.Quantity), sum[1] + uint64(taken)}
		}
	}
	pools, err := tx.Pools(plant, m.today())
	for _, p := range pools {
		if got := [2]uint64{p.Purchased, p.Reserved}; got != want[p.Tag] || p.Available != p.Purchased-p.Reserved || p.InTransit > p.Reserved {
			m.fail("the pool %+v, expected %v purchased and reserved (I3)", p, want[p.Tag])
		}
	}
	if err == nil && len(pools) != len(want) {
		m.fail("%d pools, expected %d", len(pools), len(want))
	}
	return err
}

// checkCover checks that all an honest device holds or could install is charged (I1), and that it
// holds nothing that it proved to be dead (I9).
func (m *model) checkCover(u *unit) {
	e := m.books.entry(u)
	charge := e.charge()
	for _, g := range m.signed {
		if g.unit != u || g != u.held && g.number < u.floor {
			continue
		}
		if g.number < u.shown.Floor() {
			m.fail("%s can hold number %d after it printed position %d (I9)", u.identity.UDI(), g.number, u.shown)
		}
		if !e.knows(g) {
			if !m.lost {
				m.fail("%s can hold number %d, which was never issued", u.identity.UDI(), g.number)
			}
			continue
		}
		for lot, n := range g.draws {
			if n > charge[lot] {
				m.fail("%s can hold %d of lot %d and is charged %d (I1)", u.identity.UDI(), n, lot, charge[lot])
			}
		}
		if !e.alive(g) {
			m.fail("%s can hold number %d, which the books say is dead", u.identity.UDI(), g.number)
		}
	}
}

// checkMonotone checks that nothing went back (I4) and nothing was credited without a code (I7).
func (m *model) checkMonotone() {
	if m.before == nil {
		return
	}
	for _, u := range m.units {
		a, b := m.before.entry(u), m.books.entry(u)
		if b.floor < a.floor || b.known < a.known || b.seen < a.seen || b.count < a.count || a.quarantined && !b.quarantined {
			m.fail("the books of %s went back (I4)", u.identity.UDI())
		}
		for _, g := range a.issued {
			if !a.alive(g) && b.alive(g) || !b.knows(g) {
				m.fail("number %d of %s came back to life (I4)", g.number, u.identity.UDI())
			}
		}
		after := b.charge()
		for lot, n := range a.charge() {
			if after[lot] < n && !m.mayCredit {
				m.fail("the charge of %s for lot %d went from %d to %d without a code (I7)", u.identity.UDI(), lot, n, after[lot])
			}
		}
	}
}

// end checks what has to hold of a whole life: the ledger verifies, the order of codes doesn't
// matter, and everything can be had back.
func (m *model) end() {
	m.checkOrder()
	m.verify()
	for _, u := range slices.Clone(m.units) {
		if u.gone || u.rolled || !m.books.entry(u).enrolled {
			continue
		}
		m.drain(u)
	}
	m.check()
	for _, u := range m.units {
		m.proveCopy(u)
	}
	m.verify()
}

func (m *model) verify() {
	trust, err := m.office.Trust(ctx)
	m.must(err)
	m.must(m.office.ledger.Verify(ctx, trust, nil))
}
