// Package durable puts files into their places so that a crash, or a power cut, at any moment leaves
// what was there before or the whole new file. A device's state has its own way (package
// reserve/device), which a product can embed and whose every step a test can fail.
package durable

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
)

// Create writes a new file with mode 0600 and makes it and its name durable. A file that exists is
// left alone: the error is then fs.ErrExist.
func Create(path string, data []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("creating %q: %w", path, err)
	}
	if err := Fill(f, data); err != nil {
		return err
	}
	return SyncDir(filepath.Dir(path))
}

// Fill writes a file that was just created, makes it durable and closes it. Where that fails, the
// file is removed.
func Fill(f *os.File, data []byte) error {
	_, err := f.Write(data)
	if err = finish(f, err); err != nil {
		_ = os.Remove(f.Name())
		return fmt.Errorf("writing %q: %w", f.Name(), err)
	}
	return nil
}

// Replace writes a file beside path, with the mode, and renames it to path. An error of write is
// returned as it is. On Windows a file has the mode that its directory gives it.
func Replace(path string, mode fs.FileMode, write func(io.Writer) error) error {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-*")
	if err != nil {
		return fmt.Errorf("writing %q: %w", path, err)
	}
	if err := write(f); err != nil {
		_ = f.Close()
		_ = os.Remove(f.Name())
		return err
	}
	if runtime.GOOS != "windows" {
		err = f.Chmod(mode)
	}
	if err = finish(f, err); err != nil {
		_ = os.Remove(f.Name())
		return fmt.Errorf("writing %q: %w", path, err)
	}
	return Rename(f.Name(), path)
}

// Rename puts a durable file into the place of another one, durably. Where that fails, from is
// removed.
func Rename(from, to string) error {
	if err := os.Rename(from, to); err != nil {
		_ = os.Remove(from)
		return fmt.Errorf("replacing %q: %w", to, err)
	}
	return SyncDir(filepath.Dir(to))
}

// SyncDir makes durable what happened to the names in a directory. Windows has no such call and no need
// of it.
func SyncDir(dir string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// finish makes a file durable, unless there was an error before, and closes it.
func finish(f *os.File, err error) error {
	if err == nil {
		err = f.Sync()
	}
	if closing := f.Close(); err == nil {
		err = closing
	}
	return err
}
