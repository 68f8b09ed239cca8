package issuer

import (
	"context"

	"tallystick/cmd/internal/ledger"
	"tallystick/keys"
	"tallystick/reserve"
)

// Settings are what an officer may switch on an account. Nil leaves it as it is; a new account
// has everything off.
type Settings struct {
	Reservation   *bool
	ExportControl *bool
	Holding       *bool
	Coterm        *keys.Day // the day that subscriptions bought to it end on, at the earliest today; 0: none

	FailedOpen     *ledger.Limit // see ledger.FailedPolicy
	FailedLicenses *ledger.Limit
	FailedYear     *ledger.Limit
}

// check refuses a co-termination date that is over.
func (s Settings) check(today keys.Day) error {
	if s.Coterm != nil && *s.Coterm != 0 && *s.Coterm < today {
		return reserve.Refuse(reserve.OutOfRange, "the co-termination date %s is over", *s.Coterm)
	}
	return nil
}

// NewAccount opens an account, and those above it that don't exist yet, everything off. Opening
// one that exists with the same settings, or without naming any, is repeated; with others it is
// refused as AlreadyExists. A co-termination date that is over is OutOfRange. A closed one is opened
// again. AccountClosed is that one above it is closed.
func (o *Officer) NewAccount(ctx context.Context, path ledger.Path, s Settings, memo Memo, dry bool) (a ledger.Account, repeated bool, err error) {
	err = o.act(ctx, memo, dry, func(tx *ledger.Tx, t reserve.Trust) error {
		want := ledger.Account{Path: path, Settings: s.apply(ledger.Settings{})}
		a, err = tx.Account(path)
		if err == nil && a.Closed {
			return o.reopen(tx, t, &a, s, memo)
		}
		if err == nil {
			if repeated = a == want || s == (Settings{}); !repeated {
				return reserve.Refuse(reserve.AlreadyExists, "account %q exists with other settings", path)
			}
			return nil
		}
		if reasonOf(err) != reserve.UnknownAccount {
			return err
		}
		if err := s.check(o.today()); err != nil {
			return err
		}
		if err := tx.AddAccount(path, want.Settings); err != nil {
			return err
		}
		a = want
		_, err = o.append(tx, t, eventAccount, path.String(), accountRecord(a, memo))
		return err
	})
	return a, repeated, err
}

// reopen opens a closed account again, with the settings it had but for those that are named.
func (o *Officer) reopen(tx *ledger.Tx, t reserve.Trust, a *ledger.Account, s Settings, memo Memo) error {
	if err := tx.ReopenAccount(a.Path); err != nil {
		return err
	}
	a.Closed, a.Settings = false, s.apply(a.Settings)
	if err := tx.SetAccount(a.Path, a.Settings); err != nil {
		return err
	}
	_, err := o.append(tx, t, eventAccount, a.Path.String(), accountRecord(*a, memo))
	return err
}

// SetAccount changes an account's settings. Changing nothing is repeated. Refusals are
// UnknownAccount and OutOfRange, for a co-termination date that is over.
func (o *Officer) SetAccount(ctx context.Context, path ledger.Path, s Settings, memo Memo, dry bool) (a ledger.Account, repeated bool, err error) {
	err = o.act(ctx, memo, dry, func(tx *ledger.Tx, t reserve.Trust) error {
		before, err := tx.Account(path)
		if err != nil {
			return err
		}
		a = ledger.Account{Path: path, Settings: s.apply(before.Settings)}
		if repeated = a == before; repeated {
			return nil
		}
		if err := s.check(o.today()); err != nil {
			return err
		}
		if err := tx.SetAccount(path, a.Settings); err != nil {
			return err
		}
		_, err = o.append(tx, t, eventAccount, path.String(), accountRecord(a, memo))
		return err
	})
	return a, repeated, err
}

func (s Settings) apply(a ledger.Settings) ledger.Settings {
	set := func(to *bool, from *bool) {
		if from != nil {
			*to = *from
		}
	}
	set(&a.Reservation, s.Reservation)
	set(&a.ExportControl, s.ExportControl)
	set(&a.Holding, s.Holding)
	if s.Coterm != nil {
		a.Coterm = *s.Coterm
	}
	for _, l := range []struct{ to, from *ledger.Limit }{{&a.Failed.Open, s.FailedOpen}, {&a.Failed.Licenses, s.FailedLicenses}, {&a.Failed.Year, s.FailedYear}} {
		if l.from != nil {
			*l.to = *l.from
		}
	}
	return a
}

func accountRecord(a ledger.Account, memo Memo) accountEvent {
	limit := func(l ledger.Limit) *uint32 {
		if !l.Set {
			return nil
		}
		return &l.N
	}
	return accountEvent{Path: a.Path.String(), Reservation: a.Reservation, Export: a.ExportControl, Holding: a.Holding,
		Coterm: dayText(a.Coterm), FailedOpen: limit(a.Failed.Open), FailedLicenses: limit(a.Failed.Licenses), FailedYear: limit(a.Failed.Year),
		Closed: a.Closed, Memo: memo}
}
