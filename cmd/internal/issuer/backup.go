package issuer

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"tallystick/cmd/internal/durable"
	"tallystick/cmd/internal/ledger"
	"tallystick/reserve"
)

// Backup copies the sealed keyring and the ledger, as of one moment, into a new directory, which
// appears whole or not at all. Others may go on working. It returns how far the copied journal goes.
// The refusal is AlreadyExists.
func (is *Issuer) Backup(ctx context.Context, dir string) (t ledger.Tree, err error) {
	dir = filepath.Clean(dir)
	if _, err := os.Lstat(dir); err == nil {
		return t, reserve.Refuse(reserve.AlreadyExists, "%q exists; a backup never overwrites", dir)
	}
	sealed, err := readKeyring(is.home)
	if err != nil {
		return t, err
	}
	building, err := os.MkdirTemp(filepath.Dir(dir), ".tallystick-*") // mode 0700
	if err != nil {
		return t, fmt.Errorf("writing a backup: %w", err)
	}
	defer os.RemoveAll(building)
	if err := durable.Create(filepath.Join(building, keyringFile), sealed); err != nil {
		return t, err
	}
	if t, err = is.ledger.Backup(ctx, filepath.Join(building, ledgerFile)); err != nil {
		return t, err
	}
	return t, moveNew(building, dir)
}

// moveNew gives a finished directory its name, which nothing has.
func moveNew(building, dir string) error {
	if err := os.Rename(building, dir); err != nil {
		return fmt.Errorf("putting %q in place: %w", dir, err)
	}
	return durable.SyncDir(filepath.Dir(dir))
}

// A Restored tells what Restore did.
type Restored struct {
	Books  ledger.Tree
	Aside  string // where the home that was there is now; "" when there was none
	Frozen error  // why the restored books are frozen; nil when nothing was lost
}

// Restore puts a backup in the place of a home, and a home that is there beside it: nothing is
// deleted. Books that are behind their anchor are frozen then. Refusals are those of Open, and
// KeyringMissing.
func Restore(ctx context.Context, home, from string, w World) (r Restored, err error) {
	if home, err = followed(home); err != nil {
		return r, err
	}
	if err := os.MkdirAll(filepath.Dir(home), 0o700); err != nil {
		return r, fmt.Errorf("making the home: %w", err)
	}
	building, err := os.MkdirTemp(filepath.Dir(home), ".tallystick-*")
	if err != nil {
		return r, fmt.Errorf("making the home: %w", err)
	}
	defer os.RemoveAll(building)
	sealed, err := readKeyring(from)
	if err != nil {
		return r, err
	}
	if err := durable.Create(filepath.Join(building, keyringFile), sealed); err != nil {
		return r, err
	}
	if err := copyLedger(ctx, filepath.Join(from, ledgerFile), filepath.Join(building, ledgerFile)); err != nil {
		return r, err
	}
	if r.Aside, err = setAside(home, w); err != nil {
		return r, err
	}
	if err := moveNew(building, home); err != nil {
		return r, err
	}
	return r, r.look(ctx, home, w)
}

// copyLedger copies the ledger of a backup as Backup made it: through the engine, since a copy that
// somebody made by hand may have its newest part in a file beside it.
func copyLedger(ctx context.Context, from, to string) error {
	l, err := ledger.OpenReadOnly(from)
	if err != nil {
		return err
	}
	defer l.Close()
	_, err = l.Backup(ctx, to)
	return err
}

// setAside renames a home that is there; an empty one is removed.
func setAside(home string, w World) (aside string, err error) {
	entries, err := os.ReadDir(home)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "", nil
	case err != nil:
		return "", fmt.Errorf("looking at the home: %w", err)
	case len(entries) == 0:
		return "", os.Remove(home)
	}
	aside = home + w.Now().UTC().Format(".replaced-20060102T150405")
	if _, err := os.Lstat(aside); err == nil {
		return "", reserve.Refuse(reserve.AlreadyExists, "%q exists; the home can't be put aside", aside)
	}
	if err := os.Rename(home, aside); err != nil {
		return "", fmt.Errorf("putting the home aside: %w", err)
	}
	return aside, durable.SyncDir(filepath.Dir(home))
}

func (r *Restored) look(ctx context.Context, home string, w World) error {
	is, err := OpenReadOnly(home, w)
	if err != nil {
		return err
	}
	defer is.Close()
	return is.View(ctx, func(tx *ledger.Tx) error {
		if r.Books, err = tx.Tree(); err != nil {
			return err
		}
		r.Frozen = is.Frozen(tx)
		if reasonOf(r.Frozen) != reserve.Frozen {
			err, r.Frozen = r.Frozen, nil
		}
		return err
	})
}
