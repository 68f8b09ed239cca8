package ledger

import (
	"context"
	"errors"
)

// viewTries is how often views of one moment are sought while others write.
const viewTries = 10

var errMoved = errors.New("ledger: somebody wrote meanwhile")

// views runs f with transactions that all see the same state, each on a connection of its own, so
// that they can be read side by side. There are count of them, or one when no two can be found that
// see the same, because others write so often.
func (l *Ledger) views(ctx context.Context, count int, f func(context.Context, []*Tx) error) error {
	for try := 1; ; try++ {
		if try > viewTries {
			count = 1
		}
		err := l.View(ctx, func(tx *Tx) error {
			if _, _, err := tx.Head(); err != nil {
				count = 1 // a damaged file, about which f may have more to say
			}
			return l.join(ctx, []*Tx{tx}, count, f)
		})
		if err != errMoved {
			return err
		}
	}
}

// join adds a view to those there are, until they are enough. Nothing is committed without a journal
// entry, so views with the same head are of the same state.
func (l *Ledger) join(ctx context.Context, txs []*Tx, count int, f func(context.Context, []*Tx) error) error {
	if len(txs) == count {
		return f(ctx, txs)
	}
	reader, err := OpenReadOnly(l.file)
	if err != nil {
		return err
	}
	defer reader.Close()
	return reader.View(ctx, func(tx *Tx) error {
		same, err := tx.sameHead(txs[0])
		if err == nil && !same {
			err = errMoved
		}
		if err != nil {
			return err
		}
		return l.join(ctx, append(txs, tx), count, f)
	})
}

func (tx *Tx) sameHead(other *Tx) (bool, error) {
	size, hash, err := tx.Head()
	if err != nil {
		return false, err
	}
	otherSize, otherHash, err := other.Head()
	return tx.l.id == other.l.id && size == otherSize && hash == otherHash, err
}
