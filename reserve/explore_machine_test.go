package reserve

import (
	"encoding/binary"
	"slices"
	"testing"

	"tallystick/keys"
)

// A slot is one authorization that may come to exist: its number and which wish it grants.
type slot = uint8

// none stands for no slot, no record and no books.
const none = -1

// A machine is one device, its books, and all states they were found in.
type machine struct {
	bounds
	rules  rules
	t      testing.TB
	issuer issuer
	start  Unreserved
	codes  []Authorization // by slot, signed when first needed
	digest []Digest        // of these
	secret []Secret        // by position

	coverOnly bool // check I1 alone

	named     []Number   // numbers that authorizations may have, ascending
	positions []Position // whose receipts are handed in, ascending

	units    []*unit
	unitOf   map[string]uint32
	ledgers  []*book
	ledgerOf map[string]uint32
	papers   []Status // reports, by number; 0 is none
	paperOf  map[Digest]uint16
	spares   map[Number]Authorization // signed to see whether a device takes them

	states      []local
	index       map[local]uint32
	parents     []parent
	edges       [][]edge
	transitions int
}

// A unit is a record of the device, with what each step makes of it.
type unit struct {
	instance Instance
	held     int      // slot, or none
	next     []uint32 // by step, what it leads to; unknown and refused besides
	report   uint16   // the one signed to come here; 0 is none
}

// What a unit has for a step that was not tried yet, and for one that the device refuses.
const (
	untried = ^uint32(0)
	refused = untried - 1
)

// A book is what the issuer knows of the device, with what each code makes of it.
type book struct {
	books  Books
	charge []uint32    // by lot
	cover  []uint32    // by lot, what the device may hold: the charge or, once it was written off, the exposure
	alive  int         // authorizations
	codes  [2][]uint32 // by position and by report, what the code makes of the books
}

// local is a state of one device: its record, its books, and every code that exists.
type local struct {
	unit, ledger uint32
	wire         uint64 // authorizations, one bit a slot
	reports      [maxExploreReports]uint16
	revealed     Position // the highest; with it everybody has all lower ones
	backup       int32    // books that a copy was kept of, or none
	snapshot     int32    // record that a copy was kept of, or none
	marks        marks
}

type marks uint8

const (
	restored  marks = 1 << iota // the ledger was put back
	rolled                      // the device was put back
	told                        // the books were shown that the device holds what they never issued
	derived                     // somebody computed a confirmation of what never existed, and handed it in
	late                        // the lots with an end have ended
	frozen                      // the ledger was put back and its recovery isn't finished
	recovered                   // it is
)

type parent struct {
	from     uint32
	verb     verb
	argument uint16
}

type edge struct {
	to     uint32
	honest bool // what people do who follow the manual
	grows  bool // the pool has to cover it
	shared verb // what happens to all devices of a ledger at once; begin for what doesn't
}

func newMachine(t testing.TB, serial string, b bounds, r rules) *machine {
	is, dev := exploreWorld(t, serial)
	m := &machine{bounds: b, rules: r.complete(), t: t, issuer: is, start: dev, secret: make([]Secret, LastPosition+1),
		unitOf: map[string]uint32{}, ledgerOf: map[string]uint32{}, paperOf: map[Digest]uint16{}, papers: make([]Status, 1),
		index: map[local]uint32{}, spares: map[Number]Authorization{}}
	m.named = b.list()
	m.codes = make([]Authorization, len(m.named)*len(b.wishes))
	m.digest = make([]Digest, len(m.codes))
	if len(m.codes) > 64 {
		t.Fatalf("%d numbers and %d wishes, expected at most 64 authorizations", len(m.named), len(b.wishes))
	}
	m.start.floor = m.base + 1
	m.positions = m.reachable()
	for _, p := range m.positions {
		m.secret[p] = dev.seed.secret(dev.identity, p)
	}
	return m
}

// last is the highest number of the machine.
func (m *machine) last() Number { return m.named[len(m.named)-1] }

// lowest is the position that the device begins at.
func (m *machine) lowest() Position { return ReturnAt(m.base) }

// empty is what the issuer knows in the beginning.
func (m *machine) empty() Books {
	b := Books{Identity: m.start.identity}
	if m.base == 0 {
		return b
	}
	b, _, err := b.Receive(m.start.Receipt())
	if err != nil {
		m.t.Fatal(err)
	}
	return b
}

// exploreWorld returns an issuer and a device of it.
func exploreWorld(t testing.TB, serial string) (issuer, Unreserved) {
	plain := &testing.T{}
	is := newTestIssuer(plain, "Example", false)
	dev := testDevice(plain, is, serial)
	if dev.identity.IsZero() {
		t.Fatal("no device")
	}
	return is, dev
}

func (m *machine) slot(n Number, wish int) slot {
	return slot(slices.Index(m.named, n)*len(m.wishes) + wish)
}

func (m *machine) number(s slot) Number { return m.named[int(s)/len(m.wishes)] }

func (m *machine) wish(s slot) []uint32 { return m.wishes[int(s)%len(m.wishes)] }

// exploreEntitlements are those of the lots, by ID.
var exploreEntitlements = []EntitlementID{2, 4}

// ends is the last day of a lot, 0 if it has none: that of the last lot is today, where days pass.
func (m *machine) ends(lot int) keys.Day {
	if m.days && lot == len(m.pool)-1 {
		return testToday
	}
	return 0
}

func (m *machine) draws(s slot) []Draw {
	var out []Draw
	for lot, n := range m.wish(s) {
		if n > 0 {
			out = append(out, Draw{LotID(lot + 1), Grant{exploreEntitlements[lot], n, m.ends(lot)}})
		}
	}
	return out
}

func (m *machine) code(s slot) Authorization {
	if m.codes[s].IsZero() {
		grants, err := GrantsOf(m.draws(s))
		if err != nil {
			m.t.Fatal(err)
		}
		draft := Draft{Number: m.number(s), Sequence: 7, Issued: testToday, Grants: grants}
		if m.codes[s], err = SignAuthorization(m.issuer.trust, m.start.identity, draft, m.issuer.issue); err != nil {
			m.t.Fatal(err)
		}
		m.digest[s] = m.codes[s].Digest()
	}
	return m.codes[s]
}

// unit takes a record in, through its durable form. What only tells people what happened last is
// taken out first: it is in no code.
func (m *machine) unit(i Instance) uint32 {
	r := i.common()
	r.act, r.held, r.evaluation = NoAct, true, 0
	data := Encode(i.with(r))
	if id, ok := m.unitOf[string(data)]; ok {
		return id
	}
	back, err := ParseInstance(data)
	if err != nil {
		m.t.Fatal(err)
	}
	if p := back.Position(); back.Receipt().secret != m.secret[p] {
		m.t.Fatalf("the receipt is not that of position %d (L2)", p)
	}
	u := &unit{instance: back, held: none, next: slices.Repeat([]uint32{untried}, m.actions())}
	if s, ok := back.(Reserved); ok {
		for k := range m.codes {
			if !m.codes[k].IsZero() && m.codes[k].Same(s.current) {
				u.held = k
			}
		}
	}
	if last, ok := back.LastReport(); ok {
		u.report = m.paper(last)
	}
	id := uint32(len(m.units))
	m.units, m.unitOf[string(data)] = append(m.units, u), id
	return id
}

func (m *machine) paper(s Status) uint16 {
	id, ok := m.paperOf[s.digest]
	if !ok {
		id = uint16(len(m.papers))
		m.papers, m.paperOf[s.digest] = append(m.papers, s), id
	}
	return id
}

// ledger takes books in.
func (m *machine) ledger(b Books) uint32 {
	key := make([]byte, 0, 64)
	for _, v := range []uint16{uint16(b.Floor), uint16(b.Known), uint16(b.Seen), uint16(b.Current), uint16(b.Statements)} {
		key = binary.BigEndian.AppendUint16(key, v)
	}
	key = binary.BigEndian.AppendUint16(key, uint16(b.LastBefore))
	for _, v := range []bool{b.Suspect, b.Quarantined, b.WrittenOff, b.Settled, b.Lives} {
		key = append(key, b2u(v))
	}
	key = append(key, b.StatementSum[:]...)
	for _, i := range b.Issued {
		key = append(append(binary.BigEndian.AppendUint16(key, uint16(i.Number)), b2u(i.Dead), b2u(i.Rebased)), i.Digest[:]...)
	}
	if id, ok := m.ledgerOf[string(key)]; ok {
		return id
	}
	charge, cover := m.rules.charge(b), m.rules.exposure(b)
	l := &book{books: b, charge: make([]uint32, len(m.pool)), cover: make([]uint32, len(m.pool)), alive: len(b.Alive())}
	for lot := range l.charge {
		l.charge[lot] = charge[LotID(lot+1)]
		l.cover[lot] = l.charge[lot]
		if b.WrittenOff {
			l.cover[lot] = cover[LotID(lot+1)]
		}
	}
	id := uint32(len(m.ledgers))
	m.ledgers, m.ledgerOf[string(key)] = append(m.ledgers, l), id
	return id
}

// knows reports whether books issued what a slot holds.
func (m *machine) knows(l *book, s slot) bool {
	i, ok := l.books.Find(m.number(s))
	return ok && i.Digest == m.digest[s]
}
