package issuer

import (
	"fmt"
	"slices"

	"tallystick/reserve"
)

// A swap is a device that failed and what is to replace it.
type swap struct {
	failed, by *unit
	RMA
}

func (s swap) key() string {
	return fmt.Sprint("rma ", s.failed.identity.UDI(), s.by.identity.DID(), s.RMA.Account, s.Changes, s.Map)
}

// replaceDevice writes a device off and gives what it had to another one, to a new one, or to itself with
// a new identity; the device that failed may be as alive as any.
func (m *model) replaceDevice() {
	failed := m.holder()
	by := pick(m, "replacement", m.units)
	switch {
	case len(m.units) > 5 || m.seldom("one that is there", 3):
	case m.seldom("the same, set up anew", 3) && m.target(failed.identity.UDI().String()) == failed:
		failed.gone = true
		by = m.addUnit(failed.identity.UDI().Serial())
	default:
		by = m.addUnit(fmt.Sprint("R", len(m.units)))
	}
	m.replace(m.drawSwap(failed, by))
}

func (m *model) drawSwap(failed, by *unit) swap {
	s := swap{failed: failed, by: by, RMA: RMA{Failed: failed.identity.UDI().String(), Request: &by.request, Op: m.drawOp(), Memo: Memo{Reason: "dead"}}}
	for _, tag := range append(slices.Clone(modelTags), exportTag) {
		if m.seldom(tag, 5) {
			s.Changes = append(s.Changes, Change{Tag: tag, Count: int64(m.draw("count", 0, 2))})
		}
	}
	if m.seldom("account", 4) {
		s.RMA.Account = m.anAccount("account")
	}
	if m.seldom("mapped", 4) {
		s.Map = m.drawMap()
	}
	return s
}

// replaceAgain asks for a replacement again, word for word.
func (m *model) replaceAgain() {
	if len(m.swaps) == 0 {
		m.Skip("nothing was replaced")
	}
	m.replace(pick(m, "replacement", m.swaps))
	m.proofs++
}

func (m *model) replace(s swap) {
	want := m.replaces(s)
	defer m.relaxed()()
	plan, err := m.office.PlanRMA(ctx, s.RMA)
	m.wantRefusal("planning a replacement", err, want.refused)
	if err != nil {
		_, err := m.office.RMA(ctx, s.RMA, plan)
		m.wantRefusal("replacing", err, want.refused)
		return
	}
	r := s.RMA
	if m.carries != nil {
		m.carries(m, s.failed, &r)
		plan, err = m.office.PlanRMA(ctx, r)
		m.must(err)
	}
	var out Replacement
	fate := m.perform(func() { out, err = m.office.RMA(ctx, r, plan) })
	if fate == undone {
		return
	}
	m.must(err)
	if out.Issued.Number != want.number || out.Repeated != want.repeated {
		m.fail("replacing %s by %s: number %d, repeated %v; expected %+v", s.Failed, s.by.identity.UDI(), out.Issued.Number, out.Repeated, want)
	}
	g := m.replaced(s, want, out)
	if fate == unseen || m.seldom("and again", 4) {
		m.replacedAgain(s, g)
	}
	if fate == done {
		m.show(g)
	}
}

// replaced enters a replacement.
func (m *model) replaced(s swap, want foreseen, out Replacement) *grant {
	if !want.repeated {
		m.checkLoss(out.Loss, m.books.entry(want.failed))
	}
	return m.swappedFor(s, want, out.Issued)
}

// swappedFor enters a replacement and what was signed for it.
func (m *model) swappedFor(s swap, want foreseen, issued Issuance) *grant {
	d := demand{unit: s.by, Wish: Wish{Changes: s.Changes}}
	if !want.repeated {
		m.lose(want.failed)
		m.swaps = append(m.swaps, s)
	} else {
		m.happened["replaced before"]++
	}
	if want.replaces == want.failed && want.failed != nil {
		m.happened["replaced by itself"]++
	}
	issued.Repeated = want.repeated
	g := m.record(d, want, issued)
	if s.Op != "" {
		m.books.done[s.Op] = deed{wish: s.key(), number: g.number}
	}
	f := m.books.entry(want.failed)
	f.by, f.with = s.by, g
	m.did(acted{verb: "replace", unit: want.failed, grant: g})
	return g
}

// replacedAgain is what somebody does that saw no answer: the bytes are the same, and nothing else happens.
func (m *model) replacedAgain(s swap, g *grant) {
	r := s.RMA
	plan, err := m.office.PlanRMA(ctx, r)
	m.must(err)
	out, err := m.office.RMA(ctx, r, plan)
	m.must(err)
	if !out.Repeated || !slices.Equal(out.Issued.Authorization, g.body) {
		m.fail("replacing %s once more: repeated %v, number %d (I6)", s.Failed, out.Repeated, out.Issued.Number)
	}
}

// failedOf is the identity that a replacement is about: that which is enrolled or, where that is the
// replacement itself, the one before.
func (m *model) failedOf(s swap) (*unit, reserve.Reason) {
	u := m.target(s.Failed)
	switch {
	case u == nil:
		return nil, reserve.UnknownDevice
	case u != s.by:
		return u, ""
	}
	for _, old := range m.units {
		if e := m.books.entry(old); old.identity.UDI() == u.identity.UDI() && e.by == u {
			return old, ""
		}
	}
	return nil, reserve.OutOfRange
}

// replaces is what has to come of a replacement.
func (m *model) replaces(s swap) foreseen {
	if !s.sound() {
		return refuse(reserve.OutOfRange)
	}
	failed, why := m.failedOf(s)
	if why != "" {
		return refuse(why)
	}
	f := m.books.entry(failed)
	if before, ok := m.books.done[s.Op]; ok && s.Op != "" {
		if before.wish != s.key() {
			return refuse(reserve.OperationReused)
		}
		for _, old := range m.units { // that may be enrolled with another identity by now
			if e := m.books.entry(old); old.identity.UDI() == failed.identity.UDI() && e.by == s.by && e.with.number == before.number {
				return m.repeatsSwap(old, e)
			}
		}
	}
	switch {
	case f.by != nil && (f.by != s.by || !m.asGranted(s, f.with)):
		return refuse(reserve.AlreadyExists)
	case f.by != nil:
		return m.repeatsSwap(failed, f)
	}
	if why := m.loses(failed, nil); why != "" {
		return refuse(why)
	}
	return m.swapped(s, failed, f)
}

// repeatsSwap is what has to come of a replacement that was done before.
func (m *model) repeatsSwap(failed *unit, f *entry) foreseen {
	switch by := m.books.entry(f.by); {
	case !by.alive(f.with):
		return refuse(reserve.Superseded)
	case by.writtenOff && len(f.with.grants) > 0:
		return refuse(reserve.DeviceWrittenOff)
	}
	return foreseen{repeated: true, number: f.with.number, failed: failed}
}

// swapped is replaces for a device that may be written off, and was not replaced.
func (m *model) swapped(s swap, failed *unit, f *entry) foreseen {
	e := m.books.entry(s.by)
	account := s.RMA.Account
	var replaces *unit
	switch twin := m.target(s.by.identity.UDI().String()); {
	case !e.enrolled && s.by.identity.UDI() == failed.identity.UDI():
		replaces = failed
	case !e.enrolled && twin != nil:
		other := m.books.entry(twin)
		if !other.makesRoom() && other.frozen() != "" {
			return refuse(other.frozen())
		}
		if !other.makesRoom() && len(other.charge()) > 0 {
			return refuse(reserve.DuplicateDevice)
		}
		replaces = twin
	case e.superseded:
		return refuse(reserve.DuplicateDevice)
	case e.writtenOff:
		return refuse(reserve.DeviceWrittenOff)
	case len(e.charge()) > 0:
		return refuse(reserve.ReplacementHolds)
	}
	switch {
	case e.frozen() != "":
		return refuse(e.frozen())
	case m.books.onKeys(s.by, m.today()):
		return refuse(reserve.LicensingMode)
	case e.enrolled && !account.IsZero() && account != e.account:
		return refuse(reserve.WrongAccount)
	case e.enrolled:
		account = e.account
	case account.IsZero():
		account = f.account
	}
	if why := m.books.mayReserve(account); why != "" {
		return refuse(why)
	}
	out := m.carriesOver(s, f, e, account)
	out.replaces, out.account, out.failed = replaces, account, failed
	return out
}
