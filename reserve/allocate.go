package reserve

import (
	"cmp"
	"slices"

	"tallystick/keys"
)

// A Lot is one purchase as far as an authorization cares. Ends is its last valid day; 0 is
// without end.
type Lot struct {
	ID          LotID
	Entitlement EntitlementID
	Starts      keys.Day
	Ends        keys.Day
	Available   uint32 // not charged to any device
	Unlimited   bool   // without limit, for what is only reported; Available is no less than a device can ask for
}

// A Wish is how many of an entitlement a device is to hold, at least until a day (0: any lot that
// is valid today will do).
type Wish struct {
	Entitlement EntitlementID
	Count       uint32
	Until       keys.Day
	Borrow      []EntitlementID // higher tiers whose lots may be drawn on too; see Allocate
	Choice      []Choice        // the lots to draw on; nil: by the rule
}

// A Choice is how many are to be drawn from a lot that somebody chose.
type Choice struct {
	Lot   LotID
	Count uint32
}

// A Shortage says how far the lots fall short of a wish.
type Shortage struct {
	Entitlement EntitlementID
	Wanted      uint32
	Available   uint32    // including what is already charged to the device
	Later       []Opening // what the entitlement's own lots have that begin later, the first one first
}

// An Opening is how many licenses there are more from a day on.
type Opening struct {
	Count uint32
	From  keys.Day
}

// Allocate chooses the lots that wishes draw on, among those that are valid today and last as long as
// the wish. The rule: lots already charged to this device first, since they cost nothing more; then
// the earliest end, lots without end last; of the same end the lower number. The lots of another
// entitlement are drawn on only where the wish names it in Borrow, for what its own lots leave, in the
// order named and within each by the same rule. A wish with a choice draws on just that; its counts
// add up to the wish.
//
// charged is the device's present charge. When lots don't suffice, no draw is returned but every
// shortage. That lots of a higher tier cover a lower one is for the caller to have checked.
func Allocate(wishes []Wish, lots []Lot, charged map[LotID]uint32, today keys.Day) ([]Draw, []Shortage) {
	a := allocation{charged: charged, used: map[LotID]uint32{}, left: make([]uint32, len(wishes))}
	for i, w := range wishes {
		a.left[i] = w.Count
	}
	for i, w := range wishes { // what somebody chose can't be had elsewhere
		for _, c := range w.Choice {
			chosen := slices.DeleteFunc(usableLots(w, lots, charged, today), func(l Lot) bool { return l.ID != c.Lot })
			a.take(i, w, chosen, c.Count)
		}
	}
	for i, w := range wishes {
		if w.Choice == nil {
			a.byRule(i, w, w.Entitlement, usableLots(w, lots, charged, today))
		}
	}
	for i, w := range wishes { // nobody borrows what its owner wants as well
		for _, from := range w.Borrow {
			if w.Choice == nil {
				a.byRule(i, w, from, usableLots(w, lots, charged, today))
			}
		}
	}
	var short []Shortage
	for i, w := range wishes {
		if a.left[i] > 0 {
			short = append(short, Shortage{w.Entitlement, w.Count, w.Count - a.left[i], openings(w, lots, today)})
		}
	}
	if len(short) > 0 {
		return nil, short
	}
	return mergeDraws(a.draws), nil
}

// An allocation is an Allocate under way.
type allocation struct {
	charged map[LotID]uint32
	used    map[LotID]uint32
	left    []uint32 // of each wish
	draws   []Draw
}

// byRule draws on the lots of one entitlement for what is left of wish i.
func (a *allocation) byRule(i int, w Wish, from EntitlementID, usable []Lot) {
	usable = slices.DeleteFunc(slices.Clone(usable), func(l Lot) bool { return l.Entitlement != from })
	for _, l := range usable {
		a.draw(i, w, l, a.left[i], a.charged[l.ID])
	}
	a.take(i, w, usable, a.left[i])
}

// take draws at most n on lots in turn, what is available counted.
func (a *allocation) take(i int, w Wish, lots []Lot, n uint32) {
	for _, l := range lots {
		n -= a.draw(i, w, l, n, a.charged[l.ID]+l.Available)
	}
}

// draw takes at most n for wish i of a lot that has capacity for this device, and returns how many.
func (a *allocation) draw(i int, w Wish, l Lot, n, capacity uint32) uint32 {
	n = min(n, a.left[i], capacity-min(capacity, a.used[l.ID]))
	if n > 0 {
		a.draws = append(a.draws, Draw{l.ID, Grant{w.Entitlement, n, l.Ends}})
		a.used[l.ID] += n
		a.left[i] -= n
	}
	return n
}

// usableLots returns the lots that may serve a wish, in the order of the rule.
func usableLots(w Wish, lots []Lot, charged map[LotID]uint32, today keys.Day) []Lot {
	var out []Lot
	for _, l := range lots {
		valid := l.Starts <= today && (l.Ends == 0 || l.Ends >= today)
		if valid && l.serves(w) && l.Available+charged[l.ID] > 0 {
			out = append(out, l)
		}
	}
	slices.SortFunc(out, func(a, b Lot) int { return cmp.Or(compareEnds(a.Ends, b.Ends), cmp.Compare(a.ID, b.ID)) })
	return out
}

// serves reports whether l is of the right kind and lasts long enough.
func (l Lot) serves(w Wish) bool {
	return (l.Entitlement == w.Entitlement || slices.Contains(w.Borrow, l.Entitlement)) && (l.Ends == 0 || l.Ends >= w.Until)
}

// compareEnds sorts the day that ends first first; 0 is without end.
func compareEnds(a, b keys.Day) int {
	endless := func(d keys.Day) uint32 { return uint32(d) - 1 }
	return cmp.Compare(endless(a), endless(b))
}

// openings returns what the wish's own lots have that begin later.
func openings(w Wish, lots []Lot, today keys.Day) []Opening {
	var out []Opening
	for _, l := range lots {
		if l.Starts <= today || l.Entitlement != w.Entitlement || l.Available == 0 || (l.Ends != 0 && l.Ends < w.Until) {
			continue
		}
		at := slices.IndexFunc(out, func(o Opening) bool { return o.From == l.Starts })
		if at < 0 {
			out = append(out, Opening{l.Available, l.Starts})
			continue
		}
		out[at].Count += min(l.Available, 1<<32-1-out[at].Count)
	}
	slices.SortFunc(out, func(a, b Opening) int { return cmp.Compare(a.From, b.From) })
	return out
}

func mergeDraws(draws []Draw) []Draw {
	var out []Draw
	for _, d := range draws {
		at := slices.IndexFunc(out, func(o Draw) bool { return o.Lot == d.Lot && o.Grant.Entitlement == d.Grant.Entitlement })
		if at >= 0 {
			out[at].Grant.Count += d.Grant.Count
			continue
		}
		out = append(out, d)
	}
	return out
}

// GrantsOf returns what draws put into an authorization.
func GrantsOf(draws []Draw) ([]Grant, error) {
	grants := make([]Grant, 0, len(draws))
	for _, d := range draws {
		grants = append(grants, d.Grant)
	}
	return NormalGrants(grants)
}
