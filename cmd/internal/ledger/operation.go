package ledger

// An Operation is something that was done under an ID of the caller's choice, so that doing it
// again changes nothing.
type Operation struct {
	ID       string   // 1 to 128 bytes
	Verb     string   // "authorize"
	Wish     [32]byte // digest of everything that was asked for
	Result   []byte   // what is needed to give the same answer
	Sequence uint32   // the journal entry of it
}

// Operation returns what was done under an ID, when it was the same: found is false when nothing
// was. The refusal is OperationReused, when it was another verb or another wish.
func (tx *Tx) Operation(id, verb string, wish [32]byte) (o Operation, found bool, err error) {
	panic("unimplemented")
}

// AddOperation records an operation under NextSequence. o.Sequence is ignored. Refusals are
// InvalidName and OperationReused.
func (tx *Tx) AddOperation(o Operation) error {
	panic("unimplemented")
}
