package issuer

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"tallystick/cmd/internal/ledger"
	"tallystick/reserve"
)

// A Choice is a license that an officer chose for what is granted of an entitlement.
type Choice struct {
	Tag     string
	License reserve.LotID
	Count   uint32 // 0: all that the other choices leave
}

// ParseChoice reads TAG=LICENSE or TAG=LICENSE:N.
func ParseChoice(s string) (Choice, error) {
	tag, rest, ok := strings.Cut(s, "=")
	number, count, counted := strings.Cut(rest, ":")
	id, err := strconv.ParseInt(number, 10, 64)
	c := Choice{Tag: tag, License: reserve.LotID(id)}
	if counted && err == nil {
		c.Count, err = ParseQuantity(count)
	}
	if !ok || tag == "" || err != nil || id < 1 {
		return Choice{}, reserve.Refuse(reserve.OutOfRange, "%q: expected TAG=LICENSE or TAG=LICENSE:N, such as dna-advantage=7:4", clip(s))
	}
	return c, nil
}

// A Borrowing lets licenses of a higher tier stand for a grant of a lower one that it contains.
type Borrowing struct{ Lower, Higher string }

// ParseBorrowing reads LOWER=HIGHER.
func ParseBorrowing(s string) (Borrowing, error) {
	lower, higher, ok := strings.Cut(s, "=")
	if !ok || lower == "" || higher == "" {
		return Borrowing{}, reserve.Refuse(reserve.OutOfRange, "%q: expected LOWER=HIGHER, such as network-essentials=network-advantage", clip(s))
	}
	return Borrowing{lower, higher}, nil
}

// wish is what is to be allocated of one entitlement.
func (s situation) wish(w Wish, id reserve.EntitlementID, n uint64) (reserve.Wish, error) {
	out := reserve.Wish{Entitlement: id, Count: uint32(n), Until: w.Until}
	tag, _ := s.catalog.Tag(id)
	for _, b := range w.Borrow {
		if b.Lower != tag {
			continue
		}
		from, err := s.lender(id, b)
		if err != nil {
			return out, err
		}
		if !slices.Contains(out.Borrow, from) {
			out.Borrow = append(out.Borrow, from)
		}
	}
	var err error
	out.Choice, err = chosen(w, tag, n)
	return out, err
}

// lender returns the higher tier of a borrowing.
func (s situation) lender(lower reserve.EntitlementID, b Borrowing) (reserve.EntitlementID, error) {
	higher, err := s.catalog.Entitlement(b.Higher)
	if err != nil {
		return 0, err
	}
	if higher.ID == lower || !slices.Contains(s.catalog.Covers(lower), higher.ID) {
		return 0, reserve.Refuse(reserve.OutOfRange, "%s can't be borrowed from %s, which does not contain it", b.Lower, b.Higher)
	}
	return higher.ID, nil
}

// chosen returns the lots chosen for n of an entitlement, nil when it is left to the rule.
func chosen(w Wish, tag string, n uint64) ([]reserve.Choice, error) {
	var out []reserve.Choice
	var sum uint64
	open := -1
	for _, c := range w.Choices {
		switch {
		case c.Tag != tag:
			continue
		case slices.ContainsFunc(out, func(o reserve.Choice) bool { return o.Lot == c.License }):
			return nil, reserve.Refuse(reserve.OutOfRange, "license %d is named twice for %s", c.License, tag)
		case c.Count == 0 && open >= 0:
			return nil, reserve.Refuse(reserve.OutOfRange, "licenses %d and %d are both to give %s what the others leave: say how many of one", out[open].Lot, c.License, tag)
		case c.Count == 0:
			open = len(out)
		}
		sum += uint64(c.Count)
		out = append(out, reserve.Choice{Lot: c.License, Count: c.Count})
	}
	switch {
	case len(out) == 0:
		return nil, nil
	case open >= 0 && sum < n:
		out[open].Count = uint32(n - sum)
	case open >= 0 || sum != n:
		return nil, reserve.Refuse(reserve.OutOfRange, "%s comes to %d, the licenses named for it to %d", tag, n, sum)
	}
	return out, nil
}

// checkNamed refuses choices and borrowings for what the wish doesn't name.
func (w Wish) checkNamed() error {
	named := func(tag string) bool {
		return slices.ContainsFunc(w.Changes, func(c Change) bool { return c.Tag == tag })
	}
	for _, c := range w.Choices {
		if !named(c.Tag) {
			return reserve.Refuse(reserve.OutOfRange, "license %d is named for %s, of which nothing is granted", c.License, c.Tag)
		}
	}
	for _, b := range w.Borrow {
		if !named(b.Lower) {
			return reserve.Refuse(reserve.OutOfRange, "%s is to be borrowed from %s, and nothing of it is granted", b.Lower, b.Higher)
		}
	}
	return nil
}

// checkChoices tells what is the matter with a license that can't be drawn on as it was chosen.
func (s situation) checkChoices(tx *ledger.Tx, w Wish) error {
	if err := w.checkNamed(); err != nil {
		return err
	}
	charge := s.books.Charge()
	for _, c := range w.Choices {
		l, err := license(tx, c.License)
		if err != nil {
			return err
		}
		free := uint64(l.Available) + uint64(charge[l.ID])
		borrows := slices.Contains(w.Borrow, Borrowing{c.Tag, l.Tag})
		switch {
		case l.Account != s.account:
			return reserve.Refuse(reserve.OutOfRange, "license %d is in account %q, not in %q", l.ID, l.Account, s.account)
		case l.Tag != c.Tag && !borrows:
			return reserve.Refuse(reserve.OutOfRange, "license %d is of %s, not of %s%s", l.ID, l.Tag, c.Tag, s.mayBorrow(l, c.Tag))
		case l.Ends != 0 && l.Ends < s.today:
			return reserve.Refuse(reserve.LicenseEnded, "license %d (%s) ended on %s", l.ID, l.Tag, l.Ends)
		case l.Starts > s.today:
			return reserve.Refuse(reserve.PoolExhausted, "license %d (%s) begins on %s and can be reserved from then on", l.ID, l.Tag, l.Starts)
		case l.Ends != 0 && l.Ends < w.Until:
			return reserve.Refuse(reserve.OutOfRange, "license %d (%s) ends on %s and can't last through %s", l.ID, l.Tag, l.Ends, w.Until)
		case free < max(uint64(c.Count), 1):
			return reserve.Refuse(reserve.PoolExhausted, "license %d (%s) has %d for this device, not %d%s", l.ID, l.Tag, free, max(c.Count, 1), alreadyText(charge[l.ID]))
		}
	}
	return nil
}

// mayBorrow tells that a license would do if that were asked for.
func (s situation) mayBorrow(l ledger.Lot, tag string) string {
	e, err := s.catalog.Entitlement(tag)
	if err != nil || !slices.Contains(s.catalog.Covers(e.ID), l.Entitlement) {
		return ""
	}
	return fmt.Sprintf("; it contains that, and is drawn on when %s is borrowed from %s", tag, l.Tag)
}

func alreadyText(n uint32) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprintf("; %d of them are reserved for it already", n)
}
