package issuer

import (
	"fmt"
	"slices"
	"strings"

	"tallystick/cmd/internal/ledger"
	"tallystick/reserve"
)

// A Bound is what a limit of an account's policy on failed devices counts.
type Bound string

// The bounds, named as the flags that set them.
const (
	FailedOpen     Bound = "failed-open"     // devices with returns pending
	FailedLicenses Bound = "failed-licenses" // licenses of one entitlement that are pending
	FailedYear     Bound = "failed-year"     // devices written off in ledger.YearDays days
)

// A Threshold is one limit of an account's policy, for all that is below it too, and where the account
// stands.
type Threshold struct {
	Account     ledger.Path
	Bound       Bound
	Entitlement string // tag, for FailedLicenses; "" where nothing is pending
	Most        uint32
	Now, Then   uint64 // before and after the write-off
}

// Over reports whether the limit would be crossed.
func (t Threshold) Over() bool { return t.Then > t.Now && t.Then > uint64(t.Most) }

// Standings returns where an account stands against its policy and those of the accounts above it.
func Standings(stands []ledger.FailedStand) (out []Threshold) {
	for _, s := range stands {
		if l := s.Policy.Open; l.Set {
			out = append(out, Threshold{s.Account, FailedOpen, "", l.N, s.Open, s.Open})
		}
		if l := s.Policy.Licenses; l.Set {
			if len(s.Licenses) == 0 {
				out = append(out, Threshold{s.Account, FailedLicenses, "", l.N, 0, 0})
			}
			for _, c := range s.Licenses {
				out = append(out, Threshold{s.Account, FailedLicenses, c.Tag, l.N, c.N, c.N})
			}
		}
		if l := s.Policy.Year; l.Set {
			out = append(out, Threshold{s.Account, FailedYear, "", l.N, s.Year, s.Year})
		}
	}
	return out
}

// thresholds tells where the accounts would stand that a device is in, after others and then it were
// written off.
func (is *Issuer) thresholds(tx *ledger.Tx, l Loss, others []Loss) ([]Threshold, error) {
	stands, err := tx.FailedStands(l.Device.Account, is.today())
	if err != nil {
		return nil, err
	}
	for i := range stands {
		for _, o := range others {
			if !o.Repeated && (ledger.Scope{Account: stands[i].Account, Below: true}).Has(o.Device.Account) {
				o.addTo(&stands[i])
			}
		}
	}
	var out []Threshold
	for _, s := range stands {
		before := Standings([]ledger.FailedStand{s})
		after := s
		after.Licenses = slices.Clone(s.Licenses)
		l.addTo(&after)
		for _, t := range Standings([]ledger.FailedStand{after}) {
			t.Now = 0
			if at := slices.IndexFunc(before, func(b Threshold) bool { return b.Bound == t.Bound && b.Entitlement == t.Entitlement }); at >= 0 {
				t.Now = before[at].Now
			}
			if t.Bound != FailedLicenses || t.Now != t.Then {
				out = append(out, t)
			}
		}
	}
	return out, nil
}

// addTo counts a loss.
func (l Loss) addTo(s *ledger.FailedStand) {
	s.Year++
	if len(l.Lines) > 0 {
		s.Open++
	}
	for _, line := range l.Lines {
		if line.Numbered == 0 {
			continue
		}
		at := slices.IndexFunc(s.Licenses, func(c ledger.TagCount) bool { return c.Tag == line.Entitlement.Tag })
		if at < 0 {
			s.Licenses = append(s.Licenses, ledger.TagCount{Tag: line.Entitlement.Tag})
			at = len(s.Licenses) - 1
		}
		s.Licenses[at].N += line.Numbered
	}
}

// settlers is how many devices a refusal names.
const settlers = 5

// withinPolicy refuses a loss that crosses a limit: which, by how much, and which devices would settle
// it.
func (is *Issuer) withinPolicy(tx *ledger.Tx, l Loss) error {
	for _, t := range l.Thresholds {
		if !t.Over() {
			continue
		}
		text := fmt.Sprintf("account %q lets %d %s, and has %d; with %s they would be %d", t.Account, t.Most, t.counts(), t.Now, l.Device.UDI, t.Then)
		if t.Bound == FailedYear {
			return reserve.Refuse(reserve.PolicyThreshold, "%s (%s); what was written off counts for %d days", text, t.Bound, ledger.YearDays)
		}
		list, err := tx.PendingReturns(ledger.PendingQuery{Scope: ledger.Scope{Account: t.Account, Below: true}, Day: is.today(), Entitlement: t.Entitlement, Limit: settlers + 1})
		if err != nil {
			return err
		}
		return reserve.Refuse(reserve.PolicyThreshold, "%s (%s); %s", text, t.Bound, settledBy(list))
	}
	return nil
}

// counts is what a limit counts, in words.
func (t Threshold) counts() string {
	switch t.Bound {
	case FailedOpen:
		return "failed devices be pending return"
	case FailedLicenses:
		return fmt.Sprintf("licenses of %s be pending return", t.Entitlement)
	}
	return fmt.Sprintf("devices be written off in %d days", ledger.YearDays)
}

// settledBy names the devices whose return codes, or evidence, would make room.
func settledBy(list []ledger.Pending) string {
	if len(list) == 0 {
		return "nothing is pending there that could be settled"
	}
	if list[0].Quarantined { // they come last
		return "pending are " + namedPending(list) + ", all quarantined: no code and no evidence settles them, and only another policy makes room"
	}
	text := "pending are "
	if at := slices.IndexFunc(list, func(d ledger.Pending) bool { return d.Quarantined }); at >= 0 {
		list, text = list[:at], "pending are, beside what is quarantined, "
	}
	return text + namedPending(list) + ": a return code of one, or evidence about it, makes room"
}

func namedPending(list []ledger.Pending) string {
	var names []string
	for _, d := range list[:min(len(list), settlers)] {
		names = append(names, fmt.Sprintf("%s (%d, since %s)", d.UDI, d.Count, d.Since))
	}
	text := strings.Join(names, ", ")
	if len(list) > settlers {
		text += " and more"
	}
	return text
}
