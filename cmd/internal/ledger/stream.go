package ledger

import (
	"errors"
	"iter"
)

// scanRow reads the columns of a row into its arguments.
type scanRow = func(...any) error

// errStop ends a query whose rows nobody wants any more.
var errStop = errors.New("ledger: enough rows")

// stream yields what scan makes of each row of a query. While it runs, no other query of the same
// text may.
func stream[T any](tx *Tx, query string, args []any, scan func(scanRow) (T, error)) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		stopped := false
		err := tx.each(query, args, func(row func(...any) error) error {
			v, err := scan(row)
			if err == nil && !yield(v, nil) {
				stopped = true
				return errStop
			}
			return err
		})
		if err != nil && !stopped {
			var none T
			yield(none, err)
		}
	}
}

// grouped yields the elements of list that follow each other and are the same, together. The memory
// of a group is used again for the next.
func grouped[T any](list iter.Seq2[T, error], same func(a, b T) bool) iter.Seq2[[]T, error] {
	return func(yield func([]T, error) bool) {
		var group []T
		for v, err := range list {
			if err != nil {
				yield(nil, err)
				return
			}
			if len(group) > 0 && !same(group[0], v) {
				if !yield(group, nil) {
					return
				}
				group = group[:0]
			}
			group = append(group, v)
		}
		if len(group) > 0 {
			yield(group, nil)
		}
	}
}

// converted yields what f makes of each element and keeps.
func converted[A, B any](list iter.Seq2[A, error], f func(A) (b B, keep bool)) iter.Seq2[B, error] {
	return func(yield func(B, error) bool) {
		for a, err := range list {
			var b B
			keep := true
			if err == nil {
				b, keep = f(a)
			}
			if keep && !yield(b, err) || err != nil {
				return
			}
		}
	}
}
