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
		m.settle(u, held.Return(), u.floor)
	}
	e := m.books.entry(u)
	if e.quarantined {
		m.fail("the honest device %s is quarantined", u.identity.UDI())
	}
	if last := e.next() - 1; last >= u.floor {
		next, err := m.instance(u).(reserve.Unreserved).Cancel(last)
		m.must(err)
		m.settle(u, next, last+1)
	}
	m.printReceipt(u, m.instance(u))
	for _, p := range m.papers {
		if p.unit == u && p.position == u.position() {
			m.fuse = 0
			after := e.clone()
			_ = after.take(p)
			_, err := m.office.Receive(ctx, m.read(p.code.Paste()), "", false)
			m.must(err)
			m.books.entries[u] = after
			e = after
		}
	}
	if len(e.charge()) > 0 || e.newest() != nil || e.frozen() != "" {
		m.fail("%s gave everything back and is charged %v (L1)", u.identity.UDI(), e.charge())
	}
}

// settle is a step of a device that nothing goes wrong with.
func (m *model) settle(u *unit, next reserve.Instance, floor reserve.Number) {
	u.record, u.floor, u.held, u.age = reserve.Encode(next), floor, nil, u.age+1
	m.compare(u)
	u.reached[u.position()] = u.age
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
