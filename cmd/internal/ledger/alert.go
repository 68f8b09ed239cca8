package ledger

import (
	"database/sql"
	"iter"
	"slices"
	"strconv"
	"strings"
	"time"

	"tallystick/cmd/internal/compliance"
	"tallystick/keys"
	"tallystick/reserve"
)

const selectUnsettled = `SELECT d.id, d.udi, p.path, a.number, a.day, e.tag, c.in_transit, c.coming_back
	FROM device d JOIN authorization a ON a.device = d.id
		AND a.number = (SELECT max(number) FROM authorization WHERE device = d.id AND dead = 0)
	JOIN charge c ON c.device = d.id JOIN lot l ON l.id = c.lot JOIN entitlement e ON e.id = l.entitlement JOIN account p ON p.id = d.account
	WHERE d.standing = 'outstanding' AND a.day < $1 AND (l.ends = 0 OR l.ends >= $2) ORDER BY d.id, c.lot`

// Unsettled streams the devices whose newest authorization was signed before a day and is not
// confirmed, in the order they were enrolled, with what has not ended by day.
func (tx *Tx) Unsettled(s Scope, before, day keys.Day) iter.Seq2[compliance.Unsettled, error] {
	type part struct {
		id            DeviceID
		path          Path
		device        compliance.Unsettled
		tag           string
		transit, back uint64
	}
	parts := stream(tx, selectUnsettled, []any{before, day}, func(row scanRow) (p part, err error) {
		err = row(&p.id, &p.device.Device, &p.path.text, &p.device.Number, &p.device.Signed, &p.tag, &p.transit, &p.back)
		p.device.Account = p.path.text
		return p, err
	})
	same := func(a, b part) bool { return a.id == b.id }
	return converted(grouped(parts, same), func(group []part) (compliance.Unsettled, bool) {
		u := group[0].device
		for _, p := range group {
			u.Given, u.Taken = addCount(u.Given, p.tag, p.transit), addCount(u.Taken, p.tag, p.back)
		}
		return u, s.Has(group[0].path)
	})
}

// countUnsettled returns how many alerts the devices of Unsettled give.
func (tx *Tx) countUnsettled(s Scope, before, day keys.Day) (n uint64, err error) {
	where := s.conditions()
	where.fixed("d.standing = 'outstanding'")
	where.add("a.day < ", before)
	charged := "EXISTS (SELECT 1 FROM charge c JOIN lot l ON l.id = c.lot WHERE c.device = d.id AND " + strings.ReplaceAll(runningOn, "?", strconv.Itoa(int(day)))
	_, err = tx.one(`SELECT coalesce(sum(`+charged+` AND c.in_transit > 0) + `+charged+` AND c.coming_back > 0)), 0)
		FROM device d JOIN authorization a ON a.device = d.id AND a.number = (SELECT max(number) FROM authorization WHERE device = d.id AND dead = 0)
		JOIN account p ON p.id = d.account`+where.text, where.args, &n)
	return n, err
}

// addCount adds n of a tag to a list.
func addCount(list []compliance.Count, tag string, n uint64) []compliance.Count {
	at := slices.IndexFunc(list, func(c compliance.Count) bool { return c.Entitlement == tag })
	switch {
	case n == 0:
	case at >= 0:
		list[at].N += n
	default:
		list = append(list, compliance.Count{Entitlement: tag, N: n})
	}
	return list
}

const selectDoubts = `SELECT d.udi, p.path, d.did, d.quarantined, (SELECT time FROM journal WHERE sequence =
		coalesce((SELECT max(sequence) FROM received WHERE device = d.id), d.sequence))
	FROM device d JOIN account p ON p.id = d.account WHERE d.suspect = 1 OR d.quarantined = 1 ORDER BY d.id`

// Doubts streams the devices that are suspect or quarantined, in the order they were enrolled.
func (tx *Tx) Doubts(s Scope) iter.Seq2[compliance.Doubt, error] {
	all := stream(tx, selectDoubts, nil, func(row scanRow) (d compliance.Doubt, err error) {
		var fingerprint []byte
		var seconds int64
		if err = row(&d.Device, &d.Account, &fingerprint, &d.Quarantined, &seconds); err == nil && len(fingerprint) == len(reserve.DID{}) {
			d.Fingerprint, d.Since = reserve.DID(fingerprint).String(), dayOf(seconds)
		}
		return d, err
	})
	return converted(all, func(d compliance.Doubt) (compliance.Doubt, bool) { return d, s.Has(Path{d.Account}) })
}

const selectLost = `SELECT d.id, d.udi, p.path, d.did, d.lives, j.time, (SELECT max(sequence) FROM received WHERE device = d.id),
		(SELECT time FROM journal WHERE sequence = (SELECT max(sequence) FROM received WHERE device = d.id)), l.tag, l.count
	FROM device d JOIN write_off w ON w.device = d.id JOIN journal j ON j.sequence = w.sequence JOIN account p ON p.id = d.account
	LEFT JOIN (SELECT x.device AS device, e.tag AS tag, x.count AS count FROM exposure x JOIN lot l ON l.id = x.lot
		JOIN entitlement e ON e.id = l.entitlement WHERE l.ends = 0 OR l.ends >= $1) l ON l.device = d.id
	WHERE d.written_off = 1 ORDER BY d.id, l.tag`

// Lost streams the devices that were written off, with what they may be holding on a day, in the order
// they were enrolled.
func (tx *Tx) Lost(s Scope, day keys.Day) iter.Seq2[compliance.Lost, error] {
	type part struct {
		id    DeviceID
		path  Path
		lost  compliance.Lost
		tag   sql.NullString
		count sql.NullInt64
	}
	parts := stream(tx, selectLost, []any{day}, func(row scanRow) (p part, err error) {
		var fingerprint []byte
		var lives bool
		var since int64
		var entry, heard sql.NullInt64
		if err = row(&p.id, &p.lost.Device, &p.path.text, &fingerprint, &lives, &since, &entry, &heard, &p.tag, &p.count); err != nil {
			return p, err
		}
		p.lost.Account, p.lost.Since = p.path.text, dayOf(since)
		if len(fingerprint) == len(reserve.DID{}) {
			p.lost.Fingerprint = reserve.DID(fingerprint).String()
		}
		if lives {
			p.lost.Heard, p.lost.Entry = dayOf(heard.Int64), uint32(entry.Int64)
		}
		return p, nil
	})
	same := func(a, b part) bool { return a.id == b.id }
	return converted(grouped(parts, same), func(group []part) (compliance.Lost, bool) {
		l := group[0].lost
		for _, p := range group {
			l.Pending = addCount(l.Pending, p.tag.String, uint64(p.count.Int64))
		}
		return l, s.Has(group[0].path)
	})
}

const selectTwins = `SELECT d.serial, d.udi, p.path, j.time
	FROM (SELECT serial FROM device WHERE superseded = 0 GROUP BY serial HAVING count(*) > 1) t
	JOIN device d ON d.serial = t.serial AND d.superseded = 0 JOIN account p ON p.id = d.account JOIN journal j ON j.sequence = d.sequence
	ORDER BY d.serial, d.id`

// Twins streams the serial numbers that several devices have, one of them in s at least.
func (tx *Tx) Twins(s Scope) iter.Seq2[compliance.Twin, error] {
	type part struct {
		twin    compliance.Twin
		seconds int64
	}
	parts := stream(tx, selectTwins, nil, func(row scanRow) (p part, err error) {
		p.twin.Devices = make([]string, 1)
		err = row(&p.twin.Serial, &p.twin.Devices[0], &p.twin.Account, &p.seconds)
		return p, err
	})
	same := func(a, b part) bool { return a.twin.Serial == b.twin.Serial }
	return converted(grouped(parts, same), func(group []part) (compliance.Twin, bool) {
		t, last, in := group[0].twin, int64(0), false
		t.Devices = nil
		for _, p := range group {
			t.Devices = append(t.Devices, p.twin.Devices[0])
			last, in = max(last, p.seconds), in || s.Has(Path{p.twin.Account})
		}
		t.Since = dayOf(last)
		return t, in
	})
}

const selectRenewed = `SELECT d.udi, p.path, r.identities, r.holds, r.pending, j.time
	FROM (SELECT o.udi, count(*) + 1 AS identities,
			coalesce(sum((SELECT sum(c.count) FROM charge c JOIN lot l ON l.id = c.lot WHERE c.device = o.id AND (l.ends = 0 OR l.ends >= $1))), 0) AS holds,
			coalesce(sum((SELECT sum(x.count) FROM exposure x JOIN lot l ON l.id = x.lot WHERE x.device = o.id AND (l.ends = 0 OR l.ends >= $1))), 0) AS pending
		FROM device o WHERE o.superseded = 1 GROUP BY o.udi) r
	JOIN device d ON d.udi = r.udi AND d.superseded = 0 JOIN account p ON p.id = d.account JOIN journal j ON j.sequence = d.sequence
	WHERE r.holds > 0 OR j.time >= $2 ORDER BY d.udi`

// Renewed streams the devices with more than one identity whose newest was enrolled on a day or
// later, and those whose older ones hold something that has not ended by day.
func (tx *Tx) Renewed(s Scope, since, day keys.Day) iter.Seq2[compliance.Renewed, error] {
	all := stream(tx, selectRenewed, []any{day, since.Time().Unix()}, func(row scanRow) (r compliance.Renewed, err error) {
		var seconds int64
		err = row(&r.Device, &r.Account, &r.Identities, &r.Holds, &r.Pending, &seconds)
		r.Since = dayOf(seconds)
		return r, err
	})
	return converted(all, func(r compliance.Renewed) (compliance.Renewed, bool) { return r, s.Has(Path{r.Account}) })
}

const selectUnannounced = `SELECT d.udi, p.path, j.time FROM device d JOIN account p ON p.id = d.account JOIN journal j ON j.sequence = d.sequence
	WHERE d.sequence >= $1 AND d.sequence > (SELECT min(sequence) FROM expectation) AND d.superseded = 0
		AND NOT EXISTS (SELECT 1 FROM expected e WHERE e.serial = d.serial AND e.product IN ('', substr(d.udi, 1, instr(d.udi, ':') - 1)))
		AND NOT EXISTS (SELECT 1 FROM device o WHERE o.udi = d.udi AND o.superseded = 1)
	ORDER BY d.sequence, d.id`

// Unannounced streams the devices that were enrolled on a day or later, after the first
// announcement there was, and that nobody announced.
func (tx *Tx) Unannounced(s Scope, since keys.Day) iter.Seq2[compliance.Newcomer, error] {
	return func(yield func(compliance.Newcomer, error) bool) {
		first, err := tx.firstEntry(since)
		if err != nil {
			yield(compliance.Newcomer{}, err)
			return
		}
		all := stream(tx, selectUnannounced, []any{first}, func(row scanRow) (n compliance.Newcomer, err error) {
			var seconds int64
			err = row(&n.Device, &n.Account, &seconds)
			n.Since = dayOf(seconds)
			return n, err
		})
		converted(all, func(n compliance.Newcomer) (compliance.Newcomer, bool) { return n, s.Has(Path{n.Account}) })(yield)
	}
}

// firstEntry returns the first journal entry of a day or later. It halves what is left, which is
// right as long as the clock was; an index on times would have to be kept for this alone.
func (tx *Tx) firstEntry(day keys.Day) (uint32, error) {
	last, _, err := tx.Head()
	low, high := uint64(1), uint64(last)+1
	for err == nil && low < high {
		var seconds int64
		middle := (low + high) / 2
		if _, err = tx.one("SELECT time FROM journal WHERE sequence = $1", []any{middle}, &seconds); dayOf(seconds) >= day {
			high = middle
		} else {
			low = middle + 1
		}
	}
	return uint32(low), err
}

// dayOf is the day of a journal entry's time.
func dayOf(seconds int64) keys.Day { return keys.DayOf(time.Unix(seconds, 0)) }
