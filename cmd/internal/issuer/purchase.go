package issuer

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"tallystick/cmd/internal/ledger"
	"tallystick/keys"
	"tallystick/reserve"
)

// A Purchase is what was bought at once: without end, for a term, through a day, or through the day
// that the account's subscriptions end on together.
type Purchase struct {
	Account     ledger.Path
	Entitlement string
	Quantity    uint32        // 0 when it is Unlimited
	Unlimited   bool          // without limit: only for what is unenforced
	Starts      keys.Day      // 0: the day it is deposited
	Term        *reserve.Term // how long it runs from its start; nil: see Ends and Coterm
	Ends        keys.Day      // the last valid day; 0 without a term: perpetual
	Coterm      bool          // it ends on the account's co-termination date
	Order       string
	Op          string
}

const maxOrder = 100

// standardTerms are sold whatever the catalog names beside them.
var standardTerms = []string{"1m", "1y", "3y", "5y", "7y"}

// CheckTerm refuses a term that is neither customary (1m, 1y, 3y, 5y, 7y) nor named by the catalog, as
// OutOfRange: most likely it is a slip.
func CheckTerm(c reserve.Catalog, t reserve.Term) error {
	sold := slices.Clone(standardTerms)
	for _, named := range c.Terms() {
		if !slices.Contains(sold, named.String()) {
			sold = append(sold, named.String())
		}
	}
	if slices.Contains(sold, t.String()) {
		return nil
	}
	return reserve.Refuse(reserve.OutOfRange, "term %s is not sold; there are %s", t, strings.Join(sold, ", "))
}

// Check refuses what no account could get: UnknownEntitlement, OutOfRange and InvalidName.
func (p Purchase) Check(c reserve.Catalog) error {
	e, err := c.Entitlement(p.Entitlement)
	switch {
	case err != nil:
		return err
	case p.Unlimited && p.Quantity != 0:
		return reserve.Refuse(reserve.OutOfRange, "quantity %d of what has no limit", p.Quantity)
	case p.Unlimited && e.Class != reserve.Unenforced:
		return reserve.Refuse(reserve.OutOfRange, "%s is %s: only what is unenforced, and so merely reported, can be without limit", e.Tag, e.Class)
	case !p.Unlimited && (p.Quantity < 1 || p.Quantity > reserve.MaxCount):
		return reserve.Refuse(reserve.OutOfRange, "quantity %d, expected 1 to %d", p.Quantity, reserve.MaxCount)
	}
	if p.Term != nil {
		if err := CheckTerm(c, *p.Term); err != nil {
			return err
		}
	}
	return checkNote("order reference", p.Order, maxOrder)
}

// days returns the first and the last valid day of a purchase deposited today. The account may be one
// that is still to be made; then those above it count.
func (p Purchase) days(tx *ledger.Tx, today keys.Day) (starts, ends keys.Day, err error) {
	starts, ends = p.Starts, p.Ends
	if starts == 0 {
		starts = today
	}
	switch {
	case p.Term != nil:
		if ends = p.Term.Ends(starts); ends == math.MaxUint16 { // see keys.DayOf: it would be shorter than what was bought
			return 0, 0, reserve.Refuse(reserve.OutOfRange, "%s from %s reach %s, the last day that is counted: the license would be cut short", p.Term, starts, ends)
		}
	case p.Coterm:
		if ends, _, err = tx.Coterm(p.Account); err != nil {
			return 0, 0, err
		}
		if ends == 0 {
			return 0, 0, reserve.Refuse(reserve.OutOfRange, "account %q has no co-termination date, nor has one above it", p.Account)
		}
	}
	if ends != 0 && ends < today {
		return 0, 0, reserve.Refuse(reserve.OutOfRange, "the license ended on %s", ends)
	}
	if ends != 0 && ends < starts {
		return 0, 0, reserve.Refuse(reserve.OutOfRange, "the license would end on %s, before it starts on %s", ends, starts)
	}
	return starts, ends, nil
}

// digest stands for what is deposited, as it was asked for: the same command on another day is
// still the same operation.
func (p Purchase) digest() [32]byte {
	term := ""
	if p.Term != nil {
		term = p.Term.String()
	}
	return keys.Digest("TS1/purchase", []byte(p.Account.String()), []byte(p.Entitlement), []byte(p.Order), []byte(term),
		fmt.Appendf(nil, "%d %d %d %t %t", p.Quantity, p.Starts, p.Ends, p.Coterm, p.Unlimited))
}
