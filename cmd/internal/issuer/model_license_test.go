package issuer

import (
	"maps"
	"slices"

	"tallystick/cmd/internal/ledger"
	"tallystick/reserve"
)

// store is another account, that no device belongs to.
var store = mustPath("acme/store")

// aLot draws a lot, and returns what of it is charged to nobody.
func (m *model) aLot() (l ledger.Lot, available uint32) {
	l = pick(m, "license", m.books.lots)
	return l, l.Quantity - m.books.taken(l.ID)
}

// moveLicenses moves a part of a purchase, or all that is available, to the other account.
func (m *model) moveLicenses() {
	l, available := m.aLot()
	to := store
	if l.Account == store {
		to = plant
	}
	n := uint32(m.draw("quantity", 0, int(available)+1))
	part := m.partOf(l, to)
	want, repeated := reserve.Reason(""), false
	switch {
	case n == 0 && available == 0 && part >= 0:
		repeated = true
	case m.ended(l.Ends):
		want = reserve.LicenseEnded
	case n > available, n == 0 && available == 0:
		want = reserve.PoolExhausted
	}
	var out LicenseMoved
	var err error
	fate := m.perform(func() {
		out, err = m.office.MoveLicense(ctx, LicenseMove{License: l.ID, To: to, Quantity: n}, Memo{}, false)
	})
	if fate == undone {
		return
	}
	m.wantRefusal("moving licenses", err, want)
	if err != nil || repeated {
		if err == nil && !out.Repeated {
			m.fail("moving nothing is %+v", out)
		}
		return
	}
	if n == 0 {
		n = available
	}
	m.moved(l, n, to, part)
}

// moved enters a move. part is the place of the lot that it goes to, -1 for a new one.
func (m *model) moved(l ledger.Lot, n uint32, to ledger.Path, part int) {
	m.books.resize(l.ID, l.Quantity-n)
	if part >= 0 {
		m.books.resize(m.books.lots[part].ID, m.books.lots[part].Quantity+n)
		return
	}
	m.happened["a purchase came apart"]++
	before := m.books.quantities()
	m.books.readLots(m) // the new part has its number from the ledger, the others are as they were
	at := m.partOf(l, to)
	if at < 0 {
		m.fail("moving %d of lot %d to %s made no lot there", n, l.ID, to)
	}
	if before[m.books.lots[at].ID] = n; !maps.Equal(m.books.quantities(), before) {
		m.fail("moving %d of lot %d made %v, expected %v", n, l.ID, m.books.quantities(), before)
	}
}

// quantities returns how many each lot has.
func (r *reckoning) quantities() map[reserve.LotID]uint32 {
	out := map[reserve.LotID]uint32{}
	for _, l := range r.lots {
		out[l.ID] = l.Quantity
	}
	return out
}

// partOf returns the place of the lot that has parts of the same purchase in an account, -1 if there is
// none.
func (m *model) partOf(l ledger.Lot, in ledger.Path) int {
	return slices.IndexFunc(m.books.lots, func(o ledger.Lot) bool { return o.Account == in && origin(o) == origin(l) })
}

func origin(l ledger.Lot) reserve.LotID {
	if l.Origin != 0 {
		return l.Origin
	}
	return l.ID
}

// resize enters how many a lot has.
func (r *reckoning) resize(id reserve.LotID, n uint32) {
	at := slices.IndexFunc(r.lots, func(l ledger.Lot) bool { return l.ID == id })
	r.lots[at].Quantity = n
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
	var err error
	fate := m.perform(func() {
		_, err = m.office.RemoveLicense(ctx, LicenseRemoval{License: l.ID, Quantity: n}, Memo{Reason: "sold back"}, false)
	})
	if fate == undone {
		return
	}
	m.wantRefusal("removing licenses", err, want)
	if err == nil {
		m.books.resize(l.ID, l.Quantity-n)
	}
}

// checkPurchases checks that every lot has what purchases, moves and removals make it have.
func (m *model) checkPurchases() {
	m.view(func(tx *ledger.Tx) error {
		lots, err := tx.AllLots()
		if len(lots) != len(m.books.lots) {
			m.fail("%d lots, expected %d (I3)", len(lots), len(m.books.lots))
		}
		for i, l := range lots {
			if want := m.books.lots[i]; l.ID != want.ID || l.Account != want.Account || l.Quantity != want.Quantity || l.Reserved != m.books.taken(l.ID) {
				m.fail("lot %d of %s has %d, %d reserved; expected lot %d of %s with %d, %d reserved (I3)",
					l.ID, l.Account, l.Quantity, l.Reserved, want.ID, want.Account, want.Quantity, m.books.taken(want.ID))
			}
		}
		return err
	})
}
