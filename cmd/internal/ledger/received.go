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

// A Received is a code that a device gave and that changed the books.
type Received struct {
	Kind     CodeKind
	Position reserve.Position // proven by a confirmation, return or cancellation; else 0
	Body     []byte
	Sequence uint32 // the journal entry that took it in
}

// AddReceived stores a code of a device under NextSequence. r.Sequence is ignored.
func (tx *Tx) AddReceived(id DeviceID, r Received) error {
	panic("unimplemented")
}

// Received returns the codes of a device in the order they came.
func (tx *Tx) Received(id DeviceID) ([]Received, error) {
	panic("unimplemented")
}
