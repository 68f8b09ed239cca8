package issuer

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"tallystick/cmd/internal/ledger"
	"tallystick/reserve"
)

// leaveOut refuses rows where a pool has less than all of them want: of each such pool the fewest
// whose absence makes the others fit. Those are the ones that want most of it, and of those that want
// as much the last ones. A row that another pool is short for is not counted again; pools are taken
// by account and tag, so that the same file always leaves out the same rows, and what was done of it
// before changes nothing about the rest.
func (n *batching) leaveOut() {
	for _, path := range slices.SortedFunc(maps.Keys(n.accounts), func(x, y ledger.Path) int { return cmp.Compare(x.String(), y.String()) }) {
		a := n.accounts[path]
		for _, d := range slices.SortedFunc(maps.Values(a.pools), func(x, y *batchDemand) int { return cmp.Compare(x.pool.Tag, y.pool.Tag) }) {
			n.leaveOutOf(a, d)
		}
	}
}

func (n *batching) leaveOutOf(a *batchAccount, d *batchDemand) {
	capacity, unlimited := a.available(d.pool.Entitlement, n.Batch.Until)
	if unlimited {
		return
	}
	var wanted uint64
	for _, ask := range d.asks {
		if n.Rows[ask.row].State != BatchRefused {
			wanted += uint64(ask.count)
		}
	}
	if wanted <= capacity {
		return
	}
	reason := shortOf(d.pool, wanted, capacity)
	slices.SortFunc(d.asks, func(x, y batchAsk) int { return cmp.Or(cmp.Compare(y.count, x.count), cmp.Compare(y.row, x.row)) })
	for _, ask := range d.asks {
		row := &n.Rows[ask.row]
		if row.State == BatchRefused {
			continue
		}
		if wanted <= capacity {
			break
		}
		wanted -= uint64(ask.count)
		row.refuse(reason)
		d.pool.LeftOut = append(d.pool.LeftOut, ask.row)
	}
	slices.Sort(d.pool.LeftOut)
}

// shortOf is the one refusal of all rows that a pool has nothing for. It names no figure that changes
// when the other rows of the batch have been done.
func shortOf(p BatchPool, wanted, available uint64) error {
	return reserve.Refuse(reserve.PoolExhausted, "account %q is short of %s: %d more would be enough for all rows of this batch", p.Account, p.Tag, wanted-available)
}

// Place names where a row is.
func (r BatchRow) Place() string {
	if r.File != "" {
		return fmt.Sprintf("file %q", r.File)
	}
	return fmt.Sprintf("line %d", r.Line)
}
