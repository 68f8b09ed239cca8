package issuer

import (
	"slices"

	"tallystick/reserve"
)

// meanwhile are acts that another officer may do between a preview and its commit.
func meanwhile() []func(*model) {
	return []func(*model){(*model).authorizeAny, (*model).buy, (*model).moveLicenses, (*model).removeLicenses, (*model).receiveAny, (*model).moveDevices,
		(*model).renameAccount, (*model).writeOffSome, (*model).settleByEvidence, (*model).convertKey, (*model).registerKeys,
		(*model).daysPass, (*model).haunt, (*model).batch}
}

// between has another officer, with the same home open, do something or other, or nothing. What both
// have open is not cut off while they do.
func (m *model) between() {
	first, calm := m.office, m.calm
	m.calm = true
	m.must(m.open())
	other := m.office
	defer func() {
		m.must(other.Close())
		m.office, m.calm = first, calm
	}()
	for range m.draw("meanwhile", 0, 2) {
		pick(m, "act", meanwhile())(m)
	}
}

// staleWish plans an authorization, and commits it after somebody else did something. What comes of it
// is what was previewed, or nothing.
func (m *model) staleWish() {
	d := m.drawDemand()
	if m.foresee(d).refused != "" {
		m.Skip("it would be refused")
	}
	plan, err := m.office.Plan(ctx, d.Wish)
	m.must(err)
	m.between()
	want := m.foresee(d)
	now, _ := m.office.Plan(ctx, d.Wish)
	out, err := m.commitStale(d, plan)
	switch {
	case want.refused != "":
		m.wantRefusal("a stale wish", err, want.refused)
	case !now.same(plan):
		m.wantRefusal("a stale wish", err, reserve.Busy)
	default:
		m.must(err)
		if out.Number != want.number || out.Repeated != want.repeated {
			m.fail("a stale wish: number %d, repeated %v; expected %d, %v", out.Number, out.Repeated, want.number, want.repeated)
		}
		if d.Request == nil {
			d.unit = m.target(d.Device)
		}
		m.happened["a preview that still held"]++
		m.show(m.record(d, want, out))
	}
}

// commitStale commits what was previewed. The mutation previews again, and doesn't look.
func (m *model) commitStale(d demand, plan Plan) (Issuance, error) {
	if m.hasty {
		if now, err := m.office.Plan(ctx, d.Wish); err == nil {
			plan = now
		}
	}
	return m.office.Authorize(ctx, d.Wish, plan)
}

// staleSwap does the same with a replacement.
func (m *model) staleSwap() {
	s := m.drawSwap(m.holder(), m.addUnitIfFew())
	if m.replaces(s).refused != "" {
		m.Skip("it would be refused")
	}
	plan, err := m.office.PlanRMA(ctx, s.RMA)
	m.must(err)
	m.between()
	want := m.replaces(s)
	now, _ := m.office.PlanRMA(ctx, s.RMA)
	out, err := m.office.RMA(ctx, s.RMA, plan)
	switch {
	case want.refused != "":
		m.wantRefusal("a stale replacement", err, want.refused)
	case !now.same(plan):
		m.wantRefusal("a stale replacement", err, reserve.Busy)
	default:
		m.must(err)
		m.show(m.replaced(s, want, out))
	}
}

// staleLoss does the same with a write-off.
func (m *model) staleLoss() {
	u := m.holder()
	if m.loses(m.target(u.identity.UDI().String()), nil) != "" {
		m.Skip("it would be refused")
	}
	w := WriteOff{Devices: []string{u.identity.UDI().String()}, Memo: Memo{Reason: "lost"}}
	plan, err := m.office.PlanWriteOff(ctx, w)
	m.must(err)
	m.between()
	u = m.target(w.Devices[0])
	want := m.loses(u, nil)
	now, _ := m.office.PlanWriteOff(ctx, w)
	_, err = m.office.WriteOff(ctx, w, plan)
	switch {
	case want != "":
		m.wantRefusal("a stale write-off", err, want)
	case !now[0].same(plan[0]):
		m.wantRefusal("a stale write-off", err, reserve.Busy)
	default:
		m.must(err)
		m.lose(u)
	}
}

// staleRenewal does the same with a renewal, each device of which is for itself.
func (m *model) staleRenewal() {
	r := Renewal{Account: m.anAccount("of"), Entitlement: pick(m, "entitlement", modelTags)}
	if m.books.mayReserve(r.Account) != "" {
		m.Skip("it would be refused")
	}
	plan, err := m.office.PlanRenewal(ctx, r)
	m.must(err)
	m.between()
	m.must(m.office.Renew(ctx, plan, func(list []Renewed) error {
		for _, got := range list {
			m.staleRow(got)
		}
		return nil
	}))
}

// staleRow enters what came of a device: what it asked for, or nothing.
func (m *model) staleRow(got Renewed) {
	d := demand{unit: m.target(got.Row.Device.UDI.String()), Wish: got.Row.wish}
	if got.Err != nil {
		m.happened["a stale renewal: "+string(reasonOf(got.Err))]++
		return
	}
	if got.Row.State == RenewalAgain {
		if e := m.books.entry(d.unit); e.newest() == nil || !slices.Equal(e.newest().body, got.Issuance.Authorization) {
			m.fail("a stale renewal gave the code of number %d again", got.Issuance.Number)
		}
		return
	}
	want := m.foresee(d)
	if want.refused != "" || want.number != got.Issuance.Number {
		m.fail("a stale renewal %+v: number %d, expected %+v", d.Wish, got.Issuance.Number, want)
	}
	m.show(m.record(d, want, got.Issuance))
}
