package ledger

import (
	"github.com/ncruces/go-sqlite3/util/vfsutil"
	"github.com/ncruces/go-sqlite3/vfs"
)

// vfsName is what SQLite knows pagesUnmapped as.
const vfsName = "tallystick"

func init() {
	vfs.Register(vfsName, pagesUnmapped{vfs.Find("").(vfs.VFSFilename)})
}

// pagesUnmapped is the operating system's files without memory-mapped pages. The engine offers SQLite
// to map a file before it knows that its pages have checksums, has no mapping for it then, and breaks
// down when SQLite asks to drop the mapping.
//
// What SQLite keeps to take back a part of a transaction stays in memory. It is a few pages, of one
// statement or one Attempt, and in a file each would be a call of the operating system.
type pagesUnmapped struct{ vfs.VFSFilename }

func (v pagesUnmapped) OpenFilename(name *vfs.Filename, flags vfs.OpenFlag) (vfs.File, vfs.OpenFlag, error) {
	if flags&vfs.OPEN_SUBJOURNAL != 0 {
		return &vfsutil.SliceFile{}, flags | vfs.OPEN_MEMORY, nil
	}
	f, flags, err := v.VFSFilename.OpenFilename(name, flags)
	if own, ok := f.(ownFile); ok && flags&vfs.OPEN_MAIN_DB != 0 {
		return unmappedFile{own}, flags, err
	}
	return f, flags, err
}

// An ownFile is what the engine's own files can do, but for mapping.
type ownFile interface {
	vfs.FileSharedMemory
	vfs.FileLockState
	vfs.FileHasMoved
	vfs.FileSizeHint
	vfs.FilePersistWAL
	vfs.FilePowersafeOverwrite
}

type unmappedFile struct{ ownFile }
