package ledger

// A Recovery is what follows when a ledger was put back to an older state (SPEC.md, "Recovery").
type Recovery struct {
	Epoch     int    // the second history is 2
	Histories int    // how many were lost: more than one when older books were put back after a recovery
	Lost      Tree   // how far the lost journal went, as far as it is known; Size 0 is unknown
	Sequence  uint32 // the journal entry that began it
}

// Recovery returns the recovery that was begun and is not finished; open is false when there is none.
func (tx *Tx) Recovery() (r Recovery, open bool, err error) {
	var root []byte
	open, err = tx.one(`SELECT epoch, size, root, sequence, (SELECT count(*) FROM recovery r WHERE r.sequence = recovery.sequence) FROM recovery
		WHERE epoch NOT IN (SELECT epoch FROM recovery_end) ORDER BY epoch DESC LIMIT 1`, nil,
		&r.Epoch, &r.Lost.Size, &root, &r.Sequence, &r.Histories)
	copy(r.Lost.Root[:], root)
	return r, open, err
}

// BeginRecovery begins an epoch above that of the lost history: the log goes on under a name that no
// history had. epoch is that of the lost one, 0 when it is not known. Epochs that are left out, since
// older books were put back after a recovery, are over with the same entry.
func (tx *Tx) BeginRecovery(lost Tree, epoch int) error {
	sequence, err := tx.NextSequence()
	if err != nil {
		return err
	}
	var known int
	if _, err := tx.one("SELECT 1 + count(*) FROM recovery", nil, &known); err != nil {
		return err
	}
	for next := known + 1; next <= max(known, epoch)+1; next++ {
		if err := tx.execOne("recovery", "INSERT INTO recovery (epoch, size, root, sequence) VALUES ($1, $2, $3, $4)",
			next, lost.Size, lost.Root[:], sequence); err != nil {
			return err
		}
		if next <= epoch {
			if err := tx.EndRecovery(Recovery{Epoch: next}); err != nil {
				return err
			}
		}
	}
	return nil
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
