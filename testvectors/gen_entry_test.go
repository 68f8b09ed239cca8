package testvectors_test

import (
	"bytes"
	"fmt"
	"strings"
)

// An entryMaker adds tests of single entries.
type entryMaker struct{ *vectorGroup }

func newEntryMaker(name string) entryMaker {
	return entryMaker{&vectorGroup{name: name, operation: "entry", context: journalContext()}}
}

func (m entryMaker) good(comment, flags string, e entryForm) {
	m.valid(comment, flags, fields{{"record", hexed(e.record())}}, e.output())
}

func (m entryMaker) bad(comment, flags, err string, record []byte) {
	m.invalid(comment, flags, fields{{"record", hexed(record)}}, err)
}

// changedEntry is firstEntry with a change.
func changedEntry(change func(*entryForm)) entryForm {
	e := firstEntry()
	change(&e)
	return e
}

func nested(levels int) string { return strings.Repeat("[", levels) + strings.Repeat("]", levels) }

func entryGroup() *vectorGroup {
	m := newEntryMaker("Entries")
	good := func(comment, flags string, change func(*entryForm)) { m.good(comment, flags, changedEntry(change)) }
	m.good("an officer's", "", firstEntry().by(issuerKey(2)))
	m.good("of what a device proved: nobody signed", "", firstEntry())
	m.good("of the root key", "Signer", firstEntry().by(issuerKey(1)))
	m.good("by a key that was retired since", "Signer", firstEntry().by(issuerKey(retiredKey)))
	m.good("by a key that was compromised since", "Signer", firstEntry().by(issuerKey(compromisedKey)))
	good("the last number there is", "Limit", func(e *entryForm) { e.number = u64(mostEntries) })
	good("no time", "Limit", func(e *entryForm) { e.time = zeros(8) })
	good("the largest time", "Limit", func(e *entryForm) { e.time = bytes.Repeat([]byte{255}, 8) })
	good("a kind of one byte, an actor of one byte, no subject", "Limit", func(e *entryForm) { e.kind, e.actor, e.subject = "k", "a", "" })
	good("a kind of 64 bytes", "Limit", func(e *entryForm) { e.kind = strings.Repeat("k", 64) })
	good("an actor of 256 bytes", "Limit", func(e *entryForm) { e.actor = strings.Repeat("a", 256) })
	good("a subject of 512 bytes", "Limit", func(e *entryForm) { e.subject = strings.Repeat("s", 512) })
	good("texts in other scripts, and what a terminal would obey", "Name", func(e *entryForm) { e.actor, e.subject = "Zo\u00eb \u4f60", "\x1b[2J\u202e\r\n\x7f\ufeff" })
	good("a body of 1048576 bytes", "Limit", func(e *entryForm) { e.body = `"` + strings.Repeat("b", mostBody-2) + `"` })
	for _, body := range []string{"{}", `""`, "12", "-0.5e+3", "true", " null", "[\t1,\r\n2 ]"} {
		good(fmt.Sprintf("the body %q", body), "JSON", func(e *entryForm) { e.body = body })
	}
	good("a name that is given twice, and half a surrogate pair", "JSON", func(e *entryForm) { e.body = `{"a":1,"a":"\ud800"}` })
	good("10000 lists in one another", "JSON Limit", func(e *entryForm) { e.body = nested(10000) })
	return m.vectorGroup
}

func brokenEntryGroup() *vectorGroup {
	m := newEntryMaker("Entries that are refused")
	addEntryForms(m)
	addRawEntries(m)
	addEntrySignatures(m)
	return m.vectorGroup
}

// addEntryForms adds what is wrong with a field.
func addEntryForms(m entryMaker) {
	const malformed = "code-malformed"
	bad := func(comment, flags string, change func(*entryForm)) {
		m.bad(comment, flags, malformed, changedEntry(change).record())
	}
	bad("number 0", "Limit", func(e *entryForm) { e.number = zeros(8) })
	bad("number 4294967296", "Limit", func(e *entryForm) { e.number = u64(mostEntries + 1) })
	bad("a number of 4 bytes", "Format", func(e *entryForm) { e.number = e.number[4:] })
	bad("a previous hash of 31 bytes", "Format", func(e *entryForm) { e.previous = e.previous[1:] })
	bad("a time of 9 bytes", "Format", func(e *entryForm) { e.time = cat(0, e.time) })
	bad("no kind", "Limit", func(e *entryForm) { e.kind = "" })
	bad("65 bytes of kind", "Limit", func(e *entryForm) { e.kind = strings.Repeat("k", 65) })
	bad("no actor", "Limit", func(e *entryForm) { e.actor = "" })
	bad("257 bytes of actor", "Limit", func(e *entryForm) { e.actor = strings.Repeat("a", 257) })
	bad("513 bytes of subject", "Limit", func(e *entryForm) { e.subject = strings.Repeat("s", 513) })
	bad("a kind with U+0000", "Name", func(e *entryForm) { e.kind = "a\x00" })
	bad("an actor that is no UTF-8", "Name", func(e *entryForm) { e.actor = "a\xff" })
	bad("a subject with a surrogate in UTF-8", "Name", func(e *entryForm) { e.subject = "\xed\xa0\x80" })
	bad("a signer of zeros", "Signer", func(e *entryForm) { *e = e.by(issuerKey(2)); e.signer = zeros(32) })
	bad("a signer of 31 bytes", "Signer", func(e *entryForm) { *e = e.by(issuerKey(2)); e.signer = e.signer[1:] })
	bad("a signer and no signature", "Signer", func(e *entryForm) { *e = e.by(issuerKey(2)); e.signatureBytes = nil })
	bad("a signature and no signer", "Signer", func(e *entryForm) { *e = e.by(issuerKey(2)); e.signer = nil })
	bad("a signature of 63 bytes", "Signature", func(e *entryForm) { *e = e.by(issuerKey(2)); e.signatureBytes = e.signatureBytes[:63] })
	bad("a signature of 65 bytes", "Signature", func(e *entryForm) { *e = e.by(issuerKey(2)); e.signatureBytes = cat(e.signatureBytes, 0) })
	bad("a content of 33 bytes", "Format", func(e *entryForm) { e.content = cat(e.content, 0) })
	bad("a body of 1048577 bytes", "Limit", func(e *entryForm) { e.body = `"` + strings.Repeat("b", mostBody-1) + `"` })
	bad("10001 lists in one another", "JSON Limit", func(e *entryForm) { e.body = nested(10001) })
	for _, x := range []struct{ comment, body string }{{"no body", ""}, {"a body of one byte", "1"}, {"a body that ends early", `{"a":1`}, {"a body of two values", "1 2"},
		{"a comma too many", "[1,]"}, {"a number with a zero before it", "[01]"}, {"a name without quotes", "{a:1}"}, {"a line end in a string", "\"a\nb\""},
		{"an unknown escape", `"\x41"`}, {"a byte order mark", "\ufeff{}"}, {"a string that is no UTF-8", "\"\xff\""}, {"no number", "[NaN]"}, {"another space", "[1,\u00a02]"}} {
		bad(x.comment, "JSON", func(e *entryForm) { e.body = x.body })
	}
}

// addRawEntries adds what is wrong with the bytes.
func addRawEntries(m entryMaker) {
	const malformed, label = "code-malformed", "TS1/leaf"
	e := firstEntry()
	record := e.record()
	all := append(e.signedFields(), nil)
	m.bad("nothing", "Truncated", malformed, nil)
	m.bad("the label alone", "Truncated", malformed, record[:9])
	m.bad("it ends in the body", "Truncated", malformed, record[:170])
	m.bad("it ends a byte early", "Truncated", malformed, record[:len(record)-1])
	m.bad("a byte after it", "Trailing", malformed, cat(record, 0))
	m.bad("nine fields: what is signed", "Format", malformed, labeled(label, e.signedFields()...))
	m.bad("eleven fields", "Format", malformed, labeled(label, append(all, nil)...))
	m.bad("ten fields that say they are eleven", "Format", malformed, cat(record[:9], u64(11), record[17:]))
	m.bad("the label of a trust root", "Format", malformed, labeled("TS1/root", all...))
	m.bad("no zero byte after the label", "Format", malformed, cat(label, pae(all...)))
	m.bad("a field that is longer than memory", "Format", malformed, cat(record[:17], bytes.Repeat([]byte{255}, 8), record[25:]))
}

// addEntrySignatures adds signatures that do not hold.
func addEntrySignatures(m entryMaker) {
	const refused = "bad-signature"
	good := firstEntry().by(issuerKey(2))
	with := func(comment, flags string, e entryForm) { m.bad(comment, flags, refused, e.record()) }
	signed := func(comment string, signature []byte) {
		e := good
		e.signatureBytes = signature
		with(comment, "Signature", e)
	}
	with("by a key in no trust root", "Signer", firstEntry().by(stranger()))
	suite3 := firstEntry()
	suite3.signer = fingerprintOf(3, issuerKey(otherSuiteKey).public)
	suite3.signatureBytes = issuerKey(otherSuiteKey).sign("TS1/leaf", suite3.signedFields()...)
	with("by a key of another suite", "Signer Suite", suite3)
	other := good
	other.signer = fingerprintOf(1, issuerKey(1).public)
	with("another key is named", "Signer", other)
	for _, at := range []int{0, 31, 32, 63} {
		signed(fmt.Sprintf("a bit of byte %d is wrong", at), flipped(good.signatureBytes, at, 3))
	}
	signed("S and the group order added up", withOrder(good.signatureBytes))
	signed("all zeros", zeros(64))
	signed("over all ten fields, the last one empty", issuerKey(2).sign("TS1/leaf", append(good.signedFields(), nil)...))
	signed("over the fields without the signer", issuerKey(2).sign("TS1/leaf", firstEntry().signedFields()...))
	signed("for a trust root", issuerKey(2).sign("TS1/root", good.signedFields()...))
	signed("over the hash of the entry", plainSignature(issuerKey(2), leafHash(good.record())))
	for _, x := range []struct {
		comment string
		change  func(*entryForm)
	}{{"number", func(e *entryForm) { e.number = u64(2) }}, {"previous", func(e *entryForm) { e.previous = flipped(e.previous, 31, 0) }},
		{"time", func(e *entryForm) { e.time = u64(journalTime + 1) }}, {"kind", func(e *entryForm) { e.kind = "receive" }}, {"actor", func(e *entryForm) { e.actor = "bob" }},
		{"subject", func(e *entryForm) { e.subject = "AC-100:R2" }}, {"body", func(e *entryForm) { e.body = "{}" }},
		{"content", func(e *entryForm) { e.content = flipped(e.content, 0, 7) }},
		{"border of actor and subject", func(e *entryForm) { e.actor, e.subject = "aliceA", "C-100:R1" }}} {
		e := good
		x.change(&e)
		with("changed after it was signed: "+x.comment, "Signature", e)
	}
	e := changedEntry(func(e *entryForm) { e.body = "{" }).by(stranger())
	m.bad("a body that is no JSON, and a stranger's signature", "Order", "code-malformed", e.record())
}
