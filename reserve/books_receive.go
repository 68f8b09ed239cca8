package reserve

import "slices"

// An Outcome says what a device's code changed in the books.
type Outcome struct {
	Position Position // proven by a receipt; 0 for a status report
	Repeated bool     // known before: nothing changed
	Cleared  bool     // a suspect device proved that it holds nothing
	Behind   bool     // a report of something installed that is proven dead: it came late, or the device was rolled back
	Lives    bool     // a device that was written off runs, or ran when it had been
}

// Confirms returns the number that a receipt confirms, 0 when it returns instead.
func (o Outcome) Confirms() Number {
	if o.Position%2 != 0 {
		return 0
	}
	return Number(o.Position / 2)
}

// Receive checks a receipt against the device's chain and applies the one fact it proves: every
// authorization below its floor is dead. Receipts that come late, twice or out of order change
// nothing. Refusals are ReceiptMismatch, Quarantined and Suspect; with Suspect the changed books
// are returned too, and have to be kept.
func (b Books) Receive(r Receipt) (Books, Outcome, error) {
	p, ok := b.locate(r)
	if !ok {
		return b, Outcome{}, Refuse(ReceiptMismatch, "the code is not a confirmation or return of %s", b.Identity.udi)
	}
	if p <= b.Known {
		return b, Outcome{Position: p, Repeated: true}, b.Open()
	}
	if b.Quarantined {
		return b, Outcome{Position: p}, b.Open()
	}
	next := b
	next.Known, next.KnownSecret = p, r.secret
	if p%2 == 0 && b.foreign(Number(p/2)) {
		next.Suspect = true
		return next, Outcome{Position: p}, next.Open()
	}
	if b.Suspect && (p%2 == 0 || p.Floor() < b.Seen) {
		// It holds something still, or held nothing before the report that made it suspect.
		return next, Outcome{Position: p}, next.Open()
	}
	next.Suspect = false
	next.Floor = max(b.Floor, p.Floor())
	lives := b.confirmsLife(p)
	next.Lives = b.Lives || lives
	return next, Outcome{Position: p, Cleared: b.Suspect, Lives: lives}, nil
}

// foreign reports whether n, which a device says it has installed, was never issued here. What is
// proven dead is behind the device, whoever issued it, and tells nothing any more: codes that come
// late or in another order must not change what the books say.
func (b Books) foreign(n Number) bool {
	_, issued := b.Find(n)
	return !issued && n >= b.Floor && !b.lost(n)
}

// locate finds the position of a receipt. Its secret is looked for only if the receipt may be of this
// device: walking the whole chain takes half a second.
func (b Books) locate(r Receipt) (Position, bool) {
	if r.locator != b.Identity.did.Locator() {
		return 0, false
	}
	return b.find(r.secret)
}

// Expects reports whether r is a receipt of this device that the books can tell at once: of something
// that was issued, or known already. Receive takes others too, since a device may have canceled numbers
// that were never issued, but looks for half a second. Who doesn't know which device a receipt is of
// asks all it may be of first.
func (b Books) Expects(r Receipt) bool {
	if r.locator != b.Identity.did.Locator() {
		return false
	}
	_, ok := b.findNear(r.secret)
	return ok
}

// find finds the position whose secret is x. The position isn't transmitted: what is likely is tried
// first, and then every position above the highest one known.
func (b Books) find(x Secret) (Position, bool) {
	if p, ok := b.findNear(x); ok {
		return p, true
	}
	for p := b.Known + 1; p <= LastPosition; p++ {
		if b.Identity.proves(x, p, b.Known, b.KnownSecret) {
			return p, true
		}
	}
	return 0, false
}

// findNear is find for positions up to the highest one known, by walking down from there, and those
// of what was issued.
func (b Books) findNear(x Secret) (Position, bool) {
	at := b.KnownSecret
	for p := b.Known; p >= 1; p-- {
		if at == x {
			return p, true
		}
		if p > 1 {
			at = b.Identity.down(p-1, at)
		}
	}
	for _, i := range b.Issued {
		for _, p := range []Position{ConfirmationAt(i.Number), ReturnAt(i.Number)} {
			if p > b.Known && b.Identity.proves(x, p, b.Known, b.KnownSecret) {
				return p, true
			}
		}
	}
	return 0, false
}

// Report applies a verified status report. Late, repeated and reordered reports change nothing.
// Refusals are Quarantined, when two statements of the device contradict each other, and Suspect,
// when it has installed what these books never issued; with both, the changed books are returned
// too, and have to be kept.
func (b Books) Report(s Status) (Books, Outcome, error) {
	if s.did != b.Identity.did {
		return b, Outcome{}, Refuse(WrongDevice, "the status report is not of %s", b.Identity.udi)
	}
	if b.Quarantined {
		return b, Outcome{}, b.Open()
	}
	if s.content.count == b.Statements && s.digest == b.StatementSum {
		return b, Outcome{Repeated: true}, b.Open()
	}
	next := b
	if b.contradicts(s) {
		next.Quarantined, next.Settled = true, false // evidence is of one copy, and there is another
		return next, Outcome{}, next.Open()
	}
	newer := s.content.count > b.Statements
	if newer {
		next.Statements, next.StatementSum, next.Current = s.content.count, s.digest, s.content.current
	}
	out := Outcome{Repeated: !newer}
	if b.WrittenOff && newer && s.content.current != 0 { // whatever evidence there was is contradicted
		next.Lives, next.Settled, out.Lives = true, false, true
	}
	next.Seen = max(b.Seen, s.content.floor)
	if !b.issuedAs(s) {
		next.Suspect = true
	}
	if next.Suspect {
		return next, Outcome{Lives: out.Lives}, next.Open()
	}
	next.Floor = max(b.Floor, s.content.current)
	if s.content.current == 0 {
		next.Floor = max(b.Floor, s.content.floor)
	}
	next.Issued = slices.Clone(b.Issued)
	for k := range next.Issued {
		i := &next.Issued[k]
		i.Dead = i.Dead || (i.Number < s.content.floor && i.Number != s.content.current)
	}
	n := s.content.current
	out.Behind = n != 0 && n < b.Floor
	return next, out, nil
}

// contradicts reports whether s and an earlier statement can't both come from one device: the same
// count with another content, the next count that does not follow from it, a later count with a
// lower floor, or something installed later that the earlier one had put behind the device.
func (b Books) contradicts(s Status) bool {
	if b.Statements == 0 {
		return false
	}
	revived := func(n, floor, installed Number) bool { return n != 0 && n < floor && n != installed }
	switch c := s.content; {
	case c.count == b.Statements:
		return s.digest != b.StatementSum
	case c.count > b.Statements:
		follows := c.count != b.Statements+1 || c.previous == b.StatementSum
		return !follows || c.floor < b.Seen || revived(c.current, b.Seen, b.Current)
	default:
		return c.floor > b.Seen || revived(b.Current, c.floor, c.current)
	}
}

// issuedAs reports whether what s says is installed is what these books issued, unless it is
// proven dead since or was lost with a part of the books.
func (b Books) issuedAs(s Status) bool {
	if s.content.current == 0 || s.content.current < b.Floor || b.lost(s.content.current) {
		return true
	}
	i, ok := b.Find(s.content.current)
	return ok && i.Digest == s.content.installed
}
