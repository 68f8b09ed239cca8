package issuer

import (
	"slices"

	"tallystick/cmd/internal/ledger"
	"tallystick/reserve"
)

// moveDevices gives one or two devices to another account, now and then one that isn't known.
func (m *model) moveDevices() {
	units := []*unit{pick(m, "device", m.units)}
	if m.seldom("two", 3) {
		units = append(units, pick(m, "second device", m.units))
	}
	to := pick(m, "account", m.books.accounts).path
	if m.seldom("nowhere", 10) {
		to = mustPath("nowhere")
	}
	m.moveUnits(units, to)
}

// moveUnits moves the devices that are called what these are, with all that is reserved for them.
func (m *model) moveUnits(units []*unit, to ledger.Path) {
	names := make([]string, len(units))
	for i, u := range units {
		names[i] = u.identity.UDI().String()
	}
	want, fresh := m.moves(names, to)
	if _, err := m.office.MoveDevices(ctx, names, to, Memo{}, true); reasonOf(err) != want {
		m.fail("previewing a move: %v, want a refusal for %q", err, want)
	}
	m.check()
	var out []Moved
	var err error
	if m.perform(func() { out, err = m.office.MoveDevices(ctx, names, to, Memo{}, false) }) == undone {
		return
	}
	m.wantRefusal("moving devices", err, want)
	if err != nil {
		return
	}
	again := 0
	for _, o := range out {
		if o.Repeated {
			again++
		}
	}
	if again != len(units)-len(fresh) {
		m.fail("moving %v to %s: %d were there already, expected %d", names, to, again, len(units)-len(fresh))
	}
	var list []moving
	for _, u := range fresh {
		list = append(list, moving{u, to})
	}
	m.moved(list)
}

// moves is what has to come of a move, and which identities it is about.
func (m *model) moves(names []string, to ledger.Path) (want reserve.Reason, moving []*unit) {
	if m.books.account(to) == nil {
		return reserve.UnknownAccount, nil
	}
	for _, name := range names {
		u := m.target(name)
		switch {
		case u == nil:
			return reserve.UnknownDevice, nil
		case m.books.entry(u).account == to || slices.Contains(moving, u):
			continue
		}
		if why := m.books.open(to); why != "" {
			return why, nil
		}
		if m.books.entry(u).writtenOff {
			return reserve.DeviceWrittenOff, nil
		}
		moving = append(moving, u)
	}
	return "", moving
}

// relocated is what an authorization draws on when that of it which is charged is in another account.
func (r *reckoning) relocated(d drawing, charge map[reserve.LotID]uint32, to ledger.Path) drawing {
	of := map[drawn]uint32{}
	for on, n := range d.of {
		if charge[on.lot] > 0 {
			on.lot = r.partOf(part{origin(r.lot(on.lot)), to})
		}
		of[on] = n
	}
	return newDrawing(of)
}
