package ledger

import (
	"context"
	"database/sql"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"sync"
)

// checkFile lets SQLite look at every page, and returns what it finds wrong.
func (tx *Tx) checkFile() (found []string, err error) {
	err = tx.each(fmt.Sprintf("PRAGMA integrity_check(%d)", MaxDifferences+1), nil, func(scan func(...any) error) error {
		var text string
		err := scan(&text)
		found = append(found, text)
		return err
	})
	if slices.Equal(found, []string{"ok"}) {
		found = nil
	}
	if len(found) > 0 && unreadable(err) { // which the findings say, too
		err = nil
	}
	return found, err
}

// integrity is about the file. Of values and indexes that are not in order the rest of a run still
// makes sense, of pages it doesn't.
func (w *worker) integrity() error {
	found, err := w.checkFile()
	if err != nil {
		return err
	}
	sound := true
	for i, text := range found {
		w.found.add(Difference{Text: fmt.Sprintf("the file is damaged: %q", clip(text)), area: inFile, number: int64(i)})
		sound = sound && aboutContent(text)
	}
	if !sound {
		w.stop(errDamagedFile)
	}
	return nil
}

// aboutContent reports whether a finding of integrity_check is about values or indexes.
func aboutContent(text string) bool {
	for _, part := range []string{" missing from index ", "wrong # of entries in index ", "non-unique entry in index ", "row not in PRIMARY KEY order for ",
		"NULL value in ", "CHECK constraint failed in ", " value in "} {
		if strings.Contains(text, part) && !strings.HasPrefix(text, "***") && !strings.HasPrefix(text, "Tree ") {
			return true
		}
	}
	return false
}

// references looks for rows that name rows which are not there.
func (w *worker) references() error {
	type reference struct{ table, parent string }
	count, first := map[reference]int{}, map[reference]sql.NullInt64{}
	err := w.each(`SELECT "table", parent, rowid FROM pragma_foreign_key_check`, nil, func(scan func(...any) error) error {
		var r reference
		var row sql.NullInt64
		err := scan(&r.table, &r.parent, &row)
		if count[r]++; count[r] == 1 {
			first[r] = row
		}
		return err
	})
	if err != nil {
		return err
	}
	for _, r := range slices.SortedFunc(maps.Keys(count), func(a, b reference) int {
		return strings.Compare(a.table+"\x00"+a.parent, b.table+"\x00"+b.parent)
	}) {
		row := ""
		if first[r].Valid {
			row = fmt.Sprintf(", the first in row %d", first[r].Int64)
		}
		w.found.add(Difference{Text: fmt.Sprintf("rows of %q refer to what is not there in %q: %d%s", clip(r.table), clip(r.parent), count[r], row), area: inBooks})
	}
	return nil
}

// An object is a table, index, trigger or view.
type object struct{ kind, name, text string }

const selectSchema = "SELECT type, name, coalesce(sql, '') FROM sqlite_schema WHERE substr(name, 1, 7) <> 'sqlite_' ORDER BY type, name"

// schema compares tables, checks and triggers with those of a ledger that is new: without them
// anything could have been written.
func (w *worker) schema() error {
	want, err := newSchema()
	if err != nil {
		return w.explain(err)
	}
	have := map[object]bool{}
	err = w.each(selectSchema, nil, func(scan func(...any) error) error {
		var o object
		err := scan(&o.kind, &o.name, &o.text)
		if have[o] = true; !slices.Contains(want, o) && !slices.ContainsFunc(want, func(x object) bool { return x.kind == o.kind && x.name == o.name }) {
			w.found.add(Difference{Text: fmt.Sprintf("the %s %q is none of a ledger's", clip(o.kind), clip(o.name)), area: inFile})
		}
		return err
	})
	for _, o := range want {
		if !have[o] && err == nil {
			w.found.add(Difference{Text: fmt.Sprintf("the %s %q is missing or not as a ledger is made with", o.kind, o.name), area: inFile})
		}
	}
	return err
}

var newSchema = sync.OnceValues(func() (all []object, err error) {
	db, err := sql.Open(sqlite.name, "file::memory:")
	if err != nil {
		return nil, err
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	if _, err := db.Exec(schema); err != nil {
		return nil, err
	}
	rows, err := db.Query(selectSchema)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var o object
		if err := rows.Scan(&o.kind, &o.name, &o.text); err != nil {
			return nil, err
		}
		all = append(all, o)
	}
	return all, rows.Err()
})

// readThrough reads a file once, for nobody. An audit reads pages in the order of many indexes, and a
// disk is fastest in the order of the file: what fits into the system's memory is there when it is
// wanted.
func readThrough(ctx context.Context, path string) {
	f, err := os.Open(path)
	if err != nil {
		return // who reads for somebody says so
	}
	defer f.Close()
	for block := make([]byte, 1<<20); err == nil && ctx.Err() == nil; {
		_, err = f.Read(block)
	}
}
