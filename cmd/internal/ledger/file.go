package ledger

import (
	"errors"
	"io/fs"
	"os"
	"runtime"
)

// privateMode lets only the owner read or write.
const privateMode = 0o600

// sidecars are the files that SQLite keeps beside the ledger while it is open.
var sidecars = []string{"-wal", "-shm"}

// privateFiles makes the sidecars with privateMode before SQLite would make them with whatever the
// umask leaves, and narrows those that are there. Nothing is opened that exists already: closing it
// would drop the POSIX locks of another handle of this process.
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
