package ledger

import (
	"database/sql/driver"
	"fmt"

	"tallystick/keys"
	"tallystick/reserve"
)

// A Limit is the most of something that an account lets be; the zero Limit says nothing.
type Limit struct {
	Set bool
	N   uint32 // at most reserve.MaxCount
}

// AtMost returns a limit.
func AtMost(n uint32) Limit { return Limit{true, n} }

// Value implements driver.Valuer.
func (l Limit) Value() (driver.Value, error) {
	if !l.Set {
		return nil, nil
	}
	return int64(l.N), nil
}

// Scan implements sql.Scanner.
func (l *Limit) Scan(value any) error {
	switch v := value.(type) {
	case nil:
		*l = Limit{}
		return nil
	case int64:
		if v >= 0 && v <= reserve.MaxCount {
			*l = AtMost(uint32(v))
			return nil
		}
	}
	return fmt.Errorf("%v is no limit", value)
}

// A FailedPolicy bounds how much of what devices that were written off could be holding may be out, in
// an account and all below it.
type FailedPolicy struct {
	Open     Limit // devices with returns pending
	Licenses Limit // licenses of one entitlement that are pending
	Year     Limit // devices that were written off in YearDays days
}

// YearDays is what FailedPolicy.Year counts over.
const YearDays = 365

// DefaultFailedPolicy is that of the topmost accounts, as far as they have none of their own.
var DefaultFailedPolicy = FailedPolicy{Open: AtMost(5), Licenses: AtMost(1000), Year: AtMost(20)}

// or returns p with the limits that it lacks from q.
func (p FailedPolicy) or(q FailedPolicy) FailedPolicy {
	pick := func(a, b Limit) Limit {
		if a.Set {
			return a
		}
		return b
	}
	return FailedPolicy{pick(p.Open, q.Open), pick(p.Licenses, q.Licenses), pick(p.Year, q.Year)}
}

// A FailedStand is where an account, with all below it, stands against its own policy on a day.
type FailedStand struct {
	Account  Path
	Policy   FailedPolicy // that counts for it: with the defaults, at the top
	Open     uint64
	Licenses []TagCount // pending, by tag; without those that are not limited in number
	Year     uint64
}

// A TagCount is how many of an entitlement.
type TagCount struct {
	Tag string
	N   uint64
}

// FailedStands returns where an account and those above it stand, the topmost first. The refusal is
// UnknownAccount.
func (tx *Tx) FailedStands(p Path, day keys.Day) (out []FailedStand, err error) {
	var path []Path
	for at := p; !at.IsZero(); at = at.Parent() {
		path = append([]Path{at}, path...)
	}
	for i, at := range path {
		a, err := tx.Account(at)
		if err != nil {
			return nil, err
		}
		s := FailedStand{Account: at, Policy: a.Failed}
		if i == 0 {
			s.Policy = s.Policy.or(DefaultFailedPolicy)
		}
		if err := tx.failedStand(&s, day); err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, nil
}

func (tx *Tx) failedStand(s *FailedStand, day keys.Day) error {
	where := Scope{s.Account, true}.conditions()
	where.fixed("d.written_off = 1")
	where.add("EXISTS (SELECT 1 FROM exposure x JOIN lot l ON l.id = x.lot WHERE x.device = d.id AND "+runningOn+")", day)
	if _, err := tx.one("SELECT count(*) FROM device d JOIN account p ON p.id = d.account"+where.text, where.args, &s.Open); err != nil {
		return err
	}
	since := keys.Day(max(int(day)-YearDays+1, 1))
	where = Scope{s.Account, true}.conditions()
	where.add("j.time >= ", since.Time().Unix())
	if _, err := tx.one(`SELECT count(*) FROM write_off w JOIN journal j ON j.sequence = w.sequence JOIN device d ON d.id = w.device
		JOIN account p ON p.id = d.account`+where.text, where.args, &s.Year); err != nil {
		return err
	}
	where = Scope{s.Account, true}.conditions()
	where.fixed("l.unlimited = 0")
	where.add(runningOn, day)
	return tx.each(`SELECT e.tag, sum(x.count) FROM exposure x JOIN lot l ON l.id = x.lot JOIN entitlement e ON e.id = l.entitlement
		JOIN device d ON d.id = x.device JOIN account p ON p.id = d.account`+where.text+" GROUP BY e.tag ORDER BY e.tag", where.args,
		func(scan func(...any) error) error {
			var c TagCount
			err := scan(&c.Tag, &c.N)
			s.Licenses = append(s.Licenses, c)
			return err
		})
}

// A PendingQuery selects devices that were written off.
type PendingQuery struct {
	Scope
	Day         keys.Day
	Entitlement string // only those that may be holding this; "" is any
	Limit       int
}

// PendingReturns returns the devices that may be holding something on a day, the first one written off
// first, those that nothing settles last.
func (tx *Tx) PendingReturns(q PendingQuery) (out []Pending, err error) {
	where := q.conditions()
	where.add(runningOn, q.Day)
	if q.Entitlement != "" {
		where.add("e.tag = ", q.Entitlement)
		where.fixed("l.unlimited = 0")
	}
	err = tx.each(`SELECT d.id, d.udi, p.path, j.time, sum(x.count), d.quarantined FROM write_off w JOIN journal j ON j.sequence = w.sequence JOIN device d ON d.id = w.device
		JOIN account p ON p.id = d.account JOIN exposure x ON x.device = d.id JOIN lot l ON l.id = x.lot JOIN entitlement e ON e.id = l.entitlement`+
		where.text+" GROUP BY d.id ORDER BY d.quarantined, w.sequence, d.id LIMIT "+where.next(q.Limit), where.args,
		func(scan func(...any) error) error {
			var d Pending
			var seconds int64
			err := scan(&d.Device, &d.UDI, &d.Account.text, &seconds, &d.Count, &d.Quarantined)
			d.Since = dayOf(seconds)
			out = append(out, d)
			return err
		})
	return out, err
}
