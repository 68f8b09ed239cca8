package reserve

import (
	"errors"
	"slices"
)

// A verb is a kind of step.
type verb uint8

const (
	begin verb = iota
	authorize
	putIn
	giveUp
	cancelThrough
	signReport
	takeReceipt
	takeReport
	keepLedger
	restoreLedger
	keepDevice
	restoreDevice
	printEarly
	daysPass
	rebase
	finishRecovery
	giveUpDevice
	otherCheat
)

func (v verb) String() string {
	return [...]string{"begin", "authorize wish", "install slot", "return", "cancel through", "sign a report", "receive position",
		"receive report", "keep a copy of the ledger", "put the ledger back", "keep a copy of the device", "put the device back",
		"print before writing, position", "days pass", "settle by wish",
		"finish the recovery", "write the device off", "cheat"}[v]
}

// A step leads from one state to the next.
type step struct {
	verb     verb
	argument uint16
	to       local
	honest   bool
	grows    bool
}

// shared returns the verb of a step that all devices of a ledger take at once, begin for others.
func (s step) shared() verb {
	switch s.verb {
	case keepLedger, restoreLedger, finishRecovery:
		return s.verb
	}
	return begin
}

// issue returns the books after a wish was authorized; ok is false when the issuer refuses.
func (m *machine) issue(from local, wish int) (s slot, to uint32, ok bool) {
	b := m.ledgers[from.ledger].books
	n, err := m.rules.next(b)
	if err != nil || !slices.Contains(m.named, n) || b.Open() != nil || from.marks&frozen != 0 || from.marks&late != 0 && m.ended(m.wishes[wish]) {
		return 0, 0, false
	}
	s = m.slot(n, wish)
	next, err := m.rules.issue(b, Issued{Number: n, Draws: m.draws(s), Digest: m.code(s).Digest()})
	if b.WrittenOff && errors.Is(err, &Refusal{Reason: DeviceWrittenOff}) {
		return 0, 0, false
	}
	if err != nil {
		m.t.Fatal(err)
	}
	return s, m.ledger(next), true
}

// ended reports whether a wish is for licenses that end.
func (m *machine) ended(wish []uint32) bool {
	for lot, n := range wish {
		if n > 0 && m.ends(lot) != 0 {
			return true
		}
	}
	return false
}

// steps calls visit with every step that leads out of a state.
func (m *machine) steps(s local, visit func(step)) {
	for wish := range m.wishes {
		if code, to, ok := m.issue(s, wish); ok {
			next := s
			next.ledger, next.wire = to, s.wire|1<<code
			visit(step{verb: authorize, argument: uint16(wish), to: next, grows: true})
		}
	}
	m.deviceSteps(s, visit)
	for _, p := range m.positions {
		if p > s.revealed {
			break
		}
		honest := p == m.rules.reveals(m.units[s.unit].instance)
		visit(step{verb: takeReceipt, argument: uint16(p), to: m.taken(s, takeReceipt, uint16(p)), honest: honest})
	}
	for _, paper := range s.reports {
		if paper != 0 {
			visit(step{verb: takeReport, argument: paper, to: m.taken(s, takeReport, paper)})
		}
	}
	m.mishaps(s, visit)
	m.writeOffs(s, visit)
	if s.marks&frozen != 0 {
		m.recovery(s, visit)
	}
	for _, next := range m.rules.cheats(m, s) {
		visit(step{verb: otherCheat, to: next})
	}
}

func (m *machine) deviceSteps(s local, visit func(step)) {
	u := m.units[s.unit]
	move := func(v verb, argument uint16, honest bool) {
		id := m.act(s, v, argument)
		if id == none || uint32(id) == s.unit {
			return
		}
		shown := max(s.revealed, m.rules.reveals(m.units[id].instance))
		if m.rules.early[v] && shown > s.revealed {
			next := s // the power went after the code was shown and before the record was written
			next.revealed = shown
			visit(step{verb: printEarly, argument: uint16(shown), to: next})
		}
		next := s
		next.unit, next.revealed = uint32(id), shown
		if m.units[id].held != u.held {
			next.marks &^= told // it gave up what it held
		}
		if v == signReport {
			for k := range next.reports {
				if next.reports[k] == 0 {
					next.reports[k] = m.units[id].report
					break
				}
			}
		}
		visit(step{verb: v, argument: argument, to: next, honest: honest})
	}
	for code := range m.codes {
		if s.wire&(1<<code) != 0 {
			move(putIn, uint16(code), false)
		}
	}
	if _, ok := u.instance.(Reserved); ok {
		move(giveUp, 0, true)
	}
	for _, through := range m.named {
		if through >= u.instance.Floor() && (through <= m.base+Number(m.numbers) || m.exists(s, through)) {
			move(cancelThrough, uint16(through), true)
		}
	}
	if s.reports[maxExploreReports-1] == 0 && s.signed() < m.reports {
		move(signReport, 0, false)
	}
}

func (s local) signed() int {
	n := 0
	for _, paper := range s.reports {
		if paper != 0 {
			n++
		}
	}
	return n
}

// taken returns the state after the books took a code, with the mark that they were told of what
// the device holds and they never issued.
func (m *machine) taken(s local, v verb, argument uint16) local {
	next := s
	next.ledger = m.take(s.ledger, v, argument)
	if m.evidence(s, v, argument) {
		next.marks |= told
	}
	if v == takeReceipt && m.fabricated(s, Position(argument)) {
		next.marks |= derived
	}
	return next.settled(m)
}

// fabricated reports whether a position confirms a number that never existed: nobody but one who
// computes lower positions from a cancellation code has it. It makes the device suspect, and the
// cancellation code itself clears that: a person who does so freezes his own device for as long as
// he withholds its code.
func (m *machine) fabricated(s local, p Position) bool {
	return p%2 == 0 && !m.exists(s, Number(p/2))
}

// exists reports whether there is an authorization with a number.
func (m *machine) exists(s local, n Number) bool {
	for code := range m.codes {
		if s.wire&(1<<code) != 0 && m.number(slot(code)) == n {
			return true
		}
	}
	return false
}

// evidence reports whether a code says that the device holds, now, what the books never issued. A
// receipt has a number only, so that it says nothing where the number was issued again.
func (m *machine) evidence(s local, v verb, argument uint16) bool {
	u, l := m.units[s.unit], m.ledgers[s.ledger]
	if u.held == none || m.knows(l, slot(u.held)) {
		return false
	}
	if v == takeReceipt {
		_, issued := l.books.Find(m.number(slot(u.held)))
		return !issued && Position(argument) == m.rules.reveals(u.instance)
	}
	n, digest := m.papers[argument].Installed()
	return n != 0 && digest == m.digest[u.held]
}

// settled takes a mark away that the books have outlived.
func (s local) settled(m *machine) local {
	if !m.ledgers[s.ledger].books.Suspect {
		s.marks &^= derived
	}
	return s
}

// writeOffs is an officer who gives the device up, whether it is dead or not.
func (m *machine) writeOffs(s local, visit func(step)) {
	b := m.ledgers[s.ledger].books
	if !m.writeOff || b.WrittenOff {
		return
	}
	if after, err := m.rules.writeOff(b); err == nil {
		next := s
		next.ledger = m.ledger(after)
		visit(step{verb: giveUpDevice, to: next})
	}
}

// mishaps are copies that are kept and put back, and time.
func (m *machine) mishaps(s local, visit func(step)) {
	if m.days && s.marks&late == 0 {
		next := s
		next.marks |= late
		visit(step{verb: daysPass, to: next})
	}
	if m.restore && s.marks&restored == 0 {
		next := s
		if s.backup == none {
			next.backup = int32(s.ledger)
			visit(step{verb: keepLedger, to: next})
		} else {
			next.ledger, next.backup, next.marks = uint32(s.backup), none, s.marks&late|restored
			if m.recover {
				next.marks |= frozen
			}
			visit(step{verb: restoreLedger, to: next})
		}
	}
	if m.rollback && s.marks&rolled == 0 {
		next := s
		if s.snapshot == none {
			next.snapshot = int32(s.unit)
			visit(step{verb: keepDevice, to: next})
		} else if uint32(s.snapshot) != s.unit {
			next.unit, next.snapshot, next.marks = uint32(s.snapshot), none, s.marks&late|rolled
			visit(step{verb: restoreDevice, to: next})
		}
	}
}
