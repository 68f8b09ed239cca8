package reserve

import (
	"errors"
	"fmt"
	"slices"
	"testing"
)

// mustReturn fails when there is a state from which people who follow the manual can't get every
// license back, or can't put the device to use again (L1). They return, cancel, and hand in the code
// of the present state: typed codes alone, and none that may have been lost.
func (m *machine) mustReturn(t *testing.T) {
	t.Helper()
	if trail := m.hopeless(); trail != "" {
		t.Fatalf("%s:\n%s", m.bounds, trail)
	}
}

// hopeless returns the way to a state that can't reach what it should, "" if there is none.
func (m *machine) hopeless() string {
	back := make([][]uint32, len(m.states))
	for at := range m.states {
		for _, e := range m.edges[at] {
			if e.honest {
				back[e.to] = append(back[e.to], uint32(at))
			}
		}
	}
	if at, ok := m.stuck(back, m.returned); ok {
		return m.trail(at, "there is no way back to all being available (L1)")
	}
	if at, ok := m.stuck(back, m.reusable()); ok {
		return m.trail(at, "there is no way to use the device again (L1)")
	}
	return ""
}

// stuck returns a state that can't reach one that is good.
func (m *machine) stuck(back [][]uint32, good func(local) bool) (uint32, bool) {
	reaches := make([]bool, len(m.states))
	var queue []uint32
	for at, s := range m.states {
		if good(s) {
			reaches[at], queue = true, append(queue, uint32(at))
		}
	}
	for len(queue) > 0 {
		at := queue[len(queue)-1]
		queue = queue[:len(queue)-1]
		for _, from := range back[at] {
			if !reaches[from] {
				reaches[from], queue = true, append(queue, from)
			}
		}
	}
	at := slices.Index(reaches, false)
	return uint32(max(at, 0)), at >= 0
}

// returned reports whether nothing is held, nothing charged and nothing frozen.
func (m *machine) returned(s local) bool {
	l := m.ledgers[s.ledger]
	return m.units[s.unit].held == none && l.alive == 0 && l.books.Open() == nil
}

// reusable returns whether all is returned in a state, and the issuer can give the device something
// new that it installs and confirms. A device that used its last number is at its end.
func (m *machine) reusable() func(local) bool {
	type taker struct {
		unit uint32
		n    Number
	}
	gives, takes := map[uint32]Number{}, map[taker]bool{}
	return func(s local) bool {
		if !m.returned(s) {
			return false
		}
		if m.ledgers[s.ledger].books.WrittenOff { // it is to be set up anew, as another identity
			return true
		}
		n, ok := gives[s.ledger]
		if !ok {
			n = m.gives(m.ledgers[s.ledger].books)
			gives[s.ledger] = n
		}
		if n > LastNumber || n == 0 {
			return n != 0
		}
		good, ok := takes[taker{s.unit, n}]
		if !ok {
			next, err := m.rules.install(m.units[s.unit].instance, m.spare(n), testNow)
			good = err == nil && next.Receipt().secret == m.secret[ConfirmationAt(n)]
			takes[taker{s.unit, n}] = good
		}
		return good
	}
}

// gives returns the number that books give a device which confirms it, 0 if they can't, and one that
// doesn't exist if the device has used them all.
func (m *machine) gives(b Books) Number {
	n, err := m.rules.next(b)
	if errors.Is(err, &Refusal{Reason: NumbersExhausted}) && m.last() == LastNumber {
		return LastNumber + 1
	}
	if err != nil {
		return 0
	}
	b, err = m.rules.issue(b, Issued{Number: n, Draws: []Draw{{1, spareGrant}}, Digest: m.spare(n).Digest()})
	if err != nil {
		return 0
	}
	b, _, err = m.rules.receive(b, Receipt{m.start.identity.did.Locator(), m.secret[ConfirmationAt(n)]})
	if err != nil || b.Standing() != Steady {
		return 0
	}
	return n
}

// spareGrant is one license without an end.
var spareGrant = Grant{exploreEntitlements[0], 1, 0}

// spare returns an authorization to see whether a device takes it. It is on no wire.
func (m *machine) spare(n Number) Authorization {
	a, ok := m.spares[n]
	if !ok {
		var err error
		draft := Draft{Number: n, Sequence: 9, Issued: testToday, Grants: []Grant{spareGrant}}
		if a, err = SignAuthorization(m.issuer.trust, m.start.identity, draft, m.issuer.issue); err != nil {
			m.t.Fatal(err)
		}
		m.spares[n] = a
	}
	return a
}

// mustReport fails when the signed reports alone, without any typed receipt, don't get every license
// back: return, cancel what was issued, report.
func (m *machine) mustReport(t *testing.T) {
	t.Helper()
	done := map[[2]uint32]bool{}
	papers := map[uint32]Status{}
	for at, s := range m.states {
		b := m.ledgers[s.ledger].books
		if done[[2]uint32{s.unit, s.ledger}] || b.Open() != nil {
			continue
		}
		done[[2]uint32{s.unit, s.ledger}] = true
		id := s.unit
		if m.units[id].held != none {
			id = uint32(m.act(local{unit: id}, giveUp, 0))
		}
		if last := b.Last(); last >= m.units[id].instance.Floor() {
			id = uint32(m.act(local{unit: id}, cancelThrough, uint16(last)))
		}
		if _, ok := papers[id]; !ok {
			_, papers[id] = Report(m.units[id].instance)
		}
		if after, _, err := m.rules.report(b, papers[id]); err != nil || len(after.Alive()) > 0 {
			t.Fatalf("%s:\n%s", m.bounds, m.trail(uint32(at), fmt.Sprintf("a report of having nothing leaves %d alive, %v (L1)", len(after.Alive()), err)))
		}
	}
}

// mustBeFound fails when a copy of the device can go on unnoticed.
func (m *machine) mustBeFound(t *testing.T) {
	t.Helper()
	if trail, ok := m.unproven(); ok {
		t.Fatalf("%s:\n%s", m.bounds, trail)
	}
}

// unproven returns the way to a state in which a device that was put back behind a report that the
// books have goes on unnoticed: once it signed as many reports as they know of, the next one proves
// the copy, unless it did again just what it did before.
func (m *machine) unproven() (string, bool) {
	found := map[[2]uint32]bool{}
	for at, s := range m.states {
		b := m.ledgers[s.ledger].books
		if s.marks&rolled == 0 || b.Quarantined || found[[2]uint32{s.unit, s.ledger}] {
			continue
		}
		found[[2]uint32{s.unit, s.ledger}] = true
		i := m.units[s.unit].instance
		for i.common().statements < b.Statements {
			i, _ = Report(i)
		}
		if i.common().statements > b.Statements || i.common().previous == b.StatementSum {
			continue
		}
		_, next := Report(i)
		if after, _, _ := m.rules.report(b, next); !after.Quarantined {
			return m.trail(uint32(at), "its next reports don't prove the copy"), true
		}
	}
	return "", false
}
