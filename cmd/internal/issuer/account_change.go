package issuer

import (
	"context"

	"tallystick/cmd/internal/ledger"
	"tallystick/reserve"
)

// A Renamed is an account with its new path.
type Renamed struct {
	ledger.Account
	Failed ledger.FailedStand // what the accounts it was below do not count any more; zero when they still do
}

// RenameAccount gives an account, and those below it, another path. Devices and licenses stay with
// it. One that has the path already is repeated: there is nothing under the old one. Refusals are
// those of ledger.RenameAccount.
func (o *Officer) RenameAccount(ctx context.Context, from, to ledger.Path, memo Memo, dry bool) (a Renamed, repeated bool, err error) {
	err = o.act(ctx, memo, dry, func(tx *ledger.Tx, t reserve.Trust) error {
		_, err := tx.Account(from)
		if reasonOf(err) == reserve.UnknownAccount {
			renamed, again := o.renamedBefore(tx, from, to)
			if again {
				a.Account, repeated = renamed, true
				return nil
			}
			return err
		}
		if err != nil {
			return err
		}
		if above := from.Parent(); !above.IsZero() && !(ledger.Scope{Account: above, Below: true}).Has(to) {
			stands, err := tx.FailedStands(from, o.today())
			if err != nil {
				return err
			}
			a.Failed = stands[len(stands)-1]
		}
		if err := tx.RenameAccount(from, to); err != nil {
			return err
		}
		if a.Account, err = tx.Account(to); err != nil {
			return err
		}
		_, err = o.append(tx, t, eventRename, to.String(), renameEvent{From: from.String(), To: to.String(), Memo: memo})
		return err
	})
	return a, repeated, err
}

// renamedBefore reports whether the account at to had the path from before.
func (o *Officer) renamedBefore(tx *ledger.Tx, from, to ledger.Path) (ledger.Account, bool) {
	a, err := tx.Account(to)
	if err != nil {
		return a, false
	}
	had, err := tx.HadPath(to, from)
	return a, err == nil && had
}

// CloseAccount closes an account that holds nothing. A closed one is repeated. Refusals are
// UnknownAccount and NotEmpty.
func (o *Officer) CloseAccount(ctx context.Context, path ledger.Path, memo Memo, dry bool) (a ledger.Account, repeated bool, err error) {
	err = o.act(ctx, memo, dry, func(tx *ledger.Tx, t reserve.Trust) error {
		var err error
		if a, err = tx.Account(path); err != nil {
			return err
		}
		if repeated = a.Closed; repeated {
			return nil
		}
		if err := tx.CloseAccount(path, o.today()); err != nil {
			return err
		}
		a.Closed = true
		_, err = o.append(tx, t, eventAccount, path.String(), accountRecord(a, memo))
		return err
	})
	return a, repeated, err
}
