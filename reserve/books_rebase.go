package reserve

import "slices"

// LostNumbers is how many numbers are left out when a device is rebased: so many authorizations of
// it may have been lost with the newest part of the books (SPEC.md, "Recovery").
const LostNumbers = 64

// NextRebased returns the number of the authorization that settles what a device holds after the
// newest part of the books was lost: LostNumbers above everything that is known, for each history
// that was lost. More than one was when older books are put back again after a recovery: that gave
// numbers too, except what a report shows the device to have passed. Its receipt proves every lost
// number below it dead. The refusals are those of Next, and before them Quarantined: no code of such
// a device would help.
func (b Books) NextRebased(histories int) (Number, error) {
	if b.Quarantined {
		return 0, b.Open()
	}
	next := max(max(int(b.Last()), int(b.Floor)-1)+histories*LostNumbers, int(b.Seen)-1+LostNumbers)
	if next > int(LastNumber) { // no code of the device helps any more
		return 0, Refuse(NumbersExhausted, "%s has too few of the %d authorization numbers of its identity left to leave %d out", b.Identity.udi, LastNumber, histories*LostNumbers)
	}
	return b.inReach(next)
}

// Rebase returns the books with an authorization that leaves numbers out, which were lost. A device
// that was suspect only held one of those, so it is no longer. Refusals are Quarantined and
// DeviceWrittenOff.
func (b Books) Rebase(i Issued) (Books, error) {
	b.Suspect = false
	if err := b.Open(); err != nil {
		return Books{}, err
	}
	if err := b.mayHave(i); err != nil {
		return Books{}, err
	}
	if !i.Rebased || i.Number <= b.Last() {
		panic("reserve: an authorization that leaves no numbers out was to rebase a device")
	}
	b.Issued = append(slices.Clip(b.Issued), i)
	return b, nil
}

// lost reports whether n is one of the numbers that a rebased authorization left out: a device may
// hold it without ever having been given it by these books.
func (b Books) lost(n Number) bool {
	before := Number(0)
	for _, i := range b.Issued {
		if i.Rebased && before < n && n < i.Number {
			return true
		}
		before = i.Number
	}
	return false
}
