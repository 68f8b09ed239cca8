package ledger

import (
	"tallystick/reserve"
)

// EnrollDevice adds the device that a request names to an account. A device that is enrolled
// already is returned as it stands, with repeated true, whatever its account, superseded or not.
// Refusals are UnknownAccount and DuplicateDevice, when another identity of the same instance is
// the current one: see SupersedeDevice.
func (tx *Tx) EnrollDevice(q reserve.Request, account Path) (d Device, repeated bool, err error) {
	id := q.Identity()
	d, err = tx.DeviceByDID(id.DID())
	if !isRefused(err, reserve.UnknownDevice) {
		return d, err == nil, err
	}
	switch other, err := tx.DeviceByUDI(id.UDI()); {
	case err == nil:
		return Device{}, false, reserve.Refuse(reserve.DuplicateDevice, "%s is enrolled already, with fingerprint %s; the request has fingerprint %s",
			id.UDI(), other.DID, id.DID())
	case !isRefused(err, reserve.UnknownDevice):
		return Device{}, false, err
	}
	accountID, err := tx.openAccountID(account)
	if err != nil {
		return Device{}, false, err
	}
	sequence, err := tx.NextSequence()
	if err != nil {
		return Device{}, false, err
	}
	did := id.DID()
	row, err := tx.insert(`INSERT INTO device (did, udi, serial, account, request, sequence)
		VALUES ($1, $2, $3, $4, $5, $6) RETURNING id`,
		did[:], id.UDI().String(), id.UDI().Serial(), accountID, q.Body(), sequence)
	if err != nil {
		return Device{}, false, err
	}
	d, err = tx.Device(DeviceID(row))
	return d, false, err
}

// SupersedeDevice makes way for a new identity of the same instance. The old identity keeps its
// charge; whoever issues refuses it new authorizations. The refusal is UnknownDevice.
func (tx *Tx) SupersedeDevice(id DeviceID) error {
	return tx.changeDevice(id, "UPDATE device SET superseded = $1 WHERE id = $2", true)
}

// SetLabel gives a device an officer's name, at most 256 bytes. Refusals are InvalidName and
// UnknownDevice.
func (tx *Tx) SetLabel(id DeviceID, label string) error {
	if err := checkText("label", label, 0, maxLabel); err != nil {
		return err
	}
	return tx.changeDevice(id, "UPDATE device SET label = $1 WHERE id = $2", label)
}

func (tx *Tx) changeDevice(id DeviceID, query string, value any) error {
	n, err := tx.exec(query, value, id)
	if err == nil && n != 1 {
		err = unknownID(id)
	}
	return err
}

// Request returns the request that enrolled a device. Refusals are UnknownDevice and
// LedgerDamaged.
func (tx *Tx) Request(id DeviceID) (reserve.Request, error) {
	var body []byte
	found, err := tx.one("SELECT request FROM device WHERE id = $1", []any{id}, &body)
	if err != nil {
		return reserve.Request{}, err
	}
	if !found {
		return reserve.Request{}, unknownID(id)
	}
	q, err := reserve.ParseRequest(body)
	if err != nil {
		return reserve.Request{}, tx.damaged("device %d: %v", id, err)
	}
	return q, nil
}
