package ledger

import "database/sql"

// A feed hands out the rows of a query in groups that share a key, which the query is ordered by.
// Several feeds side by side join tables in one pass, with a row of each in memory.
type feed[T any] struct {
	tx   *Tx
	rows *sql.Rows
	scan func(...any) error
	read func(scan func(...any) error) (key int64, row T, err error)
	key  int64 // of row, which was read and is not handed out yet
	row  T
	more bool
}

// newFeed starts a query. Until close, the same query can't be started again on tx.
func newFeed[T any](tx *Tx, read func(func(...any) error) (int64, T, error), query string, args ...any) (*feed[T], error) {
	s, err := tx.stmt(query)
	if err != nil {
		return nil, tx.explain(err)
	}
	rows, err := s.QueryContext(tx.ctx, args...)
	if err != nil {
		return nil, tx.explain(err)
	}
	f := &feed[T]{tx: tx, rows: rows, scan: tx.scanner(query, rows), read: read}
	if err := f.next(); err != nil {
		f.close()
		return nil, err
	}
	return f, nil
}

func (f *feed[T]) next() (err error) {
	if f.more = f.rows.Next(); !f.more {
		return f.tx.explain(f.rows.Err())
	}
	f.key, f.row, err = f.read(f.scan)
	return f.tx.explain(err)
}

// group calls use for the rows with a key. Rows with a lower one are left out for good.
func (f *feed[T]) group(key int64, use func(T) error) error {
	for f.more && f.key <= key {
		if f.key == key {
			if err := use(f.row); err != nil {
				return err
			}
		}
		if err := f.next(); err != nil {
			return err
		}
	}
	return nil
}

// close ends a feed; one that was never started too.
func (f *feed[T]) close() {
	if f != nil {
		_ = f.rows.Close() // whatever it says, next has said before
	}
}
