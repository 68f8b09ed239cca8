package journal

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/tlog"

	"tallystick/reserve"
)

// A Proof shows to who has the issuer's public keys, and nothing else, that a journal had an entry
// when a checkpoint was signed.
type Proof struct {
	Entry      Entry
	Tree       Tree   // what the checkpoint says
	Origin     string // of the log
	Checkpoint []byte // as it was signed
	path       tlog.RecordProof
}

const (
	proofHeader = "c2sp.org/tlog-proof@v1"
	maxPath     = 32 // neighbors on the way to the root of a tree with 2^32 leaves

	// MaxProof bounds the text of a proof, in bytes.
	MaxProof = maxRecord*4/3 + 4 + MaxCheckpoint + (maxPath+4)*64
)

// Prove makes a proof of an entry with a checkpoint that covers it. nodes reads the hashes of the
// journal's tree. The refusal is BadSignature, when the entry is not in the tree.
func Prove(e Entry, checkpoint []byte, nodes tlog.HashReader) (p Proof, err error) {
	p = Proof{Entry: e, Checkpoint: checkpoint}
	if p.Tree, p.Origin, err = ParseTree(checkpoint); err != nil {
		return Proof{}, err
	}
	if p.path, err = tlog.ProveRecord(int64(p.Tree.Size), int64(e.Sequence)-1, nodes); err != nil {
		return Proof{}, err
	}
	if err := p.check(); err != nil {
		return Proof{}, err
	}
	return p, nil
}

// check verifies that the entry is in the tree.
func (p Proof) check() error {
	if p.Entry.Sequence > p.Tree.Size {
		return reserve.Refuse(reserve.Malformed, "the proof is of entry %d in a journal of %d entries", p.Entry.Sequence, p.Tree.Size)
	}
	if tlog.CheckRecord(p.path, int64(p.Tree.Size), p.Tree.Root, int64(p.Entry.Sequence)-1, tlog.RecordHash(p.Entry.Record())) != nil {
		return reserve.Refuse(reserve.BadSignature, "journal entry %d is not in the tree that the checkpoint of %d entries is of", p.Entry.Sequence, p.Tree.Size)
	}
	return nil
}

// Text returns a proof in the form of C2SP tlog-proof, with the leaf's data as extra data.
func (p Proof) Text() []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s\nextra %s\nindex %d\n", proofHeader, base64.StdEncoding.EncodeToString(p.Entry.Record()), p.Entry.Sequence-1)
	for _, h := range p.path {
		fmt.Fprintf(&b, "%s\n", h)
	}
	b.WriteByte('\n')
	b.Write(p.Checkpoint)
	return b.Bytes()
}

// ParseProof reads the text of a proof and verifies nothing. The refusal is Malformed.
func ParseProof(text []byte) (p Proof, err error) {
	refuse := func(what string) (Proof, error) {
		return Proof{}, reserve.Refuse(reserve.Malformed, "this is not a proof of a journal entry: %s", what)
	}
	if len(text) > MaxProof {
		return refuse(fmt.Sprintf("more than %d bytes", MaxProof))
	}
	head, checkpoint, found := strings.Cut(string(text), "\n\n")
	lines := strings.Split(head, "\n")
	if !found || len(lines) < 3 || len(lines) > 3+maxPath || lines[0] != proofHeader {
		return refuse("it does not begin with " + proofHeader)
	}
	extra, isExtra := strings.CutPrefix(lines[1], "extra ")
	index, isIndex := strings.CutPrefix(lines[2], "index ")
	if !isExtra || !isIndex {
		return refuse("it does not hold the entry and its index")
	}
	record, err := base64.StdEncoding.DecodeString(extra)
	if err != nil {
		return refuse("the entry is not in base64")
	}
	if p.Entry, err = ParseRecord(record); err != nil {
		return Proof{}, err
	}
	if index != strconv.FormatUint(uint64(p.Entry.Sequence)-1, 10) {
		return refuse("the index is another entry's")
	}
	for _, line := range lines[3:] {
		h, err := tlog.ParseHash(line)
		if err != nil {
			return refuse("a line is not a hash in base64")
		}
		p.path = append(p.path, h)
	}
	p.Checkpoint = []byte(checkpoint)
	if p.Tree, p.Origin, err = ParseTree(p.Checkpoint); err != nil {
		return Proof{}, err
	}
	if string(p.Text()) != string(text) { // one proof has one spelling
		return refuse("it is not in canonical form")
	}
	return p, nil
}

// OpenProof reads a proof and verifies it with the public keys of a trust: the checkpoint's
// signature, that the entry is in its tree, and the officer's signature, if there is one. Refusals
// are Malformed and BadSignature.
func OpenProof(text []byte, trust reserve.Trust) (Proof, error) {
	p, err := ParseProof(text)
	if err != nil {
		return Proof{}, err
	}
	signers := SignersOf(trust)
	if _, _, err := signers.Open(p.Checkpoint); err != nil {
		return Proof{}, err
	}
	if err := p.check(); err != nil {
		return Proof{}, err
	}
	if err := p.Entry.VerifySignature(signers.Officers); err != nil {
		return Proof{}, reserve.Refuse(reserve.BadSignature, "journal entry %d: %v", p.Entry.Sequence, err)
	}
	return p, nil
}
