package issuer

import (
	"context"

	"tallystick/cmd/internal/ledger"
	"tallystick/reserve"
)

// MaxExpected bounds the devices of one announcement.
const MaxExpected = 100_000

// Expect records devices that purchasing announced, or takes announcements back with withdraw, all
// or none. changed is how many were not so before. Refusals are InvalidName, UnknownAccount,
// AccountClosed, HoldingAccount and OutOfRange.
func (o *Officer) Expect(ctx context.Context, list []ledger.Expected, withdraw bool, memo Memo, dry bool) (changed int, err error) {
	if len(list) == 0 || len(list) > MaxExpected {
		return 0, reserve.Refuse(reserve.OutOfRange, "%d devices, expected 1 to %d", len(list), MaxExpected)
	}
	if err := distinct(list); err != nil {
		return 0, err
	}
	err = o.act(ctx, memo, dry, func(tx *ledger.Tx, t reserve.Trust) error {
		event := expectEvent{Withdrawn: withdraw, Memo: memo}
		for _, e := range list {
			again, err := expect(tx, e, withdraw)
			if err != nil {
				return err
			}
			if !again {
				event.Devices = append(event.Devices, e.Name())
			}
		}
		if changed = len(event.Devices); changed == 0 {
			return nil
		}
		event.Count = changed
		event.Devices = event.Devices[:min(changed, namedInEvent)]
		_, err := o.append(tx, t, eventExpect, "", event)
		return err
	})
	return changed, err
}

// namedInEvent is how many devices the journal names itself; its content digest covers every row.
const namedInEvent = 100

func expect(tx *ledger.Tx, e ledger.Expected, withdraw bool) (repeated bool, err error) {
	if withdraw {
		return tx.Unexpect(e)
	}
	if !e.Account.IsZero() {
		a, err := tx.Account(e.Account)
		if err != nil {
			return false, err
		}
		if a.Holding {
			return false, reserve.Refuse(reserve.HoldingAccount, "%q is a holding account: no device can be expected there", e.Account)
		}
	}
	return tx.Expect(e)
}

func distinct(list []ledger.Expected) error {
	seen := make(map[string]bool, len(list))
	for _, e := range list {
		if seen[e.Name()] {
			return reserve.Refuse(reserve.OutOfRange, "device %s is named twice", e.Name())
		}
		seen[e.Name()] = true
	}
	return nil
}

// An Arrival says whether purchasing announced a device.
type Arrival string

// The arrivals.
const (
	NothingAnnounced Arrival = "nothing-announced" // no device was ever announced, so none is unexpected
	AsAnnounced      Arrival = "expected"
	OtherAccount     Arrival = "expected-elsewhere" // announced for another account
	Unexpected       Arrival = "unexpected"
)

// arrival looks a device up among those announced.
func arrival(tx *ledger.Tx, u reserve.UDI, account ledger.Path) (Arrival, ledger.Expected, error) {
	e, found, any, err := tx.Announced(u)
	switch {
	case err != nil:
		return "", e, err
	case found && !e.Account.IsZero() && e.Account != account:
		return OtherAccount, e, nil
	case found:
		return AsAnnounced, e, nil
	case any:
		return Unexpected, e, nil
	}
	return NothingAnnounced, e, nil
}
