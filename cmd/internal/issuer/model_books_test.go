package issuer

import (
	"context"
	"maps"
	"slices"

	"tallystick/cmd/internal/ledger"
	"tallystick/keys"
	"tallystick/reserve"
)

// A reckoning is what the ledger should say: the sets and vectors of SPEC.md, Issuer, kept apart from
// the code that is tested.
type reckoning struct {
	accounts []account
	lots     []ledger.Lot
	bought   map[reserve.LotID]uint32 // of each purchase, less what was removed
	keys     []ledger.OptionKey
	expected map[string]ledger.Path // announced devices: where they are to go, the zero Path for anywhere
	entries  map[*unit]*entry
	done     map[string]deed // by operation ID
	commands []command       // of these, what isn't an authorization
}

// A deed is what was done under an operation ID.
type deed struct {
	wish   string
	number reserve.Number
	rows   []*grant // of a batch
}

// An entry is what is known of one device identity.
type entry struct {
	enrolled, superseded bool
	givenUp
	account              ledger.Path
	issued               []*grant
	drawn                map[*grant]drawing      // what each of these draws on by now
	taken                map[*grant]bool         // those that a recovery took in or issued: they leave out the numbers before them
	dead                 map[reserve.Number]bool // besides those below the floor
	floor, seen, current reserve.Number
	known                reserve.Position
	count                uint32 // of the newest report
	sum                  reserve.Digest
	suspect, quarantined bool
	since                int // the unit's age when it showed what it is suspected for
}

// A grant is an authorization with what it draws.
type grant struct {
	unit   *unit
	number reserve.Number
	digest reserve.Digest
	body   []byte
	grants []reserve.Grant
	issued keys.Day
	signer keys.Key
	root   uint16 // the version of the trust root it needs
}

// A drawing is what an authorization draws on. It is never changed.
type drawing struct {
	lots map[reserve.LotID]uint32
	of   map[drawn]uint32 // the same, by what is granted on it
}

// drawn is an entitlement that is granted on a lot.
type drawn struct {
	lot reserve.LotID
	of  reserve.EntitlementID
}

func newDrawing(of map[drawn]uint32) drawing {
	d := drawing{map[reserve.LotID]uint32{}, of}
	for on, n := range of {
		d.lots[on.lot] += n
	}
	return d
}

func newReckoning(m *model) *reckoning {
	r := &reckoning{accounts: slices.Clone(modelAccounts), bought: map[reserve.LotID]uint32{}, expected: map[string]ledger.Path{},
		entries: map[*unit]*entry{}, done: map[string]deed{}}
	m.view(func(tx *ledger.Tx) (err error) {
		r.lots, err = tx.AllLots()
		return err
	})
	for _, l := range r.lots {
		r.bought[l.ID] = l.Quantity
	}
	return r
}

func (r *reckoning) entry(u *unit) *entry {
	if r.entries[u] == nil {
		r.entries[u] = &entry{dead: map[reserve.Number]bool{}, drawn: map[*grant]drawing{}, taken: map[*grant]bool{}}
	}
	return r.entries[u]
}

func (r *reckoning) clone() *reckoning {
	c := &reckoning{accounts: slices.Clone(r.accounts), lots: slices.Clone(r.lots), bought: maps.Clone(r.bought), keys: slices.Clone(r.keys),
		expected: maps.Clone(r.expected), entries: map[*unit]*entry{}, done: maps.Clone(r.done), commands: slices.Clip(r.commands)}
	for u, e := range r.entries {
		c.entries[u] = e.clone()
	}
	return c
}

func (e *entry) clone() *entry {
	c := *e
	c.issued, c.dead, c.drawn, c.taken = slices.Clone(e.issued), maps.Clone(e.dead), maps.Clone(e.drawn), maps.Clone(e.taken)
	return &c
}

// lot returns a purchase.
func (r *reckoning) lot(id reserve.LotID) ledger.Lot {
	at := slices.IndexFunc(r.lots, func(l ledger.Lot) bool { return l.ID == id })
	return r.lots[at]
}

// taken returns what all identities are charged of a lot.
func (r *reckoning) taken(id reserve.LotID) (n uint32) {
	for _, e := range r.entries {
		n += e.charge()[id]
	}
	return n
}

func (e *entry) find(n reserve.Number) *grant {
	for _, g := range e.issued {
		if g.number == n {
			return g
		}
	}
	return nil
}

// knows reports whether just this was issued.
func (e *entry) knows(g *grant) bool { return slices.Contains(e.issued, g) }

func (e *entry) alive(g *grant) bool { return g.number >= e.floor && !e.dead[g.number] }

func (e *entry) newest() *grant {
	var newest *grant
	for _, g := range e.issued {
		if e.alive(g) {
			newest = g
		}
	}
	return newest
}

// confirmed is what the device proved to have installed, if that is alive.
func (e *entry) confirmed() *grant {
	n := e.current
	if e.known%2 == 0 && reserve.Number(e.known/2) >= n {
		n = reserve.Number(e.known / 2)
	}
	if g := e.find(n); g != nil && e.alive(g) && !e.suspect {
		return g
	}
	return nil
}

// charge is what the pools pay for: nothing for a device that was written off.
func (e *entry) charge() map[reserve.LotID]uint32 {
	if e.writtenOff {
		return map[reserve.LotID]uint32{}
	}
	return e.most()
}

// most is the component-wise maximum over what is alive.
func (e *entry) most() map[reserve.LotID]uint32 {
	out := map[reserve.LotID]uint32{}
	for _, g := range e.issued {
		if e.alive(g) {
			for lot, n := range e.drawn[g].lots {
				out[lot] = max(out[lot], n)
			}
		}
	}
	return out
}

func (e *entry) next() reserve.Number {
	last := reserve.Number(0)
	if n := len(e.issued); n > 0 {
		last = e.issued[n-1].number
	}
	return max(last+1, e.floor, e.seen)
}

// tooFar reports whether the device might refuse a number as too far ahead of its floor.
func (e *entry) tooFar(n reserve.Number) bool { return n > max(e.floor, e.seen, 1)+mostJumped }

// left reports whether a number is one that a recovery left out: the device may have it, and nothing
// is known of it.
func (e *entry) left(n reserve.Number) bool {
	before := reserve.Number(0)
	for _, g := range e.issued {
		if e.taken[g] && before < n && n < g.number {
			return true
		}
		before = g.number
	}
	return false
}

// frozen is why nothing may be issued, "" if nothing speaks against it.
func (e *entry) frozen() reserve.Reason {
	switch {
	case e.quarantined:
		return reserve.Quarantined
	case e.suspect:
		return reserve.Suspect
	}
	return ""
}

// takeReceipt is what a receipt proves. It returns what the office has to answer.
func (e *entry) takeReceipt(p *paper) reserve.Reason {
	if p.position <= e.known {
		return e.frozen()
	}
	if e.quarantined {
		return reserve.Quarantined
	}
	e.known = p.position
	if p.held != nil && e.find(p.held.number) == nil && p.held.number >= e.floor && !e.left(p.held.number) {
		e.suspect, e.since = true, max(e.since, p.age)
	}
	if e.suspect && (p.held != nil || p.position.Floor() < e.seen) {
		return reserve.Suspect
	}
	e.suspect = false
	if e.writtenOff && p.held != nil && p.held.number > e.lastBefore {
		e.lives, e.alarmed, e.raised = true, true, append(slices.Clip(e.raised), p)
	}
	e.floor = max(e.floor, p.position.Floor())
	return ""
}

// takeReport is what an honest device's report proves.
func (e *entry) takeReport(p *paper) reserve.Reason {
	s := p.status
	if e.quarantined {
		return reserve.Quarantined
	}
	if s.Count() == e.count {
		return e.frozen()
	}
	current, _ := s.Installed()
	if s.Count() > e.count {
		e.count, e.sum, e.current = s.Count(), s.Digest(), current
		if e.writtenOff && current != 0 {
			e.lives, e.alarmed, e.settled, e.raised = true, true, false, append(slices.Clip(e.raised), p)
		}
	}
	e.seen = max(e.seen, s.Floor())
	if p.held != nil && current >= e.floor && !e.knows(p.held) && !e.left(current) {
		e.suspect, e.since = true, max(e.since, p.age)
	}
	if e.suspect {
		return reserve.Suspect
	}
	e.floor = max(e.floor, current)
	if current == 0 {
		e.floor = max(e.floor, s.Floor())
	}
	for _, g := range e.issued {
		if g.number < s.Floor() && g.number != current {
			e.dead[g.number] = true
		}
	}
	return ""
}

// adopt takes over what the ledger says, of a device that there are two of.
func (e *entry) adopt(b reserve.Books) {
	e.floor, e.known, e.seen, e.current = b.Floor, b.Known, b.Seen, b.Current
	e.count, e.sum, e.suspect, e.quarantined = b.Statements, b.StatementSum, b.Suspect, b.Quarantined
	e.settled, e.lives = b.Settled, b.Lives
	for _, i := range b.Issued {
		if i.Dead {
			e.dead[i.Number] = true
		}
	}
}

// booksOf reads the books of an enrolled unit.
func (m *model) booksOf(u *unit) (b reserve.Books, d ledger.Device) {
	m.view(func(tx *ledger.Tx) (err error) {
		if d, err = tx.DeviceByDID(u.identity.DID()); err == nil {
			b, err = tx.Books(d.ID)
		}
		return err
	})
	return b, d
}

var ctx = context.Background()
