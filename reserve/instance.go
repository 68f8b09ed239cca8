package reserve

import (
	"fmt"
	"io"
	"time"

	"tallystick/keys"
)

// An Instance is the durable record of one product instance: Unreserved or Reserved. It is a
// value; a transition takes the record it needs and returns the next one, which the caller makes
// durable before it reveals anything that came with it (package reserve/device does).
type Instance interface {
	Identity() Identity
	Request() Request
	Trust() Trust
	// Floor is the lowest number that can still be installed.
	Floor() Number
	// Position is where the receipt chain stands; Receipt reveals its secret, in any state.
	Position() Position
	Receipt() Receipt
	LastAct() Act
	LatestDay() keys.Day
	EvaluationLeft() time.Duration
	// Running is the running time counted so far, in whole seconds.
	Running() time.Duration
	LastReport() (Status, bool)

	common() record
	with(record) Instance
}

// An Act is what last moved a device's receipt chain.
type Act uint8

// The acts.
const (
	NoAct Act = iota
	Installed
	Returned
	Canceled
)

// record is what both kinds of instance have. A duration counts whole seconds.
type record struct {
	seed       seed
	identity   Identity
	request    Request
	trust      Trust
	floor      Number
	act        Act
	held       bool          // something was installed once, which ended the evaluation for good
	latest     keys.Day      // the latest day seen or signed; never goes back
	ran        time.Duration // running time counted
	bootMark   time.Duration // the uptime at which ran was last brought up to date
	evaluation time.Duration // running time left without a license
	revalidate time.Duration // value of ran at which grace for a compromised signer ends; 0 is none
	statements uint32
	previous   Digest
	report     []byte
}

// An Unreserved instance holds nothing.
type Unreserved struct{ record }

// A Reserved instance holds what its authorization grants.
type Reserved struct {
	record
	current Authorization
}

// NewInstance creates the identity of a device, once in its life. It reads 32 bytes of rand.
// A product ID that the catalog doesn't list is refused as UnknownProduct.
//
// The latest day seen begins with the trust root's: a clock that is years ahead on the day of the
// set-up would otherwise make every authorization look expired, for good (attack D7).
func NewInstance(udi UDI, t Trust, rand io.Reader, now time.Time) (Unreserved, error) {
	if _, err := t.catalog.Product(udi.Product()); err != nil {
		return Unreserved{}, err
	}
	s, err := newSeed(rand)
	if err != nil {
		return Unreserved{}, err
	}
	id := s.identity(udi)
	r := record{
		seed: s, identity: id, trust: t, floor: 1, latest: t.Root().Issued(),
		request:    newRequest(id, t.Root().Version(), t.catalog.Version()),
		evaluation: t.catalog.EvaluationBudget(),
	}
	r.latest = r.believed(now)
	return Unreserved{r}, nil
}

// Format keeps the secret out of messages, whatever the verb.
func (r record) Format(f fmt.State, _ rune) { fmt.Fprintf(f, "record of %s", r.identity.udi) }

func (r record) common() record                { return r }
func (r record) Identity() Identity            { return r.identity }
func (r record) Request() Request              { return r.request }
func (r record) Trust() Trust                  { return r.trust }
func (r record) Floor() Number                 { return r.floor }
func (r record) LastAct() Act                  { return r.act }
func (r record) LatestDay() keys.Day           { return r.latest }
func (r record) EvaluationLeft() time.Duration { return r.evaluation }
func (r record) Running() time.Duration        { return r.ran }

// LastReport returns the last status report that was signed.
func (r record) LastReport() (Status, bool) {
	if len(r.report) == 0 {
		return Status{}, false
	}
	s, err := OpenStatus(r.report, r.identity)
	return s, err == nil
}

func (u Unreserved) with(r record) Instance { return Unreserved{r} }
func (s Reserved) with(r record) Instance   { return Reserved{r, s.current} }

// Position of an unreserved device says: everything below the floor is dead.
func (u Unreserved) Position() Position { return Position(2*u.floor - 1) }

// Position of a reserved device says: this number is installed, everything below it is dead.
func (s Reserved) Position() Position { return ConfirmationAt(s.current.Number()) }

// Receipt returns the return or cancellation code of the present state.
func (u Unreserved) Receipt() Receipt { return u.receipt(u.Position()) }

// Receipt returns the confirmation code of the present state.
func (s Reserved) Receipt() Receipt { return s.receipt(s.Position()) }

func (r record) receipt(p Position) Receipt {
	return Receipt{r.identity.did.Locator(), r.seed.secret(r.identity, p)}
}

// Authorization returns what is installed.
func (s Reserved) Authorization() Authorization { return s.current }

// Return gives everything up. The receipt of the record returned is the return code.
func (s Reserved) Return() Unreserved {
	r := s.record
	r.act, r.revalidate = Returned, 0
	return Unreserved{r}
}

// Cancel makes every authorization through number through, none of them installed, unusable. The
// receipt of the record returned is the cancellation code. The refusal is OutOfRange.
func (u Unreserved) Cancel(through Number) (Unreserved, error) {
	r, err := u.cancel(through)
	r.act = Canceled
	return Unreserved{r}, err
}

// Cancel makes every authorization after the installed one through number through unusable. Since
// the device keeps what it holds, only a status report can say so; sign one with Report.
func (s Reserved) Cancel(through Number) (Reserved, error) {
	r, err := s.cancel(through)
	return Reserved{r, s.current}, err
}

func (r record) cancel(through Number) (record, error) {
	if r.floor > LastNumber {
		return record{}, Refuse(NumbersExhausted, "%s has used all %d authorization numbers of its identity", r.identity.udi, LastNumber)
	}
	highest := min(r.floor+maxCancelThrough, LastNumber)
	if through < r.floor || through > highest {
		return record{}, Refuse(OutOfRange, "authorization %d can't be canceled; those not yet installed and in reach are %d to %d", through, r.floor, highest)
	}
	r.floor = through + 1
	return r, nil
}

// Report signs a status report. The record returned counts it.
func Report(i Instance) (Instance, Status) {
	r := i.common()
	c := statusContent{
		device: r.identity.did.Prefix(), floor: r.floor, latest: r.latest,
		uptime: uint32(r.ran / time.Hour), root: r.trust.Root().Version(),
		count: r.statements + 1, previous: r.previous,
	}
	if s, ok := i.(Reserved); ok {
		c.current, c.installed = s.current.Number(), s.current.Digest()
	}
	status := signStatus(c, r.identity, r.seed.key())
	r.statements, r.previous, r.report = c.count, status.digest, status.body
	return i.with(r), status
}

// Install verifies an authorization and returns the record that holds it; its receipt is the
// confirmation code. What is already installed is repeated: the same record, no error. Besides
// the refusals of OpenAuthorization: Superseded, AuthorizationExpired, OutOfRange.
func Install(i Instance, body []byte, now time.Time) (next Reserved, repeated bool, err error) {
	r := i.common()
	if s, ok := i.(Reserved); ok {
		if a, err := ReopenAuthorization(body, r.trust, r.identity); err == nil && a.Same(s.current) {
			return s, true, nil
		}
	}
	a, err := OpenAuthorization(body, r.trust, r.identity)
	if err != nil {
		return Reserved{}, false, err
	}
	if err := r.admits(i, a); err != nil {
		return Reserved{}, false, err
	}
	r.latest = max(r.latest, a.Issued())
	if err := stillRuns(a, r.day(now)); err != nil {
		return Reserved{}, false, err
	}
	r.floor, r.act, r.held = a.Number()+1, Installed, true
	r.evaluation, r.revalidate = 0, 0
	return Reserved{r, a}, false, nil
}

func (r record) admits(i Instance, a Authorization) error {
	n := a.Number()
	if s, ok := i.(Reserved); ok && n == s.current.Number() {
		return Refuse(Superseded, "another authorization with number %d is installed", n)
	}
	if n < r.floor {
		return Refuse(Superseded, "authorization %d was superseded, returned or canceled on this device; it takes number %d and later", n, r.floor)
	}
	if int(n) > int(r.floor)+maxJump {
		return Refuse(OutOfRange, "authorization %d is too far ahead; this device takes numbers %d to %d", n, r.floor, r.floor+maxJump)
	}
	return nil
}

// stillRuns refuses an authorization of which every line has ended. One that grants nothing at
// all is not ended: it takes everything away, which is its purpose.
func stillRuns(a Authorization, today keys.Day) error {
	last := keys.Day(0)
	for _, g := range a.terms.grants {
		if g.Ends == 0 || g.Ends >= today {
			return nil
		}
		last = max(last, g.Ends)
	}
	if len(a.terms.grants) == 0 {
		return nil
	}
	return Refuse(AuthorizationExpired, "everything this authorization grants ended by %s; today is %s", last, today)
}
