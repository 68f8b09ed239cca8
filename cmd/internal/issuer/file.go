package issuer

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
)

// writeFile writes a new file with mode 0600 and makes it and its directory durable. It refuses
// an existing file.
func writeFile(path string, data []byte) (err error) {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("creating %q: %w", path, err)
	}
	defer func() {
		if err != nil {
			_ = os.Remove(path)
		}
	}()
	_, err = f.Write(data)
	if err == nil {
		err = f.Sync()
	}
	if closing := f.Close(); err == nil {
		err = closing
	}
	if err != nil {
		return fmt.Errorf("writing %q: %w", path, err)
	}
	return syncDir(filepath.Dir(path))
}

// replaceFile writes a file beside path, makes it durable and puts it in path's place, so that
// at every moment path is the old file or the new one.
func replaceFile(path string, data []byte) error {
	beside := path + ".new"
	if err := os.Remove(beside); err != nil && !os.IsNotExist(err) { // left by a crash
		return err
	}
	if err := writeFile(beside, data); err != nil {
		return err
	}
	if err := os.Rename(beside, path); err != nil {
		return fmt.Errorf("replacing %q: %w", path, err)
	}
	return syncDir(filepath.Dir(path))
}

// syncDir makes a rename in dir durable. Windows has no such call and no need of it.
func syncDir(dir string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}

// WritePublic writes a file that holds no secret, in place of one that is there, with mode 0644.
func WritePublic(path string, data []byte) error {
	if err := replaceFile(path, data); err != nil {
		return err
	}
	return os.Chmod(path, 0o644)
}
