package ledger

import (
	"iter"

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
	Standing    reserve.Standing
	Sequence    uint32 // the journal entry that enrolled it
}

// EnrollDevice adds the device that a request names to an account. A device that is enrolled
// already is returned as it stands, with repeated true, whatever its account, superseded or not.
// Refusals are UnknownAccount and DuplicateDevice, when another identity of the same instance is
// the current one: see SupersedeDevice.
func (tx *Tx) EnrollDevice(q reserve.Request, account Path) (d Device, repeated bool, err error) {
	panic("unimplemented")
}

// SupersedeDevice makes way for a new identity of the same instance. The old identity keeps its
// charge; whoever issues refuses it new authorizations.
func (tx *Tx) SupersedeDevice(id DeviceID) error {
	panic("unimplemented")
}

// SetLabel gives a device an officer's name, at most 256 bytes. The refusal is InvalidName.
func (tx *Tx) SetLabel(id DeviceID, label string) error {
	panic("unimplemented")
}

// Device returns a device. The refusal is UnknownDevice.
func (tx *Tx) Device(id DeviceID) (Device, error) {
	panic("unimplemented")
}

// DeviceByUDI returns the current identity of an instance. The refusal is UnknownDevice.
func (tx *Tx) DeviceByUDI(u reserve.UDI) (Device, error) {
	panic("unimplemented")
}

// DeviceByDID returns the device with an identity. The refusal is UnknownDevice.
func (tx *Tx) DeviceByDID(did reserve.DID) (Device, error) {
	panic("unimplemented")
}

// FindDevice returns the current identity of what a person calls PID:SN, or by the serial number
// alone where only one device has it. Refusals are InvalidName and UnknownDevice.
func (tx *Tx) FindDevice(name string) (Device, error) {
	panic("unimplemented")
}

// Identities returns every identity of an instance, oldest first.
func (tx *Tx) Identities(u reserve.UDI) ([]Device, error) {
	panic("unimplemented")
}

// DevicesByLocator returns the devices whose identity begins with 20 bits, superseded ones too:
// those that a receipt may come from.
func (tx *Tx) DevicesByLocator(locator uint32) ([]Device, error) {
	panic("unimplemented")
}

// DevicesByPrefix returns the devices whose identity begins with four bytes, superseded ones too:
// those that a status report may come from.
func (tx *Tx) DevicesByPrefix(prefix [4]byte) ([]Device, error) {
	panic("unimplemented")
}

// A DeviceFilter selects devices. A zero field selects all.
type DeviceFilter struct {
	Account    Path             // of this account
	Below      bool             // and of the accounts below it
	Standing   reserve.Standing // only with this standing
	Flagged    bool             // only those suspect or quarantined
	Contains   string           // UDI or label contains it, in any case
	Superseded bool             // superseded identities too
}

// Devices streams the devices that f selects, in the order they were enrolled.
func (tx *Tx) Devices(f DeviceFilter) iter.Seq2[Device, error] {
	panic("unimplemented")
}

// Request returns the request that enrolled a device. The refusal is UnknownDevice.
func (tx *Tx) Request(id DeviceID) (reserve.Request, error) {
	panic("unimplemented")
}
