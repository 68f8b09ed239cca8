package ledger

import (
	"strings"

	"tallystick/keys"
	"tallystick/reserve"
)

// RenameAccount gives an account and those below it another path; those above are made as needed.
// Licenses and devices stay with it. Refusals are UnknownAccount, AlreadyExists, AccountClosed (of
// the account it would be below), InvalidName (too deep), and OutOfRange (below itself).
func (tx *Tx) RenameAccount(from, to Path) error {
	id, err := tx.accountID(from)
	if err != nil {
		return err
	}
	if to == from || strings.HasPrefix(to.text, from.text+"/") {
		return reserve.Refuse(reserve.OutOfRange, "account %q can't be moved to %q, which is itself or below it", from, to)
	}
	if _, err := tx.accountID(to); err == nil {
		return reserve.Refuse(reserve.AlreadyExists, "account %q exists already", to)
	} else if !isRefused(err, reserve.UnknownAccount) {
		return err
	}
	below, err := tx.accountsBelow(from)
	if err != nil {
		return err
	}
	for _, a := range below {
		if _, err := ParsePath(to.text + strings.TrimPrefix(a.Path.text, from.text)); err != nil {
			return err
		}
	}
	parent, err := tx.parentOf(to)
	if err != nil {
		return err
	}
	if err := tx.execOne("account", "UPDATE account SET parent = $1 WHERE id = $2", parent, id); err != nil {
		return tx.fail(err)
	}
	_, err = tx.exec(`UPDATE account SET path = $1 || substr(path, length($2) + 1)
		WHERE path = $2 OR (path > $2 || '/' AND path < $2 || '0')`, to.text, from.text)
	return tx.fail(err)
}

// accountsBelow returns an account and those below it, open and closed, by path.
func (tx *Tx) accountsBelow(p Path) ([]Account, error) {
	return tx.accounts(selectAccount+` WHERE path = $1 OR (path > $1 || '/' AND path < $1 || '0') ORDER BY path`, p.text)
}

// CloseAccount closes an account that holds nothing: no device, no license that has not ended, no
// open account below it. Its past stays in the books. Refusals are UnknownAccount and NotEmpty.
func (tx *Tx) CloseAccount(p Path, today keys.Day) error {
	id, err := tx.accountID(p)
	if err != nil {
		return err
	}
	for _, c := range []struct{ what, query string }{
		{"device %q belongs to it", "SELECT udi FROM device WHERE account = $1 AND superseded = 0 AND standing <> 'written-off' AND $2 >= 0 LIMIT 1"},
		{"it has licenses of %q", `SELECT e.tag FROM lot l JOIN entitlement e ON e.id = l.entitlement
			WHERE l.account = $1 AND l.quantity > 0 AND (l.ends = 0 OR l.ends >= $2) LIMIT 1`},
		{"account %q is below it", "SELECT path FROM account WHERE parent = $1 AND closed = 0 AND $2 >= 0 LIMIT 1"},
	} {
		var name string
		found, err := tx.one(c.query, []any{id, today}, &name)
		if err != nil {
			return err
		}
		if found {
			return reserve.Refuse(reserve.NotEmpty, "account %q can't be closed: "+c.what, p, name)
		}
	}
	return tx.setClosed(id, true)
}

// ReopenAccount opens a closed account again. Refusals are UnknownAccount and AccountClosed (of the
// account above it).
func (tx *Tx) ReopenAccount(p Path) error {
	id, err := tx.accountID(p)
	if err != nil {
		return err
	}
	if above := p.Parent(); !above.IsZero() {
		if _, err := tx.openAccountID(above); err != nil {
			return err
		}
	}
	return tx.setClosed(id, false)
}

func (tx *Tx) setClosed(id int64, closed bool) error {
	return tx.execOne("account", "UPDATE account SET closed = $1 WHERE id = $2", closed, id)
}

// HadPath reports whether an account had another path once.
func (tx *Tx) HadPath(p, once Path) (bool, error) {
	var id int64
	return tx.one(`SELECT a.id FROM account a JOIN account_history h ON h.account = a.id
		WHERE a.path = $1 AND h.path = $2 LIMIT 1`, []any{p.text, once.text}, &id)
}
