package ledger

import (
	"strings"

	"tallystick/keys"
	"tallystick/reserve"
)

const (
	maxDepth   = 8
	maxSegment = 32
)

// A Path names an account: segments of a-z 0-9 . _ -, at most 8, such as acme/plant-7. The zero
// Path names none.
type Path struct{ text string }

// ParsePath reads a path. The refusal is InvalidName.
func ParsePath(s string) (Path, error) {
	segments := strings.Split(s, "/")
	if len(segments) > maxDepth {
		return Path{}, reserve.Refuse(reserve.InvalidName, "account %q: at most %d levels", clip(s), maxDepth)
	}
	for _, segment := range segments {
		if !validSegment(segment) {
			return Path{}, reserve.Refuse(reserve.InvalidName,
				"account %q: each level is 1 to %d of a-z 0-9 . _ -, beginning with a letter or digit, such as acme/plant-7", clip(s), maxSegment)
		}
	}
	return Path{s}, nil
}

func validSegment(s string) bool {
	if s == "" || len(s) > maxSegment || strings.IndexByte("._-", s[0]) >= 0 {
		return false
	}
	return strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789._-") == ""
}

// String returns the path as ParsePath reads it.
func (p Path) String() string { return p.text }

// IsZero reports whether p names no account.
func (p Path) IsZero() bool { return p.text == "" }

// Parent returns the account above, the zero Path for one at the top.
func (p Path) Parent() Path {
	at := strings.LastIndexByte(p.text, '/')
	if at < 0 {
		return Path{}
	}
	return Path{p.text[:at]}
}

// Settings are what an officer switches for an account. Everything is off to begin with.
type Settings struct {
	Reservation   bool     // devices may reserve from it
	ExportControl bool     // export-controlled entitlements too
	Holding       bool     // orders are parked here; nothing can be reserved
	Coterm        keys.Day // the last valid day that new subscriptions may share; 0: none
	Failed        FailedPolicy
}

// An Account holds licenses and devices.
type Account struct {
	Path Path
	Settings
	Closed bool // it held nothing and takes nothing any more; its past stays in the books
}

// AddAccount adds an account with its settings. Accounts above it that are missing are made too,
// with everything off. The refusal is AlreadyExists.
func (tx *Tx) AddAccount(p Path, s Settings) error {
	if _, err := tx.accountID(p); err == nil {
		return reserve.Refuse(reserve.AlreadyExists, "account %q exists already", p)
	} else if !isRefused(err, reserve.UnknownAccount) {
		return err
	}
	_, err := tx.makeAccount(p, s)
	return err
}

func (tx *Tx) makeAccount(p Path, s Settings) (id int64, err error) {
	sequence, err := tx.NextSequence()
	if err != nil {
		return 0, err
	}
	parent, err := tx.parentOf(p)
	if err != nil {
		return 0, err
	}
	return tx.insert(`INSERT INTO account (path, parent, reservation, export_control, holding, coterm, failed_open, failed_licenses, failed_year, sequence)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) RETURNING id`,
		p.text, parent, s.Reservation, s.ExportControl, s.Holding, s.Coterm, s.Failed.Open, s.Failed.Licenses, s.Failed.Year, sequence)
}

// parentOf returns the row above an account, made if it is missing, or nil at the top.
func (tx *Tx) parentOf(p Path) (any, error) {
	above := p.Parent()
	if above.IsZero() {
		return nil, nil
	}
	id, err := tx.openAccountID(above)
	if isRefused(err, reserve.UnknownAccount) {
		id, err = tx.makeAccount(above, Settings{})
	}
	return id, err
}

// openAccountID is accountID for what is given to an account; the refusals are UnknownAccount and
// AccountClosed.
func (tx *Tx) openAccountID(p Path) (int64, error) {
	var id int64
	var closed bool
	found, err := tx.one("SELECT id, closed FROM account WHERE path = $1", []any{p.text}, &id, &closed)
	switch {
	case err != nil:
		return 0, err
	case !found:
		return 0, reserve.Refuse(reserve.UnknownAccount, "there is no account %q", p)
	case closed:
		return 0, reserve.Refuse(reserve.AccountClosed, "account %q is closed", p)
	}
	return id, nil
}

// accountID returns the row of an account; the refusal is UnknownAccount.
func (tx *Tx) accountID(p Path) (int64, error) {
	var id int64
	found, err := tx.one("SELECT id FROM account WHERE path = $1", []any{p.text}, &id)
	if err == nil && !found {
		err = reserve.Refuse(reserve.UnknownAccount, "there is no account %q", p)
	}
	return id, err
}

const selectAccount = "SELECT path, reservation, export_control, holding, coterm, failed_open, failed_licenses, failed_year, closed FROM account"

func (tx *Tx) accounts(query string, args ...any) ([]Account, error) {
	var out []Account
	err := tx.each(query, args, func(scan func(...any) error) error {
		var a Account
		err := scan(&a.Path.text, &a.Reservation, &a.ExportControl, &a.Holding, &a.Coterm, &a.Failed.Open, &a.Failed.Licenses, &a.Failed.Year, &a.Closed)
		out = append(out, a)
		return err
	})
	return out, err
}

// Account returns an account. The refusal is UnknownAccount.
func (tx *Tx) Account(p Path) (Account, error) {
	list, err := tx.accounts(selectAccount+" WHERE path = $1", p.text)
	if err == nil && len(list) == 0 {
		err = reserve.Refuse(reserve.UnknownAccount, "there is no account %q", p)
	}
	return first(list), err
}

// Accounts returns all accounts, closed ones too, by path.
func (tx *Tx) Accounts() ([]Account, error) { return tx.accounts(selectAccount + " ORDER BY path") }

// SetAccount changes the settings of an account. Refusals are UnknownAccount and AccountClosed.
func (tx *Tx) SetAccount(p Path, s Settings) error {
	id, err := tx.openAccountID(p)
	if err != nil {
		return err
	}
	return tx.execOne("account", `UPDATE account SET reservation = $1, export_control = $2, holding = $3, coterm = $4,
		failed_open = $5, failed_licenses = $6, failed_year = $7 WHERE id = $8`,
		s.Reservation, s.ExportControl, s.Holding, s.Coterm, s.Failed.Open, s.Failed.Licenses, s.Failed.Year, id)
}

// Coterm returns the co-termination date that counts for an account, its own or that of the nearest
// account above it that has one, and whose it is; 0 and the zero Path when none has one. The account
// may be one that is still to be made.
func (tx *Tx) Coterm(p Path) (day keys.Day, of Path, err error) {
	for at := p; !at.IsZero(); at = at.Parent() {
		a, err := tx.Account(at)
		switch {
		case isRefused(err, reserve.UnknownAccount):
			continue
		case err != nil:
			return 0, Path{}, err
		case a.Coterm != 0:
			return a.Coterm, at, nil
		}
	}
	return 0, Path{}, nil
}
