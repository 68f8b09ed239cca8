package ledger

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"

	"tallystick/reserve"
)

// privateMode lets only the owner read or write.
const privateMode = 0o600

// sidecars are the files that SQLite keeps beside the ledger while it is open.
var sidecars = []string{"-wal", "-shm"}

// findFile follows links and makes sure that the file is a ledger before SQLite sees it: opening a
// file of another program could leave something beside it, or play its log back.
func findFile(path string) (string, error) {
	file, err := filepath.EvalSymlinks(path)
	if err == nil {
		file, err = filepath.Abs(file)
	}
	var info fs.FileInfo
	if err == nil {
		info, err = os.Stat(file)
	}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "", reserve.Refuse(reserve.LedgerMissing, "there is no ledger at %q", path)
	case err != nil:
		return "", fmt.Errorf("opening ledger: %w", err)
	case !info.Mode().IsRegular():
		return "", reserve.Refuse(reserve.LedgerDamaged, "%q is not a file, so not a ledger", path)
	}
	ours, err := hasHeader(file)
	if err != nil {
		return "", fmt.Errorf("opening ledger: %w", err)
	}
	if !ours {
		return "", reserve.Refuse(reserve.LedgerDamaged, "%q is not a ledger", path)
	}
	return file, nil
}

// hasHeader reports whether a file begins as a ledger does (sqlite.org/fileformat2.html, 1.3).
// Closing it would drop POSIX locks that this process has on it; the engine takes other locks.
func hasHeader(file string) (bool, error) {
	f, err := os.Open(file)
	if err != nil {
		return false, err
	}
	defer f.Close()
	var header [100]byte
	if _, err := io.ReadFull(f, header[:]); err != nil {
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return false, nil
		}
		return false, err
	}
	return string(header[:16]) == "SQLite format 3\x00" && binary.BigEndian.Uint32(header[68:]) == applicationID, nil
}

// privateFiles makes the sidecars with privateMode before SQLite would make them with whatever the
// umask leaves, and narrows those that are there.
func privateFiles(path string) error {
	for _, suffix := range sidecars {
		f, err := os.OpenFile(path+suffix, os.O_RDWR|os.O_CREATE|os.O_EXCL, privateMode)
		if err == nil {
			err = f.Close()
		}
		if errors.Is(err, fs.ErrExist) {
			err = os.Chmod(path+suffix, privateMode)
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// syncDir makes new names in a directory durable. Windows has no way to say so.
func syncDir(dir string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
