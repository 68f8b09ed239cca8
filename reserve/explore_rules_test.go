package reserve

import (
	"slices"
	"time"
)

// rules are the steps of the protocol that the explorer takes. Each is the real one unless a
// mutation puts another in its place.
type rules struct {
	next    func(Books) (Number, error)
	issue   func(Books, Issued) (Books, error)
	charge  func(Books) map[LotID]uint32
	receive func(Books, Receipt) (Books, Outcome, error)
	report  func(Books, Status) (Books, Outcome, error)
	rebased func(Books) (Number, error) // the number that settles a device in a recovery
	settled func(Books) bool            // a device proved to have put everything lost behind it

	writeOff func(Books) (Books, error)
	exposure func(Books) map[LotID]uint32

	install func(Instance, Authorization, time.Time) (Instance, error)
	giveUp  func(Reserved) Instance
	cancel  func(Instance, Number) (Instance, error)
	// reveals returns the highest position whose secret a device in this state gives away.
	reveals func(Instance) Position
	// early are the verbs whose code is shown before the record is written.
	early map[verb]bool
	// cheats returns states that an attacker reaches besides.
	cheats func(*machine, local) []local
}

// complete fills in the real steps.
func (r rules) complete() rules {
	if r.next == nil {
		r.next = Books.Next
	}
	if r.issue == nil {
		r.issue = Books.Issue
	}
	if r.charge == nil {
		r.charge = Books.Charge
	}
	if r.receive == nil {
		r.receive = Books.Receive
	}
	if r.report == nil {
		r.report = Books.Report
	}
	if r.rebased == nil {
		r.rebased = func(b Books) (Number, error) { return b.NextRebased(1) }
	}
	if r.settled == nil {
		r.settled = realSettled
	}
	if r.writeOff == nil {
		r.writeOff = Books.WriteOff
	}
	if r.exposure == nil {
		r.exposure = Books.Exposure
	}
	return r.completeDevice()
}

// realSettled is the rule of the ledger, which finds such devices by itself.
func realSettled(b Books) bool {
	return slices.ContainsFunc(b.Issued, func(i Issued) bool { return i.Rebased && b.Floor >= i.Number })
}

func (r rules) completeDevice() rules {
	if r.install == nil {
		r.install = realInstall
	}
	if r.giveUp == nil {
		r.giveUp = func(s Reserved) Instance { return s.Return() }
	}
	if r.cancel == nil {
		r.cancel = realCancel
	}
	if r.reveals == nil {
		r.reveals = Instance.Position
	}
	if r.cheats == nil {
		r.cheats = func(*machine, local) []local { return nil }
	}
	return r
}

func realInstall(i Instance, a Authorization, now time.Time) (Instance, error) {
	next, _, err := Install(i, a.Body(), now)
	if err != nil {
		return nil, err
	}
	return next, nil
}

func realCancel(i Instance, through Number) (Instance, error) {
	if s, ok := i.(Reserved); ok {
		next, err := s.Cancel(through)
		return next, err
	}
	next, err := i.(Unreserved).Cancel(through)
	return next, err
}
