package reserve

import (
	"fmt"
	"slices"
	"testing"
)

// mustReturn fails when there is a state from which people who follow the manual can't get every
// license back (L1). They return, cancel, and hand in the code of the present state: typed codes
// alone, and none that may have been lost.
func (m *machine) mustReturn(t *testing.T) {
	t.Helper()
	if at, ok := m.stuck(); ok {
		t.Fatalf("%s:\n%s", m.bounds, m.trail(at, "there is no way back to all being available (L1)"))
	}
}

// stuck returns a state that can't reach one in which nothing is charged and nothing is frozen.
func (m *machine) stuck() (uint32, bool) {
	back := make([][]uint32, len(m.states))
	reaches := make([]bool, len(m.states))
	var queue []uint32
	for at, s := range m.states {
		for _, e := range m.edges[at] {
			if e.honest {
				back[e.to] = append(back[e.to], uint32(at))
			}
		}
		if b := m.ledgers[s.ledger].books; len(b.Alive()) == 0 && b.Open() == nil && m.units[s.unit].held == none {
			reaches[at], queue = true, append(queue, uint32(at))
		}
	}
	for len(queue) > 0 {
		at := queue[0]
		queue = queue[1:]
		for _, from := range back[at] {
			if !reaches[from] {
				reaches[from], queue = true, append(queue, from)
			}
		}
	}
	at := slices.Index(reaches, false)
	return uint32(max(at, 0)), at >= 0
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
			id = uint32(m.act(id, giveUp, 0))
		}
		if last := b.Last(); last >= m.units[id].instance.Floor() {
			id = uint32(m.act(id, cancelThrough, uint16(last)))
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
