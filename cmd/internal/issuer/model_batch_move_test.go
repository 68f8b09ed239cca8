package issuer

import (
	"tallystick/cmd/internal/ledger"
)

// moveFile moves the devices of a file, each to an account of its own.
func (m *model) moveFile() {
	rows, names, to := [][]string{{"device", "account"}}, []string{}, []ledger.Path{}
	for range m.draw("rows", 1, 4) {
		name, account := m.aName(m.onTheBooks()), pick(m, "account", m.books.accounts).path
		cell := account.String()
		switch {
		case m.seldom("nowhere", 8):
			account = mustPath("nowhere")
			cell = account.String()
		case m.seldom("no path", 12):
			account, cell = ledger.Path{}, "a//b"
		}
		rows, names, to = append(rows, []string{name, cell}), append(names, name), append(to, account)
	}
	var list []moving
	m.actAll(file{what: "batch move", names: names,
		acts: func() Acts { return m.office.Moving(Memo{}) },
		read: func() []BatchRow {
			read, err := ReadMoves(csvText(rows...))
			m.must(err)
			return read
		},
		want: func(i int) expected { return m.wantMove(names[i], to[i]) },
		enter: func(i int, got BatchRow, _ bool) {
			if got.State == BatchSigned {
				list = append(list, moving{m.target(names[i]), to[i]})
			}
		},
		end: func() {
			m.moved(list)
			list = nil
		}})
}

// wantMove is what has to come of a row.
func (m *model) wantMove(name string, to ledger.Path) expected {
	if to.IsZero() {
		return expected{refused: unreadable}
	}
	switch why, moving := m.moves([]string{name}, to); {
	case why != "":
		return expected{refused: why}
	case len(moving) == 0:
		return expected{state: BatchAgain}
	}
	return expected{state: BatchSigned}
}

// moving is a device that goes to another account.
type moving struct {
	unit *unit
	to   ledger.Path
}

// moved enters that devices are in other accounts: of each lot that they are charged, the lot that the
// account has of the same purchase has as many more, and is what their authorizations draw on.
func (m *model) moved(list []moving) {
	parts := m.books.parts()
	for _, d := range list {
		for lot, n := range m.books.entry(d.unit).charge() {
			l := m.books.lot(lot)
			parts[partOf(l)] -= n
			parts[part{origin(l), d.to}] += n
		}
	}
	m.reread(parts)
	for _, d := range list {
		m.relocate(d.unit, d.to)
	}
}

// relocate enters it of one device, whose lots are there.
func (m *model) relocate(u *unit, to ledger.Path) {
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
