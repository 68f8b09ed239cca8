package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"tallystick/reserve"
)

// A tableShape is a table as the schema has it.
type tableShape struct {
	name    string
	columns []string
	key     []string
	rows    [][]any // by key; the columns in their order
}

// withoutTriggers opens a copy of a ledger as a database without triggers, checks and references,
// runs f, and puts the triggers back.
func withoutTriggers(t *testing.T, path string, f func(*sql.DB) error) {
	t.Helper()
	db := openBare(t, path)
	defer db.Close()
	triggers, err := texts(db, "SELECT sql FROM sqlite_schema WHERE type = 'trigger'")
	names, failed := texts(db, "SELECT name FROM sqlite_schema WHERE type = 'trigger'")
	if err = errors.Join(err, failed); err == nil {
		_, err = db.Exec("DROP TRIGGER " + strings.Join(names, "; DROP TRIGGER "))
	}
	if err == nil {
		err = f(db)
	}
	if err == nil {
		_, err = db.Exec(strings.Join(triggers, ";\n"))
	}
	if err != nil {
		t.Fatal(err)
	}
}

func texts(db *sql.DB, query string) (out []string, err error) {
	rows, err := db.Query(query)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			return nil, err
		}
		out = append(out, text)
	}
	return out, rows.Err()
}

// shapes reads all tables, so that no new one can be forgotten.
func shapes(db *sql.DB) (all []tableShape, err error) {
	names, err := texts(db, "SELECT name FROM sqlite_schema WHERE type = 'table' AND substr(name, 1, 7) <> 'sqlite_' ORDER BY name")
	for _, name := range names {
		s := tableShape{name: name}
		columns, failed := texts(db, fmt.Sprintf("SELECT name FROM pragma_table_info('%s') ORDER BY cid", name))
		key, failedKey := texts(db, fmt.Sprintf("SELECT name FROM pragma_table_info('%s') WHERE pk > 0 ORDER BY pk", name))
		s.columns, s.key = columns, key
		err = errors.Join(err, failed, failedKey)
		rows, failed := db.Query(fmt.Sprintf("SELECT * FROM %s ORDER BY %s", name, strings.Join(s.key, ", ")))
		if failed != nil {
			return nil, errors.Join(err, failed)
		}
		for rows.Next() {
			values, pointers := make([]any, len(columns)), make([]any, len(columns))
			for i := range values {
				pointers[i] = &values[i]
			}
			err = errors.Join(err, rows.Scan(pointers...))
			s.rows = append(s.rows, values)
		}
		err = errors.Join(err, rows.Err(), rows.Close())
		all = append(all, s)
	}
	return all, err
}

// where is the condition that a row is meant, and its arguments.
func (s tableShape) where(row []any) (text string, args []any) {
	for i, k := range s.key {
		if i > 0 {
			text += " AND "
		}
		text += k + " = ?"
		args = append(args, row[slices.Index(s.columns, k)])
	}
	return text, args
}

func (s tableShape) remove(db *sql.DB, row []any) error {
	text, args := s.where(row)
	return one(db.Exec("DELETE FROM "+s.name+" WHERE "+text, args...))
}

func (s tableShape) insert(db *sql.DB, row []any) error {
	places := strings.TrimSuffix(strings.Repeat("?, ", len(row)), ", ")
	return one(db.Exec("INSERT INTO "+s.name+" VALUES ("+places+")", row...))
}

func (s tableShape) set(db *sql.DB, row []any, column string, value any) error {
	text, args := s.where(row)
	return one(db.Exec(fmt.Sprintf("UPDATE %s SET %s = ? WHERE %s", s.name, column, text), append([]any{value}, args...)...))
}

// one demands that a statement changed one row.
func one(result sql.Result, err error) error {
	if err != nil {
		return err
	}
	if n, err := result.RowsAffected(); err != nil || n != 1 {
		return fmt.Errorf("%d rows changed, %v", n, err)
	}
	return nil
}

// edits are values that differ from v, by as little as may be.
func edits(v any) []any {
	switch v := v.(type) {
	case int64:
		return []any{v + 1, v - 1}
	case string:
		return []any{v + "x"}
	case []byte:
		if len(v) == 0 {
			return []any{[]byte{1}}
		}
		changed := slices.Clone(v)
		changed[len(changed)-1] ^= 1
		return []any{changed, append(slices.Clone(v), 0)}
	}
	return []any{int64(1)} // instead of nothing
}

// A tableCase is something done to a table.
type tableCase struct {
	name string
	do   func(*sql.DB) error
}

// cases are what may be done to a table: each of a few rows taken away, each of their columns edited,
// two rows exchanged, the end cut off.
func (s tableShape) cases() (all []tableCase) {
	add := func(name string, do func(*sql.DB) error) { all = append(all, tableCase{s.name + ": " + name, do}) }
	chosen := []int{len(s.rows) - 1}
	if !testing.Short() && len(s.rows) > 1 {
		chosen = append(chosen, 0)
	}
	for _, i := range chosen {
		row := s.rows[i]
		add(fmt.Sprintf("row %d gone", i+1), func(db *sql.DB) error { return s.remove(db, row) })
		for c, column := range s.columns {
			for e, value := range edits(row[c]) {
				if testing.Short() && e > 0 {
					continue
				}
				add(fmt.Sprintf("%s of row %d edited, %d", column, i+1, e), func(db *sql.DB) error {
					err := s.set(db, row, column, value)
					if number, ok := value.(int64); ok && err != nil { // another row has it
						err = s.set(db, row, column, number+1000)
					}
					return err
				})
			}
		}
	}
	if len(s.rows) == 1 {
		return all
	}
	for _, other := range s.rows[1:] {
		if s.rest(other) != s.rest(s.rows[0]) {
			add("rows exchanged", func(db *sql.DB) error { return s.exchange(db, s.rows[0], other) })
			break
		}
	}
	add("end cut off", func(db *sql.DB) error {
		for _, row := range s.rows[len(s.rows)/2:] {
			if err := s.remove(db, row); err != nil {
				return err
			}
		}
		return nil
	})
	return all
}

// rest is what a row has besides its key.
func (s tableShape) rest(row []any) (text string) {
	for i, column := range s.columns {
		if !slices.Contains(s.key, column) {
			text += fmt.Sprintf("%v;", row[i])
		}
	}
	return text
}

// exchange gives each of two rows the key of the other.
func (s tableShape) exchange(db *sql.DB, a, b []any) error {
	x, y := slices.Clone(a), slices.Clone(b)
	for i, column := range s.columns {
		if slices.Contains(s.key, column) {
			x[i], y[i] = b[i], a[i]
		}
	}
	return errors.Join(s.remove(db, a), s.remove(db, b), s.insert(db, x), s.insert(db, y))
}

// Whatever is done to a row of any table behind the program's back is found and named. What SQLite
// is made of doesn't matter here, and one engine is enough.
func TestTamperingWithEveryTable(t *testing.T) {
	if sqlite.name != "sqlite3" {
		return
	}
	whole := fullLedger(t)
	var all []tableShape
	withoutTriggers(t, copyLedger(t, whole), func(db *sql.DB) (err error) { all, err = shapes(db); return err })
	for _, s := range all {
		if len(s.rows) < 2 && s.name != "ledger" {
			t.Errorf("table %s has %d rows: fullLedger has to write more", s.name, len(s.rows))
			continue
		}
		named := regexp.MustCompile(`"` + s.name + `"|journal entr|device |account "|license "|catalog |entitlement |trust root|lost its name`)
		for _, c := range s.cases() {
			path := copyLedger(t, whole)
			withoutTriggers(t, path, c.do)
			if finding := audited(t, path); !named.MatchString(finding) {
				t.Errorf("%s: found %q", c.name, finding)
			}
		}
	}
}

// audited opens a copy and returns what is found; it may be damaged too much to be opened at all.
func audited(t *testing.T, path string) string {
	t.Helper()
	l, err := OpenReadOnly(path)
	if refusedAs(err, reserve.LedgerDamaged) {
		return err.Error()
	}
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	found, err := l.Audit(context.Background(), Evidence{Trust: acme.trust}, nil)
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, d := range found.Differences {
		list = append(list, d.Error())
	}
	return strings.Join(list, " | ")
}
