package ledger

import (
	"tallystick/reserve"
)

// MoveDevice gives a device to another account together with everything that is reserved for it:
// the licenses themselves move, so neither account has more or less available than before.
// Authorizations issued before the move draw on what was moved. No code travels. Refusals are
// UnknownAccount, AccountClosed, UnknownDevice and DeviceWrittenOff: what such a device may be holding
// was its account's.
func (tx *Tx) MoveDevice(id DeviceID, to Path) error {
	account, err := tx.openAccountID(to)
	if err != nil {
		return err
	}
	d, err := tx.Device(id)
	if err != nil || d.Account == to {
		return err
	}
	if d.WrittenOff {
		return reserve.Refuse(reserve.DeviceWrittenOff, "%s was written off; it stays with account %q", d.UDI, d.Account)
	}
	charges, err := tx.Charges(id)
	if err != nil {
		return err
	}
	for _, c := range charges {
		if err := tx.relocate(id, c, account); err != nil {
			return tx.fail(err)
		}
	}
	return tx.changeDevice(id, "UPDATE device SET account = $1 WHERE id = $2", account)
}

// relocate moves what one lot keeps for a device.
func (tx *Tx) relocate(id DeviceID, c Charge, account int64) error {
	source, found, err := tx.Lot(c.Lot)
	if err == nil && !found {
		err = tx.damaged("license %d is not there", c.Lot)
	}
	if err != nil {
		return err
	}
	target, err := tx.sibling(source, account)
	if err != nil {
		return err
	}
	// A device that moved back finds what it left behind: nothing, or what others of its kind hold.
	if err := tx.shift(source, -int64(c.Count), c, -1); err != nil {
		return err
	}
	if err := tx.shift(target, int64(c.Count), c, 1); err != nil {
		return err
	}
	if err := tx.setCharge(id, source.ID, Charge{}); err != nil {
		return err
	}
	if err := tx.setCharge(id, target.ID, Charge{Count: c.Count, InTransit: c.InTransit, ComingBack: c.ComingBack}); err != nil {
		return err
	}
	sequence, err := tx.NextSequence()
	if err != nil {
		return err
	}
	return tx.execOne("relocation", "INSERT INTO relocation (device, sequence, source, target) VALUES ($1, $2, $3, $4)",
		id, sequence, source.ID, target.ID)
}

// MoveLot gives a part of what a lot has available, or all of it, to another account, and returns
// the lot there. What is without limit moves whole, with quantity reserve.MaxCount. Refusals are
// UnknownAccount, UnknownLicense, OutOfRange (nothing, a part of what has no limit, or to the account
// it is in) and PoolExhausted.
func (tx *Tx) MoveLot(id reserve.LotID, quantity uint32, to Path) (reserve.LotID, error) {
	account, err := tx.openAccountID(to)
	if err != nil {
		return 0, err
	}
	source, err := tx.mustLot(id)
	if err != nil {
		return 0, err
	}
	switch {
	case source.Account == to:
		return 0, reserve.Refuse(reserve.OutOfRange, "license %d is in account %q already", id, to)
	case quantity == 0:
		return 0, reserve.Refuse(reserve.OutOfRange, "quantity 0 moves nothing")
	case source.Unlimited && quantity != reserve.MaxCount:
		return 0, reserve.Refuse(reserve.OutOfRange, "license %d (%s) is without limit: it moves as a whole", id, source.Tag)
	case quantity > source.Available:
		return 0, reserve.Refuse(reserve.PoolExhausted, "account %q has %d of license %d (%s) available, not %d: %d are reserved",
			source.Account, source.Available, id, source.Tag, quantity, source.Reserved)
	}
	target, err := tx.sibling(source, account)
	if err != nil {
		return 0, err
	}
	if err := tx.shift(source, -int64(quantity), Charge{}, 0); err != nil {
		return 0, tx.fail(err)
	}
	return target.ID, tx.fail(tx.shift(target, int64(quantity), Charge{}, 0))
}

// sibling returns the lot of an account that holds parts of the same purchase, a new one where
// there is none.
func (tx *Tx) sibling(source Lot, account int64) (Lot, error) {
	root := source.purchase()
	part, found, err := tx.part(root, account)
	if err != nil || found {
		return part, err
	}
	sequence, err := tx.NextSequence()
	if err != nil {
		return Lot{}, err
	}
	quantity := uint32(0)
	if source.Unlimited {
		quantity = reserve.MaxCount
	}
	id, err := tx.insert(`INSERT INTO lot (account, entitlement, origin, unlimited, quantity, starts, ends, reference, sequence)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING id`,
		account, source.Entitlement, root, source.Unlimited, quantity, source.Starts, source.Ends, source.Reference, sequence)
	if err != nil {
		return Lot{}, err
	}
	return tx.mustLot(reserve.LotID(id))
}

// part returns the lot of an account that holds parts of a purchase.
func (tx *Tx) part(root reserve.LotID, account int64) (l Lot, found bool, err error) {
	list, err := tx.lots(selectLot+" WHERE (b.id = $1 OR l.origin = $1) AND b.account = $2 ORDER BY b.id LIMIT 1", root, account)
	if err != nil || len(list) == 0 {
		return Lot{}, false, err
	}
	return list[0], true, nil
}

// Part returns the lot of an account that holds parts of the same purchase as a lot does, if parts of
// it ever came there. The refusal is UnknownAccount.
func (tx *Tx) Part(l Lot, in Path) (part Lot, found bool, err error) {
	account, err := tx.accountID(in)
	if err != nil {
		return Lot{}, false, err
	}
	return tx.part(l.purchase(), account)
}

// purchase returns the lot that was bought, of which l is or is a part.
func (l Lot) purchase() reserve.LotID {
	if l.Origin != 0 {
		return l.Origin
	}
	return l.ID
}

// shift changes the size of a lot and, by sign times a charge, what it has reserved at once.
// Something without limit is there as a whole wherever a part of it goes, and leaves only as a whole.
func (tx *Tx) shift(l Lot, quantity int64, c Charge, sign int64) error {
	if l.Unlimited && quantity > 0 {
		quantity = reserve.MaxCount - int64(l.Quantity)
	} else if l.Unlimited && -quantity < reserve.MaxCount {
		quantity = 0
	}
	return tx.execOne("license", `UPDATE lot SET quantity = quantity + $1, reserved = reserved + $2, in_transit = in_transit + $3,
		coming_back = coming_back + $4 WHERE id = $5`,
		quantity, sign*int64(c.Count), sign*int64(c.InTransit), sign*int64(c.ComingBack), l.ID)
}

// relocation is one move of a device between lots.
type relocation struct {
	sequence uint32
	to       map[reserve.LotID]reserve.LotID
}

func (tx *Tx) relocations(id DeviceID) (out []relocation, err error) {
	err = tx.each("SELECT device, sequence, source, target FROM relocation WHERE device = $1 ORDER BY sequence", []any{id},
		func(scan func(...any) error) error {
			_, m, err := readMovedLot(scan)
			out = addMove(out, m)
			return err
		})
	return out, err
}

// A movedLot is one lot of a relocation.
type movedLot struct {
	sequence       uint32
	source, target reserve.LotID
}

func readMovedLot(scan func(...any) error) (device int64, m movedLot, err error) {
	err = scan(&device, &m.sequence, &m.source, &m.target)
	return device, m, err
}

// addMove adds a lot to the relocations of a device, in their order.
func addMove(list []relocation, m movedLot) []relocation {
	if len(list) == 0 || list[len(list)-1].sequence != m.sequence {
		list = append(list, relocation{m.sequence, map[reserve.LotID]reserve.LotID{}})
	}
	list[len(list)-1].to[m.source] = m.target
	return list
}

// relocate returns the lot that a draw of an authorization of journal entry sequence is kept by now.
func relocate(moves []relocation, sequence uint32, lot reserve.LotID) reserve.LotID {
	for _, m := range moves {
		if target, ok := m.to[lot]; ok && m.sequence > sequence {
			lot = target
		}
	}
	return lot
}
