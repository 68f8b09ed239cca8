package issuer

import (
	"cmp"
	"fmt"
	"slices"

	"tallystick/keys"
	"tallystick/reserve"
)

// takeBack takes in, during a recovery, what is left of the lost part of the books outside of them:
// requests and authorizations on paper.
func (m *model) takeBack() {
	for _, u := range m.units {
		if !m.books.entry(u).enrolled && m.draw("its request is there", 0, 3) > 0 {
			m.recoverDevice(u)
		}
	}
	var list []*paper
	for _, p := range m.papers {
		if p.grant != nil && m.forgotten[p.grant] {
			list = append(list, p)
		}
	}
	slices.SortStableFunc(list, func(a, b *paper) int { return cmp.Compare(a.grant.number, b.grant.number) })
	for _, p := range list {
		if m.draw("its code is there", 0, 4) > 0 {
			m.takeIn(p)
		}
	}
}

// recoverDevice enrolls a device that the books had before.
func (m *model) recoverDevice(u *unit) {
	account := m.accountOf(u)
	want := m.books.open(account)
	if twin := m.target(u.identity.UDI().Serial()); twin != nil {
		want = reserve.DuplicateDevice
		if why := m.books.entry(twin).frozen(); why != "" { // its return code would make no room
			want = why
		}
	}
	var err error
	do := func() error {
		_, _, err = m.office.RecoverDevice(ctx, u.request, account, Memo{}, false)
		return err
	}
	if want != "" {
		m.wantRefusal("enrolling once more", do(), want)
		return
	}
	m.insist(do)
	e := m.books.entry(u)
	e.enrolled, e.account = true, account
	m.happened["a device was recovered"]++
	m.did(acted{verb: "recover a device", unit: u, to: account})
}

// takeIn takes in an authorization, which the account of its device pays for again.
func (m *model) takeIn(p *paper) {
	g := p.grant
	name := g.unit.identity.UDI().String()
	want, repeated := m.takesIn(g, m.target(name))
	var out Issuance
	do := func() (err error) {
		out, err = m.office.RecoverAuthorization(ctx, name, m.carried(p), Memo{}, false)
		return err
	}
	if want != "" {
		m.wantRefusal("taking in", do(), want)
		return
	}
	if m.insist(do); repeated {
		return
	}
	e := m.books.entry(g.unit)
	if out.Number != g.number {
		m.fail("number %d was taken in as %d", g.number, out.Number)
	}
	m.readDraws(g)
	m.checkTakenIn(e, g)
	e.issued, e.taken[g], e.suspect = append(e.issued, g), true, false
	m.happened["an authorization was taken in"]++
	m.did(acted{verb: "take in", unit: g.unit, grant: g})
}

// takesIn is what has to come of an authorization. u is the identity that the device has now.
func (m *model) takesIn(g *grant, u *unit) (want reserve.Reason, repeated bool) {
	if u == nil {
		return reserve.UnknownDevice, false
	}
	e := m.books.entry(u)
	switch why := opens(m.trust(), u, g); why {
	case reserve.WrongDevice, reserve.TrustTooOld, reserve.BadSignature:
		return why, false
	}
	switch {
	case e.knows(g):
		return "", true
	case len(e.issued) > 0 && e.issued[len(e.issued)-1].number >= g.number:
		return reserve.OutOfRange, false
	case !m.covers(e, g):
		return reserve.PoolExhausted, false
	case e.quarantined:
		return reserve.Quarantined, false
	case e.writtenOff && len(g.grants) > 0:
		return reserve.DeviceWrittenOff, false
	}
	return "", false
}

// covers reports whether the account of a device has, besides what it is charged, licenses with just
// the ends that an authorization grants, begun when it was signed: what the lower tier lacks the higher one has to have left.
func (m *model) covers(e *entry, g *grant) bool {
	type kind struct {
		of   reserve.EntitlementID
		ends keys.Day
	}
	charge, room := e.charge(), map[kind]int{}
	for _, l := range m.books.lots {
		if l.Account == e.account && l.Starts <= g.issued {
			room[kind{l.Entitlement, l.Ends}] += int(l.Quantity - m.books.taken(l.ID) + charge[l.ID])
		}
	}
	for _, line := range g.grants {
		room[kind{line.Entitlement, line.Ends}] -= int(line.Count)
	}
	for k, n := range room {
		if higher := higherTier(k.of); n < 0 && higher != 0 {
			n += max(0, room[kind{higher, k.ends}])
			if n >= 0 {
				continue
			}
		}
		if n < 0 {
			return false
		}
	}
	return true
}

// higherTier is the tier that contains one, 0 when none does.
func higherTier(of reserve.EntitlementID) reserve.EntitlementID {
	for higher, lower := range modelTiers {
		if lower == of {
			return higher
		}
	}
	return 0
}

// checkTakenIn checks that an authorization draws on licenses of the account for just what it grants.
func (m *model) checkTakenIn(e *entry, g *grant) {
	sums := map[reserve.Grant]uint32{}
	for on, n := range e.drawn[g].of {
		l := m.books.lot(on.lot)
		if l.Account != e.account || l.Entitlement != on.of && modelTiers[l.Entitlement] != on.of {
			m.fail("number %d was taken in on lot %d of %s, which is of %s", g.number, l.ID, l.Account, l.Tag)
		}
		sums[reserve.Grant{Entitlement: on.of, Ends: l.Ends}] += n
	}
	for _, line := range g.grants {
		key := reserve.Grant{Entitlement: line.Entitlement, Ends: line.Ends}
		if sums[key] != line.Count {
			m.fail("number %d grants %v and was taken in for %d", g.number, line, sums[key])
		}
		delete(sums, key)
	}
	if len(sums) > 0 {
		m.fail("number %d was taken in for %s besides", g.number, fmt.Sprint(sums))
	}
}
