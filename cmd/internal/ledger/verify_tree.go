package ledger

import (
	"fmt"

	"golang.org/x/mod/sumdb/tlog"
)

// leaf computes the nodes that an entry completes and compares them with those that are stored; then
// the checkpoint of that size, if there is one.
func (v *verification) leaf(e Entry) error {
	n := int64(e.Sequence) - 1
	computed := tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		out := make([]tlog.Hash, len(indexes))
		for i, index := range indexes {
			level, _ := tlog.SplitStoredHashIndex(index)
			out[i] = v.edge[level]
		}
		return out, nil
	})
	hashes, err := tlog.StoredHashesForRecordHash(n, e.Hash, computed)
	if err != nil {
		return err
	}
	for level, hash := range hashes {
		v.edge[level] = hash
		if level == 0 {
			continue
		}
		var stored []byte
		if _, err := v.one("SELECT hash FROM node WHERE level = $1 AND n = $2", []any{level, n >> level}, &stored); err != nil {
			return err
		}
		if string(stored) != string(hash[:]) {
			return &Difference{e.Sequence, fmt.Sprintf("node %d of level %d of the tree was changed or is missing", n>>level, level)}
		}
	}
	return v.checkpoint(e, computed)
}

// checkpoint checks what was signed when e was the newest entry.
func (v *verification) checkpoint(e Entry, computed tlog.HashReader) error {
	var signed []byte
	found, err := v.one("SELECT note FROM checkpoint WHERE size = $1", []any{e.Sequence}, &signed)
	if err != nil || !found {
		return err
	}
	root, err := tlog.TreeHash(int64(e.Sequence), computed)
	if err != nil {
		return err
	}
	t, err := v.OpenCheckpoint(signed)
	if err != nil {
		return &Difference{e.Sequence, err.Error()}
	}
	if t != (Tree{e.Sequence, root}) {
		return &Difference{e.Sequence, "the checkpoint signed with it is of another journal"}
	}
	return nil
}

// tail checks that tree and checkpoints end where the journal does, and that the last entry that an
// officer signed has its checkpoint.
func (v *verification) tail(size uint32) error {
	var nodes int64
	if _, err := v.one("SELECT count(*) FROM node", nil, &nodes); err != nil {
		return err
	}
	if want := tlog.StoredHashCount(int64(size)) - int64(size); nodes != want {
		return differs("the tree has %d nodes over its leaves, not %d", nodes, want)
	}
	var signed, last uint32
	if _, err := v.one("SELECT coalesce(max(sequence), 0) FROM journal WHERE length(signer) > 0", nil, &signed); err != nil {
		return err
	}
	if _, err := v.one("SELECT coalesce(max(size), 0) FROM checkpoint", nil, &last); err != nil {
		return err
	}
	if last < signed {
		return &Difference{signed, "an officer signed it, and no checkpoint covers it"}
	}
	return nil
}
