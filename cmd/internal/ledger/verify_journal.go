package ledger

import (
	"fmt"

	"golang.org/x/mod/sumdb/tlog"

	"tallystick/cmd/internal/journal"
)

// A block is blockSize entries, which stand below one node of the tree, or as many as there are left.
// What can be checked of it without the others is checked by one worker.
const (
	blockLevel = 9
	blockSize  = 1 << blockLevel
)

type block struct {
	turn   int    // blocks are joined in this order
	before uint32 // entries before the block
	size   int    // entries that are to be there
	gap    bool   // whole blocks before it are missing
	leaves []leaf
	levels [][]subtree // of the tree, the leaves first
	claims []claim     // what was signed about entries of the block
	above  []node      // stored nodes over this block and those before it, lowest first
}

// A leaf is what is known of an entry's hash.
type leaf struct {
	present          bool
	computed, stored tlog.Hash
	previous         tlog.Hash // what the entry says of the one before it
}

// nextBlock hands out the block of the next entry that is there.
func (w *worker) nextBlock() (task, error) {
	var next uint32
	if _, err := w.one("SELECT sequence FROM journal WHERE sequence > $1 ORDER BY sequence LIMIT 1", []any{w.lastEntry}, &next); err != nil {
		return nil, err
	}
	before := (next - 1) / blockSize * blockSize
	if before > w.lastEntry {
		w.found.add(Difference{Text: fmt.Sprintf("journal entries %d to %d are missing", w.lastEntry+1, before), area: inJournal, number: int64(w.lastEntry) + 1})
	}
	b := &block{turn: w.blocks, before: before, size: int(min(blockSize, w.size-before)), gap: before > w.lastEntry}
	w.blocks++
	w.lastEntry = before + uint32(b.size)
	return func(w *worker) error {
		err := w.tolerate(inJournal, int64(before)+1, w.block(b))
		w.seam.join(b, &w.found)
		return err
	}, nil
}

// block checks the entries, what belongs to them, and the tree over them.
func (w *worker) block(b *block) error {
	b.leaves = make([]leaf, b.size+1) // and the entry after the block, for what it says of the last
	first, last := b.before+1, b.before+uint32(b.size)
	held, err := w.contents(first, last, nil)
	if err != nil {
		return err
	}
	defer held.close()
	entries, err := newFeed(w.Tx, readEntry, selectEntry+" WHERE sequence BETWEEN $1 AND $2 ORDER BY sequence", first, last)
	if err != nil {
		return err
	}
	defer entries.close()
	var signatures uint64
	for n := first; n <= last; n++ {
		err := entries.group(int64(n), func(e Entry) error { return w.entryOf(b, e, held, &signatures) })
		if err != nil {
			return err
		}
	}
	after, found, err := w.Entry(last + 1)
	if err != nil {
		return err
	}
	if found {
		b.leaves[b.size] = leafOf(after)
	}
	w.chain(b)
	checked, err := w.tree(b)
	w.pass(uint64(b.size), signatures+checked)
	return err
}

func leafOf(e Entry) leaf {
	return leaf{present: true, computed: tlog.RecordHash(e.Record()), stored: e.Hash, previous: e.Previous}
}

// entryOf checks one entry. Of several differences the first tells enough.
func (w *worker) entryOf(b *block, e Entry, held contents, signatures *uint64) error {
	l := leafOf(e)
	b.leaves[e.Sequence-b.before-1] = l
	content, by, err := held.digest(e.Sequence)
	if err != nil {
		return err
	}
	switch {
	case l.computed != l.stored:
		w.entryDiffers(e.Sequence, "its content was changed: its hash is another")
		return nil
	case e.Signed():
		*signatures++
		err = e.VerifySignature(w.signers.Officers)
	}
	switch {
	case err != nil:
		w.entryDiffers(e.Sequence, "%v", err)
	case content != e.Content:
		w.entryDiffers(e.Sequence, "what the ledger got with it was changed")
	case by.officer && !e.Signed():
		w.entryDiffers(e.Sequence, "it holds what only an officer may write, and nobody signed it")
	case by.roles&^w.signers.Roles[e.Signer] != 0:
		w.entryDiffers(e.Sequence, "it takes the role %s, which the key that signed it never had", by.roles&^w.signers.Roles[e.Signer])
	}
	return nil
}

func (w *worker) entryDiffers(sequence uint32, format string, args ...any) {
	w.found.add(Difference{Sequence: sequence, Text: fmt.Sprintf(format, args...), area: inJournal, number: int64(sequence)})
}

// chain checks that each entry follows the one before it, and settles what each hash is: an entry
// that was changed, or is not there, is still named by the one after it.
func (w *worker) chain(b *block) {
	if start := tlog.Hash(journal.BeforeFirst(w.l.id)); b.before == 0 && b.leaves[0].present && b.leaves[0].previous != start {
		w.entryDiffers(1, "it does not follow the ledger's name: it is of another ledger")
	}
	hashes := make([]subtree, b.size)
	for i := range hashes {
		l, next := b.leaves[i], b.leaves[i+1]
		sequence := b.before + 1 + uint32(i)
		intact := next.present && next.computed == next.stored
		if !l.present {
			w.entryDiffers(sequence, "it is missing")
		} else if intact && next.previous != l.computed && next.previous != l.stored {
			w.entryDiffers(sequence+1, "it does not follow the entry before it")
		}
		switch {
		case intact:
			hashes[i] = subtree{next.previous, true}
		case l.present && l.computed == l.stored:
			hashes[i] = subtree{l.computed, true}
		}
	}
	b.levels = [][]subtree{hashes}
}
