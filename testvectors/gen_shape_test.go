package testvectors_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"strings"
	"testing"
)

// The shape of a vector file, as README.md describes it. What a test says is declared by hand in the
// gen_*_test.go files, next to how its input is made; check_*_test.go compares it with the code.

const schemaName = "tallystick/vectors/1"

// A vectorFile is one JSON file.
type vectorFile struct {
	name   string
	about  string
	source string
	groups []*vectorGroup
}

// A vectorGroup is tests of one operation that share a context.
type vectorGroup struct {
	name      string
	operation string
	context   fields
	tests     []*vector
}

// A vector is one test. Its id is its place in the file.
type vector struct {
	comment string
	flags   []string
	input   fields
	result  string // valid, corrected or invalid
	err     string // invalid: the refusal
	at      fields // invalid: line, group, actual
	output  fields
	also    fields // corrected, corrections, candidates
}

// fields is an object whose fields keep their order.
type fields []field

type field struct {
	name  string
	value any
}

// hexed marks bytes that are written as hex.
type hexed []byte

// long marks text that is written in parts where it repeats itself.
type long string

func (g *vectorGroup) add(v *vector) *vector {
	g.tests = append(g.tests, v)
	return v
}

func (g *vectorGroup) valid(comment string, flags string, input, output fields) *vector {
	return g.add(&vector{comment: comment, flags: strings.Fields(flags), input: input, result: "valid", output: output})
}

func (g *vectorGroup) invalid(comment string, flags string, input fields, err string) *vector {
	return g.add(&vector{comment: comment, flags: strings.Fields(flags), input: input, result: "invalid", err: err})
}

// encodeJSON returns a value on one line. What would be escaped for HTML is left alone.
func encodeJSON(v any) string {
	switch v := v.(type) {
	case fields:
		parts := make([]string, len(v))
		for i, f := range v {
			parts[i] = encodeJSON(f.name) + ": " + encodeJSON(f.value)
		}
		return "{" + strings.Join(parts, ", ") + "}"
	case []fields:
		return encodeList(v)
	case []string:
		return encodeList(v)
	case []hexed:
		return encodeList(v)
	case []int:
		return encodeList(v)
	case []any:
		return encodeList(v)
	case hexed:
		return encodeJSON(long(hex.EncodeToString(v)))
	case long:
		return encodeLong(string(v))
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		panic(err)
	}
	return strings.TrimSpace(b.String())
}

func encodeList[T any](list []T) string {
	parts := make([]string, len(list))
	for i, x := range list {
		parts[i] = encodeJSON(x)
	}
	return "[" + strings.Join(parts, ", ") + "]"
}

// wide is from how many characters on an object is written with one field a line.
const wide = 150

// encodeBlock is encodeJSON with line breaks in what is long.
func encodeBlock(v any, indent string) string {
	one := encodeJSON(v)
	if len(one) <= wide {
		return one
	}
	inner := indent + "  "
	var parts []string
	brackets := "[]"
	switch v := v.(type) {
	case fields:
		if len(v) == 1 { // lines of its own would make it no clearer
			return "{" + encodeJSON(v[0].name) + ": " + encodeBlock(v[0].value, indent) + "}"
		}
		brackets = "{}"
		for _, f := range v {
			parts = append(parts, encodeJSON(f.name)+": "+encodeBlock(f.value, inner))
		}
	case []fields:
		for _, f := range v {
			parts = append(parts, encodeBlock(f, inner))
		}
	case []hexed:
		for _, f := range v {
			parts = append(parts, encodeBlock(f, inner))
		}
	case []string:
		for _, s := range v {
			parts = append(parts, encodeJSON(s))
		}
	default:
		return one
	}
	return brackets[:1] + "\n" + inner + strings.Join(parts, ",\n"+inner) + "\n" + indent + brackets[1:]
}

// encode returns the file as it is committed.
func (f *vectorFile) encode() string {
	var groups []string
	id := 0
	for _, g := range f.groups {
		var tests []string
		for _, v := range g.tests {
			id++
			tests = append(tests, "        "+encodeBlock(v.fields(id), "        "))
		}
		head := fields{{"name", g.name}, {"operation", g.operation}}
		if g.context != nil {
			head = append(head, field{"context", g.context})
		}
		var b strings.Builder
		b.WriteString("    {\n")
		for _, x := range head {
			b.WriteString("      " + encodeJSON(x.name) + ": " + encodeBlock(x.value, "      ") + ",\n")
		}
		b.WriteString("      \"tests\": [\n" + strings.Join(tests, ",\n") + "\n      ]\n    }")
		groups = append(groups, b.String())
	}
	var b strings.Builder
	b.WriteString("{\n")
	for _, x := range (fields{{"schema", schemaName}, {"about", f.about}, {"source", f.source}, {"numberOfTests", id}}) {
		b.WriteString("  " + encodeJSON(x.name) + ": " + encodeJSON(x.value) + ",\n")
	}
	b.WriteString("  \"flags\": " + encodeFlags(f) + ",\n")
	b.WriteString("  \"groups\": [\n" + strings.Join(groups, ",\n") + "\n  ]\n}\n")
	return b.String()
}

func encodeFlags(f *vectorFile) string {
	var all fields
	seen := map[string]bool{}
	for _, g := range f.groups {
		for _, v := range g.tests {
			for _, name := range v.flags {
				if !seen[name] {
					all = append(all, field{name, flagMeanings[name]})
				}
				seen[name] = true
			}
		}
	}
	if len(all) == 0 {
		return "{}"
	}
	parts := make([]string, len(all))
	for i, x := range all {
		parts[i] = "    " + encodeJSON(x.name) + ": " + encodeJSON(x.value)
	}
	return "{\n" + strings.Join(parts, ",\n") + "\n  }"
}

func (v *vector) fields(id int) fields {
	flags := v.flags
	if flags == nil {
		flags = []string{}
	}
	f := fields{{"id", id}, {"comment", v.comment}, {"flags", flags}, {"input", v.input}, {"result", v.result}}
	if v.err != "" {
		f = append(f, field{"error", v.err})
	}
	f = append(f, v.at...)
	if v.output != nil {
		f = append(f, field{"output", v.output})
	}
	return append(f, v.also...)
}

// repeats is how much shorter a text has to get by being written in parts.
const repeats = 400

// encodeLong writes a text, in parts where a piece of it repeats itself for long.
func encodeLong(s string) string {
	var parts []string
	plain := 0
	for i := 0; i < len(s); {
		unit, times := repetition(s[i:])
		if unit*times < repeats {
			i++
			continue
		}
		if plain < i {
			parts = append(parts, encodeJSON(s[plain:i]))
		}
		parts = append(parts, encodeJSON(fields{{"repeat", s[i : i+unit]}, {"times", times}}))
		i += unit * times
		plain = i
	}
	if parts == nil {
		return encodeJSON(s)
	}
	if plain < len(s) {
		parts = append(parts, encodeJSON(s[plain:]))
	}
	return "[" + strings.Join(parts, ", ") + "]"
}

// repetition returns the piece, of up to 16 characters, that repeats itself longest at the
// beginning of s.
func repetition(s string) (unit, times int) {
	for u := 1; u <= 16 && 2*u <= len(s); u++ {
		n := u
		for n < len(s) && s[n] == s[n-u] {
			n++
		}
		if n/u*u > unit*times {
			unit, times = u, n/u
		}
	}
	return unit, times
}

// TestLongTextIsWrittenInParts shows that nothing is lost.
func TestLongTextIsWrittenInParts(t *testing.T) {
	for _, s := range []string{"", "abc", strings.Repeat("ab", 300), "x" + strings.Repeat("000", 300) + "0y"} {
		var v any
		if err := json.Unmarshal([]byte(encodeLong(s)), &v); err != nil {
			t.Fatal(err)
		}
		if got, err := joinedText(v); got != s || err != nil {
			t.Errorf("%.20q … came back as %.20q …, %v", s, got, err)
		}
	}
}
