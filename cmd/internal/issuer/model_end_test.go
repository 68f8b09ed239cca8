package issuer

import (
	"maps"

	"pgregory.net/rapid"

	"tallystick/reserve"
)

// checkOrder hands everything that a device ever gave to fresh books with the same authorizations,
// in an order of its own, and compares (I5).
func (m *model) checkOrder() {
	if m.lost {
		return // what was lost may be suspected first or never
	}
	for _, u := range m.units {
		if u.rolled || !m.books.entry(u).enrolled {
			continue
		}
		var papers []*paper
		for _, p := range m.papers {
			if p.unit == u && p.grant == nil {
				papers = append(papers, p)
			}
		}
		inOrder := m.handed(u, papers)
		shuffled := m.handed(u, rapid.Permutation(papers).Draw(m.T, "order"))
		if inOrder.Floor != shuffled.Floor || !maps.Equal(inOrder.Charge(), shuffled.Charge()) || len(inOrder.Alive()) != len(shuffled.Alive()) {
			m.fail("the order of its codes matters for %s (I5)", u.identity.UDI())
		}
	}
}

// handed returns the books after codes came in an order.
func (m *model) handed(u *unit, papers []*paper) reserve.Books {
	now, _ := m.booksOf(u)
	b := reserve.Books{Identity: now.Identity}
	for _, i := range now.Issued {
		i.Dead = false
		b.Issued = append(b.Issued, i)
	}
	for _, p := range papers {
		var err error
		if p.position == 0 {
			b, _, err = b.Report(p.status)
		} else {
			receipt, parsing := reserve.ParseReceipt(p.code.Body())
			m.must(parsing)
			b, _, err = b.Receive(receipt)
		}
		m.must(err)
	}
	return b
}

// drain does what the manual says for a device that is to give everything back, with no code that
// was made before (L1, L3): return, cancel what is out, hand in the code. Then the device can be
// given something again.
func (m *model) drain(u *unit) {
	m.mayCredit = true
	if held, ok := m.instance(u).(reserve.Reserved); ok {
		m.settle(u, held.Return(), u.floor, nil)
	}
	e := m.books.entry(u)
	if e.quarantined {
		m.fail("the honest device %s is quarantined", u.identity.UDI())
	}
	if last := e.next() - 1; last >= u.floor {
		next, err := m.instance(u).(reserve.Unreserved).Cancel(last)
		m.must(err)
		m.settle(u, next, last+1, nil)
	}
	e = m.handIn(u)
	if len(e.charge()) > 0 || e.newest() != nil || e.frozen() != "" {
		m.fail("%s gave everything back and is charged %v (L1)", u.identity.UDI(), e.charge())
	}
	m.useAgain(u)
}

// useAgain gives a device that gave everything back something once more, if there is something.
func (m *model) useAgain(u *unit) {
	d := demand{unit: u, Wish: Wish{Device: u.identity.UDI().Serial(), Changes: []Change{{Tag: "dna-advantage", Count: 1}}}}
	want := m.foresee(d)
	if m.target(d.Device) != u || want.refused == reserve.PoolExhausted {
		return
	}
	plan, err := m.office.Plan(ctx, d.Wish)
	m.must(err)
	out, err := m.office.Authorize(ctx, d.Wish, plan)
	m.must(err)
	g := m.record(d, want, out)
	m.show(g)
	next, _, err := reserve.Install(m.instance(u), g.body, m.now)
	m.must(err)
	m.settle(u, next, g.number+1, g)
	m.handIn(u)
	if b, _ := m.booksOf(u); b.Standing() != reserve.Steady && m.receipt == nil { // a mutation's receipts may confirm nothing
		m.fail("%s is given something again and is %s", u.identity.UDI(), b.Standing())
	}
}

// settle is a step of a device that nothing goes wrong with.
func (m *model) settle(u *unit, next reserve.Instance, floor reserve.Number, held *grant) {
	u.record, u.floor, u.held, u.age = reserve.Encode(next), floor, held, u.age+1
	m.compare(u)
	u.reached[u.position()] = u.age
}

// handIn has the office take the receipt of a device's present state, which it has to.
func (m *model) handIn(u *unit) *entry {
	m.printReceipt(u, m.instance(u))
	for _, p := range m.papers {
		if p.unit == u && p.position == u.position() {
			after := m.books.entry(u).clone()
			_ = after.take(p)
			_, err := m.office.Receive(ctx, m.read(p.code.Paste()), "", false)
			m.must(err)
			m.books.entries[u] = after
		}
	}
	return m.books.entry(u)
}

// proveCopy lets a device that was put back go on reporting until its count is past that of the last
// report the office has: the office must have found out then, unless the device did again just what
// it had done.
func (m *model) proveCopy(u *unit) {
	if !u.rolled || u.gone || !m.books.entry(u).enrolled {
		return
	}
	e := m.books.entry(u)
	i := m.instance(u)
	var last reserve.Status
	for {
		if s, ok := i.LastReport(); ok {
			last = s
		}
		if last.Count() == e.count && last.Digest() == e.sum {
			return // it is where it was
		}
		if last.Count() > e.count {
			break
		}
		i, _ = reserve.Report(i)
	}
	if e.count == 0 || e.quarantined || u.reports >= e.count {
		return
	}
	_, err := m.office.Receive(ctx, m.read(last.Code().Paste()), "", false)
	m.wantRefusal("the report of a copy", err, reserve.Quarantined)
	m.adopt(u, err)
}
