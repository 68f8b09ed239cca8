package codec

import (
	"bytes"
	"fmt"
	"iter"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxPastes bounds the paste forms that are looked at in one text.
const maxPastes = 16

// A prefix is the beginning of a paste form in a text: "TS1A:".
type prefix struct {
	text    string // as it stands there
	version byte
	letter  byte
	start   int
	end     int // where the payload begins
}

// prefixes finds the first paste forms in a text, as many as most.
func prefixes(text string, most int) (all []prefix) {
	for i := 0; len(all) < most; {
		colon := strings.IndexByte(text[i:], ':')
		if colon < 0 {
			break
		}
		i += colon + 1
		if p, ok := prefixBefore(text, i); ok {
			all = append(all, p)
		}
	}
	return all
}

// prefixBefore returns the prefix that ends at a place in a text.
func prefixBefore(text string, end int) (prefix, bool) {
	start := end - len("TS1A:")
	if start < 0 || start > 0 && isWord(text[start-1]) {
		return prefix{}, false
	}
	p := prefix{text: text[start:end], start: start, end: end}
	if !strings.EqualFold(p.text[:2], "TS") || !isWord(p.text[2]) || !isWord(p.text[3]) {
		return prefix{}, false
	}
	p.version, p.letter = p.text[2], p.text[3]&^0x20
	if values[p.version] == 1 { // I and L, too, are read as 1
		p.version = '1'
	}
	return p, '0' <= p.version && p.version <= '9' && 'A' <= p.letter && p.letter <= 'Z'
}

func isWord(c byte) bool {
	return '0' <= c && c <= '9' || 'A' <= c&^0x20 && c&^0x20 <= 'Z'
}

// decodePaste reads the paste form in a text. The Reading has Pasted set where there is one that
// reads. The error is about the first that does not, or about two that differ.
func decodePaste(text string, kinds []Kind) (Reading, *Error) {
	all := prefixes(text, maxPastes)
	var first Reading
	var failed *Error
	used := map[int]bool{} // lines, by where they begin: two codes may stand in one
	for i, p := range all {
		end := len(text)
		if i+1 < len(all) {
			end = all[i+1].start
		}
		r, lines, e := p.decode(text[p.end:end], kinds)
		switch {
		case e != nil && failed == nil:
			failed = e
		case e != nil:
		case first.Pasted && (first.Kind.Number != r.Kind.Number || string(first.Body) != string(r.Body)):
			return first, damaged(0, "there are two codes: a pasted %s and another pasted %s",
				first.Kind.Name, r.Kind.Name)
		default:
			first = r
			used[lineStart(text, p.start)] = true
			for _, at := range lines {
				used[lineStart(text, p.end+at)] = true
			}
		}
	}
	if first.Pasted {
		first.Skipped = countLines(text) - len(used)
		return first, nil
	}
	return Reading{}, failed
}

// linesOf returns the lines of a text that are not blank, each with its place.
func linesOf(text string) iter.Seq2[int, string] {
	return func(yield func(int, string) bool) {
		at := 0
		for line := range strings.FieldsFuncSeq(text, isLineEnd) {
			at += strings.Index(text[at:], line)
			if strings.TrimSpace(line) != "" && !yield(at, line) {
				return
			}
			at += len(line)
		}
	}
}

// lineStart returns where the line begins that a place in a text is in.
func lineStart(text string, at int) int {
	i := strings.LastIndexFunc(text[:at], isLineEnd)
	_, size := utf8.DecodeRuneInString(text[max(i, 0):])
	if i < 0 {
		size = 0
	}
	return max(i, 0) + size
}

// countLines returns the number of lines of a text that are not blank.
func countLines(text string) (n int) {
	for range linesOf(text) {
		n++
	}
	return n
}

// decode reads the payload after a prefix and returns where the lines of text begin that it takes.
func (p prefix) decode(text string, kinds []Kind) (Reading, []int, *Error) {
	if p.version != '1' {
		return Reading{}, nil, &Error{Problem: Version,
			text: fmt.Sprintf("%q begins a code of another version than this program reads", p.text)}
	}
	for _, k := range kinds {
		if k.Letter != p.letter {
			continue
		}
		if k.Bits != 0 {
			return k.pastedLine(text)
		}
		r, lines, e := k.pasted(text, false)
		if e != nil && e.Problem == Damaged {
			// Perhaps words of other text stand between its lines.
			if s, n, e := k.pasted(text, true); e == nil {
				return s, n, nil
			}
		}
		return r, lines, e
	}
	return Reading{}, nil, &Error{Problem: UnknownKind,
		text: fmt.Sprintf("%q begins a kind of code that is not known here", p.text)}
}

// pasted reads the payload of a kind with a digest. Nothing says where it ends, so it ends where
// the digest holds. Of a line of text that goes on with something else, the beginning may belong to
// it; if the digest does not hold there, that line is passed over. With strict only lines without
// any space in them belong to it.
func (k Kind) pasted(text string, strict bool) (Reading, []int, *Error) {
	d := newDigester(k)
	var lines []int
	solid := true
	for at, line := range linesOf(text) {
		if at > 0 {
			line = strings.TrimSpace(strings.TrimLeft(line, "> |"))
		}
		spaced := strings.ContainsFunc(line, unicode.IsSpace)
		if spaced && strict && at > 0 {
			continue
		}
		solid = solid && !spaced
		whole := !strings.ContainsFunc(line, isRefused)
		var before digester
		if !whole {
			before = d.mark()
		}
		d.line(line)
		switch {
		case d.found:
			body := bytes.Clone(d.data[:d.hashed])
			return Reading{Kind: k, Body: body, Spellings: [][]byte{body}, Pasted: true}, append(lines, at), nil
		case d.full() && solid:
			return Reading{}, nil, tooLong("the pasted text is longer than any %s: at most %d bytes "+
				"are allowed", k.Name, k.Max)
		case d.full():
			return Reading{}, nil, badPaste(k)
		case !whole && at > 0:
			d.reset(before)
			continue
		}
		lines = append(lines, at)
	}
	return Reading{}, nil, badPaste(k)
}

func badPaste(k Kind) *Error { return damaged(0, "the pasted %s is cut short or damaged", k.Name) }

// pastedLine reads what the paste form of a kind without a digest holds: its typed line.
func (k Kind) pastedLine(text string) (Reading, []int, *Error) {
	var t typed
	s := search{kinds: []Kind{k}, typed: &t}
	want := 2 * ((k.Bits+fieldBits-1)/fieldBits + checks)
	var best []found
	var lines, used []int
	try := func() {
		if t.n < want-1 || t.n > want+1 {
			return
		}
		if all, e := s.expect(1); e == nil && (len(best) == 0 || all[0].cost < best[0].cost) {
			best, used = all, slices.Clone(lines)
		}
	}
	for at, line := range linesOf(text) {
		lines = append(lines, at)
		for _, r := range line {
			v := foldRune(r)
			if v >= ignored {
				try()
			}
			if v == refused {
				break
			}
			if v != ignored {
				t.add(v)
			}
		}
		try()
		if t.n > want {
			break
		}
	}
	if len(best) == 0 {
		return Reading{}, nil, badPaste(k)
	}
	r := joinSpellings(k, newLines(best, &t))
	r.Pasted = true
	return r, used, nil
}
