package issuer

import (
	"fmt"

	"tallystick/cmd/internal/ledger"
	"tallystick/reserve"
)

// aLot draws a lot, and returns what of it is charged to nobody.
func (m *model) aLot() (l ledger.Lot, available uint32) {
	l = pick(m, "license", m.books.lots)
	return l, l.Quantity - m.books.taken(l.ID)
}

// moveLicenses moves a part of a purchase, or all that is available, to another account.
func (m *model) moveLicenses() {
	l, available := m.aLot()
	m.moveLot(l, pick(m, "account", m.books.accounts).path, uint32(m.draw("quantity", 0, int(available)+1)))
}

// moveLot moves n of a lot, or all that is available.
func (m *model) moveLot(l ledger.Lot, to ledger.Path, n uint32) {
	available := l.Quantity - m.books.taken(l.ID)
	op := m.drawOp()
	want, repeated := m.movesLot(l, to, n, op)
	asked := LicenseMove{License: l.ID, To: to, Quantity: n}
	move := command{op, fmt.Sprintf("move %+v", asked), func(op string) (bool, error) {
		same := asked
		same.Op = op
		out, err := m.office.MoveLicense(ctx, same, Memo{}, false)
		return out.Repeated, err
	}}
	if !m.command("moving licenses", move, want, repeated) {
		return
	}
	if n == 0 {
		n = available
	}
	parts := m.books.parts()
	parts[partOf(l)] -= n
	parts[part{origin(l), to}] += n
	m.reread(parts)
	m.did(acted{verb: "move licenses", lot: l.ID, n: n, from: l.Account, to: to})
}

// movesLot is what has to come of a move.
func (m *model) movesLot(l ledger.Lot, to ledger.Path, n uint32, op string) (want reserve.Reason, repeated bool) {
	available := l.Quantity - m.books.taken(l.ID)
	switch {
	case op == "" && n == 0 && available == 0 && l.Account != to && m.books.partOf(part{origin(l), to}) != 0:
		return "", true
	case m.ended(l.Ends):
		return reserve.LicenseEnded, false
	case n == 0 && available == 0:
		return reserve.PoolExhausted, false
	case m.books.open(to) != "":
		return m.books.open(to), false
	case l.Account == to:
		return reserve.OutOfRange, false
	case n > available:
		return reserve.PoolExhausted, false
	}
	return "", false
}

// removeLicenses takes licenses off the books.
func (m *model) removeLicenses() {
	if !m.seldom("remove", 2) {
		m.Skip("there would be none left")
	}
	l, available := m.aLot()
	n := uint32(m.draw("quantity", 1, int(available)+1))
	want := reserve.Reason("")
	switch {
	case n > l.Quantity:
		want = reserve.OutOfRange
	case n > available:
		want = reserve.PoolExhausted
	}
	remove := command{m.drawOp(), fmt.Sprintf("remove %d of %d", n, l.ID), func(op string) (bool, error) {
		out, err := m.office.RemoveLicense(ctx, LicenseRemoval{License: l.ID, Quantity: n, Op: op}, Memo{Reason: "sold back"}, false)
		return out.Repeated, err
	}}
	if m.command("removing licenses", remove, want, false) {
		m.books.resize(l.ID, l.Quantity-n)
		m.books.bought[origin(l)] -= n
		m.did(acted{verb: "remove licenses", lot: l.ID, n: n, from: l.Account})
	}
}
