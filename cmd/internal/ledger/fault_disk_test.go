package ledger_test

import (
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"github.com/ncruces/go-sqlite3"
	"github.com/ncruces/go-sqlite3/vfs"
)

// A disk stands between SQLite and the files of one ledger. It counts SQLite's steps, fails one of
// them, and knows what of the files would be left if the power went.
type disk struct {
	vfs.VFSFilename // the operating system's
	files           map[string]*inode
	trail           []string // the steps taken
	failAt          int      // the step that fails, from 1; 0 for none
	failure         failure
	before          func() // called before each step; may be nil
}

// An inode is what of a file is on the disk for good, and what was done to it since.
type inode struct {
	durable []byte
	pending []change
}

// A change is a write, or with remove or size set something else.
type change struct {
	at     int64
	data   []byte
	cut    bool // to the size in at
	remove bool
	adrift bool // a sync failed: as on Linux, the next one does nothing for it
}

// A failure is what happens at a step.
type failure int

const (
	errorBefore failure = iota // the step fails and does nothing
	errorAfter                 // the step is done, yet reports an error
	half                       // a write ends in its middle with an error
	full                       // from here on nothing can be written, until there is space again
)

var failures = []failure{errorBefore, errorAfter, half, full}

func (f failure) String() string {
	return []string{"error before it", "error after it", "half of it", "disk full"}[f]
}

func newDisk() *disk {
	return &disk{VFSFilename: vfs.Find("").(vfs.VFSFilename), files: map[string]*inode{}}
}

// at runs one step, or what the test wants to happen instead. name is what is done to which file.
func (d *disk) at(path, what string, do func() error) error {
	if d.before != nil {
		d.before()
	}
	d.trail = append(d.trail, kindOf(path)+" "+what)
	needsSpace := what == "write" || what == "allocate"
	switch step := len(d.trail); {
	case d.failAt == 0 || step < d.failAt:
		return do()
	case d.failure == full && needsSpace:
		return vfs.SystemError(syscall.ENOSPC, sqlite3.IOERR_WRITE)
	case step > d.failAt || d.failure == full:
		return do()
	case d.failure == errorAfter:
		if err := do(); err != nil {
			return err
		}
	}
	return vfs.SystemError(syscall.EIO, sqlite3.IOERR)
}

func kindOf(path string) string {
	for _, kind := range []string{"-wal", "-journal"} {
		if strings.HasSuffix(path, kind) {
			return kind[1:]
		}
	}
	return "file"
}

func (d *disk) OpenFilename(name *vfs.Filename, flags vfs.OpenFlag) (vfs.File, vfs.OpenFlag, error) {
	f, flags, err := d.VFSFilename.OpenFilename(name, flags)
	if err != nil || name.String() == "" {
		return f, flags, err
	}
	path := name.String()
	n := d.files[path]
	if n == nil || n.removed() {
		content, _ := os.ReadFile(path) // what is there at the start is durable
		n = &inode{durable: content}
		d.files[path] = n
	}
	return &file{f, d, n, path}, flags, nil
}

func (d *disk) Delete(path string, syncDir bool) error {
	return d.at(path, "delete", func() error {
		if err := d.VFSFilename.Delete(path, syncDir); err != nil {
			return err
		}
		if n := d.files[path]; n != nil {
			n.pending = append(n.pending, change{remove: true})
		}
		return nil
	})
}

func (n *inode) removed() bool {
	return slices.ContainsFunc(n.pending, func(c change) bool { return c.remove })
}

// A cut says what reaches the disk, of what was not synced, when the power goes.
type cut int

const (
	allLost cut = iota
	allKept     // as when only the process dies
	some        // each write or not, or its first sectors
)

// image returns what is under a directory after the power came back, by path. What SQLite never
// touched is as it is.
func (d *disk) image(dir string, c cut, random *rand.Rand) map[string][]byte {
	left := map[string][]byte{}
	for path, content := range readAll(dir) {
		if _, known := d.files[filepath.Join(dir, path)]; !known && !strings.HasSuffix(path, "-shm") {
			left[path] = content
		}
	}
	for path, n := range d.files {
		content, there := n.after(c, random)
		if relative, err := filepath.Rel(dir, path); there && err == nil {
			left[relative] = content
		}
	}
	return left
}

// readAll returns the files under a directory, by path.
func readAll(dir string) map[string][]byte {
	files := map[string][]byte{}
	err := fs.WalkDir(os.DirFS(dir), ".", func(path string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			files[path], err = os.ReadFile(filepath.Join(dir, path))
		}
		return err
	})
	if err != nil {
		panic(err)
	}
	return files
}

func (n *inode) after(c cut, random *rand.Rand) (content []byte, there bool) {
	content = slices.Clone(n.durable)
	for _, ch := range n.pending {
		kept := c == allKept || c == some && random.IntN(2) == 0
		switch {
		case kept && ch.remove:
			return nil, false
		case kept && c == some && random.IntN(4) == 0 && len(ch.data) > sector:
			ch.data = ch.data[:sector*random.IntN(len(ch.data)/sector+1)]
			fallthrough
		case kept:
			content = ch.apply(content)
		}
	}
	return content, true
}

// sector is what a disk writes at once, in bytes.
const sector = 512

func (c change) apply(content []byte) []byte {
	if end := int(c.at) + len(c.data); end > len(content) {
		content = append(content, make([]byte, end-len(content))...)
	}
	if c.cut {
		return content[:c.at]
	}
	copy(content[c.at:], c.data)
	return content
}

// sync makes durable what was done since a sync last failed. What is older than a write over it is
// gone for good.
func (n *inode) sync() {
	var adrift []change
	for _, c := range n.pending {
		switch {
		case c.adrift && !n.overwritten(c), c.remove:
			adrift = append(adrift, c)
		case !c.adrift:
			n.durable = c.apply(n.durable)
		}
	}
	n.pending = adrift
}

func (n *inode) overwritten(old change) bool {
	return slices.ContainsFunc(n.pending, func(c change) bool {
		return !c.adrift && (c.cut || c.at < old.at+int64(len(old.data)) && old.at < c.at+int64(len(c.data)))
	})
}
