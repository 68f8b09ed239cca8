package reserve

import (
	"fmt"
	"slices"
)

// explore visits every state and returns the way to the first that breaks a promise, "" if none.
func (m *machine) explore() string {
	first := local{unit: m.unit(m.start), ledger: m.ledger(m.empty()), backup: none, snapshot: none}
	first.revealed = m.rules.reveals(m.units[first.unit].instance)
	m.add(first, parent{})
	for at := uint32(0); int(at) < len(m.states); at++ {
		s := m.states[at]
		if found := m.check(s); found != "" {
			return m.trail(at, found)
		}
		var found string
		m.edges = append(m.edges, nil)
		m.steps(s, func(next step) {
			if found != "" {
				return
			}
			m.transitions++
			if found = m.checkStep(s, next); found != "" {
				found = fmt.Sprintf("%s %d: %s", next.verb, next.argument, found)
				return
			}
			if next.to == s {
				return
			}
			to := m.add(next.to, parent{at, next.verb, next.argument})
			m.edges[at] = append(m.edges[at], edge{to, next.honest, next.grows, next.shared()})
		})
		if found != "" {
			return m.trail(at, found)
		}
	}
	return ""
}

func (m *machine) add(s local, p parent) uint32 {
	id, ok := m.index[s]
	if !ok {
		id = uint32(len(m.states))
		m.index[s], m.states, m.parents = id, append(m.states, s), append(m.parents, p)
	}
	return id
}

// check returns what is wrong with a state, "" if nothing is.
func (m *machine) check(s local) string {
	if m.coverOnly {
		return m.checkCover(s)
	}
	if found := m.checkMarks(s); found != "" || s.marks&rolled != 0 {
		return found
	}
	return m.checkCover(s)
}

// checkMarks checks what the books made of what they were told.
func (m *machine) checkMarks(s local) string {
	u, l := m.units[s.unit], m.ledgers[s.ledger]
	honest := s.marks&rolled == 0
	for lot, n := range l.charge {
		if n > m.pool[lot] {
			return fmt.Sprintf("lot %d is charged %d of %d", lot, n, m.pool[lot])
		}
	}
	if l.books.Quarantined && honest {
		return "an honest device is quarantined"
	}
	if l.books.Suspect && s.marks&(restored|rolled|derived) == 0 {
		return "a device of an intact ledger is suspect"
	}
	if s.marks&told != 0 && !m.recover && !l.books.Suspect && !l.books.Quarantined {
		return fmt.Sprintf("the device holds slot %d, the books were shown it, never issued it and go on", u.held)
	}
	if !honest {
		return m.checkBound(s)
	}
	return ""
}

// checkCover checks every authorization that the device holds or could install.
func (m *machine) checkCover(s local) string {
	u := m.units[s.unit]
	for code := range m.codes {
		if s.wire&(1<<code) == 0 {
			continue
		}
		holds := code == u.held
		if !holds && m.act(s, putIn, uint16(code)) == none {
			continue
		}
		if found := m.checkPossible(s, slot(code), holds); found != "" {
			return found
		}
	}
	return ""
}

// checkPossible checks an authorization that the device holds or could install (I1, I9).
func (m *machine) checkPossible(s local, code slot, holds bool) string {
	l := m.ledgers[s.ledger]
	verb := "could install"
	if holds {
		verb = "holds"
	}
	if n := m.number(code); n < s.revealed.Floor() && !m.coverOnly {
		return fmt.Sprintf("the device %s number %d after it revealed position %d (I9)", verb, n, s.revealed)
	}
	if !m.knows(l, code) {
		if s.marks&restored == 0 || s.marks&recovered != 0 {
			return fmt.Sprintf("the device %s slot %d, which was never issued", verb, code)
		}
		return "" // nothing is promised of what the ledger lost
	}
	for lot, n := range m.wish(code) {
		if n > l.cover[lot] {
			return fmt.Sprintf("the device %s %d of lot %d, the books charge %d (I1)", verb, n, lot, l.cover[lot])
		}
	}
	if i, _ := l.books.Find(m.number(code)); !l.books.alive(i) && !m.coverOnly {
		return fmt.Sprintf("the device %s number %d, which the books say is dead", verb, i.Number)
	}
	return ""
}

// checkBound checks that a device that was put back holds nothing but what was signed for it.
func (m *machine) checkBound(s local) string {
	if held := m.units[s.unit].held; held != none && s.wire&(1<<held) == 0 {
		return fmt.Sprintf("the device holds slot %d, which does not exist", held)
	}
	return ""
}

// checkStep returns what is wrong with a step.
func (m *machine) checkStep(s local, next step) string {
	if m.coverOnly {
		return ""
	}
	if next.verb != restoreDevice {
		before, after := m.units[s.unit].instance, m.units[next.to.unit].instance
		if after.Floor() < before.Floor() || after.common().statements < before.common().statements {
			return "the device went back (I4)"
		}
	}
	if next.verb == restoreLedger || next.to.ledger == s.ledger {
		return ""
	}
	before, after := m.ledgers[s.ledger], m.ledgers[next.to.ledger]
	if a, b := before.books, after.books; b.Floor < a.Floor || b.Known < a.Known || b.Seen < a.Seen || b.Statements < a.Statements {
		return fmt.Sprintf("the books went back (I4): floor %d to %d, known %d to %d", a.Floor, b.Floor, a.Known, b.Known)
	}
	for k, i := range before.books.Issued {
		if i.Dead && !after.books.Issued[k].Dead {
			return fmt.Sprintf("number %d came back to life (I4)", i.Number)
		}
	}
	if found := checkWrittenOff(before, after); found != "" || next.verb == giveUpDevice {
		return found
	}
	switch next.verb {
	case authorize, rebase:
		return m.checkIssue(before, after)
	case takeReceipt, takeReport:
		return m.checkTaken(s, next)
	}
	if slices.Compare(before.charge, after.charge) != 0 {
		return "the charge changed without a code of the device (I7)"
	}
	return ""
}

// checkWrittenOff checks that a write-off moves the charge to the exposure as it is, and that the pool
// has no part in what becomes of a device afterwards: it is charged nothing and credited nothing.
func checkWrittenOff(before, after *book) string {
	switch {
	case before.books.WrittenOff && !after.books.WrittenOff:
		return "a device that was written off no longer is (I4)"
	case !after.books.WrittenOff:
		return ""
	case slices.Max(after.charge) > 0:
		return fmt.Sprintf("a device that was written off is charged %v (I7)", after.charge)
	case !before.books.WrittenOff && slices.Compare(before.charge, after.cover) != 0:
		return fmt.Sprintf("writing off made an exposure of %v from a charge of %v (I7)", after.cover, before.charge)
	}
	for lot := range after.cover {
		if after.cover[lot] > before.cover[lot] {
			return fmt.Sprintf("the exposure of lot %d grew from %d to %d", lot, before.cover[lot], after.cover[lot])
		}
	}
	return ""
}

func (m *machine) checkIssue(before, after *book) string {
	for lot := range after.charge {
		if after.charge[lot] < before.charge[lot] {
			return fmt.Sprintf("issuing took the charge of lot %d from %d to %d (I7)", lot, before.charge[lot], after.charge[lot])
		}
	}
	if n := after.books.Last(); n < before.books.Floor || n < before.books.Seen || len(after.books.Alive()) == 0 {
		return fmt.Sprintf("number %d was issued, which is dead", n)
	}
	return ""
}

// checkTaken checks that a code counts once (I5), and that the books end the same whatever came
// before it: every other code that exists can come first.
func (m *machine) checkTaken(s local, next step) string {
	if again := m.take(next.to.ledger, next.verb, next.argument); again != next.to.ledger {
		return "the same code again changed the books (I5)"
	}
	if (s.marks|next.to.marks)&^late != 0 || next.verb == takeReceipt && m.fabricated(s, Position(next.argument)) {
		return "" // suspicion depends on what came first; that it ends the same is a matter of liveness
	}
	swap := func(v verb, argument uint16) bool {
		one := m.take(next.to.ledger, v, argument)
		other := m.take(m.take(s.ledger, v, argument), next.verb, next.argument)
		a, b := m.ledgers[one], m.ledgers[other]
		return one == other || a.books.Floor == b.books.Floor && a.alive == b.alive && slices.Equal(a.charge, b.charge) && slices.Equal(a.cover, b.cover)
	}
	for _, p := range m.positions {
		if p > s.revealed {
			break
		}
		if !m.fabricated(s, p) && !swap(takeReceipt, uint16(p)) {
			return fmt.Sprintf("position %d after it is not the same as before it (I5)", p)
		}
	}
	for _, paper := range s.reports {
		if paper != 0 && !swap(takeReport, paper) {
			return fmt.Sprintf("report %d after it is not the same as before it (I5)", paper)
		}
	}
	return ""
}
