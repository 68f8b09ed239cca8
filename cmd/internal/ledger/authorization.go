package ledger

import (
	"tallystick/keys"
	"tallystick/reserve"
)

// An Authorization is one as it was signed, kept for as long as the ledger.
type Authorization struct {
	Number    reserve.Number
	Sequence  uint32 // the journal entry that charged for it
	Day       keys.Day
	Operation string // ID of the operation it was issued under; may be empty
	Digest    reserve.Digest
	Body      []byte // the message with its signatures
	Draws     []reserve.Draw
	Dead      bool // proven dead by a status report; the floor says it for all others
}

// AddAuthorization stores a, which draws on lots as i says, and the ID of the operation it was
// issued under, if any. a must carry NextSequence, and the books with i in them have to be saved in
// the same transaction. It is an error, not a refusal, if a and i don't say the same.
func (tx *Tx) AddAuthorization(id DeviceID, a reserve.Authorization, i reserve.Issued, operation string) error {
	panic("unimplemented")
}

// Authorization returns the stored authorization of a device with a number. The refusal is
// NothingIssued.
func (tx *Tx) Authorization(id DeviceID, n reserve.Number) (Authorization, error) {
	panic("unimplemented")
}

// Authorizations returns all authorizations of a device, by number.
func (tx *Tx) Authorizations(id DeviceID) ([]Authorization, error) {
	panic("unimplemented")
}
