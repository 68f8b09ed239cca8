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
	Origin      reserve.LotID // the purchase it was moved from; 0 for a purchase
	Quantity    uint32        // reserve.MaxCount, or 0, of what is without limit
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
	Unlimited bool     // without limit; Quantity must be reserve.MaxCount
}

// AddLot adds a purchase. Refusals are UnknownAccount, UnknownEntitlement, OutOfRange and
// InvalidName (of the reference). Whether an entitlement may be without limit is for the caller to say.
func (tx *Tx) AddLot(n NewLot) (reserve.LotID, error) {
	if n.Quantity < 1 || n.Quantity > reserve.MaxCount {
		return 0, reserve.Refuse(reserve.OutOfRange, "quantity %d, expected 1 to %d", n.Quantity, reserve.MaxCount)
	}
	if n.Unlimited && n.Quantity != reserve.MaxCount {
		return 0, reserve.Refuse(reserve.OutOfRange, "quantity %d of what has no limit", n.Quantity)
	}
	if n.Ends != 0 && n.Ends < n.Starts {
		return 0, reserve.Refuse(reserve.OutOfRange, "licenses from %s that end on %s", n.Starts, n.Ends)
	}
	if err := checkText("reference", n.Reference, 0, maxReference); err != nil {
		return 0, err
	}
	account, err := tx.openAccountID(n.Account)
	if err != nil {
		return 0, err
	}
	catalog, err := tx.Catalog()
	if err != nil {
		return 0, err
	}
	entitlement, err := catalog.Entitlement(n.Tag)
	if err != nil {
		return 0, err
	}
	sequence, err := tx.NextSequence()
	if err != nil {
		return 0, err
	}
	id, err := tx.insert(`INSERT INTO lot (account, entitlement, unlimited, quantity, starts, ends, reference, sequence)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id`,
		account, entitlement.ID, n.Unlimited, n.Quantity, n.Starts, n.Ends, n.Reference, sequence)
	return reserve.LotID(id), err
}

const selectLot = `SELECT b.id, b.entitlement, b.starts, b.ends, b.available, a.path, e.tag,
	coalesce(l.origin, 0), b.unlimited, b.purchased, b.reserved, b.in_transit, l.reference, l.sequence
	FROM balance b JOIN lot l ON l.id = b.id JOIN account a ON a.id = b.account JOIN entitlement e ON e.id = b.entitlement`

func (tx *Tx) lots(query string, args ...any) ([]Lot, error) {
	var out []Lot
	err := tx.each(query, args, func(scan func(...any) error) error {
		var l Lot
		err := scan(&l.ID, &l.Entitlement, &l.Starts, &l.Ends, &l.Available, &l.Account.text, &l.Tag,
			&l.Origin, &l.Unlimited, &l.Quantity, &l.Reserved, &l.InTransit, &l.Reference, &l.Sequence)
		out = append(out, l)
		return err
	})
	return out, err
}

// Lots returns the lots of an account, ended ones too, in the order they were added. The refusal
// is UnknownAccount.
func (tx *Tx) Lots(account Path) ([]Lot, error) {
	id, err := tx.accountID(account)
	if err != nil {
		return nil, err
	}
	return tx.lots(selectLot+" WHERE b.account = $1 ORDER BY b.id", id)
}

// AllLots returns the lots of all accounts, in the order they were added.
func (tx *Tx) AllLots() ([]Lot, error) { return tx.lots(selectLot + " ORDER BY b.id") }

// Lot returns one lot; found is false when there is none.
func (tx *Tx) Lot(id reserve.LotID) (l Lot, found bool, err error) {
	list, err := tx.lots(selectLot+" WHERE b.id = $1", id)
	if err != nil || len(list) == 0 {
		return Lot{}, false, err
	}
	return list[0], true, nil
}

// mustLot returns one lot. The refusal is UnknownLicense.
func (tx *Tx) mustLot(id reserve.LotID) (Lot, error) {
	l, found, err := tx.Lot(id)
	if err == nil && !found {
		err = reserve.Refuse(reserve.UnknownLicense, "there is no license with number %d", id)
	}
	return l, err
}

// ResizeLot changes how many a lot has, for licenses that are removed or corrected. What is without
// limit is there or, with 0, is not. Refusals are UnknownLicense, PoolExhausted, when fewer would be
// left than are reserved, and OutOfRange.
func (tx *Tx) ResizeLot(id reserve.LotID, quantity uint32) error {
	if quantity > reserve.MaxCount {
		return reserve.Refuse(reserve.OutOfRange, "quantity %d, at most %d", quantity, reserve.MaxCount)
	}
	l, err := tx.mustLot(id)
	switch {
	case err != nil:
		return err
	case l.Unlimited && quantity != 0 && quantity != reserve.MaxCount:
		return reserve.Refuse(reserve.OutOfRange, "license %d (%s) is without limit: it can't be cut to %d", id, l.Tag, quantity)
	case quantity < l.Reserved:
		return reserve.Refuse(reserve.PoolExhausted, "license %d (%s in account %q) can't be cut to %d: %d are reserved",
			id, l.Tag, l.Account, quantity, l.Reserved)
	}
	return tx.execOne("license", "UPDATE lot SET quantity = $1 WHERE id = $2 AND reserved <= $1", quantity, id)
}

// Allocatable returns what reserve.Allocate chooses from: the lots of an account that are valid on a
// day, and those that begin later. The refusal is UnknownAccount.
func (tx *Tx) Allocatable(account Path, day keys.Day) ([]reserve.Lot, error) {
	id, err := tx.accountID(account)
	if err != nil {
		return nil, err
	}
	var out []reserve.Lot
	err = tx.each("SELECT id, entitlement, starts, ends, available, unlimited FROM balance b WHERE account = $1 AND (b.ends = 0 OR b.ends >= $2)",
		[]any{id, day}, func(scan func(...any) error) error {
			var l reserve.Lot
			err := scan(&l.ID, &l.Entitlement, &l.Starts, &l.Ends, &l.Available, &l.Unlimited)
			out = append(out, l)
			return err
		})
	return out, err
}
