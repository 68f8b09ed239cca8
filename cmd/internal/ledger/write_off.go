package ledger

import (
	"maps"
	"slices"
	"time"

	"tallystick/keys"
	"tallystick/reserve"
)

// WriteOff gives up what a device is charged, as reserve.Books.WriteOff has it, and returns its books:
// the lots have that available again, and keep it as pending return. before are the books of the
// ledger. A device that is written off already stays as it is. Refusals are NothingIssued and Busy.
func (tx *Tx) WriteOff(id DeviceID, before reserve.Books) (after reserve.Books, err error) {
	if after, err = before.WriteOff(); err != nil || before.WrittenOff {
		return after, err
	}
	sequence, err := tx.NextSequence()
	if err != nil {
		return before, err
	}
	if err := tx.execOne("write-off", "INSERT INTO write_off (device, sequence) VALUES ($1, $2)", id, sequence); err != nil {
		return before, err
	}
	return after, tx.fail(tx.SaveBooks(id, before, after))
}

// Settle ends what is pending of a device that was written off, as reserve.Books.Settle has it, and
// returns its books. Refusals are NothingIssued, Quarantined and Busy.
func (tx *Tx) Settle(id DeviceID, before reserve.Books) (after reserve.Books, err error) {
	if after, err = before.Settle(); err != nil || before.Settled {
		return after, err
	}
	sequence, err := tx.NextSequence()
	if err != nil {
		return before, err
	}
	if err := tx.execOne("settlement", "INSERT INTO settlement (device, sequence) VALUES ($1, $2)", id, sequence); err != nil {
		return before, err
	}
	return after, tx.fail(tx.SaveBooks(id, before, after))
}

// An Exhibit is a file that an officer looked at. It is kept elsewhere; its digest says which it is.
type Exhibit struct {
	Name   string // of the file, 1 to 256 bytes
	Size   int64  // bytes
	Digest [32]byte
}

// MaxExhibits bounds the files of one act.
const MaxExhibits = 64

const maxExhibitName = 256

// AddEvidence stores what was looked at about a device, with the next entry of the journal. Refusals are
// InvalidName and OutOfRange.
func (tx *Tx) AddEvidence(id DeviceID, list []Exhibit) error {
	if len(list) > MaxExhibits {
		return reserve.Refuse(reserve.OutOfRange, "%d pieces of evidence, at most %d", len(list), MaxExhibits)
	}
	sequence, err := tx.NextSequence()
	if err != nil {
		return err
	}
	for place, e := range list {
		if err := checkText("evidence", e.Name, 1, maxExhibitName); err != nil {
			return err
		}
		if err := tx.execOne("evidence", "INSERT INTO evidence (sequence, place, device, name, size, digest) VALUES ($1, $2, $3, $4, $5, $6)",
			sequence, place, id, e.Name, e.Size, e.Digest[:]); err != nil {
			return err
		}
	}
	return nil
}

// EvidenceOf returns the evidence there is of a device, the oldest first.
func (tx *Tx) EvidenceOf(id DeviceID) (out []Exhibit, err error) {
	err = tx.each("SELECT name, size, digest FROM evidence WHERE device = $1 ORDER BY sequence, place", []any{id},
		func(scan func(...any) error) error {
			var e Exhibit
			err := scan(&e.Name, &e.Size, exactly(e.Digest[:]))
			out = append(out, e)
			return err
		})
	return out, err
}

// A Replacement is the device that got what one that was written off had.
type Replacement struct {
	Device DeviceID // that was written off
	By     DeviceID
	Number reserve.Number // of the authorization
}

// AddReplacement records a replacement, once for each device that was written off. The refusal is
// AlreadyExists.
func (tx *Tx) AddReplacement(r Replacement) error {
	if _, found, err := tx.ReplacementOf(r.Device); err != nil {
		return err
	} else if found {
		return reserve.Refuse(reserve.AlreadyExists, "device %d was replaced already", r.Device)
	}
	sequence, err := tx.NextSequence()
	if err != nil {
		return err
	}
	return tx.execOne("replacement", "INSERT INTO replacement (device, substitute, number, sequence) VALUES ($1, $2, $3, $4)",
		r.Device, r.By, r.Number, sequence)
}

// ReplacementOf returns what a device was replaced by; found is false when it was not.
func (tx *Tx) ReplacementOf(id DeviceID) (r Replacement, found bool, err error) {
	r.Device = id
	found, err = tx.one("SELECT substitute, number FROM replacement WHERE device = $1", []any{id}, &r.By, &r.Number)
	return r, found, err
}

// ReplacedBy returns the devices that one replaced, in the order they were written off.
func (tx *Tx) ReplacedBy(id DeviceID) ([]Device, error) {
	return tx.devices(selectDevice+" JOIN replacement r ON r.device = d.id WHERE r.substitute = $1 ORDER BY r.sequence, d.id", id)
}

// WrittenOffAt returns when a device was written off, and the journal entry that says so; found is false
// when it was not.
func (tx *Tx) WrittenOffAt(id DeviceID) (at time.Time, sequence uint32, found bool, err error) {
	var seconds int64
	found, err = tx.one("SELECT w.sequence, j.time FROM write_off w JOIN journal j ON j.sequence = w.sequence WHERE w.device = $1", []any{id}, &sequence, &seconds)
	return time.Unix(seconds, 0).UTC(), sequence, found, err
}

// An Exposed is what a device that was written off could be holding of a lot.
type Exposed struct {
	Lot   reserve.LotID
	Count uint32
}

// Exposure returns what a device that was written off could be holding, by lot, as it was saved:
// reserve.Books.Exposure.
func (tx *Tx) Exposure(id DeviceID) (out []Exposed, err error) {
	err = tx.each("SELECT lot, count FROM exposure WHERE device = $1 ORDER BY lot", []any{id}, func(scan func(...any) error) error {
		var x Exposed
		err := scan(&x.Lot, &x.Count)
		out = append(out, x)
		return err
	})
	return out, err
}

// exposureOf computes what Exposure must return for books.
func exposureOf(b reserve.Books) (out []Exposed) {
	counts := b.Exposure()
	for _, lot := range slices.Sorted(maps.Keys(counts)) {
		if counts[lot] > 0 {
			out = append(out, Exposed{lot, counts[lot]})
		}
	}
	return out
}

// saveExposure brings the exposure of a device, and what of its lots is pending return, to what b says.
func (tx *Tx) saveExposure(id DeviceID, b reserve.Books) error {
	if !b.WrittenOff {
		return nil
	}
	stored, err := tx.Exposure(id)
	if err != nil {
		return err
	}
	was, is := map[reserve.LotID]uint32{}, b.Exposure()
	for _, x := range stored {
		was[x.Lot] = x.Count
	}
	lots := maps.Clone(was)
	maps.Copy(lots, is)
	for _, lot := range slices.Sorted(maps.Keys(lots)) {
		if was[lot] == is[lot] {
			continue
		}
		if err := tx.deriveOne("license", "UPDATE lot SET pending_return = pending_return + $1 WHERE id = $2", int64(is[lot])-int64(was[lot]), lot); err != nil {
			return err
		}
		if is[lot] == 0 {
			err = tx.deriveOne("exposure", "DELETE FROM exposure WHERE device = $1 AND lot = $2", id, lot)
		} else {
			err = tx.deriveOne("exposure", `INSERT INTO exposure (device, lot, count) VALUES ($1, $2, $3)
				ON CONFLICT (device, lot) DO UPDATE SET count = excluded.count`, id, lot, is[lot])
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// A Pending is a device that was written off and may be holding something on a day.
type Pending struct {
	Device  DeviceID
	UDI     string
	Account Path
	Since   keys.Day
	Count   uint64 // licenses, or licenses of the entitlement asked for

	Quarantined bool // nothing settles it: there are copies
}

// runningOn is the condition that a lot has not ended on a day.
const runningOn = "(l.ends = 0 OR l.ends >= ?)"
