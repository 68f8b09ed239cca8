package ledger

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

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
	header, err := readHeader(file)
	switch {
	case err != nil:
		return "", fmt.Errorf("opening ledger: %w", err)
	case string(header[:16]) != "SQLite format 3\x00" || binary.BigEndian.Uint32(header[68:]) != applicationID:
		return "", reserve.Refuse(reserve.LedgerDamaged, "%q is not a ledger", path)
	case binary.BigEndian.Uint32(header[60:]) > schemaVersion:
		return file, nil // a newer program made its pages as it likes
	case binary.BigEndian.Uint16(header[16:]) != pageSize || header[20] != sqlite.reserved:
		// Without the right byte no checksum would be looked at.
		return "", reserve.Refuse(reserve.LedgerDamaged, "ledger %q is damaged: its pages are not those of a ledger", path)
	}
	return file, nil
}

// readHeader reads the header of a database (sqlite.org/fileformat2.html, 1.3), zeros if the file is
// too short for one. Closing the file would drop POSIX locks that this process has on it; the engine
// takes other locks.
func readHeader(file string) (header [100]byte, err error) {
	f, err := os.Open(file)
	if err != nil {
		return header, err
	}
	defer f.Close()
	if _, err := io.ReadFull(f, header[:]); err != nil {
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return [100]byte{}, nil
		}
		return header, err
	}
	return header, nil
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
