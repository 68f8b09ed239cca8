package issuer

import (
	"context"
	"fmt"

	"tallystick/cmd/internal/ledger"
	"tallystick/keys"
	"tallystick/reserve"
)

// MaxOptionKeys bounds the keys of one registration.
const MaxOptionKeys = 100_000

// AddOptionKeys registers option keys, all or none. Keys that are registered just so are left as
// they are; added is how many were not. Refusals are those of ledger.AddOptionKey, LicensingMode for
// a device that reserves licenses, AlreadyConverted for a key like one that was taken off this place
// after some of it had become licenses, and OutOfRange.
func (o *Officer) AddOptionKeys(ctx context.Context, list []ledger.OptionKey, memo Memo, dry bool) (added int, err error) {
	return o.addOptionKeys(ctx, list, false, memo, dry)
}

// AddAnotherOptionKey registers a key that, on the officer's word, is another one than the key like it
// that was converted and taken off this place.
func (o *Officer) AddAnotherOptionKey(ctx context.Context, k ledger.OptionKey, memo Memo, dry bool) (added int, err error) {
	return o.addOptionKeys(ctx, []ledger.OptionKey{k}, true, memo, dry)
}

func (o *Officer) addOptionKeys(ctx context.Context, list []ledger.OptionKey, another bool, memo Memo, dry bool) (added int, err error) {
	if len(list) == 0 || len(list) > MaxOptionKeys {
		return 0, reserve.Refuse(reserve.OutOfRange, "%d option keys, expected 1 to %d", len(list), MaxOptionKeys)
	}
	err = o.act(ctx, memo, dry, func(tx *ledger.Tx, t reserve.Trust) error {
		added = 0
		for _, k := range list {
			again, err := addOptionKey(tx, k, another)
			if err != nil {
				return err
			}
			if again {
				continue
			}
			added++
			if _, err := o.append(tx, t, eventOptionKey, k.UDI.String(), optionKeyEvent{Device: k.UDI.String(), Index: k.Index, Option: k.Option,
				Entitlement: k.Tag, Count: k.Quantity, Ends: dayText(k.Ends), Whole: k.Whole, Ineligible: k.Ineligible, Another: another, Memo: memo}); err != nil {
				return err
			}
		}
		return nil
	})
	return added, err
}

func addOptionKey(tx *ledger.Tx, k ledger.OptionKey, another bool) (repeated bool, err error) {
	present, found, err := tx.OptionKey(k.UDI, k.Index)
	if err != nil {
		return false, err
	}
	if same := present; found {
		same.ID, same.Sequence, same.Converted = 0, 0, 0
		if same == k {
			return true, nil
		}
	}
	d, err := tx.DeviceByUDI(k.UDI)
	if err == nil && d.Standing != reserve.Enrolled && d.Standing != reserve.Empty {
		return false, reserve.Refuse(reserve.LicensingMode, "%s reserves licenses; a device runs on option keys or on a reservation, not on both", k.UDI)
	}
	if err != nil && reasonOf(err) != reserve.UnknownDevice {
		return false, err
	}
	if !found && !another {
		if err := countsOnce(tx, k); err != nil {
			return false, err
		}
	}
	_, err = tx.AddOptionKey(k)
	return false, err
}

// countsOnce refuses a key of which licenses were made already, before it was taken off its device: the
// same list of keys, read again, must not make them a second time.
func countsOnce(tx *ledger.Tx, k ledger.OptionKey) error {
	n, err := tx.ConvertedBefore(k)
	if err == nil && n > 0 && k.Ineligible == "" {
		err = reserve.Refuse(reserve.AlreadyConverted, "%d of option key %q at index %d of %s became licenses before it was taken off", n, k.Option, k.Index, k.UDI)
	}
	return err
}

// An OptionKeyRemoval names a key that was taken off its device.
type OptionKeyRemoval struct {
	UDI   reserve.UDI
	Index uint16
	Op    string
}

// RemoveOptionKey notes that a key was taken off its device. Another key may have its index by the time
// it is asked for again, so only the same operation ID is repeated. Refusals are UnknownOptionKey and
// OperationReused.
func (o *Officer) RemoveOptionKey(ctx context.Context, r OptionKeyRemoval, memo Memo, dry bool) (k ledger.OptionKey, repeated bool, err error) {
	err = o.act(ctx, memo, dry, func(tx *ledger.Tx, t reserve.Trust) error {
		var id ledger.OptionKeyID
		if repeated, err = recall(tx, r.Op, eventOptionKey, r.digest(), &id); err != nil {
			return err
		}
		if repeated {
			k, err = tx.OptionKeyByID(id)
			return err
		}
		if k, err = mustOptionKey(tx, r.UDI, r.Index); err != nil {
			return err
		}
		if err := tx.RemoveOptionKey(k.ID); err != nil {
			return err
		}
		if err := remember(tx, r.Op, eventOptionKey, r.digest(), k.ID); err != nil {
			return err
		}
		k.Removed = true
		_, err = o.append(tx, t, eventOptionKey, r.UDI.String(), optionKeyEvent{Device: r.UDI.String(), Index: r.Index, Option: k.Option,
			Entitlement: k.Tag, Count: k.Quantity, Ends: dayText(k.Ends), Removed: true, Op: r.Op, Memo: memo})
		return err
	})
	return k, repeated, err
}

func (r OptionKeyRemoval) digest() [32]byte {
	return keys.Digest("TS1/purchase", []byte("option-key remove"), fmt.Appendf(nil, "%s %d", r.UDI, r.Index))
}

func mustOptionKey(tx *ledger.Tx, u reserve.UDI, index uint16) (ledger.OptionKey, error) {
	k, found, err := tx.OptionKey(u, index)
	if err == nil && !found {
		err = reserve.Refuse(reserve.UnknownOptionKey, "%s has no option key at index %d", u, index)
	}
	return k, err
}

// convertible returns how many of a key are to be converted.
func convertible(k ledger.OptionKey, wanted uint32, today keys.Day) (uint32, error) {
	left := k.Quantity - k.Converted
	switch {
	case k.Ineligible != "":
		return 0, reserve.Refuse(reserve.NotEligible, "option key %q at index %d of %s can't be converted: %s", k.Option, k.Index, k.UDI, k.Ineligible)
	case k.Ends != 0 && k.Ends < today:
		return 0, reserve.Refuse(reserve.NotEligible, "option key %q at index %d of %s ended on %s", k.Option, k.Index, k.UDI, k.Ends)
	case left == 0:
		return 0, reserve.Refuse(reserve.AlreadyConverted, "option key %q at index %d of %s is converted", k.Option, k.Index, k.UDI)
	case wanted == 0:
		return left, nil
	case wanted > left:
		return 0, reserve.Refuse(reserve.OutOfRange, "option key %q has %d left to convert, not %d", k.Option, left, wanted)
	case k.Whole && wanted < k.Quantity:
		return 0, reserve.Refuse(reserve.OutOfRange, "option key %q can only be converted whole: %d", k.Option, k.Quantity)
	}
	return wanted, nil
}

// oneMode refuses a reservation for a device that still runs on option keys.
func oneMode(tx *ledger.Tx, u reserve.UDI, today keys.Day) error {
	list, err := tx.OptionKeysOf(u)
	if err != nil {
		return err
	}
	for _, k := range list {
		if k.Active(today) {
			return reserve.Refuse(reserve.LicensingMode, "%s still runs on option key %q (index %d, %s): a device runs on option keys or on a reservation, not on both",
				u, k.Option, k.Index, k.State())
		}
	}
	return nil
}
