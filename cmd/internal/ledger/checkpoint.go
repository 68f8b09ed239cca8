package ledger

import (
	"tallystick/cmd/internal/journal"
	"tallystick/keys"
	"tallystick/reserve"
)

// Origin returns the name that the log had when it held size entries. A recovery begins a new one,
// so that no log ever signs two histories.
func (tx *Tx) Origin(size uint32) (string, error) {
	var recoveries int
	_, err := tx.one("SELECT count(*) FROM recovery WHERE sequence <= $1", []any{size}, &recoveries)
	return journal.Origin(tx.l.id, recoveries), err
}

// seal signs the tree as it is now with the log key.
func (tx *Tx) seal(log keys.PrivateKey) error {
	t, err := tx.Tree()
	if err != nil {
		return err
	}
	origin, err := tx.Origin(t.Size)
	if err != nil {
		return err
	}
	signed, err := journal.SignCheckpoint(t, origin, log)
	if err != nil {
		return err
	}
	return tx.execOne("checkpoint", "INSERT INTO checkpoint (size, note) VALUES ($1, $2)", t.Size, string(signed))
}

// Checkpoint returns the newest signed checkpoint, a signed note (C2SP tlog-checkpoint), and the
// tree it is about. Entries that came after it are covered by the next. The refusal is
// LedgerDamaged.
func (tx *Tx) Checkpoint() (t Tree, signed []byte, err error) {
	var size uint32
	found, err := tx.one("SELECT size, note FROM checkpoint ORDER BY size DESC LIMIT 1", nil, &size, &signed)
	if err == nil && !found {
		err = tx.damaged("it has no checkpoint")
	}
	if err != nil {
		return Tree{}, nil, err
	}
	t, err = tx.OpenCheckpoint(signed)
	if err != nil || t.Size != size {
		return Tree{}, nil, tx.damaged("the checkpoint of %d entries: %v", size, err)
	}
	return t, signed, nil
}

// OpenCheckpoint verifies a checkpoint that this ledger signed, now or earlier. Whether the journal
// still is what it says, TreeAt tells. Refusals are Malformed and BadSignature.
func (tx *Tx) OpenCheckpoint(signed []byte) (Tree, error) {
	t, origin, err := journal.ParseTree(signed)
	if err != nil {
		return Tree{}, err
	}
	if want, err := tx.Origin(t.Size); err != nil {
		return Tree{}, err
	} else if origin != want {
		return Tree{}, reserve.Refuse(reserve.Malformed, "the checkpoint is of log %q, not of %q", clip(origin), want)
	}
	trust, err := tx.Trust()
	if err != nil {
		return Tree{}, err
	}
	_, _, err = journal.SignersOf(trust).Open(signed)
	return t, err
}

// Prove makes a proof of an entry with the newest checkpoint. Refusals are OutOfRange, when there is
// no such entry or no checkpoint covers it yet, and LedgerDamaged.
func (tx *Tx) Prove(sequence uint32) (journal.Proof, error) {
	e, found, err := tx.Entry(sequence)
	if err != nil {
		return journal.Proof{}, err
	}
	if !found {
		return journal.Proof{}, reserve.Refuse(reserve.OutOfRange, "there is no journal entry %d", sequence)
	}
	t, signed, err := tx.Checkpoint()
	if err != nil {
		return journal.Proof{}, err
	}
	if t.Size < sequence {
		return journal.Proof{}, reserve.Refuse(reserve.OutOfRange, "no checkpoint covers journal entry %d yet: the newest is of %d entries", sequence, t.Size)
	}
	p, err := journal.Prove(e, signed, tx.nodes())
	if isRefused(err, reserve.BadSignature) {
		err = tx.damaged("%v", err)
	}
	return p, err
}
