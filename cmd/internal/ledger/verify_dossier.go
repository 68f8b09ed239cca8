package ledger

import "tallystick/reserve"

// A dossier is everything that the ledger has of a device.
type dossier struct {
	id       DeviceID
	udi      string
	did      reserve.DID
	serial   string
	request  []byte
	standing reserve.Standing
	books    reserve.Books // as they are stored, without the identity
	issued   []Authorization
	received []Received
	charges  []Charge
	exposure []Exposed
	off      []uint32       // the journal entry that wrote it off, if one did
	settled  []uint32       // the entries that brought evidence, ascending
	stray    reserve.Number // something is drawn for an authorization that is not there
}

// dossiers reads those of devices that come one after the other.
type dossiers struct {
	device        *feed[dossier]
	authorization *feed[Authorization]
	relocation    *feed[movedLot]
	draw          *feed[numberedDraw]
	received      *feed[Received]
	charge        *feed[Charge]
	exposure      *feed[Exposed]
	off           *feed[uint32]
	settled       *feed[uint32]
}

type numberedDraw struct {
	number reserve.Number
	reserve.Draw
}

// dossiers opens those of the devices from first to last.
func (tx *Tx) dossiers(first, last DeviceID) (*dossiers, error) {
	d := &dossiers{}
	for _, open := range []func() error{
		func() (err error) { d.device, err = newFeed(tx, readDossier, selectDossier, first, last); return },
		func() (err error) {
			d.authorization, err = newFeed(tx, readAuthorization, selectAuthorizations, first, last)
			return
		},
		func() (err error) {
			d.relocation, err = newFeed(tx, readMovedLot, selectMovedLots, first, last)
			return
		},
		func() (err error) { d.draw, err = newFeed(tx, readDraw, selectDraws, first, last); return },
		func() (err error) { d.received, err = newFeed(tx, readReceived, selectReceived, first, last); return },
		func() (err error) { d.charge, err = newFeed(tx, readCharge, selectCharges, first, last); return },
		func() (err error) { d.exposure, err = newFeed(tx, readExposed, selectExposure, first, last); return },
		func() (err error) { d.off, err = newFeed(tx, readEntryOf, selectWriteOffs, first, last); return },
		func() (err error) { d.settled, err = newFeed(tx, readEntryOf, selectSettlements, first, last); return },
	} {
		if err := open(); err != nil {
			d.close()
			return nil, err
		}
	}
	return d, nil
}

func (d *dossiers) close() {
	d.device.close()
	d.authorization.close()
	d.relocation.close()
	d.draw.close()
	d.received.close()
	d.charge.close()
	d.exposure.close()
	d.off.close()
	d.settled.close()
}

// next returns the next dossier; more is false when there is none.
func (d *dossiers) next() (next dossier, more bool, err error) {
	if !d.device.more {
		return dossier{}, false, nil
	}
	next = d.device.row
	key := d.device.key
	var moves []relocation
	for _, read := range []func() error{
		d.device.next,
		func() error { return d.authorization.group(key, appendTo(&next.issued)) },
		func() error {
			return d.relocation.group(key, func(m movedLot) error { moves = addMove(moves, m); return nil })
		},
		func() error {
			return d.draw.group(key, func(n numberedDraw) error { next.add(n, moves); return nil })
		},
		func() error { return d.received.group(key, appendTo(&next.received)) },
		func() error { return d.charge.group(key, appendTo(&next.charges)) },
		func() error { return d.exposure.group(key, appendTo(&next.exposure)) },
		func() error { return d.off.group(key, appendTo(&next.off)) },
		func() error { return d.settled.group(key, appendTo(&next.settled)) },
	} {
		if err := read(); err != nil {
			return dossier{}, false, err
		}
	}
	return next, true, nil
}

func appendTo[T any](list *[]T) func(T) error {
	return func(v T) error {
		*list = append(*list, v)
		return nil
	}
}

// add gives a draw to its authorization, with the lot that keeps it now.
func (d *dossier) add(n numberedDraw, moves []relocation) {
	for i := range d.issued {
		if a := &d.issued[i]; a.Number == n.number {
			n.Lot = relocate(moves, a.Sequence, n.Lot)
			a.Draws = append(a.Draws, n.Draw)
			return
		}
	}
	d.stray = n.number
}
