package ledger

import (
	"strings"

	"tallystick/reserve"
)

const maxLabel = 256

// A DeviceID names a device identity in this ledger and nowhere else.
type DeviceID int64

// A Device is one identity of a product instance. An instance that was reset to factory state has
// several; all but one are superseded.
type Device struct {
	ID          DeviceID
	UDI         reserve.UDI
	DID         reserve.DID
	Account     Path
	Label       string // an officer's name for it, text from outside
	Superseded  bool   // a newer identity of the same instance is enrolled
	Suspect     bool
	Quarantined bool
	WrittenOff  bool // an officer gave up getting back what it holds
	Settled     bool // … and evidence said that it can't use that
	Lives       bool // … and it proved since that it runs
	Standing    reserve.Standing
	Sequence    uint32 // the journal entry that enrolled it
}

const selectDevice = `SELECT d.id, d.udi, d.did, a.path, d.label, d.superseded, d.suspect, d.quarantined,
	d.written_off, d.settled, d.lives, d.standing, d.sequence
	FROM device d JOIN account a ON a.id = d.account`

// devices reads the devices that a query beginning with selectDevice finds.
func (tx *Tx) devices(query string, args ...any) ([]Device, error) {
	var out []Device
	err := tx.each(query, args, func(scan func(...any) error) error {
		var d Device
		var udi string
		var did []byte
		err := scan(&d.ID, &udi, &did, &d.Account.text, &d.Label, &d.Superseded, &d.Suspect, &d.Quarantined, &d.WrittenOff, &d.Settled, &d.Lives,
			&d.Standing, &d.Sequence)
		if err != nil {
			return err
		}
		if d.UDI, err = reserve.ParseUDI(udi); err != nil {
			return tx.damaged("device %d: %v", d.ID, err)
		}
		copy(d.DID[:], did)
		out = append(out, d)
		return nil
	})
	return out, err
}

// device returns the one device that a query finds. The refusal is UnknownDevice, with a text.
func (tx *Tx) device(unknown error, query string, args ...any) (Device, error) {
	list, err := tx.devices(query, args...)
	if err != nil {
		return Device{}, err
	}
	if len(list) == 0 {
		return Device{}, unknown
	}
	return list[0], nil
}

// Device returns a device. The refusal is UnknownDevice.
func (tx *Tx) Device(id DeviceID) (Device, error) {
	return tx.device(unknownID(id), selectDevice+" WHERE d.id = $1", id)
}

func unknownID(id DeviceID) error {
	return reserve.Refuse(reserve.UnknownDevice, "there is no device with number %d", id)
}

// DeviceByUDI returns the current identity of an instance. The refusal is UnknownDevice.
func (tx *Tx) DeviceByUDI(u reserve.UDI) (Device, error) {
	return tx.device(reserve.Refuse(reserve.UnknownDevice, "device %s is not enrolled", u),
		selectDevice+" WHERE d.udi = $1 AND d.superseded = 0", u.String())
}

// DeviceByDID returns the device with an identity. The refusal is UnknownDevice.
func (tx *Tx) DeviceByDID(did reserve.DID) (Device, error) {
	return tx.device(reserve.Refuse(reserve.UnknownDevice, "device %s is not enrolled", did),
		selectDevice+" WHERE d.did = $1", did[:])
}

// Known reports whether an identity is enrolled, or another one of its instance is the current one.
func (tx *Tx) Known(id reserve.Identity) (bool, error) {
	var n int64
	did := id.DID()
	return tx.one("SELECT id FROM device WHERE did = $1 UNION ALL SELECT id FROM device WHERE udi = $2 AND superseded = 0 LIMIT 1",
		[]any{did[:], id.UDI().String()}, &n)
}

// FindDevice returns the current identity of what a person calls PID:SN, or by the serial number
// alone where only one device has it. Refusals are InvalidName and UnknownDevice.
func (tx *Tx) FindDevice(name string) (Device, error) {
	if strings.Contains(name, ":") {
		u, err := reserve.ParseUDI(name)
		if err != nil {
			return Device{}, err
		}
		return tx.DeviceByUDI(u)
	}
	// Any product ID will do: it is the serial number that is checked and brought into its form.
	u, err := reserve.NewUDI("X", name)
	if err != nil {
		return Device{}, err
	}
	list, err := tx.devices(selectDevice+" WHERE d.serial = $1 AND d.superseded = 0 LIMIT 2", u.Serial())
	switch {
	case err != nil:
		return Device{}, err
	case len(list) == 0:
		return Device{}, reserve.Refuse(reserve.UnknownDevice, "no device with serial number %s is enrolled", u.Serial())
	case len(list) > 1:
		return Device{}, reserve.Refuse(reserve.UnknownDevice, "serial number %s is that of several devices, such as %s and %s: name one of them whole",
			u.Serial(), list[0].UDI, list[1].UDI)
	}
	return list[0], nil
}

// Identities returns every identity of an instance, oldest first.
func (tx *Tx) Identities(u reserve.UDI) ([]Device, error) {
	return tx.devices(selectDevice+" WHERE d.udi = $1 ORDER BY d.id", u.String())
}

// DevicesByLocator returns the devices whose identity begins with 20 bits, superseded ones too:
// those that a receipt may come from.
func (tx *Tx) DevicesByLocator(locator uint32) ([]Device, error) {
	return tx.devicesByBits([]byte{byte(locator >> 12), byte(locator >> 4), byte(locator << 4)}, 4)
}

// DevicesByPrefix returns the devices whose identity begins with four bytes, superseded ones too:
// those that a status report may come from.
func (tx *Tx) DevicesByPrefix(prefix [4]byte) ([]Device, error) {
	return tx.devicesByBits(prefix[:], 0)
}

// devicesByBits returns the devices whose identity begins with prefix but for its last open bits,
// which are zero: a range of the one index on identities.
func (tx *Tx) devicesByBits(prefix []byte, open uint) ([]Device, error) {
	var low, high reserve.DID
	copy(low[:], prefix)
	copy(high[:], prefix)
	high[len(prefix)-1] |= 1<<open - 1
	for i := len(prefix); i < len(high); i++ {
		high[i] = 0xff
	}
	return tx.devices(selectDevice+" WHERE d.did >= $1 AND d.did <= $2 ORDER BY d.id", low[:], high[:])
}
