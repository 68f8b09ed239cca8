package ledger

import (
	"cmp"
	"iter"
	"slices"
	"strings"

	"tallystick/cmd/internal/compliance"
	"tallystick/reserve"
)

// A Stock is everything that an account ever had of one entitlement.
type Stock struct {
	Account     Path
	Entitlement reserve.EntitlementID
	Tag         string
	Lots        []compliance.Lot // ended ones too, in the order they were added
}

// Stocks returns the stocks of an account by tag. The refusal is UnknownAccount.
func (tx *Tx) Stocks(account Path) ([]Stock, error) {
	id, err := tx.accountID(account)
	if err != nil {
		return nil, err
	}
	tags, err := tx.tags()
	if err != nil {
		return nil, err
	}
	return tx.stocks(accountRow{id, account}, tags)
}

const selectStock = `SELECT b.id, b.entitlement, b.starts, b.ends, b.unlimited, b.purchased, b.reserved, b.in_transit, b.coming_back, b.pending_return, b.available
	FROM balance b WHERE b.account = $1 ORDER BY b.entitlement, b.id`

func (tx *Tx) stocks(account accountRow, tags map[reserve.EntitlementID]string) ([]Stock, error) {
	var out []Stock
	err := tx.each(selectStock, []any{account.id}, func(scan func(...any) error) error {
		var e reserve.EntitlementID
		var l compliance.Lot
		if err := scan(&l.Number, &e, &l.Starts, &l.Ends, &l.Unlimited, &l.Purchased, &l.Reserved, &l.InTransit, &l.ComingBack, &l.PendingReturn, &l.Available); err != nil {
			return err
		}
		if len(out) == 0 || out[len(out)-1].Entitlement != e {
			out = append(out, Stock{Account: account.path, Entitlement: e, Tag: tags[e]})
		}
		s := &out[len(out)-1]
		s.Lots = append(s.Lots, l)
		return nil
	})
	slices.SortFunc(out, func(a, b Stock) int { return cmp.Compare(a.Tag, b.Tag) })
	return out, err
}

// tags returns the tags of all entitlements that any catalog ever offered.
func (tx *Tx) tags() (map[reserve.EntitlementID]string, error) {
	out := map[reserve.EntitlementID]string{}
	err := tx.each("SELECT id, tag FROM entitlement", nil, func(scan func(...any) error) error {
		var id reserve.EntitlementID
		var tag string
		err := scan(&id, &tag)
		out[id] = tag
		return err
	})
	return out, err
}

// A Scope is some accounts. The zero Scope is all.
type Scope struct {
	Account Path
	Below   bool // the accounts below it too
}

// Has reports whether an account is in s.
func (s Scope) Has(p Path) bool {
	return s.Account.IsZero() || p == s.Account || s.Below && strings.HasPrefix(p.text, s.Account.text+"/")
}

// conditions is Has for the account p of a query.
func (s Scope) conditions() *conditions {
	var c conditions
	switch {
	case s.Account.IsZero():
	case s.Below: // "0" follows "/": everything that begins with the path and a slash
		c.add("(p.path = ? OR (p.path > ? || '/' AND p.path < ? || '0'))", s.Account.text)
	default:
		c.add("p.path = ", s.Account.text)
	}
	return &c
}

// AllStocks streams the stocks of the accounts in s, by path and tag. The refusal is
// UnknownAccount.
func (tx *Tx) AllStocks(s Scope) iter.Seq2[Stock, error] {
	return func(yield func(Stock, error) bool) {
		accounts, err := tx.accountsIn(s)
		if err != nil {
			yield(Stock{}, err)
			return
		}
		tags, err := tx.tags()
		if err != nil {
			yield(Stock{}, err)
			return
		}
		for _, a := range accounts {
			stocks, err := tx.stocks(a, tags)
			if err != nil {
				yield(Stock{}, err)
				return
			}
			for _, stock := range stocks {
				if !yield(stock, nil) {
					return
				}
			}
		}
	}
}

type accountRow struct {
	id   int64
	path Path
}

// accountsIn returns the accounts in s by path.
func (tx *Tx) accountsIn(s Scope) ([]accountRow, error) {
	var out []accountRow
	if !s.Account.IsZero() {
		if _, err := tx.accountID(s.Account); err != nil {
			return nil, err
		}
	}
	err := tx.each("SELECT id, path FROM account ORDER BY path", nil, func(scan func(...any) error) error {
		var a accountRow
		err := scan(&a.id, &a.path.text)
		if s.Has(a.path) {
			out = append(out, a)
		}
		return err
	})
	return out, err
}
