package issuer

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"tallystick/cmd/internal/durable"
	"tallystick/cmd/internal/ledger"
	"tallystick/keys"
	"tallystick/keys/keyring"
	"tallystick/reserve"
)

// The keyring is a file, and the ledger's lock is its lock: whoever writes it does so inside a
// transaction that writes, so that no two processes do at once.

// keyringPath returns where the keyring is. It may be a link to a disk that is kept apart: what is
// written has to go there, and not beside the ledger.
func keyringPath(home string) string {
	path := filepath.Join(home, keyringFile)
	if real, err := filepath.EvalSymlinks(path); err == nil {
		return real
	}
	return path
}

// withKey returns an officer whose keyring has one more key, in memory alone.
func (o *Officer) withKey(name string, key keys.Key, private keys.PrivateKey) (*Officer, error) {
	entry := keyring.Entry{Index: key.Index, Roles: key.Roles, Name: name, Key: private, Created: o.today()}
	ring, err := keyring.New(append(o.ring.Entries(), entry)...)
	if err != nil {
		return nil, reserve.Refuse(reserve.InvalidName, "key %q: %v", name, err)
	}
	next := *o
	next.ring = ring
	return &next, nil
}

// writeRing seals ring into the file. The refusal is Busy when the file is no longer the one that
// this officer opened: it may hold a key that ring lacks, and nobody else has it.
func (o *Officer) writeRing(_ *ledger.Tx, ring keyring.Ring, passphrase []byte) error {
	present, err := readKeyring(o.home)
	if err != nil {
		return err
	}
	if !bytes.Equal(present, o.sealed) {
		return reserve.Refuse(reserve.Busy, "another process changed the keyring since it was opened")
	}
	sealed, err := ring.Seal(passphrase, o.world.WorkFactor)
	if err != nil {
		return err
	}
	if err := replaceFile(keyringPath(o.home), sealed); err != nil {
		return err
	}
	o.ring, o.sealed = ring, sealed
	return nil
}

// SetPassphrase seals the keyring under another passphrase. Copies made before keep the old one.
// The refusal is Busy.
func (o *Officer) SetPassphrase(passphrase []byte) error {
	err := o.ledger.Update(context.Background(), func(tx *ledger.Tx) error {
		return o.writeRing(tx, o.ring, passphrase)
	})
	if err != nil {
		return err
	}
	clear(o.passphrase)
	o.passphrase = bytes.Clone(passphrase)
	return nil
}

// BackupKeys copies the sealed keyring to a new file, after it was opened with the passphrase:
// what is kept is known to work. It refuses an existing file as AlreadyExists.
func (o *Officer) BackupKeys(path string) error {
	data, err := readKeyring(o.home)
	if err != nil {
		return err
	}
	if _, err := openRing(data, o.passphrase); err != nil {
		return err
	}
	if err := durable.Create(path, data); errors.Is(err, fs.ErrExist) {
		return reserve.Refuse(reserve.AlreadyExists, "%q exists; a backup never overwrites", path)
	} else if err != nil {
		return err
	}
	return nil
}

// RestoreKeys puts a backup in the place of a missing or damaged keyring, after opening it with
// the passphrase. A keyring that is whole is not replaced: the refusal is AlreadyExists. One that
// has no key of this issuer is refused as UnknownIssuer. It returns the active keys that the backup
// lacks: an older one doesn't have what was made since. A backup that is in place already is
// repeated.
func (is *Issuer) RestoreKeys(path string, passphrase []byte) (lacking []keys.Key, repeated bool, err error) {
	data, err := readSealed(path)
	if err != nil {
		return nil, false, err
	}
	ring, err := openRing(data, passphrase)
	if err != nil {
		return nil, false, err
	}
	err = is.ledger.Update(context.Background(), func(tx *ledger.Tx) error {
		t, err := tx.Trust()
		if err != nil {
			return err
		}
		if !hasKeyOf(ring, t) {
			return reserve.Refuse(reserve.UnknownIssuer, "the keyring %q is of another issuer: %q lists none of its keys", path, t.Root().Name())
		}
		for _, k := range t.Root().Keys() {
			if _, ok := ring.Find(k.Public.Fingerprint()); !ok && k.Status == keys.Active {
				lacking = append(lacking, k)
			}
		}
		repeated, err = is.putKeyring(data, passphrase)
		return err
	})
	if err != nil {
		return nil, false, err
	}
	return lacking, repeated, nil
}

func hasKeyOf(ring keyring.Ring, t reserve.Trust) bool {
	return slices.ContainsFunc(t.Root().Keys(), func(k keys.Key) bool {
		_, ok := ring.Find(k.Public.Fingerprint())
		return ok
	})
}

// putKeyring writes a keyring where there is none that is whole. Just this one is repeated.
func (is *Issuer) putKeyring(data, passphrase []byte) (repeated bool, err error) {
	target := keyringPath(is.home)
	present, err := readKeyring(is.home)
	if reasonOf(err) == reserve.KeyringMissing {
		return false, durable.Create(target, data)
	}
	if err != nil {
		return false, err
	}
	if bytes.Equal(present, data) {
		return true, nil
	}
	if _, err := openRing(present, passphrase); reasonOf(err) != reserve.KeyringDamaged {
		return false, reserve.Refuse(reserve.AlreadyExists, "the keyring %q is whole; it is not replaced", target)
	}
	if err := os.Rename(target, target+".damaged"); err != nil {
		return false, err
	}
	return false, durable.Create(target, data)
}
