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
// bounds, and checks in each what SPEC.md promises (Promises). It drives the real Instance, its codes and
// the real Books; what it adds is everybody else: an issuer that signs whatever its pool covers, and
// an operator who keeps every code that was ever made and hands in any of them at any time.
//
// One device with its books is a machine, whose states are explored alone. Devices meet only in the
// pool, so that the states of two devices are pairs, explored with the pool between them.
//
// Codes are revealed as soon as the state they prove is durable: an operator who gets a code earlier
// or never is one who holds it back, so that every crash between the two is among the runs visited.
// Days pass once, in all runs of one exploration: the last lot ends. Longer lives, with clocks that
// are wrong, are the business of TestModel in cmd/internal/issuer, which also names where each
// promise is checked.
//
// How many states there are within the bounds that the tests have by themselves is part of the
// tests: a rule that changes it is looked at. For other bounds the number is in the output:
//
//	go test ./reserve -run Explore -v -explore.numbers 4 -explore.reports 2 -timeout 1h
var (
	exploreNumbers = flag.Int("explore.numbers", 0, "authorization numbers a device of the explorer gets; 0: what each test has by itself")
	exploreReports = flag.Int("explore.reports", -1, "status reports a device of the explorer signs, at most 4; -1: what each test has by itself")
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
	recover  bool // the ledger that was put back is recovered before anything else is issued
	days     bool // days pass, and the last lot ends
	writeOff bool // the device may be written off, whether it is dead or not
	states   int  // how many there are within these bounds; 0: whatever is found
}

// scaled returns the bounds as the flags have them.
func (b bounds) scaled() bounds {
	if *exploreNumbers > 0 && b.base == 0 {
		b.numbers, b.states = *exploreNumbers, 0
	}
	if *exploreReports >= 0 {
		b.reports, b.states = min(*exploreReports, maxExploreReports), 0
	}
	return b
}

// counting says how many states there are.
func (b bounds) counting(states int) bounds { b.states = states; return b }

// alike is a pool of one, of which a device may get that: enough where only the numbers matter.
func alike(numbers, reports int) bounds {
	return bounds{numbers: numbers, reports: reports, pool: []uint32{1}, wishes: [][]uint32{{1}}}
}

// withNothing is that, or nothing.
func withNothing(numbers int) bounds {
	return bounds{numbers: numbers, pool: []uint32{1}, wishes: [][]uint32{{0}, {1}}}
}

// onePool is a pool of two, of which a device may get none, one or both.
func onePool(numbers, reports int) bounds {
	return bounds{numbers: numbers, reports: reports, pool: []uint32{2}, wishes: [][]uint32{{0}, {1}, {2}}}
}

// unequal is a pool of two, of which a device may get one or both.
func unequal(numbers, reports int) bounds {
	return bounds{numbers: numbers, reports: reports, pool: []uint32{2}, wishes: [][]uint32{{1}, {2}}}
}

// exchange is two pools, of which a device may get all of one for all of the other.
func exchange(numbers, reports int) bounds {
	return bounds{numbers: numbers, reports: reports, pool: []uint32{2, 2}, wishes: [][]uint32{{2, 0}, {0, 2}, {1, 1}, {2, 2}}}
}

// ending is two lots, of which the second ends while the devices hold of it.
func ending(numbers, reports int) bounds {
	return bounds{numbers: numbers, reports: reports, pool: []uint32{1, 2}, wishes: [][]uint32{{1, 0}, {0, 2}, {1, 1}}, days: true}
}

// last is the end of the receipt chain.
func last(numbers, reports int) bounds {
	b := onePool(numbers, reports)
	b.base = LastNumber - Number(numbers)
	return b
}

// restoring and rollingBack are bounds in which the ledger or the device is put back.
func restoring(b bounds) bounds { b.restore = true; return b }

// recovering is for wishes of which one is nothing.
func recovering(b bounds) bounds { b.restore, b.recover = true, true; return b }

func rollingBack(b bounds) bounds { b.rollback = true; return b }

// givenUp are bounds in which an officer writes the device off, and it lives on.
func givenUp(b bounds) bounds { b.writeOff = true; return b }

func (b bounds) String() string {
	text := fmt.Sprintf("%d numbers, %d reports, pool %v, %d wishes", b.numbers, b.reports, b.pool, len(b.wishes))
	if b.base > 0 {
		text += fmt.Sprintf(" from %d on", b.base+1)
	}
	for _, more := range []struct {
		is   bool
		text string
	}{{b.days, "days pass"}, {b.restore, "the ledger is put back"}, {b.recover, "and recovered"}, {b.rollback, "the device is put back"},
		{b.writeOff, "the device is written off"}} {
		if more.is {
			text += ", " + more.text
		}
	}
	return text
}

// explored runs a machine to its end and fails with the way to what it found.
func explored(t *testing.T, serial string, b bounds) *machine {
	t.Helper()
	begin := time.Now()
	m := newMachine(t, serial, b.scaled(), rules{})
	if trail := m.explore(); trail != "" {
		t.Fatalf("%s:\n%s", m.bounds, trail)
	}
	t.Logf("%s: %d states, %d transitions, %d records, %d books, %v",
		m.bounds, len(m.states), m.transitions, len(m.units), len(m.ledgers), time.Since(begin).Round(time.Millisecond))
	wantStates(t, m.bounds.states, len(m.states))
	return m
}

// wantStates compares the number of states with that which is written down, unless that is 0.
func wantStates(t *testing.T, want, got int) {
	t.Helper()
	if want != 0 && got != want {
		t.Errorf("%d states, expected %d: if a rule was changed that changes them, write the new number down", got, want)
	}
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
