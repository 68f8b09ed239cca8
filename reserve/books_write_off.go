package reserve

import "tallystick/keys"

// The standings of a device that was written off.
const (
	ReturnPending Standing = "return-pending" // nobody can tell that it holds nothing
	WrittenOff    Standing = "written-off"    // it holds nothing any more
)

// WriteOff returns the books of a device that an officer gave up getting licenses back from. It is
// charged nothing any more, whatever becomes of it; what it could be holding is its Exposure. A
// device that is written off already stays as it is. The refusal is NothingIssued, when it is charged
// nothing: there is nothing to give up. Devices that are suspect or quarantined can be written off.
func (b Books) WriteOff() (Books, error) {
	if b.WrittenOff {
		return b, nil
	}
	if len(b.Charge()) == 0 {
		return b, Refuse(NothingIssued, "%s holds no licenses that could be written off", b.Identity.udi)
	}
	b.WrittenOff, b.LastBefore = true, b.Last()
	return b, nil
}

// Settle returns the books of a device that was written off, once there is evidence that it can't use
// anything any more. A signed report that says otherwise takes it back, and so does one that shows that
// there are copies. A device without an exposure stays as it is. The refusals are NothingIssued, for a
// device that was not written off, and Quarantined: where there are copies, evidence is of one.
func (b Books) Settle() (Books, error) {
	if !b.WrittenOff {
		return b, Refuse(NothingIssued, "%s was not written off: there is no return to settle", b.Identity.udi)
	}
	if len(b.Exposure()) == 0 {
		return b, nil
	}
	if b.Quarantined {
		return b, b.Open()
	}
	b.Settled = true
	return b, nil
}

// Exposure returns what a device that was written off could be holding, by lot: what it would be
// charged otherwise. Others may hold the same licenses meanwhile. Only what the device proves makes it
// smaller, or Settle; the pool has no part in it.
func (b Books) Exposure() map[LotID]uint32 {
	if !b.WrittenOff || b.Settled {
		return map[LotID]uint32{}
	}
	return b.most()
}

// ExposureOn is Exposure without what ended before a day.
func (b Books) ExposureOn(day keys.Day) map[LotID]uint32 {
	out := b.Exposure()
	for _, i := range b.Issued {
		for _, d := range i.Draws {
			if d.Grant.Ends != 0 && d.Grant.Ends < day {
				delete(out, d.Lot)
			}
		}
	}
	return out
}

// StandingOn is Standing on a day: what has ended is not pending any more.
func (b Books) StandingOn(day keys.Day) Standing {
	s := b.Standing()
	if s == ReturnPending && len(b.ExposureOn(day)) == 0 {
		s = WrittenOff
	}
	return s
}

// mayHave refuses to a device that was written off everything but an authorization of nothing.
func (b Books) mayHave(i Issued) error {
	if b.WrittenOff && len(i.Draws) > 0 {
		return Refuse(DeviceWrittenOff, "%s was written off: it can be given an authorization that grants nothing, and no other", b.Identity.udi)
	}
	return nil
}

// confirmsLife reports whether the confirmation at p was made after the device was written off: what it
// confirms was not there before.
func (b Books) confirmsLife(p Position) bool {
	n := Number(p / 2)
	_, issued := b.Find(n)
	return b.WrittenOff && p%2 == 0 && n > b.LastBefore && issued
}
