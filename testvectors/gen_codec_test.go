package testvectors_test

import (
	"fmt"
	"slices"
	"strings"
)

// allKinds are the numbers of every kind in the registry.
var allKinds = []int{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}

var kindNames = []string{"", "request", "authorization", "receipt", "status report", "usage report",
	"acknowledgment", "trust root", "quota grant", "synchronization", "trust bundle"}

// aKind is the name of a kind with its article.
func aKind(kind int) string {
	if strings.ContainsAny(kindNames[kind][:1], "a") {
		return "an " + kindNames[kind]
	}
	return "a " + kindNames[kind]
}

const kindLetters = " RACSUKTGYB"

func codecVectors() *vectorFile {
	return &vectorFile{
		name:   "codec",
		about:  "Bodies as typed lines and in paste form, and back: encoding, tolerance, corrections and damage.",
		source: "reserve/SPEC.md, Codes",
		groups: slices.Concat([]*vectorGroup{encodeGroup(), foldGroup()}, textGroups(), pasteGroups(), correctionGroups()),
	}
}

// someBody is as many bytes as a test needs, the same every time.
func someBody(label string, size int) (b []byte) {
	for n := 0; len(b) < size; n++ {
		b = append(b, secret(fmt.Sprintf("body %s %d", label, n))...)
	}
	return b[:size]
}

// someReceipt is 100 bits in 13 bytes.
func someReceipt(label string) []byte {
	b := someBody(label, 13)
	b[12] &= 0xf0
	return b
}

func pasteOf(kind int, body []byte) string {
	prefix := "TS1" + kindLetters[kind:kind+1] + ":"
	if kind == 3 {
		return prefix + ungrouped(receiptLine(body))
	}
	return prefix + base32Of(payload(kind, body))
}

func linesOf(kind int, body []byte) []string {
	if kind == 3 {
		return []string{receiptLine(body)}
	}
	if p := payload(kind, body); len(p) <= 512 {
		return typedLines(kind, p)
	}
	return nil
}

func encodeGroup() *vectorGroup {
	g := &vectorGroup{name: "A body and its two forms", operation: "encode"}
	add := func(comment string, kind int, body []byte) {
		out := fields{{"lines", any(nil)}, {"paste", long(pasteOf(kind, body))}}
		if lines := linesOf(kind, body); lines != nil {
			out[0].value = lines
		}
		g.valid(comment, "", fields{{"kind", kind}, {"body", hexed(body)}}, out)
	}
	for kind := 1; kind <= 10; kind++ {
		if kind != 3 {
			add("a body of 3 bytes as "+aKind(kind), kind, someBody("short", 3))
		}
	}
	for _, size := range []int{0, 1, 2, 4, 11, 15, 16, 17, 20, 35, 36, 37, 76, 87, 488, 508} {
		add(fmt.Sprintf("a body of %d bytes, a payload of %d", size, size+4), 2, someBody("sizes", size))
	}
	add("the shortest body without typed lines", 2, someBody("sizes", 509))
	add("zero bytes", 1, zeros(36))
	add("bytes of ones", 1, []byte(strings.Repeat("\xff", 36)))
	add("a receipt", 3, someReceipt("receipt"))
	add("a receipt of zeros", 3, zeros(13))
	add("a receipt of ones", 3, []byte(strings.Repeat("\xff", 12)+"\xf0"))
	return g
}

func lineInput(text string, number int, kinds []int) fields {
	return fields{{"text", text}, {"line", number}, {"kinds", kinds}}
}

// reading is one line that a typed text may mean.
func reading(kind int, last bool, bits int, text string, cost int) fields {
	return fields{{"kind", kind}, {"last", last}, {"bits", bits}, {"text", text}, {"cost", cost}}
}
