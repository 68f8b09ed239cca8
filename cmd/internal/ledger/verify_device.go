package ledger

import (
	"fmt"
	"slices"

	"tallystick/reserve"
)

// nextDevices hands out the next devices.
func (w *worker) nextDevices() (task, error) {
	first := w.lastDevice + 1
	var last DeviceID
	found, err := w.one("SELECT id FROM device WHERE id >= $1 ORDER BY id LIMIT 1 OFFSET $2", []any{first, devicePage - 1}, &last)
	if err != nil {
		return nil, err
	}
	if !found { // fewer are left
		found, err = w.one("SELECT id FROM device WHERE id >= $1 ORDER BY id DESC LIMIT 1", []any{first}, &last)
	}
	if err != nil || !found {
		return nil, err
	}
	w.lastDevice = last
	return func(w *worker) error { return w.devices(first, last) }, nil
}

// devices checks the devices from first to last. Where one can't be read, the others still are.
func (w *worker) devices(first, last DeviceID) error {
	err := w.page(first, last)
	if !unreadable(err) {
		return err
	}
	if first == last {
		return differs(inDevices, int64(first), "row %d of \"device\", or what belongs to it, can't be read: %v", first, err)
	}
	middle := first + (last-first)/2
	if err := w.tolerate(inDevices, 0, w.devices(first, middle)); err != nil {
		return err
	}
	return w.tolerate(inDevices, 0, w.devices(middle+1, last))
}

func (w *worker) page(first, last DeviceID) error {
	all, err := w.dossiers(first, last)
	if err != nil {
		return err
	}
	defer all.close()
	var found []Difference // taken down when the whole page was read
	var done, signatures uint64
	for {
		d, more, err := all.next()
		if err != nil {
			return err
		}
		if !more {
			break
		}
		verified, err := w.dossier(d)
		if err != nil {
			found = append(found, Difference{Device: clip(d.udi), Text: err.Error(), area: inDevices, number: int64(d.id)})
		}
		done, signatures = done+1, signatures+verified
	}
	for _, d := range found {
		w.found.add(d)
	}
	w.pass(done, signatures)
	return nil
}

// dossier checks one device, and returns how many signatures it verified. The error says what is
// wrong.
func (w *worker) dossier(d dossier) (signatures uint64, err error) {
	q, err := reserve.ParseRequest(d.request)
	if err != nil {
		return 0, err
	}
	id := q.Identity()
	d.books.Identity = id
	if id.DID() != d.did || id.UDI().String() != d.udi || d.serial != id.UDI().Serial() {
		return 0, fmt.Errorf("its request is of %s, fingerprint %s", id.UDI(), id.DID())
	}
	if d.stray != 0 {
		return 0, fmt.Errorf("licenses are drawn for authorization %d, which is not there", d.stray)
	}
	for _, a := range d.issued {
		opened, err := reserve.ReopenAuthorization(a.Body, w.trust, id)
		if err != nil {
			return signatures, fmt.Errorf("authorization %d: %w", a.Number, err)
		}
		signatures += uint64(len(opened.Signers()))
		if checkSame(opened, a.issued()) != nil || (opened.Sequence() != a.Sequence && !a.Recovered) || opened.Issued() != a.Day {
			return signatures, fmt.Errorf("authorization %d says something else than what was charged for it", a.Number)
		}
		i := a.issued()
		i.Dead = a.Dead
		d.books.Issued = append(d.books.Issued, i)
	}
	again, reports, err := d.replay(id)
	signatures += reports
	switch {
	case err != nil:
		return signatures, err
	case !sameBooks(again, d.books):
		return signatures, fmt.Errorf("the codes it gave don't lead to what the books say of it")
	case !slices.Equal(d.exposure, exposureOf(d.books)):
		return signatures, fmt.Errorf("what it could be holding since it was written off does not follow from its authorizations")
	case !slices.Equal(d.charges, chargesOf(d.books)) || d.standing != d.books.Standing():
		return signatures, fmt.Errorf("what it is charged does not follow from its authorizations")
	}
	return signatures, nil
}
