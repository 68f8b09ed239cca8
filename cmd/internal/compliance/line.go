package compliance

import "tallystick/keys"

// A Lot is one purchase as the ledger has it.
type Lot struct {
	Number     int64    // by which the ledger knows it
	Starts     keys.Day // first valid day
	Ends       keys.Day // last valid day; 0 is perpetual
	Unlimited  bool
	Purchased  uint32
	Reserved   uint32
	InTransit  uint32 // the part of Reserved that no confirmation covers yet
	ComingBack uint32 // the part of Reserved that the newest authorizations no longer grant
	Available  uint32 // Purchased minus Reserved

	PendingReturn uint32 // what devices that were written off could be holding, beside Reserved
}

// On reports whether l counts on a day.
func (l Lot) On(day keys.Day) bool { return l.Starts <= day && !l.endedBy(day) }

func (l Lot) endedBy(day keys.Day) bool { return l.Ends != 0 && l.Ends < day }

// Held returns how many of it devices hold by their newest authorizations.
func (l Lot) Held() uint64 { return uint64(l.Reserved - l.ComingBack) }

// Leaving returns how many licenses are gone when l ends: of an unlimited purchase those in use.
func (l Lot) Leaving() uint64 {
	if l.Unlimited {
		return uint64(l.Reserved)
	}
	return uint64(l.Purchased)
}

// A Line is what an account has of one entitlement on a day.
type Line struct {
	Purchased     uint64
	Reserved      uint64
	InTransit     uint64
	ComingBack    uint64
	Available     uint64
	PendingReturn uint64 // what devices that were written off could be holding: it is in none of the others
	Expired       uint64 // held by devices, of purchases that ended before the day

	lots      int    // that count on the day
	unlimited int    // of these, without limit
	needed    uint64 // of Expired, what was not unlimited
}

// Counts reports whether there is any purchase that counts on the day.
func (b Line) Counts() bool { return b.lots > 0 }

// Unlimited reports whether one of them is without limit: Purchased and Available say nothing then.
func (b Line) Unlimited() bool { return b.unlimited > 0 }

// Short returns how many licenses are missing: what of Expired Available would not cover.
func (b Line) Short() uint64 {
	if b.Unlimited() || b.needed <= b.Available {
		return 0
	}
	return b.needed - b.Available
}

// begin is the first day of a purchase.
func (b *Line) begin(l Lot) {
	b.lots++
	if l.Unlimited && l.Purchased > 0 {
		b.unlimited++
	}
	b.Purchased += uint64(l.Purchased)
	b.Reserved += uint64(l.Reserved)
	b.InTransit += uint64(l.InTransit)
	b.ComingBack += uint64(l.ComingBack)
	b.Available += uint64(l.Available)
	b.PendingReturn += uint64(l.PendingReturn)
}

// end is the day after its last one.
func (b *Line) end(l Lot) {
	b.lots--
	if l.Unlimited && l.Purchased > 0 {
		b.unlimited--
	}
	b.Purchased -= uint64(l.Purchased)
	b.Reserved -= uint64(l.Reserved)
	b.InTransit -= uint64(l.InTransit)
	b.ComingBack -= uint64(l.ComingBack)
	b.Available -= uint64(l.Available)
	b.PendingReturn -= uint64(l.PendingReturn)
	b.Expired += l.Held()
	if !l.Unlimited {
		b.needed += l.Held()
	}
}

// On returns the line of a day. lots are those of one account and one entitlement.
func On(lots []Lot, day keys.Day) Line {
	var b Line
	for _, l := range lots {
		if l.Starts <= day {
			b.begin(l)
		}
		if l.endedBy(day) {
			b.end(l)
		}
	}
	return b
}

// ExpiringWithin returns how many licenses count on a day and no longer days later.
func ExpiringWithin(lots []Lot, day keys.Day, days int) uint64 {
	var n uint64
	for _, l := range lots {
		if l.On(day) && l.Ends != 0 && int(l.Ends) < int(day)+days {
			n += l.Leaving()
		}
	}
	return n
}
