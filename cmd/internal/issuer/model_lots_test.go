package issuer

import (
	"maps"
	"slices"

	"tallystick/cmd/internal/ledger"
	"tallystick/reserve"
)

// A part is what an account has of one purchase.
type part struct {
	purchase reserve.LotID
	account  ledger.Path
}

func partOf(l ledger.Lot) part { return part{origin(l), l.Account} }

func origin(l ledger.Lot) reserve.LotID {
	if l.Origin != 0 {
		return l.Origin
	}
	return l.ID
}

// parts returns how many each part has. A purchase is one lot in each account that has, or had, parts of it.
func (r *reckoning) parts() map[part]uint32 {
	out := map[part]uint32{}
	for _, l := range r.lots {
		out[partOf(l)] = l.Quantity
	}
	return out
}

// partOf returns the lot that an account has of a purchase, 0 if it has none.
func (r *reckoning) partOf(p part) reserve.LotID {
	at := slices.IndexFunc(r.lots, func(l ledger.Lot) bool { return partOf(l) == p })
	if at < 0 {
		return 0
	}
	return r.lots[at].ID
}

// reread takes up that parts of purchases went where they had not been before: a new lot has its number
// from the ledger, and everything else of it from the purchase. Those that were there are as they
// were, but for how many they have.
func (m *model) reread(want map[part]uint32) {
	before := m.books.lots
	m.view(func(tx *ledger.Tx) (err error) {
		m.books.lots, err = tx.AllLots()
		return err
	})
	if got := m.books.parts(); !maps.Equal(got, want) || len(got) != len(m.books.lots) {
		m.fail("the purchases have become %v, expected %v (I3)", got, want)
	}
	for i, l := range m.books.lots {
		like := l
		if i < len(before) {
			like = before[i]
		} else if of := origin(l); of != l.ID {
			like = m.books.lot(of)
			m.happened["a purchase came apart"]++
		}
		if l.Entitlement != like.Entitlement || l.Starts != like.Starts || l.Ends != like.Ends || l.Unlimited != like.Unlimited {
			m.fail("lot %+v, expected the likes of %+v (I3)", l, like)
		}
	}
}

// bought enters a purchase.
func (m *model) bought(l ledger.Lot, account ledger.Path, n uint32) {
	want := m.books.parts()
	want[part{l.ID, account}] = n
	m.books.bought[l.ID] = n
	m.reread(want)
}

// resize enters how many a lot has.
func (r *reckoning) resize(id reserve.LotID, n uint32) {
	at := slices.IndexFunc(r.lots, func(l ledger.Lot) bool { return l.ID == id })
	r.lots[at].Quantity = n
}

// checkPurchases checks that every lot has what purchases, conversions, moves and removals make it have,
// and that the parts of a purchase are together what was bought.
func (m *model) checkPurchases() {
	m.view(func(tx *ledger.Tx) error {
		lots, err := tx.AllLots()
		if len(lots) != len(m.books.lots) {
			m.fail("%d lots, expected %d (I3)", len(lots), len(m.books.lots))
		}
		sums := map[reserve.LotID]uint32{}
		for i, l := range lots {
			if want := m.books.lots[i]; l.ID != want.ID || l.Account != want.Account || l.Quantity != want.Quantity || l.Reserved != m.books.taken(l.ID) {
				m.fail("lot %d of %s has %d, %d reserved; expected lot %d of %s with %d, %d reserved (I3)",
					l.ID, l.Account, l.Quantity, l.Reserved, want.ID, want.Account, want.Quantity, m.books.taken(want.ID))
			}
			sums[origin(l)] += l.Quantity
		}
		if !maps.Equal(sums, m.books.bought) {
			m.fail("there are %v of each purchase; %v were bought and not removed (I3)", sums, m.books.bought)
		}
		return err
	})
}
