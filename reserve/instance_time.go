package reserve

import (
	"time"

	"tallystick/keys"
)

const (
	// maxClockStep is how far ahead of what it knows a device believes its clock without a word
	// from the operator or an officer (attack D7).
	maxClockStep = 30 // days
	// maxObserved bounds what one observation counts as running time.
	maxObserved = time.Hour
)

// day returns the day that terms are judged by: the clock's, but never one before the latest that
// was seen or signed, so that a clock set back gains nothing (attack D6).
func (r record) day(now time.Time) keys.Day { return max(r.latest, keys.DayOf(now)) }

// believed returns the latest day there is to remember: the clock's, unless it is too far ahead.
func (r record) believed(now time.Time) keys.Day {
	if d := keys.DayOf(now); d > r.latest && int(d)-int(r.latest) <= maxClockStep {
		return d
	}
	return r.latest
}

// Today returns the day that terms are judged by on this device.
func Today(i Instance, now time.Time) keys.Day { return i.common().day(now) }

// ClockAhead returns how many days the clock is ahead of the latest day the device was shown,
// when that is more than it believes by itself; 0 otherwise.
func ClockAhead(i Instance, now time.Time) int {
	if d := int(keys.DayOf(now)) - int(i.LatestDay()); d > maxClockStep {
		return d
	}
	return 0
}

// TimeDue reports whether the time in the record of a device that holds licenses is worth storing: a
// day has begun since, so that a clock set back later gains nothing, or an hour of running time has
// come together, by which the grace for a compromised signer is counted.
func TimeDue(i Instance, now time.Time, uptime time.Duration) bool {
	if _, ok := i.(Reserved); !ok {
		return false
	}
	next := Observe(i, now, uptime, false)
	return next.LatestDay() > i.LatestDay() || next.Running()-i.Running() >= maxObserved
}

// Observe brings the record's time up to date: the latest day, and the running time since the
// last observation, which uses up the evaluation budget when evaluating is set. uptime is the
// time since the machine started. An hour at most is counted at once, so that a machine that only
// idled between two uses isn't charged for it.
func Observe(i Instance, now time.Time, uptime time.Duration, evaluating bool) Instance {
	r := i.common()
	r.latest = r.believed(now)
	uptime = uptime.Truncate(time.Second)
	elapsed := uptime - r.bootMark
	if elapsed < 0 { // started again since
		elapsed = uptime
	}
	elapsed = min(elapsed, maxObserved)
	r.bootMark = uptime
	r.ran += elapsed
	if _, reserved := i.(Reserved); evaluating && !reserved {
		r.evaluation = max(0, r.evaluation-elapsed)
	}
	return i.with(r)
}

// Obey returns the record under a newer trust bundle. When a key that signed what is installed is
// marked compromised there, what is installed stays in grace for the running hours that the root
// names (attack D5). The refusals are those of Trust.Follows.
func Obey(i Instance, t Trust) (next Instance, changed bool, err error) {
	r := i.common()
	if err := t.Follows(r.trust); err != nil {
		return nil, false, err
	}
	if string(t.body) == string(r.trust.body) {
		return i, false, nil
	}
	r.trust = t
	s, ok := i.(Reserved)
	if !ok {
		return i.with(r), true, nil
	}
	s.current, err = ReopenAuthorization(s.current.body, t, r.identity)
	if err != nil { // can't be: what follows keeps every key and every tag
		return nil, false, err
	}
	if compromised(s.current) && r.revalidate == 0 {
		grace := time.Duration(t.Root().RevalidateHours()) * time.Hour
		r.revalidate = max(r.ran+grace, time.Second) // 0 would stand for no grace that ends
	}
	return Reserved{r, s.current}, true, nil
}

func compromised(a Authorization) bool {
	for _, k := range a.signers {
		if k.Status == keys.Compromised {
			return true
		}
	}
	return false
}
