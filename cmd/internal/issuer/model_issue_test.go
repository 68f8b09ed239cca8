package issuer

import (
	"bytes"
	"maps"
	"slices"

	"tallystick/keys"
	"tallystick/reserve"
)

// authorizeAny asks for something new.
func (m *model) authorizeAny() { m.authorize(m.drawDemand()) }

// authorizeAgain asks for what was asked for before, word for word.
func (m *model) authorizeAgain() {
	if len(m.wishes) == 0 {
		m.Skip("nothing was asked for")
	}
	m.authorize(pick(m, "wish", m.wishes))
}

// authorize previews, commits and prints. The program may die before the commit or after it, and what
// it printed may be lost.
func (m *model) authorize(d demand) {
	want := m.foresee(d)
	wish := d.Wish
	if m.asks != nil {
		m.asks(&wish)
	}
	today := m.now
	m.now = m.now.AddDate(0, 0, m.ahead)
	defer func() { m.now = today }()
	plan, err := m.office.Plan(ctx, wish)
	m.wantRefusal("planning", err, want.refused)
	if err != nil {
		_, err = m.office.Authorize(ctx, d.Wish, Plan{}) // a preview is no condition of a refusal
		m.wantRefusal("authorizing", err, want.refused)
		m.wishes = append(m.wishes, d)
		return
	}
	if plan.New {
		m.checkArrival(d.unit, plan)
	}
	var out Issuance
	fate := m.perform(func() {
		out, err = m.office.Authorize(ctx, wish, plan)
		m.must(err)
	})
	if fate == undone {
		if m.shows {
			m.showUncommitted(d, plan)
		}
		return
	}
	if out.Number != want.number || out.Repeated != want.repeated {
		m.fail("authorizing %+v: number %d, repeated %v; expected %d, %v", d.Wish, out.Number, out.Repeated, want.number, want.repeated)
	}
	if d.Request == nil {
		d.unit = m.target(d.Device)
	}
	if out.Repeated {
		m.happened["repeated"]++
	}
	if want.replaces != nil {
		m.happened["another identity"]++
	}
	g := m.record(d, want, out)
	m.wishes = append(m.wishes, d)
	if fate == done && !m.seldom("the print is lost", 10) {
		m.show(g)
	}
}

// record enters what was committed.
func (m *model) record(d demand, want foreseen, out Issuance) *grant {
	e := m.books.entry(d.unit)
	if d.Op != "" {
		m.books.done[d.Op] = deed{wish: d.key(), number: out.Number}
	}
	if out.Repeated {
		g := e.find(out.Number)
		if g == nil || !bytes.Equal(g.body, out.Authorization) {
			m.fail("repeating number %d gave other bytes (I6)", out.Number)
		}
		return g
	}
	if want.replaces != nil {
		m.books.entry(want.replaces).superseded = true
	}
	if !e.enrolled {
		e.enrolled, e.account = true, want.account
	}
	g := m.newGrant(d.unit, out.Authorization)
	m.readDraws(g)
	m.checkGrant(d, want, g)
	e.issued = append(e.issued, g)
	if m.issued != nil {
		m.issued(m, g)
	}
	return g
}

// newGrant opens an authorization as its device does (I11). A ledger that was put back may sign the
// same once more, byte for byte.
func (m *model) newGrant(u *unit, body []byte) *grant {
	for _, g := range m.made {
		if g.unit == u && bytes.Equal(g.body, body) {
			return g
		}
	}
	trust := m.trust()
	a, err := reserve.OpenAuthorization(body, trust, u.identity)
	m.must(err)
	g := &grant{unit: u, number: a.Number(), digest: a.Digest(), body: body, grants: a.Grants(), issued: a.Issued(),
		signer: a.Signers()[0], root: trust.Root().Version()}
	m.made = append(m.made, g)
	return g
}

// checkGrant checks that what was signed is what was wished, from lots that have it.
func (m *model) checkGrant(demand demand, want foreseen, g *grant) {
	holds := map[reserve.EntitlementID]uint64{}
	lines := map[reserve.Grant]uint32{}
	account := m.books.entry(g.unit).account
	for d, n := range m.books.entry(g.unit).drawn[g].of {
		l := m.books.lot(d.lot)
		if m.ended(l.Ends) || l.Starts > m.today() || n == 0 || l.Account != account {
			m.fail("authorization %d draws %d of lot %d of %s, from %s to %s", g.number, n, d.lot, l.Account, l.Starts, l.Ends)
		}
		if l.Entitlement != d.of {
			m.checkBorrowed(demand, want.failed, g, d, n)
		}
		holds[d.of] += uint64(n)
		lines[reserve.Grant{Entitlement: d.of, Ends: l.Ends}] += n
	}
	if !maps.Equal(holds, want.holds) {
		m.fail("authorizing %+v draws %v, expected %v", demand.Wish, holds, want.holds)
	}
	for _, line := range g.grants {
		key := reserve.Grant{Entitlement: line.Entitlement, Ends: line.Ends}
		if lines[key] != line.Count {
			m.fail("authorization %d grants %v, and draws %d for that", g.number, line, lines[key])
		}
		delete(lines, key)
	}
	if len(lines) > 0 {
		m.fail("authorization %d draws for %v and doesn't grant it", g.number, lines)
	}
}

// checkBorrowed checks that a lot of another entitlement is of the higher tier, and was drawn on because
// somebody said so, now or for what is kept.
func (m *model) checkBorrowed(demand demand, failed *unit, g *grant, d drawn, n uint32) {
	if modelTiers[m.books.lot(d.lot).Entitlement] != d.of {
		m.fail("authorization %d grants %s on lot %d, which is of %s", g.number, m.tag(d.of), d.lot, m.books.lot(d.lot).Tag)
	}
	m.happened["borrowed"]++
	e := m.books.entry(g.unit)
	if failed != nil { // whose licenses these were
		e = m.books.entry(failed)
	}
	before := e.newest()
	if len(demand.Borrow) == 0 && (before == nil || e.drawn[before].of[d] < n) {
		m.fail("authorization %d borrows %d of lot %d unasked", g.number, n, d.lot)
	}
}

// show gives an authorization out.
func (m *model) show(g *grant) {
	if !slices.Contains(m.signed, g) {
		m.signed = append(m.signed, g)
	}
	code, err := Issuance{Authorization: g.body}.Code()
	m.must(err)
	m.keep(&paper{unit: g.unit, code: code, grant: g})
}

// reprint asks for a stored authorization, whatever became of it. No key is needed.
func (m *model) reprint() {
	u := m.living()
	serial := u.identity.UDI().Serial()
	n := reserve.Number(m.draw("number", 0, 6))
	if u = m.target(serial); u != nil && len(m.books.entry(u).issued) > 0 && m.draw("one that was issued", 0, 1) == 1 {
		n = pick(m, "issued", m.books.entry(u).issued).number
	}
	want := reserve.Reason("")
	var g *grant
	if u == nil {
		want = reserve.UnknownDevice
	} else {
		e := m.books.entry(u)
		if g = e.find(n); n == 0 {
			g = e.newest()
		}
		switch {
		case g == nil:
			want = reserve.NothingIssued
		case !e.alive(g):
			want = reserve.Superseded
		default:
			want = m.stillTaken(e, g)
		}
	}
	var out Issuance
	var err error
	if m.perform(func() { out, err = m.office.Reprint(ctx, serial, n) }) != done {
		return
	}
	m.wantRefusal("reprinting", err, want)
	if err == nil {
		if !bytes.Equal(out.Authorization, g.body) {
			m.fail("reprinting number %d gave other bytes (I6)", g.number)
		}
		m.show(g)
	}
}

// stillTaken is why an authorization isn't shown again though it is alive: no device would take it.
func (m *model) stillTaken(e *entry, g *grant) reserve.Reason {
	switch why := opens(m.trust(), g.unit, g); {
	case e.writtenOff && len(g.grants) > 0:
		return reserve.DeviceWrittenOff
	case why == reserve.KeyCompromised:
		return why
	case why == reserve.KeyRetired && e.confirmed() != g:
		return why
	}
	return ""
}

// showUncommitted is the mutation that prints before it commits.
func (m *model) showUncommitted(d demand, plan Plan) {
	if plan.Repeated {
		return
	}
	grants, err := reserve.GrantsOf(plan.draws)
	m.must(err)
	key, err := m.office.signer(m.trust(), keys.RoleIssue)
	m.must(err)
	a, err := reserve.SignAuthorization(m.trust(), plan.Device, reserve.Draft{Number: plan.Number, Sequence: 1, Issued: m.today(), Grants: grants}, key)
	m.must(err)
	if d.Request == nil {
		d.unit = m.target(d.Device)
	}
	m.show(m.newGrant(d.unit, a.Body()))
}
