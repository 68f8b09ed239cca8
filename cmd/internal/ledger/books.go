package ledger

import (
	"tallystick/reserve"
)

// Books returns what is known of a device. Refusals are UnknownDevice and LedgerDamaged.
func (tx *Tx) Books(id DeviceID) (reserve.Books, error) {
	panic("unimplemented")
}

// SaveBooks replaces the books of a device, before, by what became of them, after, and charges or
// credits the lots by the difference. An authorization that is new in after must have been added
// with AddAuthorization. When reserve.Books.Receive or Report refuse a device as suspect or
// quarantined, the books they return are saved all the same, and the refusal is for the person.
//
// Refusals are PoolExhausted, which names what is missing and where, and Busy, when the books of
// the ledger are no longer those in before.
func (tx *Tx) SaveBooks(id DeviceID, before, after reserve.Books) error {
	panic("unimplemented")
}

// A Charge is what a lot keeps for a device.
type Charge struct {
	Lot       reserve.LotID
	Count     uint32
	InTransit uint32 // the part that no confirmation covers yet
}

// Charges returns what the lots keep for a device, by lot: reserve.Books.Charge and InTransit as
// they were saved.
func (tx *Tx) Charges(id DeviceID) ([]Charge, error) {
	panic("unimplemented")
}
