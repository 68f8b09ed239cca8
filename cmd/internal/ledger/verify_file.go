package ledger

import (
	"database/sql"
	"strings"
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

const selectSchema = "SELECT coalesce(sql, name) FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%' ORDER BY type, name"

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

// lots compares what lots have reserved with what devices are charged.
func (v *verification) lots() error {
	return v.each(`SELECT l.id, l.reserved, l.in_transit, coalesce(c.count, 0), coalesce(c.transit, 0)
		FROM lot l LEFT JOIN (SELECT lot, sum(count) AS count, sum(in_transit) AS transit FROM charge GROUP BY lot) c ON c.lot = l.id
		WHERE l.reserved <> coalesce(c.count, 0) OR l.in_transit <> coalesce(c.transit, 0) ORDER BY l.id LIMIT 1`, nil,
		func(scan func(...any) error) error {
			var id, reserved, transit, charged, chargedTransit int64
			if err := scan(&id, &reserved, &transit, &charged, &chargedTransit); err != nil {
				return err
			}
			return differs("license %d has %d reserved, %d of them in transit; devices are charged %d and %d",
				id, reserved, transit, charged, chargedTransit)
		})
}
