package ledger

import (
	"fmt"
	"strings"

	"tallystick/keys"
	"tallystick/reserve"
)

// A record is a table whose rows belong to journal entries, with what of them never changes.
type record struct {
	table   string
	written string // the table that is written to; triggers write the rows of a history
	columns string
	order   string    // of the rows of one entry
	officer bool      // only an officer writes it
	role    keys.Role // … whose key has this role besides
	from    string    // where the rows are found, if not in the table alone
	lag     uint32    // how much later the entry is than the row's number, which is its "size"
}

// records are all of them, in the order they are hashed in. Everything else in the ledger follows
// from them: charges, what is reserved, and what is known of a device. A checkpoint is written after
// the entry it ends with, and belongs to the next.
var records = []record{
	officers("root", "root", "version, signed, catalog", "version"),
	officers("catalog", "catalog", "digest", "digest"),
	officers("entitlement", "entitlement", "id, tag", "id"),
	officers("account", "account", "id", "id"),
	officers("account_history", "account", "account, path, parent, reservation, export_control, holding, coterm, failed_open, failed_licenses, failed_year, closed", "account"),
	officers("lot", "lot", "id, account, entitlement, origin, unlimited, starts, ends, reference", "id"),
	officers("lot_history", "lot", "lot, quantity", "lot"),
	officers("device", "device", "id, did, udi, serial, request", "id"),
	officers("device_history", "device", "device, account, label, superseded", "device"),
	officers("relocation", "relocation", "device, source, target", "device, source"),
	officers("authorization", "authorization", "device, number, day, operation, digest, body, rebased", "device, number"),
	{table: "draw", written: "authorization", from: "authorization a JOIN draw d ON d.device = a.device AND d.number = a.number",
		columns: "d.device, d.number, d.place, d.lot, d.entitlement, d.count, d.ends", order: "d.device, d.number, d.place", officer: true},
	{table: "received", written: "received", columns: "id, device, kind, position, body", order: "id"},
	officers("expectation", "expectation", "serial, product, expected, account, reference", "serial, product"),
	officers("option_key", "option_key", "id, udi, slot, option, entitlement, quantity, ends, whole, ineligible", "id"),
	officers("option_key_removal", "option_key_removal", "option_key", "option_key"),
	officers("conversion", "conversion", "option_key, lot, quantity", "option_key"),
	officers("operation", "operation", "id, verb, wish, result", "id"),
	officers("recovery", "recovery", "epoch, size, root", "epoch"),
	officers("recovery_end", "recovery_end", "epoch", "epoch"),
	officers("waiver", "waiver", "epoch, device", "device"),
	officers("write_off", "write_off", "device", "device").of(keys.RoleWriteOff),
	officers("settlement", "settlement", "device", "device").of(keys.RoleWriteOff),
	officers("evidence", "evidence", "place, device, name, size, digest", "place"),
	officers("replacement", "replacement", "device, substitute, number", "device"),
	{table: "checkpoint", columns: "size, note", order: "size", lag: 1},
}

// officers is a record that only an officer writes.
func officers(table, written, columns, order string) record {
	return record{table: table, written: written, columns: columns, order: order, officer: true}
}

func (r record) of(role keys.Role) record {
	r.role = role
	return r
}

// query returns rows by their number, $1 to $2, which comes before the columns.
func (r record) query() string {
	number, from := "sequence", r.table
	if r.lag > 0 {
		number = "size"
	}
	if r.from != "" {
		from = r.from
	}
	return fmt.Sprintf("SELECT %s, %s FROM %s WHERE %[1]s BETWEEN $1 AND $2 ORDER BY %[1]s, %[4]s", number, r.columns, from, r.order)
}

// feed returns the rows that belong to the entries from first to last: of each, its columns as they
// are hashed. What type they have need not be, since every table is STRICT.
func (r record) feed(tx *Tx, first, last uint32) (*feed[[][]byte], error) {
	values := make([]any, strings.Count(r.columns, ",")+1)
	var number int64
	pointers := []any{&number}
	for i := range values {
		pointers = append(pointers, &values[i])
	}
	read := func(scan func(...any) error) (int64, [][]byte, error) {
		if err := scan(pointers...); err != nil {
			return 0, nil, err
		}
		columns := make([][]byte, len(values))
		for i, v := range values {
			var err error
			if columns[i], err = columnBytes(v); err != nil {
				return 0, nil, err
			}
		}
		return number + int64(r.lag), columns, nil
	}
	return newFeed(tx, read, r.query(), first-r.lag, last-r.lag)
}

// columnBytes is what of a value is hashed.
func columnBytes(v any) ([]byte, error) {
	switch v := v.(type) {
	case nil:
		return nil, nil
	case int64:
		return be64(uint64(v)), nil
	case string:
		return []byte(v), nil
	case []byte:
		return v, nil
	}
	return nil, reserve.Refuse(reserve.LedgerDamaged, "a column holds a %T, which no table takes", v)
}

// contents are what belongs to entries that come one after the other: a feed for each record, nil
// where no rows are to be expected.
type contents []*feed[[][]byte]

// contents returns what belongs to the entries from first to last. Where touched isn't nil, tables
// that are not in it are known to have no such rows; nor are there checkpoints, unless the entry is
// the first of its transaction: each ends with at most one.
func (tx *Tx) contents(first, last uint32, touched map[string]bool) (contents, error) {
	c := make(contents, len(records))
	for i, r := range records {
		if touched != nil && !touched[r.written] && (r.lag == 0 || tx.state.later) {
			continue
		}
		f, err := r.feed(tx, first, last)
		if err != nil {
			c.close()
			return nil, err
		}
		c[i] = f
	}
	return c, nil
}

func (c contents) close() {
	for _, f := range c {
		f.close()
	}
}

// A writer is who may write the rows that belong to an entry.
type writer struct {
	officer bool      // only an officer
	roles   keys.Role // … whose key has these
}

// digest is that of all rows that belong to an entry: the name of the table and the columns of each.
func (c contents) digest(sequence uint32) (digest [32]byte, by writer, err error) {
	var fields [][]byte
	for i, f := range c {
		if f == nil {
			continue
		}
		err := f.group(int64(sequence), func(columns [][]byte) error {
			fields = append(append(fields, []byte(records[i].table)), columns...)
			by = writer{by.officer || records[i].officer, by.roles | records[i].role}
			return nil
		})
		if err != nil {
			return [32]byte{}, writer{}, err
		}
	}
	return contentDigest(fields), by, nil
}

func contentDigest(fields [][]byte) [32]byte { return keys.Digest("TS1/content", fields...) }

// content is the digest for one entry.
func (tx *Tx) content(sequence uint32, touched map[string]bool) (digest [32]byte, by writer, err error) {
	c, err := tx.contents(sequence, sequence, touched)
	if err != nil {
		return [32]byte{}, writer{}, err
	}
	defer c.close()
	return c.digest(sequence)
}
