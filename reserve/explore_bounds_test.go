package reserve

import (
	"slices"
	"strings"
	"testing"
	"time"
)

// within returns the bounds to explore: fewer when the tests are to be quick.
func within(short, full []bounds) []bounds {
	if testing.Short() {
		return short
	}
	return full
}

// TestExploreOneDevice: safe in every state; every state leads back to where all is available and
// the device can be used again; and the reports alone get everything back too.
func TestExploreOneDevice(t *testing.T) {
	for _, b := range within(
		[]bounds{onePool(3, 0).counting(2025), exchange(2, 1).counting(4056)},
		[]bounds{onePool(4, 0).counting(11738), onePool(3, 2).counting(140778), exchange(3, 1).counting(51439)},
	) {
		m := explored(t, "A1", b)
		m.mustReturn(t)
		m.mustReport(t)
	}
}

// TestExploreDays: an end changes nothing that the books count, and nothing gets stuck behind it.
func TestExploreDays(t *testing.T) {
	for _, b := range within([]bounds{ending(2, 0).counting(602)}, []bounds{ending(2, 1).counting(4976), ending(3, 0).counting(4050)}) {
		m := explored(t, "A1", b)
		m.mustReturn(t)
		m.mustReport(t)
	}
}

// TestExploreLastNumbers: the end of the chain is as safe as its beginning, and everything can be had
// back from there.
func TestExploreLastNumbers(t *testing.T) {
	m := explored(t, "A1", last(2, 1).counting(1916))
	m.mustReturn(t)
	m.mustReport(t)
	if at := slices.IndexFunc(m.units, func(u *unit) bool { return u.instance.Floor() > LastNumber }); at < 0 {
		t.Error("no device used its last number")
	}
}

// TestExploreTwoDevices: two devices share what there is.
func TestExploreTwoDevices(t *testing.T) {
	for _, c := range within(
		[]bounds{onePool(2, 0).counting(54906), restoring(alike(2, 0)).counting(77471)},
		[]bounds{onePool(2, 1).counting(4226668), onePool(3, 0).counting(1788966), exchange(2, 0).counting(58140),
			ending(2, 0).counting(112392), restoring(unequal(2, 0)).counting(892945)},
	) {
		exploreTwo(t, c)
	}
}

func exploreTwo(t *testing.T, b bounds) {
	t.Helper()
	one := b.counting(0)
	first, second := explored(t, "A1", one), explored(t, "B2", one)
	first.mustReturn(t)
	second.mustReturn(t)
	begin := time.Now()
	states, err := product{first, second, b.pool, false}.explore()
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("two devices, %s: %d states, %v", first.bounds, states, time.Since(begin).Round(time.Millisecond))
	wantStates(t, b.scaled().states, states)
}

// TestExploreWriteOff: a device is written off at any moment, dead or alive, and goes on as it likes.
// What the others hold stays within the pool, and all together within the pool and its exposure. It can
// still give everything back, and its codes then leave no exposure.
func TestExploreWriteOff(t *testing.T) {
	for _, b := range within([]bounds{onePool(2, 1).counting(5266)},
		[]bounds{onePool(3, 1).counting(59842), exchange(2, 1).counting(8804), ending(2, 1).counting(10694)}) {
		m := explored(t, "A1", givenUp(b))
		m.mustReturn(t)
		m.mustReport(t)
	}
	for _, b := range within([]bounds{unequal(2, 0).counting(77820)},
		[]bounds{onePool(2, 0).counting(306530), exchange(2, 0).counting(741596)}) {
		exploreTwo(t, givenUp(b))
	}
}

// TestExploreRestoredLedger: a ledger that lost its newest entries notices by the next code of the
// device that holds a lost authorization, stays suspicious until the device gave that up, and leads
// back to where all is available.
func TestExploreRestoredLedger(t *testing.T) {
	for _, b := range within([]bounds{unequal(2, 1).counting(23274)}, []bounds{alike(3, 1).counting(40415), onePool(2, 1).counting(67653)}) {
		explored(t, "A1", restoring(b)).mustReturn(t)
	}
}

// TestExploreRolledBackDevice: a device that was put back can't be prevented from holding again what
// it returned. It stays within what was signed for it, and its reports prove the copy.
func TestExploreRolledBackDevice(t *testing.T) {
	for _, b := range within([]bounds{unequal(2, 1).counting(16544)}, []bounds{unequal(2, 2).counting(124688)}) {
		explored(t, "A1", rollingBack(b)).mustBeFound(t)
	}
}

// TestExploreUnprotected: what no rule of this version prevents is within the explorer's sight, so
// that its silence elsewhere means something. THREATS.md says what these cost.
func TestExploreUnprotected(t *testing.T) {
	copied := newMachine(t, "A1", rollingBack(onePool(2, 0)), rules{})
	copied.coverOnly = true
	if trail := copied.explore(); !strings.Contains(trail, "(I1)") {
		t.Errorf("a device that was put back holds nothing it returned, in %d states", len(copied.states))
	} else {
		t.Logf("a device that was put back:\n%s", trail)
	}
	b := restoring(alike(1, 0))
	_, err := product{explored(t, "A1", b), explored(t, "B2", b), b.pool, true}.explore()
	if err == nil || !strings.Contains(err.Error(), "(I2)") {
		t.Errorf("a ledger that was put back gives nothing twice: %v", err)
	} else {
		t.Logf("a ledger that was put back: %v", err)
	}
}

// TestExploreRecovery: once a recovery is finished, nothing that was lost is held or can be installed,
// no license is held twice, and every state leads back. While it goes on, a device may be given again
// what it gave up in the lost part, and hold that beside who was given it meanwhile. With
// -explore.numbers 2 two devices have 47,989,141 states.
func TestExploreRecovery(t *testing.T) {
	for _, b := range within(nil, []bounds{withNothing(2).counting(12761)}) {
		explored(t, "A1", recovering(b)).mustReturn(t)
	}
	exploreTwo(t, recovering(withNothing(1).counting(349165)))
}
