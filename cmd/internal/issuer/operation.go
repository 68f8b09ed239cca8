package issuer

import (
	"encoding/json"

	"tallystick/cmd/internal/ledger"
	"tallystick/reserve"
)

// recall looks for what an operation's ID was used for before, and reads what was remembered of it into
// result. Without an ID nothing is found. The refusal is OperationReused, when it was something else.
func recall(tx *ledger.Tx, id, verb string, wish [32]byte, result any) (bool, error) {
	if id == "" {
		return false, nil
	}
	op, found, err := tx.Operation(id, verb, wish)
	if err != nil || !found {
		return false, err
	}
	if err := json.Unmarshal(op.Result, result); err != nil {
		return false, reserve.Refuse(reserve.LedgerDamaged, "operation %q has an answer that does not read: %v", id, err)
	}
	return true, nil
}

// remember keeps under an operation's ID what its answer is made of when it is asked for again.
// Without an ID there is nothing to do.
func remember(tx *ledger.Tx, id, verb string, wish [32]byte, result any) error {
	if id == "" {
		return nil
	}
	return tx.AddOperation(ledger.Operation{ID: id, Verb: verb, Wish: wish, Result: body(result)})
}
