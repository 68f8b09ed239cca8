package issuer

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"tallystick/cmd/internal/durable"
	"tallystick/reserve"
)

// replaceFile writes a file beside path, makes it durable and puts it in path's place, so that
// at every moment path is the old file or the new one. No two processes may do so at once.
func replaceFile(path string, data []byte) error {
	beside := path + ".new"
	if err := os.Remove(beside); err != nil && !os.IsNotExist(err) { // left by a crash
		return err
	}
	if err := durable.Create(beside, data); err != nil {
		return err
	}
	return durable.Rename(beside, path)
}

// WritePublic writes a file that holds no secret, with mode 0644. It replaces a file that begins
// with prefix, an earlier one of its kind, and no other: the refusal is AlreadyExists.
func WritePublic(path, prefix string, data []byte) error {
	if err := checkKind(path, prefix); err != nil {
		return err
	}
	return durable.Replace(path, 0o644, func(w io.Writer) error {
		if _, err := w.Write(data); err != nil {
			return fmt.Errorf("writing %q: %w", path, err)
		}
		return nil
	})
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
