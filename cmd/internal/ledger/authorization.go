package ledger

import (
	"fmt"
	"slices"

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
	Rebased   bool // numbers were left out before it
	Recovered bool // it is of a part of the books that was lost: Sequence is not what it names
}

// AddAuthorization stores a, which draws on lots as i says, and the ID of the operation it was
// issued under, if any. a must carry NextSequence, and the books with i in them have to be saved in
// the same transaction. It is an error, not a refusal, if a and i don't say the same, or if i draws on
// lots that don't cover what is granted.
func (tx *Tx) AddAuthorization(id DeviceID, a reserve.Authorization, i reserve.Issued, operation string) error {
	if err := checkSame(a, i); err != nil {
		return err
	}
	if operation != "" {
		if err := checkOperationID(operation); err != nil {
			return err
		}
	}
	next, err := tx.NextSequence()
	if err != nil {
		return err
	}
	if a.Sequence() != next {
		return fmt.Errorf("ledger: an authorization names journal entry %d, the next is %d", a.Sequence(), next)
	}
	rebased := notRebased
	if i.Rebased {
		rebased = leftOut
	}
	return tx.insertAuthorization(id, a, i, operation, rebased)
}

// What the column rebased of an authorization says.
const (
	notRebased = iota
	leftOut
	recovered
)

// AddRecovered stores an authorization that a lost part of the books had issued, as its signature
// proves. Else it is AddAuthorization.
func (tx *Tx) AddRecovered(id DeviceID, a reserve.Authorization, i reserve.Issued) error {
	if err := checkSame(a, i); err != nil {
		return err
	}
	return tx.insertAuthorization(id, a, i, "", recovered)
}

const (
	insertAuthorization = `INSERT INTO authorization (device, number, sequence, day, operation, digest, body, rebased)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`
	insertDraw = `INSERT INTO draw (device, number, place, lot, entitlement, count, ends) VALUES ($1, $2, $3, $4, $5, $6, $7)`
)

func (tx *Tx) insertAuthorization(id DeviceID, a reserve.Authorization, i reserve.Issued, operation string, rebased int) error {
	next, err := tx.NextSequence()
	if err != nil {
		return err
	}
	if err := tx.checkDraws(id, a, i.Draws); err != nil {
		return err
	}
	tx.state.unsaved[id] = true
	if err := tx.execOne("authorization", insertAuthorization,
		id, a.Number(), next, a.Issued(), operation, i.Digest[:], a.Body(), rebased); err != nil {
		return err
	}
	for place, d := range i.Draws {
		if err := tx.execOne("draw", insertDraw,
			id, a.Number(), place, d.Lot, d.Grant.Entitlement, d.Grant.Count, d.Grant.Ends); err != nil {
			return tx.fail(err)
		}
	}
	return nil
}

// checkSame makes sure that what is charged is what was signed.
func checkSame(a reserve.Authorization, i reserve.Issued) error {
	grants, err := reserve.GrantsOf(i.Draws)
	if err != nil {
		return err
	}
	if a.IsZero() || a.Number() != i.Number || a.Digest() != i.Digest || !slices.Equal(grants, a.Grants()) {
		return fmt.Errorf("ledger: authorization %d and what is to be charged for it, as number %d, are not the same", a.Number(), i.Number)
	}
	return nil
}

// Authorization returns the stored authorization of a device with a number. The refusal is
// NothingIssued.
func (tx *Tx) Authorization(id DeviceID, n reserve.Number) (Authorization, error) {
	all, err := tx.authorizations(id, n, n)
	if err != nil {
		return Authorization{}, err
	}
	if len(all) == 0 {
		return Authorization{}, reserve.Refuse(reserve.NothingIssued, "no authorization with number %d was issued to this device", n)
	}
	return all[0], nil
}

// Authorizations returns all authorizations of a device, by number.
func (tx *Tx) Authorizations(id DeviceID) ([]Authorization, error) {
	return tx.authorizations(id, 1, reserve.LastNumber)
}

func (tx *Tx) authorizations(id DeviceID, from, to reserve.Number) ([]Authorization, error) {
	issued, err := tx.issued(id)
	if err != nil {
		return nil, err
	}
	draws := map[reserve.Number][]reserve.Draw{}
	for _, i := range issued {
		draws[i.Number] = i.Draws
	}
	var out []Authorization
	err = tx.each(`SELECT number, sequence, day, operation, digest, body, dead, rebased <> 0, rebased = 2 FROM authorization
		WHERE device = $1 AND number >= $2 AND number <= $3 ORDER BY number`, []any{id, from, to},
		func(scan func(...any) error) error {
			var a Authorization
			var digest []byte
			err := scan(&a.Number, &a.Sequence, &a.Day, &a.Operation, &digest, &a.Body, &a.Dead, &a.Rebased, &a.Recovered)
			copy(a.Digest[:], digest)
			a.Draws = draws[a.Number]
			out = append(out, a)
			return err
		})
	return out, err
}
