package reserve

import (
	"fmt"
	"slices"

	"tallystick/codec"
	"tallystick/keys"
)

const (
	maxGrants = 64
	// MaxCount is the largest count of one entitlement in an authorization.
	MaxCount = 1<<31 - 1
)

// A Grant is one line of an authorization: how many of an entitlement, through which day (UTC,
// inclusive; 0 is without end).
type Grant struct {
	Entitlement EntitlementID
	Count       uint32
	Ends        keys.Day
}

// NormalGrants returns grants in the one order they are signed in: by end day, then by ID, those
// alike in both added up. The refusal is OutOfRange.
func NormalGrants(grants []Grant) ([]Grant, error) {
	out := slices.Clone(grants)
	slices.SortFunc(out, compareGrants)
	n := 0
	for _, g := range out {
		if g.Entitlement == 0 || g.Entitlement > MaxEntitlementID || g.Count == 0 {
			return nil, Refuse(OutOfRange, "entitlement %d with count %d: counts begin at 1", g.Entitlement, g.Count)
		}
		if n > 0 && compareGrants(out[n-1], g) == 0 {
			g.Count += min(out[n-1].Count, 1<<32-1-g.Count)
			n--
		}
		if g.Count > MaxCount {
			return nil, Refuse(OutOfRange, "count %d of entitlement %d, at most %d", g.Count, g.Entitlement, MaxCount)
		}
		out[n], n = g, n+1
	}
	if n > maxGrants {
		return nil, Refuse(OutOfRange, "%d entitlements in one authorization, at most %d", n, maxGrants)
	}
	return out[:n], nil
}

func compareGrants(a, b Grant) int {
	if a.Ends != b.Ends {
		return int(a.Ends) - int(b.Ends)
	}
	return int(a.Entitlement) - int(b.Entitlement)
}

// writeGrants writes grants grouped by end day: one end date for all costs its two bytes once.
// Each group is its size, the end day and (ID, count) pairs; a size of 0 ends the list.
func writeGrants(w *codec.Writer, grants []Grant) {
	for i := 0; i < len(grants); {
		j := i
		for j < len(grants) && grants[j].Ends == grants[i].Ends {
			j++
		}
		w.U8(uint8(j - i))
		w.U16(uint16(grants[i].Ends))
		for ; i < j; i++ {
			w.Uvarint(uint64(grants[i].Entitlement))
			w.Uvarint(uint64(grants[i].Count))
		}
	}
	w.U8(0)
}

// readGrants reads what writeGrants wrote and accepts no other order and no group split in two.
func readGrants(r *codec.Reader) []Grant {
	var out []Grant
	lastEnd := -1
	for r.Err() == nil {
		n := int(r.U8())
		if n == 0 {
			return out
		}
		ends := r.U16()
		if int(ends) <= lastEnd || len(out)+n > maxGrants {
			r.Fail("entitlements out of order, or more than %d", maxGrants)
			return nil
		}
		lastEnd = int(ends)
		lastID := uint32(0)
		for range n {
			id, count := r.Uvarint(), r.Uvarint()
			if r.Err() == nil && (id <= lastID || id > uint32(MaxEntitlementID) || count == 0 || count > MaxCount) {
				r.Fail("entitlement %d with count %d is out of order or out of range", id, count)
			}
			lastID = id
			out = append(out, Grant{EntitlementID(id), count, keys.Day(ends)})
		}
	}
	return nil
}

// Total returns how many of id the grants hold, whatever their end days.
func Total(grants []Grant, id EntitlementID) uint64 {
	var n uint64
	for _, g := range grants {
		if g.Entitlement == id {
			n += uint64(g.Count)
		}
	}
	return n
}

// String shows a grant by number; people are shown the tag, which needs the catalog.
func (g Grant) String() string {
	return fmt.Sprintf("%d of entitlement %d until %s", g.Count, g.Entitlement, g.Ends)
}
