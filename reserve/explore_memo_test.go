package reserve

import (
	"errors"
	"slices"
	"time"
)

// A step makes the same of the same record or books in every state: it is taken once.

// actions is how many steps a device has: each authorization on each of two days, a return, each
// cancellation, a report.
func (m *machine) actions() int { return 2*len(m.codes) + 1 + len(m.named) + 1 }

// action is a step's place among them.
func (m *machine) action(s local, v verb, argument uint16) int {
	first := 2 * len(m.codes)
	switch v {
	case putIn:
		return 2*int(argument) + int(s.marks&late/late)
	case giveUp:
		return first
	case cancelThrough:
		return first + 1 + slices.Index(m.named, Number(argument))
	}
	return first + len(m.named) + 1
}

// act returns what a step makes of the record of a state, or none when the device refuses it.
func (m *machine) act(s local, v verb, argument uint16) int {
	u, at := m.units[s.unit], m.action(s, v, argument)
	if u.next[at] == untried {
		next, err := m.perform(u, v, argument, m.clock(s))
		if err == nil {
			u.next[at] = m.unit(next)
		} else if u.next[at] = refused; !isExploreRefusal(err) {
			m.t.Fatal(err)
		}
	}
	if u.next[at] == refused {
		return none
	}
	return int(u.next[at])
}

// clock is the day after the last one of the lots that end, once days have passed.
func (m *machine) clock(s local) time.Time {
	if s.marks&late != 0 {
		return testNow.AddDate(0, 0, 1)
	}
	return testNow
}

func (m *machine) perform(u *unit, v verb, argument uint16, now time.Time) (Instance, error) {
	switch v {
	case putIn:
		return m.rules.install(u.instance, m.code(slot(argument)), now)
	case giveUp:
		return m.rules.giveUp(u.instance.(Reserved)), nil
	case cancelThrough:
		return m.rules.cancel(u.instance, Number(argument))
	}
	next, _ := Report(u.instance)
	return next, nil
}

func isExploreRefusal(err error) bool {
	var r *Refusal
	return errors.As(err, &r)
}

// take returns what a receipt or report makes of books.
func (m *machine) take(id uint32, v verb, argument uint16) uint32 {
	l := m.ledgers[id]
	known := &l.codes[v-takeReceipt]
	for len(*known) <= int(argument) {
		*known = append(*known, untried)
	}
	if (*known)[argument] == untried {
		var next Books
		var err error
		if v == takeReceipt {
			next, _, err = m.rules.receive(l.books, Receipt{m.start.identity.did.Locator(), m.secret[argument]})
		} else {
			next, _, err = m.rules.report(l.books, m.papers[argument])
		}
		if err != nil && !isExploreRefusal(err) {
			m.t.Fatal(err)
		}
		(*known)[argument] = m.ledger(next)
	}
	return (*known)[argument]
}
