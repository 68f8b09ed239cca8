package ledger

import (
	"iter"

	"tallystick/keys"
	"tallystick/reserve"
)

// A LotEntry is a lot as lists show it.
type LotEntry struct {
	Lot
	ComingBack uint32 // the part of Reserved that its devices no longer need
}

// A LotState says whether a lot counts on a day.
type LotState string

// The states of a lot.
const (
	LotValid    LotState = "valid"
	LotEnded    LotState = "ended"
	LotNotBegun LotState = "not-begun"
)

// State returns whether a lot counts on a day.
func (l Lot) State(day keys.Day) LotState {
	switch {
	case l.Ends != 0 && l.Ends < day:
		return LotEnded
	case l.Starts > day:
		return LotNotBegun
	}
	return LotValid
}

// A LotFilter selects lots. A zero field selects all.
type LotFilter struct {
	Scope
	Entitlement string   // with this tag
	EndsBefore  keys.Day // that end, before this day
	State       LotState // that are this on Day
	Day         keys.Day
	Contains    string // account, tag or reference contains it, ASCII letters in any case
}

// A LotQuery says which lots are listed, in which order.
type LotQuery struct {
	LotFilter
	Page // sorted by LotSorts
}

var lotSorting = sorting{
	"license": {"l.id"}, "account": {"a.path"}, "entitlement": {"e.tag"}, "quantity": {"l.quantity"}, "reserved": {"l.reserved"},
	"in_transit": {"l.in_transit"}, "available": {"l.quantity - l.reserved"}, "starts": {"l.starts"}, "ends": {"l.ends = 0", "l.ends"},
	"order": {"l.reference"},
}

// LotSorts are what lots can be sorted by. What has no end comes after what has one.
var LotSorts = lotSorting.names()

// LotList streams the lots that q asks for.
func (tx *Tx) LotList(q LotQuery) iter.Seq2[LotEntry, error] {
	query, args, err := q.build()
	if err != nil {
		return failed[LotEntry](err)
	}
	return stream(tx, query, args, func(row scanRow) (l LotEntry, err error) {
		err = row(&l.ID, &l.Entitlement, &l.Starts, &l.Ends, &l.Available, &l.Account.text, &l.Tag,
			&l.Origin, &l.Unlimited, &l.Quantity, &l.Reserved, &l.InTransit, &l.Reference, &l.Sequence, &l.ComingBack)
		return l, err
	})
}

// CountLots returns how many lots f selects.
func (tx *Tx) CountLots(f LotFilter) (n int64, err error) {
	where := f.conditions()
	_, err = tx.one("SELECT count(*)"+f.from()+where.text, where.args, &n)
	return n, err
}

func (q LotQuery) build() (query string, args []any, err error) {
	where := q.conditions()
	order, err := q.orderBy(lotSorting, "l.id")
	query = `SELECT l.id, l.entitlement, l.starts, l.ends, l.quantity - l.reserved, a.path, e.tag, coalesce(l.origin, 0), l.unlimited,
		l.quantity, l.reserved, l.in_transit, l.reference, l.sequence, l.coming_back` + q.from() + where.text + order + q.limits(where)
	return query, where.args, err
}

func (f LotFilter) from() string {
	if f.Account.IsZero() {
		return " FROM lot l JOIN account a ON a.id = l.account JOIN entitlement e ON e.id = l.entitlement"
	}
	return " FROM account a CROSS JOIN lot l ON l.account = a.id JOIN entitlement e ON e.id = l.entitlement"
}

func (f LotFilter) conditions() *conditions {
	var c conditions
	f.Scope.add(&c)
	if f.Entitlement != "" {
		c.add("e.tag = ", f.Entitlement)
	}
	if f.EndsBefore != 0 {
		c.add("l.ends > 0 AND l.ends < ", f.EndsBefore)
	}
	switch f.State {
	case LotValid:
		c.add("l.starts <= ? AND (l.ends = 0 OR l.ends >= ?)", f.Day)
	case LotEnded:
		c.add("l.ends > 0 AND l.ends < ", f.Day)
	case LotNotBegun:
		c.add("l.starts > ", f.Day)
	}
	if f.Contains != "" {
		c.add("(instr(lower(a.path), lower(?)) > 0 OR instr(lower(e.tag), lower(?)) > 0 OR instr(lower(l.reference), lower(?)) > 0)", f.Contains)
	}
	return &c
}

// add adds the condition that an account "a" is in s.
func (s Scope) add(c *conditions) {
	switch {
	case s.Account.IsZero():
	case s.Below: // "0" follows "/": everything that begins with the path and a slash
		c.add("(a.path = ? OR (a.path > ? || '/' AND a.path < ? || '0'))", s.Account.text)
	default:
		c.add("a.path = ", s.Account.text)
	}
}

// EntitlementTag returns the entitlement that any catalog ever offered under a tag. The refusal is
// UnknownEntitlement.
func (tx *Tx) EntitlementTag(tag string) (id reserve.EntitlementID, err error) {
	found, err := tx.one("SELECT id FROM entitlement WHERE tag = $1", []any{tag}, &id)
	if err == nil && !found {
		err = reserve.Refuse(reserve.UnknownEntitlement, "no catalog ever had an entitlement %q", clip(tag))
	}
	return id, err
}
