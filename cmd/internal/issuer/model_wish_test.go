package issuer

import (
	"fmt"
	"slices"
	"strings"

	"tallystick/cmd/internal/ledger"
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
	return fmt.Sprint(d.unit.identity.DID(), d.Account, d.Changes, d.Only, d.Until, d.Borrow)
}

// foreseen is what has to come of a demand.
type foreseen struct {
	refused  reserve.Reason
	repeated bool
	number   reserve.Number
	holds    map[reserve.EntitlementID]uint64 // in the authorization, by entitlement
	replaces *unit
	failed   *unit       // that is written off
	account  ledger.Path // of the licenses, and of the device from then on
}

// target returns the unit that a serial number names, or product ID and serial number: its identity
// that is enrolled and was not replaced.
func (m *model) target(name string) *unit {
	serial := name[strings.Index(name, ":")+1:]
	for _, u := range m.units {
		if e := m.books.entry(u); u.identity.UDI().Serial() == serial && e.enrolled && !e.superseded {
			return u
		}
	}
	return nil
}

func refuse(r reserve.Reason) foreseen { return foreseen{refused: r} }

// foresee is what SPEC.md says of an issue: its guards, in their order (Events).
func (m *model) foresee(d demand) foreseen {
	var replaces *unit
	if d.Request != nil {
		e, twin := m.books.entry(d.unit), m.target(d.unit.identity.UDI().Serial())
		if e.superseded {
			return refuse(reserve.DuplicateDevice)
		}
		if !e.enrolled && twin != nil {
			other := m.books.entry(twin)
			if !other.makesRoom() && other.frozen() != "" {
				return refuse(other.frozen())
			}
			if !other.makesRoom() && len(other.charge()) > 0 {
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
		case e.writtenOff && len(g.grants) > 0:
			return refuse(reserve.DeviceWrittenOff)
		}
		return foreseen{repeated: true, number: done.number}
	}
	if e.frozen() != "" {
		return refuse(e.frozen())
	}
	if e.writtenOff && !d.nothing() {
		return refuse(reserve.DeviceWrittenOff)
	}
	if m.books.onKeys(d.unit, m.today()) {
		return refuse(reserve.LicensingMode)
	}
	account, why := m.books.from(d, e)
	if why != "" {
		return refuse(why)
	}
	f := m.allot(d, e, account)
	f.replaces, f.account = replaces, account
	return f
}

// makesRoom reports whether an officer gave an identity up, or copies of it hold nothing and never will.
func (e *entry) makesRoom() bool { return e.writtenOff || e.quarantined && len(e.charge()) == 0 }

// nothing reports whether everything is to be given up.
func (d demand) nothing() bool {
	return d.Only && !slices.ContainsFunc(d.Changes, func(c Change) bool { return c.Count != 0 })
}

// from is the account that a demand is met from: for a known device that which it belongs to.
func (r *reckoning) from(d demand, e *entry) (ledger.Path, reserve.Reason) {
	path := d.Account
	if e.enrolled {
		if !path.IsZero() && path != e.account {
			return path, reserve.WrongAccount
		}
		path = e.account
	}
	return path, r.mayReserve(path)
}

// allot works out what is granted: what isn't named is kept from the newest authorization, what is
// named is taken from lots that last long enough, and what ended is dropped.
func (m *model) allot(d demand, e *entry, account ledger.Path) foreseen {
	s := m.standing(e)
	w, ok := m.weigh(d, s)
	if !ok {
		return refuse(reserve.OutOfRange)
	}
	switch newest := e.newest(); {
	case m.short(d, m.room(d, e, account, w.kept), w.needs):
		return refuse(reserve.PoolExhausted)
	case e.writtenOff && total(w.holds) > 0:
		return refuse(reserve.DeviceWrittenOff)
	case len(w.holds) == 0 && newest == nil:
		return refuse(reserve.OutOfRange)
	case newest != nil && w.same && s.held == total(s.running) && m.usable(e, newest):
		return foreseen{repeated: true, number: newest.number, holds: w.holds}
	case e.tooFar(e.next()):
		return refuse(reserve.OutOfRange)
	}
	return foreseen{number: e.next(), holds: w.holds}
}

// weighed is what a demand comes to, whatever the lots have.
type weighed struct {
	holds, needs map[reserve.EntitlementID]uint64 // afterwards, and what of that is allotted anew
	kept         map[reserve.EntitlementID]bool
	same         bool // as the newest authorization
}

// weigh is not ok when a count would be below nothing.
func (m *model) weigh(d demand, s standing) (w weighed, ok bool) {
	w = weighed{map[reserve.EntitlementID]uint64{}, map[reserve.EntitlementID]uint64{}, map[reserve.EntitlementID]bool{}, true}
	for id, n := range s.running {
		named := slices.ContainsFunc(d.Changes, func(c Change) bool { return m.entitlement(c.Tag) == id })
		if !named && !d.Only {
			w.holds[id], w.kept[id] = n, true
		}
		w.same = w.same && (named || !d.Only)
	}
	for _, c := range d.Changes {
		id := m.entitlement(c.Tag)
		n := c.Count
		if c.Relative {
			n += int64(s.running[id])
		}
		if n < 0 {
			return w, false
		}
		if n > 0 {
			w.holds[id] = uint64(n)
		}
		if first, ends := s.ends[id]; uint64(n) == s.running[id] && (!ends || first >= d.Until) {
			w.kept[id] = true
			continue
		}
		w.same = w.same && n == 0 && s.running[id] == 0
		w.needs[id] = uint64(n)
	}
	return w, true
}

// standing is what the newest authorization grants.
type standing struct {
	held    uint64                             // licenses, those that have ended counted
	running map[reserve.EntitlementID]uint64   // of each entitlement, without them
	ends    map[reserve.EntitlementID]keys.Day // the first day on which one of these ends, if one does
}

func (m *model) standing(e *entry) standing {
	s := standing{running: map[reserve.EntitlementID]uint64{}, ends: map[reserve.EntitlementID]keys.Day{}}
	newest := e.newest()
	if newest == nil {
		return s
	}
	for d, n := range e.drawn[newest].of {
		s.held += uint64(n)
		l := m.books.lot(d.lot)
		if m.ended(l.Ends) {
			continue
		}
		s.running[d.of] += uint64(n)
		if first, ok := s.ends[d.of]; l.Ends != 0 && (!ok || l.Ends < first) {
			s.ends[d.of] = l.Ends
		}
	}
	return s
}

// short reports whether the lots don't have what is needed besides what is kept. What is borrowed is
// what the lower tier's own lots lack, of what the higher tier leaves.
func (m *model) short(d demand, room, needs map[reserve.EntitlementID]uint64) bool {
	for id, n := range needs {
		if n <= room[id] {
			continue
		}
		lender := reserve.EntitlementID(0)
		for _, b := range d.Borrow {
			if m.entitlement(b.Lower) == id {
				lender = m.entitlement(b.Higher)
			}
		}
		if lender == 0 || needs[lender] > room[lender] || n-room[id] > room[lender]-needs[lender] {
			return true
		}
	}
	return false
}

// room is what the lots of an account have for a device that is charged already and keeps something.
func (m *model) room(d demand, e *entry, account ledger.Path, kept map[reserve.EntitlementID]bool) map[reserve.EntitlementID]uint64 {
	out := map[reserve.EntitlementID]uint64{}
	charge := e.charge()
	if newest := e.newest(); newest != nil {
		for d, n := range e.drawn[newest].of {
			if kept[d.of] {
				charge[d.lot] -= n
			}
		}
	}
	for _, l := range m.books.lots {
		if l.Account == account && l.Starts <= m.today() && !m.ended(l.Ends) && (l.Ends == 0 || l.Ends >= d.Until) {
			out[l.Entitlement] += uint64(l.Quantity - m.books.taken(l.ID) + charge[l.ID])
		}
	}
	return out
}

func total(counts map[reserve.EntitlementID]uint64) (n uint64) {
	for _, c := range counts {
		n += c
	}
	return n
}

func (m *model) entitlement(tag string) reserve.EntitlementID {
	e, err := m.trust().Catalog().Entitlement(tag)
	m.must(err)
	return e.ID
}

// drawDemand makes up a wish: up, down, exactly, no more of it, nothing else, all at once.
func (m *model) drawDemand() demand {
	d := demand{unit: m.living()}
	if m.draw("by request", 0, 1) == 1 || !m.books.entry(d.unit).enrolled {
		d.Request, d.Account = &d.unit.request, m.accountOf(d.unit)
	} else {
		d.Device = d.unit.identity.UDI().Serial()
	}
	for _, tag := range append(slices.Clone(modelTags), exportTag) {
		switch m.draw(tag, 0, 4) {
		case 0, 1:
			d.Changes = append(d.Changes, Change{Tag: tag, Count: int64(m.draw("count", 0, 3))})
		case 2:
			d.Changes = append(d.Changes, Change{Tag: tag, Count: int64(m.draw("difference", -2, 2)), Relative: true})
		}
	}
	lower := func(c Change) bool { return c.Tag == "network-essentials" }
	if slices.ContainsFunc(d.Changes, lower) && m.draw("borrow", 0, 2) > 0 {
		d.Borrow = []Borrowing{{"network-essentials", "network-advantage"}}
	}
	if d.Only = m.seldom("only", 6); d.Only && m.draw("nothing", 0, 1) == 1 {
		d.Changes, d.Borrow = nil, nil
	}
	if m.seldom("until", 6) {
		d.Until = m.today() + keys.Day(m.draw("days", 1, 50))
	}
	d.Op = m.drawOp()
	return d
}
