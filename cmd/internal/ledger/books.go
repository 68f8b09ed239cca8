package ledger

import (
	"tallystick/reserve"
)

// Books returns what is known of a device. Refusals are UnknownDevice and LedgerDamaged.
func (tx *Tx) Books(id DeviceID) (reserve.Books, error) {
	var b reserve.Books
	var request, secret, sum []byte
	found, err := tx.one(`SELECT request, floor, known, known_secret, seen, current, statements, statement_sum, suspect, quarantined,
		written_off, last_before, settled, lives FROM device WHERE id = $1`, []any{id},
		&request, &b.Floor, &b.Known, &secret, &b.Seen, &b.Current, &b.Statements, &sum, &b.Suspect, &b.Quarantined,
		&b.WrittenOff, &b.LastBefore, &b.Settled, &b.Lives)
	if err != nil {
		return reserve.Books{}, err
	}
	if !found {
		return reserve.Books{}, unknownID(id)
	}
	q, err := reserve.ParseRequest(request)
	if err != nil {
		return reserve.Books{}, tx.damaged("device %d: %v", id, err)
	}
	b.Identity = q.Identity()
	copy(b.KnownSecret[:], secret)
	copy(b.StatementSum[:], sum)
	b.Issued, err = tx.issued(id)
	return b, err
}

// issued reads the authorizations of a device as the books have them: with the lots that keep now
// what they draw.
func (tx *Tx) issued(id DeviceID) ([]reserve.Issued, error) {
	out, sequences, err := tx.numbers(id)
	if err != nil {
		return nil, err
	}
	moves, err := tx.relocations(id)
	if err != nil {
		return nil, err
	}
	at := 0
	err = tx.each("SELECT number, lot, entitlement, count, ends FROM draw WHERE device = $1 ORDER BY number, place", []any{id},
		func(scan func(...any) error) error {
			var n reserve.Number
			var d reserve.Draw
			if err := scan(&n, &d.Lot, &d.Grant.Entitlement, &d.Grant.Count, &d.Grant.Ends); err != nil {
				return err
			}
			for at < len(out) && out[at].Number < n {
				at++
			}
			if at == len(out) || out[at].Number != n {
				return tx.damaged("device %d draws for authorization %d, which is not there", id, n)
			}
			d.Lot = relocate(moves, sequences[at], d.Lot)
			out[at].Draws = append(out[at].Draws, d)
			return nil
		})
	return out, err
}

// numbers reads the authorizations of a device without what they draw, and the entries they are of.
func (tx *Tx) numbers(id DeviceID) (out []reserve.Issued, sequences []uint32, err error) {
	err = tx.each("SELECT number, sequence, digest, dead, rebased <> 0 FROM authorization WHERE device = $1 ORDER BY number", []any{id},
		func(scan func(...any) error) error {
			var i reserve.Issued
			var sequence uint32
			var digest []byte
			err := scan(&i.Number, &sequence, &digest, &i.Dead, &i.Rebased)
			copy(i.Digest[:], digest)
			out, sequences = append(out, i), append(sequences, sequence)
			return err
		})
	return out, sequences, err
}

// SaveBooks replaces the books of a device, before, by what became of them, after, and charges or
// credits the lots by the difference. An authorization that is new in after must have been added
// with AddAuthorization. When reserve.Books.Receive or Report refuse a device as suspect or
// quarantined, the books they return are saved all the same, and the refusal is for the person. What an
// officer does to a device that failed is saved by WriteOff and Settle, not here.
//
// Refusals are PoolExhausted, which names what is missing and where, and Busy, when the books of
// the ledger are no longer those in before. After either, the transaction can't be committed,
// unless it was inside Attempt.
func (tx *Tx) SaveBooks(id DeviceID, before, after reserve.Books) error {
	if err := tx.saveRow(id, before, after); err != nil {
		return err
	}
	if err := tx.saveDead(id, after); err != nil {
		return tx.fail(err)
	}
	if err := tx.saveCharge(id, after); err != nil {
		return tx.fail(err)
	}
	if err := tx.saveExposure(id, after); err != nil {
		return tx.fail(err)
	}
	delete(tx.state.unsaved, id)
	return nil
}

// saveRow writes everything but authorizations and charges, if the row is still what before says.
func (tx *Tx) saveRow(id DeviceID, before, after reserve.Books) error {
	did := after.Identity.DID()
	n, err := tx.derive(`UPDATE device SET floor = $1, known = $2, known_secret = $3, seen = $4, current = $5, statements = $6,
		statement_sum = $7, suspect = $8, quarantined = $9, written_off = $10, last_before = $11, settled = $12, lives = $13, standing = $14
		WHERE id = $15 AND did = $16 AND floor = $17 AND known = $18 AND known_secret = $19 AND seen = $20 AND current = $21
		AND statements = $22 AND statement_sum = $23 AND suspect = $24 AND quarantined = $25 AND written_off = $26 AND last_before = $27
		AND settled = $28 AND lives = $29`,
		after.Floor, after.Known, after.KnownSecret[:], after.Seen, after.Current, after.Statements,
		after.StatementSum[:], after.Suspect, after.Quarantined, after.WrittenOff, after.LastBefore, after.Settled, after.Lives, string(after.Standing()),
		id, did[:], before.Floor, before.Known, before.KnownSecret[:], before.Seen, before.Current,
		before.Statements, before.StatementSum[:], before.Suspect, before.Quarantined, before.WrittenOff, before.LastBefore,
		before.Settled, before.Lives)
	if err == nil && n != 1 {
		err = reserve.Refuse(reserve.Busy, "the books of %s changed since they were read", after.Identity.UDI())
	}
	return err
}

// saveDead marks what was proven dead, and checks that after lists what the ledger has.
func (tx *Tx) saveDead(id DeviceID, after reserve.Books) error {
	stored, _, err := tx.numbers(id)
	if err != nil {
		return err
	}
	if len(stored) != len(after.Issued) {
		return reserve.Refuse(reserve.Busy, "the books of %s changed since they were read: %d authorizations, not %d",
			after.Identity.UDI(), len(stored), len(after.Issued))
	}
	for k, i := range after.Issued {
		if stored[k].Number != i.Number || stored[k].Digest != i.Digest || stored[k].Rebased != i.Rebased || (stored[k].Dead && !i.Dead) {
			return tx.damaged("authorization %d of %s is not the one in its books", i.Number, after.Identity.UDI())
		}
		if !i.Dead || stored[k].Dead {
			continue
		}
		if err := tx.deriveOne("authorization", "UPDATE authorization SET dead = 1 WHERE device = $1 AND number = $2 AND dead = 0", id, i.Number); err != nil {
			return err
		}
	}
	return nil
}
