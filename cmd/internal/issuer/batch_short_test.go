package issuer

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"tallystick/reserve"
)

// TestBatchLeavesOutTheFewest: in each pool no smaller number of rows would do, and what is left fits.
func TestBatchLeavesOutTheFewest(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for round := range 12 {
		f := newOffice(t)
		quantity := 4 + random.IntN(12)
		f.buy("dna-advantage", uint32(quantity), 0)
		var pairs []string
		var wishes []int
		for i := range 6 {
			n := 1 + random.IntN(6)
			wishes = append(wishes, n)
			pairs = append(pairs, fmt.Sprintf("R%d", i), fmt.Sprintf("dna-advantage=%d", n))
		}
		p := f.planBatch(Batch{}, f.batchFile(pairs...))
		left := 0
		for i := range p.Rows {
			if p.Rows[i].State == BatchRefused {
				left++
				wantReason(t, p.Rows[i].Err, reserve.PoolExhausted)
			}
		}
		if want := fewest(wishes, quantity); left != want {
			t.Errorf("round %d: %v of %d: %d rows are left out, %d would do", round, wishes, quantity, left, want)
		}
		if err := f.Batch(t.Context(), p, func(int) {}); err != nil || p.Count(BatchRefused) != left {
			t.Errorf("round %d: %d rows are refused: %v", round, p.Count(BatchRefused), err)
		}
		// Done in part or not, the same rows are left out.
		again := f.planBatch(Batch{}, f.batchFile(pairs...))
		for i := range p.Rows {
			if (p.Rows[i].State == BatchRefused) != (again.Rows[i].State == BatchRefused) ||
				p.Rows[i].Err != nil && p.Rows[i].Err.Error() != again.Rows[i].Err.Error() {
				t.Errorf("round %d, row %d: %v, then %v", round, i, p.Rows[i].Err, again.Rows[i].Err)
			}
		}
	}
}

// TestBatchLeavesOutOfSeveralPools: no row is left out that would still fit, in the pools that all rows
// draw on, and what was done of the batch before changes nothing.
func TestBatchLeavesOutOfSeveralPools(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	tags := []string{"dna-advantage", "network-advantage"}
	for round := range 12 {
		f := newOffice(t)
		free := map[string]int{}
		for _, tag := range tags {
			free[tag] = 3 + random.IntN(8)
			f.buy(tag, uint32(free[tag]), 0)
		}
		var pairs []string
		var wishes []map[string]int
		for i := range 7 {
			wish, text := map[string]int{}, ""
			for _, tag := range tags {
				if wish[tag] = random.IntN(5); wish[tag] > 0 {
					text += fmt.Sprintf(" %s=%d", tag, wish[tag])
				}
			}
			if text == "" {
				wish["dna-advantage"], text = 1, "dna-advantage=1"
			}
			wishes, pairs = append(wishes, wish), append(pairs, fmt.Sprintf("R%d", i), strings.TrimSpace(text))
		}
		p := f.planBatch(Batch{}, f.batchFile(pairs...))
		var in []int
		for i := range p.Rows {
			if p.Rows[i].State == BatchSign {
				in = append(in, i)
				for _, tag := range tags {
					free[tag] -= wishes[i][tag]
				}
			}
		}
		for i := range p.Rows {
			if p.Rows[i].State == BatchRefused && wishes[i][tags[0]] <= free[tags[0]] && wishes[i][tags[1]] <= free[tags[1]] {
				t.Errorf("round %d: row %d of %v is left out, and %v is left", round, i, wishes, free)
			}
		}
		part := []string{}
		for _, i := range in[len(in)/2:] {
			part = append(part, pairs[2*i], pairs[2*i+1])
		}
		f.must(f.Batch(t.Context(), f.planBatch(Batch{}, f.batchFile(part...)), func(int) {}))
		again := f.planBatch(Batch{}, f.batchFile(pairs...))
		for i := range p.Rows {
			was, is := p.Rows[i], again.Rows[i]
			if (was.State == BatchRefused) != (is.State == BatchRefused) || was.Err != nil && was.Err.Error() != is.Err.Error() {
				t.Errorf("round %d, row %d of %v: %v, and after rows %v: %v", round, i, wishes, was.Err, in[len(in)/2:], is.Err)
			}
		}
	}
}

// fewest tries every set of rows.
func fewest(wishes []int, quantity int) int {
	best := len(wishes)
	for set := range 1 << len(wishes) {
		sum, left := 0, 0
		for i, n := range wishes {
			if set>>i&1 == 1 {
				left++
			} else {
				sum += n
			}
		}
		if sum <= quantity {
			best = min(best, left)
		}
	}
	return best
}
