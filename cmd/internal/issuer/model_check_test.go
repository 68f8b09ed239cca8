package issuer

import (
	"maps"

	"tallystick/cmd/internal/ledger"
	"tallystick/reserve"
)

// promises are what holds after every step, in the words of SPEC.md, Promises. Those that concern a step
// rather than a state (I5, I6, I8, I11, I12) are checked where it is taken.
var promises = []struct {
	name  string
	check func(*model)
}{
	{"the ledger says what the words of SPEC.md make of the same steps", (*model).checkBooks},
	{"I1 and I9: what a device can hold is charged, and not dead", (*model).checkCovers},
	{"I2: no license is held twice", (*model).checkHeld},
	{"I3: what is shown adds up", (*model).checkPools},
	{"I3: what is reported adds up, today and later", (*model).checkCompliance},
	{"I3: what was bought is there, wherever it was moved", (*model).checkPurchases},
	{"I3: what was converted is counted once", (*model).checkKeys},
	{"accounts are as they were left", (*model).checkAccounts},
	{"I4 and I7: nothing goes back, and nothing is credited without a cause", (*model).checkMonotone},
}

// check checks the promises. It changes nothing.
func (m *model) check() {
	for _, p := range promises {
		p.check(m)
	}
	m.before = m.past()
}

func (m *model) checkBooks() {
	m.view(func(tx *ledger.Tx) error {
		for _, u := range m.units {
			if err := m.checkDevice(tx, u); err != nil {
				return err
			}
		}
		return nil
	})
}

// checkHeld counts what honest devices hold. What a ledger forgot that was put back is held besides:
// that is what putting one back costs (THREATS.md), and nothing else is.
func (m *model) checkHeld() {
	held, all := map[reserve.LotID]uint32{}, map[reserve.LotID]uint32{}
	for _, u := range m.units {
		e := m.books.entry(u)
		switch {
		case u.held == nil:
		case u.held.unit != u:
			m.fail("%s holds what was not signed for it (I8)", u.identity.UDI())
		case u.rolled:
		case e.knows(u.held):
			for lot, n := range e.drawn[u.held].lots {
				if !e.settled { // which is an officer's word
					all[lot] += n
				}
				if !u.gone && !e.writtenOff {
					held[lot] += n
				}
			}
		case u.gone:
		case !m.forgotten[u.held]:
			m.fail("%s holds number %d, which was never issued (I2)", u.identity.UDI(), u.held.number)
		}
	}
	for lot, n := range held {
		if bought := m.books.lot(lot).Quantity; n > bought {
			m.fail("%d are held of lot %d, %d were bought (I2)", n, lot, bought)
		}
	}
	for lot, n := range all {
		if bought, pending := m.books.lot(lot).Quantity, m.books.pending(lot); n > bought+pending {
			m.fail("%d are held of lot %d, %d were bought and %d are pending return (I2)", n, lot, bought, pending)
		}
	}
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
	if d.Account != e.account {
		m.fail("%s is in account %s, expected %s", d.UDI, d.Account, e.account)
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
	if b.WrittenOff != e.writtenOff || d.WrittenOff != e.writtenOff || b.LastBefore != e.lastBefore || b.Settled != e.settled || b.Lives != e.lives {
		m.fail("the books of %s say written off %v after %d, settled %v, alive %v; expected %v, %d, %v, %v", d.UDI,
			b.WrittenOff, b.LastBefore, b.Settled, b.Lives, e.writtenOff, e.lastBefore, e.settled, e.lives)
	}
	m.checkExposure(tx, d, e)
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

// checkPools checks what an officer is shown: purchases that have ended, or not begun, count on
// neither side.
func (m *model) checkPools() {
	for _, a := range m.books.accounts {
		m.checkPoolsOf(a.path)
	}
}

func (m *model) checkPoolsOf(account ledger.Path) {
	want := map[string][2]uint64{}
	for _, l := range m.books.lots {
		if l.Account != account {
			continue
		}
		taken := m.books.taken(l.ID)
		if taken > l.Quantity {
			m.fail("%d are charged of lot %d, %d were bought (I3)", taken, l.ID, l.Quantity)
		}
		if !m.ended(l.Ends) && l.Starts <= m.today() {
			sum := want[l.Tag]
			want[l.Tag] = [2]uint64{sum[0] + uint64(l.Quantity), sum[1] + uint64(taken)}
		}
	}
	m.view(func(tx *ledger.Tx) error {
		pools, err := tx.Pools(account, m.today())
		for _, p := range pools {
			if got := [2]uint64{p.Purchased, p.Reserved}; got != want[p.Tag] || p.Available != p.Purchased-p.Reserved || p.InTransit > p.Reserved {
				m.fail("the pool %+v, expected %v purchased and reserved (I3)", p, want[p.Tag])
			}
		}
		if err == nil && len(pools) != len(want) {
			m.fail("%d pools, expected %d (I3)", len(pools), len(want))
		}
		return err
	})
}

func (m *model) checkCovers() {
	for _, u := range m.units {
		if !u.gone && !u.rolled {
			m.checkCover(u)
		}
	}
}

// checkCover checks that all an honest device holds or could install is charged (I1), and that it
// holds nothing that it proved to be dead (I9).
func (m *model) checkCover(u *unit) {
	e := m.books.entry(u)
	charge := e.cover()
	for _, g := range m.signed {
		if g.unit != u || g != u.held && g.number < u.floor {
			continue
		}
		if g.number < u.shown.Floor() {
			m.fail("%s can hold number %d after it printed position %d (I9)", u.identity.UDI(), g.number, u.shown)
		}
		if !e.knows(g) {
			if !m.forgotten[g] {
				m.fail("%s can hold number %d, which was never issued (I1)", u.identity.UDI(), g.number)
			}
			continue
		}
		for lot, n := range e.drawn[g].lots {
			if n > charge[lot] && !e.settled {
				m.fail("%s can hold %d of lot %d and is charged %d (I1)", u.identity.UDI(), n, lot, charge[lot])
			}
		}
		if !e.alive(g) {
			m.fail("%s can hold number %d, which the books say is dead", u.identity.UDI(), g.number)
		}
	}
}

// A past is what there was before a step.
type past struct {
	books  *reckoning
	head   uint32
	root   uint16
	states map[*unit]state
}

func (m *model) past() *past {
	p := &past{m.books.clone(), m.head(), m.trust().Root().Version(), map[*unit]state{}}
	for _, u := range m.units {
		p.states[u] = u.sure
	}
	return p
}

// checkMonotone checks that nothing went back (I4) and nothing was credited without a code (I7).
func (m *model) checkMonotone() {
	if m.before == nil {
		return
	}
	if m.head() < m.before.head || m.trust().Root().Version() < m.before.root {
		m.fail("the journal or the trust root went back (I4)")
	}
	for _, u := range m.units {
		if s, ok := m.before.states[u]; ok && !u.rolled && (u.floor < s.floor || u.latest < s.latest || u.reports < s.reports ||
			u.trust.Roots().Len() < s.trust.Roots().Len() || u.ran < s.ran) {
			m.fail("%s went back (I4)", u.identity.UDI())
		}
		m.checkEntry(u, m.before.books.entry(u), m.books.entry(u))
	}
}

func (m *model) checkEntry(u *unit, a, b *entry) {
	if b.floor < a.floor || b.known < a.known || b.seen < a.seen || b.count < a.count || a.quarantined && !b.quarantined || a.writtenOff && !b.writtenOff {
		m.fail("the books of %s went back (I4)", u.identity.UDI())
	}
	for _, g := range a.issued {
		if !a.alive(g) && b.alive(g) || !b.knows(g) {
			m.fail("number %d of %s came back to life (I4)", g.number, u.identity.UDI())
		}
	}
	if !a.writtenOff && b.writtenOff && len(b.charge()) > 0 {
		m.fail("%s was written off and is charged %v (I7)", u.identity.UDI(), b.charge())
	}
	after := m.books.byPurchase(b.cover())
	for lot, n := range m.books.byPurchase(a.cover()) {
		if after[lot] < n && !m.mayCredit {
			m.fail("the charge of %s for purchase %d went from %d to %d without a code (I7)", u.identity.UDI(), lot, n, after[lot])
		}
	}
}

// byPurchase sums a charge up by purchase: a device that moves takes it from one lot to another.
func (r *reckoning) byPurchase(charge map[reserve.LotID]uint32) map[reserve.LotID]uint32 {
	out := map[reserve.LotID]uint32{}
	for lot, n := range charge {
		out[origin(r.lot(lot))] += n
	}
	return out
}
