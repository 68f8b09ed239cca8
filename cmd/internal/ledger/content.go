package ledger

import (
	"fmt"

	"tallystick/keys"
)

// A record is a table whose rows belong to journal entries, with what of them never changes.
type record struct {
	table   string // that is written to
	query   string
	columns int
	officer bool // only an officer writes it
}

// records are all of them, in the order they are hashed in. Everything else in the ledger follows
// from them: charges, what is reserved, and what is known of a device.
var records = []record{
	{"root", "SELECT version, signed, catalog FROM root WHERE sequence = $1 ORDER BY version", 3, true},
	{"account", "SELECT id FROM account WHERE sequence = $1 ORDER BY id", 1, true},
	{"account", "SELECT account, path, parent, reservation, export_control, holding, coterm, closed FROM account_history WHERE sequence = $1 ORDER BY account", 8, true},
	{"lot", "SELECT id, account, entitlement, origin, unlimited, starts, ends, reference FROM lot WHERE sequence = $1 ORDER BY id", 8, true},
	{"lot", "SELECT lot, quantity FROM lot_history WHERE sequence = $1 ORDER BY lot", 2, true},
	{"device", "SELECT id, did, udi, serial, request FROM device WHERE sequence = $1 ORDER BY id", 5, true},
	{"device", "SELECT device, account, label, superseded FROM device_history WHERE sequence = $1 ORDER BY device", 4, true},
	{"relocation", "SELECT device, source, target FROM relocation WHERE sequence = $1 ORDER BY device, source", 3, true},
	{"authorization", "SELECT device, number, day, operation, digest, body, rebased FROM authorization WHERE sequence = $1 ORDER BY device, number", 7, true},
	{"authorization", `SELECT d.device, d.number, d.place, d.lot, d.entitlement, d.count, d.ends
		FROM authorization a JOIN draw d ON d.device = a.device AND d.number = a.number
		WHERE a.sequence = $1 ORDER BY d.device, d.number, d.place`, 7, true},
	{"received", "SELECT id, device, kind, position, body FROM received WHERE sequence = $1 ORDER BY id", 5, false},
	{"operation", "SELECT id, verb, wish, result FROM operation WHERE sequence = $1 ORDER BY id", 4, true},
	{"recovery", "SELECT epoch, size, root FROM recovery WHERE sequence = $1", 3, true},
	{"recovery_end", "SELECT epoch FROM recovery_end WHERE sequence = $1", 1, true},
	{"waiver", "SELECT epoch, device FROM waiver WHERE sequence = $1 ORDER BY device", 2, true},
}

// content is the digest of all rows that belong to a journal entry: each is the place of its record
// in records and its columns. officer reports whether there are rows that only an officer writes.
// Where touched isn't nil, other tables are known to have no such rows.
func (tx *Tx) content(sequence uint32, touched map[string]bool) (digest [32]byte, officer bool, err error) {
	var fields [][]byte
	for place, r := range records {
		if touched != nil && !touched[r.table] {
			continue
		}
		err := tx.each(r.query, []any{sequence}, func(scan func(...any) error) error {
			values, pointers := make([]any, r.columns), make([]any, r.columns)
			for i := range values {
				pointers[i] = &values[i]
			}
			if err := scan(pointers...); err != nil {
				return err
			}
			fields = append(fields, be64(uint64(place)))
			for _, v := range values {
				fields = append(fields, columnBytes(v))
			}
			officer = officer || r.officer
			return nil
		})
		if err != nil {
			return [32]byte{}, false, err
		}
	}
	return keys.Digest("TS1/content", fields...), officer, nil
}

// columnBytes is what of a value is hashed. The type need not be: every table is STRICT.
func columnBytes(v any) []byte {
	switch v := v.(type) {
	case nil:
		return nil
	case int64:
		return be64(uint64(v))
	case string:
		return []byte(v)
	case []byte:
		return v
	}
	panic(fmt.Sprintf("ledger: a column came as %T", v))
}
