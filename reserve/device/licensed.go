package device

import (
	"errors"
	"time"

	"tallystick/keys"
	"tallystick/reserve"
)

// A view is what the record says, worked out for questions. It is immutable.
type view struct {
	instance reserve.Instance
	stamp    Stamp
	rights   reserve.Rights
	latest   keys.Day  // the latest day seen, though it may not have been stored yet
	looked   time.Time // when the file was last looked at
	counted  time.Time // when the evaluation was last counted
	err      error     // why it could not be
}

const (
	lookInterval  = time.Minute // between two looks at the file, and two counts of the evaluation
	retryInterval = time.Second // after a count that failed
)

var errNoUptime = errors.New("the evaluation can't be counted: for how long the machine has been running is not known")

// adopt makes i what questions are answered from.
func (d *Device) adopt(i reserve.Instance, stamp Stamp) {
	v := &view{instance: i, stamp: stamp, rights: reserve.NewRights(i), latest: i.LatestDay()}
	if old := d.current.Load(); old != nil {
		v.looked, v.counted, v.err = old.looked, old.counted, old.err
		if old.instance.Identity().DID() == i.Identity().DID() {
			v.latest = max(v.latest, old.latest)
		}
	}
	d.current.Store(v)
}

// replaceView stores a copy of the view with some fields changed. mu is held.
func (d *Device) replaceView(change func(*view)) *view {
	v := *d.current.Load()
	change(&v)
	d.current.Store(&v)
	return &v
}

func (v *view) ask(tag string, n int, now time.Time) reserve.Answer {
	return v.rights.Ask(tag, n, max(v.latest, keys.DayOf(now)))
}

// due reports whether lookInterval has passed since at; a clock set back counts as passed.
func due(now, at time.Time) bool {
	passed := now.Sub(at)
	return at.IsZero() || passed < 0 || passed >= lookInterval
}

// An Answer tells whether and why an entitlement is licensed.
type Answer struct {
	reserve.Answer
	// Err says why a device in evaluation gets a no: its running time could not be stored.
	Err error
}

// Licensed reports whether n of the entitlement tag may be used now. It answers from memory, without
// allocating; at most once a minute it looks whether another process changed the record. While the
// device is in evaluation it also stores the running time then, and says no when that fails, because
// an evaluation that nobody counts never ends. Only time in use counts: a product that goes on using
// something asks again at least once an hour. Storing takes as long as the disk does, and up to two
// seconds more (WithWait) when another process is changing the record.
func (d *Device) Licensed(tag string, n int) bool { return d.Check(tag, n).Licensed }

// Check is Licensed with the reason.
func (d *Device) Check(tag string, n int) Answer {
	now := d.now()
	v := d.current.Load()
	if due(now, v.looked) {
		v = d.look(now)
	}
	a := v.ask(tag, n, now)
	if !a.Licensed || a.State != reserve.StateEvaluation {
		return Answer{a, nil}
	}
	if due(now, v.counted) {
		v = d.count(now)
		if a = v.ask(tag, n, now); !a.Licensed || a.State != reserve.StateEvaluation {
			return Answer{a, nil}
		}
	}
	a.Licensed = v.err == nil
	return Answer{a, v.err}
}

// look takes up what other processes did, and stores the time on a device that holds licenses: the
// day, so that a clock set back later gains nothing, and the running time. A running service isn't
// stopped because that failed, so failures are left for the next change to report.
func (d *Device) look(now time.Time) *view {
	d.mu.Lock()
	defer d.mu.Unlock()
	if v := d.current.Load(); !due(now, v.looked) {
		return v // another goroutine was here first
	}
	_ = d.refresh()
	i, up := d.current.Load().instance, d.uptime()
	next := reserve.Observe(i, now, up, false)
	if reserve.TimeDue(i, now, up) {
		_, _ = d.change(func(i reserve.Instance) (reserve.Instance, error) { return i, nil }, 0)
	}
	return d.replaceView(func(v *view) {
		v.looked = now
		if i.Identity().DID() == v.instance.Identity().DID() {
			v.latest = max(v.latest, next.LatestDay())
		}
	})
}

// count stores the running time of a device in evaluation.
func (d *Device) count(now time.Time) *view {
	d.mu.Lock()
	defer d.mu.Unlock()
	if v := d.current.Load(); !due(now, v.counted) {
		return v
	}
	err := d.countRunning(now)
	return d.replaceView(func(v *view) {
		v.counted, v.err = now, err
		if err != nil {
			v.counted = now.Add(retryInterval - lookInterval)
		}
	})
}

// countRunning writes once a minute of running time, however many processes ask and however short
// they live: the mark that the minute is measured from is in the record.
func (d *Device) countRunning(now time.Time) error {
	up := d.uptime()
	if up <= 0 {
		return errNoUptime
	}
	i := d.current.Load().instance
	if reserve.Observe(i, now, up, true).Running()-i.Running() < lookInterval {
		return nil
	}
	_, err := d.change(func(i reserve.Instance) (reserve.Instance, error) {
		return reserve.Observe(i, now, up, true), nil
	}, d.wait)
	return err
}
