package issuer

import (
	"maps"
	"slices"

	"pgregory.net/rapid"

	"tallystick/reserve"
	"tallystick/reserve/device"
)

// end checks what has to hold of a whole life: the ledger verifies, the order of codes doesn't
// matter, every device still answers, and everything can be had back and used again.
func (m *model) end() {
	m.calm = true
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
		m.answers(u)
	}
	m.giveUpTheGone()
	m.check()
	m.verify()
}

func (m *model) verify() {
	trust, err := m.office.Trust(ctx)
	m.must(err)
	m.must(m.office.ledger.Verify(ctx, trust, nil))
}

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
// was made before (L1): return, cancel what is out, hand in the code. Then the device is given
// something again. What dead and copied devices are charged, giveUpTheGone gets back.
func (m *model) drain(u *unit) {
	m.mayCredit = true
	if u.held != nil {
		m.returnAll(u)
	}
	e := m.books.entry(u)
	if e.quarantined {
		m.fail("the honest device %s is quarantined", u.identity.UDI())
	}
	for last := e.next() - 1; last >= u.floor; {
		m.cancelThrough(u, min(last, u.floor+mostCanceled))
	}
	e = m.handIn(u)
	if len(e.cover()) > 0 || e.newest() != nil || e.frozen() != "" {
		m.fail("%s gave everything back and is charged %v (L1)", u.identity.UDI(), e.charge())
	}
	m.happened["all was given back"]++
	m.useAgain(u)
}

// useAgain gives a device that gave everything back something once more, if there is something. The
// newest trust bundle comes along. A ledger that was put back may have forgotten what that continues,
// or keys; its devices are of no more use then.
func (m *model) useAgain(u *unit) {
	d := demand{unit: u, Wish: Wish{Device: u.identity.UDI().Serial(), Changes: []Change{{Tag: "dna-advantage", Count: 1}}}}
	want := m.foresee(d)
	switch want.refused {
	case reserve.PoolExhausted, reserve.ReservationOff, reserve.LicensingMode, reserve.DeviceWrittenOff: // that is for an officer to change
		return
	}
	if m.target(d.Device) != u {
		return
	}
	if !continues(m.trust(), u.trust) {
		if !m.lost {
			m.fail("%s obeys a trust root that the office doesn't know", u.identity.UDI())
		}
		m.happened["the trust root was forgotten"]++
		return
	}
	m.obey(u, m.trust())
	plan, err := m.office.Plan(ctx, d.Wish)
	m.must(err)
	out, err := m.office.Authorize(ctx, d.Wish, plan)
	m.must(err)
	g := m.record(d, want, out)
	m.show(g)
	m.install(u, g.body, g)
	if u.held != g && g.runs(u.day(m.moment(u))) {
		m.fail("%s gave everything back and takes nothing any more (L1)", u.identity.UDI())
	}
	m.handIn(u)
	if b, _ := m.booksOf(u); u.held == g && b.Standing() != reserve.Steady && m.receipt == nil { // a mutation's receipts may confirm nothing
		m.fail("%s is given something again and is %s", u.identity.UDI(), b.Standing())
	}
	m.happened["a device was used again"]++
}

// handIn has the office take the receipt of a device's present state, which it has to.
func (m *model) handIn(u *unit) *entry {
	m.printOf(u)
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

// answers checks that a device refuses neither a report nor a return nor its last code, whatever came
// before (L3); do compares the codes (L2).
func (m *model) answers(u *unit) {
	if u.gone {
		return
	}
	m.do("reporting", u, u.reportsNow(m.moment(u)), (*device.Device).Report)
	m.returnAll(u)
	m.printOf(u)
	if s := m.running(u).Status(m.now); s.Next != u.floor || s.Reports != u.reports || s.LastAct != u.act || s.Number != 0 {
		m.fail("the status of %s: %+v", u.identity.UDI(), s)
	}
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
