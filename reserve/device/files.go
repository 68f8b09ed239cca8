package device

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// Files are the steps a Device takes on the file system. Production uses the operating system's; a
// test puts its own in their place, to fail or to lose any of them.
type Files interface {
	// MakeDir makes a directory and the parents it lacks, for the owner alone, and makes their
	// entries durable. One that exists is left as it is.
	MakeDir(dir string) error
	// Lock takes the exclusive lock on the named file, which it creates when it is missing, without
	// waiting. The error is ErrLocked when somebody else holds it.
	Lock(name string) (release func(), err error)
	// Read returns the content of a regular file, of at most most bytes, and its stamp.
	Read(name string, most int64) ([]byte, Stamp, error)
	// Stat returns the stamp of a file, to tell cheaply whether Read would return something else.
	Stat(name string) (Stamp, error)
	// Create creates a file that must not exist, readable and writable for the owner alone.
	Create(name string) (File, error)
	// Replace renames a file over another one. Only SyncDir makes it durable.
	Replace(from, to string) error
	// SyncDir makes what happened to the entries of a directory durable.
	SyncDir(dir string) error
	// Remove removes a file. One that is missing is no error.
	Remove(name string) error
}

// A File is a file being written. Sync makes its content durable.
type File interface {
	io.Writer
	Sync() error
	Close() error
}

// A Stamp changes when a file is replaced.
type Stamp struct {
	ID       uint64 // inode number, 0 where there is none
	Size     int64  // bytes
	Modified int64  // nanoseconds since 1970
}

// ErrLocked is what Files.Lock returns when another process, or another Device of this one, holds
// the lock.
var ErrLocked = errors.New("locked by another process")

var errTooLong = errors.New("longer than any device state")

// systemFiles are the real ones.
type systemFiles struct{}

func (systemFiles) MakeDir(dir string) error {
	dir = filepath.Clean(dir)
	switch info, err := os.Stat(dir); {
	case err == nil && !info.IsDir():
		return &fs.PathError{Op: "mkdir", Path: dir, Err: errors.New("it is a file, not a directory")}
	case err == nil:
		return nil
	case !errors.Is(err, fs.ErrNotExist):
		return err
	}
	parent := filepath.Dir(dir)
	if parent == dir {
		return &fs.PathError{Op: "mkdir", Path: dir, Err: fs.ErrNotExist}
	}
	if err := (systemFiles{}).MakeDir(parent); err != nil {
		return err
	}
	if err := os.Mkdir(dir, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return syncDir(parent)
}

func (systemFiles) Lock(name string) (func(), error) {
	f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	if err := tryLock(f); err != nil {
		f.Close()
		return nil, err
	}
	return func() { f.Close() }, nil // closing releases the lock, as does the end of the process
}

func (systemFiles) Read(name string, most int64) ([]byte, Stamp, error) {
	// A pipe or a device would make opening or reading it wait forever.
	if info, err := os.Stat(name); err == nil && !info.Mode().IsRegular() {
		return nil, Stamp{}, &fs.PathError{Op: "read", Path: name, Err: errors.New("it is not a regular file")}
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, Stamp{}, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, Stamp{}, err
	}
	data, err := io.ReadAll(io.LimitReader(f, most+1))
	if err == nil && int64(len(data)) > most {
		err = &fs.PathError{Op: "read", Path: name, Err: errTooLong}
	}
	return data, stampOf(info), err
}

func (systemFiles) Stat(name string) (Stamp, error) {
	info, err := os.Stat(name)
	if err != nil {
		return Stamp{}, err
	}
	return stampOf(info), nil
}

func (systemFiles) Create(name string) (File, error) {
	return os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
}

func (systemFiles) Replace(from, to string) error { return replace(from, to) }

func (systemFiles) SyncDir(dir string) error { return syncDir(dir) }

func (systemFiles) Remove(name string) error {
	if err := os.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}
