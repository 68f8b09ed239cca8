package ledger

import (
	"fmt"
	"sync"

	"golang.org/x/mod/sumdb/tlog"
)

// A seam joins the blocks in their order, whatever the order they come in, into the upper part of the
// tree.
type seam struct {
	mu      sync.Mutex
	waiting map[int]*block
	joined  int
	edge    [33]subtree // by level: the last whole subtree of what was joined
	tree    Tree        // over what was joined; zero when it is not known
}

// join takes a block, and those that waited for it.
func (s *seam) join(b *block, found *differences) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.waiting == nil {
		s.waiting = map[int]*block{}
	}
	s.waiting[b.turn] = b
	for next := s.waiting[s.joined]; next != nil; next = s.waiting[s.joined] {
		delete(s.waiting, s.joined)
		s.joined++
		s.append(next, found)
	}
}

func (s *seam) append(b *block, found *differences) {
	if b.gap {
		s.edge = [33]subtree{}
	}
	for _, c := range b.claims {
		if root := s.root(b.before, c.inner); !root.known && c.kept != "" || root.known && root.hash != tlog.Hash(c.Root) {
			found.add(c.differs())
		}
	}
	s.tree = Tree{}
	if root := s.root(b.before, b.inner(b.before+uint32(b.size))); root.known {
		s.tree = Tree{Size: b.before + uint32(b.size), Root: root.hash}
	}
	if b.size == blockSize {
		s.grow(b, found)
	}
}

func (c claim) differs() Difference {
	if c.kept == "" {
		return Difference{Sequence: c.Size, Text: "the checkpoint signed with it is of another journal", area: inJournal, number: int64(c.Size)}
	}
	return Difference{Text: fmt.Sprintf("its first %d journal entries are not those of %s: it is another history", c.Size, c.kept), area: inEvidence, number: int64(c.Size)}
}

// grow adds a whole block.
func (s *seam) grow(b *block, found *differences) {
	var top subtree
	if len(b.levels) > blockLevel {
		top = b.levels[blockLevel][0]
	}
	level := blockLevel
	for n := b.before >> blockLevel; n&1 == 1; n >>= 1 {
		top = over(s.edge[level], top)
		if i := level - blockLevel; i < len(b.above) {
			top = b.above[i].settle(top, found)
		}
		level++
	}
	s.edge[level] = top
}

// root computes the tree over everything before a block and a part of the block.
func (s *seam) root(before uint32, inner subtree) subtree {
	for level := blockLevel; before>>level != 0; level++ {
		if before>>level&1 == 1 {
			inner = over(s.edge[level], inner)
		}
	}
	return inner
}
