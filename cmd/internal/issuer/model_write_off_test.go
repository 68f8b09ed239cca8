package issuer

import (
	"maps"
	"slices"

	"tallystick/cmd/internal/ledger"
	"tallystick/keys"
	"tallystick/reserve"
)

// givenUp is what is known of a device that was given up.
type givenUp struct {
	writtenOff bool
	lastBefore reserve.Number // the highest number issued by then
	lostOn     keys.Day
	settled    bool
	lives      bool
	alarmed    bool     // by the code that is being taken
	raised     []*paper // codes that raised the alarm
	by         *unit
	with       *grant // the replacement's
}

// exposure is what a device that was written off could be holding.
func (e *entry) exposure() map[reserve.LotID]uint32 {
	if !e.writtenOff || e.settled {
		return map[reserve.LotID]uint32{}
	}
	return e.most()
}

// cover is what the books say that a device can hold: it is charged, or pending return.
func (e *entry) cover() map[reserve.LotID]uint32 {
	if e.writtenOff {
		return e.exposure()
	}
	return e.charge()
}

// pending returns what of a lot devices could be holding that were written off.
func (r *reckoning) pending(id reserve.LotID) (n uint32) {
	for _, e := range r.entries {
		n += e.exposure()[id]
	}
	return n
}

// exposedNow is exposure without what has ended.
func (m *model) exposedNow(e *entry) map[reserve.LotID]uint32 {
	out := e.exposure()
	maps.DeleteFunc(out, func(lot reserve.LotID, _ uint32) bool { return m.ended(m.books.lot(lot).Ends) })
	return out
}

// checkExposure compares what is pending return of one device.
func (m *model) checkExposure(tx *ledger.Tx, d ledger.Device, e *entry) {
	list, err := tx.Exposure(d.ID)
	m.must(err)
	got := map[reserve.LotID]uint32{}
	for _, x := range list {
		got[x.Lot] = x.Count
	}
	if want := e.exposure(); !maps.Equal(got, want) {
		m.fail("pending return of %s are %v, expected %v", d.UDI, got, want)
	}
}

// writeOffSome gives up one or two devices, dead or alive.
func (m *model) writeOffSome() {
	list := []*unit{m.holder()}
	if other := pick(m, "second device", m.units); m.seldom("two", 4) && other.identity.UDI() != list[0].identity.UDI() {
		list = append(list, other)
	}
	m.writeOff(list)
}

// holder draws a device, mostly one that is charged something.
func (m *model) holder() *unit {
	charged := slices.DeleteFunc(slices.Clone(m.units), func(u *unit) bool { return len(m.books.entry(u).charge()) == 0 })
	if len(charged) > 0 && m.draw("that holds something", 0, 4) > 0 {
		return pick(m, "holder", charged)
	}
	return pick(m, "device", m.units)
}

// writeOff gives up the devices that are called what these are.
func (m *model) writeOff(units []*unit) {
	w := WriteOff{Memo: Memo{Reason: "lost"}}
	var list []*unit
	want := reserve.Reason("")
	for _, u := range units {
		w.Devices = append(w.Devices, u.identity.UDI().String())
		if want == "" {
			want = m.loses(m.target(u.identity.UDI().String()), list)
		}
		list = append(list, m.target(u.identity.UDI().String()))
	}
	defer m.relaxed()()
	plan, err := m.office.PlanWriteOff(ctx, w)
	m.wantRefusal("planning a write-off", err, want)
	if err != nil {
		if _, err := m.office.WriteOff(ctx, w, nil); reasonOf(err) != reserve.Busy || len(units) == 1 { // that of the first is not as it was seen
			m.wantRefusal("writing off", err, want)
		}
		return
	}
	for i, loss := range plan {
		m.checkLoss(loss, m.books.entry(list[i]))
	}
	if m.perform(func() { _, err = m.office.WriteOff(ctx, w, plan) }) == undone {
		return
	}
	m.must(err)
	for _, u := range list {
		m.lose(u)
	}
}

// lose enters that a device was written off.
func (m *model) lose(u *unit) {
	e := m.books.entry(u)
	if e.writtenOff {
		m.happened["written off already"]++
		return
	}
	e.writtenOff, e.lostOn, e.lastBefore = true, m.today(), e.issued[len(e.issued)-1].number
	m.happened["written off"]++
	if e.quarantined {
		m.happened["written off: a copy"]++
	}
	m.did(acted{verb: "write off", unit: u})
}

// loses is why a device can't be written off after others, "" if it can.
func (m *model) loses(u *unit, others []*unit) reserve.Reason {
	if u == nil {
		return reserve.UnknownDevice
	}
	e := m.books.entry(u)
	switch {
	case e.writtenOff:
		return ""
	case len(e.charge()) == 0:
		return reserve.NothingIssued
	}
	before := m.books.clone()
	defer func() { m.books = before }()
	m.books = m.books.clone()
	for _, o := range others {
		if o != u {
			m.books.entry(o).writeOff(m.today())
		}
	}
	for at := e.account; !at.IsZero(); at = at.Parent() {
		now := m.stand(at)
		saved := m.books.entries[u]
		m.books.entries[u] = saved.clone()
		m.books.entries[u].writeOff(m.today())
		then := m.stand(at)
		m.books.entries[u] = saved
		if m.crosses(at, now, then) {
			return reserve.PolicyThreshold
		}
	}
	return ""
}

func (e *entry) writeOff(day keys.Day) {
	if !e.writtenOff {
		e.writtenOff, e.lostOn = true, day
	}
}

// A stand is where an account and all below it stand.
type stand struct {
	open, year uint64
	licenses   map[string]uint64
}

func (m *model) stand(at ledger.Path) stand {
	s := stand{licenses: map[string]uint64{}}
	for _, e := range m.books.entries {
		if !e.writtenOff || !isBelow(e.account, at) {
			continue
		}
		if int(e.lostOn) > int(m.today())-ledger.YearDays {
			s.year++
		}
		exposed := m.exposedNow(e)
		if len(exposed) > 0 {
			s.open++
		}
		for lot, n := range exposed {
			s.licenses[m.books.lot(lot).Tag] += uint64(n)
		}
	}
	return s
}

// crosses reports whether an account's policy is in the way.
func (m *model) crosses(at ledger.Path, now, then stand) bool {
	p := m.policy(at)
	over := func(l ledger.Limit, now, then uint64) bool { return l.Set && then > now && then > uint64(l.N) }
	found := over(p.Open, now.open, then.open) || over(p.Year, now.year, then.year)
	for tag, n := range then.licenses {
		found = found || over(p.Licenses, now.licenses[tag], n)
	}
	return found
}

// checkLoss checks what an officer is told before agreeing: what may be in use twice.
func (m *model) checkLoss(l Loss, e *entry) {
	could := e.clone()
	could.writtenOff = true
	want, got := map[string]uint64{}, map[string]uint64{}
	for lot, n := range m.exposedNow(could) {
		want[m.books.lot(lot).Tag] += uint64(n)
	}
	for _, line := range l.Lines {
		got[line.Entitlement.Tag] = line.Pending
	}
	if !maps.Equal(got, want) || l.Repeated != e.writtenOff {
		m.fail("writing %s off puts %v at stake, written off already %v; expected %v, %v", l.Device.UDI, got, l.Repeated, want, e.writtenOff)
	}
}

// settleByEvidence ends what is pending of a device, all its identities.
func (m *model) settleByEvidence() {
	u := pick(m, "device", m.units)
	if lost := m.writtenOff(); len(lost) > 0 && m.draw("one that was written off", 0, 4) > 0 {
		u = pick(m, "written off", lost)
	}
	m.settle(u)
}

// writtenOff are the devices that were given up.
func (m *model) writtenOff() []*unit {
	return slices.DeleteFunc(slices.Clone(m.units), func(u *unit) bool { return !m.books.entry(u).writtenOff })
}

func (m *model) settle(u *unit) {
	want, list := m.settles(u)
	s := Settlement{Device: u.identity.UDI().String(), Evidence: exhibits()}
	var out Settled
	var err error
	if m.perform(func() { out, err = m.office.Settle(ctx, s, false) }) == undone {
		return
	}
	m.wantRefusal("settling by evidence", err, want)
	if err != nil {
		return
	}
	if out.Repeated != (len(list) == 0) {
		m.fail("settling %s: repeated %v, expected %d identities", s.Device, out.Repeated, len(list))
	}
	for _, e := range list {
		e.settled, m.mayCredit = true, true
		m.happened["settled by evidence"]++
	}
}

// settles is what has to come of evidence about a device, and of which identities.
func (m *model) settles(u *unit) (want reserve.Reason, list []*entry) {
	if m.target(u.identity.UDI().String()) == nil {
		return reserve.UnknownDevice, nil
	}
	known := false
	for _, other := range m.units {
		e := m.books.entry(other)
		if other.identity.UDI() != u.identity.UDI() || !e.writtenOff {
			continue
		}
		known = true
		if len(e.exposure()) > 0 {
			list = append(list, e)
		}
	}
	open := slices.DeleteFunc(slices.Clone(list), func(e *entry) bool { return e.quarantined })
	switch {
	case !known:
		return reserve.NothingIssued, nil
	case len(open) == 0 && len(list) > 0:
		return reserve.Quarantined, nil
	}
	return "", open
}

// setPolicy changes how much an account lets be written off.
func (m *model) setPolicy() {
	p := pick(m, "account", m.books.accounts).path
	limit := func(label string) *ledger.Limit {
		if m.draw(label, 0, 2) == 0 {
			return nil
		}
		l := ledger.AtMost(uint32(m.draw("most", 0, 4)))
		if m.seldom("none", 3) {
			l = ledger.Limit{}
		}
		return &l
	}
	s := Settings{FailedOpen: limit("open"), FailedLicenses: limit("licenses"), FailedYear: limit("year")}
	after := s.apply(ledger.Settings{Failed: m.books.account(p).failed}).Failed
	want := m.books.open(p)
	var err error
	if m.perform(func() { _, _, err = m.office.SetAccount(ctx, p, s, Memo{}, false) }) == undone {
		return
	}
	m.wantRefusal("setting a policy", err, want)
	if err == nil {
		m.books.account(p).failed = after
	}
}

// giveUpTheGone writes off what nobody has any more, or has twice, as far as the policies let (L1): one
// write-off makes everything available that it holds.
func (m *model) giveUpTheGone() {
	for _, u := range m.units {
		if e := m.books.entry(u); (u.gone || u.rolled) && m.target(u.identity.UDI().String()) == u && len(e.charge()) > 0 {
			m.writeOff([]*unit{u})
			m.check()
		}
	}
}
