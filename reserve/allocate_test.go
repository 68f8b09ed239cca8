package reserve

import (
	"fmt"
	"maps"
	"reflect"
	"testing"

	"pgregory.net/rapid"

	"tallystick/keys"
)

const allocateDay = keys.Day(1000)

var allocateLots = []Lot{
	{ID: 1, Entitlement: 2, Starts: 1, Ends: 0, Available: 10},
	{ID: 2, Entitlement: 2, Starts: 1, Ends: 1500, Available: 3},
	{ID: 3, Entitlement: 2, Starts: 1, Ends: 1200, Available: 2},
	{ID: 4, Entitlement: 2, Starts: 1, Ends: 999, Available: 50},    // ended yesterday
	{ID: 5, Entitlement: 2, Starts: 1001, Ends: 0, Available: 50},   // starts tomorrow
	{ID: 6, Entitlement: 3, Starts: 1, Ends: 1000, Available: 5},    // last day today
	{ID: 7, Entitlement: 3, Starts: 1000, Ends: 1600, Available: 4}, // first day today
	{ID: 8, Entitlement: 2, Starts: 1100, Ends: 1200, Available: 7},
	{ID: 9, Entitlement: 2, Starts: 1001, Ends: 1200, Available: 1},
}

func TestAllocate(t *testing.T) {
	type counts = map[LotID]uint32
	later := []Opening{{51, 1001}, {7, 1100}}
	for _, c := range []struct {
		name    string
		wishes  []Wish
		charged counts
		want    counts
		short   []Shortage
	}{
		{"earliest end first, without end last", []Wish{{Entitlement: 2, Count: 7}}, nil, counts{3: 2, 2: 3, 1: 2}, nil},
		{"an end that covers the wish", []Wish{{Entitlement: 2, Count: 4, Until: 1300}}, nil, counts{2: 3, 1: 1}, nil},
		{"what is charged already comes first", []Wish{{Entitlement: 2, Count: 7}}, counts{1: 4}, counts{1: 4, 3: 2, 2: 1}, nil},
		{"charged and available add up", []Wish{{Entitlement: 2, Count: 16}}, counts{2: 1}, counts{1: 10, 2: 4, 3: 2}, nil},
		{"a lot is good from its first day through its last", []Wish{{Entitlement: 3, Count: 9}}, nil, counts{6: 5, 7: 4}, nil},
		{"short, and what begins later", []Wish{{Entitlement: 2, Count: 16}, {Entitlement: 3, Count: 10}}, nil, nil,
			[]Shortage{{2, 16, 15, later}, {3, 10, 9, nil}}},
		{"what begins later lasts long enough too", []Wish{{Entitlement: 2, Count: 16, Until: 1201}}, nil, nil,
			[]Shortage{{2, 16, 13, []Opening{{50, 1001}}}}},
		{"an ended lot that is charged covers nothing", []Wish{{Entitlement: 2, Count: 16}}, counts{4: 5}, nil, []Shortage{{2, 16, 15, later}}},

		{"borrowed is what its own lots leave", []Wish{{Entitlement: 2, Count: 17, Borrow: []EntitlementID{3}}}, nil, counts{3: 2, 2: 3, 1: 10, 6: 2}, nil},
		{"borrowed by the same rule", []Wish{{Entitlement: 9, Count: 6, Borrow: []EntitlementID{3}}}, counts{7: 2}, counts{7: 2, 6: 4}, nil},
		{"borrowed in the order named", []Wish{{Entitlement: 9, Count: 12, Borrow: []EntitlementID{3, 2}}}, nil, counts{6: 5, 7: 4, 3: 2, 2: 1}, nil},
		{"nothing is borrowed unasked", []Wish{{Entitlement: 9, Count: 1}}, counts{6: 5}, nil, []Shortage{{9, 1, 0, nil}}},
		{"nobody borrows what its owner wants", []Wish{{Entitlement: 9, Count: 2, Borrow: []EntitlementID{3}}, {Entitlement: 3, Count: 8}}, nil, nil,
			[]Shortage{{9, 2, 1, nil}}},
		{"a borrowed lot has to last as well", []Wish{{Entitlement: 9, Count: 5, Until: 1001, Borrow: []EntitlementID{3}}}, nil, nil, []Shortage{{9, 5, 4, nil}}},

		{"chosen against the rule", []Wish{{Entitlement: 2, Count: 3, Choice: []Choice{{1, 2}, {2, 1}}}}, counts{3: 2}, counts{1: 2, 2: 1}, nil},
		{"chosen first, whoever is named first", []Wish{{Entitlement: 2, Count: 2}, {Entitlement: 2, Count: 2, Choice: []Choice{{3, 2}}}}, nil, counts{2: 2, 3: 2}, nil},
		{"chosen too many", []Wish{{Entitlement: 2, Count: 3, Choice: []Choice{{3, 3}}}}, nil, nil, []Shortage{{2, 3, 2, later}}},
		{"chosen of another kind", []Wish{{Entitlement: 2, Count: 1, Choice: []Choice{{6, 1}}}}, nil, nil, []Shortage{{2, 1, 0, later}}},
		{"chosen of a higher tier", []Wish{{Entitlement: 2, Count: 1, Choice: []Choice{{6, 1}}, Borrow: []EntitlementID{3}}}, nil, counts{6: 1}, nil},
		{"chosen before it begins", []Wish{{Entitlement: 2, Count: 1, Choice: []Choice{{5, 1}}}}, nil, nil, []Shortage{{2, 1, 0, later}}},
	} {
		draws, short := Allocate(c.wishes, allocateLots, c.charged, allocateDay)
		got := Issued{Draws: draws}.total()
		if !maps.Equal(got, c.want) && len(got)+len(c.want) > 0 || !reflect.DeepEqual(short, c.short) {
			t.Errorf("%s: %v short %v, want %v short %v", c.name, got, short, c.want, c.short)
		}
	}
}

// Whatever is asked for: a draw names the granted entitlement and ends with its lot, no lot gives more
// than it has, the wishes are met in full or nothing is drawn.
func TestAllocateKeepsToTheLots(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		lots, charged := map[LotID]Lot{}, map[LotID]uint32{}
		var list []Lot
		for i := range rapid.IntRange(0, 8).Draw(t, "lots") {
			starts := rapid.Uint16Range(998, 1002).Draw(t, "starts")
			l := Lot{ID: LotID(i + 1), Entitlement: EntitlementID(rapid.IntRange(1, 3).Draw(t, "of")), Starts: keys.Day(starts),
				Available: rapid.Uint32Range(0, 5).Draw(t, "available")}
			if rapid.Bool().Draw(t, "ends") {
				l.Ends = keys.Day(rapid.Uint16Range(starts, 1005).Draw(t, "end"))
			}
			charged[l.ID] = rapid.Uint32Range(0, 3).Draw(t, "charged")
			lots[l.ID] = l
			list = append(list, l)
		}
		var wishes []Wish
		for id := range rapid.IntRange(1, 3).Draw(t, "wishes") {
			w := Wish{Entitlement: EntitlementID(id + 1), Count: rapid.Uint32Range(1, 6).Draw(t, "count"), Until: keys.Day(rapid.SampledFrom([]int{0, 1000, 1003}).Draw(t, "until"))}
			if rapid.Bool().Draw(t, "borrow") {
				w.Borrow = []EntitlementID{EntitlementID(rapid.IntRange(1, 3).Draw(t, "from"))}
			}
			wishes = append(wishes, w)
		}
		draws, short := Allocate(wishes, list, charged, allocateDay)
		checkAllocation(t, wishes, lots, charged, draws, short)
	})
}

func checkAllocation(t *rapid.T, wishes []Wish, lots map[LotID]Lot, charged map[LotID]uint32, draws []Draw, short []Shortage) {
	drawn, granted := map[LotID]uint32{}, map[EntitlementID]uint32{}
	for _, d := range draws {
		l, w := lots[d.Lot], wishes[d.Grant.Entitlement-1]
		if !l.serves(w) || l.Starts > allocateDay || l.Ends != 0 && l.Ends < allocateDay || d.Grant.Ends != l.Ends || d.Grant.Count == 0 {
			t.Fatalf("%+v of %+v for %+v", d, l, w)
		}
		drawn[d.Lot] += d.Grant.Count
		granted[d.Grant.Entitlement] += d.Grant.Count
	}
	for id, n := range drawn {
		if n > lots[id].Available+charged[id] {
			t.Fatalf("%d of %+v, charged %d", n, lots[id], charged[id])
		}
	}
	if len(short) > 0 && len(draws) > 0 {
		t.Fatal("drawn although it is short")
	}
	for _, w := range wishes {
		if len(short) == 0 && granted[w.Entitlement] != w.Count {
			t.Fatalf("%+v got %d", w, granted[w.Entitlement])
		}
	}
	if _, err := GrantsOf(draws); err != nil {
		t.Fatal(err)
	}
}

// The rule as people are told it.
func ExampleAllocate() {
	lots := []Lot{
		{ID: 1, Entitlement: 4, Starts: 2000, Ends: 0, Available: 10},
		{ID: 2, Entitlement: 4, Starts: 2000, Ends: 3000, Available: 2},
		{ID: 3, Entitlement: 4, Starts: 2000, Ends: 2500, Available: 0},
	}
	charged := map[LotID]uint32{3: 1} // this device has one of lot 3
	draws, _ := Allocate([]Wish{{Entitlement: 4, Count: 4}}, lots, charged, 2400)
	for _, d := range draws {
		fmt.Println(d.Grant.Count, "of lot", d.Lot)
	}
	// Output:
	// 1 of lot 3
	// 2 of lot 2
	// 1 of lot 1
}
