package ledger

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"tallystick/cmd/internal/durable"
)

// Backup writes a copy of the ledger, as of one moment, to a file that must not exist, and returns
// the tree that the copy has. Others may write meanwhile.
func (l *Ledger) Backup(ctx context.Context, path string) (t Tree, err error) {
	if _, err := os.Lstat(path); err == nil {
		return t, fmt.Errorf("writing a backup: %q exists", path)
	}
	// SQLite makes the file as anybody may read it: the directory has to be the owner's alone.
	if _, err := l.conn.ExecContext(ctx, "VACUUM INTO $1", path); err != nil {
		_ = os.Remove(path)
		return t, l.explain(ctx, err)
	}
	if sqlite.reserved == checksumSize {
		if err := seal(path); err != nil {
			return t, fmt.Errorf("writing a backup: %w", err)
		}
	}
	if err := finish(path); err != nil {
		return t, fmt.Errorf("writing a backup: %w", err)
	}
	copied, err := OpenReadOnly(path)
	if err != nil {
		return t, err
	}
	defer copied.Close()
	err = copied.View(ctx, func(tx *Tx) error {
		t, err = tx.Tree()
		return err
	})
	return t, err
}

// finish makes a new file private and durable.
func finish(path string) error {
	if err := os.Chmod(path, privateMode); err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	err = f.Sync()
	if closing := f.Close(); err == nil {
		err = closing
	}
	if err != nil {
		return err
	}
	return durable.SyncDir(filepath.Dir(path))
}
