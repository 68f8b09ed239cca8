package ledger

import (
	"bytes"
	"crypto/sha256"
	"database/sql"
	"strings"

	"tallystick/reserve"
)

// file lets SQLite look at every page and every reference.
func (v *verification) file() error {
	var found []string
	err := v.each("PRAGMA integrity_check(1)", nil, func(scan func(...any) error) error {
		var text string
		err := scan(&text)
		found = append(found, text)
		return err
	})
	if err != nil {
		return err
	}
	if text := strings.Join(found, "; "); text != "ok" {
		return differs("the file is damaged: %q", clip(text))
	}
	return v.each("SELECT \"table\" FROM pragma_foreign_key_check LIMIT 1", nil, func(scan func(...any) error) error {
		var table string
		if err := scan(&table); err != nil {
			return err
		}
		return differs("something in %q refers to what is not there", clip(table))
	})
}

const selectSchema = "SELECT coalesce(sql, name) FROM sqlite_schema WHERE substr(name, 1, 7) <> 'sqlite_' ORDER BY type, name"

// schema compares tables, checks and triggers with those of a ledger that is new: without them
// anything could have been written.
func (v *verification) schema() error {
	want, err := newSchema()
	if err != nil {
		return v.explain(err)
	}
	var have []string
	err = v.each(selectSchema, nil, func(scan func(...any) error) error {
		var text string
		err := scan(&text)
		have = append(have, text)
		return err
	})
	if err != nil {
		return err
	}
	if strings.Join(have, ";\n") != want {
		return differs("the tables, checks and triggers are not those that a ledger is made with")
	}
	return nil
}

func newSchema() (text string, err error) {
	db, err := sql.Open(sqlite.name, "file::memory:")
	if err != nil {
		return "", err
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	if _, err := db.Exec(schema); err != nil {
		return "", err
	}
	rows, err := db.Query(selectSchema)
	if err != nil {
		return "", err
	}
	defer rows.Close()
	var all []string
	for rows.Next() {
		var one string
		if err := rows.Scan(&one); err != nil {
			return "", err
		}
		all = append(all, one)
	}
	return strings.Join(all, ";\n"), rows.Err()
}

// contradictions are queries that find nothing in a ledger that is whole, else a name for what is
// wrong.
var contradictions = []struct{ finding, query string }{
	{"account %q is set otherwise than its history says", `SELECT a.path FROM account a
		LEFT JOIN account_history h ON h.account = a.id AND h.sequence = (SELECT max(sequence) FROM account_history WHERE account = a.id)
		WHERE a.path IS NOT h.path OR a.parent IS NOT h.parent OR a.reservation IS NOT h.reservation OR a.export_control IS NOT h.export_control
		OR a.holding IS NOT h.holding OR a.coterm IS NOT h.coterm OR a.closed IS NOT h.closed LIMIT 1`},
	{"license %q has another quantity than its history says", `SELECT l.id FROM lot l
		LEFT JOIN lot_history h ON h.lot = l.id AND h.sequence = (SELECT max(sequence) FROM lot_history WHERE lot = l.id)
		WHERE l.quantity IS NOT h.quantity LIMIT 1`},
	{"device %q has another account or label than its history says", `SELECT d.udi FROM device d
		LEFT JOIN device_history h ON h.device = d.id AND h.sequence = (SELECT max(sequence) FROM device_history WHERE device = d.id)
		WHERE d.account IS NOT h.account OR d.label IS NOT h.label OR d.superseded IS NOT h.superseded LIMIT 1`},
	{"license %q has reserved something else than devices are charged", `SELECT l.id FROM lot l
		LEFT JOIN (SELECT lot, sum(count) AS count, sum(in_transit) AS transit, sum(coming_back) AS back FROM charge GROUP BY lot) c ON c.lot = l.id
		WHERE l.reserved <> coalesce(c.count, 0) OR l.in_transit <> coalesce(c.transit, 0) OR l.coming_back <> coalesce(c.back, 0) LIMIT 1`},
}

// current checks what stands now against histories and sums.
func (v *verification) current() error {
	for _, c := range contradictions {
		var name string
		found, err := v.one(c.query, nil, &name)
		if err != nil {
			return err
		}
		if found {
			return differs(c.finding, clip(name))
		}
	}
	return nil
}

// catalogs checks that catalogs are what roots name, and entitlements what the newest says.
func (v *verification) catalogs() error {
	err := v.each("SELECT digest, raw FROM catalog", nil, func(scan func(...any) error) error {
		var digest, raw []byte
		if err := scan(&digest, &raw); err != nil {
			return err
		}
		if sum := sha256.Sum256(raw); !bytes.Equal(sum[:], digest) {
			return differs("catalog %x was changed", digest)
		}
		return nil
	})
	if err != nil {
		return err
	}
	return v.each("SELECT id, tag FROM entitlement", nil, func(scan func(...any) error) error {
		var id reserve.EntitlementID
		var tag string
		if err := scan(&id, &tag); err != nil {
			return err
		}
		if named, ok := v.trust.Catalog().Tag(id); !ok || named != tag {
			return differs("entitlement %d is called %q; the catalog says %q", id, clip(tag), named)
		}
		return nil
	})
}
