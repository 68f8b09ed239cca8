package device

import (
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"tallystick/reserve"
)

// A Device is one product instance with its durable record. Its methods may be called by several
// goroutines at once, and other processes may work on the same directory.
//
// The refusals of every method that changes something are Busy, when another process was at it for
// too long, and those of Open; what a method refuses besides is in its comment. Any other error
// comes from the file system. After an error nothing was revealed, and calling again is safe: it
// finds out how far the first call came.
type Device struct {
	store
	mu      sync.Mutex // held by whoever changes the fields below, and over every change
	current atomic.Pointer[view]
	// doubt is set when a write failed: what is in the file then may never have reached the disk,
	// and a second sync may say nothing of it. The next step writes the record again.
	doubt bool
}

// Create makes the identity of a product instance, once in its life, and its directory where that
// is missing. Refusals: AlreadyInit when dir has a record, damaged ones included, UnknownProduct
// when the catalog doesn't list the product, Busy.
func Create(dir string, udi reserve.UDI, trust reserve.Trust, options ...Option) (*Device, error) {
	d := &Device{store: store{newConfig(options), dir}}
	i, err := reserve.NewInstance(udi, trust, d.rand, d.now())
	if err != nil {
		return nil, err
	}
	if err := d.files.MakeDir(dir); err != nil {
		return nil, fmt.Errorf("creating the device state: %w", err)
	}
	release, err := d.lock(d.wait)
	if err != nil {
		return nil, err
	}
	defer release()
	if err := d.absent(); err != nil {
		return nil, err
	}
	// The first observation sets the mark that running time is counted from.
	first := reserve.Observe(i, d.now(), d.uptime(), false)
	if err := d.write(first); err != nil {
		return nil, err
	}
	d.adopt(first, d.stamp())
	return d, nil
}

// CheckAbsent returns nil when Create would find no record in dir. The refusal is AlreadyInit.
func CheckAbsent(dir string, options ...Option) error {
	return store{newConfig(options), dir}.absent()
}

func (s store) absent() error {
	found, err := s.exists()
	if err != nil {
		return fmt.Errorf("looking for a device state: %w", err)
	}
	if found {
		return reserve.Refuse(reserve.AlreadyInit, "there is a device state in %q already", s.dir)
	}
	return nil
}

// Open reads the record in dir; it never creates one. Refusals: StateMissing, also where the lock
// file says that there was a record, StateDamaged, Unsupported when a newer program wrote it. After
// StateDamaged the directory is kept as it is, and no older copy put in its place, which would bring
// back what was returned since; the security officer has to be told.
func Open(dir string, options ...Option) (*Device, error) {
	d := &Device{store: store{newConfig(options), dir}}
	i, stamp, err := d.read()
	if err != nil {
		return nil, err
	}
	d.adopt(i, stamp)
	return d, nil
}

// Identity returns who the device is.
func (d *Device) Identity() reserve.Identity { return d.current.Load().instance.Identity() }

// Trust returns what the device obeys.
func (d *Device) Trust() reserve.Trust { return d.current.Load().instance.Trust() }

// Refresh takes up what another process did. It costs one look at the file when there was nothing.
// After an error the device goes on with what it knew.
func (d *Device) Refresh() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.refresh()
}

func (d *Device) refresh() error {
	stamp, err := d.files.Stat(d.path(stateName))
	if err == nil && stamp == d.current.Load().stamp {
		return nil
	}
	i, stamp, err := d.read()
	if err != nil {
		return err
	}
	d.adopt(i, stamp)
	return nil
}

// stamp returns the stamp of the record just written. Without one the next look reads it again.
func (s store) stamp() Stamp {
	stamp, err := s.files.Stat(s.path(stateName))
	if err != nil {
		return Stamp{}
	}
	return stamp
}

// An action takes the record on the disk to the next one. A nil record says that nothing changes.
type action func(reserve.Instance) (reserve.Instance, error)

// step runs an action under the lock and returns the record in force afterwards, which is durable.
func (d *Device) step(act action) (reserve.Instance, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.change(act, d.wait)
}

// change is step for those who hold mu. It waits for the lock at most as long as wait.
func (d *Device) change(act action, wait time.Duration) (reserve.Instance, error) {
	release, err := d.lock(wait)
	if err != nil {
		return nil, err
	}
	defer release()
	i, stamp, err := d.read()
	if err != nil {
		return nil, err
	}
	next, err := act(d.observed(i))
	if err != nil {
		return nil, err
	}
	if next == nil && !d.doubt {
		return i, d.confirmDurable(i, stamp)
	}
	if next == nil {
		next = i
	}
	next = d.observed(next)
	d.doubt = true
	if err := d.write(next); err != nil {
		return nil, err
	}
	d.doubt = false
	d.adopt(next, d.stamp())
	return next, nil
}

// confirmDurable syncs the directory entry of a record that was read: who wrote it may have died
// before that.
func (d *Device) confirmDurable(i reserve.Instance, stamp Stamp) error {
	if err := d.files.SyncDir(d.dir); err != nil {
		d.doubt = true
		return fmt.Errorf("syncing the device state: %w", err)
	}
	d.adopt(i, stamp)
	return nil
}

// durable reads the record without the lock and makes sure that it is durable.
func (d *Device) durable() (reserve.Instance, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.doubt {
		return d.change(func(reserve.Instance) (reserve.Instance, error) { return nil, nil }, d.wait)
	}
	i, stamp, err := d.read()
	if err != nil {
		return nil, err
	}
	return i, d.confirmDurable(i, stamp)
}

// observed brings a record's time up to date, but not while it is in evaluation: that time is
// counted only when something is used (Check), and moving the mark it is counted from would make a
// present of it.
func (d *Device) observed(i reserve.Instance) reserve.Instance {
	if evaluating(i) {
		return i
	}
	return reserve.Observe(i, d.now(), d.uptime(), false)
}

func evaluating(i reserve.Instance) bool {
	_, reserved := i.(reserve.Reserved)
	return !reserved && i.EvaluationLeft() > 0
}
