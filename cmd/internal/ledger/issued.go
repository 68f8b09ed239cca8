package ledger

import (
	"iter"

	"tallystick/reserve"
)

// An IssuedRow is an authorization with the device that it is for, as a list needs them.
type IssuedRow struct {
	Device   DeviceID
	UDI      reserve.UDI
	DID      reserve.DID
	Account  Path
	Number   reserve.Number
	Sequence uint32
	Digest   reserve.Digest
	Body     []byte
	Alive    bool // it may be, or become, installed
	Lost     bool // its device was written off, and it grants something
}

// IssuedTo streams the authorizations with a number of count devices that come one after the other.
func (tx *Tx) IssuedTo(first DeviceID, count int, n reserve.Number) iter.Seq2[IssuedRow, error] {
	return func(yield func(IssuedRow, error) bool) {
		accounts := map[string]Path{}
		stopped := false
		err := tx.each(`SELECT d.id, d.udi, d.did, p.path, z.sequence, z.digest, z.body, z.number >= d.floor AND z.dead = 0,
			d.written_off = 1 AND EXISTS (SELECT 1 FROM draw w WHERE w.device = d.id AND w.number = z.number)
			FROM device d JOIN account p ON p.id = d.account JOIN authorization z ON z.device = d.id AND z.number = $1
			WHERE d.id BETWEEN $2 AND $3 ORDER BY d.id`, []any{n, first, int64(first) + int64(count) - 1},
			func(scan func(...any) error) error {
				if stopped {
					return nil
				}
				i := IssuedRow{Number: n}
				var udi, path string
				err := scan(&i.Device, &udi, exactly(i.DID[:]), &path, &i.Sequence, exactly(i.Digest[:]), &i.Body, &i.Alive, &i.Lost)
				if err != nil {
					return err
				}
				if i.UDI, err = reserve.ParseUDI(udi); err != nil {
					return tx.damaged("device %d: %v", i.Device, err)
				}
				p, known := accounts[path]
				if !known {
					p = Path{path}
					accounts[path] = p
				}
				i.Account = p
				stopped = !yield(i, nil)
				return nil
			})
		if err != nil && !stopped {
			yield(IssuedRow{}, err)
		}
	}
}
