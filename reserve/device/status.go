package device

import (
	"time"

	"tallystick/keys"
	"tallystick/reserve"
)

// A Status is what a device shows about itself. It has no codes: Confirmation gives the last one.
type Status struct {
	reserve.Summary
	Identity     reserve.Identity
	Trust        reserve.Trust
	Entitlements []reserve.Answer
	Number       reserve.Number // of the authorization installed, 0 for none
	Issued       keys.Day       // when it was signed
	LastAct      reserve.Act
	Next         reserve.Number // the lowest number that can be installed
	Today        keys.Day       // by which the ends of terms are judged
	ClockAhead   int            // days that the clock is ahead of what the device takes its word for
	Evaluation   time.Duration  // running time left without a license
	Running      time.Duration  // running time counted
	Reports      uint32         // status reports signed

	// Compromised says that a key that signed what is installed is not trusted any more; SignerGrace
	// is the running time for which it stays all the same.
	Compromised bool
	SignerGrace time.Duration
}

// Status tells how things stood at now, as far as this process knows; Refresh brings it up to date.
func (d *Device) Status(now time.Time) Status {
	v := d.current.Load()
	i := v.instance
	today := max(v.latest, keys.DayOf(now))
	s := Status{
		Summary: reserve.Summarize(i, today), Identity: i.Identity(), Trust: i.Trust(),
		Entitlements: v.rights.List(today), LastAct: i.LastAct(), Next: i.Floor(), Today: today,
		ClockAhead: reserve.ClockAhead(i, now), Evaluation: i.EvaluationLeft(), Running: i.Running(),
	}
	if held, ok := i.(reserve.Reserved); ok {
		s.Number, s.Issued = held.Authorization().Number(), held.Authorization().Issued()
	}
	s.SignerGrace, s.Compromised = reserve.SignerGrace(i)
	if last, ok := i.LastReport(); ok {
		s.Reports = last.Count()
	}
	return s
}
