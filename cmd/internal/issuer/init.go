package issuer

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"tallystick/cmd/internal/durable"
	"tallystick/cmd/internal/ledger"
	"tallystick/keys"
	"tallystick/keys/keyring"
	"tallystick/reserve"
)

// revalidateHours is the running time that a device keeps what a compromised key signed.
const revalidateHours = 30 * 24

// The key indices of a new issuer. Indices are never used again.
const (
	rootKey uint8 = iota + 1
	issueKey
	logKey
)

// A Birth is what a new issuer starts with.
type Birth struct {
	Name       string
	Catalog    []byte // as people write it
	Training   bool
	Passphrase []byte
}

// Init makes a home: three keys sealed under the passphrase, trust root version 1 and an empty
// ledger. The home must not exist or be empty; it appears whole or not at all. Refusals are
// AlreadyInit, InvalidName, InvalidCatalog.
func Init(home string, b Birth, w World) (reserve.Trust, error) {
	ring, trust, err := prepare(home, b, w)
	if err != nil {
		return reserve.Trust{}, err
	}
	if home, err = followed(home); err != nil {
		return reserve.Trust{}, err
	}
	parent := filepath.Dir(home)
	if err := os.MkdirAll(parent, 0o700); err != nil {
		return reserve.Trust{}, fmt.Errorf("making the home: %w", err)
	}
	building, err := os.MkdirTemp(parent, ".tallystick-*")
	if err != nil {
		return reserve.Trust{}, fmt.Errorf("making the home: %w", err)
	}
	defer os.RemoveAll(building)
	if err := fillHome(building, b, ring, trust, w); err != nil {
		return reserve.Trust{}, err
	}
	return trust, publish(building, home)
}

// CheckBirth refuses what Init would refuse, before anybody is asked for a passphrase.
func CheckBirth(home string, b Birth, w World) error {
	_, _, err := prepare(home, b, w)
	return err
}

// prepare makes the keys and the first trust root, and writes nothing.
func prepare(home string, b Birth, w World) (keyring.Ring, reserve.Trust, error) {
	fail := func(err error) (keyring.Ring, reserve.Trust, error) { return keyring.Ring{}, reserve.Trust{}, err }
	if err := checkFree(home); err != nil {
		return fail(err)
	}
	catalog, err := reserve.ReadCatalog(b.Catalog)
	if err != nil {
		return fail(err)
	}
	ring, err := newRing(w)
	if err != nil {
		return fail(err)
	}
	signed, err := firstRoot(b, ring, catalog, keys.DayOf(w.Now()))
	if err != nil {
		return fail(reserve.Refuse(reserve.InvalidName, "trust root: %v", err))
	}
	trust, err := reserve.NewTrust([][]byte{signed}, catalog.Raw())
	return ring, trust, err
}

// followed returns where a link leads: the home may be on another disk, which is perhaps encrypted,
// and must not be made in the place of the link. A link that leads nowhere is an error, since that
// disk may not be there yet.
func followed(home string) (string, error) {
	info, err := os.Lstat(home)
	if err == nil && info.Mode()&fs.ModeSymlink != 0 {
		home, err = filepath.EvalSymlinks(home)
	} else if errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	if err != nil {
		return "", fmt.Errorf("looking at the home: %w", err)
	}
	return filepath.Clean(home), nil
}

// checkFree refuses a home that holds anything.
func checkFree(home string) error {
	home, err := followed(home)
	if err != nil {
		return err
	}
	entries, err := os.ReadDir(home)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return fmt.Errorf("looking at the home: %w", err)
	case len(entries) > 0:
		return reserve.Refuse(reserve.AlreadyInit, "%q is not empty; an issuer is made once, in a directory of its own", home)
	}
	return nil
}

func newRing(w World) (keyring.Ring, error) {
	var entries []keyring.Entry
	for _, e := range []struct {
		index uint8
		roles keys.Role
		name  string
	}{
		{rootKey, keys.RoleRoot, "root"},
		{issueKey, keys.RoleIssue | keys.RoleExport | keys.RoleWriteOff, "issue"},
		{logKey, keys.RoleLog, "log"},
	} {
		key, err := keys.NewPrivateKey(w.Rand)
		if err != nil {
			return keyring.Ring{}, err
		}
		entries = append(entries, keyring.Entry{Index: e.index, Roles: e.roles, Name: e.name, Key: key, Created: keys.DayOf(w.Now())})
	}
	return keyring.New(entries...)
}

func firstRoot(b Birth, ring keyring.Ring, catalog reserve.Catalog, today keys.Day) ([]byte, error) {
	template := keys.RootTemplate{
		Name: b.Name, Training: b.Training, Issued: today,
		RevalidateHours: revalidateHours, CatalogDigest: catalog.Digest(),
	}
	var root keys.PrivateKey
	for _, e := range ring.Entries() {
		template.Keys = append(template.Keys, keys.Key{Index: e.Index, Public: e.Key.Public(), Roles: e.Roles, Status: keys.Active})
		if e.Roles.Has(keys.RoleRoot) {
			root = e.Key
		}
	}
	for _, role := range []keys.Role{keys.RoleRoot, keys.RoleIssue, keys.RoleExport, keys.RoleWriteOff, keys.RoleLog} {
		template.Policies = append(template.Policies, keys.Policy{Role: role, Threshold: 1})
	}
	return template.Sign(nil, root)
}

func fillHome(dir string, b Birth, ring keyring.Ring, t reserve.Trust, w World) error {
	sealed, err := ring.Seal(b.Passphrase, w.WorkFactor)
	if err != nil {
		return err
	}
	if err := durable.Create(filepath.Join(dir, keyringFile), sealed); err != nil {
		return err
	}
	genesis := ledger.Genesis{
		Created: w.Now(), Roots: [][]byte{t.Root().Raw()}, Catalog: t.Catalog().Raw(), Actor: w.Actor,
		Body: body(initEvent{Name: b.Name, Fingerprint: t.Fingerprint().String(), Root: t.Root().Raw(), Training: b.Training}),
	}
	for _, e := range ring.Entries() {
		if e.Roles.Has(keys.RoleIssue) {
			genesis.Signer = e.Key
		}
		if e.Roles.Has(keys.RoleLog) {
			genesis.Log = e.Key
		}
	}
	if _, err := io.ReadFull(w.Rand, genesis.ID[:]); err != nil {
		return err
	}
	if err := ledger.Create(filepath.Join(dir, ledgerFile), genesis); err != nil {
		return err
	}
	return firstAnchor(filepath.Join(dir, ledgerFile), w.AnchorDir)
}

// publish moves the finished directory into place and makes that durable.
func publish(building, home string) error {
	if err := os.Remove(home); err != nil && !errors.Is(err, fs.ErrNotExist) { // an empty directory
		return reserve.Refuse(reserve.AlreadyInit, "%q is in use: %v", home, err)
	}
	if err := os.Rename(building, home); err != nil {
		return fmt.Errorf("putting the home in place: %w", err)
	}
	return durable.SyncDir(filepath.Dir(home))
}
