package issuer

import (
	"context"

	"tallystick/cmd/internal/ledger"
	"tallystick/keys"
	"tallystick/reserve"
)

// A Moved is what one device took along to another account.
type Moved struct {
	Device   ledger.Device // as it stands after the move
	From     ledger.Path
	Charges  []MovedLicense
	Repeated bool // it was there already
}

// A MovedLicense is how many of an entitlement moved, and until when they are licensed.
type MovedLicense struct {
	Tag   string
	Count uint32
	Ends  keys.Day
}

// MaxMoved bounds the devices of one move.
const MaxMoved = 100_000

// MoveDevices gives devices to another account, with everything that is reserved for them, all or
// none. No code travels: a device does not know its account. Refusals are UnknownDevice,
// UnknownAccount, AccountClosed, HoldingAccount and OutOfRange.
func (o *Officer) MoveDevices(ctx context.Context, devices []string, to ledger.Path, memo Memo, dry bool) (out []Moved, err error) {
	if len(devices) == 0 || len(devices) > MaxMoved {
		return nil, reserve.Refuse(reserve.OutOfRange, "%d devices, expected 1 to %d", len(devices), MaxMoved)
	}
	err = o.act(ctx, memo, dry, func(tx *ledger.Tx, t reserve.Trust) error {
		if err := mayBelong(tx, to); err != nil {
			return err
		}
		out = nil
		for _, name := range devices {
			m, err := o.moveDevice(tx, t, name, to, memo)
			if err != nil {
				return err
			}
			out = append(out, m)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// mayBelong refuses an account that no device can belong to: UnknownAccount and HoldingAccount.
func mayBelong(tx *ledger.Tx, to ledger.Path) error {
	target, err := tx.Account(to)
	if err == nil && target.Holding {
		err = reserve.Refuse(reserve.HoldingAccount, "%q is a holding account: no device can belong to it", to)
	}
	return err
}

func (o *Officer) moveDevice(tx *ledger.Tx, t reserve.Trust, name string, to ledger.Path, memo Memo) (Moved, error) {
	d, err := tx.FindDevice(name)
	if err != nil {
		return Moved{}, err
	}
	m := Moved{Device: d, From: d.Account, Repeated: d.Account == to}
	if m.Repeated {
		return m, nil
	}
	if m.Charges, err = movedLicenses(tx, d.ID); err != nil {
		return Moved{}, err
	}
	if err := tx.MoveDevice(d.ID, to); err != nil {
		return Moved{}, err
	}
	m.Device.Account = to
	_, err = o.append(tx, t, eventMoveDevice, d.UDI.String(), moveDeviceEvent{Device: d.UDI.String(), Fingerprint: d.DID.String(),
		From: m.From.String(), To: to.String(), Memo: memo})
	return m, err
}

func movedLicenses(tx *ledger.Tx, id ledger.DeviceID) ([]MovedLicense, error) {
	charges, err := tx.Charges(id)
	if err != nil {
		return nil, err
	}
	var out []MovedLicense
	for _, c := range charges {
		l, _, err := tx.Lot(c.Lot)
		if err != nil {
			return nil, err
		}
		out = append(out, MovedLicense{l.Tag, c.Count, l.Ends})
	}
	return out, nil
}

// LabelDevice gives a device an officer's name; an empty one takes it away. The same again is
// repeated. Refusals are UnknownDevice, InvalidName and OutOfRange.
func (o *Officer) LabelDevice(ctx context.Context, device, label string, memo Memo, dry bool) (d ledger.Device, repeated bool, err error) {
	if err := checkNote("label", label, maxLabel); err != nil {
		return d, false, err
	}
	err = o.act(ctx, memo, dry, func(tx *ledger.Tx, t reserve.Trust) error {
		if d, err = tx.FindDevice(device); err != nil {
			return err
		}
		if repeated = d.Label == label; repeated {
			return nil
		}
		if err := tx.SetLabel(d.ID, label); err != nil {
			return err
		}
		d.Label = label
		_, err = o.append(tx, t, eventLabel, d.UDI.String(), labelEvent{Device: d.UDI.String(), Label: label, Memo: memo})
		return err
	})
	return d, repeated, err
}

const maxLabel = 100
