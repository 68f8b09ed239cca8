package ledger

import (
	"crypto/sha256"
	"errors"
	"fmt"
)

// UseDriver has ledgers opened through another driver until restore is called. The driver has to be
// one for the engine of production; ok is false while the tests run on the other engine.
func UseDriver(name string) (restore func(), ok bool) {
	own := sqlite
	if own.name != "sqlite3" {
		return func() {}, false
	}
	sqlite.name = name
	return func() { sqlite = own }, true
}

// Whole looks at every page of the ledger and returns a digest of everything in its tables, in
// whatever pages it stands.
func (tx *Tx) Whole() (digest [32]byte, err error) {
	found, err := tx.checkFile()
	if err == nil && found != nil {
		err = fmt.Errorf("the file is damaged: %q", found)
	}
	if err != nil {
		return digest, err
	}
	h := sha256.New()
	var tables []string
	err = tx.each("SELECT name, sql FROM sqlite_schema WHERE type = 'table' ORDER BY name", nil, func(scan func(...any) error) error {
		var name, sql string
		err := scan(&name, &sql)
		tables = append(tables, name)
		fmt.Fprintln(h, sql)
		return err
	})
	for _, table := range tables {
		rows, failed := tx.l.conn.QueryContext(tx.ctx, fmt.Sprintf("SELECT * FROM %q", table))
		if failed != nil {
			return digest, errors.Join(err, failed)
		}
		columns, failed := rows.Columns()
		values, pointers := make([]any, len(columns)), make([]any, len(columns))
		for i := range values {
			pointers[i] = &values[i]
		}
		for failed == nil && rows.Next() {
			failed = rows.Scan(pointers...)
			fmt.Fprintf(h, "%s %q\n", table, values)
		}
		err = errors.Join(err, failed, rows.Err(), rows.Close())
	}
	h.Sum(digest[:0])
	return digest, err
}
