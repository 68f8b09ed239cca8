package resolve

import "tallystick/reserve"

// IssuerFacts are what the books know of one device, and what the codes at hand add. The zero value
// is a device that nobody knows.
type IssuerFacts struct {
	Frozen     bool // the books are behind their anchor
	Unanchored bool // … or have none
	Recovering bool // a recovery was begun
	Settled    bool // in it, this device is
	AllSettled bool // and all others

	Enrolled    bool
	Superseded  bool // another identity took its place
	Suspect     bool
	Quarantined bool
	WrittenOff  bool // an officer gave up getting back what it holds
	Pending     bool // … and it may still hold something
	Lives       bool // … and it proved since that it runs

	Issued    bool // anything, ever
	Alive     bool // something that was issued is, or may become, installed
	Charged   bool // … and something is reserved for it
	Unproven  int  // how many of that are not confirmed
	Untaken   bool // the device would not take the newest one, or not keep it: its key is out of force
	Ended     bool // everything that the newest one grants has ended
	SomeEnded bool // … or some of it
	Behind    bool // the device's trust root is older than the newest one needs, as far as is known
	Exhausted bool // no number is left
	TooFar    bool // too many numbers are out

	Failed      bool // the officer says that it will give no code any more
	Replacement bool // a request of another device, which holds nothing, is at hand

	Request  bool // its request code is at hand
	New      bool // a code that says more than the books
	Twin     bool // a request code of another identity of the same product instance is at hand
	Foreign  bool // an authorization at hand is signed by this issuer, and not in the books
	Reported bool // the device reported that it is not that one that is installed
	Revived  bool // the newest report, not taken yet, names as installed what is over
	Other    bool // nothing but codes of other issuers is at hand
}

// issuerRules name the row for what is known; the first that holds counts. What would make things
// worse if it were done too early comes later.
var issuerRules = []struct {
	row  string
	when func(IssuerFacts) bool
}{
	{AnchorMissing, func(f IssuerFacts) bool { return f.Frozen && f.Unanchored && !f.Recovering }},
	{LedgerFrozen, func(f IssuerFacts) bool { return f.Frozen && !f.Recovering }},
	{AnotherIssuersCodes, func(f IssuerFacts) bool { return f.Other }},
	{RecoveryEnroll, func(f IssuerFacts) bool { return f.Recovering && !f.Enrolled && f.Request }},
	{UnknownDevice, func(f IssuerFacts) bool { return !f.Enrolled && !f.Request }},
	{RequestNotAnswered, func(f IssuerFacts) bool { return !f.Enrolled }},
	{QuarantinedDevice, func(f IssuerFacts) bool { return f.Quarantined && f.Charged }},
	{RequestNotAnswered, func(f IssuerFacts) bool { return f.Quarantined && f.Twin && !f.Recovering }},
	{QuarantinedFreed, func(f IssuerFacts) bool { return f.Quarantined }},
	{SetBack, func(f IssuerFacts) bool { return f.Revived && !f.Recovering }},
	{CodeNotTaken, func(f IssuerFacts) bool { return f.New }},
	{RecoveryImport, func(f IssuerFacts) bool { return f.Recovering && f.Foreign }},
	{FormerAlive, func(f IssuerFacts) bool { return f.Superseded && f.Pending && f.Lives && !f.Recovering }},
	{ReturnPending, func(f IssuerFacts) bool { return f.Superseded && f.Pending && !f.Recovering }},
	{IdentitySuperseded, func(f IssuerFacts) bool { return f.Superseded }},
	{RecoveryWaive, func(f IssuerFacts) bool { return f.Recovering && !f.Settled && f.Failed && f.Enrolled }},
	{RecoveryDevice, func(f IssuerFacts) bool { return f.Recovering && !f.Settled }},
	{RecoveryFinish, func(f IssuerFacts) bool { return f.Recovering && f.AllSettled }},
	{RecoveryOthers, func(f IssuerFacts) bool { return f.Recovering }},
	{IdentityReplaced, func(f IssuerFacts) bool { return f.Failed && f.Twin && f.Charged }},
	{DeviceReplaced, func(f IssuerFacts) bool { return f.Failed && f.Charged && f.Replacement }},
	{DeviceFailed, func(f IssuerFacts) bool { return f.Failed && f.Charged }},
	{SuspectDevice, func(f IssuerFacts) bool { return f.Suspect && (!f.WrittenOff || f.Lives) }},
	{UnknownNumberOpen, func(f IssuerFacts) bool { return f.Foreign && f.Reported }},
	{UnknownNumber, func(f IssuerFacts) bool { return f.Foreign }},
	{IdentityReplaced, func(f IssuerFacts) bool { return f.Twin && f.Charged }},
	{RequestNotAnswered, func(f IssuerFacts) bool { return f.Twin }},
	{DeadDeviceAlive, func(f IssuerFacts) bool { return f.WrittenOff && f.Pending && f.Lives }},
	{ReturnPending, func(f IssuerFacts) bool { return f.WrittenOff && f.Pending }},
	{WrittenOff, func(f IssuerFacts) bool { return f.WrittenOff }},
	{DeviceFailedEmpty, func(f IssuerFacts) bool { return f.Failed && f.Alive }},
	{NothingIssued, func(f IssuerFacts) bool { return !f.Issued }},
	{TooManyUseless, func(f IssuerFacts) bool { return f.TooFar && (f.Untaken || f.Ended) }},
	{NumbersUsedUpThere, func(f IssuerFacts) bool { return f.Exhausted && (!f.Alive || f.Untaken || f.Ended) }},
	{KeyOutOfForce, func(f IssuerFacts) bool { return f.Alive && f.Untaken }},
	{AuthorizationEnded, func(f IssuerFacts) bool { return f.Unproven > 0 && f.Ended }},
	{DeviceTrustBehind, func(f IssuerFacts) bool { return f.Unproven > 0 && f.Behind }},
	{TooManyOut, func(f IssuerFacts) bool { return f.TooFar }},
	{AuthorizationsOut, func(f IssuerFacts) bool { return f.Unproven > 1 }},
	{AuthorizationOut, func(f IssuerFacts) bool { return f.Unproven > 0 }},
	{LicensesEnded, func(f IssuerFacts) bool { return f.Alive && (f.Ended || f.SomeEnded) }},
	{NothingOut, func(f IssuerFacts) bool { return f.Alive }},
	{EverythingCameBack, func(IssuerFacts) bool { return true }},
}

// AtIssuer returns the ID of the row that the facts are in. There always is one.
func AtIssuer(f IssuerFacts) string {
	for _, r := range issuerRules {
		if r.when(f) {
			return r.row
		}
	}
	panic("resolve: no rule of the issuer holds")
}

// Holds says what a device has installed, as far as its codes prove it.
type Holds struct {
	Number  reserve.Number   // 0: nothing
	Certain bool             // it is proven, and nothing else can have been installed since
	Or      []reserve.Number // authorizations that may be installed instead
}

// HoldsBy infers from books what the device has installed.
func HoldsBy(b reserve.Books) Holds {
	var h Holds
	proven, ok := b.Confirmed()
	for _, i := range b.Alive() {
		switch {
		case ok && i.Number == proven.Number:
			h.Number = i.Number
		default:
			h.Or = append(h.Or, i.Number)
		}
	}
	if b.Suspect {
		return Holds{Number: max(b.Current, reserve.Number(b.Known/2))}
	}
	h.Certain = len(h.Or) == 0 && !b.Quarantined
	return h
}
