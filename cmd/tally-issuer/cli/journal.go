package cli

import (
	"iter"
	"slices"
	"strings"
	"time"

	ucli "github.com/urfave/cli/v2"

	"tallystick/cmd/internal/cli"
	"tallystick/cmd/internal/issuer"
	"tallystick/cmd/internal/ledger"
	"tallystick/cmd/internal/table"
)

// beginOf is the moment at which the day that a flag names begins, the zero time without the flag.
func beginOf(c *ucli.Context, flag string) (time.Time, error) {
	d, err := day(c, flag)
	if err != nil || d == 0 {
		return time.Time{}, err
	}
	return d.Time(), nil
}

// kindFlag selects entries by their kind.
func kindFlag() ucli.Flag {
	return &ucli.StringFlag{Name: "kind", Usage: "only entries of a `KIND`: " + strings.Join(issuer.EventKinds, ", ")}
}

// kindOf reads that flag. No entries of a kind that there is not would tell an auditor the wrong thing.
func kindOf(c *ucli.Context) (string, error) {
	kind := c.String("kind")
	if kind != "" && !slices.Contains(issuer.EventKinds, kind) {
		return "", cli.Usage("flag --kind: %q is no kind of journal entry; there are %s", kind, strings.Join(issuer.EventKinds, ", "))
	}
	return kind, nil
}

// printEntries prints entries of the journal, those that filter leaves or some of them, up to --limit.
func printEntries[T any](c *ucli.Context, env *cli.Env, tx *ledger.Tx, r tableRequest, filter ledger.EntryFilter,
	fields []table.Field[T], list iter.Seq2[T, error]) error {
	limit := c.Uint64("limit")
	return r.print(c, env, tx, table.Document{Title: "Journal", Sections: []table.Section{{
		Name: "entries", Columns: table.Columns(fields), Rows: table.Rows(fields, atMost(limit, list)), Empty: "no entries",
		Count: entryCount(tx, filter, limit),
	}}})
}

// entryCount counts the entries of the journal that a filter leaves, as far as that is known without
// reading them.
func entryCount(tx *ledger.Tx, f ledger.EntryFilter, limit uint64) func() (int64, error) {
	if f != (ledger.EntryFilter{After: f.After}) {
		return nil
	}
	return func() (int64, error) {
		head, _, err := tx.Head()
		n := int64(head) - min(int64(head), int64(f.After))
		if limit > 0 {
			n = int64(min(uint64(n), limit))
		}
		return n, err
	}
}

// atMost ends a stream after n elements; 0 is no limit.
func atMost[T any](n uint64, list iter.Seq2[T, error]) iter.Seq2[T, error] {
	if n == 0 {
		return list
	}
	return func(yield func(T, error) bool) {
		left := n
		for v, err := range list {
			if !yield(v, err) {
				return
			}
			if left--; left == 0 {
				return
			}
		}
	}
}
