package ledger

import (
	"tallystick/keys"
	"tallystick/reserve"
)

const maxReference = 256

// A Lot is one purchase: what was bought at once, with one beginning and one end.
type Lot struct {
	reserve.Lot // what reserve.Allocate needs; Available is Quantity minus Reserved
	Account     Path
	Tag         string
	Quantity    uint32
	Reserved    uint32
	InTransit   uint32 // the part of Reserved that no confirmation covers yet
	Reference   string // order reference, text from outside
	Sequence    uint32 // the journal entry that added it
}

// A NewLot is a purchase to be added.
type NewLot struct {
	Account   Path
	Tag       string
	Quantity  uint32   // 1 to reserve.MaxCount
	Starts    keys.Day // first valid day
	Ends      keys.Day // last valid day; 0 is perpetual
	Reference string   // at most 256 bytes
}

// AddLot adds a purchase. Refusals are UnknownAccount, UnknownEntitlement, OutOfRange and
// InvalidName (of the reference).
func (tx *Tx) AddLot(n NewLot) (reserve.LotID, error) {
	panic("unimplemented")
}

// Lots returns the lots of an account, ended ones too, in the order they were added. The refusal
// is UnknownAccount.
func (tx *Tx) Lots(account Path) ([]Lot, error) {
	panic("unimplemented")
}

// Lot returns one lot; found is false when there is none.
func (tx *Tx) Lot(id reserve.LotID) (l Lot, found bool, err error) {
	panic("unimplemented")
}

// ResizeLot changes how many a lot has, for a license that is removed or corrected. The refusal is
// PoolExhausted when fewer would be left than are reserved.
func (tx *Tx) ResizeLot(id reserve.LotID, quantity uint32) error {
	panic("unimplemented")
}

// Allocatable returns what reserve.Allocate chooses from: the lots of an account that are valid on
// a day.
func (tx *Tx) Allocatable(account Path, day keys.Day) ([]reserve.Lot, error) {
	panic("unimplemented")
}

// A Pool is what an account has of one entitlement, over all its lots that are valid on a day.
type Pool struct {
	Entitlement   reserve.EntitlementID
	Tag           string
	Purchased     uint64
	Reserved      uint64
	InTransit     uint64 // the part of Reserved that no confirmation covers yet
	Available     uint64 // Purchased minus Reserved
	PendingReturn uint64 // charged to devices written off; always 0 in this version
}

// Pools returns the pools of an account by tag. Lots that ended before day count on neither side,
// nor do those that begin after it. The refusal is UnknownAccount.
func (tx *Tx) Pools(account Path, day keys.Day) ([]Pool, error) {
	panic("unimplemented")
}

// Holders returns what each device keeps of a lot.
func (tx *Tx) Holders(id reserve.LotID) (map[DeviceID]uint32, error) {
	panic("unimplemented")
}
