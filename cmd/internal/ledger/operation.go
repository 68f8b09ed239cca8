package ledger

import (
	"bytes"

	"tallystick/reserve"
)

const maxOperationID = 128

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
// was. Refusals are InvalidName and OperationReused, when it was another verb or another wish.
func (tx *Tx) Operation(id, verb string, wish [32]byte) (o Operation, found bool, err error) {
	if err := checkOperationID(id); err != nil {
		return Operation{}, false, err
	}
	var before []byte
	found, err = tx.one("SELECT verb, wish, result, sequence FROM operation WHERE id = $1", []any{id},
		&o.Verb, &before, &o.Result, &o.Sequence)
	if err != nil || !found {
		return Operation{}, false, err
	}
	if o.Verb != verb || !bytes.Equal(before, wish[:]) {
		return Operation{}, false, reserve.Refuse(reserve.OperationReused, "operation %q was %q, and with other wishes than now", id, o.Verb)
	}
	o.ID, o.Wish = id, wish
	return o, true, nil
}

// AddOperation records an operation under NextSequence; o.Sequence is ignored. Refusals are
// InvalidName and OperationReused.
func (tx *Tx) AddOperation(o Operation) error {
	if _, found, err := tx.Operation(o.ID, o.Verb, o.Wish); err != nil {
		return err
	} else if found {
		return reserve.Refuse(reserve.OperationReused, "operation %q was done already", o.ID)
	}
	sequence, err := tx.NextSequence()
	if err != nil {
		return err
	}
	return tx.execOne("operation", "INSERT INTO operation (id, verb, wish, result, sequence) VALUES ($1, $2, $3, $4, $5)",
		o.ID, o.Verb, o.Wish[:], blob(o.Result), sequence)
}

func checkOperationID(id string) error { return checkText("operation", id, 1, maxOperationID) }
