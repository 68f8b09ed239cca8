package ledger

// A Recovery is what follows when a ledger was put back to an older state (SPEC.md, "Recovery").
type Recovery struct {
	Epoch    int    // the second history is 2
	Lost     Tree   // how far the lost journal went, as far as it is known; Size 0 is unknown
	Sequence uint32 // the journal entry that began it
}

// Recovery returns the recovery that was begun and is not finished; open is false when there is none.
func (tx *Tx) Recovery() (r Recovery, open bool, err error) {
	var root []byte
	open, err = tx.one(`SELECT epoch, size, root, sequence FROM recovery
		WHERE epoch NOT IN (SELECT epoch FROM recovery_end) ORDER BY epoch DESC LIMIT 1`, nil,
		&r.Epoch, &r.Lost.Size, &root, &r.Sequence)
	copy(r.Lost.Root[:], root)
	return r, open, err
}

// BeginRecovery begins a new epoch: the log goes on under another name.
func (tx *Tx) BeginRecovery(lost Tree) error {
	sequence, err := tx.NextSequence()
	if err != nil {
		return err
	}
	return tx.execOne("recovery", `INSERT INTO recovery (epoch, size, root, sequence)
		SELECT count(*) + 2, $1, $2, $3 FROM recovery`, lost.Size, lost.Root[:], sequence)
}

// EndRecovery ends a recovery.
func (tx *Tx) EndRecovery(r Recovery) error {
	sequence, err := tx.NextSequence()
	if err != nil {
		return err
	}
	return tx.execOne("end of the recovery", "INSERT INTO recovery_end (epoch, sequence) VALUES ($1, $2)", r.Epoch, sequence)
}

// Waive gives up settling a device in a recovery.
func (tx *Tx) Waive(r Recovery, id DeviceID) error {
	sequence, err := tx.NextSequence()
	if err != nil {
		return err
	}
	return tx.execOne("waiver", "INSERT INTO waiver (epoch, device, sequence) VALUES ($1, $2, $3)", r.Epoch, id, sequence)
}
