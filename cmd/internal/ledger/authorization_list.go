package ledger

import (
	"database/sql"
	"iter"
	"strconv"
	"strings"

	"tallystick/keys"
	"tallystick/reserve"
)

// An AuthorizationEntry is an authorization as lists show it.
type AuthorizationEntry struct {
	UDI       reserve.UDI
	DID       reserve.DID
	Account   Path // of the device, today
	Number    reserve.Number
	Day       keys.Day
	Sequence  uint32 // its journal entry
	Operation string
	Confirmed bool      // installed, as proven
	Over      bool      // nothing can be installed from it any more
	Grants    []Holding // by tag; only Reserved is set
	Ends      keys.Day  // the first day on which something in it ends; 0 is perpetual
}

// An AuthorizationQuery says which authorizations are listed, by device and number.
type AuthorizationQuery struct {
	DeviceFilter          // of these devices
	Since        keys.Day // issued on this day or later
	Before       keys.Day // issued before this day
	Offset       int64
	Limit        int64 // 0: no limit
}

// granted has what an authorization draws, as numbers: the entitlement, how many, and when they end.
const granted = `(SELECT group_concat(w.entitlement || ' ' || w.count || ' ' || w.ends, ' ') FROM draw w WHERE w.device = x.device AND w.number = x.number)`

// AuthorizationList streams the authorizations that q asks for.
func (tx *Tx) AuthorizationList(q AuthorizationQuery) iter.Seq2[AuthorizationEntry, error] {
	where := q.conditions()
	// A CROSS JOIN is done in the order it is written: device by device, which needs no sorting.
	query := "SELECT x.number, x.day, x.sequence, x.operation, x.dead = 1 OR x.number < d.floor, x.number = " + provenNumber + ", d.udi, d.did, a.path, " + granted +
		q.from() + " CROSS JOIN authorization x ON x.device = d.id" + where.text + " ORDER BY d.id, x.number" +
		Page{Offset: q.Offset, Limit: q.Limit}.limits(where)
	tags, err := tx.tags()
	if err != nil {
		return failed[AuthorizationEntry](err)
	}
	var draws, did sql.RawBytes
	var udi string
	return stream(tx, query, where.args, func(row scanRow) (x AuthorizationEntry, err error) {
		if err = row(&x.Number, &x.Day, &x.Sequence, &x.Operation, &x.Over, &x.Confirmed, &udi, &did, &x.Account.text, &draws); err != nil {
			return x, err
		}
		copy(x.DID[:], did)
		if x.UDI, err = reserve.ParseUDI(udi); err != nil {
			return x, tx.damaged("%v", err)
		}
		if err = x.grant(strings.Fields(string(draws)), tags); err != nil {
			err = tx.damaged("authorization %d of %s: %v", x.Number, x.UDI, err)
		}
		return x, err
	})
}

// CountAuthorizations returns how many authorizations q asks for, whatever its page.
func (tx *Tx) CountAuthorizations(q AuthorizationQuery) (n int64, err error) {
	where := q.conditions()
	_, err = tx.one("SELECT count(*)"+q.from()+" CROSS JOIN authorization x ON x.device = d.id"+where.text, where.args, &n)
	return n, err
}

func (q AuthorizationQuery) conditions() *conditions {
	c := q.DeviceFilter.conditions(0)
	if q.Since != 0 {
		c.add("x.day >= ", q.Since)
	}
	if q.Before != 0 {
		c.add("x.day < ", q.Before)
	}
	return c
}

// grant reads what granted gives.
func (x *AuthorizationEntry) grant(numbers []string, tags map[reserve.EntitlementID]string) error {
	var list holdings
	for ; len(numbers) >= 3; numbers = numbers[3:] {
		var n [3]uint64
		for i := range n {
			var err error
			if n[i], err = strconv.ParseUint(numbers[i], 10, 32); err != nil {
				return err
			}
		}
		list.add(Holding{Tag: tags[reserve.EntitlementID(n[0])], Reserved: n[1]})
		if ends := keys.Day(n[2]); ends != 0 && (x.Ends == 0 || ends < x.Ends) {
			x.Ends = ends
		}
	}
	x.Grants = list.sorted()
	return nil
}
