package ledger

import (
	"cmp"
	"context"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"

	"tallystick/reserve"
)

// A Difference is something in a ledger that its own records, or what was kept elsewhere, contradict.
type Difference struct {
	Sequence uint32 // the journal entry, 0 when it is not about one
	Device   string // PID:SN, when it is about a device's books
	Text     string // lower case; everything from outside is in %q

	area   area
	number int64 // its place in the area
}

// An area is a part of what is verified. Differences are in this order.
type area int

const (
	inEvidence area = iota
	inFile          // its pages, its schema
	inTrust
	inJournal
	inDevices
	inBooks
)

func (d *Difference) Error() string {
	switch {
	case d.Sequence != 0:
		return fmt.Sprintf("journal entry %d: %s", d.Sequence, d.Text)
	case d.Device != "":
		return fmt.Sprintf("device %s: %s", d.Device, d.Text)
	}
	return d.Text
}

// Evidence is what an auditor has from elsewhere to hold a ledger against: who can write the file can
// replace its own trust roots, and cut off its end.
type Evidence struct {
	Trust reserve.Trust // zero: the ledger's own trust roots count
	Kept  []Kept
}

// Progress is how far an audit has come.
type Progress struct {
	Done, Total uint64 // journal entries and devices
	Signatures  uint64 // verified so far
}

// auditBallast is memory that is never written to, in bytes. So little lives long in an audit that Go
// would look for garbage a hundred times a second, at the cost of every tenth signature.
const auditBallast = 32 << 20

// MaxDifferences is how many differences Findings list.
const MaxDifferences = 20

// Findings are what an audit found.
type Findings struct {
	Trust       reserve.Trust // whose keys counted
	Tree        Tree          // over the whole journal as it is stored; zero when it can't be told
	Origin      string        // of its checkpoints
	Devices     uint64
	Signatures  uint64       // that were verified
	Differences []Difference // the first, at most MaxDifferences
	More        uint64       // further differences
}

// Err returns nil, or the first difference.
func (f Findings) Err() error {
	if len(f.Differences) == 0 {
		return nil
	}
	return &f.Differences[0]
}

// Audit checks the whole ledger against itself and against evidence, with as many connections of its
// own as Go uses processors, and nothing but public keys. progress, if not nil, is called now and
// then, by one goroutine at a time. It checks
//
//   - the file, its schema and its references;
//   - the trust roots and catalogs;
//   - the chain and the tree of the journal, the checkpoints, the officers' signatures, and all rows
//     that entries cover;
//   - of every device: the signatures of its authorizations, that every code it gave, read again,
//     leads to the books as they are, and that its charge follows from them;
//   - that authorizations grant what their licenses cover;
//   - that accounts, lots and devices are as their histories say, and that lots have reserved what
//     devices are charged;
//   - that the journal continues what was kept.
//
// It goes on after a difference, unless the file itself is damaged or its trust roots are not whole,
// and gives the same findings each time. What it can't see without evidence is a ledger that was put
// back to an older state, or whose end was cut off in every table. Nor does it judge who signed: a
// key that was retired or compromised later has signed all the same.
func (l *Ledger) Audit(ctx context.Context, e Evidence, progress func(Progress)) (Findings, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	v := &verification{evidence: e, progress: progress, stop: cancel}
	var reading sync.WaitGroup
	reading.Go(func() { readThrough(ctx, l.path) })
	defer reading.Wait()
	defer cancel(nil)
	ballast := make([]byte, auditBallast)
	err := l.views(ctx, runtime.GOMAXPROCS(0), v.run)
	runtime.KeepAlive(ballast)
	if context.Cause(ctx) == errDamagedFile {
		err = nil // what was read of it besides means nothing
		v.found.only(inFile)
	}
	if err != nil {
		return Findings{}, err
	}
	return v.findings(), nil
}

// Verify is Audit for who only wants to know whether all is well. The error is a *Difference, the
// first, when it is not.
func (l *Ledger) Verify(ctx context.Context, against reserve.Trust, progress func(done, total uint64)) error {
	f, err := l.Audit(ctx, Evidence{Trust: against}, func(p Progress) {
		if progress != nil {
			progress(p.Done, p.Total)
		}
	})
	if err != nil {
		return err
	}
	return f.Err()
}

// differences collects what is found, in whatever order, and keeps the first in their own.
type differences struct {
	mu   sync.Mutex
	list []Difference
	more uint64
}

func (c *differences) add(d Difference) {
	c.mu.Lock()
	defer c.mu.Unlock()
	at, _ := slices.BinarySearchFunc(c.list, d, func(a, b Difference) int {
		return cmp.Or(cmp.Compare(a.area, b.area), cmp.Compare(a.number, b.number), strings.Compare(a.Text, b.Text))
	})
	c.list = slices.Insert(c.list, at, d)
	if len(c.list) > MaxDifferences {
		c.list = c.list[:MaxDifferences]
		c.more++
	}
}

// only forgets what is not of an area.
func (c *differences) only(in area) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.list = slices.DeleteFunc(c.list, func(d Difference) bool { return d.area != in })
	c.more = 0
}

// differs is an error for what a whole task is about.
func differs(in area, number int64, format string, args ...any) error {
	return &Difference{Text: fmt.Sprintf(format, args...), area: in, number: number}
}
