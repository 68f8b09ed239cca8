package testvectors_test

import (
	"fmt"
	"slices"
)

// A booksForm is what an issuer knows of a device.
type booksForm struct {
	device                    *device
	issued                    []issuedForm
	floor, position           int
	x                         []byte
	seen, current, statements int
	sum                       []byte
	suspect, quarantined      bool
	loss                      lossForm
}

// An issuedForm is one authorization in the books.
type issuedForm struct {
	number  int
	digest  []byte
	dead    bool
	rebased bool // the numbers before it were lost
}

// issuedTo makes books in which the numbers from 1 to n were issued.
func issuedTo(d *device, n int) booksForm {
	b := booksForm{device: d, sum: zeros(8)}
	for number := 1; number <= n; number++ {
		b.issued = append(b.issued, issuedForm{number: number, digest: issuedSum(number)})
	}
	return b
}

// issuedSum stands for the digest of an authorization.
func issuedSum(number int) []byte { return secret(fmt.Sprintf("authorization %d", number))[:8] }

func (b booksForm) identity() fields {
	return fields{{"udi", string(b.device.udi)}, {"publicKey", hexed(b.device.key.public)}, {"anchor", hexed(b.device.anchor)}}
}

// state is everything about the device that changes.
func (b booksForm) state() fields {
	issued := []fields{}
	for _, i := range b.issued {
		entry := fields{{"number", i.number}, {"digest", hexed(i.digest)}}
		if i.dead {
			entry = append(entry, field{"dead", true})
		}
		if i.rebased {
			entry = append(entry, field{"rebased", true})
		}
		issued = append(issued, entry)
	}
	return fields{{"issued", issued}, {"floor", b.floor}, {"position", b.position}, {"x", hexed(b.x)}, {"seen", b.seen}, {"current", b.current},
		{"statements", b.statements}, {"sum", hexed(b.sum)}, {"suspect", b.suspect}, {"quarantined", b.quarantined}}
}

// whole is state, and what there is of a write-off.
func (b booksForm) whole() fields {
	if b.loss == (lossForm{}) {
		return b.state()
	}
	return append(b.state(), b.loss.fields()...)
}

// at has the books know a position.
func (b booksForm) at(position int) booksForm {
	b.position, b.x = position, b.device.x[position]
	return b
}

// rebased adds an authorization before which numbers were lost.
func (b booksForm) rebased(number int) booksForm {
	b.issued = append(slices.Clone(b.issued), issuedForm{number: number, digest: issuedSum(number), rebased: true})
	return b
}

// kill marks numbers dead.
func (b booksForm) kill(numbers ...int) booksForm {
	b.issued = slices.Clone(b.issued)
	for i := range b.issued {
		b.issued[i].dead = b.issued[i].dead || slices.Contains(numbers, b.issued[i].number)
	}
	return b
}

// differences are the fields that b has otherwise than before.
func (b booksForm) differences(before booksForm) fields {
	return differing(before.whole(), b.whole())
}

// A booksMaker adds tests of codes that come to an issuer.
type booksMaker struct {
	*vectorGroup
	books booksForm
}

func newBooksMaker(name, operation string, b booksForm) booksMaker {
	return booksMaker{&vectorGroup{name: name, operation: operation, context: fields{{"books", append(b.identity(), b.whole()...)}}}, b}
}

// takes adds a receipt: err is how it is refused, after how the books are then.
func (m booksMaker) takes(comment, flags string, before booksForm, position int, known bool, err string, after booksForm) {
	v := &vector{comment: comment, flags: []string{}, result: "valid"}
	v.input = append(fields{{"body", hexed(m.books.device.receipt(position))}}, before.differences(m.books)...)
	if flags != "" {
		v.flags = []string{flags}
	}
	if err != "" {
		v.result, v.err = "invalid", err
	}
	v.output = fields{{"position", position}, {"known", known}, {"books", after.differences(before)}}
	m.add(v)
}

func receiptVectors() *vectorFile {
	return &vectorFile{
		name:   "receipt",
		about:  "Confirmations, returns and cancellations in the books of an issuer.",
		source: "reserve/SPEC.md, Receipt, Receipt chain, Issuer",
		groups: []*vectorGroup{emptyBooksGroup(), positionGroup(), foreignReceiptGroup(), suspectReceiptGroup(), recoveredReceiptGroup(), mistypedReceiptGroup(),
			lostReceiptGroup()},
	}
}

// after is how a receipt at a position leaves books that it may credit.
func (b booksForm) after(position int) booksForm {
	b = b.at(position)
	b.floor = max(b.floor, (position+1)/2)
	return b
}

func emptyBooksGroup() *vectorGroup {
	m := newBooksMaker("Nothing was issued", "receipt", issuedTo(exampleDevice(), 0))
	for _, p := range []int{1, 3, 5, 129, 1001, 2045, 2047} {
		m.takes(fmt.Sprintf("position %d: everything through %d is dead", p, (p-1)/2), "Position", m.books, p, false, "", m.books.after(p))
	}
	for _, p := range []int{2, 4, 1000, 2046} {
		after := m.books.at(p)
		after.suspect = true
		m.takes(fmt.Sprintf("position %d: number %d, which was never issued, is installed", p, p/2), "Position", m.books, p, false, "device-suspect", after)
	}
	return m.vectorGroup
}

// positionGroup is about books that know some position.
func positionGroup() *vectorGroup {
	m := newBooksMaker("Numbers 1 to 4 were issued", "receipt", issuedTo(exampleDevice(), 4))
	for p := 1; p <= 9; p++ {
		what := fmt.Sprintf("confirms %d", p/2)
		if p%2 == 1 {
			what = fmt.Sprintf("returns or cancels through %d", (p-1)/2)
		}
		m.takes(fmt.Sprintf("position %d: %s", p, what), "Position", m.books, p, false, "", m.books.after(p))
	}
	for _, p := range []int{11, 2047} {
		m.takes(fmt.Sprintf("position %d: numbers that were never issued are canceled", p), "Position", m.books, p, false, "", m.books.after(p))
	}
	for _, p := range []int{10, 2046} {
		after := m.books.at(p)
		after.suspect = true
		m.takes(fmt.Sprintf("position %d: number %d was never issued", p, p/2), "Position", m.books, p, false, "device-suspect", after)
	}
	m.bad("no position, searched for through the whole chain", "Foreign", receiptBody(m.books.device.did, zeros(10)), "receipt-mismatch")
	known := m.books.after(5)
	for p := 1; p <= 5; p++ {
		m.takes(fmt.Sprintf("position %d, 5 is known", p), "Known", known, p, true, "", known)
	}
	for p := 6; p <= 9; p++ {
		m.takes(fmt.Sprintf("position %d, 5 is known", p), "Known", known, p, false, "", known.after(p))
	}
	known = m.books.after(2046)
	m.takes("position 2046, which is known", "Known", known, 2046, true, "", known)
	m.takes("position 2047, 2046 is known", "Known", known, 2047, false, "", known.after(2047))
	m.takes("position 1, 2046 is known", "Known", known, 1, true, "", known)
	reported := m.books.at(3)
	reported.floor, reported.seen = 9, 9
	m.takes("position 12: number 6 was never issued, and is dead", "Known", reported, 12, false, "", reported.after(12))
	after := reported.at(18)
	after.suspect = true
	m.takes("position 18: number 9 was never issued, and is not dead", "Known", reported, 18, false, "device-suspect", after)
	return m.vectorGroup
}

// foreignReceiptGroup is about receipts that prove nothing, and bytes that are none.
func foreignReceiptGroup() *vectorGroup {
	d := exampleDevice()
	// A search through the whole chain takes a second; after position 1900 it is short.
	m := newBooksMaker("Receipts that prove nothing", "receipt", issuedTo(d, 4).after(1900))
	bad := func(comment, flags, err string, body []byte) { m.bad(comment, flags, body, err) }
	const flag, mismatch = "Foreign", "receipt-mismatch"
	for _, x := range []struct {
		name              string
		position, at, bit int
	}{{"the first bit", 3, 0, 7}, {"the last bit of the DID", 1901, 2, 4}, {"the first bit of the secret", 1901, 2, 3}, {"the last bit", 3, 12, 4}} {
		bad(fmt.Sprintf("position %d, %s is wrong", x.position, x.name), flag, mismatch, flipped(d.receipt(x.position), x.at, x.bit))
	}
	bad("the end of the chain, which is never shown", flag, mismatch, d.receipt(2048))
	other := newDevice(secret("another device"), "AC-100:FOC2440A1B8")
	bad("another device, its secret under our 20 bits", flag, mismatch, receiptBody(d.did, other.x[1901]))
	bad("our secret under the 20 bits of another device", flag, mismatch, receiptBody(other.did, d.x[1901]))
	copied := newDevice(d.seed, "AC-100:FOC2440A1B8")
	bad("a device with the same seed and another UDI", flag, mismatch, copied.receipt(1901))
	step := digest("TS1/floor", d.salt, u16(1901), d.x[1903])[:10]
	bad("a step of the chain left out", flag, mismatch, receiptBody(d.did, step))
	const form = "Format"
	body := d.receipt(7)
	bad("nothing", form, "code-malformed", nil)
	bad("12 bytes", form, "code-malformed", body[:12])
	bad("14 bytes", form, "code-malformed", cat(body, 0))
	for bit := range 4 {
		bad(fmt.Sprintf("bit %d after the 100 is not zero", 3-bit), form, "code-malformed", flipped(body, 12, bit))
	}
	return m.vectorGroup
}

// suspectReceiptGroup is about devices that something is wrong with.
func suspectReceiptGroup() *vectorGroup {
	d := exampleDevice()
	suspect := issuedTo(d, 2).at(10)
	suspect.suspect = true
	m := newBooksMaker("A suspect device: number 5, which was never issued, is confirmed", "receipt", suspect)
	const flag = "Suspect"
	for _, p := range []int{9, 10} {
		m.takes(fmt.Sprintf("position %d, 10 is known", p), flag, suspect, p, true, "device-suspect", suspect)
	}
	m.takes("position 12: it holds something still", flag, suspect, 12, false, "device-suspect", suspect.at(12))
	cleared := suspect.after(11)
	cleared.suspect = false
	m.takes("position 11: it holds nothing any more", flag, suspect, 11, false, "", cleared)
	cleared = suspect.after(2047)
	cleared.suspect = false
	m.takes("position 2047: it holds nothing any more", flag, suspect, 2047, false, "", cleared)
	reported := issuedTo(d, 2).at(3)
	reported.suspect, reported.seen, reported.current, reported.statements, reported.sum = true, 8, 7, 1, secret("sum")[:8]
	m.takes("a report made it suspect: position 13 is from before it", flag, reported, 13, false, "device-suspect", reported.at(13))
	cleared = reported.after(15)
	cleared.suspect = false
	m.takes("a report made it suspect: position 15 is the return", flag, reported, 15, false, "", cleared)
	quarantined := issuedTo(d, 4).after(5)
	quarantined.quarantined = true
	for _, p := range []int{5, 7, 8, 10} {
		m.takes(fmt.Sprintf("quarantined, position %d", p), flag, quarantined, p, p <= 5, "device-quarantined", quarantined)
	}
	both := quarantined
	both.suspect = true
	m.takes("quarantined and suspect", flag, both, 7, false, "device-quarantined", both)
	m.takes("quarantined and suspect, a known position", flag, both, 4, true, "device-quarantined", both)
	return m.vectorGroup
}

// recoveredReceiptGroup is about books that lost their newest part.
func recoveredReceiptGroup() *vectorGroup {
	m := newBooksMaker("A ledger that was put back: 1 and 2 are issued, and 66 is rebased", "receipt", issuedTo(exampleDevice(), 2).rebased(66))
	const flag = "Recovery"
	for _, p := range []int{2, 4, 5, 6, 20, 21, 130, 131, 132, 133} {
		what := fmt.Sprintf("confirms %d", p/2)
		if p%2 == 1 {
			what = fmt.Sprintf("returns or cancels through %d", p/2)
		}
		if p > 5 && p < 132 {
			what += ", which was lost"
		}
		m.takes(fmt.Sprintf("position %d: %s", p, what), flag, m.books, p, false, "", m.books.after(p))
	}
	after := m.books.at(134)
	after.suspect = true
	m.takes("position 134: number 67 was neither issued nor lost", flag, m.books, 134, false, "device-suspect", after)
	suspect := m.books
	suspect.suspect = true
	m.takes("a device that is suspect: number 10, which was lost, is confirmed", flag, suspect, 20, false, "device-suspect", suspect.at(20))
	return m.vectorGroup
}

// mistypedReceiptGroup is about texts that may be several receipts: the chain decides.
func mistypedReceiptGroup() *vectorGroup {
	d := exampleDevice()
	m := newBooksMaker("Receipts as they are typed", "receipt", issuedTo(d, 6))
	typed := func(comment, text string, position int) {
		after := m.books.after(position)
		m.valid(comment, "Typed", fields{{"text", text}}, fields{{"position", position}, {"known", false}, {"books", after.differences(m.books)}})
	}
	line := ungrouped(receiptLine(d.receipt(6)))
	typed("without a mistake", inGroups(line), 6)
	typed("pasted", pasteOf(3, d.receipt(6)), 6)
	typed("two wrong pairs", inGroups(changed(line, 2, 3, 20)), 6)
	typed("a character is missing", inGroups(line[:11]+line[12:]), 6)
	for i, a := range ambiguities()[6:] {
		typed("two spellings, one of which is a receipt", inGroups(a.typed), []int{4, 12}[i])
	}
	// Three wrong pairs, which read as two in another receipt.
	m.invalid("another receipt than was typed, read with two corrections", "Typed", fields{{"text", "0MYG S2Z3 PD7P A7V7 A6VJ G51N JSRG"}}, "receipt-mismatch")
	return m.vectorGroup
}
