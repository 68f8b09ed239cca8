package ledger

import "iter"

// An AccountEntry is an account as lists show it.
type AccountEntry struct {
	Account
	Devices  int64 // product instances, if they were asked for
	Licenses int64 // purchases and parts of them with something in them, if they were asked for
}

// An AccountQuery says which accounts are listed, with what, in which order.
type AccountQuery struct {
	Scope
	Closed   bool   // closed ones too
	Contains string // the path contains it, ASCII letters in any case
	Page            // sorted by AccountSorts

	Devices, Licenses bool // what costs more and is wanted
}

var accountSorting = sorting{"account": {"a.path"}, "coterm": {"a.coterm = 0", "a.coterm"}}

// AccountSorts are what accounts can be sorted by. Those without a date come after those with one.
var AccountSorts = accountSorting.names()

// AccountList streams the accounts that q asks for, by path where it asks for no order.
func (tx *Tx) AccountList(q AccountQuery) iter.Seq2[AccountEntry, error] {
	var a AccountEntry
	query := "SELECT a.path, a.reservation, a.export_control, a.holding, a.coterm, a.closed"
	places := []any{&a.Path.text, &a.Reservation, &a.ExportControl, &a.Holding, &a.Coterm, &a.Closed}
	if q.Devices {
		query += ", (SELECT count(*) FROM device d WHERE d.account = a.id AND d.superseded = 0)"
		places = append(places, &a.Devices)
	}
	if q.Licenses {
		query += ", (SELECT count(*) FROM lot l WHERE l.account = a.id AND l.quantity > 0)"
		places = append(places, &a.Licenses)
	}
	order, err := q.orderBy(accountSorting, "a.path")
	if err != nil {
		return failed[AccountEntry](err)
	}
	where := q.conditions()
	query += " FROM account a" + where.text + order + q.limits(where)
	return stream(tx, query, where.args, func(row scanRow) (AccountEntry, error) {
		err := row(places...)
		return a, err
	})
}

// CountAccounts returns how many accounts q asks for, whatever its page.
func (tx *Tx) CountAccounts(q AccountQuery) (n int64, err error) {
	where := q.conditions()
	_, err = tx.one("SELECT count(*) FROM account a"+where.text, where.args, &n)
	return n, err
}

func (q AccountQuery) conditions() *conditions {
	var c conditions
	q.Scope.add(&c)
	if !q.Closed {
		c.fixed("a.closed = 0")
	}
	if q.Contains != "" {
		c.add("instr(lower(a.path), lower(?)) > 0", q.Contains)
	}
	return &c
}
