package issuer

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"

	"tallystick/reserve"
)

// writeFile writes a new file with mode 0600 and makes it and its directory durable. It refuses
// an existing file.
func writeFile(path string, data []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("creating %q: %w", path, err)
	}
	if err := fill(f, data); err != nil {
		return err
	}
	return syncDir(filepath.Dir(path))
}

// fill writes a file that was just created, and removes it when that fails.
func fill(f *os.File, data []byte) error {
	_, err := f.Write(data)
	if err == nil {
		err = f.Sync()
	}
	if closing := f.Close(); err == nil {
		err = closing
	}
	if err != nil {
		_ = os.Remove(f.Name())
		return fmt.Errorf("writing %q: %w", f.Name(), err)
	}
	return nil
}

// replaceFile writes a file beside path, makes it durable and puts it in path's place, so that
// at every moment path is the old file or the new one. No two processes may do so at once.
func replaceFile(path string, data []byte) error {
	beside := path + ".new"
	if err := os.Remove(beside); err != nil && !os.IsNotExist(err) { // left by a crash
		return err
	}
	if err := writeFile(beside, data); err != nil {
		return err
	}
	return rename(beside, path)
}

func rename(from, to string) error {
	if err := os.Rename(from, to); err != nil {
		_ = os.Remove(from)
		return fmt.Errorf("replacing %q: %w", to, err)
	}
	return syncDir(filepath.Dir(to))
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

// WritePublic writes a file that holds no secret, with mode 0644. It replaces a file that begins
// with prefix, an earlier one of its kind, and no other: the refusal is AlreadyExists.
func WritePublic(path, prefix string, data []byte) error {
	if err := checkKind(path, prefix); err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-*")
	if err != nil {
		return fmt.Errorf("writing %q: %w", path, err)
	}
	if err := fill(f, data); err != nil {
		return err
	}
	if err := os.Chmod(f.Name(), 0o644); err != nil {
		_ = os.Remove(f.Name())
		return fmt.Errorf("writing %q: %w", path, err)
	}
	return rename(f.Name(), path)
}

// checkKind refuses a path where something else is than a file that begins with prefix, or nothing.
func checkKind(path, prefix string) error {
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("writing %q: %w", path, err)
	}
	if info.Mode().IsRegular() {
		begin, err := readBegin(path, len(prefix))
		if err != nil {
			return fmt.Errorf("writing %q: %w", path, err)
		}
		if len(begin) == 0 || string(begin) == prefix {
			return nil
		}
	}
	return reserve.Refuse(reserve.AlreadyExists, "%q is something else than an earlier file of this kind; it is not replaced", path)
}

func readBegin(path string, n int) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, int64(n)))
}
