package codec

import (
	"slices"
	"strings"
	"unicode"
)

// maxExpects bounds how often a row is searched for a line with many mistakes.
const maxExpects = 512

// An assembly puts the rows of a text together to a code.
type assembly struct {
	kinds   []Kind
	rows    []row
	search  search
	typed   typed
	expects int // left
}

// assemble reads the code in the rows. Where it fails it also returns how many rows it knew for
// lines.
func assemble(rows []row, kinds []Kind) (Reading, int, *Error) {
	a := &assembly{kinds: kinds, rows: rows, expects: maxExpects}
	var first *Kind
	known := 0
	for i := range rows {
		r := &rows[i]
		a.identify(r)
		if len(r.found) == 0 {
			continue
		}
		known++
		f := r.found[0]
		if first == nil {
			first = f.kind
		}
		if first.Number != f.kind.Number {
			return Reading{}, 0, otherKind(f.frame.number, f.kind.Name, first.Name)
		}
	}
	if first != nil {
		w := walk{assembly: a, kind: *first}
		reading, e := w.read()
		return reading, known, e
	}
	reading, e := a.guessKind()
	return reading, 0, e
}

// guessKind reads a code none of whose lines reads by itself, as each kind in turn. A digest that
// holds decides.
func (a *assembly) guessKind() (Reading, *Error) {
	failed := &Error{Problem: Empty}
	lines := 0
	var undecided *Kind
	for i := range a.kinds {
		k := &a.kinds[i]
		r, read, e := a.guess(*k)
		switch {
		case e == nil && k.Bits == 0:
			return r, nil
		case e == nil:
			undecided = k
		case i == 0 || read > lines:
			failed, lines = e, read
		}
	}
	if undecided != nil {
		r, _, e := a.guess(*undecided)
		return r, e
	}
	if line := a.foreignLine(); line > 0 {
		return Reading{}, unknownKind(line)
	}
	return Reading{}, failed
}

// guess reads the rows as a code of kind k. It also returns the number of lines read.
func (a *assembly) guess(k Kind) (Reading, int, *Error) {
	a.expects = maxExpects
	for i := range a.rows {
		a.rows[i].used = false
	}
	w := walk{assembly: a, kind: k, guess: true}
	r, e := w.read()
	return r, len(w.choices), e
}

// foreignLine returns the number of a row that is a line of a kind that is not known, 0 when there
// is none among the likely rows.
func (a *assembly) foreignLine() int {
	for i, tries := 0, 64; i < len(a.rows) && tries > 0; i++ {
		r := &a.rows[i]
		if !r.likely || r.bad != 0 || r.n > longest {
			continue
		}
		tries--
		a.load(r.text)
		if line := a.search.foreign(); line > 0 {
			return line
		}
	}
	return 0
}

// load makes a text the one that is searched, under all kinds.
func (a *assembly) load(text string) {
	a.typed, _, _ = foldTyped(text)
	a.search.typed = &a.typed
	a.search.kinds = a.kinds
	a.search.found = a.search.found[:0]
}

// identify finds out which line a row is, where it has at most one wrong pair. Words before the
// line are passed over.
func (a *assembly) identify(r *row) {
	if r.bad != 0 {
		return
	}
	// In a long text some words would pass for a line with a wrong pair.
	most := 0
	if r.likely || len(a.rows) <= fewRows {
		most = 1
	}
	text, n := r.text, r.n
	for range 4 {
		if n < shortest {
			return
		}
		if n%2 == 0 && n < longest {
			a.load(text)
			a.search.wrongPairs(anyLine, most)
			if len(a.search.found) > 0 {
				r.found = slices.Clone(a.search.found)
				r.text, r.n = text, n
				return
			}
		}
		after, ok := afterWord(text)
		if !ok {
			return
		}
		text = after
		n = count(text)
	}
}

// afterWord takes the first word off a text, where it can't be a group of a line: letters that
// codes do not print give it away.
func afterWord(text string) (after string, ok bool) {
	text = strings.TrimLeftFunc(text, unicode.IsSpace)
	i := strings.IndexFunc(text, unicode.IsSpace)
	if i < 0 {
		return "", false
	}
	return text[i:], wordy(text[:i])
}
