package ledger

import (
	"database/sql"
	"iter"
	"slices"
	"strconv"
	"strings"
	"time"

	"tallystick/keys"
	"tallystick/reserve"
)

// A DeviceEntry is a device as lists show it.
type DeviceEntry struct {
	Device
	Confirmed reserve.Number // installed, as proven; 0 is none or unknown

	// What costs more to find out is there only if it was asked for.
	Enrolled time.Time      // to the second, UTC
	Last     reserve.Number // the newest authorization; 0 is none
	LastDay  keys.Day       // on which it was issued
	Holdings []Holding      // by tag
}

// A Holding is what is reserved for a device of one entitlement, of lots that have not ended on the
// day of the query.
type Holding struct {
	Tag        string
	Reserved   uint64
	InTransit  uint64 // the part that no confirmation covers yet
	ComingBack uint64 // the part that the newest authorization no longer grants
	Pending    uint64 // what a device that was written off could be holding; none of it is Reserved
	Expired    uint64 // what it holds of lots that have ended, by the newest authorization; none of it is Reserved
}

// A DeviceQuery says which devices are listed, with what, in which order.
type DeviceQuery struct {
	DeviceFilter
	Page // sorted by DeviceSorts

	Enrolled, Last, Holdings bool // what costs more and is wanted
}

var deviceSorting = sorting{
	"udi": {"d.udi"}, "serial": {"d.serial"}, "account": {"a.path"}, "state": {"d.standing"}, "label": {"d.label"},
	"fingerprint": {"d.did"}, "enrolled": {"d.id"},
}

// DeviceSorts are what devices can be sorted by.
var DeviceSorts = deviceSorting.names()

// provenNumber is reserve.Books.Confirmed in SQL.
const provenNumber = `CASE WHEN d.suspect = 1 OR d.standing IN ('enrolled', 'empty') THEN 0
	WHEN d.standing = 'steady' THEN max(d.current, iif(d.known % 2 = 0, d.known / 2, 0))
	ELSE coalesce((SELECT x.number FROM authorization x WHERE x.device = d.id AND x.dead = 0 AND x.number >= d.floor
		AND x.number = max(d.current, iif(d.known % 2 = 0, d.known / 2, 0))), 0) END`

// charged has what each lot keeps for a device, as numbers: the lot, how many, how many of them in
// transit, and how many coming back.
const charged = `(SELECT group_concat(c.lot || ' ' || c.count || ' ' || c.in_transit || ' ' || c.coming_back, ' ') FROM charge c WHERE c.device = d.id)`

// exposed has what could be held of each lot by a device that was written off, as numbers.
const exposed = `iif(d.written_off, (SELECT group_concat(x.lot || ' ' || x.count, ' ') FROM exposure x JOIN lot l ON l.id = x.lot
	WHERE x.device = d.id AND ` + runningOn + `), NULL)`

// tagOnDay finds the tag of a lot, with endedMark before it once the lot has ended.
const (
	tagOnDay  = "SELECT iif(" + runningOn + ", '', '" + endedMark + "') || e.tag FROM lot l JOIN entitlement e ON e.id = l.entitlement WHERE l.id = $1"
	endedMark = "-" // no tag begins with it
)

// DeviceList streams the devices that q asks for. While it does, tx answers other queries, but not
// the same one again.
func (tx *Tx) DeviceList(q DeviceQuery) iter.Seq2[DeviceEntry, error] {
	var r deviceReader
	query, args, err := q.build(&r)
	if err != nil {
		return failed[DeviceEntry](err)
	}
	return stream(tx, query, args, func(row scanRow) (DeviceEntry, error) { return r.read(tx, row) })
}

// build returns the query, with the places of its columns in r.
func (q DeviceQuery) build(r *deviceReader) (query string, args []any, err error) {
	// In SQL << and | bind alike.
	day := strconv.Itoa(int(q.Day))
	columns := `SELECT d.id, d.udi, d.did, d.account, d.label, iif(d.standing = 'return-pending' AND NOT ` + strings.ReplaceAll(pendingOn, "?", day) + `,
		'written-off', d.standing), d.sequence,
		d.superseded | (d.suspect << 1) | (d.quarantined << 2) | (d.written_off << 3) | (d.settled << 4) | (d.lives << 5) | ((` + provenNumber + `) << 6)`
	r.tagOf = strings.ReplaceAll(tagOnDay, "?", day)
	r.places = []any{&r.id, &r.udi, &r.did, &r.account, &r.entry.Label, &r.standing, &r.sequence, &r.bits}
	for _, more := range []struct {
		wanted bool
		column string
		place  any
	}{
		{q.Enrolled, "(SELECT j.time FROM journal j WHERE j.sequence = d.sequence)", &r.enrolled},
		{q.Last, "(SELECT x.number << 16 | x.day FROM authorization x WHERE x.device = d.id ORDER BY x.number DESC LIMIT 1)", &r.last},
		{q.Holdings, charged, &r.charged},
		{q.Holdings, strings.ReplaceAll(exposed, "?", day), &r.exposed},
	} {
		if more.wanted {
			columns += ", " + more.column
			r.places = append(r.places, more.place)
		}
	}
	order, err := q.orderBy(deviceSorting, "d.id")
	where := q.conditions(0)
	from := q.from()
	switch at := slices.IndexFunc(q.Sort, func(s Sort) bool { return s.By == "account" }); {
	case at == 0:
		from = byAccount
	case at < 0 && q.Account.IsZero():
		from = " FROM device d" // the reader knows the accounts
	}
	query = columns + from + where.text + order + q.limits(where)
	return query, where.args, err
}

// byAccount has a CROSS JOIN, which SQLite doesn't turn around: the devices are found by their
// account, however many others there are.
const byAccount = " FROM account a CROSS JOIN device d ON d.account = a.id"

func (f DeviceFilter) from() string {
	if f.Account.IsZero() {
		return " FROM device d JOIN account a ON a.id = d.account"
	}
	return byAccount
}

// A deviceReader reads rows into plain types, which database/sql does fastest: the fewer values, the
// better. Accounts and lots it looks up once.
type deviceReader struct {
	entry  DeviceEntry
	places []any
	paths  lookup
	tags   lookup
	tagOf  string // the query of tags

	id, account, sequence, bits int64
	udi, standing               string
	did                         sql.RawBytes
	enrolled                    int64
	last                        sql.NullInt64
	charged, exposed            sql.RawBytes
}

func (r *deviceReader) read(tx *Tx, row scanRow) (DeviceEntry, error) {
	if err := row(r.places...); err != nil {
		return DeviceEntry{}, err
	}
	e, err := &r.entry, error(nil)
	if e.UDI, err = reserve.ParseUDI(r.udi); err != nil {
		return DeviceEntry{}, tx.damaged("device %d: %v", r.id, err)
	}
	if e.Account.text, err = r.paths.get(tx, "SELECT path FROM account WHERE id = $1", r.account); err != nil {
		return DeviceEntry{}, err
	}
	if e.Holdings, err = r.holdings(tx); err != nil {
		return DeviceEntry{}, err
	}
	e.ID, e.Sequence, e.Confirmed = DeviceID(r.id), uint32(r.sequence), reserve.Number(r.bits>>6)
	copy(e.DID[:], r.did)
	e.Superseded, e.Suspect, e.Quarantined = r.bits&1 != 0, r.bits&2 != 0, r.bits&4 != 0
	e.WrittenOff, e.Settled, e.Lives = r.bits&8 != 0, r.bits&16 != 0, r.bits&32 != 0
	e.Standing = reserve.Standing(r.standing)
	e.Enrolled = time.Unix(r.enrolled, 0).UTC()
	e.Last, e.LastDay = reserve.Number(r.last.Int64>>16), keys.Day(r.last.Int64&0xffff)
	return *e, nil
}

// holdings sums what is charged by entitlement.
func (r *deviceReader) holdings(tx *Tx) ([]Holding, error) {
	var list holdings
	for _, part := range []struct {
		text  sql.RawBytes
		width int
		of    func(tag string, n []uint64) Holding
	}{
		{r.charged, 4, func(tag string, n []uint64) Holding {
			if tag, ended := strings.CutPrefix(tag, endedMark); ended {
				return Holding{Tag: tag, Expired: n[1] - n[3]}
			}
			return Holding{Tag: tag, Reserved: n[1], InTransit: n[2], ComingBack: n[3]}
		}},
		{r.exposed, 2, func(tag string, n []uint64) Holding { return Holding{Tag: tag, Pending: n[1]} }},
	} {
		for numbers := strings.Fields(string(part.text)); len(numbers) >= part.width; numbers = numbers[part.width:] {
			n, err := parseNumbers(numbers[:part.width])
			if err != nil {
				return nil, tx.damaged("device %d: %v", r.id, err)
			}
			tag, err := r.tags.get(tx, r.tagOf, int64(n[0]))
			if err != nil {
				return nil, err
			}
			list.add(part.of(tag, n))
		}
	}
	return list.sorted(), nil
}

func parseNumbers(list []string) (out []uint64, err error) {
	out = make([]uint64, len(list))
	for i, text := range list {
		if out[i], err = strconv.ParseUint(text, 10, 64); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// holdings are several of one device, one for each tag.
type holdings []Holding

func (list *holdings) add(h Holding) {
	for i := range *list {
		if at := &(*list)[i]; at.Tag == h.Tag {
			at.Reserved += h.Reserved
			at.InTransit += h.InTransit
			at.ComingBack += h.ComingBack
			at.Pending += h.Pending
			at.Expired += h.Expired
			return
		}
	}
	*list = append(*list, h)
}

func (list holdings) sorted() []Holding {
	slices.SortFunc(list, func(a, b Holding) int { return strings.Compare(a.Tag, b.Tag) })
	return list
}

// A lookup keeps the texts that a query finds for numbers, at most lookupSize of them.
type lookup map[int64]string

const lookupSize = 50_000

func (l *lookup) get(tx *Tx, query string, id int64) (string, error) {
	if text, ok := (*l)[id]; ok {
		return text, nil
	}
	if *l == nil || len(*l) == lookupSize {
		*l = lookup{}
	}
	var text string
	found, err := tx.one(query, []any{id}, &text)
	if err == nil && !found {
		err = tx.damaged("row %d that a device refers to is not there", id)
	}
	if err == nil {
		(*l)[id] = text
	}
	return text, err
}
