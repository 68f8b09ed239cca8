package device_test

import (
	"bytes"
	"errors"
	"io/fs"
	"maps"
	"path/filepath"

	"tallystick/reserve/device"
)

// A disk is a model of what a file system does to a power cut: what was written is there for every
// process at once, and survives the cut only when it was synced.
type disk struct {
	entries, durable map[string]*inode
	// clean are entries whose sync failed: as on Linux, the next sync says nothing of them, and
	// does nothing for them.
	clean   map[string]*inode
	locked  map[string]bool
	stamps  uint64
	step    int      // steps taken
	trail   []string // their names
	failAt  int      // the step that fails; 0 for none
	failure failure
	err     error // of every change, as on a full or read-only disk; nil for none
}

type inode struct {
	stamp           uint64
	content, synced []byte
}

// A failure is what happens at a step.
type failure int

const (
	crashBefore failure = iota // the machine stops before the step
	errorBefore                // the step fails and does nothing
	errorAfter                 // the step is done, yet reports an error
	half                       // a write is cut in half, then the machine stops
)

// A cut says what reaches the disk, of what was not synced, when the power goes.
type cut int

const (
	allLost     cut = iota // nothing does
	entriesKept            // renames do, content does not
	allKept                // everything does
	processOnly            // the power stays on, only the process dies
)

type crash struct{}

var errDisk = errors.New("input/output error")

func newDisk() *disk {
	return &disk{entries: map[string]*inode{}, durable: map[string]*inode{}, clean: map[string]*inode{}, locked: map[string]bool{}}
}

// clone copies a disk on which everything is durable.
func (d *disk) clone() *disk {
	c := newDisk()
	for name, n := range d.durable {
		copied := &inode{n.stamp, bytes.Clone(n.content), bytes.Clone(n.synced)}
		c.entries[name], c.durable[name] = copied, copied
	}
	c.stamps = d.stamps
	return c
}

// power cuts the power and starts the machine again.
func (d *disk) power(c cut) {
	d.failAt = 0
	if c == processOnly { // what one process was told of a failed sync, the next one can't know
		d.locked, d.clean = map[string]bool{}, map[string]*inode{}
		return
	}
	if c == allLost {
		d.entries = maps.Clone(d.durable)
	}
	for _, n := range d.entries {
		if c != allKept {
			n.content = bytes.Clone(n.synced)
		}
		n.synced = bytes.Clone(n.content)
	}
	d.durable = maps.Clone(d.entries)
	d.clean, d.locked = map[string]*inode{}, map[string]bool{}
}

// at runs one step, or what the test wants to happen instead.
func (d *disk) at(name string, do func()) error {
	d.step++
	d.trail = append(d.trail, name)
	if d.err != nil && name != "read" && name != "syncdir" {
		return d.err
	}
	if d.step != d.failAt {
		do()
		return nil
	}
	switch d.failure {
	case errorBefore:
		return errDisk
	case errorAfter:
		do()
		return errDisk
	}
	panic(crash{})
}

func (d *disk) MakeDir(string) error { return d.at("makedir", func() {}) }

func (d *disk) Lock(name string) (func(), error) {
	if d.locked[name] {
		return nil, device.ErrLocked
	}
	if err := d.at("lock", func() {}); err != nil {
		return nil, err
	}
	d.locked[name] = true
	return func() { delete(d.locked, name) }, nil
}

func (d *disk) Read(name string, most int64) (data []byte, stamp device.Stamp, err error) {
	n, ok := d.entries[name]
	if err := d.at("read", func() {}); err != nil {
		return nil, device.Stamp{}, err
	}
	if !ok {
		return nil, device.Stamp{}, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return bytes.Clone(n.content), device.Stamp{ID: n.stamp}, nil
}

func (d *disk) Stat(name string) (device.Stamp, error) {
	if n, ok := d.entries[name]; ok {
		return device.Stamp{ID: n.stamp}, nil
	}
	return device.Stamp{}, &fs.PathError{Op: "stat", Path: name, Err: fs.ErrNotExist}
}

func (d *disk) Create(name string) (device.File, error) {
	if _, ok := d.entries[name]; ok {
		return nil, &fs.PathError{Op: "create", Path: name, Err: fs.ErrExist}
	}
	d.stamps++
	n := &inode{stamp: d.stamps}
	err := d.at("create", func() { d.entries[name] = n })
	return &diskFile{d, n}, err
}

func (d *disk) Replace(from, to string) error {
	return d.at("replace", func() {
		d.entries[to] = d.entries[from]
		delete(d.entries, from)
	})
}

func (d *disk) SyncDir(string) error {
	err := d.at("syncdir", func() {
		for name, n := range d.entries {
			if d.clean[name] != n {
				d.durable[name] = n
			}
		}
		maps.DeleteFunc(d.durable, func(name string, _ *inode) bool { return d.entries[name] == nil })
	})
	if err != nil {
		d.clean = maps.Clone(d.entries)
	}
	return err
}

func (d *disk) Remove(name string) error {
	return d.at("remove", func() { delete(d.entries, name) })
}

type diskFile struct {
	disk *disk
	n    *inode
}

func (f *diskFile) Write(p []byte) (int, error) {
	if f.disk.step+1 == f.disk.failAt && f.disk.failure == half {
		f.n.content = append(f.n.content, p[:len(p)/2]...)
	}
	err := f.disk.at("write", func() { f.n.content = append(f.n.content, p...) })
	if err != nil {
		return len(p) / 2, err
	}
	return len(p), nil
}

func (f *diskFile) Sync() error {
	return f.disk.at("sync", func() { f.n.synced = bytes.Clone(f.n.content) })
}

func (f *diskFile) Close() error { return f.disk.at("close", func() {}) }

// files lists the names on the disk.
func (d *disk) files() map[string]bool {
	names := map[string]bool{}
	for name := range d.entries {
		names[filepath.Base(name)] = true
	}
	return names
}
