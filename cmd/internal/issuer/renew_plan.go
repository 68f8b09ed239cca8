package issuer

import (
	"cmp"
	"math"
	"slices"

	"tallystick/cmd/internal/ledger"
	"tallystick/keys"
	"tallystick/reserve"
)

// renewing is a planRenewal under way.
type renewing struct {
	*Issuer
	Renewal
	tx          *ledger.Tx
	trust       reserve.Trust
	account     ledger.Account
	entitlement reserve.EntitlementID
	lots        []reserve.Lot // less what the devices get that were decided about
	today       keys.Day
}

func (is *Issuer) newRenewing(tx *ledger.Tx, r Renewal) (*renewing, error) {
	n := &renewing{Issuer: is, Renewal: r, tx: tx, today: is.today()}
	if r.Until != 0 && r.Until <= n.today {
		return nil, reserve.Refuse(reserve.OutOfRange, "licenses are renewed to a later day than today, not to %s", r.Until)
	}
	if err := MayReserve(tx, r.Account); err != nil {
		return nil, err
	}
	var err error
	if n.account, err = tx.Account(r.Account); err != nil {
		return nil, err
	}
	if n.trust, err = tx.Trust(); err != nil {
		return nil, err
	}
	e, err := n.trust.Catalog().Entitlement(r.Entitlement)
	if err != nil {
		return nil, err
	}
	n.entitlement = e.ID
	n.lots, err = tx.Allocatable(r.Account, n.today)
	return n, err
}

// holders lists the devices that hold the entitlement.
func (n *renewing) holders() ([]RenewalRow, error) {
	var out []RenewalRow
	for d, err := range n.tx.Devices(ledger.DeviceFilter{Account: n.Account, Granted: n.entitlement}) {
		if err != nil {
			return nil, err
		}
		if d.WrittenOff {
			continue
		}
		books, err := n.tx.Books(d.ID)
		if err != nil {
			return nil, err
		}
		if held := n.held(books); len(held) > 0 {
			out = append(out, RenewalRow{Device: d, Count: count(held), Ends: firstEnd(held)})
		}
	}
	slices.SortFunc(out, func(a, b RenewalRow) int {
		return cmp.Or(cmp.Compare(a.Ends-1, b.Ends-1), cmp.Compare(a.Device.UDI.String(), b.Device.UDI.String())) // without end last
	})
	return out, nil
}

// held returns what the newest authorization grants of the entitlement.
func (n *renewing) held(b reserve.Books) []reserve.Draw {
	newest, _ := b.Newest()
	return n.of(newest)
}

func (n *renewing) of(i reserve.Issued) []reserve.Draw {
	return slices.DeleteFunc(slices.Clone(i.Draws), func(d reserve.Draw) bool { return d.Grant.Entitlement != n.entitlement })
}

// firstEnd returns the first day on which a grant ends, 0 when none does.
func firstEnd(draws []reserve.Draw) (first keys.Day) {
	for _, d := range draws {
		if d.Grant.Ends != 0 && (first == 0 || d.Grant.Ends < first) {
			first = d.Grant.Ends
		}
	}
	return first
}

// decide fills in what becomes of a device.
func (n *renewing) decide(row *RenewalRow) error {
	books, err := n.tx.Books(row.Device.ID)
	if err != nil {
		return err
	}
	c := considered{trust: n.trust, account: n.account, device: row.Device, books: books, today: n.today}
	row.State, row.Err = RenewalRefused, books.Open()
	if row.Err == nil {
		row.Err = oneMode(n.tx, row.Device.UDI, n.today)
	}
	if row.Err != nil && !isRefusal(row.Err) {
		return row.Err
	}
	if row.Err != nil {
		return nil
	}
	ends := n.ends(*row, books)
	if n.Until == 0 { // those without end are the last resort: they never come free again
		for _, until := range ends {
			if done, err := n.try(row, c, until, true); done || err != nil {
				return err
			}
		}
	}
	for _, until := range ends {
		if done, err := n.try(row, c, until, false); done || err != nil {
			return err
		}
	}
	switch {
	case n.inTransit(books):
		return n.again(row, c)
	case row.Err != nil:
	case row.Ends != 0 && row.Ends < n.today:
		row.Err = reserve.Refuse(reserve.PoolExhausted, "its licenses ended on %s, and account %q has none of %s that last longer", row.Ends, n.Account, n.Entitlement)
	default:
		row.State = RenewalNone
	}
	return nil
}

// endless is a day that only licenses without end last through.
const endless = keys.Day(math.MaxUint16)

// ends returns the days to try: the one that is asked for or, latest first, every end that would be
// later than what the device has, and "without end" last.
func (n *renewing) ends(row RenewalRow, b reserve.Books) []keys.Day {
	if row.Ends == 0 {
		return nil
	}
	if n.Until != 0 {
		if row.Ends >= n.Until {
			return nil
		}
		return []keys.Day{n.Until}
	}
	var out []keys.Day
	charge := b.Charge()
	w := reserve.Wish{Entitlement: n.entitlement, Borrow: n.lenders()}
	for _, l := range n.lots {
		if l.Starts > n.today || l.Entitlement != w.Entitlement && !slices.Contains(w.Borrow, l.Entitlement) || l.Available+charge[l.ID] == 0 {
			continue
		}
		switch {
		case l.Ends == 0:
			out = append(out, endless)
		case l.Ends > row.Ends:
			out = append(out, l.Ends)
		}
	}
	slices.SortFunc(out, func(a, b keys.Day) int {
		if a == endless || b == endless {
			return cmp.Compare(a, b)
		}
		return cmp.Compare(b, a)
	})
	return slices.Compact(out)
}

// lenders returns the higher tiers that may be borrowed from; what is wrong with them shows when it is
// decided.
func (n *renewing) lenders() (out []reserve.EntitlementID) {
	for _, b := range n.Borrow {
		if e, err := n.trust.Catalog().Entitlement(b.Higher); err == nil {
			out = append(out, e.ID)
		}
	}
	return out
}

// lots leaves out licenses that the wish is not to be met from: dated ones leave out those without end,
// unless they are charged already.
func (w Wish) lots(lots []reserve.Lot, b reserve.Books) []reserve.Lot {
	if !w.dated {
		return lots
	}
	charge := b.Charge()
	return slices.DeleteFunc(slices.Clone(lots), func(l reserve.Lot) bool { return l.Ends == 0 && charge[l.ID] == 0 })
}

// try decides about a device for one end; done is false when another end may do.
func (n *renewing) try(row *RenewalRow, c considered, until keys.Day, dated bool) (done bool, err error) {
	w := Wish{Device: row.Device.UDI.String(), Changes: []Change{{Tag: n.Entitlement, Count: int64(row.Count)}},
		Until: until, Borrow: n.Borrow, Memo: n.Memo, dated: dated}
	c, err = n.resolve(n.tx, w, c, w.lots(n.lots, c.books))
	if err != nil && !isRefusal(err) {
		return false, err
	}
	if err != nil {
		row.Err = err
		return reasonOf(err) != reserve.PoolExhausted, nil
	}
	row.State, row.Err, row.Plan, row.wish = RenewalNew, nil, c.plan, w
	if c.plan.Repeated {
		row.State = RenewalAgain
	}
	n.spend(c)
	return true, nil
}

// again gives the code of a renewal that the device has not confirmed once more, whatever of the rest
// of it has ended since. What no device would take any more is signed anew.
func (n *renewing) again(row *RenewalRow, c considered) error {
	good, err := usable(n.tx, c)
	if err != nil {
		return err
	}
	if !good {
		_, err := n.try(row, c, row.Ends, false)
		return err
	}
	newest, _ := c.books.Newest()
	c.plan = Plan{Account: n.Account, Device: c.books.Identity, Number: newest.Number, Repeated: true}
	if err := n.describe(n.tx, &c); err != nil {
		return err
	}
	row.State, row.Err, row.Plan = RenewalAgain, nil, c.plan
	return nil
}

// spend takes what a device gets from what is there for the others.
func (n *renewing) spend(c considered) {
	charge, want := c.books.Charge(), map[reserve.LotID]uint32{}
	for _, d := range c.plan.draws {
		want[d.Lot] += d.Grant.Count
	}
	for i := range n.lots {
		l := &n.lots[i]
		l.Available -= min(l.Available, max(want[l.ID], charge[l.ID])-charge[l.ID])
	}
}

// inTransit reports whether the newest authorization is one that the device has not confirmed and that
// makes what it has last longer.
func (n *renewing) inTransit(b reserve.Books) bool {
	newest, _ := b.Newest()
	ends := firstEnd(n.of(newest)) - 1 // without end comes last
	return slices.ContainsFunc(b.Alive(), func(i reserve.Issued) bool {
		older := n.of(i)
		return i.Number != newest.Number && len(older) > 0 && firstEnd(older)-1 < ends
	})
}

// later returns what the account has of the entitlement that begins later.
func (n *renewing) later() []reserve.Opening {
	_, short := reserve.Allocate([]reserve.Wish{{Entitlement: n.entitlement, Count: math.MaxUint32, Until: n.Until}}, n.lots, nil, n.today)
	if len(short) == 0 {
		return nil
	}
	return short[0].Later
}
