package issuer

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"tallystick/keys"
	"tallystick/keys/keyring"
	"tallystick/reserve"
)

// addToRing writes the keyring with one more key.
func (o *Officer) addToRing(name string, key keys.Key, private keys.PrivateKey, dry bool) error {
	entry := keyring.Entry{Index: key.Index, Roles: key.Roles, Name: name, Key: private, Created: o.today()}
	ring, err := keyring.New(append(o.ring.Entries(), entry)...)
	if err != nil {
		return reserve.Refuse(reserve.InvalidName, "key %q: %v", name, err)
	}
	if dry {
		return nil
	}
	if err := o.writeRing(ring, o.passphrase); err != nil {
		return err
	}
	o.ring = ring
	return nil
}

func (o *Officer) writeRing(ring keyring.Ring, passphrase []byte) error {
	sealed, err := ring.Seal(passphrase, o.world.WorkFactor)
	if err != nil {
		return err
	}
	return replaceFile(filepath.Join(o.home, keyringFile), sealed)
}

// SetPassphrase seals the keyring under another passphrase. Copies made before keep the old one.
func (o *Officer) SetPassphrase(passphrase []byte) error {
	if err := o.writeRing(o.ring, passphrase); err != nil {
		return err
	}
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
	if err := writeFile(path, data); errors.Is(err, fs.ErrExist) {
		return reserve.Refuse(reserve.AlreadyExists, "%q exists; a backup never overwrites", path)
	} else if err != nil {
		return err
	}
	return nil
}

// RestoreKeys puts a backup in the place of a missing or damaged keyring, after opening it with
// the passphrase. A keyring that is whole is not replaced: the refusal is AlreadyExists.
func (is *Issuer) RestoreKeys(path string, passphrase []byte) error {
	data, err := readSealed(path)
	if err != nil {
		return err
	}
	if _, err := openRing(data, passphrase); err != nil {
		return err
	}
	target := filepath.Join(is.home, keyringFile)
	present, err := readKeyring(is.home)
	if reasonOf(err) == reserve.KeyringMissing {
		return writeFile(target, data)
	}
	if err != nil {
		return err
	}
	if bytes.Equal(present, data) {
		return nil
	}
	if _, err := openRing(present, passphrase); reasonOf(err) != reserve.KeyringDamaged {
		return reserve.Refuse(reserve.AlreadyExists, "the keyring %q is whole; it is not replaced", target)
	}
	if err := os.Rename(target, target+".damaged"); err != nil {
		return err
	}
	return writeFile(target, data)
}
