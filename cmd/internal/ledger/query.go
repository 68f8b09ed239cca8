package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"tallystick/reserve"
)

// stmt returns the prepared statement for a query.
func (tx *Tx) stmt(query string) (*sql.Stmt, error) {
	if tx.done {
		return nil, errors.New("ledger: transaction used after its end")
	}
	if s, ok := tx.l.stmts[query]; ok {
		return s, nil
	}
	s, err := tx.l.conn.PrepareContext(context.WithoutCancel(tx.ctx), query)
	if err != nil {
		return nil, err
	}
	tx.l.stmts[query] = s
	return s, nil
}

// exec runs a statement that writes and returns how many rows it changed.
func (tx *Tx) exec(query string, args ...any) (int64, error) {
	n, err := tx.change(query, args)
	if err == nil {
		tx.touch(tableOf(query))
	}
	return n, err
}

// derived stands for what follows from records and is no record itself. Changing it needs an entry
// all the same.
const derived = "derived"

// derive is exec for a statement that writes only what follows from records: what lots have reserved,
// where a device stands. The entry has no rows to look for then.
func (tx *Tx) derive(query string, args ...any) (int64, error) {
	n, err := tx.change(query, args)
	if err == nil {
		tx.touch(derived)
	}
	return n, err
}

func (tx *Tx) change(query string, args []any) (int64, error) {
	if !tx.writable {
		return 0, errors.New("ledger: a View can't write")
	}
	s, err := tx.stmt(query)
	if err != nil {
		return 0, tx.explain(err)
	}
	result, err := s.ExecContext(tx.ctx, args...)
	if err != nil {
		return 0, tx.explain(err)
	}
	n, err := result.RowsAffected()
	return n, tx.explain(err)
}

// touch notes which table was written to. Should it miss one, the entry would not cover those rows,
// and Verify would say so.
func (tx *Tx) touch(table string) { tx.state.touched[table] = true }

// tableOf returns what a statement writes to: "INSERT INTO table", "UPDATE table" or "DELETE FROM
// table".
func tableOf(query string) string {
	left := 2
	for word := range strings.FieldsSeq(query) {
		if left == 0 {
			return word
		}
		if left--; word == "UPDATE" {
			left--
		}
	}
	panic("ledger: a statement that writes to no table: " + query)
}

// execOne runs a statement that changes exactly one row; what says which, for the error.
func (tx *Tx) execOne(what, query string, args ...any) error {
	n, err := tx.exec(query, args...)
	return oneRow(what, n, err)
}

// deriveOne is execOne for what derive is for.
func (tx *Tx) deriveOne(what, query string, args ...any) error {
	n, err := tx.derive(query, args...)
	return oneRow(what, n, err)
}

func oneRow(what string, n int64, err error) error {
	if err == nil && n != 1 {
		err = fmt.Errorf("ledger: %s: %d rows changed where one should", what, n)
	}
	return err
}

// insert runs an INSERT … RETURNING id.
func (tx *Tx) insert(query string, args ...any) (int64, error) {
	if !tx.writable {
		return 0, errors.New("ledger: a View can't write")
	}
	var id int64
	found, err := tx.one(query, args, &id)
	if err == nil && !found {
		err = errors.New("ledger: an insert returned nothing")
	}
	tx.touch(tableOf(query))
	return id, err
}

// one reads a single row into dest; found is false when there is none.
func (tx *Tx) one(query string, args []any, dest ...any) (found bool, err error) {
	err = tx.each(query, args, func(scan func(...any) error) error {
		found = true
		return scan(dest...)
	})
	return found, err
}

// each calls row for every row of a query. row must not query itself: the statement of a query
// exists once.
func (tx *Tx) each(query string, args []any, row func(scan func(...any) error) error) error {
	s, err := tx.stmt(query)
	if err != nil {
		return tx.explain(err)
	}
	rows, err := s.QueryContext(tx.ctx, args...)
	if err != nil {
		return tx.explain(err)
	}
	defer rows.Close()
	scan := tx.scanner(query, rows)
	for rows.Next() {
		if err := row(scan); err != nil {
			return tx.explain(err)
		}
	}
	return tx.explain(rows.Err())
}

// scanner is rows.Scan for values that may be of another type than their column's, which no version
// of this program wrote: SQLite checks the type when it writes, not when it reads.
func (tx *Tx) scanner(query string, rows *sql.Rows) func(...any) error {
	return func(dest ...any) error {
		if err := rows.Scan(dest...); err != nil {
			return tx.damaged("a value in %q does not fit its column: %v", readBy(query), err)
		}
		return nil
	}
}

// readBy returns what a statement reads from first, for the error.
func readBy(query string) string {
	_, from, _ := strings.Cut(query, "FROM ")
	for word := range strings.FieldsSeq(from) {
		return strings.Trim(word, "(,)")
	}
	return "the ledger"
}

func (tx *Tx) explain(err error) error { return tx.l.explain(tx.ctx, err) }

// explain turns an error of the database into a refusal where a person can do something about it.
func (l *Ledger) explain(ctx context.Context, err error) error {
	var refusal *reserve.Refusal
	var difference *Difference
	switch {
	case err == nil, errors.As(err, &refusal), errors.As(err, &difference):
		return err
	case ctx.Err() != nil:
		return ctx.Err()
	}
	switch sqlite.code(err) {
	case codeBusy, codeLocked:
		return reserve.Refuse(reserve.Busy, "another process is writing to ledger %q", l.path)
	case codeCorrupt, codeNotADB:
		return reserve.Refuse(reserve.LedgerDamaged, "ledger %q is damaged: %v", l.path, plainError(err))
	case codeChecksum:
		return reserve.Refuse(reserve.LedgerDamaged, "ledger %q is damaged: the disk gave back something else than was written to it", l.path)
	case codeError: // every statement is this package's own, and fits the tables that a ledger is made with
		return reserve.Refuse(reserve.LedgerDamaged, "ledger %q is damaged: its tables are not those of a ledger: %v", l.path, plainError(err))
	case codeIO, codeFull:
		return l.diskFault(err)
	case codeCantOpen, codeReadOnly:
		return fmt.Errorf("ledger %q can't be opened or written: %w", l.path, plainError(err))
	}
	return fmt.Errorf("ledger %q: %w", l.path, err)
}

// damaged is the refusal for content that no version of this program wrote.
func (tx *Tx) damaged(format string, args ...any) error {
	return reserve.Refuse(reserve.LedgerDamaged, "ledger %q is damaged: %s", tx.l.path, fmt.Sprintf(format, args...))
}

// first returns the first of a list, the zero value of an empty one.
func first[T any](list []T) (v T) {
	if len(list) > 0 {
		v = list[0]
	}
	return v
}

// exactly scans a value that has a fixed size. SQLite checks sizes when it writes; somebody else may
// have written.
type exactly []byte

// Scan implements sql.Scanner.
func (e exactly) Scan(value any) error {
	b, ok := value.([]byte)
	if !ok || len(b) != len(e) {
		return fmt.Errorf("%d bytes where there are to be %d", len(b), len(e))
	}
	copy(e, b)
	return nil
}
