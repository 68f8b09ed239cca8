package ledger

import (
	"context"
	"errors"
	"fmt"
)

// viewTries is how often views of one moment are sought while others write.
const viewTries = 10

// viewCache is how much of the file each view keeps in memory, in KiB. What is read in the order of
// one index lies in many places of the table.
const viewCache = 16 << 10

// Why views are not of one moment, or nobody can tell.
var (
	errMoved  = errors.New("ledger: somebody wrote meanwhile")
	errNoHead = errors.New("ledger: the newest entry can't be read")
)

// views runs f with transactions that all see the same state, each on a connection of its own, so
// that they can be read side by side. There are count of them, or one when no two can be found that
// see the same, because others write so often or the file is damaged.
func (l *Ledger) views(ctx context.Context, count int, f func(context.Context, []*Tx) error) error {
	for try := 1; ; try++ {
		if try > viewTries {
			count = 1
		}
		err := l.join(ctx, nil, count, f)
		if err == errNoHead {
			count = 1
		} else if err != errMoved {
			return err
		}
	}
}

// join adds a view to those there are, until they are enough.
func (l *Ledger) join(ctx context.Context, txs []*Tx, count int, f func(context.Context, []*Tx) error) error {
	if len(txs) == count {
		return f(ctx, txs)
	}
	reader, err := OpenReadOnly(l.file)
	if err != nil {
		return err
	}
	defer reader.Close()
	if _, err := reader.conn.ExecContext(ctx, fmt.Sprintf("PRAGMA cache_size = -%d", viewCache)); err != nil {
		return l.explain(ctx, err)
	}
	return reader.View(ctx, func(tx *Tx) error {
		if count > 1 {
			if err := tx.sameHead(append(txs, tx)[0]); err != nil {
				return err
			}
		}
		return l.join(ctx, append(txs, tx), count, f)
	})
}

// sameHead returns errMoved when two views are not of the same state, and errNoHead. Nothing is
// committed without a journal entry, so those with the same head are.
func (tx *Tx) sameHead(other *Tx) error {
	size, hash, err := tx.Head()
	if unreadable(err) {
		return errNoHead
	}
	if err != nil {
		return err
	}
	otherSize, otherHash, err := other.Head()
	if err == nil && (tx.l.id != other.l.id || size != otherSize || hash != otherHash) {
		err = errMoved
	}
	return err
}
