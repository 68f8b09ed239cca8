package reserve

import (
	"slices"
	"strings"
	"testing"
	"time"
)

// A mutation puts one wrong rule in the place of a right one. The explorer has to find what it
// breaks; one that it doesn't find is a hole in the explorer.
type mutation struct {
	name   string
	bounds bounds
	rules  rules
	found  string // what the finding has to speak of
	costs  bool   // it lets a device hold more than it is charged for: I1 alone finds it as well
}

var mutations = []mutation{
	// Those that were found when the protocol was designed.
	{"reductions are credited when they are issued", onePool(2, 0), rules{issue: creditOnIssue}, "(I7)", true},
	{"no monotone install floor", onePool(2, 0), rules{install: installAnyNumber}, "(I9)", true},
	{"a return is printed before it is written", onePool(2, 0), rules{early: map[verb]bool{giveUp: true}}, "(I9)", true},
	{"a typed cancellation with the words 'I hold m'", onePool(2, 0), rules{reveals: revealWhileHolding}, "(I9)", true},
	{"every request brings a receipt chain of its own", onePool(2, 0), rules{cheats: ownChain}, "(I7)", true},
	{"one position for each number", restoring(onePool(2, 0)), rules{reveals: onePosition}, "never issued it and go on", false},

	// What a device could do wrong besides.
	{"a confirmation is printed before it is written", onePool(2, 0), rules{early: map[verb]bool{putIn: true}}, "(I9)", true},
	{"a cancellation is printed before it is written", onePool(2, 0), rules{early: map[verb]bool{cancelThrough: true}}, "(I9)", true},
	{"a device that returned takes nothing any more", onePool(2, 0), rules{install: installOnce}, "no way to use the device again (L1)", false},
	{"returning lowers the floor", onePool(2, 0), rules{giveUp: returnLowersFloor}, "(I4)", false},

	// What an issuer could do wrong besides.
	{"only the newest authorization is charged", onePool(2, 0), rules{charge: chargeNewest}, "(I7)", true},
	{"only what is confirmed is charged", onePool(2, 0), rules{charge: chargeConfirmed}, "(I1)", true},
	{"silence is taken for a return", onePool(2, 0), rules{cheats: silence}, "(I7)", true},
	{"a confirmation kills its own number", onePool(2, 0), rules{receive: confirmKills}, "the books say is dead", true},
	{"a return leaves its own number alive", onePool(2, 0), rules{receive: returnSpares}, "(L1)", false},
	{"the last receipt counts, not the highest", onePool(2, 0), rules{receive: lastReceiptCounts}, "(I5)", false},
	{"the last report counts, not the highest", onePool(2, 2), rules{report: lastReportCounts}, "(I5)", false},
	{"a report kills what is installed", onePool(2, 1), rules{report: reportKills}, "the books say is dead", true},
	{"a report without a signature is believed", onePool(2, 1), rules{cheats: unsignedReport}, "(I7)", true},
	{"numbers are given that the device put behind itself", onePool(2, 1), rules{next: lastPlusOne, issue: issueAny}, "which is dead", false},
	{"what was returned is never given again", onePool(2, 0), rules{next: onceOnly}, "no way to use the device again (L1)", false},
	{"suspicion is told and not kept", restoring(alike(2, 1)), rules{receive: receiveForgets, report: reportForgets},
		"never issued it and go on", false},
	{"any return clears suspicion", restoring(alike(2, 1)), rules{receive: anyReturnClears}, "never issued it and go on", false},
	{"a recovery leaves no numbers out", recovering(withNothing(1)), rules{rebased: Books.Next}, "which was never issued", false},
	{"a recovery ends before devices are settled", recovering(withNothing(1)), rules{settled: func(Books) bool { return true }},
		"which was never issued", false},
	{"a suspect report is not remembered", restoring(alike(2, 2)), rules{report: reportNotRemembered}, "honest device is quarantined", false},
	{"reports that contradict are believed", rollingBack(alike(1, 2)), rules{report: contradictionBelieved}, "don't prove the copy", false},

	// What an officer could do wrong who writes a device off.
	{"only what is confirmed is pending return", givenUp(onePool(2, 0)), rules{exposure: forgetsUnconfirmed}, "(I7)", true},
	{"what was written off is charged still", givenUp(onePool(2, 0)), rules{charge: keepsCharge}, "is charged", false},
	{"a report takes a write-off back", givenUp(onePool(2, 1)), rules{report: reportRevives}, "no longer is (I4)", false},
	{"a late return takes a write-off back", givenUp(onePool(2, 0)), rules{receive: creditsReturns}, "no longer is (I4)", false},
	{"a confirmation settles what is pending", givenUp(onePool(2, 0)), rules{receive: settlesOnSight}, "(I1)", true},
	{"a device that was written off is given more", givenUp(onePool(2, 0)), rules{issue: issueAny}, "the exposure of lot 0 grew", false},
}

func TestExploreCatchesMutations(t *testing.T) {
	for _, c := range mutations {
		t.Run(c.name, func(t *testing.T) {
			m := newMachine(t, "A1", c.bounds, c.rules)
			trail := m.findings()
			if trail == "" {
				t.Fatalf("survived %d states", len(m.states))
			}
			if !strings.Contains(trail, c.found) {
				t.Errorf("found something else than %q", c.found)
			}
			t.Logf("%d states, %d steps:\n%s", len(m.states), strings.Count(trail, "\n"), trail)
			if !c.costs {
				return
			}
			m = newMachine(t, "A1", c.bounds, c.rules)
			m.coverOnly = true
			if trail = m.explore(); !strings.Contains(trail, "(I1)") {
				t.Errorf("found no uncovered license in %d states", len(m.states))
			}
			t.Logf("%d states, %d steps:\n%s", len(m.states), strings.Count(trail, "\n"), trail)
		})
	}
}

// findings returns the way to the first broken promise of any kind, "" if there is none.
func (m *machine) findings() string {
	trail := m.explore()
	if trail == "" {
		trail = m.hopeless()
	}
	if trail == "" && m.rollback {
		trail, _ = m.unproven()
	}
	return trail
}

func creditOnIssue(b Books, i Issued) (Books, error) {
	next, err := b.Issue(i)
	next.Floor = i.Number
	return next, err
}

func installAnyNumber(i Instance, a Authorization, now time.Time) (Instance, error) {
	if s, ok := i.(Reserved); ok && s.current.Number() == a.Number() {
		return realInstall(i, a, now)
	}
	r := i.common()
	r.floor = min(r.floor, a.Number())
	return realInstall(i.with(r), a, now)
}

// revealWhileHolding gives away the position of the numbers that were canceled, and says beside it
// in words that something is held: words that the operator can leave out.
func revealWhileHolding(i Instance) Position {
	return ReturnAt(i.Floor() - 1)
}

// ownChain is an operator who sends a request with a receipt chain that he made, has the books take
// it for the device's, and confirms with it what the device never installed.
func ownChain(m *machine, s local) []local {
	b := m.ledgers[s.ledger].books
	_, forger := exploreWorld(m.t, m.start.identity.udi.serial)
	forger.seed.b[0] ^= 1
	forger.identity = forger.seed.identity(m.start.identity.udi)
	if len(b.Alive()) < 2 {
		return nil
	}
	mixed := b
	mixed.Identity, mixed.Known = forger.identity, 0
	p := ConfirmationAt(b.Last())
	after, _, err := mixed.Receive(Receipt{forger.identity.did.Locator(), forger.seed.secret(forger.identity, p)})
	if err != nil {
		m.t.Fatal(err)
	}
	b.Floor = after.Floor
	next := s
	next.ledger = m.ledger(b)
	return []local{next}
}

// onePosition is a chain in which "n is installed" and "n-1 was returned" are the same secret.
func onePosition(i Instance) Position {
	if s, ok := i.(Reserved); ok {
		return ReturnAt(s.current.Number() - 1)
	}
	return i.Position()
}

func returnLowersFloor(s Reserved) Instance {
	u := s.Return()
	u.floor = s.current.Number()
	return u
}

func installOnce(i Instance, a Authorization, now time.Time) (Instance, error) {
	if _, ok := i.(Unreserved); ok && i.Floor() > 1 {
		return nil, Refuse(Superseded, "%s was used before", i.Identity().udi)
	}
	return realInstall(i, a, now)
}

// onceOnly is an issuer who doesn't know a device any more that returned everything.
func onceOnly(b Books) (Number, error) {
	if b.Standing() == Empty {
		return 0, Refuse(NumbersExhausted, "%s was here before", b.Identity.udi)
	}
	return b.Next()
}

func chargeNewest(b Books) map[LotID]uint32 {
	newest, _ := b.Newest()
	return newest.total()
}

func chargeConfirmed(b Books) map[LotID]uint32 {
	confirmed, _ := b.Confirmed()
	return confirmed.total()
}

// silence is an issuer who gives up an authorization that nobody confirmed in time.
func silence(m *machine, s local) []local {
	b := m.ledgers[s.ledger].books
	if len(b.Alive()) == 0 || b.Standing() != Outstanding {
		return nil
	}
	b.Issued = append([]Issued(nil), b.Issued...)
	b.Issued[len(b.Issued)-1].Dead = true
	next := s
	next.ledger = m.ledger(b)
	return []local{next}
}

func confirmKills(b Books, r Receipt) (Books, Outcome, error) {
	next, out, err := b.Receive(r)
	if n := out.Confirms(); err == nil && n != 0 {
		next.Floor = max(next.Floor, n+1)
	}
	return next, out, err
}

func returnSpares(b Books, r Receipt) (Books, Outcome, error) {
	next, out, err := b.Receive(r)
	next.Floor = max(b.Floor, Number(out.Position/2))
	return next, out, err
}

func lastReceiptCounts(b Books, r Receipt) (Books, Outcome, error) {
	next, out, err := b.Receive(r)
	if err == nil {
		next.Floor = out.Position.Floor()
	}
	return next, out, err
}

func lastReportCounts(b Books, s Status) (Books, Outcome, error) {
	next, out, err := b.Report(s)
	if err == nil {
		if next.Floor = s.content.current; next.Floor == 0 {
			next.Floor = s.content.floor
		}
	}
	return next, out, err
}

func reportKills(b Books, s Status) (Books, Outcome, error) {
	next, out, err := b.Report(s)
	for k := range next.Issued {
		next.Issued[k].Dead = next.Issued[k].Dead || next.Issued[k].Number < s.content.floor
	}
	return next, out, err
}

// unsignedReport is an operator who writes "nothing is installed" into a report of the device.
func unsignedReport(m *machine, s local) []local {
	b := m.ledgers[s.ledger].books
	if b.Last() == 0 {
		return nil
	}
	content := statusContent{device: m.start.identity.did.Prefix(), floor: b.Last() + 1, latest: testToday,
		root: 1, count: b.Statements + 1, previous: b.StatementSum}
	after, _, _ := b.Report(signStatus(content, m.start.identity, m.start.seed.key()))
	next := s
	next.ledger = m.ledger(after)
	return []local{next}
}

func issueAny(b Books, i Issued) (Books, error) {
	b.Issued = append(slices.Clip(b.Issued), i)
	return b, b.Open()
}

func lastPlusOne(b Books) (Number, error) { return b.Last() + 1, nil }

func receiveForgets(b Books, r Receipt) (Books, Outcome, error) {
	next, out, err := b.Receive(r)
	next.Suspect = false
	return next, out, err
}

func reportForgets(b Books, s Status) (Books, Outcome, error) {
	next, out, err := b.Report(s)
	next.Suspect = false
	return next, out, err
}

func anyReturnClears(b Books, r Receipt) (Books, Outcome, error) {
	next, out, err := b.Receive(r)
	if out.Position%2 == 1 && !out.Repeated {
		next.Suspect = false
	}
	return next, out, err
}

func reportNotRemembered(b Books, s Status) (Books, Outcome, error) {
	next, out, err := b.Report(s)
	if next.Suspect {
		next.Current = b.Current
	}
	return next, out, err
}

func contradictionBelieved(b Books, s Status) (Books, Outcome, error) {
	next, out, err := b.Report(s)
	next.Quarantined = false
	return next, out, err
}
