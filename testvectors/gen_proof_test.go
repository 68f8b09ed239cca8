package testvectors_test

import (
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
)

// A proofMaker adds tests of proofs.
type proofMaker struct{ *vectorGroup }

func newProofMaker(name string) proofMaker {
	return proofMaker{&vectorGroup{name: name, operation: "proof", context: journalContext()}}
}

func (m proofMaker) good(comment, flags string, e entryForm, size uint32, p proofForm) {
	m.valid(comment, flags, fields{{"text", long(p.String())}}, fields{{"number", binary.BigEndian.Uint64(e.number)}, {"hash", hexed(leafHash(e.record()))},
		{"origin", strings.SplitN(p.checkpoint, "\n", 2)[0]}, {"size", size}})
}

func (m proofMaker) bad(comment, flags, err string, p proofForm) {
	m.badText(comment, flags, err, p.String())
}

func (m proofMaker) badText(comment, flags, err, text string) {
	m.invalid(comment, flags, fields{{"text", long(text)}}, err)
}

// foldedPath is the root over an entry and its neighbors, by RFC 9162, section 2.1.3.2.
func foldedPath(index, last uint64, r []byte, path [][]byte) []byte {
	for _, p := range path {
		if index&1 == 1 || index == last {
			r = nodeHash(p, r)
			for index&1 == 0 && index != 0 {
				index, last = index>>1, last>>1
			}
		} else {
			r = nodeHash(r, p)
		}
		index, last = index>>1, last>>1
	}
	return r
}

// deepProof proves an entry of the largest journal that there is: its neighbors are made up, and the
// root is what comes of them.
func deepProof(number uint32, hashes int) (entryForm, proofForm) {
	e := changedEntry(func(e *entryForm) { e.number = u64(int(number)) })
	var path [][]byte
	for i := range hashes {
		path = append(path, secret(fmt.Sprint("neighbor ", i)))
	}
	n := checkpointOf(mostEntries, foldedPath(uint64(number-1), mostEntries-1, leafHash(e.record()), path))
	return e, joinedProof(e, number-1, path, n.by(issuerKey(logKey)))
}

func proofGroup() *vectorGroup {
	m := newProofMaker("Proofs")
	log := issuerKey(logKey)
	for _, at := range [][2]int{{1, 1}, {1, 2}, {2, 2}, {3, 3}, {2, 5}, {5, 5}, {4, 7}, {7, 7}, {8, 8}, {6, 9}, {9, 9}} {
		entries := history(at[1])
		m.good(fmt.Sprintf("entry %d of %d", at[0], at[1]), "", entries[at[0]-1], uint32(at[1]), proofOf(at[0], entries, log))
	}
	entries := history(3)
	m.good("by a log key that was retired since", "Signer", entries[0], 3, proofOf(1, entries, issuerKey(retiredKey)))
	n := checkpointOf(3, treeRoot(leavesOf(entries)))
	n.origin = originOf(ledgerID(journalLedger), 2)
	m.good("after a recovery", "Recovery", entries[0], 3, joinedProof(entries[0], 0, auditPath(0, leavesOf(entries)), n.by(log)))
	e, p := deepProof(1, 32)
	m.good("32 hashes, the most there are", "Limit", e, mostEntries, p)
	e, p = deepProof(mostEntries, 31)
	m.good("the last entry there can be", "Limit", e, mostEntries, p)
	return m.vectorGroup
}

// aProof is entry 2 of three.
func aProof() proofForm { return proofOf(2, history(3), issuerKey(logKey)) }

func brokenProofGroup() *vectorGroup {
	m := newProofMaker("Proofs that are refused")
	addProofForms(m)
	addRawProofs(m)
	addProofPaths(m)
	addForgedProofs(m)
	return m.vectorGroup
}

// addProofForms adds what is wrong with one part of a proof.
func addProofForms(m proofMaker) {
	const malformed = "code-malformed"
	bad := func(comment, flags string, change func(*proofForm)) {
		p := aProof()
		change(&p)
		m.bad(comment, flags, malformed, p)
	}
	bad("another version", "Version", func(p *proofForm) { p.head = "c2sp.org/tlog-proof@v2" })
	bad("a line before it", "Format", func(p *proofForm) { p.head = "proof\n" + p.head })
	bad("an empty record", "Format", func(p *proofForm) { p.extra = "" })
	bad("a record without its =", "NotCanonical", func(p *proofForm) { p.extra = strings.TrimRight(p.extra, "=") })
	bad("a record that is cut", "Truncated", func(p *proofForm) { p.extra = p.extra[:80] })
	bad("a record of number 0", "Limit", func(p *proofForm) {
		p.extra = base64Of(changedEntry(func(e *entryForm) { e.number = zeros(8) }).record())
		p.index = "4294967295"
	})
	for _, index := range []string{"0", "2", "01", "+1", "-1", "", "1 ", "18446744073709551617"} {
		bad(fmt.Sprintf("the index %q", index), "Position", func(p *proofForm) { p.index = index })
	}
	bad("a hash without its =", "NotCanonical", func(p *proofForm) { p.path[0] = strings.Replace(p.path[0], "=", "", 1) })
	bad("a hash with a filling bit", "NotCanonical", func(p *proofForm) { h := p.path[0]; p.path[0] = h[:42] + string(h[42]+1) + "=\n" })
	bad("a hash of 31 bytes", "Format", func(p *proofForm) { p.path[0] = base64Of(zeros(31)) + "\n" })
	bad("a hash with a space before it", "Format", func(p *proofForm) { p.path[0] = " " + p.path[0] })
	bad("33 hashes", "Limit", func(p *proofForm) { p.path = slices.Repeat(p.path[:1], 33) })
	bad("no checkpoint", "Truncated", func(p *proofForm) { p.checkpoint = "" })
	bad("a checkpoint of size 0", "Limit", func(p *proofForm) { p.checkpoint = strings.Replace(p.checkpoint, "\n3\n", "\n0\n", 1) })
	bad("an empty line more before the checkpoint", "Format", func(p *proofForm) { p.checkpoint = "\n" + p.checkpoint })
	bad("a checkpoint of fewer entries", "Position", func(p *proofForm) { p.checkpoint = proofOf(1, history(1), issuerKey(logKey)).checkpoint })
}

// addRawProofs adds what is wrong with the lines as a whole.
func addRawProofs(m proofMaker) {
	const malformed = "code-malformed"
	text := aProof().String()
	m.badText("nothing", "Truncated", malformed, "")
	lines := strings.SplitAfter(text, "\n")
	m.badText("no record", "Format", malformed, strings.Join(slices.Delete(slices.Clone(lines), 1, 2), ""))
	m.badText("no index", "Format", malformed, strings.Join(slices.Delete(slices.Clone(lines), 2, 3), ""))
	m.badText("the index before the record", "Format", malformed, lines[0]+lines[2]+lines[1]+strings.Join(lines[3:], ""))
	m.badText("two spaces before the index", "NotCanonical", malformed, strings.Replace(text, "index ", "index  ", 1))
	m.badText("line ends of two characters", "LineEnd", malformed, strings.ReplaceAll(text, "\n", "\r\n"))
	m.badText("a byte order mark", "Format", malformed, "\ufeff"+text)
}

// addProofPaths adds proofs that prove nothing.
func addProofPaths(m proofMaker) {
	const refused = "bad-signature"
	entries, log := history(3), issuerKey(logKey)
	bad := func(comment, flags string, change func(*proofForm)) {
		p := aProof()
		change(&p)
		m.bad(comment, flags, refused, p)
	}
	bad("a bit of a hash is wrong", "Signature", func(p *proofForm) { p.path[1] = base64Of(flipped(leavesOf(entries)[2], 0, 0)) + "\n" })
	bad("a hash is missing", "Truncated", func(p *proofForm) { p.path = p.path[:1] })
	bad("no hashes", "Truncated", func(p *proofForm) { p.path = nil })
	bad("a hash more", "Trailing", func(p *proofForm) { p.path = append(p.path, base64Of(zeros(32))+"\n") })
	bad("two hashes in each other's place", "MixedLines", func(p *proofForm) { p.path[0], p.path[1] = p.path[1], p.path[0] })
	bad("the path of another entry", "Position", func(p *proofForm) { p.path = proofOf(3, entries, log).path })
	bad("the record of another entry with this one's number", "Position", func(p *proofForm) {
		e := entries[2]
		e.number = u64(2)
		p.extra = base64Of(e.by(issuerKey(2)).record())
	})
	bad("the checkpoint of another size", "Position", func(p *proofForm) { p.checkpoint = proofOf(2, history(2), log).checkpoint })
	bad("a checkpoint of another journal", "Foreign", func(p *proofForm) {
		other := history(3)
		other[2].body = "{}"
		p.checkpoint = proofOf(2, other, log).checkpoint
	})
	one := proofOf(1, history(1), log)
	one.path = []string{base64Of(zeros(32)) + "\n"}
	m.bad("a hash beside the only entry", "Trailing", refused, one)
	two := leavesOf(history(2))
	m.bad("the root over a hash and the only entry", "Trailing", refused, joinedProof(history(1)[0], 0, two[1:], checkpointOf(1, nodeHash(two[1], two[0])).by(log)))
	m.bad("the hash of the only entry where the size says two", "Truncated", refused, joinedProof(history(1)[0], 0, nil, checkpointOf(2, two[0]).by(log)))
	m.bad("a checkpoint by a stranger", "Signer", refused, proofOf(2, entries, stranger()))
	m.bad("a checkpoint by a compromised key", "Signer", refused, proofOf(2, entries, compromisedSigner()))
	bad("a checkpoint without signatures", "Signature", func(p *proofForm) { p.checkpoint = checkpointOf(3, treeRoot(leavesOf(entries))).text() })
}

// addForgedProofs adds proofs of entries that are in the tree, and that no officer signed.
func addForgedProofs(m proofMaker) {
	log := issuerKey(logKey)
	entries := history(2)
	entries[1] = entries[1].by(stranger()) // nobody had signed it
	m.bad("the entry is in the tree, and a stranger signed it", "Signer", "bad-signature", proofOf(2, entries, log))
	entries = history(1)
	entries[0].signatureBytes = flipped(entries[0].signatureBytes, 5, 5)
	m.bad("the entry is in the tree, and its signature is wrong", "Signature", "bad-signature", proofOf(1, entries, log))
	short := checkpointOf(1, treeRoot(leavesOf(history(1)))).by(stranger())
	m.bad("a checkpoint of fewer entries, by a stranger", "Order", "bad-signature", joinedProof(history(2)[1], 1, nil, short))
	// The hash of a node is not that of an entry: what is hashed begins with another byte.
	leaves := leavesOf(history(4))
	node := proofForm{head: proofHead, extra: base64Of(cat(leaves[0], leaves[1])), index: "0", path: []string{base64Of(nodeHash(leaves[2], leaves[3])) + "\n"},
		checkpoint: checkpointOf(2, treeRoot(leaves)).by(log).String()}
	m.bad("a node for an entry", "Foreign", "code-malformed", node)
}
