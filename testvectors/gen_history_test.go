package testvectors_test

import (
	"slices"
)

// A historyMaker adds tests of whole journals.
type historyMaker struct{ *vectorGroup }

func newHistoryMaker(name string) historyMaker {
	return historyMaker{&vectorGroup{name: name, operation: "journal", context: append(journalContext(), field{"ledger", hexed(ledgerID(journalLedger))})}}
}

func historyInput(records [][]byte, checkpoint string) fields {
	var list []hexed
	for _, r := range records {
		list = append(list, r)
	}
	in := fields{{"records", list}}
	if checkpoint != "" {
		in = append(in, field{"checkpoint", checkpoint})
	}
	return in
}

func (m historyMaker) good(comment, flags string, entries []entryForm, checkpoint string) {
	m.valid(comment, flags, historyInput(recordsOf(entries), checkpoint), fields{{"size", len(entries)}, {"root", hexed(treeRoot(leavesOf(entries)))}})
}

func (m historyMaker) bad(comment, flags, err string, entries []entryForm, checkpoint string) {
	m.invalid(comment, flags, historyInput(recordsOf(entries), checkpoint), err)
}

// signedTree is the checkpoint over these entries.
func signedTree(entries []entryForm) string {
	return checkpointOf(len(entries), treeRoot(leavesOf(entries))).by(issuerKey(logKey)).String()
}

func historyGroup() *vectorGroup {
	m := newHistoryMaker("Journals")
	entries := history(4)
	m.good("one entry", "", entries[:1], "")
	m.good("four entries and the checkpoint over them", "", entries, signedTree(entries))
	m.good("and an older checkpoint", "", entries, signedTree(entries[:2]))
	m.good("and the three lines of one, as somebody kept them on paper", "", entries[:2], checkpointOf(2, treeRoot(leavesOf(entries[:2]))).text())
	m.good("and a checkpoint after a recovery", "Recovery", entries[:2], func() string {
		n := checkpointOf(2, treeRoot(leavesOf(entries[:2])))
		n.origin = originOf(ledgerID(journalLedger), 3)
		return n.by(issuerKey(logKey)).String()
	}())
	late := slices.Clone(entries[:2])
	late[1].time = u64(journalTime - 1000)
	late[1] = late[1].by(issuerKey(2))
	m.good("a clock that was put back", "Time", late, "")
	return m.vectorGroup
}

func brokenHistoryGroup() *vectorGroup {
	m := newHistoryMaker("Journals that do not hold together")
	const damaged, chain = "ledger-damaged", "ChainBreak"
	entries := history(3)
	changed := func(n int, change func(*entryForm)) []entryForm {
		all := slices.Clone(entries)
		change(&all[n-1])
		return all
	}
	m.bad("the first entry is missing", chain, damaged, entries[1:], "")
	m.bad("the second entry is missing", chain, damaged, []entryForm{entries[0], entries[2]}, "")
	m.bad("two entries in each other's place", chain, damaged, []entryForm{entries[1], entries[0]}, "")
	m.bad("an entry twice", chain, damaged, []entryForm{entries[0], entries[0]}, "")
	m.bad("the first entry is another ledger's", "Foreign", damaged, changed(1, func(e *entryForm) {
		e.previous = digest("TS1/ledger", ledgerID("another ledger"))
		*e = e.by(issuerKey(2))
	})[:1], "")
	m.bad("the first entry names zeros as the one before it", chain, damaged, changed(1, func(e *entryForm) { e.previous = zeros(32); *e = e.by(issuerKey(2)) })[:1], "")
	m.bad("an entry was made anew: the next one names the old one", chain, damaged, changed(1, func(e *entryForm) { e.body = "{}"; *e = e.by(issuerKey(2)) })[:2], "")
	m.bad("an entry names its own place twice", chain, damaged, changed(2, func(e *entryForm) { e.number = u64(1); *e = e.by(issuerKey(2)) })[:2], "")
	m.bad("the last entry was changed after it was signed", "Signature", "bad-signature", changed(1, func(e *entryForm) { e.body = "{}" })[:1], "")
	m.bad("an entry that is none", "Format", "code-malformed", changed(2, func(e *entryForm) { e.kind = "" })[:2], "")
	m.bad("entry 2 breaks the format, entry 1 the order", "Order", damaged, []entryForm{entries[1], changed(2, func(e *entryForm) { e.kind = "" })[1]}, "")
	m.bad("the last entry is missing, says the checkpoint", "Truncated", damaged, entries[:2], signedTree(entries))
	m.bad("the checkpoint is of other entries", "Foreign", damaged, entries[:2], checkpointOf(2, treeRoot(leavesNumbered(2))).by(issuerKey(logKey)).String())
	m.bad("the root over all entries where the size says one more", "Truncated", damaged, entries[:1],
		checkpointOf(2, treeRoot(leavesOf(entries[:1]))).by(issuerKey(logKey)).String())
	m.bad("three lines of other entries", "Foreign", damaged, entries[:1], checkpointOf(1, zeros(32)).text())
	n := checkpointOf(1, treeRoot(leavesOf(entries[:1])))
	n.origin = originOf(ledgerID("another ledger"), 1)
	m.bad("the checkpoint is another ledger's", "Foreign", damaged, entries[:1], n.by(issuerKey(logKey)).String())
	n = checkpointOf(1, treeRoot(leavesOf(entries[:1])))
	m.bad("the checkpoint is a stranger's", "Signer", "bad-signature", entries[:1], n.by(stranger()).String())
	m.bad("the checkpoint is by a key that was compromised since", "Signer", "bad-signature", entries[:1], n.by(compromisedSigner()).String())
	m.bad("the checkpoint is none", "Format", "code-malformed", entries[:1], n.origin+"\n0\n"+n.root+"\n")
	m.bad("a stranger's checkpoint of other entries", "Order", "bad-signature", entries[:1], checkpointOf(1, zeros(32)).by(stranger()).String())
	// A tree over one entry that repeats its hash is not one over two.
	twice := nodeHash(leavesOf(entries[:1])[0], leavesOf(entries[:1])[0])
	m.bad("one entry, and the root of it twice", "Foreign", damaged, entries[:1], checkpointOf(1, twice).by(issuerKey(logKey)).String())
	return m.vectorGroup
}
