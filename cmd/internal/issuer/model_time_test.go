package issuer

import (
	"slices"
	"time"

	"tallystick/keys"
	"tallystick/reserve"
	"tallystick/reserve/device"
)

func dayOf(t time.Time, ahead int) keys.Day { return keys.DayOf(t.AddDate(0, 0, ahead)) }

func (m *model) today() keys.Day { return keys.DayOf(m.now) }

// ended reports whether what ends on a day is over for the office.
func (m *model) ended(day keys.Day) bool { return day != 0 && day < m.today() }

// runs reports whether an authorization grants something still, or takes everything away.
func (g *grant) runs(day keys.Day) bool {
	for _, line := range g.grants {
		if line.Ends == 0 || line.Ends >= day {
			return true
		}
	}
	return len(g.grants) == 0
}

// daysPass lets purchases end.
func (m *model) daysPass() { m.now = m.now.AddDate(0, 0, m.draw("days", 1, 25)) }

// timeJumps is a year in a drawer, or an office clock that is put right, backwards too, though not to
// before something was bought.
func (m *model) timeJumps() {
	if !m.seldom("jump", 3) {
		m.Skip("time goes its way")
	}
	days := m.draw("forth", 30, 400)
	if m.seldom("back", 2) {
		days = -m.draw("back by", 1, 60)
		for _, l := range m.books.lots {
			days = max(days, int(l.Starts)-int(m.today()))
		}
	}
	m.now = m.now.AddDate(0, 0, days)
}

// setClock makes a device's clock wrong, or right again.
func (m *model) setClock() {
	u := m.living()
	if u.ahead != 0 {
		u.ahead = 0
		return
	}
	u.ahead = m.draw("days ahead", -400, 400)
}

// runOn lets a device's machine run, or start again.
func (m *model) runOn() {
	u := m.living()
	if m.seldom("start again", 4) {
		u.up, u.process = time.Duration(m.draw("minutes", 1, 90))*time.Minute, nil
		return
	}
	u.up += time.Duration(m.draw("minutes", 1, 30*60)) * time.Minute
}

// ask has a unit's product ask what it may use: the rows of the ends of terms and of the evaluation.
func (m *model) ask() {
	m.askFor(m.living(), pick(m, "entitlement", modelTags))
}

// outlive has it ask around and behind the end of what it holds.
func (m *model) outlive() {
	ending := func(g reserve.Grant) bool { return g.Ends != 0 }
	u := m.livingThat(func(u *unit) bool { return u.held != nil && slices.ContainsFunc(u.held.grants, ending) })
	g := u.held.grants[slices.IndexFunc(u.held.grants, ending)]
	was := u.ahead
	u.ahead = int(g.Ends) - int(m.today()) + pick(m, "days behind the end", []int{1, graceDays + 1, 0, graceDays, 2 * graceDays})
	m.askFor(u, m.tag(g.Entitlement))
	u.ahead = was
	m.proofs++
}

func (m *model) askFor(u *unit, tag string) {
	want, next := m.licensed(u, m.entitlement(tag))
	u.process = nil // one that runs looks at the time once a minute
	a, err := device.Ask(deviceDir, tag, 1, m.outside(u)...)
	m.must(err)
	if next.age != u.age {
		u.state, u.sure, u.unsure = next, next, nil
	}
	m.compare(u)
	if a.State != want || a.Licensed != (want == reserve.StateReserved || want == reserve.StateGrace || want == reserve.StateEvaluation) {
		m.fail("%s on %s is %s, licensed %v; expected %s", tag, u.identity.UDI(), a.State, a.Licensed, want)
	}
	m.happened["asking: "+want]++
}

// tag is the name of an entitlement.
func (m *model) tag(id reserve.EntitlementID) string {
	tag, ok := m.trust().Catalog().Tag(id)
	if !ok {
		m.fail("no entitlement %d", id)
	}
	return tag
}

// licensed is the state of one of an entitlement on a unit, and what asking for it leaves behind: the
// time, where a day or an hour came together, and the evaluation that was used.
func (m *model) licensed(u *unit, id reserve.EntitlementID) (answer string, next state) {
	now := m.moment(u)
	looked := u.counted(now, false)
	switch {
	case u.held == nil && u.evaluation > 0:
		if looked := u.counted(now, true); looked.ran-u.ran >= time.Minute {
			next = looked
			next.age++
		} else {
			next = u.state
		}
		if next.evaluation == 0 {
			return reserve.StateEvaluationExpired, next
		}
		return reserve.StateEvaluation, next
	case u.held == nil && u.ever:
		return reserve.StateNotReserved, u.state
	case u.held == nil:
		return reserve.StateEvaluationExpired, u.state
	}
	next = u.state
	if looked.latest > u.latest || looked.ran-u.ran >= mostCounted {
		next = looked
		next.age++
	}
	return u.held.answer(id, next, now), next
}

// answer is the state of one license of an authorization that is installed.
func (g *grant) answer(id reserve.EntitlementID, s state, now moment) string {
	day := s.day(now)
	granted, valid, grace := false, uint64(0), uint64(0)
	for _, line := range g.grants {
		if line.Entitlement != id && modelTiers[line.Entitlement] != id {
			continue
		}
		granted = true
		switch {
		case line.Ends == 0 || day <= line.Ends:
			valid += uint64(line.Count)
		case int(day) <= int(line.Ends)+graceDays:
			grace += uint64(line.Count)
		}
	}
	over := s.until != 0 && s.ran >= s.until
	switch {
	case over && granted, granted && valid+grace == 0:
		return reserve.StateRestricted
	case s.until != 0 && valid+grace > 0, valid == 0 && grace > 0:
		return reserve.StateGrace
	case valid > 0:
		return reserve.StateReserved
	}
	return reserve.StateNotReserved
}

// graceDays is what the catalog gives each of the model's entitlements.
const graceDays = 90
