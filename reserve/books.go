package reserve

import (
	"slices"
)

// A LotID names one purchase in the issuer's books: what was bought at once, with one end.
type LotID int64

// A Draw is what one authorization takes from one lot.
type Draw struct {
	Lot   LotID
	Grant Grant
}

// An Issued is one authorization in the issuer's books.
type Issued struct {
	Number Number
	Draws  []Draw
	Digest Digest
	Dead   bool // proven dead by a status report; the floor says it for all others

	// Rebased says that the numbers between the one before and this one were left out: the books
	// that issued them were lost.
	Rebased bool
}

// Books are what an issuer knows of one device identity. Nothing in them rests on time, silence
// or a claim: a charge shrinks only by what the device's receipt chain or signature proves.
// All methods return changed copies; the zero value, with an identity, is a device just enrolled.
type Books struct {
	Identity Identity
	Issued   []Issued // ascending by number

	Floor       Number   // everything below is dead; 0 and 1 mean nothing is
	Known       Position // the highest position revealed; 0 is none
	KnownSecret Secret

	Seen         Number // highest floor any status report stated
	Current      Number // installed by the newest status report; 0 is none or unknown
	Statements   uint32 // of the newest status report
	StatementSum Digest
	Suspect      bool // holds a number this ledger never issued
	Quarantined  bool // two signed statements contradict each other: there are two copies

	WrittenOff bool   // an officer gave up getting back what it holds; see Exposure
	LastBefore Number // the highest number issued before that
	Settled    bool   // evidence said since that it can't use anything
	Lives      bool   // it proved since that it runs
}

// A Standing is where an identity stands with its issuer.
type Standing string

// The standings. Suspect and Quarantined lie across them.
const (
	Enrolled    Standing = "enrolled"    // nothing was ever issued
	Outstanding Standing = "outstanding" // something issued is not confirmed
	Steady      Standing = "steady"      // what is issued is what is installed
	Empty       Standing = "empty"       // everything issued came back
)

// alive reports whether it may be, or become, installed.
func (b Books) alive(i Issued) bool { return i.Number >= b.Floor && !i.Dead }

// Alive returns the authorizations that may be, or become, installed; ascending by number.
func (b Books) Alive() []Issued {
	var out []Issued
	for _, i := range b.Issued {
		if b.alive(i) {
			out = append(out, i)
		}
	}
	return out
}

// Newest returns the alive authorization with the highest number.
func (b Books) Newest() (Issued, bool) {
	alive := b.Alive()
	if len(alive) == 0 {
		return Issued{}, false
	}
	return alive[len(alive)-1], true
}

// Charge returns what each lot must keep for the device: for every lot the most that any alive
// authorization takes. This is the rule that makes double spending impossible (SPEC.md, Arithmetic). For
// a device that was written off it is nothing.
func (b Books) Charge() map[LotID]uint32 {
	if b.WrittenOff {
		return map[LotID]uint32{}
	}
	return b.most()
}

// most returns for every lot the most that any alive authorization takes.
func (b Books) most() map[LotID]uint32 {
	most := map[LotID]uint32{}
	for _, i := range b.Alive() {
		for lot, n := range i.total() {
			most[lot] = max(most[lot], n)
		}
	}
	return most
}

// InTransit returns the part of the charge that no confirmation covers yet.
func (b Books) InTransit() map[LotID]uint32 {
	confirmed, _ := b.Confirmed()
	return beyond(b.Charge(), confirmed)
}

// ComingBack returns the part of the charge that the newest authorization no longer grants. The
// device is not to need it any more, and nobody else can have it until the device confirms.
func (b Books) ComingBack() map[LotID]uint32 {
	newest, _ := b.Newest()
	return beyond(b.Charge(), newest)
}

// beyond returns the part of what lots keep that an authorization does not draw on; the zero Issued
// draws on nothing.
func beyond(kept map[LotID]uint32, i Issued) map[LotID]uint32 {
	drawn, out := i.total(), map[LotID]uint32{}
	for lot, n := range kept {
		if n > drawn[lot] {
			out[lot] = n - drawn[lot]
		}
	}
	return out
}

func (i Issued) total() map[LotID]uint32 {
	sum := map[LotID]uint32{}
	for _, d := range i.Draws {
		sum[d.Lot] += d.Grant.Count
	}
	return sum
}

// Confirmed returns the authorization that the device proved to have installed, if it is still
// alive. Of a suspect device there is none: what it holds may only have the number of one.
func (b Books) Confirmed() (Issued, bool) {
	if b.Suspect {
		return Issued{}, false
	}
	n := b.Current
	if b.Known%2 == 0 && Number(b.Known/2) >= n {
		n = Number(b.Known / 2)
	}
	if i, ok := b.Find(n); ok && b.alive(i) {
		return i, true
	}
	return Issued{}, false
}

// Find returns the authorization with number n.
func (b Books) Find(n Number) (Issued, bool) {
	at, ok := slices.BinarySearchFunc(b.Issued, n, func(i Issued, n Number) int { return int(i.Number) - int(n) })
	if !ok {
		return Issued{}, false
	}
	return b.Issued[at], true
}

// Last returns the highest number issued; 0 is none.
func (b Books) Last() Number {
	if len(b.Issued) == 0 {
		return 0
	}
	return b.Issued[len(b.Issued)-1].Number
}

// Next returns the number of the next authorization: above everything issued and everything the
// device has put behind itself. The refusals are NumbersExhausted, and OutOfRange when no device
// would take it, because it is too far ahead of what the device has confirmed (attack A12).
func (b Books) Next() (Number, error) {
	next := max(int(b.Last()), int(b.Floor)-1, int(b.Seen)-1) + 1
	if next > int(LastNumber) { // no code of the device helps any more
		return 0, Refuse(NumbersExhausted, "%s has used all %d authorization numbers of its identity", b.Identity.udi, LastNumber)
	}
	return b.inReach(next)
}

// inReach refuses a number that no device would take. It says nothing of how many authorizations were
// issued: numbers may have been left out before it.
func (b Books) inReach(n int) (Number, error) {
	if reach := max(int(b.Floor), int(b.Seen), 1) + maxJump; n > reach {
		return 0, Refuse(OutOfRange, "by what its codes have told so far, %s takes no authorization above number %d, and the next one is number %d; "+
			"take a confirmation, return or status code of it first", b.Identity.udi, reach, n)
	}
	return Number(n), nil
}

// Issue returns the books with one more authorization. Refusals are Suspect, Quarantined,
// DeviceWrittenOff and those of Next.
func (b Books) Issue(i Issued) (Books, error) {
	if err := b.Open(); err != nil {
		return Books{}, err
	}
	if err := b.mayHave(i); err != nil {
		return Books{}, err
	}
	next, err := b.Next()
	if err != nil {
		return Books{}, err
	}
	if i.Number != next {
		panic("reserve: an authorization was numbered out of turn")
	}
	b.Issued = append(slices.Clip(b.Issued), i)
	return b, nil
}

// Open refuses a device that nothing may be issued to until its state is understood.
func (b Books) Open() error {
	if b.Quarantined {
		return Refuse(Quarantined, "%s is quarantined: two of its signed statements contradict each other, so two copies of it exist", b.Identity.udi)
	}
	if b.Suspect {
		return Refuse(Suspect, "%s holds an authorization that these books never issued", b.Identity.udi)
	}
	return nil
}

// Standing returns where the device stands.
func (b Books) Standing() Standing {
	alive := b.Alive()
	switch {
	case len(b.Exposure()) > 0:
		return ReturnPending
	case b.WrittenOff:
		return WrittenOff
	case len(b.Issued) == 0:
		return Enrolled
	case len(alive) == 0:
		return Empty
	}
	if i, ok := b.Confirmed(); ok && len(alive) == 1 && alive[0].Number == i.Number {
		return Steady
	}
	return Outstanding
}
