package ledger

import (
	"fmt"
	"slices"

	"tallystick/reserve"
)

// checkDraws makes sure that lots cover what is granted on them: they are in the device's account,
// have begun, end with the grant, and are of the entitlement itself or of a higher tier. Once a device
// was granted a lower tier on a higher one it may keep that, whatever a newer catalog says of the two.
func (tx *Tx) checkDraws(id DeviceID, a reserve.Authorization, draws []reserve.Draw) error {
	d, err := tx.Device(id)
	if err != nil {
		return err
	}
	for _, draw := range draws {
		l, err := tx.mustLot(draw.Lot)
		if err != nil {
			return err
		}
		if l.Account != d.Account || l.Ends != draw.Grant.Ends || l.Starts > a.Issued() {
			return fmt.Errorf("ledger: authorization %d of %s grants %s on license %d, which is of account %q, from %s to %s", a.Number(), d.UDI,
				draw.Grant, l.ID, l.Account, l.Starts, l.Ends)
		}
		covers, err := tx.covers(id, l.Entitlement, draw.Grant.Entitlement)
		if err != nil {
			return err
		}
		if !covers {
			return fmt.Errorf("ledger: authorization %d of %s grants %s on license %d, which is of entitlement %d", a.Number(), d.UDI,
				draw.Grant, l.ID, l.Entitlement)
		}
	}
	return nil
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
