package ledger

import (
	"fmt"

	"tallystick/cmd/internal/journal"
)

// Kept is a tree of the journal that was written down earlier: the text of a checkpoint, printed for
// the paper file, or an anchor.
type Kept struct {
	Name   string // what it is, for people, such as `the checkpoint "may.txt"`
	Origin string // the name of the log
	Tree   Tree
}

// kept finds what the journal can't continue, because it ends before, or is of another log. The rest
// is compared when the tree is computed.
func (w *worker) kept() error {
	for _, k := range w.evidence.Kept {
		text := ""
		switch lost := w.lost(k); {
		case k.Tree.Size > w.size && k.Origin == w.originAt(w.size):
			text = fmt.Sprintf("it has %d journal entries where %s has %d: its end was cut off, or this is an older copy", w.size, k.Name, k.Tree.Size)
		case k.Origin == w.originAt(k.Tree.Size):
			continue
		case lost != 0:
			text = fmt.Sprintf("%s is of books that were lost: those that were recovered go on from journal entry %d in another way", k.Name, lost)
		default:
			text = fmt.Sprintf("%s is of log %q, and this is %q", k.Name, clip(k.Origin), w.originAt(w.size))
		}
		w.found.add(Difference{Text: text, area: inEvidence, number: int64(k.Tree.Size)})
	}
	return nil
}

// lost returns the entry that began the recovery after which k can no longer be continued; 0 when it
// is of no earlier epoch of this log.
func (w *worker) lost(k Kept) uint32 {
	for before, begun := range w.recoveries {
		if k.Origin == journal.Origin(w.id, before) {
			return begun
		}
	}
	return 0
}

// originAt is Origin for the time when there were size entries.
func (v *verification) originAt(size uint32) string {
	begun := 0
	for _, sequence := range v.recoveries {
		if sequence <= size {
			begun++
		}
	}
	return journal.Origin(v.id, begun)
}
