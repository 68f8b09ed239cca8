package ledger

import (
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"
)

// A Sort is one thing that a list is sorted by.
type Sort struct {
	By         string // such as "account"; each list says which there are
	Descending bool
}

// A Page is a part of a list, in an order. The zero Page is the whole list, in the order it was
// entered, which also decides between rows that are otherwise equal: pages never overlap.
type Page struct {
	Sort   []Sort
	Offset int64 // rows left out at the beginning
	Limit  int64 // rows at most; 0 is no limit
}

// A sorting names the SQL expressions that each thing is sorted by.
type sorting map[string][]string

// names returns what a list can be sorted by.
func (s sorting) names() []string { return slices.Sorted(maps.Keys(s)) }

// orderBy returns the end of a query, with the list's own order last.
func (p Page) orderBy(known sorting, own string) (string, error) {
	var terms []string
	direction := ""
	for _, s := range p.Sort {
		expressions, ok := known[s.By]
		if !ok {
			return "", fmt.Errorf("ledger: sorted by %q; known are %s", s.By, strings.Join(known.names(), ", "))
		}
		direction = ""
		if s.Descending {
			direction = " DESC"
		}
		for _, e := range expressions {
			terms = append(terms, e+direction)
		}
	}
	// In the direction of the term before it, so that an index can be read backward.
	return " ORDER BY " + strings.Join(append(terms, own+direction), ", "), nil
}

// limits returns the last clause of a query, with its values added to c.
func (p Page) limits(c *conditions) string {
	if p.Limit == 0 && p.Offset == 0 {
		return ""
	}
	limit := p.Limit
	if limit == 0 {
		limit = -1 // SQLite: none
	}
	return " LIMIT " + c.next(limit) + " OFFSET " + c.next(p.Offset)
}

// failed is a stream that has nothing but an error.
func failed[T any](err error) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var none T
		yield(none, err)
	}
}
