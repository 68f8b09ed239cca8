package issuer

import (
	"tallystick/cmd/internal/ledger"
	"tallystick/keys"
	"tallystick/reserve"
)

// available sums what the valid licenses of an entitlement have that last through a day.
func (s situation) available(id reserve.EntitlementID, until keys.Day) (sum uint64, unlimited bool) {
	for _, l := range s.lots {
		if l.Entitlement == id && l.Starts <= s.today && (l.Ends == 0 || l.Ends >= max(s.today, until)) {
			sum += uint64(l.Available)
			unlimited = unlimited || l.Unlimited && l.Available > 0
		}
	}
	return sum, unlimited
}

// account returns what is known of an account, read once.
func (n *batching) account(path ledger.Path) (*batchAccount, error) {
	if a, ok := n.accounts[path]; ok {
		return a, nil
	}
	a := &batchAccount{pools: map[reserve.EntitlementID]*batchDemand{}}
	if a.refused = MayReserve(n.tx, path); a.refused != nil && !isRefusal(a.refused) {
		return nil, a.refused
	}
	if a.refused == nil {
		account, err := n.tx.Account(path)
		if err != nil {
			return nil, err
		}
		lots, err := n.tx.Allocatable(path, n.BatchPlan.today)
		if err != nil {
			return nil, err
		}
		a.export = account.ExportControl
		if a.situation, err = newSituation(n.tx, n.trust.Catalog(), path, reserve.Books{}, lots, n.BatchPlan.today); err != nil {
			return nil, err
		}
	}
	n.accounts[path] = a
	return a, nil
}

// fresh returns the account of a row whose device is new, and its situation.
func (n *batching) fresh(row *BatchRow) (*batchAccount, situation, error) {
	if n.converted {
		if err := oneMode(n.tx, row.UDI, n.BatchPlan.today); err != nil {
			return nil, situation{}, err
		}
	}
	if row.Account.IsZero() {
		return nil, situation{}, reserve.Refuse(reserve.UnknownAccount, "%s is new: name the account its licenses come from", row.UDI)
	}
	a, err := n.account(row.Account)
	if err == nil {
		err = a.refused
	}
	if err != nil {
		return nil, situation{}, err
	}
	s := a.situation
	s.books = reserve.Books{Identity: row.request.Identity()}
	s.product, err = n.product(row.UDI)
	return a, s, err
}

func (n *batching) product(u reserve.UDI) (reserve.Product, error) {
	if p, ok := n.products[u.Product()]; ok {
		return p, nil
	}
	p, err := n.trust.Catalog().Product(u.Product())
	if err == nil {
		n.products[u.Product()] = p
	}
	return p, err
}
