package issuer

import (
	"fmt"
	"slices"
	"strconv"

	"tallystick/cmd/internal/ledger"
	"tallystick/cmd/internal/resolve"
	"tallystick/keys"
	"tallystick/reserve"
)

// publishedBundle is what a trust bundle is called that a step writes and a later one takes.
const publishedBundle = "issuer.tally"

// conclude finds the row of a subject and fills it in.
func (r *resolver) conclude(s *subject) (ResolvedDevice, error) {
	f, err := r.facts(s)
	if err != nil {
		return ResolvedDevice{}, err
	}
	out := ResolvedDevice{UDI: s.identity.UDI(), DID: s.identity.DID(), Enrolled: s.enrolled, Holds: resolve.HoldsBy(s.after)}
	if s.enrolled {
		out.Account, out.Superseded, out.Standing = s.device.Account, s.device.Superseded, s.books.StandingOn(r.today)
		out.Suspect, out.Quarantined = s.books.Suspect, s.books.Quarantined
	}
	if err := r.licenses(s, &out); err != nil {
		return ResolvedDevice{}, err
	}
	values := r.values(s)
	id := resolve.AtIssuer(f)
	code := s.inHand(id)
	if id == resolve.DeviceReplaced {
		code = r.replacement
	}
	if code != nil {
		values[resolve.InHand] = []string{code.Paste()}
	}
	out.Row = resolve.IssuerRow(id, values)
	return out, nil
}

// licenses adds up what the books keep for a subject.
func (r *resolver) licenses(s *subject, out *ResolvedDevice) error {
	of := map[reserve.LotID]reserve.EntitlementID{}
	if err := entitlementsOf(r.tx, s.books, of); err != nil {
		return err
	}
	ended := Ended(s.books, r.today)
	sum := func(by map[reserve.LotID]uint32) map[string]uint64 {
		tags := map[string]uint64{}
		for lot, n := range by {
			if tag, _ := r.trust.Catalog().Tag(of[lot]); !ended[lot] {
				tags[tag] += uint64(n)
			}
		}
		return tags
	}
	out.Reserved, out.InTransit, out.Pending = sum(s.books.Charge()), sum(s.books.InTransit()), sum(s.books.Exposure())
	return nil
}

// inHand is the code that the first step of a row is about.
func (s *subject) inHand(row string) *resolve.Code {
	switch row {
	case resolve.CodeNotTaken:
		return s.fresh
	case resolve.SetBack:
		return s.revived
	case resolve.RecoveryImport:
		return s.unknown
	case resolve.IdentityReplaced, resolve.RequestNotAnswered, resolve.RecoveryEnroll:
		if s.twin != nil {
			return s.twin
		}
		return s.request
	}
	return nil
}

func (r *resolver) facts(s *subject) (resolve.IssuerFacts, error) {
	f := resolve.IssuerFacts{
		Frozen: r.recovery.Frozen != nil, Unanchored: r.recovery.Lost.Size == 0, Recovering: r.recovery.Open,
		AllSettled: r.recovery.Open && r.recovery.Devices == 0,
		Enrolled:   s.enrolled, Superseded: s.device.Superseded, Suspect: s.books.Suspect, Quarantined: s.books.Quarantined,
		WrittenOff: s.books.WrittenOff, Pending: len(s.books.ExposureOn(r.today)) > 0, Lives: s.books.Lives,
		Failed: r.failed, Replacement: r.replacement != nil,
		Issued: len(s.books.Issued) > 0, Alive: len(s.books.Alive()) > 0, Charged: len(s.books.Charge()) > 0, Unproven: len(resolve.HoldsBy(s.books).Or),
		Request: s.request != nil, New: s.fresh != nil, Twin: s.twin != nil, Revived: s.revived != nil,
		Foreign: s.unknown != nil && (!r.recovery.Open || s.number > s.books.Last()),
	}
	for _, report := range s.reports {
		n, _ := report.Installed()
		f.Reported = f.Reported || n != s.number
	}
	_, err := s.books.Next()
	f.Exhausted, f.TooFar = reasonOf(err) == reserve.NumbersExhausted, reasonOf(err) == reserve.OutOfRange
	if r.recovery.Open && s.enrolled {
		begun, _, err := r.tx.Recovery()
		if err != nil {
			return f, err
		}
		f.Settled = slices.ContainsFunc(s.stored, func(a ledger.Authorization) bool {
			return a.Rebased && !a.Recovered && a.Sequence > begun.Sequence && s.books.Floor >= a.Number
		})
	}
	return f, r.judgeNewest(s, &f)
}

// judgeNewest finds out what is the matter with the newest authorization that may be installed.
func (r *resolver) judgeNewest(s *subject, f *resolve.IssuerFacts) error {
	newest, ok := s.books.Newest()
	if !ok {
		return nil
	}
	i := slices.IndexFunc(s.stored, func(a ledger.Authorization) bool { return a.Number == newest.Number })
	if i < 0 {
		return fmt.Errorf("issuer: authorization %d of %s is not stored", newest.Number, s.identity.UDI())
	}
	_, err := reserve.OpenAuthorization(s.stored[i].Body, r.trust, s.identity)
	if err != nil && !isRefusal(err) {
		return err
	}
	confirmed, ok := s.books.Confirmed()
	installed := ok && confirmed.Number == newest.Number
	f.Untaken = reasonOf(err) == reserve.KeyCompromised || err != nil && !installed
	f.Ended, f.SomeEnded = endedOf(newest.Draws, r.today)
	x, err := reserve.Inspect(reserve.AuthorizationKind, s.stored[i].Body, reserve.Trust{}, reserve.Identity{})
	f.Behind = s.root < x.RootVersion
	return err
}

// endedOf reports whether all of what is granted, or some of it, has ended.
func endedOf(draws []reserve.Draw, today keys.Day) (all, some bool) {
	ended := 0
	for _, d := range draws {
		if d.Grant.Ends != 0 && d.Grant.Ends < today {
			ended++
		}
	}
	return ended > 0 && ended == len(draws), ended > 0
}

// values are what the commands of a way out are filled with.
func (r *resolver) values(s *subject) resolve.Values {
	v := resolve.Values{resolve.UDI: {s.identity.UDI().String()}, resolve.File: {publishedBundle}}
	if s.enrolled {
		v[resolve.Account] = []string{s.device.Account.String()}
	}
	last := min(s.books.Last(), max(s.books.Floor, s.books.Seen, 1)+63) // what a device cancels at once
	if s.unknown != nil {
		last = s.number
	}
	v[resolve.Number] = []string{strconv.Itoa(int(last))}
	newest, ok := s.books.Newest()
	if !ok || s.twin != nil && len(newest.Draws) == 0 { // another identity has nothing that could be taken away
		return v
	}
	catalog := r.trust.Catalog()
	var order []reserve.EntitlementID
	sums := map[reserve.EntitlementID]uint64{}
	for _, d := range newest.Draws {
		if _, seen := sums[d.Grant.Entitlement]; !seen {
			order = append(order, d.Grant.Entitlement)
		}
		sums[d.Grant.Entitlement] += uint64(d.Grant.Count)
	}
	grants := []string{}
	for _, id := range order {
		tag, _ := catalog.Tag(id)
		grants = append(grants, fmt.Sprintf("%s=%d", tag, sums[id]))
	}
	v[resolve.Grants] = grants
	return v
}
