package issuer

import (
	"fmt"
	"slices"

	"tallystick/keys"
	"tallystick/reserve"
)

// A demand is what an officer asks for, and of which unit.
type demand struct {
	Wish
	unit *unit
}

// key tells demands apart as operations do.
func (d demand) key() string {
	return fmt.Sprint(d.unit.identity.DID(), d.Account, d.Changes, d.Only, d.Until)
}

// foreseen is what has to come of a demand.
type foreseen struct {
	refused  reserve.Reason
	repeated bool
	number   reserve.Number
	holds    map[reserve.EntitlementID]uint64 // in the authorization, by entitlement
	replaces *unit
}

// target returns the unit that a serial number names: its identity that is enrolled and was not
// replaced.
func (m *model) target(serial string) *unit {
	for _, u := range m.units {
		if e := m.books.entry(u); u.identity.UDI().Serial() == serial && e.enrolled && !e.superseded {
			return u
		}
	}
	return nil
}

func refuse(r reserve.Reason) foreseen { return foreseen{refused: r} }

// foresee is the row ISSUE of PROTOCOL 3.5 with the rulings 9 and 15 of 0.5.
func (m *model) foresee(d demand) foreseen {
	var replaces *unit
	if d.Request != nil {
		e, twin := m.books.entry(d.unit), m.target(d.unit.identity.UDI().Serial())
		if e.superseded {
			return refuse(reserve.DuplicateDevice)
		}
		if !e.enrolled && twin != nil {
			other := m.books.entry(twin)
			if other.frozen() != "" {
				return refuse(other.frozen())
			}
			if other.newest() != nil {
				return refuse(reserve.DuplicateDevice)
			}
			replaces = twin
		}
	} else if d.unit = m.target(d.Device); d.unit == nil {
		return refuse(reserve.UnknownDevice)
	}
	e := m.books.entry(d.unit)
	if done, ok := m.books.done[d.Op]; ok && d.Op != "" {
		switch g := e.find(done.number); {
		case done.wish != d.key():
			return refuse(reserve.OperationReused)
		case !e.alive(g):
			return refuse(reserve.Superseded)
		}
		return foreseen{repeated: true, number: done.number}
	}
	if e.frozen() != "" {
		return refuse(e.frozen())
	}
	f := m.allot(d, e)
	f.replaces = replaces
	return f
}

// allot works out what is granted: what isn't named is kept from the newest authorization, what is
// named is taken from lots that last long enough, and what ended is dropped.
func (m *model) allot(d demand, e *entry) foreseen {
	held, running, endless := m.standing(e)
	holds := map[reserve.EntitlementID]uint64{}
	same := true
	for id, n := range running {
		named := slices.ContainsFunc(d.Changes, func(c Change) bool { return m.entitlement(c.Tag) == id })
		if !named && !d.Only {
			holds[id] = n
		}
		same = same && (named || !d.Only)
	}
	short := false
	for _, c := range d.Changes {
		id := m.entitlement(c.Tag)
		n := c.Count
		if c.Relative {
			n += int64(running[id])
		}
		if n < 0 {
			return refuse(reserve.OutOfRange)
		}
		if n > 0 {
			holds[id] = uint64(n)
		}
		if uint64(n) == running[id] && endless[id] >= int(d.Until) {
			continue
		}
		same = same && n == 0 && running[id] == 0
		short = short || uint64(n) > m.capacity(id, d.Until, e)
	}
	switch newest := e.newest(); {
	case short:
		return refuse(reserve.PoolExhausted)
	case len(holds) == 0 && newest == nil:
		return refuse(reserve.OutOfRange)
	case newest != nil && same && held == total(running) && m.usable(e, newest):
		return foreseen{repeated: true, number: newest.number, holds: holds}
	case e.tooFar(e.next()):
		return refuse(reserve.OutOfRange)
	}
	return foreseen{number: e.next(), holds: holds}
}

// standing returns how many licenses the newest authorization grants, how many of each entitlement
// have not ended, and the first day on which one of these ends.
func (m *model) standing(e *entry) (held uint64, running map[reserve.EntitlementID]uint64, endless map[reserve.EntitlementID]int) {
	running, endless = map[reserve.EntitlementID]uint64{}, map[reserve.EntitlementID]int{}
	for _, c := range modelLots {
		endless[m.entitlement(c.tag)] = 1 << 20
	}
	newest := e.newest()
	if newest == nil {
		return 0, running, endless
	}
	for lot, n := range newest.draws {
		held += uint64(n)
		l := m.books.lot(lot)
		if m.ended(l.Ends) {
			continue
		}
		running[l.Entitlement] += uint64(n)
		if l.Ends != 0 {
			endless[l.Entitlement] = min(endless[l.Entitlement], int(l.Ends))
		}
	}
	return held, running, endless
}

func total(counts map[reserve.EntitlementID]uint64) (n uint64) {
	for _, c := range counts {
		n += c
	}
	return n
}

// capacity is what the lots have for a device that is charged already.
func (m *model) capacity(id reserve.EntitlementID, until keys.Day, e *entry) (n uint64) {
	charge := e.charge()
	for _, l := range m.books.lots {
		if l.Entitlement == id && l.Starts <= m.today() && !m.ended(l.Ends) && (l.Ends == 0 || l.Ends >= until) {
			n += uint64(l.Quantity - m.books.taken(l.ID) + charge[l.ID])
		}
	}
	return n
}

func (m *model) entitlement(tag string) reserve.EntitlementID {
	for _, l := range m.books.lots {
		if l.Tag == tag {
			return l.Entitlement
		}
	}
	m.fail("no lot of %q", tag)
	return 0
}

// drawDemand makes up a wish: up, down, exactly, no more of it, nothing else, all at once.
func (m *model) drawDemand() demand {
	d := demand{unit: m.living()}
	if m.draw("by request", 0, 1) == 1 || !m.books.entry(d.unit).enrolled {
		d.Request, d.Account = &d.unit.request, plant
	} else {
		d.Device = d.unit.identity.UDI().Serial()
	}
	for _, tag := range []string{"dna-advantage", "network-advantage"} {
		switch m.draw(tag, 0, 4) {
		case 0, 1:
			d.Changes = append(d.Changes, Change{Tag: tag, Count: int64(m.draw("count", 0, 3))})
		case 2:
			d.Changes = append(d.Changes, Change{Tag: tag, Count: int64(m.draw("difference", -2, 2)), Relative: true})
		}
	}
	d.Only = m.seldom("only", 6)
	if m.seldom("until", 6) {
		d.Until = m.today() + keys.Day(m.draw("days", 1, 50))
	}
	if m.seldom("operation", 3) {
		d.Op = fmt.Sprint("op-", m.draw("id", 1, 6))
	}
	return d
}
