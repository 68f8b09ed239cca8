package journal

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"tallystick/reserve"
	"tallystick/testvectors/corpus"
)

// journalMemory is what reading a file of so many bytes may allocate in all: it is copied, decoded
// and written again a few times.
func journalMemory(size int) int { return 64<<10 + 32*size }

// vectorTexts returns what the vectors of an operation are about, and the trust that counts there.
func vectorTexts(f *testing.F, operation string) (texts [][]byte, valid []bool, trust reserve.Trust) {
	f.Helper()
	for _, v := range corpus.Vectors(f, "journal", operation) {
		texts, valid = append(texts, textOf(f, v)), append(valid, v.Valid)
		trust = trustOf(f, v)
	}
	return texts, valid, trust
}

func refusedOnlyAs(t *testing.T, err error, reason reserve.Reason) {
	t.Helper()
	if !refusedAs(err, reason) {
		t.Fatalf("refused as %v", err)
	}
}

// said is what a proof says, without who signed the checkpoint: anybody may add a witness's line.
func said(p Proof) string {
	p.Checkpoint = []byte(p.Tree.Text(p.Origin))
	return string(p.Text())
}

// FuzzParseProof: whatever a file says, reading it neither panics nor gives another proof than it is,
// and none opens that nobody made.
func FuzzParseProof(f *testing.F) {
	l := newLog(acme, 9)
	texts, valid, trust := vectorTexts(f, "proof")
	for n := 1; n <= 9; n++ {
		texts, valid = append(texts, l.prove(acme, n, 9)), append(valid, true)
	}
	for _, text := range spoiled(string(texts[len(texts)-5])) {
		texts, valid = append(texts, []byte(text)), append(valid, false)
	}
	var made []string
	for i, text := range texts {
		if valid[i] {
			made = append(made, said(must(ParseProof(text))))
		}
		if len(text) < 10_000 {
			f.Add(text)
		}
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		var p Proof
		var err error
		corpus.Allocates(t, journalMemory(len(text)), func() { p, err = ParseProof(text) })
		if err != nil {
			refusedOnlyAs(t, err, reserve.Malformed)
			return
		}
		if !bytes.Equal(p.Text(), text) {
			t.Fatalf("%q came back as %q", text, p.Text())
		}
		for _, keys := range []reserve.Trust{acme.trust, trust} {
			if _, err := OpenProof(text, keys); err == nil && !slices.Contains(made, said(p)) {
				t.Fatalf("a proof that nobody made: %q", text)
			}
		}
	})
}

// FuzzParseRecord: a record is one entry's and an entry has one record.
func FuzzParseRecord(f *testing.F) {
	for _, v := range corpus.Vectors(f, "journal", "entry") {
		if record := v.Input.Bytes(f, "record"); len(record) < 10_000 {
			f.Add(record)
		}
	}
	for _, e := range newLog(acme, 3).entries {
		f.Add(e.Record())
	}
	f.Fuzz(func(t *testing.T, record []byte) {
		var e Entry
		var err error
		corpus.Allocates(t, journalMemory(len(record)), func() { e, err = ParseRecord(record) })
		if err != nil {
			refusedOnlyAs(t, err, reserve.Malformed)
			return
		}
		if err := e.Check(); err != nil || !bytes.Equal(e.Record(), record) || e.Signed() != (len(e.SignerBytes()) > 0) {
			t.Fatalf("%x came back as %x, %v", record, e.Record(), err)
		}
		if again, err := ParseRecord(e.Record()); err != nil || fmt.Sprint(again) != fmt.Sprint(e) {
			t.Fatalf("entry %+v came back as %+v, %v", e, again, err)
		}
	})
}

// FuzzParseTree: the text of a checkpoint has one spelling, and none opens that nobody signed.
func FuzzParseTree(f *testing.F) {
	texts, valid, trust := vectorTexts(f, "checkpoint")
	l := newLog(acme, 3)
	texts, valid = append(texts, l.checkpoint(acme, 3), []byte(l.tree(2).Text(Origin([16]byte{1}, 0)))), append(valid, true, false)
	signed := map[string]bool{}
	for i, text := range texts {
		f.Add(text)
		if valid[i] {
			tree, origin, err := ParseTree(text)
			signed[tree.Text(origin)] = err == nil
		}
	}
	signers := []*Signers{SignersOf(acme.trust), SignersOf(trust)}
	f.Fuzz(func(t *testing.T, text []byte) {
		var tree Tree
		var origin string
		var err error
		corpus.Allocates(t, journalMemory(len(text)), func() { tree, origin, err = ParseTree(text) })
		if err != nil {
			refusedOnlyAs(t, err, reserve.Malformed)
			return
		}
		if !strings.HasPrefix(string(text), tree.Text(origin)) {
			t.Fatalf("%q came back as %q", text, tree.Text(origin))
		}
		for _, s := range signers {
			if _, _, err := s.Open(text); err != nil {
				refusedOnlyAs(t, err, reserve.BadSignature)
			} else if !signed[tree.Text(origin)] {
				t.Fatalf("a checkpoint that nobody signed: %q", text)
			}
		}
	})
}
