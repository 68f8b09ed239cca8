package ledger_test

import (
	"bytes"
	"database/sql"
	"database/sql/driver"
	"strings"

	ncruces "github.com/ncruces/go-sqlite3/driver"
	"github.com/ncruces/go-sqlite3/vfs"
)

// A file is a file of SQLite's on a disk.
type file struct {
	vfs.File
	disk *disk
	n    *inode
	path string
}

func (f *file) WriteAt(p []byte, at int64) (int, error) {
	write := func(p []byte) error {
		if _, err := f.File.WriteAt(p, at); err != nil {
			return err
		}
		f.n.pending = append(f.n.pending, change{at: at, data: bytes.Clone(p)})
		return nil
	}
	if f.disk.failure == half && len(f.disk.trail)+1 == f.disk.failAt {
		if err := write(p[:len(p)/2]); err != nil {
			return 0, err
		}
	}
	if err := f.disk.at(f.path, "write", func() error { return write(p) }); err != nil {
		return 0, err
	}
	return len(p), nil
}

func (f *file) Truncate(size int64) error {
	return f.disk.at(f.path, "truncate", func() error {
		f.n.pending = append(f.n.pending, change{at: size, cut: true})
		return f.File.Truncate(size)
	})
}

func (f *file) Sync(flags vfs.SyncFlag) error {
	err := f.disk.at(f.path, "sync", func() error { f.n.sync(); return nil })
	if err != nil {
		for i := range f.n.pending {
			f.n.pending[i].adrift = true
		}
	}
	return err
}

// SizeHint is where SQLite asks for the space of what it is going to write.
func (f *file) SizeHint(size int64) error {
	return f.disk.at(f.path, "allocate", func() error { return nil })
}

func (f *file) SharedMemory() vfs.SharedMemory { return f.File.(vfs.FileSharedMemory).SharedMemory() }
func (f *file) LockState() vfs.LockLevel       { return f.File.(vfs.FileLockState).LockState() }
func (f *file) HasMoved() (bool, error)        { return f.File.(vfs.FileHasMoved).HasMoved() }
func (f *file) PersistWAL() bool               { return f.File.(vfs.FilePersistWAL).PersistWAL() }
func (f *file) SetPersistWAL(keep bool)        { f.File.(vfs.FilePersistWAL).SetPersistWAL(keep) }
func (f *file) PowersafeOverwrite() bool {
	return f.File.(vfs.FilePowersafeOverwrite).PowersafeOverwrite()
}
func (f *file) SetPowersafeOverwrite(safe bool) {
	f.File.(vfs.FilePowersafeOverwrite).SetPowersafeOverwrite(safe)
}

// faultyName is the driver that opens ledgers on the disk that runs the test.
const faultyName = "sqlite3-faulty"

func init() { sql.Register(faultyName, &faultyDriver{}) }

type faultyDriver struct{ ncruces.SQLite }

func (f *faultyDriver) OpenConnector(name string) (driver.Connector, error) {
	if strings.Contains(name, "?") { // a file, not a database in memory
		name += "&vfs=" + faultyName
	}
	return f.SQLite.OpenConnector(name)
}
