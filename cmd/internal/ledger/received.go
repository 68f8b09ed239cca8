package ledger

import (
	"tallystick/reserve"
)

// A CodeKind says what a device's code was.
type CodeKind string

// The kinds of code that devices give.
const (
	Confirmation CodeKind = "confirmation"
	Return       CodeKind = "return"
	Cancellation CodeKind = "cancellation"
	StatusReport CodeKind = "status"
	UsageReport  CodeKind = "usage"
)

// A Received is a code that a device gave and that changed the books. All of them together prove
// that the books are right: Verify reads them again.
type Received struct {
	Kind     CodeKind
	Position reserve.Position // proven by a confirmation, return or cancellation; else 0
	Body     []byte
	Sequence uint32 // the journal entry that took it in
}

// AddReceived stores a code of a device under NextSequence; r.Sequence is ignored. Every code that
// changed the books has to be stored, those that made a device suspect or quarantined as well.
func (tx *Tx) AddReceived(id DeviceID, r Received) error {
	sequence, err := tx.NextSequence()
	if err != nil {
		return err
	}
	return tx.execOne("received code", "INSERT INTO received (device, kind, position, body, sequence) VALUES ($1, $2, $3, $4, $5)",
		id, string(r.Kind), r.Position, blob(r.Body), sequence)
}

// Received returns the codes of a device in the order they came.
func (tx *Tx) Received(id DeviceID) ([]Received, error) {
	var out []Received
	err := tx.each("SELECT kind, position, body, sequence FROM received WHERE device = $1 ORDER BY id", []any{id},
		func(scan func(...any) error) error {
			var r Received
			err := scan(&r.Kind, &r.Position, &r.Body, &r.Sequence)
			out = append(out, r)
			return err
		})
	return out, err
}
