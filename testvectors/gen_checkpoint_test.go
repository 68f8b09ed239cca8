package testvectors_test

import (
	"fmt"
	"strings"
)

// A noteMaker adds tests of checkpoints.
type noteMaker struct{ *vectorGroup }

func newNoteMaker(name string) noteMaker {
	return noteMaker{&vectorGroup{name: name, operation: "checkpoint", context: journalContext()}}
}

// aCheckpoint is one of five entries, not signed.
func aCheckpoint() noteForm { return checkpointOf(5, treeRoot(leavesNumbered(5))) }

func (m noteMaker) good(comment, flags string, n noteForm, size uint32) {
	m.valid(comment, flags, fields{{"text", long(n.String())}}, fields{{"origin", n.origin}, {"size", size}, {"root", hexed(treeRoot(leavesNumbered(5)))}})
}

func (m noteMaker) bad(comment, flags, err, text string) {
	m.invalid(comment, flags, fields{{"text", long(text)}}, err)
}

// changed is a checkpoint with a change, which the log key signs.
func changedCheckpoint(change func(*noteForm)) noteForm {
	n := aCheckpoint()
	change(&n)
	return n.by(issuerKey(logKey))
}

// witnessed returns a checkpoint with lines of witnesses.
func witnessed(n noteForm, lines int) noteForm {
	for range lines {
		n = n.line("\u2014 w AAAAAAA=\n")
	}
	return n
}

// filled is a checkpoint of so many bytes, by a witness with a long name.
func filled(size int) noteForm {
	n := aCheckpoint().by(issuerKey(logKey))
	name := strings.Repeat("w", size-len(n.String())-len("\u2014  AAAAAAA=\n"))
	return n.line("\u2014 " + name + " AAAAAAA=\n")
}

func checkpointGroup() *vectorGroup {
	m := newNoteMaker("Checkpoints")
	n, log := aCheckpoint(), issuerKey(logKey)
	m.good("as most are", "", n.by(log), 5)
	m.good("after a recovery", "Recovery", changedCheckpoint(func(n *noteForm) { n.origin = originOf(ledgerID(journalLedger), 2) }), 5)
	m.good("the last epoch and the largest size", "Limit", changedCheckpoint(func(n *noteForm) { n.origin, n.size = originOf(ledgerID(journalLedger), mostEntries), "4294967295" }), mostEntries)
	m.good("one entry", "Limit", changedCheckpoint(func(n *noteForm) { n.size = "1" }), 1)
	m.good("another ledger of the issuer", "", changedCheckpoint(func(n *noteForm) { n.origin = originOf(ledgerID("another ledger"), 1) }), 5)
	m.good("by a log key that was retired since", "Signer", n.by(issuerKey(retiredKey)), 5)
	m.good("by a key that had the role in version 1", "Signer", n.by(issuerKey(formerLogKey)), 5)
	m.good("by two log keys", "Signer", n.by(log).by(issuerKey(retiredKey)), 5)
	m.good("a key that nobody knows, under the log's name", "Signer", n.by(stranger()).by(log), 5)
	m.good("a key without the role, under the log's name", "Signer", n.by(log).by(issuerKey(2)), 5)
	m.good("a compromised key besides", "Signer", n.by(compromisedSigner()).by(log), 5)
	m.good("a witness", "Signer", n.by(log).with("witness.example/w1", stranger(), secret("cosignature")), 5)
	m.good("the log's key under a witness's name, with a signature of its own", "Signer", n.by(log).with("witness.example/w1", log, zeros(64)), 5)
	m.good("the log's key ID under a witness's name", "Signer", n.by(log).line(n.named("w", log, zeros(64))), 5)
	m.good("one line twice", "Signature", n.by(log).by(log), 5)
	m.good("a second line of the key, which does not verify", "Signature", n.by(log).with(n.origin, log, zeros(64)), 5)
	m.good("100 signature lines", "Limit", witnessed(n.by(log), 99), 5)
	m.good("4096 bytes", "Limit", filled(4096), 5)
	return m.vectorGroup
}

func compromisedSigner() signer { return issuerKey(compromisedKey) }

func brokenCheckpointGroup() *vectorGroup {
	m := newNoteMaker("Checkpoints that are refused")
	addCheckpointForms(m)
	addRawCheckpoints(m)
	addCheckpointSignatures(m)
	addSignatureLines(m)
	return m.vectorGroup
}

// addCheckpointForms adds what is wrong with one of the three lines.
func addCheckpointForms(m noteMaker) {
	const malformed = "code-malformed"
	bad := func(comment, flags string, change func(*noteForm)) {
		m.bad(comment, flags, malformed, changedCheckpoint(change).String())
	}
	ledger := fmt.Sprintf("%x", ledgerID(journalLedger))
	for _, x := range []struct{ comment, origin string }{{"no origin", ""}, {"the origin of another program", "example.com/log"}, {"no epoch", "tallystick/" + ledger},
		{"epoch 0", "tallystick/" + ledger + "/0"}, {"epoch 4294967296", "tallystick/" + ledger + "/4294967296"}, {"epoch 01", "tallystick/" + ledger + "/01"},
		{"a sign before the epoch", "tallystick/" + ledger + "/+1"}, {"a ledger's ID in capitals", "tallystick/" + strings.ToUpper(ledger) + "/1"},
		{"a ledger's ID of 15 bytes", "tallystick/" + ledger[2:] + "/1"}, {"a part more", "tallystick/" + ledger + "/1/1"}, {"a space after the origin", "tallystick/" + ledger + "/1 "}} {
		bad(x.comment, "Name", func(n *noteForm) { n.origin = x.origin })
	}
	for _, size := range []string{"0", "05", "+5", "-5", "", "5 ", "5.0", "0x5", "\u0665"} {
		bad(fmt.Sprintf("the size %q", size), "NotCanonical", func(n *noteForm) { n.size = size })
	}
	bad("4294967296 entries", "Limit", func(n *noteForm) { n.size = "4294967296" })
	root := aCheckpoint().root
	bad("a root hash without its =", "NotCanonical", func(n *noteForm) { n.root = root[:43] })
	bad("a root hash with a filling bit", "NotCanonical", func(n *noteForm) { n.root = root[:42] + string(root[42]+1) + "=" })
	bad("a root hash of 31 bytes", "Format", func(n *noteForm) { n.root = base64Of(zeros(31)) })
	bad("a root hash in the alphabet for URLs", "NotCanonical", func(n *noteForm) { n.root = strings.Repeat("-_", 21) + "8=" })
	bad("a root hash in hex", "NotCanonical", func(n *noteForm) { n.root = strings.Repeat("0", 64) })
	bad("a fourth line", "Format", func(n *noteForm) { n.root += "\nextension" })
}

// addRawCheckpoints adds what is wrong with the lines as a whole.
func addRawCheckpoints(m noteMaker) {
	const malformed = "code-malformed"
	whole := aCheckpoint().by(issuerKey(logKey)).String()
	m.bad("nothing", "Truncated", malformed, "")
	m.bad("two lines", "Truncated", malformed, strings.Join(strings.SplitAfter(whole, "\n")[:2], ""))
	m.bad("no line end after the third line", "Truncated", malformed, strings.TrimSuffix(aCheckpoint().text(), "\n"))
	m.bad("no empty line", "Format", malformed, strings.Replace(whole, "\n\n", "\n", 1))
	m.bad("line ends of two characters", "LineEnd", malformed, strings.ReplaceAll(whole, "\n", "\r\n"))
	m.bad("an empty line before it", "Format", malformed, "\n"+whole)
	m.bad("a byte order mark", "Format", malformed, "\ufeff"+whole)
	m.bad("4097 bytes", "Limit", malformed, filled(4097).String())
}

// addCheckpointSignatures adds signatures that do not hold, or are not the log's.
func addCheckpointSignatures(m noteMaker) {
	const refused = "bad-signature"
	n, log := aCheckpoint(), issuerKey(logKey)
	signed := n.by(log)
	bad := func(comment, flags string, n noteForm) { m.bad(comment, flags, refused, n.String()) }
	m.bad("the three lines alone", "Signature", refused, n.text())
	bad("no signature line after the empty line", "Signature", n)
	bad("by a key in no trust root", "Signer", n.by(stranger()))
	bad("by a key without the role", "Signer", n.by(issuerKey(2)))
	bad("by a log key that was compromised since", "Signer", n.by(compromisedSigner()))
	other := n.by(log)
	other.origin = originOf(ledgerID("another ledger"), 1)
	bad("of another log, with this one's name", "Signature", other)
	other.origin = originOf(ledgerID(journalLedger), 2)
	bad("of the epoch before", "Signature Recovery", other)
	renamed := n.with(other.origin, log, plainSignature(log, []byte(n.text())))
	bad("under the name of another epoch", "Signature Recovery", renamed)
	changed := signed
	changed.size = "6"
	bad("changed after it was signed: the size", "Signature", changed)
	changed = signed
	changed.root = base64Of(zeros(32))
	bad("changed after it was signed: the root hash", "Signature", changed)
	signature := plainSignature(log, []byte(n.text()))
	bad("a bit is wrong", "Signature", n.with(n.origin, log, flipped(signature, 20, 1)))
	bad("S and the group order added up", "Signature", n.with(n.origin, log, withOrder(signature)))
	bad("63 bytes", "Signature", n.with(n.origin, log, signature[:63]))
	bad("65 bytes", "Signature", n.with(n.origin, log, cat(signature, 0)))
	bad("no bytes after the key ID", "Signature", n.with(n.origin, log, nil))
	bad("one line does not verify, one does", "Signature", n.with(n.origin, log, zeros(64)).by(log))
	bad("two keys, the second line does not verify", "Signature", n.by(log).with(n.origin, issuerKey(retiredKey), zeros(64)))
	bad("with the label of an entry", "Signature", n.with(n.origin, log, log.sign("TS1/leaf", []byte(n.text()))))
	bad("over the text without the last line end", "Signature", n.with(n.origin, log, plainSignature(log, []byte(strings.TrimSuffix(n.text(), "\n")))))
	bad("the log's key ID and signature under a witness's name", "Signer", n.line(n.named("w", log, signature)))
	bad("by a key of another suite", "Signer Suite", n.by(issuerKey(otherSuiteKey)))
}

// addSignatureLines adds lines that have another form.
func addSignatureLines(m noteMaker) {
	const refused = "bad-signature"
	n := aCheckpoint()
	signed := n.by(issuerKey(logKey))
	line := signed.signatures[0]
	bad := func(comment, flags, line string) { m.bad(comment, flags, refused, n.line(line).String()) }
	bad("a hyphen for the dash", "Format", strings.Replace(line, "\u2014", "-", 1))
	bad("two spaces after the dash", "Format", strings.Replace(line, " ", "  ", 1))
	bad("two spaces before the signature", "Format", strings.Replace(line, "/1 ", "/1  ", 1))
	bad("no line end", "Truncated", strings.TrimSuffix(line, "\n"))
	bad("a signature without its =", "NotCanonical", strings.Replace(line, "=", "", 1))
	at := strings.Index(line, "=") - 1
	bad("a signature with a filling bit", "NotCanonical", line[:at]+string(line[at]+1)+line[at+1:])
	bad("a space at its end", "Format", strings.TrimSuffix(line, "\n")+" \n")
	bad("a tab in a witness's name", "Format", line+"\u2014 w\t1 AAAAAAA=\n")
	bad("a no-break space in a witness's name", "Format", line+"\u2014 w\u00a01 AAAAAAA=\n")
	bad("a plus in a witness's name", "Format", line+"\u2014 w+1 AAAAAAA=\n")
	bad("a witness without a name", "Format", line+"\u2014  AAAAAAA=\n")
	bad("a witness's line of 4 bytes", "Format", line+"\u2014 w AAAAAA==\n")
	bad("a witness's line with a filling bit", "NotCanonical", line+"\u2014 w AAAAAAB=\n")
	bad("a witness's line without a signature", "Format", line+"\u2014 w\n")
	bad("an empty line at the end", "Trailing", line+"\n")
	bad("a second note below it", "Trailing", line+"\n"+line)
	bad("text at the end", "Trailing", line+"text\n")
	m.bad("two empty lines", "Format", refused, strings.Replace(signed.String(), "\n\n", "\n\n\n", 1))
	m.bad("101 signature lines", "Limit", refused, witnessed(signed, 100).String())
	m.invalid("no UTF-8 in a witness's name", "Format", fields{{"bytes", hexed(cat(signed.String(), "\u2014 w\xff AAAAAAA=\n"))}}, refused)
	extended := n
	extended.root += "\n\nmore"
	m.bad("the log key signed an empty line and more", "Signature", refused, extended.by(issuerKey(logKey)).String())
}
