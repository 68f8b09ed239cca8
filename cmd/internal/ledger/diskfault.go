package ledger

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
)

// probeSize is a little more than SQLite needs at once beside the file, in bytes: its -shm has 32 KiB.
const probeSize = 64 << 10

// diskFault says what the disk has against the ledger. SQLite's own error seldom tells: the engine
// forgets what the system said with the next call that succeeds, and the driver names whatever
// pragma it was about to set. Where no cause came with the error, a file is written beside the
// ledger and removed again: what fails of that is the cause.
func (l *Ledger) diskFault(err error) error {
	var cause syscall.Errno
	if !errors.As(err, &cause) {
		probed := probe(filepath.Dir(l.file))
		if !errors.As(probed, &cause) {
			return fmt.Errorf("ledger %q: the disk failed: %w", l.path, plainError(err))
		}
	}
	return fmt.Errorf("ledger %q can't be written: %w", l.path, cause)
}

// plainError leaves out what the driver was about to do.
func plainError(err error) error {
	for inner := errors.Unwrap(err); inner != nil && sqlite.code(inner) != 0; inner = errors.Unwrap(inner) {
		err = inner
	}
	return err
}

// probe tries to write a file in a directory.
func probe(dir string) error {
	f, err := os.CreateTemp(dir, ".probe-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	_, err = f.Write(make([]byte, probeSize))
	return errors.Join(err, f.Sync(), f.Close())
}
