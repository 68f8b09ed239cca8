package issuer

import (
	"tallystick/cmd/internal/ledger"
	"tallystick/reserve"
)

// expectDevices announces a device, corrects what was announced, or takes it back.
func (m *model) expectDevices() {
	e := ledger.Expected{Serial: pick(m, "serial", []string{"A1", "A2", "B7"})}
	if m.draw("with its product ID", 0, 1) == 1 {
		e.Product = "C9300-24T"
	}
	if m.draw("for an account", 0, 2) > 0 {
		e.Account = m.anAccount("account")
	}
	withdraw := m.seldom("taken back", 3)
	present, found := m.books.expected[e.Name()]
	want, changed := reserve.Reason(""), 1
	switch {
	case withdraw && !found, !withdraw && found && present == e.Account:
		changed = 0
	case !withdraw && !e.Account.IsZero():
		want = m.books.open(e.Account)
	}
	var n int
	var err error
	if m.perform(func() { n, err = m.office.Expect(ctx, []ledger.Expected{e}, withdraw, Memo{}, false) }) == undone {
		return
	}
	m.wantRefusal("expecting a device", err, want)
	if err != nil {
		return
	}
	if n != changed {
		m.fail("expecting %+v, taken back %v: %d changed, expected %d", e, withdraw, n, changed)
	}
	if withdraw {
		delete(m.books.expected, e.Name())
	} else {
		m.books.expected[e.Name()] = e.Account
	}
	m.did(acted{verb: "expect", expected: e, withdrawn: withdraw})
}

// checkArrival checks what an officer is told of a new device before signing for it.
func (m *model) checkArrival(u *unit, p Plan) {
	want := NothingAnnounced
	if len(m.books.expected) > 0 {
		want = Unexpected
	}
	udi := u.identity.UDI()
	for _, name := range []string{udi.Serial(), udi.String()} { // the one with the product ID counts
		if account, found := m.books.expected[name]; found {
			want = AsAnnounced
			if !account.IsZero() && account != p.Account {
				want = OtherAccount
			}
		}
	}
	if p.Arrival != want {
		m.fail("the new device %s in %s is %q, expected %q", udi, p.Account, p.Arrival, want)
	}
	m.happened["arrived: "+string(want)]++
}
