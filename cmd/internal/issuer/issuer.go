package issuer

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"tallystick/cmd/internal/ledger"
	"tallystick/keys"
	"tallystick/keys/keyring"
	"tallystick/reserve"
)

// The files of a home.
const (
	keyringFile = "keyring.age"
	ledgerFile  = "ledger.db"
	draftFile   = "entry"
)

// maxKeyring bounds the keyring file, in bytes.
const maxKeyring = 1 << 20

// A World is what an issuer takes from outside.
type World struct {
	Now        func() time.Time
	Rand       io.Reader
	WorkFactor int    // scrypt cost of a keyring sealed from now on, as a power of two
	Actor      string // who runs the program, as the system says
	AnchorDir  string // where anchors are kept: outside the home, made when it is missing
}

// An Issuer is an opened home.
type Issuer struct {
	home   string
	world  World
	ledger *ledger.Ledger
}

// Open opens a home that Init made. Refusals are LedgerMissing, LedgerDamaged, Unsupported, Busy.
func Open(home string, w World) (*Issuer, error) {
	l, err := ledger.Open(filepath.Join(home, ledgerFile))
	if err != nil {
		return nil, err
	}
	return &Issuer{home, w, l}, nil
}

// OpenReadOnly opens a home for what changes nothing. Its refusals are those of Open.
func OpenReadOnly(home string, w World) (*Issuer, error) {
	l, err := ledger.OpenReadOnly(filepath.Join(home, ledgerFile))
	if err != nil {
		return nil, err
	}
	return &Issuer{home, w, l}, nil
}

// ClockBehind reports whether this machine's clock is more than an hour behind the newest journal
// entry, and the time of that: licenses would then look as if they had not begun.
func (is *Issuer) ClockBehind(ctx context.Context) (last time.Time, behind bool, err error) {
	err = is.ledger.View(ctx, func(tx *ledger.Tx) error {
		sequence, _, err := tx.Head()
		if err != nil {
			return err
		}
		e, _, err := tx.Entry(sequence)
		last = e.Time
		return err
	})
	return last, is.world.Now().Before(last.Add(-time.Hour)), err
}

// KeyringPath returns the file of the sealed keyring.
func (is *Issuer) KeyringPath() string { return filepath.Join(is.home, keyringFile) }

// LedgerPath returns the file of the ledger.
func (is *Issuer) LedgerPath() string { return is.ledger.Path() }

// Close closes the ledger.
func (is *Issuer) Close() error { return is.ledger.Close() }

// DraftPath returns the file that keeps an interrupted line entry of a verb.
func (is *Issuer) DraftPath(verb string) string { return filepath.Join(is.home, draftFile+"-"+verb) }

func (is *Issuer) today() keys.Day { return keys.DayOf(is.world.Now()) }

// Trust returns the trust bundle of this issuer.
func (is *Issuer) Trust(ctx context.Context) (t reserve.Trust, err error) {
	err = is.ledger.View(ctx, func(tx *ledger.Tx) error {
		t, err = tx.Trust()
		return err
	})
	return t, err
}

// View runs f on a consistent view of the books.
func (is *Issuer) View(ctx context.Context, f func(*ledger.Tx) error) error {
	return is.ledger.View(ctx, f)
}

// An Officer is an issuer with its keyring unlocked.
type Officer struct {
	*Issuer
	ring       keyring.Ring
	sealed     []byte // the file that ring was read from
	passphrase []byte
	standIn    *standIn // signs instead of ring what is only supposed; nil for an officer
}

// Format keeps the passphrase out of messages, whatever the verb.
func (o *Officer) Format(f fmt.State, _ rune) { fmt.Fprintf(f, "officer of %q", o.home) }

// Unlock opens the keyring. Errors are keyring.ErrPassphrase, keyring.ErrNotApproved and the refusals KeyringMissing and
// KeyringDamaged.
func (is *Issuer) Unlock(passphrase []byte) (*Officer, error) {
	data, err := readKeyring(is.home)
	if err != nil {
		return nil, err
	}
	ring, err := openRing(data, passphrase)
	if err != nil {
		return nil, err
	}
	return &Officer{Issuer: is, ring: ring, sealed: data, passphrase: append([]byte(nil), passphrase...)}, nil
}

func openRing(data, passphrase []byte) (keyring.Ring, error) {
	ring, err := keyring.Open(data, passphrase)
	switch {
	case err == nil, errors.Is(err, keyring.ErrPassphrase), errors.Is(err, keyring.ErrNotApproved):
		return ring, err
	case errors.Is(err, keys.ErrUnsupported):
		return keyring.Ring{}, reserve.Refuse(reserve.Unsupported, "keyring: %v", err)
	}
	return keyring.Ring{}, reserve.Refuse(reserve.KeyringDamaged, "keyring: %v", err)
}

func readKeyring(home string) ([]byte, error) {
	return readSealed(filepath.Join(home, keyringFile))
}

// readSealed reads a keyring file, never more than a keyring can have.
func readSealed(path string) ([]byte, error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, reserve.Refuse(reserve.KeyringMissing, "no keyring at %q", path)
	}
	if err != nil {
		return nil, reserve.Refuse(reserve.KeyringDamaged, "reading the keyring: %v", err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxKeyring+1))
	if err != nil || len(data) > maxKeyring {
		return nil, reserve.Refuse(reserve.KeyringDamaged, "reading the keyring %q: more than %d bytes, or %v", path, maxKeyring, err)
	}
	return data, nil
}

// signer returns the key this officer signs with in a role under trust t: the one in the keyring
// that the newest root lists as active. The refusal is RoleMissing.
func (o *Officer) signer(t reserve.Trust, role keys.Role) (keys.PrivateKey, error) {
	for _, listed := range t.Root().Keys() {
		if listed.Status != keys.Active || !listed.Roles.Has(role) {
			continue
		}
		if entry, ok := o.ring.Find(listed.Public.Fingerprint()); ok {
			return entry.Key, nil
		}
	}
	return keys.PrivateKey{}, reserve.Refuse(reserve.RoleMissing, "this keyring has no active key with the role %s", role)
}

// append writes a journal entry that the officer signs.
func (o *Officer) append(tx *ledger.Tx, t reserve.Trust, kind, subject string, event any) (ledger.Entry, error) {
	return o.appendAs(tx, t, keys.RoleIssue, kind, subject, event)
}

// appendAs is append for an act that takes a role of its own.
func (o *Officer) appendAs(tx *ledger.Tx, t reserve.Trust, role keys.Role, kind, subject string, event any) (ledger.Entry, error) {
	e := ledger.Event{Time: o.world.Now(), Kind: kind, Subject: subject, Actor: o.world.Actor, Body: body(event)}
	if o.standIn != nil {
		return tx.Append(e)
	}
	var err error
	if e.Signer, err = o.signer(t, role); err != nil {
		return ledger.Entry{}, err
	}
	if e.Log, err = o.signer(t, keys.RoleLog); err != nil {
		return ledger.Entry{}, err
	}
	return tx.Append(e)
}
