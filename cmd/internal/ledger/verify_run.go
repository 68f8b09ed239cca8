package ledger

import (
	"context"
	"errors"
	"math"
	"sync"

	"tallystick/cmd/internal/journal"
	"tallystick/reserve"
)

// A verification is one run of Audit.
type verification struct {
	evidence Evidence
	progress func(Progress)
	stop     context.CancelCauseFunc

	trust      reserve.Trust // whose keys count
	signers    *journal.Signers
	id         [16]byte // of the ledger
	recoveries []uint32 // the entries that began them
	size       uint32   // number of the last entry
	found      differences
	seam       seam

	mu         sync.Mutex // guards what follows
	tasks      []task
	lastEntry  uint32   // the last one that was handed out
	blocks     int      // that were handed out
	lastDevice DeviceID // the last one that was handed out
	passed     Progress
}

// A worker has a view of the ledger for itself.
type worker struct {
	*verification
	*Tx
	logs  *journal.Signers
	first bool // it begins with what can't be divided; the others do that last
}

// A task is a part of a verification that is done by one worker.
type task func(*worker) error

// errDamagedFile stops a run: what can be read of a file whose pages are not in order means nothing,
// and may have no end.
var errDamagedFile = errors.New("ledger: the file is damaged")

// run verifies with as many workers as there are views, all of the same state.
func (v *verification) run(ctx context.Context, txs []*Tx) error {
	first := &worker{verification: v, Tx: txs[0]}
	ready, err := v.prepare(first)
	if err != nil || !ready {
		return err
	}
	var group sync.WaitGroup
	errs := make([]error, len(txs))
	for i, tx := range txs {
		group.Go(func() {
			w := &worker{verification: v, Tx: tx, logs: v.signers.Clone(), first: i == 0}
			if errs[i] = w.work(); errs[i] != nil {
				v.stop(errs[i])
			}
		})
	}
	group.Wait()
	for _, err := range errs {
		if err != nil && !errors.Is(err, context.Canceled) {
			return err
		}
	}
	return errors.Join(ctx.Err())
}

// prepare checks what everything else rests on; ready is false when that is not whole.
func (v *verification) prepare(w *worker) (ready bool, err error) {
	for _, check := range []task{(*worker).schema, (*worker).roots, (*worker).head} {
		if err := w.tolerate(inFile, 0, check(w)); err != nil {
			return false, err
		}
	}
	if v.trust.IsZero() || v.size == 0 {
		return false, w.tolerate(inFile, 0, w.integrity())
	}
	v.signers = journal.EverSigners(v.trust)
	// The longest come first, so that all workers end together.
	v.tasks = append(v.tasks, (*worker).integrity, (*worker).references, (*worker).draws, (*worker).catalogs, (*worker).surplus, (*worker).end, (*worker).kept)
	for _, c := range contradictions {
		v.tasks = append(v.tasks, c.look)
	}
	return true, nil
}

// head looks how much there is.
func (w *worker) head() error {
	var named, other int
	if _, err := w.one("SELECT count(*) FILTER (WHERE one = 1), count(*) FROM ledger", nil, &named, &other); err != nil {
		return err
	}
	if named != 1 || other != 1 {
		w.found.add(Difference{Text: `"ledger" has other rows than the one with its name`, area: inFile})
	}
	size, _, err := w.Head()
	if err != nil {
		return err
	}
	if size == 0 {
		return differs(inJournal, 0, "the journal is empty")
	}
	err = w.each("SELECT sequence FROM recovery ORDER BY sequence", nil, func(scan func(...any) error) error {
		var begun uint32
		err := scan(&begun)
		w.recoveries = append(w.recoveries, begun)
		return err
	})
	if err != nil {
		return err
	}
	var devices uint64
	if _, err := w.one("SELECT count(*) FROM device", nil, &devices); err != nil {
		return err
	}
	w.id, w.size, w.passed.Total = w.l.id, size, uint64(size)+devices
	return nil
}

// work does tasks until there are none left.
func (w *worker) work() error {
	for {
		next, err := w.next()
		if err != nil || next == nil {
			return err
		}
		if err := w.tolerate(inBooks, 0, next(w)); err != nil {
			return err
		}
	}
}

// tolerate takes a difference down, and for one what can't be read because of what it is.
func (w *worker) tolerate(in area, number int64, err error) error {
	var d *Difference
	switch {
	case errors.As(err, &d):
		w.found.add(*d)
	case unreadable(err):
		w.found.add(Difference{Text: err.Error(), area: in, number: number})
	default:
		return err
	}
	return nil
}

// unreadable reports whether err comes of what a file says, and not of the machine or of others.
func unreadable(err error) bool { return isRefused(err, reserve.LedgerDamaged) }

// next returns the next task, nil when all were handed out. Entries go in order, then devices.
func (w *worker) next() (next task, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.first || len(w.tasks) == 0 {
		if next, err = w.nextPart(); next != nil || err != nil {
			return next, err
		}
	}
	if len(w.tasks) > 0 {
		next, w.tasks = w.tasks[0], w.tasks[1:]
	}
	return next, nil
}

// nextPart returns the next entries or devices. Where it can't be found out which are next, there are
// no more.
func (w *worker) nextPart() (next task, err error) {
	if w.lastEntry < w.size {
		next, err = w.nextBlock()
		if unreadable(err) {
			w.lastEntry = w.size
		}
		if err = w.tolerate(inJournal, int64(w.lastEntry)+1, err); next != nil || err != nil {
			return next, err
		}
	}
	if w.lastDevice < maxDevice {
		next, err = w.nextDevices()
		if next == nil {
			w.lastDevice = maxDevice
		}
		err = w.tolerate(inDevices, int64(w.lastDevice), err)
	}
	return next, err
}

// maxDevice stands for the end of the devices.
const maxDevice = DeviceID(math.MaxInt64)

// pass counts what was done and tells the progress.
func (w *worker) pass(done, signatures uint64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.passed.Done += done
	w.passed.Signatures += signatures
	if w.progress != nil {
		w.progress(w.passed)
	}
}

func (v *verification) findings() Findings {
	return Findings{Trust: v.trust, Tree: v.seam.tree, Origin: v.originAt(v.size), Devices: v.passed.Total - uint64(v.size),
		Signatures: v.passed.Signatures, Differences: v.found.list, More: v.found.more}
}
