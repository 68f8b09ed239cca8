package ledger

import (
	"fmt"

	"golang.org/x/mod/sumdb/tlog"

	"tallystick/cmd/internal/journal"
)

// A Tree is the Merkle tree over the first entries of the journal.
type Tree = journal.Tree

// Tree returns the tree over the whole journal.
func (tx *Tx) Tree() (Tree, error) {
	size, _, err := tx.Head()
	if err != nil {
		return Tree{}, err
	}
	return tx.TreeAt(size)
}

// TreeAt returns the tree over the first size entries. The refusal is LedgerDamaged, when there
// are fewer or nodes are missing.
func (tx *Tx) TreeAt(size uint32) (Tree, error) {
	root, err := tlog.TreeHash(int64(size), tx.nodes())
	return Tree{Size: size, Root: root}, err
}

// nodes reads nodes of the tree for package tlog, which numbers them in one row. The lowest level
// are the hashes of the entries.
func (tx *Tx) nodes() tlog.HashReader {
	return tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		out := make([]tlog.Hash, len(indexes))
		for i, index := range indexes {
			level, n := tlog.SplitStoredHashIndex(index)
			query, args := "SELECT hash FROM node WHERE level = $1 AND n = $2", []any{level, n}
			if level == 0 {
				query, args = "SELECT hash FROM journal WHERE sequence = $1", []any{n + 1}
			}
			var hash []byte
			found, err := tx.one(query, args, &hash)
			if err != nil {
				return nil, err
			}
			if !found || len(hash) != len(out[i]) {
				return nil, tx.damaged("node %d of level %d of the journal's tree is missing", n, level)
			}
			copy(out[i][:], hash)
		}
		return out, nil
	})
}

const insertNode = "INSERT INTO node (level, n, hash) VALUES ($1, $2, $3)"

// grow adds the nodes that an entry completes.
func (tx *Tx) grow(e Entry) error {
	n := int64(e.Sequence) - 1
	hashes, err := tlog.StoredHashesForRecordHash(n, e.Hash, tx.nodes())
	if err != nil {
		return fmt.Errorf("ledger: the journal's tree: %w", err)
	}
	for level, hash := range hashes[1:] {
		if err := tx.execOne("node of the tree", insertNode,
			level+1, n>>(level+1), hash[:]); err != nil {
			return err
		}
	}
	return nil
}

// An edge is the right side of the tree: the subtrees that wait for what comes to their right. With it
// the tree grows without a look at what is stored.
type edge struct {
	size uint64
	left [33]tlog.Hash // by level, where the bit of size is set
}

// An edgeNode is a node that an entry completes.
type edgeNode struct {
	level int
	n     uint64
	hash  tlog.Hash
}

// edge returns that of the tree over the first size entries.
func (tx *Tx) edge(size uint32) (*edge, error) {
	e := &edge{size: uint64(size)}
	for level := range e.left {
		if e.size>>level&1 == 0 {
			continue
		}
		index := tlog.StoredHashIndex(level, int64(e.size>>level)-1)
		read, err := tx.nodes().ReadHashes([]int64{index})
		if err != nil {
			return nil, err
		}
		e.left[level] = read[0]
	}
	return e, nil
}

// grow adds an entry with a hash and returns the nodes that it completes, lowest first.
func (e *edge) grow(hash tlog.Hash) (nodes []edgeNode) {
	level := 0
	for ; e.size>>level&1 == 1; level++ {
		hash = tlog.NodeHash(e.left[level], hash)
		nodes = append(nodes, edgeNode{level + 1, e.size >> (level + 1), hash})
	}
	e.left[level] = hash
	e.size++
	return nodes
}
