package reserve

import (
	"flag"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// The explorer visits every state that a device and its books can be in together, within small
// bounds, and checks in each what PROTOCOL 4.1 promises. It drives the real Instance, its codes and
// the real Books; what it adds is everybody else: an issuer that signs whatever its pool covers, and
// an operator who keeps every code that was ever made and hands in any of them at any time.
//
// One device with its books is a machine, whose states are explored alone. Devices meet only in the
// pool, so that the states of two devices are pairs, explored with the pool between them.
//
// Codes are revealed as soon as the state they prove is durable: an operator who gets a code earlier
// or never is one who holds it back, so that every crash between the two is among the runs visited.
// For a deep run raise the bounds:
//
//	go test ./reserve -run Explore -v -explore.numbers 5 -explore.reports 3 -timeout 1h
var (
	exploreNumbers = flag.Int("explore.numbers", 0, "authorization numbers a device of the explorer gets; 0: what each test has by itself")
	exploreReports = flag.Int("explore.reports", 0, "status reports a device of the explorer signs, at most 4; 0: what each test has by itself")
)

// maxExploreReports bounds the reports of one device in one run of the explorer.
const maxExploreReports = 4

// bounds say how far an exploration goes.
type bounds struct {
	base     Number   // the device has used all numbers through it
	numbers  int      // authorizations of a device
	reports  int      // status reports of a device
	pool     []uint32 // licenses in each lot
	wishes   [][]uint32
	restore  bool // the ledger is once put back to an earlier state of it
	rollback bool // the device is once put back to an earlier state of it
}

func (b bounds) scaled() bounds {
	if *exploreNumbers > 0 {
		b.numbers = *exploreNumbers
	}
	if *exploreReports > 0 {
		b.reports = min(*exploreReports, maxExploreReports)
	}
	return b
}

// onePool is a pool of two, of which a device may get none, one or both.
func onePool(numbers, reports int) bounds {
	return bounds{numbers: numbers, reports: reports, pool: []uint32{2}, wishes: [][]uint32{{0}, {1}, {2}}}
}

// exchange is two pools, of which a device may get all of one for all of the other.
func exchange(numbers, reports int) bounds {
	return bounds{numbers: numbers, reports: reports, pool: []uint32{2, 2}, wishes: [][]uint32{{2, 0}, {0, 2}, {1, 1}, {2, 2}}}
}

func (b bounds) String() string {
	text := fmt.Sprintf("%d numbers, %d reports, pool %v, %d wishes", b.numbers, b.reports, b.pool, len(b.wishes))
	if b.base > 0 {
		text += fmt.Sprintf(" from %d on", b.base+1)
	}
	if b.restore {
		text += ", the ledger is put back"
	}
	if b.rollback {
		text += ", the device is put back"
	}
	return text
}

// explored runs a machine to its end and fails with the way to what it found.
func explored(t *testing.T, m *machine) {
	t.Helper()
	begin := time.Now()
	if trail := m.explore(); trail != "" {
		t.Fatalf("%s:\n%s", m.bounds, trail)
	}
	t.Logf("%s: %d states, %d transitions, %d records, %d books, %v",
		m.bounds, len(m.states), m.transitions, len(m.units), len(m.ledgers), time.Since(begin).Round(time.Millisecond))
}

// TestExploreOneDevice: safe in every state, and every state leads back to where all is available.
func TestExploreOneDevice(t *testing.T) {
	all := []bounds{onePool(4, 0), onePool(3, 2), exchange(3, 1)}
	if testing.Short() {
		all = []bounds{onePool(3, 1), exchange(2, 1)}
	}
	for _, b := range all {
		m := newMachine(t, "A1", b.scaled(), rules{})
		explored(t, m)
		m.mustReturn(t)
		m.mustReport(t)
	}
}

// TestExploreLastNumbers: the end of the chain is as safe as its beginning, and everything can be had
// back from there.
func TestExploreLastNumbers(t *testing.T) {
	b := onePool(2, 1)
	b.base = LastNumber - Number(b.numbers)
	m := newMachine(t, "A1", b, rules{})
	explored(t, m)
	m.mustReturn(t)
	m.mustReport(t)
	if at := slices.IndexFunc(m.units, func(u *unit) bool { return u.instance.Floor() > LastNumber }); at < 0 {
		t.Error("no device used its last number")
	}
}

// TestExploreTwoDevices: two devices share a pool of two.
func TestExploreTwoDevices(t *testing.T) {
	b := onePool(2, 1).scaled()
	if testing.Short() {
		b.reports = 0
	}
	first, second := newMachine(t, "A1", b, rules{}), newMachine(t, "B2", b, rules{})
	for _, m := range []*machine{first, second} {
		explored(t, m)
		m.mustReturn(t)
	}
	begin := time.Now()
	p := product{first, second, b.pool}
	states, err := p.explore()
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("two devices, %s: %d states, %v", b, states, time.Since(begin).Round(time.Millisecond))
}

// TestExploreRestoredLedger: a ledger that lost its newest entries notices by the next code of the
// device that holds a lost authorization, stays suspicious until the device gave that up, and leads
// back to where all is available.
func TestExploreRestoredLedger(t *testing.T) {
	b := onePool(3, 1)
	if testing.Short() {
		b.numbers = 2
	}
	b = b.scaled()
	b.restore, b.wishes = true, [][]uint32{{1}, {2}}
	m := newMachine(t, "A1", b, rules{})
	explored(t, m)
	m.mustReturn(t)
}

// TestExploreRolledBackDevice: a device that was put back can't be prevented from holding again what
// it returned. It stays within what was signed for it, and its reports prove the copy.
func TestExploreRolledBackDevice(t *testing.T) {
	b := onePool(2, 2)
	if testing.Short() {
		b.reports = 1
	}
	b = b.scaled()
	b.rollback, b.wishes = true, [][]uint32{{1}, {2}}
	m := newMachine(t, "A1", b, rules{})
	explored(t, m)
	m.mustBeFound(t)
}

// trail tells how a state was reached, one step a line.
func (m *machine) trail(at uint32, found string) string {
	var lines []string
	for m.parents[at].from != at {
		p := m.parents[at]
		lines = append(lines, fmt.Sprintf("  %s %d", p.verb, p.argument))
		at = p.from
	}
	slices.Reverse(lines)
	return strings.Join(append(lines, "  "+found), "\n")
}
