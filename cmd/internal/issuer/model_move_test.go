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
	want, moving := m.moves(units, to)
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
	if again != len(units)-len(moving) {
		m.fail("moving %v to %s: %d were there already, expected %d", names, to, again, len(units)-len(moving))
	}
	m.moved(moving, to)
}

// moves is what has to come of a move, and which identities it is about.
func (m *model) moves(units []*unit, to ledger.Path) (want reserve.Reason, moving []*unit) {
	if m.books.account(to) == nil {
		return reserve.UnknownAccount, nil
	}
	for _, u := range units {
		switch u = m.target(u.identity.UDI().String()); {
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

// moved enters that devices are in another account: of each lot that they are charged, the lot that the
// account has of the same purchase has as many more, and is what their authorizations draw on.
func (m *model) moved(units []*unit, to ledger.Path) {
	parts := m.books.parts()
	for _, u := range units {
		for lot, n := range m.books.entry(u).charge() {
			l := m.books.lot(lot)
			parts[partOf(l)] -= n
			parts[part{origin(l), to}] += n
		}
	}
	m.reread(parts)
	for _, u := range units {
		e := m.books.entry(u)
		from, charge := e.account, e.charge()
		e.account = to
		for g, d := range e.drawn {
			e.drawn[g] = m.books.relocated(d, charge, to)
		}
		if len(charge) > 0 {
			m.happened["a device took licenses along"]++
		}
		m.did(acted{verb: "move a device", unit: u, from: from, to: to, charge: charge})
	}
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
