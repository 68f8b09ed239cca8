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
}

// A Shortage says how far the lots fall short of a wish.
type Shortage struct {
	Entitlement EntitlementID
	Wanted      uint32
	Available   uint32 // including what is already charged to the device
}

// Allocate chooses the lots that wishes draw on. The rule: lots already charged to this device
// first, since they cost nothing more; then the earliest end that covers the wish; lots without
// end last. charged is the device's present charge; today decides which lots are valid. When lots
// don't suffice, no draw is returned but every shortage.
func Allocate(wishes []Wish, lots []Lot, charged map[LotID]uint32, today keys.Day) ([]Draw, []Shortage) {
	var draws []Draw
	var short []Shortage
	used := map[LotID]uint32{}
	for _, wish := range wishes {
		usable := usableLots(wish, lots, charged, today)
		left := wish.Count
		take := func(l Lot, capacity uint32) {
			if n := min(left, capacity-min(capacity, used[l.ID])); n > 0 {
				draws = append(draws, Draw{l.ID, Grant{wish.Entitlement, n, l.Ends}})
				used[l.ID] += n
				left -= n
			}
		}
		for _, l := range usable {
			take(l, charged[l.ID])
		}
		for _, l := range usable {
			take(l, charged[l.ID]+l.Available)
		}
		if left > 0 {
			short = append(short, Shortage{wish.Entitlement, wish.Count, wish.Count - left})
		}
	}
	if len(short) > 0 {
		return nil, short
	}
	return mergeDraws(draws), nil
}

func usableLots(wish Wish, lots []Lot, charged map[LotID]uint32, today keys.Day) []Lot {
	var out []Lot
	for _, l := range lots {
		valid := l.Starts <= today && (l.Ends == 0 || l.Ends >= today)
		lasts := l.Ends == 0 || l.Ends >= wish.Until
		if l.Entitlement == wish.Entitlement && valid && lasts && l.Available+charged[l.ID] > 0 {
			out = append(out, l)
		}
	}
	slices.SortFunc(out, func(a, b Lot) int {
		endless := func(d keys.Day) uint32 { return uint32(d) - 1 } // 0 sorts last
		return cmp.Or(cmp.Compare(endless(a.Ends), endless(b.Ends)), cmp.Compare(a.ID, b.ID))
	})
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
