package issuer

import (
	"bytes"
	"cmp"
	"slices"

	"tallystick/keys"
	"tallystick/reserve"
)

// renewAll renews an entitlement on every device that holds it, mostly one that ends and for which
// there are licenses, and now and then twice.
func (m *model) renewAll() {
	tag := pick(m, "entitlement", modelTags)
	for _, u := range m.units {
		if g := m.books.entry(u).newest(); g != nil && m.first(g, tag) == 0 {
			for _, line := range g.grants {
				if line.Ends != 0 {
					tag = m.tag(line.Entitlement)
				}
			}
		}
	}
	if m.draw("buy first", 0, 2) > 0 {
		m.buyOf(tag)
	}
	for range m.draw("times", 1, 2) {
		m.renew(tag)
	}
}

// renew compares each row of a renewal with what the same wish of that device alone would come to after
// those before it.
func (m *model) renew(tag string) {
	r := Renewal{Account: m.anAccount("of"), Entitlement: tag}
	if m.seldom("until", 3) {
		r.Until = m.today() + keys.Day(m.draw("days", 1, 50))
	}
	if tag == "network-essentials" && m.draw("borrow", 0, 1) == 1 {
		r.Borrow = []Borrowing{{"network-essentials", "network-advantage"}}
	}
	plan, err := m.office.PlanRenewal(ctx, r)
	m.wantRefusal("planning a renewal", err, m.books.mayReserve(r.Account))
	if err != nil {
		return
	}
	m.checkHolders(plan)
	results := map[reserve.DID]Renewed{}
	fate := m.perform(func() {
		m.must(m.office.Renew(ctx, plan, func(list []Renewed) error {
			for _, d := range list {
				results[d.Row.Device.DID] = d
			}
			return nil
		}))
	})
	if fate == undone {
		return
	}
	for _, row := range plan.Rows {
		d := demand{unit: m.target(row.Device.UDI.String()), Wish: row.wish}
		switch row.State {
		case RenewalNew, RenewalAgain:
			m.renewed(d, row, results[row.Device.DID], fate)
		default:
			m.checkNotRenewed(r, row, d.unit)
		}
	}
}

// renewed enters one row.
func (m *model) renewed(d demand, row RenewalRow, got Renewed, fate fate) {
	m.happened["renewal: "+string(row.State)]++
	e := m.books.entry(d.unit)
	if row.State == RenewalAgain {
		g := e.newest()
		if !bytes.Equal(got.Issuance.Authorization, g.body) || !m.usable(e, g) {
			m.fail("the code of a renewal again: number %d, %v; the newest is %d", got.Issuance.Number, got.Err, g.number)
		}
		if fate == done {
			m.show(g)
		}
		return
	}
	want := m.foresee(d)
	if got.Err != nil || want.refused != "" || got.Issuance.Number != want.number || got.Issuance.Repeated || want.repeated {
		m.fail("renewing %+v: %v, number %d, repeated %v; expected %+v", d.Wish, got.Err, got.Issuance.Number, got.Issuance.Repeated, want)
	}
	tag := d.Changes[0].Tag
	before := m.first(e.newest(), tag)
	anew := !m.usable(e, e.newest()) // what no device would take any more is signed once more
	g := m.record(d, want, got.Issuance)
	if after := m.first(g, tag); !anew && after-1 <= before-1 {
		m.fail("renewed from %s to %s", before, after)
	}
	if fate == done {
		m.show(g)
	}
}

// first is the first end of what an authorization grants of an entitlement, 0 when there is none.
func (m *model) first(g *grant, tag string) (first keys.Day) {
	for _, line := range g.grants {
		if line.Entitlement == m.entitlement(tag) && line.Ends != 0 && (first == 0 || line.Ends < first) {
			first = line.Ends
		}
	}
	return first
}

// checkHolders checks that a renewal is about just those devices that hold the entitlement, in order.
func (m *model) checkHolders(p RenewalPlan) {
	id := m.entitlement(p.Renewal.Entitlement)
	holders := 0
	for _, u := range m.units {
		e := m.books.entry(u)
		if g := e.newest(); e.enrolled && !e.superseded && !e.writtenOff && e.account == p.Renewal.Account && g != nil && slices.ContainsFunc(g.grants, func(line reserve.Grant) bool { return line.Entitlement == id }) {
			holders++
		}
	}
	sorted := slices.IsSortedFunc(p.Rows, func(a, b RenewalRow) int { return cmp.Compare(a.Ends-1, b.Ends-1) })
	if holders != len(p.Rows) || !sorted {
		m.fail("a renewal of %d devices, expected %d; in order %v", len(p.Rows), holders, sorted)
	}
}

// checkNotRenewed checks that there was nothing to be had for a device, or that it may not have it.
func (m *model) checkNotRenewed(r Renewal, row RenewalRow, u *unit) {
	e := m.books.entry(u)
	m.happened["renewal: "+string(row.State)]++
	if row.State == RenewalRefused && e.frozen() != "" {
		return
	}
	d := demand{unit: u, Wish: Wish{Device: row.Device.UDI.String(), Borrow: r.Borrow, Changes: []Change{{Tag: r.Entitlement, Count: int64(row.Count)}}}}
	for _, l := range m.books.lots {
		d.Until = l.Ends
		if l.Ends == 0 {
			d.Until = endless
		}
		if r.Until != 0 {
			d.Until = r.Until
		}
		if row.Ends == 0 || row.Ends >= d.Until || m.ended(d.Until) {
			continue
		}
		if f := m.foresee(d); f.refused == "" && !f.repeated {
			m.fail("%s is not renewed (%s, %v), though it could be through %s", u.identity.UDI(), row.State, row.Err, d.Until)
		}
	}
}
