package ledger

import (
	"fmt"
	"slices"

	"tallystick/keys"
	"tallystick/reserve"
)

// checkDraws makes sure that lots cover what is granted on them: they are in the device's account,
// have begun, end with the grant, and are of the entitlement itself or of a higher tier. Once a device
// was granted a lower tier on a higher one it may keep that, whatever a newer catalog says of the two.
func (tx *Tx) checkDraws(id DeviceID, a reserve.Authorization, draws []reserve.Draw) error {
	for _, draw := range draws {
		var entitlement reserve.EntitlementID
		var fits bool
		found, err := tx.one(`SELECT l.entitlement, l.account = d.account AND l.ends = $1 AND l.starts <= $2
			FROM lot l JOIN device d ON d.id = $3 WHERE l.id = $4`, []any{draw.Grant.Ends, a.Issued(), id, draw.Lot}, &entitlement, &fits)
		if err != nil {
			return err
		}
		if found && fits {
			fits, err = tx.covers(id, entitlement, draw.Grant.Entitlement)
		}
		if err != nil {
			return err
		}
		if !found || !fits {
			return tx.unfit(id, a.Number(), a.Issued(), draw)
		}
	}
	return nil
}

// unfit is the error for a lot that doesn't cover what is granted on it; a refusal where the clock of
// the workstation may be why.
func (tx *Tx) unfit(id DeviceID, n reserve.Number, day keys.Day, draw reserve.Draw) error {
	d, err := tx.Device(id)
	if err != nil {
		return err
	}
	l, err := tx.mustLot(draw.Lot)
	if err != nil {
		return err
	}
	if l.Starts > day {
		return reserve.Refuse(reserve.OutOfRange, "license %d begins on %s; by this workstation's clock it is %s", l.ID, l.Starts, day)
	}
	return fmt.Errorf("ledger: authorization %d of %s, in account %q, grants %s on license %d, which is of account %q and entitlement %d, from %s to %s",
		n, d.UDI, d.Account, draw.Grant, l.ID, l.Account, l.Entitlement, l.Starts, l.Ends)
}

// covers reports whether licenses of one entitlement may stand for a grant of another to a device.
func (tx *Tx) covers(id DeviceID, license, granted reserve.EntitlementID) (bool, error) {
	if license == granted {
		return true, nil
	}
	catalog, err := tx.Catalog()
	if err != nil || slices.Contains(catalog.Covers(granted), license) {
		return err == nil, err
	}
	var n int
	return tx.one("SELECT 1 FROM draw d JOIN lot l ON l.id = d.lot WHERE d.device = $1 AND d.entitlement = $2 AND l.entitlement = $3 LIMIT 1",
		[]any{id, granted, license}, &n)
}
