package ledger

import (
	"database/sql"
	"fmt"

	"golang.org/x/mod/sumdb/tlog"
)

// A subtree is the hash of a part of the tree, if it is known.
type subtree struct {
	hash  tlog.Hash
	known bool
}

// over returns the node over two neighbors.
func over(left, right subtree) subtree {
	if !left.known || !right.known {
		return subtree{}
	}
	return subtree{tlog.NodeHash(left.hash, right.hash), true}
}

// A node is one that is to be stored: what was found in its place.
type node struct {
	level  int
	n      int64
	stored subtree
}

// settle holds a node that was computed against the one that is stored, and returns what it is. Where
// it can't be computed, because entries are missing, the stored one has to do.
func (s node) settle(computed subtree, found *differences) subtree {
	last := (s.n + 1) << s.level
	differs := func(text string) {
		found.add(Difference{Sequence: uint32(last), Text: fmt.Sprintf("node %d of level %d of the tree %s", s.n, s.level, text), area: inJournal, number: last})
	}
	switch {
	case !s.stored.known:
		differs("is missing")
	case !computed.known:
		return s.stored
	case s.stored != computed:
		differs("was changed")
	}
	return computed
}

// A claim is what somebody says of the tree: a checkpoint of the ledger, or something kept elsewhere.
type claim struct {
	Tree
	kept  string  // where it was kept; empty for the ledger's own
	inner subtree // over the entries of its block that it covers
}

// tree computes the nodes of a block and holds them against those that are stored, then looks at the
// checkpoints. It returns how many signatures it verified.
func (w *worker) tree(b *block) (signatures uint64, err error) {
	for level := 1; level <= blockLevel; level++ {
		below := b.levels[level-1]
		nodes := make([]subtree, len(below)/2)
		stored, err := w.storedNodes(level, int64(b.before)>>level, len(nodes))
		if err != nil {
			return 0, err
		}
		for i := range nodes {
			nodes[i] = stored[i].settle(over(below[2*i], below[2*i+1]), &w.found)
		}
		b.levels = append(b.levels, nodes)
	}
	// What the block completes together with those before it.
	if b.size == blockSize {
		for level, n := blockLevel+1, int64(b.before)>>blockLevel; n&1 == 1; level++ {
			n >>= 1
			stored, err := w.storedNodes(level, n, 1)
			if err != nil {
				return 0, err
			}
			b.above = append(b.above, stored...)
		}
	}
	return w.checkpoints(b)
}

// storedNodes reads neighboring nodes of a level.
func (w *worker) storedNodes(level int, first int64, count int) ([]node, error) {
	nodes := make([]node, count)
	for i := range nodes {
		nodes[i].level, nodes[i].n = level, first+int64(i)
	}
	err := w.each("SELECT n, hash FROM node WHERE level = $1 AND n BETWEEN $2 AND $3", []any{level, first, first + int64(count) - 1},
		func(scan func(...any) error) error {
			var n int64
			var hash []byte
			if err := scan(&n, &hash); err != nil {
				return err
			}
			if len(hash) == tlog.HashSize {
				nodes[n-first].stored = subtree{tlog.Hash(hash), true}
			}
			return nil
		})
	return nodes, err
}

// checkpoints verifies what was signed when an entry of the block was the newest, and finds what was
// kept elsewhere of that time.
func (w *worker) checkpoints(b *block) (signatures uint64, err error) {
	for _, k := range w.evidence.Kept {
		if k.Tree.Size > b.before && k.Tree.Size <= b.before+uint32(b.size) && k.Origin == w.originAt(k.Tree.Size) {
			b.claims = append(b.claims, claim{k.Tree, k.Name, b.inner(k.Tree.Size)})
		}
	}
	err = w.each("SELECT size, note FROM checkpoint WHERE size BETWEEN $1 AND $2 ORDER BY size", []any{b.before + 1, b.before + uint32(b.size)},
		func(scan func(...any) error) error {
			var size uint32
			var signed []byte
			if err := scan(&size, &signed); err != nil {
				return err
			}
			t, origin, err := w.logs.Open(signed)
			signatures++
			switch {
			case err != nil:
				w.entryDiffers(size, "%v", err)
			case t.Size != size || origin != w.originAt(size):
				w.entryDiffers(size, "the checkpoint signed with it is of %d entries of log %q", t.Size, clip(origin))
			default:
				b.claims = append(b.claims, claim{t, "", b.inner(size)})
			}
			return nil
		})
	return signatures, err
}

// inner computes the tree over the first entries of a block, up to a size of the whole journal.
func (b *block) inner(size uint32) (t subtree) {
	count, begun := size-b.before, false
	for level, nodes := range b.levels {
		if count>>level&1 == 0 {
			continue
		}
		part := nodes[count>>level-1]
		if begun {
			part = over(part, t)
		}
		t, begun = part, true
	}
	return t
}

// surplus looks for nodes and checkpoints that stand over entries which are not there.
func (w *worker) surplus() error {
	for _, s := range []struct{ what, query string }{
		{"nodes of the tree", "SELECT count(*), max((n + 1) << level) FROM node WHERE (n + 1) << level > $1"},
		{"checkpoints", "SELECT count(*), max(size) FROM checkpoint WHERE size > $1"},
	} {
		var count int64
		var last sql.NullInt64
		if _, err := w.one(s.query, []any{w.size}, &count, &last); err != nil {
			return err
		}
		if count > 0 {
			w.found.add(Difference{Text: fmt.Sprintf("there are %d journal entries, and %d %s of more, up to %d: its end was cut off", w.size, count, s.what, last.Int64),
				area: inJournal, number: int64(w.size) + 1})
		}
	}
	return nil
}

// end checks that the last entry that an officer signed has its checkpoint. All others are covered by
// the entry after them.
func (w *worker) end() error {
	var signed, last uint32
	if _, err := w.one("SELECT sequence FROM journal WHERE length(signer) > 0 ORDER BY sequence DESC LIMIT 1", nil, &signed); err != nil {
		return err
	}
	if _, err := w.one("SELECT coalesce(max(size), 0) FROM checkpoint", nil, &last); err != nil {
		return err
	}
	if last < signed {
		w.entryDiffers(signed, "an officer signed it, and no checkpoint covers it")
	}
	return nil
}
