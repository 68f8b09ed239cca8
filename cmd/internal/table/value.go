package table

import (
	"strconv"
	"strings"
)

// A Kind says what the cells of a column are, and with that how they are aligned and written.
type Kind uint8

// The kinds of a column. A Value of another kind than its column's is written as what it is.
const (
	KindText   Kind = iota
	KindNumber      // whole numbers, aligned to the right
	KindDate        // days as 2029-11-21, or times in RFC 3339
	KindFlag        // yes or no
	KindCounts      // how many of what: "dna-advantage=4 ports=24"
	KindObject      // JSON, which is an object in JSON and its text elsewhere
)

// String names the kind, as the HTML page does.
func (k Kind) String() string {
	return [...]string{"text", "number", "date", "flag", "counts", "object"}[k]
}

// A Tone marks a value that somebody should see, with a color in HTML and nothing elsewhere: what
// it says must be clear without.
type Tone uint8

// The tones.
const (
	Plain Tone = iota
	Good
	Warn
	Bad
)

var toneClasses = [...]string{"", "good", "warn", "bad"}

// A Value is one cell. The zero Value is a cell with nothing in it.
type Value struct {
	text   string
	number int64
	whole  int64 // that number is a part of, 0 where it is none
	open   int64 // part of number
	kind   valueKind
	tone   Tone
}

// In returns v with a tone.
func (v Value) In(t Tone) Value {
	v.tone = t
	return v
}

// Of says that a number is a part of a whole, which HTML shows as a small bar below it. The pale
// end of the bar is what of the number is still open.
func (v Value) Of(whole, open int64) Value {
	v.whole, v.open = whole, open
	return v
}

// hasBar reports whether v is a part of a whole as it can be.
func (v Value) hasBar() bool {
	return v.kind == isNumber && v.whole > 0 && v.open >= 0 && v.number >= v.open && v.whole >= v.number
}

// percent is a part of the whole.
func (v Value) percent(part int64) string {
	return strconv.FormatFloat(100*float64(part)/float64(v.whole), 'f', 2, 64)
}

type valueKind uint8

const (
	nothing valueKind = iota
	isText
	isNumber
	isDate
	isFlag
	isCounts
	isObject
)

// Text is a cell with text, which may come from outside; without any it is nothing.
func Text(s string) Value {
	if s == "" {
		return Value{}
	}
	return Value{text: s, kind: isText}
}

// Number is a cell with a whole number.
func Number(n int64) Value { return Value{number: n, kind: isNumber} }

// Date is a cell with a day (2029-11-21) or a time (2029-11-21T09:00:00Z); "" is nothing.
func Date(s string) Value {
	if s == "" {
		return Value{}
	}
	return Value{text: s, kind: isDate}
}

// Flag is a cell that says yes or no.
func Flag(on bool) Value {
	v := Value{kind: isFlag}
	if on {
		v.number = 1
	}
	return v
}

// A Count is how many there are of what a tag names.
type Count struct {
	Tag string // without spaces and equals signs
	N   uint64
}

// Counts is a cell with several counts; without any it is nothing.
func Counts(list []Count) Value {
	var b strings.Builder
	for i, c := range list {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(c.Tag + "=" + strconv.FormatUint(c.N, 10))
	}
	return CountsText(b.String())
}

// CountsText is Counts for those that are written out already: "dna-advantage=4 ports=24".
func CountsText(s string) Value {
	if s == "" {
		return Value{}
	}
	return Value{text: s, kind: isCounts}
}

// Object is a cell with JSON; without any it is nothing. What is no JSON is written as text.
func Object(raw []byte) Value {
	if len(raw) == 0 {
		return Value{}
	}
	return Value{text: string(raw), kind: isObject}
}

// IsZero reports whether v is a cell with nothing in it.
func (v Value) IsZero() bool { return v.kind == nothing }

// String returns v as a person reads it. It is not escaped.
func (v Value) String() string {
	switch v.kind {
	case isNumber:
		return strconv.FormatInt(v.number, 10)
	case isFlag:
		if v.number == 0 {
			return "no"
		}
		return "yes"
	}
	return v.text
}

// shown is v as text and HTML show it in a column.
func (c Column) shown(v Value) string {
	if v.kind == nothing {
		return c.Empty
	}
	return v.String()
}
