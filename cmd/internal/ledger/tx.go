package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"tallystick/reserve"
)

// A Tx is a transaction, valid inside the function that Update, Preview or View calls. What it
// reads it reads as of one moment.
type Tx struct {
	l        *Ledger
	ctx      context.Context
	writable bool
	done     bool

	changed bool              // something was written
	journal bool              // and an entry after it
	unsaved map[DeviceID]bool // authorizations added, whose books are to be saved
}

// Update runs f in a transaction that can write. Everything it did is committed when f returns
// nil, and nothing of it is otherwise, nor when f panics. Changes have to end with Append: a
// change that no journal entry stands for is not committed. Another Update or View of the same
// Ledger inside f would wait for ever. The refusal is Busy, when another process wrote for longer
// than ten seconds, and whatever f returns.
func (l *Ledger) Update(ctx context.Context, f func(*Tx) error) error {
	if l.readOnly {
		return fmt.Errorf("ledger %q is open for reading only", l.path)
	}
	return l.run(ctx, "BEGIN IMMEDIATE", f, "COMMIT")
}

// Preview runs f as Update does, with every check, and takes everything back.
func (l *Ledger) Preview(ctx context.Context, f func(*Tx) error) error {
	if l.readOnly {
		return fmt.Errorf("ledger %q is open for reading only", l.path)
	}
	return l.run(ctx, "BEGIN IMMEDIATE", f, "ROLLBACK")
}

// View runs f in a transaction that only reads, and sees the ledger as of one moment, however long
// f takes and whoever writes meanwhile.
func (l *Ledger) View(ctx context.Context, f func(*Tx) error) error {
	return l.run(ctx, "BEGIN", f, "ROLLBACK")
}

func (l *Ledger) run(ctx context.Context, begin string, f func(*Tx) error, end string) error {
	select {
	case l.turn <- struct{}{}:
		defer func() { <-l.turn }()
	case <-ctx.Done():
		return ctx.Err()
	}
	if _, err := l.conn.ExecContext(ctx, begin); err != nil {
		return l.explain(ctx, err)
	}
	tx := &Tx{l: l, ctx: ctx, writable: begin != "BEGIN", unsaved: map[DeviceID]bool{}}
	open := true
	defer func() {
		tx.done = true
		if open { // f failed or panicked, or the commit did; an error here has nobody to go to
			_, _ = l.conn.ExecContext(context.WithoutCancel(ctx), "ROLLBACK")
		}
	}()
	if err := f(tx); err != nil {
		return err
	}
	if err := tx.complete(); err != nil {
		return err
	}
	if _, err := l.conn.ExecContext(context.WithoutCancel(ctx), end); err != nil {
		return l.explain(ctx, err)
	}
	open = false
	return nil
}

// complete refuses what must not be committed. Each case is a mistake of the caller's, not of a
// person's.
func (tx *Tx) complete() error {
	for device := range tx.unsaved {
		return fmt.Errorf("ledger: device %d got an authorization and its books were not saved", device)
	}
	if tx.changed && !tx.journal {
		return errors.New("ledger: a change without a journal entry after it")
	}
	return tx.ctx.Err()
}

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
	if err != nil {
		return 0, tx.explain(err)
	}
	tx.changed, tx.journal = true, false
	return n, nil
}

// execOne runs a statement that changes exactly one row; what says which, for the error.
func (tx *Tx) execOne(what, query string, args ...any) error {
	n, err := tx.exec(query, args...)
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
	tx.changed, tx.journal = true, false
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
	for rows.Next() {
		if err := row(rows.Scan); err != nil {
			return tx.explain(err)
		}
	}
	return tx.explain(rows.Err())
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
		return reserve.Refuse(reserve.LedgerDamaged, "ledger %q is damaged: %v", l.path, err)
	case codeFull:
		return fmt.Errorf("ledger %q: no space left on the disk: %w", l.path, err)
	case codeCantOpen, codeReadOnly:
		return fmt.Errorf("ledger %q can't be opened or written: %w", l.path, err)
	}
	return fmt.Errorf("ledger %q: %w", l.path, err)
}

// damaged is the refusal for content that no version of this program wrote.
func (tx *Tx) damaged(format string, args ...any) error {
	return reserve.Refuse(reserve.LedgerDamaged, "ledger %q is damaged: %s", tx.l.path, fmt.Sprintf(format, args...))
}
