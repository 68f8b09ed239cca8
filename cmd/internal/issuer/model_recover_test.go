package issuer

import (
	"slices"

	"tallystick/cmd/internal/ledger"
	"tallystick/reserve"
)

// recover puts the copy in the ledger's place under its anchor, and goes on with it as the manual
// says: each device is settled, by an authorization that says what its newest known one does or takes
// everything away, and those that can't be are given up. The copy is not put back a second time: the
// numbers that this recovery gives are further on than those that the next one would leave out.
func (m *model) recover() {
	if m.kept == nil || m.kept.head >= m.anchored() {
		m.Skip("nothing would be lost")
	}
	m.must(m.office.Close())
	replaceDir(m.kept.dir, m.dir)
	m.must(m.open())
	m.forget()
	m.insist(func() error { _, _, err := m.office.BeginRecovery(ctx, Memo{}, false); return err })
	u := m.living()
	_, err := m.office.Authorize(ctx, Wish{Request: &u.request, Account: m.accountOf(u), Changes: []Change{{Tag: "dna-advantage", Count: 1}}}, Plan{})
	m.wantRefusal("authorizing in a recovery", err, reserve.Frozen)
	m.takeBack()
	settling := map[*unit]*grant{}
	for _, u := range m.units {
		if m.target(u.identity.UDI().Serial()) == u && !m.books.entry(u).writtenOff {
			settling[u] = m.settleUnit(u)
		}
	}
	m.mayCredit = true
	m.finish(settling)
	m.kept = nil
}

// insist does an act that is safe to repeat until it was done and its answer seen.
func (m *model) insist(act func() error) {
	for m.perform(func() { m.must(act()) }) != done {
		continue
	}
}

// settleUnit issues what settles a device, and brings it there and back if it can be.
func (m *model) settleUnit(u *unit) *grant {
	e := m.books.entry(u)
	number := e.next() - 1 + reserve.LostNumbers
	want := reserve.Reason("")
	switch {
	case e.tooFar(number):
		want = reserve.OutOfRange
	case e.quarantined:
		want = reserve.Quarantined
	}
	empty := m.draw("take everything away", 0, 1) == 1
	holds := map[reserve.EntitlementID]uint64{}
	if s := m.standing(e); !empty {
		holds = s.running
	}
	var out Issuance
	rebase := func() (err error) {
		out, err = m.office.Rebase(ctx, u.identity.UDI().String(), empty, Memo{}, false)
		return err
	}
	if want != "" {
		m.wantRefusal("settling", rebase(), want)
		return nil
	}
	m.insist(rebase)
	g := m.newGrant(u, out.Authorization)
	m.readDraws(g)
	m.checkGrant(demand{unit: u}, foreseen{holds: holds}, g)
	if g.number != number {
		m.fail("%s is settled by number %d, expected %d", u.identity.UDI(), g.number, number)
	}
	e.issued, e.taken[g], e.suspect = append(e.issued, g), true, false
	m.show(g)
	m.mayCredit = true
	if !u.gone && m.draw("it can be reached", 0, 3) > 0 {
		m.reach(u, g)
	}
	return g
}

// reach has a device install what settles it, or else give everything up.
func (m *model) reach(u *unit, g *grant) {
	if m.draw("it keeps something", 0, 2) > 0 {
		m.installOf(u)
	} else {
		m.returnAll(u)
		for range 3 {
			if g.number >= u.floor {
				m.cancelThrough(u, min(g.number, u.floor+mostCanceled))
			}
		}
	}
	m.receiveOf(u)
}

// finish ends the recovery, and checks that nothing lost is left on a device that was settled.
func (m *model) finish(settling map[*unit]*grant) {
	given := int64(0)
	for u, g := range settling {
		switch e := m.books.entry(u); {
		case g == nil || e.floor < g.number:
			given++
			m.happened["a device was given up"]++
		case !u.rolled:
			m.happened["a device was settled"]++
			for _, lost := range m.made {
				if lost.unit == u && m.forgotten[lost] && (lost == u.held || lost.number >= u.floor) && !u.gone {
					m.fail("%s was settled and can hold number %d, which was lost", u.identity.UDI(), lost.number)
				}
			}
		}
	}
	if given > 0 {
		_, err := m.office.FinishRecovery(ctx, false, Memo{}, false)
		m.wantRefusal("finishing a recovery", err, reserve.Frozen)
	}
	waived := int64(-1)
	fate := undone
	for fate == undone {
		fate = m.perform(func() {
			var err error
			waived, err = m.office.FinishRecovery(ctx, true, Memo{}, false)
			m.must(err)
		})
	}
	if waived != given {
		m.fail("%d devices were given up, expected %d", waived, given)
	}
}

// readDraws takes what an authorization draws from the ledger.
func (m *model) readDraws(g *grant) {
	m.view(func(tx *ledger.Tx) error {
		device, err := tx.DeviceByDID(g.unit.identity.DID())
		if err != nil {
			return err
		}
		stored, err := tx.Authorization(device.ID, g.number)
		of := map[drawn]uint32{}
		for _, d := range stored.Draws {
			of[drawn{d.Lot, d.Grant.Entitlement}] += d.Grant.Count
		}
		m.books.entry(g.unit).drawn[g] = newDrawing(of)
		if !slices.Equal(stored.Body, g.body) {
			m.fail("number %d is stored with other bytes", g.number)
		}
		return err
	})
}
