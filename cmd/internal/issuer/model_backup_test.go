package issuer

import (
	"tallystick/cmd/internal/ledger"
	"tallystick/reserve"
)

// keepLedger copies the home while no program runs, as a backup does.
func (m *model) keepLedger() {
	m.must(m.office.Close())
	dir := m.copyAway()
	m.must(m.open())
	m.kept = &copyOf{dir, m.head(), m.books.clone()}
	m.copies++
}

// freeze puts the copy in the ledger's place and leaves the anchor: nothing is issued or credited from
// the older books, which can be read, until the newest are in their place again.
func (m *model) freeze() {
	if m.kept == nil {
		m.Skip("there is no copy")
	}
	newest := m.copyAway()
	m.must(m.office.Close())
	replaceDir(m.kept.dir, m.dir)
	m.must(m.open())
	if older := m.head(); older < m.anchored() {
		m.refusesAll()
		m.happened["older books were frozen"]++
		if m.head() != older {
			m.fail("frozen books went on")
		}
	}
	m.must(m.office.Close())
	replaceDir(newest, m.dir)
	m.must(m.open())
	m.proofs++
}

// anchored is how many journal entries the anchor says there are. It may be one commit behind, of
// which nobody saw the answer.
func (m *model) anchored() (size uint32) {
	last, err := m.office.Issuer.anchor()
	m.must(err)
	return last.tree.Size
}

// refusesAll tries every act of the office that changes something.
func (m *model) refusesAll() {
	u := m.living()
	wish := Wish{Request: &u.request, Account: m.accountOf(u), Changes: []Change{{Tag: "dna-advantage", Count: 1}}}
	_, authorizing := m.office.Authorize(ctx, wish, Plan{})
	_, reprinting := m.office.Reprint(ctx, u.identity.UDI().Serial(), 1)
	_, _, buying := m.office.AddLicense(ctx, m.purchase(store, "dna-advantage", 1, 0), Memo{}, false)
	_, moving := m.office.MoveDevices(ctx, []string{u.identity.UDI().Serial()}, store, Memo{}, false)
	_, _, renaming := m.office.RenameAccount(ctx, store, annex, Memo{}, false)
	_, _, closing := m.office.CloseAccount(ctx, store, Memo{}, false)
	_, registering := m.office.AddOptionKeys(ctx, []ledger.OptionKey{m.drawKey()}, Memo{}, false)
	_, announcing := m.office.Expect(ctx, []ledger.Expected{{Serial: "A1"}}, false, Memo{}, false)
	_, _, opening := m.office.NewKey(ctx, "frozen", issueRoles, Memo{}, false)
	acts := map[string]error{"authorizing": authorizing, "reprinting": reprinting, "buying": buying, "a new key": opening, "moving": moving,
		"renaming": renaming, "closing": closing, "registering": registering, "announcing": announcing}
	for _, p := range m.papers {
		if p.grant == nil {
			_, acts["receiving a "+p.code.Kind().Name] = m.office.Receive(ctx, m.read(p.code.Paste()), "", false)
		}
	}
	for what, err := range acts {
		if reasonOf(err) != reserve.Frozen {
			m.fail("%s with older books: %v, want a refusal for %q", what, err, reserve.Frozen)
		}
	}
}

// putLedgerBack puts the copy in the ledger's place and the anchor in that of the anchor, as when a
// whole machine is put back. What is forgotten may be held besides everything that the books give out
// from now on, and no more than that.
func (m *model) putLedgerBack() {
	if m.kept == nil {
		m.Skip("there is no copy")
	}
	m.must(m.office.Close())
	replaceDir(m.kept.dir, m.dir)
	replaceDir(anchorsOf(m.kept.dir), anchorsOf(m.dir))
	m.must(m.open())
	m.forget()
}

// forget takes up what the copy knows. What was authorized since is forgotten.
func (m *model) forget() {
	for u, e := range m.books.entries {
		for _, g := range e.issued {
			if !m.kept.books.entry(u).knows(g) {
				m.forgotten[g] = true
			}
		}
	}
	m.books, m.lost, m.before = m.kept.books.clone(), true, nil
	m.readTrust()
	m.copies++
}

// loseTail puts the ledger back behind something that a device got meanwhile: an authorization, or now
// and then a trust root.
func (m *model) loseTail() {
	if m.seldom("a key", 3) {
		u := m.living()
		m.keepLedger()
		m.newKey()
		m.obey(u, m.trust())
		m.putLedgerBack()
		return
	}
	d := m.drawDemand()
	if m.foresee(d).refused != "" {
		m.Skip("it would be refused")
	}
	m.keepLedger()
	m.authorize(d)
	m.installOf(d.unit)
	m.putLedgerBack()
	if m.draw("and it is told", 0, 3) > 0 {
		if m.draw("by a report", 0, 1) == 1 {
			m.reportOf(d.unit)
		}
		m.receiveOf(d.unit)
	}
	if m.draw("and gives it up", 0, 2) > 0 {
		m.returnAll(d.unit)
		m.receiveOf(d.unit)
	}
}
