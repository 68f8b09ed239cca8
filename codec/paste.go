package codec

import (
	"bytes"
	"fmt"
	"strings"
	"unicode"
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

// prefixes finds the first paste forms in a text.
func prefixes(text string) (all []prefix) {
	for i := 0; len(all) < maxPastes; {
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
	all := prefixes(text)
	var first Reading
	var failed *Error
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
		case !first.Pasted:
			first = r
			first.Skipped = countLines(text) - lines
		case first.Kind.Number != r.Kind.Number || string(first.Body) != string(r.Body):
			return first, damaged(0, "there are two codes: a pasted %s and another pasted %s",
				first.Kind.Name, r.Kind.Name)
		default:
			first.Skipped -= lines
		}
	}
	if first.Pasted {
		return first, nil
	}
	return Reading{}, failed
}

// countLines returns the number of lines of a text that are not blank.
func countLines(text string) (n int) {
	for line := range strings.FieldsFuncSeq(text, isLineEnd) {
		if strings.TrimSpace(line) != "" {
			n++
		}
	}
	return n
}

// decode reads the payload after a prefix and returns how many lines of text it takes.
func (p prefix) decode(text string, kinds []Kind) (Reading, int, *Error) {
	if p.version != '1' {
		return Reading{}, 0, &Error{Problem: Version,
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
	return Reading{}, 0, &Error{Problem: UnknownKind,
		text: fmt.Sprintf("%q begins a kind of code that is not known here", p.text)}
}

// pasted reads the payload of a kind with a digest. Nothing says where it ends, so it ends where
// the digest holds. Of a line of text that goes on with something else, the beginning may belong to
// it; if the digest does not hold there, that line is passed over. With strict only lines without
// any space in them belong to it.
func (k Kind) pasted(text string, strict bool) (Reading, int, *Error) {
	d := newDigester(k)
	lines, solid := 0, true
	for line := range strings.FieldsFuncSeq(text, isLineEnd) {
		if lines > 0 {
			line = strings.TrimSpace(strings.TrimLeft(line, "> |"))
		}
		spaced := strings.ContainsFunc(line, unicode.IsSpace)
		if spaced && strict && lines > 0 {
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
			return Reading{Kind: k, Body: body, Spellings: [][]byte{body}, Pasted: true}, lines + 1, nil
		case d.full() && solid:
			return Reading{}, 0, tooLong("the pasted text is longer than any %s: at most %d bytes "+
				"are allowed", k.Name, k.Max)
		case d.full():
			return Reading{}, 0, badPaste(k)
		case !whole && lines > 0:
			d.reset(before)
			continue
		}
		lines++
	}
	return Reading{}, 0, badPaste(k)
}

func badPaste(k Kind) *Error { return damaged(0, "the pasted %s is cut short or damaged", k.Name) }

// pastedLine reads what the paste form of a kind without a digest holds: its typed line.
func (k Kind) pastedLine(text string) (Reading, int, *Error) {
	var t typed
	s := search{kinds: []Kind{k}, typed: &t}
	want := 2 * ((k.Bits+fieldBits-1)/fieldBits + checks)
	var best []found
	lines, used := 0, 0
	try := func() {
		if t.n < want-1 || t.n > want+1 {
			return
		}
		if all, e := s.expect(1); e == nil && (len(best) == 0 || all[0].cost < best[0].cost) {
			best, used = all, lines
		}
	}
	for line := range strings.FieldsFuncSeq(text, isLineEnd) {
		lines++
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
		return Reading{}, 0, badPaste(k)
	}
	r := joinSpellings(k, newLines(best, &t))
	r.Pasted = true
	return r, used, nil
}
