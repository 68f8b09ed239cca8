package issuer

import (
	"time"

	"tallystick/keys"
	"tallystick/reserve"
)

// A state is what a device should have on its disk, by the words of SPEC.md, Device: kept
// apart from the code that is tested. A copy of a device takes it along.
type state struct {
	floor   reserve.Number
	held    *grant
	ever    bool // something was held once, which ended the evaluation
	act     reserve.Act
	reports uint32
	last    *said // the newest report

	trust      reserve.Trust
	latest     keys.Day      // the latest day seen
	ran        time.Duration // running time counted
	mark       time.Duration // uptime at which it was
	evaluation time.Duration // left
	until      time.Duration // the running time at which what a compromised key signed ends; 0: none

	age int // steps so far
}

// said is what a report says.
type said struct {
	floor reserve.Number
	held  *grant
	day   keys.Day
	hours time.Duration
	root  uint16
}

// A moment is what a device's clocks show.
type moment struct {
	day keys.Day
	up  time.Duration
}

// What SPEC.md bounds.
const (
	mostAhead    = 30        // days a clock is believed to be ahead
	mostCounted  = time.Hour // running time one look counts
	mostCanceled = 64        // numbers from the floor on
	mostJumped   = 128       // numbers an authorization may be ahead of the floor
)

// position is where the receipt chain stands.
func (s state) position() reserve.Position {
	if s.held != nil {
		return reserve.ConfirmationAt(s.held.number)
	}
	return reserve.ReturnAt(s.floor - 1)
}

// day is what ends are judged by.
func (s state) day(now moment) keys.Day { return max(s.latest, now.day) }

// counted is a look at the clocks.
func (s state) counted(now moment, evaluating bool) state {
	if now.day > s.latest && int(now.day)-int(s.latest) <= mostAhead {
		s.latest = now.day
	}
	ran := now.up - s.mark
	if ran < 0 {
		ran = now.up // it was started again since
	}
	ran = min(ran, mostCounted)
	s.mark, s.ran = now.up, s.ran+ran
	if evaluating && s.held == nil {
		s.evaluation = max(0, s.evaluation-ran)
	}
	return s
}

// observed is the look that comes with each change, but for an evaluation, which only use counts.
func (s state) observed(now moment) state {
	if s.held == nil && s.evaluation > 0 {
		return s
	}
	return s.counted(now, false)
}

// changed is the state after a step.
func (s state) changed(now moment, change func(*state)) state {
	s = s.observed(now)
	change(&s)
	s.age++
	return s.observed(now)
}

// says is what a report would say.
func (s state) says() said {
	return said{s.floor, s.held, s.latest, s.ran / time.Hour, s.trust.Root().Version()}
}

// sign makes a report the newest.
func (s *state) sign() {
	now := s.says()
	s.reports, s.last = s.reports+1, &now
}

// A turn is what something should make of a device.
type turn struct {
	next     state
	refused  reserve.Reason
	repeated bool
	code     saying
}

// A saying is what a code says.
type saying int

const (
	nothing saying = iota
	receipt
	report
)

func (s state) refuses(why reserve.Reason) turn { return turn{next: s, refused: why} }

// confirms is the row "receipt", and what a return or a cancellation of nothing comes to.
func (s state) confirms() turn {
	if s.act == reserve.NoAct {
		return s.refuses(reserve.NothingInstalled)
	}
	return turn{next: s, repeated: true, code: receipt}
}

// returns is the row "return".
func (s state) returns(now moment) turn {
	if s.held == nil {
		return s.confirms()
	}
	return turn{code: receipt, next: s.changed(now, func(s *state) { s.held, s.act, s.until = nil, reserve.Returned, 0 })}
}

// cancels is the two rows "cancel"; through is 0 for the number that would come next.
func (s state) cancels(now moment, through reserve.Number) turn {
	if s.held != nil {
		return s.cancelsHolding(now, through)
	}
	if through == 0 && s.act != reserve.Canceled {
		through = s.floor
	}
	if through < s.floor {
		return s.confirms()
	}
	if through > s.floor+mostCanceled {
		return s.refuses(reserve.OutOfRange)
	}
	return turn{code: receipt, next: s.changed(now, func(s *state) { s.floor, s.act = through+1, reserve.Canceled })}
}

func (s state) cancelsHolding(now moment, through reserve.Number) turn {
	if through == 0 && s.floor == s.held.number+1 {
		through = s.floor
	}
	switch {
	case through != 0 && through < s.held.number:
		return s.confirms()
	case through == s.held.number, through > s.floor+mostCanceled:
		return s.refuses(reserve.OutOfRange)
	case through >= s.floor:
		return turn{code: report, next: s.changed(now, func(s *state) { s.floor = through + 1; s.sign() })}
	case s.last != nil && s.last.floor == s.floor && s.last.held == s.held:
		return turn{next: s, repeated: true, code: report}
	}
	return turn{code: report, repeated: true, next: s.changed(now, func(s *state) { s.sign() })}
}

// reports is the row "status".
func (s state) reportsNow(now moment) turn {
	if s.last != nil && *s.last == s.observed(now).says() {
		return turn{next: s, repeated: true, code: report}
	}
	return turn{code: report, next: s.changed(now, func(s *state) { s.sign() })}
}

// installs is the rows "install".
func (s state) installs(now moment, u *unit, g *grant) turn {
	if g == s.held {
		return turn{next: s, repeated: true, code: receipt}
	}
	looked := s.observed(now)
	looked.latest = max(looked.latest, g.issued)
	switch why := opens(s.trust, u, g); {
	case why != "":
		return s.refuses(why)
	case g.number < s.floor:
		return s.refuses(reserve.Superseded)
	case g.number > s.floor+mostJumped:
		return s.refuses(reserve.OutOfRange)
	case !g.runs(looked.day(now)):
		return s.refuses(reserve.AuthorizationExpired)
	}
	return turn{code: receipt, next: s.changed(now, func(s *state) {
		s.floor, s.held, s.act, s.latest = g.number+1, g, reserve.Installed, max(s.latest, g.issued)
		s.ever, s.evaluation, s.until = true, 0, 0
	})}
}

// obeys is the row "ROOT": a newer version of the trust root that continues the one obeyed.
func (s state) obeys(now moment, t reserve.Trust) turn {
	switch {
	case !continues(t, s.trust):
		return s.refuses(reserve.TrustTooOld)
	case t.Roots().Len() == s.trust.Roots().Len():
		return turn{next: s, repeated: true}
	}
	return turn{next: s.changed(now, func(s *state) {
		s.trust = t
		if s.held != nil && s.until == 0 && opens(t, s.held.unit, s.held) == reserve.KeyCompromised {
			s.until = s.ran + revalidateHours*time.Hour
		}
	})}
}
