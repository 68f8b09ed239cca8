package issuer

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"tallystick/reserve"
)

// leaveOut refuses rows where pools have less than all of them want. The others are taken in one after
// the other, those first that want least of what is short, and of those that want as much the first
// ones. So no row is left out that would still fit, and of a pool whose rows want nothing else that is
// short the fewest possible are. The same file always leaves out the same rows, whatever was done of it
// before: what is done was taken in, and takes no more room from the others than it did.
func (n *batching) leaveOut() {
	var left []shortRow
	for _, row := range n.shortRows() {
		if slices.ContainsFunc(row.wants, shortWant.lacks) {
			left = append(left, row)
			continue
		}
		for _, w := range row.wants {
			w.pool.free -= w.count
		}
	}
	slices.SortFunc(left, func(x, y shortRow) int { return cmp.Compare(x.row, y.row) })
	for _, row := range left {
		for _, w := range slices.Backward(row.wants) { // the first pool's reason stays
			if w.lacks() {
				n.Rows[row.row].refuse(w.pool.reason)
				w.pool.LeftOut = append(w.pool.LeftOut, row.row)
			}
		}
	}
}

// shortRows are the rows that want something of pools that are short, in the order in which they are
// taken in.
func (n *batching) shortRows() []shortRow {
	var out []shortRow
	place := map[int]int{} // of each row in out
	for _, d := range n.demands() {
		free, wanted := n.room(d)
		if wanted <= free {
			continue
		}
		s := &shortPool{&d.pool, free, shortOf(d.pool, wanted, free)}
		for _, ask := range d.asks {
			at, ok := place[ask.row]
			if !ok {
				at, place[ask.row] = len(out), len(out)
				out = append(out, shortRow{row: ask.row})
			}
			out[at].most = max(out[at].most, ask.count)
			out[at].wants = append(out[at].wants, shortWant{s, uint64(ask.count)})
		}
	}
	slices.SortFunc(out, func(x, y shortRow) int { return cmp.Or(cmp.Compare(x.most, y.most), cmp.Compare(x.row, y.row)) })
	return out
}

// A shortRow is a row that wants something of pools that are short, by account and tag.
type shortRow struct {
	row   int
	most  uint32 // of one pool
	wants []shortWant
}

// A shortPool has less than is wanted of it.
type shortPool struct {
	*BatchPool
	free   uint64
	reason error
}

// A shortWant is what a row wants of such a pool.
type shortWant struct {
	pool  *shortPool
	count uint64
}

func (w shortWant) lacks() bool { return w.count > w.pool.free }

// demands are the pools that rows want something of, by account and tag.
func (n *batching) demands() (out []*batchDemand) {
	for _, a := range n.accounts {
		out = slices.AppendSeq(out, maps.Values(a.pools))
	}
	slices.SortFunc(out, func(x, y *batchDemand) int {
		return cmp.Or(strings.Compare(x.pool.Account.String(), y.pool.Account.String()), strings.Compare(x.pool.Tag, y.pool.Tag))
	})
	return out
}

// room is what a pool has for the rows, and what they want of it.
func (n *batching) room(d *batchDemand) (free, wanted uint64) {
	free, unlimited := n.accounts[d.pool.Account].available(d.pool.Entitlement, n.Batch.Until)
	if unlimited {
		return math.MaxUint64, 0
	}
	for _, ask := range d.asks {
		wanted += uint64(ask.count)
	}
	return free, wanted
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
