package ledger

import (
	"fmt"
	"math"
	"slices"

	"tallystick/reserve"
)

// replay brings a device that was just enrolled through everything it was given, gave and suffered, in
// the order of the journal. reports is how many status reports were verified.
func (d dossier) replay(id reserve.Identity) (b reserve.Books, reports uint64, err error) {
	b = reserve.Books{Identity: id}
	for _, r := range d.received {
		if b, err = d.officers(b, r.Sequence); err != nil {
			return reserve.Books{}, reports, err
		}
		if b, err = take(b, r); err != nil {
			return reserve.Books{}, reports, fmt.Errorf("code of journal entry %d: %w", r.Sequence, err)
		}
		if r.Kind == StatusReport {
			reports++
		}
	}
	b, err = d.officers(b, math.MaxUint32)
	return b, reports, err
}

// officers does to books what officers did before a journal entry, in their order, and takes it out of
// d.
func (d *dossier) officers(b reserve.Books, before uint32) (reserve.Books, error) {
	for {
		issued, off, settled := uint32(math.MaxUint32), first(d.off), first(d.settled)
		if len(d.issued) > 0 {
			issued = d.issued[0].Sequence
		}
		var err error
		switch at := before; {
		case off != 0 && off < at && off < issued && (settled == 0 || off < settled):
			d.off = d.off[1:]
			b, err = b.WriteOff()
		case settled != 0 && settled < at && settled < issued:
			d.settled = d.settled[1:]
			b, err = b.Settle()
		case issued < at:
			b, d.issued = d.issued[0].addTo(b), d.issued[1:]
		default:
			return b, nil
		}
		if err != nil {
			return b, fmt.Errorf("it was written off, or settled, when it could not be: %w", err)
		}
	}
}

// addTo does to books what issuing a did. That a rebased device was suspect is settled by it.
func (a Authorization) addTo(b reserve.Books) reserve.Books {
	b.Issued = append(b.Issued, a.issued())
	b.Suspect = b.Suspect && !a.Rebased
	return b
}

func (a Authorization) issued() reserve.Issued {
	return reserve.Issued{Number: a.Number, Draws: a.Draws, Digest: a.Digest, Rebased: a.Rebased}
}

// take applies a stored code. That it made the device suspect or quarantined is in the books.
func take(b reserve.Books, r Received) (reserve.Books, error) {
	var next reserve.Books
	var err error
	switch r.Kind {
	case UsageReport:
		return b, nil
	case StatusReport:
		var s reserve.Status
		if s, err = reserve.OpenStatus(r.Body, b.Identity); err != nil {
			return b, err
		}
		next, _, err = b.Report(s)
	default:
		var receipt reserve.Receipt
		var o reserve.Outcome
		if receipt, err = reserve.ParseReceipt(r.Body); err != nil {
			return b, err
		}
		if next, o, err = b.Receive(receipt); err == nil && o.Position != r.Position {
			return b, fmt.Errorf("it proves position %d, not %d", o.Position, r.Position)
		}
	}
	if isRefused(err, reserve.Suspect) || isRefused(err, reserve.Quarantined) {
		err = nil
	}
	return next, err
}

func sameBooks(a, b reserve.Books) bool {
	same := func(x, y reserve.Issued) bool {
		return x.Number == y.Number && x.Digest == y.Digest && x.Dead == y.Dead
	}
	return a.Floor == b.Floor && a.Known == b.Known && a.KnownSecret == b.KnownSecret && a.Seen == b.Seen &&
		a.Current == b.Current && a.Statements == b.Statements && a.StatementSum == b.StatementSum &&
		a.Suspect == b.Suspect && a.Quarantined == b.Quarantined &&
		a.WrittenOff == b.WrittenOff && a.LastBefore == b.LastBefore && a.Settled == b.Settled && a.Lives == b.Lives && slices.EqualFunc(a.Issued, b.Issued, same)
}
