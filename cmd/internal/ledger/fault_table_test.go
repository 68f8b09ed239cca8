package ledger_test

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/ncruces/go-sqlite3/vfs"

	"tallystick/cmd/internal/issuer"
	"tallystick/cmd/internal/ledger"
)

var allFaults = flag.Bool("faults.all", false, "let every step of the ledger fail, not a few of those that are alike")

// TestFaultTable takes every verb through every fault that the disk can have at each of SQLite's
// steps, and through every state that a power cut may leave. What is reported as done is there;
// what isn't is there whole or not at all; the ledger verifies; and the verb, done again, comes to
// what it would have come to.
func TestFaultTable(t *testing.T) {
	restore, ok := ledger.UseDriver(faultyName)
	if !ok {
		t.Log("the other engine has no place for faults: not tested with it")
		return
	}
	defer restore()
	vfs.Register(faultyName, newDisk())
	site := newSite(t)
	sum := &tally{}
	for _, v := range verbs {
		if testing.Short() && !v.short {
			continue
		}
		t.Run(v.name, func(t *testing.T) {
			r := newRow(t, site, v, sum)
			r.crash()
			r.fail()
			t.Logf("%d of %d steps: %v", len(r.points), len(r.trail), count(r.trail))
		})
	}
	t.Log(sum)
}

// tally is what the table has seen.
type tally struct {
	points, images, before, after int
	unreported                    int // of after: the verb had failed, or had not ended
}

func (s *tally) String() string {
	return fmt.Sprintf("%d fault points, %d different disks after a power cut: %d as before, %d with the whole change, %d of those not reported as done",
		s.points, s.images, s.before, s.after, s.unreported)
}

// A row is one verb of the table.
type row struct {
	*testing.T
	dir           string // holds one copy of the site at a time
	site          *site
	verb          verb
	sum           *tally
	trail         []string // the steps of an undisturbed run
	points        []int    // the steps at which there are faults, from 1
	closing       int      // how many are taken before the verb has ended
	answer        string
	before, after [32]byte // the ledger's content
	left          map[string]left
	random        *rand.Rand
}

// A left is what a power cut left.
type left struct {
	files map[string][]byte
	done  bool // the verb was reported as done before
}

func newRow(t *testing.T, s *site, v verb, sum *tally) *row {
	r := &row{T: t, dir: filepath.Join(scratch(t), "copy"), site: s, verb: v, sum: sum, left: map[string]left{}, random: rand.New(rand.NewPCG(1, 1))}
	d, dir := newDisk(), r.copy(s.files)
	o := r.open(d, dir)
	r.before = r.whole(o)
	answer, err := v.act(s, o)
	if err != nil {
		t.Fatal(err)
	}
	if digest(d.image(dir, allLost, nil)) != digest(d.image(dir, allKept, nil)) {
		t.Fatal("revealed before it was durable")
	}
	r.closing, r.answer, r.after = len(d.trail), answer, r.whole(o)
	if err := o.Close(); err != nil {
		t.Fatal(err)
	}
	r.trail = d.trail
	r.points = r.choose()
	r.verify(dir)
	if wrote := count(r.trail)["wal write"] > 0; wrote != (r.before != r.after) {
		t.Fatalf("wrote %v, changed %v", wrote, r.before != r.after)
	}
	return r
}

// do runs the verb as a process does. o is nil when it could not be opened.
func (r *row) do(d *disk, dir string) (answer string, o *issuer.Officer, err error) {
	vfs.Register(faultyName, d)
	if o, err = openOffice(dir); err != nil {
		return "", nil, err
	}
	answer, err = r.verb.act(r.site, o)
	return answer, o, err
}

// crash cuts the power before each step of an undisturbed run.
func (r *row) crash() {
	d, dir := newDisk(), r.copy(r.site.files)
	done := false
	d.before = func() {
		if slices.Contains(r.points, len(d.trail)+1) {
			r.powerCuts(d, dir, done, allLost, allKept, some)
		}
	}
	_, o, err := r.do(d, dir)
	if err != nil {
		r.Fatal(err)
	}
	done = true // what is left happens while closing
	r.powerCuts(d, dir, done, allLost, allKept, some)
	if err := o.Close(); err != nil {
		r.Fatal(err)
	}
	r.lookAtAll()
}

// choose returns the steps that get faults: of a row of the same steps the first, the last and one
// between them.
func (r *row) choose() (points []int) {
	for first := 0; first < len(r.trail); {
		end := first + 1
		for end < len(r.trail) && r.trail[end] == r.trail[first] {
			end++
		}
		for step := first; step < end; step++ {
			if *allFaults || step == first || step == end-1 || step == first+r.random.IntN(end-first) {
				points = append(points, step+1)
			}
		}
		first = end
	}
	return points
}

// powerCuts keeps what the disk would hold now if the power went.
func (r *row) powerCuts(d *disk, dir string, done bool, cuts ...cut) {
	r.sum.points++
	for _, c := range cuts {
		r.keep(d.image(dir, c, r.random), done)
	}
}

// keep leaves out what was seen before.
func (r *row) keep(files map[string][]byte, done bool) {
	if key := fmt.Sprint(digest(files), done); r.left[key].files == nil {
		r.left[key] = left{files, done}
	}
}

// lookAtAll opens what was kept as the next process does.
func (r *row) lookAtAll() {
	for key, l := range r.left {
		if len(l.files) > 0 {
			r.lookAt(l)
			r.left[key] = left{files: map[string][]byte{}}
		}
	}
}

func (r *row) lookAt(l left) {
	r.sum.images++
	dir := r.copy(l.files)
	o := r.open(newDisk(), dir)
	defer o.Close()
	switch got := r.whole(o); {
	case got == r.before && (!l.done || r.before == r.after):
		r.sum.before++
	case got == r.before:
		r.Fatal("what was reported as done is not there")
	case got == r.after || r.verb.varies:
		r.sum.after++
		if !l.done {
			r.sum.unreported++
		}
	default:
		r.Fatal("the ledger is neither the old one nor the new one")
	}
	answer, err := r.verb.act(r.site, o)
	if err != nil || answer != r.answer {
		r.Fatalf("done again: %q, %v, want %q", answer, err, r.answer)
	}
	if r.verb.varies {
		r.verify(dir)
	} else if r.whole(o) != r.after {
		r.Fatal("done again it left another ledger")
	}
}

// fail runs the verb once for every step and every way that it fails.
func (r *row) fail() {
	for _, step := range r.points {
		for _, f := range failures {
			writes := strings.HasSuffix(r.trail[step-1], "write")
			if f == errorAfter || writes != (f == errorBefore) { // half a write is worse than none
				r.failAt(step, f)
			}
		}
	}
	r.lookAtAll()
}

func (r *row) failAt(step int, f failure) {
	d, dir := newDisk(), r.copy(r.site.files)
	d.failAt, d.failure = step, f
	answer, o, err := r.do(d, dir)
	if err == nil && answer != r.answer {
		r.Fatalf("step %d, %s: %q, want %q", step, f, answer, r.answer)
	}
	if o == nil {
		r.powerCuts(d, dir, false, allLost, allKept)
		return
	}
	if step > r.closing { // what goes wrong now is nothing that the verb did
		_ = o.Close()
		r.powerCuts(d, dir, true, allLost, allKept)
		return
	}
	r.powerCuts(d, dir, err == nil, allLost, allKept)
	d.failAt = 0 // it passes, and the same process goes on
	again, err := r.verb.act(r.site, o)
	if err != nil || again != r.answer {
		r.Fatalf("step %d, %s, done again: %q, %v, want %q", step, f, again, err, r.answer)
	}
	r.keep(d.image(dir, allLost, r.random), true)
	if err := o.Close(); err != nil {
		r.Fatalf("step %d, %s, closing: %v", step, f, err)
	}
}
