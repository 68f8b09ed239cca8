package journal

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"testing"

	"golang.org/x/mod/sumdb/tlog"

	"tallystick/reserve"
	"tallystick/testvectors/corpus"
)

// The vectors of journal.json, which testvectors/README.md describes, are checked here: package
// testvectors may not import this one.

// vectorChecks are what this package makes of the input of a vector, by its operation.
var vectorChecks = map[string]func(t *testing.T, v corpus.Vector) (any, error){
	"entry":      checkEntryVector,
	"tree":       checkTreeVector,
	"checkpoint": checkCheckpointVector,
	"proof":      checkProofVector,
	"journal":    checkJournalVector,
}

func TestVectors(t *testing.T) {
	count := 0
	for operation, check := range vectorChecks {
		for _, v := range corpus.Vectors(t, "journal", operation) {
			count++
			output, err := check(t, v)
			if id := refusalOf(err); id != v.Error {
				t.Errorf("%s, %s: refused as %q (%v), want %q", operation, v.Comment, id, err, v.Error)
			} else if v.Valid && !reflect.DeepEqual(plain(t, output), wanted(t, v)) {
				t.Errorf("%s, %s: %v, want %v", operation, v.Comment, plain(t, output), wanted(t, v))
			}
		}
	}
	if all := len(corpus.Vectors(t, "journal", "")); count != all || count < 250 {
		t.Errorf("%d of %d vectors checked", count, all)
	}
}

func refusalOf(err error) string {
	var r *reserve.Refusal
	if errors.As(err, &r) {
		return string(r.Reason)
	}
	if err != nil {
		return err.Error()
	}
	return ""
}

// plain is a value as JSON has it.
func plain(t *testing.T, output any) (v map[string]any) {
	t.Helper()
	text, err := json.Marshal(output)
	if err == nil {
		err = json.Unmarshal(text, &v)
	}
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// wanted is the output of a vector, with its texts joined.
func wanted(t *testing.T, v corpus.Vector) map[string]any {
	t.Helper()
	all := plain(t, v.Output)
	for name, x := range all {
		if _, ok := x.(float64); !ok {
			all[name] = v.Output.Text(t, name)
		}
	}
	return all
}

func trustOf(t testing.TB, v corpus.Vector) reserve.Trust {
	t.Helper()
	trust, err := reserve.OpenTrust(v.Context.Bytes(t, "bundle"))
	if err != nil {
		t.Fatal(err)
	}
	return trust
}

// textOf is the input of a vector that is a text, or bytes that are none.
func textOf(t testing.TB, v corpus.Vector) []byte {
	t.Helper()
	if v.Input.Has("bytes") {
		return v.Input.Bytes(t, "bytes")
	}
	return []byte(v.Input.Text(t, "text"))
}

func openRecord(record []byte, s *Signers) (Entry, error) {
	e, err := ParseRecord(record)
	if err == nil && e.VerifySignature(s.Officers) != nil {
		err = reserve.Refuse(reserve.BadSignature, "entry %d", e.Sequence)
	}
	return e, err
}

func checkEntryVector(t *testing.T, v corpus.Vector) (any, error) {
	e, err := openRecord(v.Input.Bytes(t, "record"), SignersOf(trustOf(t, v)))
	return map[string]any{"number": e.Sequence, "time": fmt.Sprint(uint64(e.Time.Unix())), "kind": e.Kind, "actor": e.Actor, "subject": e.Subject,
		"signer": hex.EncodeToString(e.SignerBytes()), "body": string(e.Body), "hash": hex.EncodeToString(e.Hash[:])}, err
}

// growing is a tree that leaves are added to.
type growing struct{ log }

func (g *growing) add(leaf tlog.Hash) {
	n := int64(len(g.entries))
	g.entries = append(g.entries, Entry{Hash: leaf})
	g.stored = append(g.stored, must(tlog.StoredHashesForRecordHash(n, leaf, g.nodes()))...)
}

func rootText(t Tree) string { return hex.EncodeToString(t.Root[:]) }

func checkTreeVector(t *testing.T, v corpus.Vector) (any, error) {
	var g growing
	leaves := v.Input.Bytes(t, "leaves")
	for at := 0; at < len(leaves); at += tlog.HashSize {
		g.add(tlog.Hash(leaves[at : at+tlog.HashSize]))
	}
	return map[string]any{"root": rootText(g.tree(len(g.entries)))}, nil
}

func checkCheckpointVector(t *testing.T, v corpus.Vector) (any, error) {
	tree, origin, err := SignersOf(trustOf(t, v)).Open(textOf(t, v))
	return map[string]any{"origin": origin, "size": tree.Size, "root": rootText(tree)}, err
}

func checkProofVector(t *testing.T, v corpus.Vector) (any, error) {
	p, err := OpenProof(textOf(t, v), trustOf(t, v))
	return map[string]any{"number": p.Entry.Sequence, "hash": hex.EncodeToString(p.Entry.Hash[:]), "origin": p.Origin, "size": p.Tree.Size}, err
}

// checkJournalVector does what package ledger does with a file: entries one after another, and what
// a checkpoint says of them.
func checkJournalVector(t *testing.T, v corpus.Vector) (any, error) {
	var g growing
	signers, id := SignersOf(trustOf(t, v)), [16]byte(v.Context.Bytes(t, "ledger"))
	previous := BeforeFirst(id)
	for i, record := range v.Input.List(t, "records") {
		e, err := openRecord(record, signers)
		if err != nil {
			return nil, err
		}
		if e.Sequence != uint32(i+1) || e.Previous != previous {
			return nil, reserve.Refuse(reserve.LedgerDamaged, "entry %d does not follow", e.Sequence)
		}
		g.add(e.Hash)
		previous = e.Hash
	}
	size := len(g.entries)
	output := map[string]any{"size": size, "root": rootText(g.tree(size))}
	if !v.Input.Has("checkpoint") {
		return output, nil
	}
	kept := []byte(v.Input.Text(t, "checkpoint"))
	tree, origin, err := ParseTree(kept)
	if err == nil && bytes.Contains(kept, []byte("\n\n")) {
		_, _, err = signers.Open(kept)
	}
	if err != nil {
		return nil, err
	}
	if prefix := Origin(id, 0); origin[:len(prefix)-1] != prefix[:len(prefix)-1] || int(tree.Size) > size || tree != g.tree(int(tree.Size)) {
		return nil, reserve.Refuse(reserve.LedgerDamaged, "the checkpoint is of another journal")
	}
	return output, nil
}
