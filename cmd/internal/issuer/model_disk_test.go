package issuer

import (
	"bytes"
	"errors"
	"io/fs"
	"maps"
	"path/filepath"

	"tallystick/reserve/device"
)

// A disk is what a device keeps its directory on, and what is left of it when the power goes: what
// was written is there for every process at once, and survives only when it was synced.
type disk struct {
	entries, durable map[string]*inode
	locked           map[string]bool
	stamps           uint64
	failAt           int // how many steps from now the failure is; 0: none
	failure          failure
	lies             bool // syncing does nothing, as a mutation
}

type inode struct {
	stamp           uint64
	content, synced []byte
}

// A failure is what goes wrong at a step.
type failure int

const (
	crashBefore failure = iota // the machine stops before the step
	errorBefore                // the step does nothing and reports an error
	errorAfter                 // the step is done and reports an error
	half                       // a write is cut in half, then the machine stops
	failures
)

// A cut says what reaches the disk of what was not synced.
type cut int

const (
	allLost     cut = iota // nothing does
	entriesKept            // names do, content doesn't
	allKept                // everything does
	processOnly            // the power stays on: the process alone died
	cuts
)

// stopped is what a disk throws when the machine stops.
type stopped struct{}

var errDisk = errors.New("input/output error")

// Where devices live.
const deviceDir = "device"

var deviceState = filepath.Join(deviceDir, "state")

func newDisk(lies bool) *disk {
	return &disk{entries: map[string]*inode{}, durable: map[string]*inode{}, locked: map[string]bool{}, lies: lies}
}

// record is the file with the device's record, as every process sees it.
func (d *disk) record() []byte {
	if n, ok := d.entries[deviceState]; ok {
		return n.content
	}
	return nil
}

// plant puts a record in the place of the one that is there, as copying a disk does.
func (d *disk) plant(content []byte) {
	d.stamps++
	n := &inode{d.stamps, bytes.Clone(content), bytes.Clone(content)}
	d.entries[deviceState], d.durable[deviceState] = n, n
}

// power takes what the cut takes. Afterwards the machine runs again.
func (d *disk) power(c cut) {
	d.failAt, d.locked = 0, map[string]bool{}
	if c == processOnly {
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
}

// at takes one step, or what is to happen instead.
func (d *disk) at(do func()) error {
	if d.failAt == 0 {
		do()
		return nil
	}
	if d.failAt--; d.failAt > 0 {
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
	panic(stopped{})
}

func (d *disk) MakeDir(string) error { return d.at(func() {}) }

func (d *disk) Lock(name string) (func(), error) {
	if d.locked[name] {
		return nil, device.ErrLocked
	}
	if err := d.at(func() {}); err != nil {
		return nil, err
	}
	d.locked[name] = true
	return func() { delete(d.locked, name) }, nil
}

func (d *disk) Read(name string, _ int64) ([]byte, device.Stamp, error) {
	n, ok := d.entries[name]
	if err := d.at(func() {}); err != nil {
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
	d.stamps++
	n := &inode{stamp: d.stamps}
	return &diskFile{d, n}, d.at(func() { d.entries[name] = n })
}

func (d *disk) Replace(from, to string) error {
	return d.at(func() {
		d.entries[to] = d.entries[from]
		delete(d.entries, from)
	})
}

func (d *disk) SyncDir(string) error {
	return d.at(func() {
		if !d.lies {
			d.durable = maps.Clone(d.entries)
		}
	})
}

func (d *disk) Remove(name string) error { return d.at(func() { delete(d.entries, name) }) }

type diskFile struct {
	disk *disk
	n    *inode
}

func (f *diskFile) Write(p []byte) (int, error) {
	if f.disk.failAt == 1 && f.disk.failure == half {
		f.n.content = append(f.n.content, p[:len(p)/2]...)
	}
	if err := f.disk.at(func() { f.n.content = append(f.n.content, p...) }); err != nil {
		return len(p) / 2, err
	}
	return len(p), nil
}

func (f *diskFile) Sync() error {
	return f.disk.at(func() {
		if !f.disk.lies {
			f.n.synced = bytes.Clone(f.n.content)
		}
	})
}

func (f *diskFile) Close() error { return f.disk.at(func() {}) }
