package issuer

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// WriteManyPublic is WritePublic for one of very many files: it is put into its place whole, but what is
// there after a power cut is certain only when SyncFiles has returned. A file that holds just this is
// left alone. What a killed process left of it is replaced.
func WriteManyPublic(path, prefix string, data []byte) error {
	present, err := readBegin(path, len(data)+1)
	if err == nil && bytes.Equal(present, data) {
		return nil
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("writing %q: %w", path, err)
	}
	if err := checkKind(path, prefix); err != nil {
		return err
	}
	beside := filepath.Join(filepath.Dir(path), "."+filepath.Base(path)+".new")
	if err := os.WriteFile(beside, data, 0o644); err != nil {
		_ = os.Remove(beside)
		return fmt.Errorf("writing %q: %w", path, err)
	}
	if err := os.Rename(beside, path); err != nil {
		_ = os.Remove(beside)
		return fmt.Errorf("writing %q: %w", path, err)
	}
	return nil
}

// SyncFiles makes everything durable that was written.
func SyncFiles() { syncFiles() }
