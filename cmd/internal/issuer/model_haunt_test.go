package issuer

import (
	"slices"

	"tallystick/cmd/internal/ledger"
)

// haunt gives up a device that is as alive as before, with or without a replacement, and lets it go on:
// it gives codes that come late, holds on to what it has, takes the empty authorization.
func (m *model) haunt() {
	u := m.livingThat(func(u *unit) bool { return len(m.books.entry(u).charge()) > 0 })
	switch m.draw("given up", 0, 2) {
	case 0:
		m.writeOff([]*unit{u})
	case 1:
		m.replace(m.drawSwap(u, m.addUnitIfFew()))
	case 2: // it has one more that it never confirmed
		m.authorize(m.drawDemand())
		m.writeOff([]*unit{u})
	}
	for range m.draw("codes", 1, 4) {
		m.hauntOnce(u)
	}
}

// addUnitIfFew returns a new device, or one of those that there are.
func (m *model) addUnitIfFew() *unit {
	if len(m.units) > 5 {
		return pick(m, "replacement", m.units)
	}
	return m.addUnit("R" + string(rune('0'+len(m.units))))
}

func (m *model) hauntOnce(u *unit) {
	switch m.draw("then", 0, 6) {
	case 0:
		m.reportOf(u)
		m.receiveOf(u)
	case 1:
		m.returnAll(u)
		m.receiveOf(u)
	case 2:
		m.installOf(u)
		m.receiveOf(u)
	case 3:
		m.settle(u)
	case 4:
		m.disarm(u)
	case 5:
		m.cancelThrough(u, u.floor)
		m.receiveOf(u)
	case 6:
		m.authorize(demand{unit: u, Wish: Wish{Device: u.identity.UDI().String(), Changes: []Change{{Tag: "dna-advantage", Count: 1}}}})
	}
}

// disarm gives a device the empty authorization, and takes what it says to that.
func (m *model) disarm(u *unit) {
	d := demand{unit: u, Wish: Wish{Device: u.identity.UDI().String(), Only: true}}
	if m.target(d.Device) != u {
		return
	}
	m.authorize(d)
	if e := m.books.entry(u); e.writtenOff && e.newest() != nil && len(e.newest().grants) == 0 {
		m.happened["the empty authorization"]++
	}
	m.installOf(u)
	m.receiveOf(u)
}

// failedMutations are wrong rules about devices that failed.
var failedMutations = []mutation{
	{"a late return credits the pool again", misrules{also: creditLate, only: []string{"as usual", "dead and alive"}}, "(I3)"},
	{"what is pending is not recorded", misrules{also: settleAtOnce, only: []string{"as usual", "dead and alive", "write off"}}, "the books of|previewing|settling"},
	{"a confirmation settles what is pending", misrules{also: settleOnSight, only: []string{"as usual", "dead and alive"}}, "the books of"},
	{"policies don't bound write-offs", misrules{lax: true, only: []string{"as usual", "write off", "set a policy"}}, "want a refusal for \"policy-threshold\""},
	{"what is export-controlled is carried along", misrules{carries: carryExport, only: []string{"authorize", "as usual", "replace"}}, "draws"},
	{"a replacement gets one more", misrules{carries: carryMore, only: []string{"as usual", "replace", "buy"}}, "draws|unexpected"},
	{"a dead device that lives raises no alarm", misrules{quiet: true, only: []string{"as usual", "dead and alive"}}, "alarm"},
	{"a stale preview is committed", misrules{hasty: true, only: []string{"as usual", "stale wish"}}, "a stale wish"},
	{"a device that was written off stays charged", misrules{also: chargeOn, only: []string{"as usual", "write off"}}, "(I3)"},
}

func creditLate(m *model, a acted) {
	for lot := range a.charge {
		if l := m.books.lot(lot); a.verb == "receive" && len(m.books.entry(a.unit).exposure()) == 0 && m.books.open(l.Account) == "" {
			m.buyBesides(l.Account, l, a.charge[lot])
			return
		}
	}
}

func (m *model) settleBesides(u *unit) {
	if m.target(u.identity.UDI().String()) == u && !m.books.entry(u).quarantined {
		m.besides(func() error {
			_, err := m.office.Settle(ctx, Settlement{Device: u.identity.UDI().String(), Evidence: exhibits()}, false)
			return err
		})
	}
}

func settleAtOnce(m *model, a acted) {
	if a.verb == "write off" {
		m.settleBesides(a.unit)
	}
}

func settleOnSight(m *model, a acted) {
	if e := m.books.entry(a.unit); a.verb == "receive" && e.writtenOff && a.unit.held != nil && len(e.exposure()) > 0 {
		m.settleBesides(a.unit)
	}
}

// relaxed lets every account write off what it wants, for now.
func (m *model) relaxed() (back func()) {
	if !m.lax {
		return func() {}
	}
	set := func(to func(*account) *Settings) {
		for _, a := range m.books.accounts {
			if !a.closed {
				m.besides(func() error { _, _, err := m.office.SetAccount(ctx, a.path, *to(&a), Memo{}, false); return err })
			}
		}
	}
	limit := ledger.AtMost(1000)
	most := &limit
	set(func(*account) *Settings { return &Settings{FailedOpen: most, FailedLicenses: most, FailedYear: most} })
	return func() {
		set(func(a *account) *Settings {
			return &Settings{FailedOpen: &a.failed.Open, FailedLicenses: &a.failed.Licenses, FailedYear: &a.failed.Year}
		})
	}
}

func carryExport(m *model, failed *unit, r *RMA) {
	n := m.standing(m.books.entry(failed)).running[m.entitlement(exportTag)]
	if n > 0 && !slices.ContainsFunc(r.Changes, func(c Change) bool { return c.Tag == exportTag }) {
		r.Changes = append(slices.Clone(r.Changes), Change{Tag: exportTag, Count: int64(n)})
	}
}

func carryMore(m *model, failed *unit, r *RMA) {
	for tag, n := range map[string]uint64{"dna-advantage": m.standing(m.books.entry(failed)).running[m.entitlement("dna-advantage")]} {
		if n > 0 && len(r.Changes) == 0 {
			r.Changes = []Change{{Tag: tag, Count: int64(n) + 1}}
		}
	}
}

// chargeOn takes as many licenses away as became available.
func chargeOn(m *model, a acted) {
	if a.verb != "write off" {
		return
	}
	for lot, n := range m.books.entry(a.unit).most() {
		m.besides(func() error {
			_, err := m.office.RemoveLicense(ctx, LicenseRemoval{License: lot, Quantity: n}, Memo{Reason: "lost"}, false)
			return err
		})
	}
}
