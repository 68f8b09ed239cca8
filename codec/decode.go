package codec

import "strings"

// Decode finds the code in a text and reads it. The text may be the paste form or typed lines, in
// any grouping, with labels or without, among prompts, log messages and other text; typed lines
// without line ends, or broken elsewhere, are cut anew. It is read as a code of one of the kinds,
// which should be all that the program knows: whether it is the kind that is wanted is the caller's
// question.
//
// Mistakes are corrected as ParseLine does, and Reading tells what was corrected. The digest
// decides about a kind that has one; of a kind that has none the caller has to try all Spellings.
// Texts of more than MaxText bytes are refused. An error is an *Error.
func Decode(text string, kinds ...Kind) (Reading, error) {
	if len(text) > MaxText {
		return Reading{}, tooLong("the text has %d bytes, at most %d are read", len(text), MaxText)
	}
	text = strings.TrimPrefix(text, "\ufeff") // as some editors put before everything
	pasted, problem := decodePaste(text, kinds)
	if pasted.Pasted && problem != nil {
		return Reading{}, problem
	}
	if pasted.Pasted {
		if e := alone(pasted, text, kinds); e != nil {
			return Reading{}, e
		}
		return pasted, nil
	}
	if problem != nil {
		text = withoutPastes(text)
	}
	typed, e := decodeTyped(text, kinds)
	switch {
	case e == nil:
		return typed, nil
	case problem != nil:
		return Reading{}, problem
	}
	return Reading{}, e
}

// withoutPastes returns a text without its paste forms, as far as they go on in their first line.
// That of a kind without a digest would read as a typed line, though its prefix names another
// version or another kind.
func withoutPastes(text string) string {
	var b strings.Builder
	from := 0
	for _, p := range prefixes(text, maxPastes) {
		b.WriteString(text[from:max(from, p.start)])
		b.WriteByte('!') // of no code, so that nothing is joined across it
		rest := text[p.end:]
		if i := strings.IndexFunc(rest, func(r rune) bool { return isLineEnd(r) || isRefused(r) }); i >= 0 {
			rest = rest[:i]
		}
		from = p.end + len(rest)
	}
	b.WriteString(text[from:])
	return b.String()
}

// decodeTyped reads the typed lines in a text.
func decodeTyped(text string, kinds []Kind) (Reading, *Error) {
	var s scanner
	s.scan(text)
	rows := cutLong(s.rows, kinds)
	r, known, e := assemble(rows, kinds)
	if e == nil {
		r.Skipped = s.skipped(rows)
		return r, nil
	}
	switch e.Problem {
	case BadCharacter, OtherLine, OtherKind, TooLong:
		return Reading{}, e
	case Damaged:
		if known > 0 {
			return Reading{}, e
		}
	}
	// The line ends may mean nothing.
	rows = cutAll(s.rows, kinds)
	r, more, again := assemble(rows, kinds)
	switch {
	case again == nil:
		r.Skipped = s.skipped(rows)
		return r, nil
	case more > known:
		return Reading{}, again
	}
	return Reading{}, e
}

// skipped returns how many lines of text have no part in the code.
func (s *scanner) skipped(rows []row) int {
	used := map[int]bool{}
	for _, r := range rows {
		for i := r.line; i <= r.end && r.used; i++ {
			used[i] = true
		}
	}
	return s.lines - len(used)
}

// alone returns an error when a text that holds a pasted code holds lines of another one too. The
// lines of the same code are all right: it is printed in both forms.
func alone(r Reading, text string, kinds []Kind) *Error {
	c, err := Encode(r.Kind, r.Body)
	if err != nil {
		return damaged(0, "%v", err)
	}
	own := map[string]bool{}
	for _, row := range c.rows() {
		own[row] = true
	}
	var s scanner
	s.scan(text)
	a := assembly{kinds: kinds}
	for i := range s.rows {
		row := &s.rows[i]
		if a.identify(row); len(row.found) == 0 || row.found[0].cost > 0 {
			continue
		}
		f := row.found[0]
		if !own[characters(f.word[:f.n])] {
			return damaged(f.frame.number, "there is a pasted %s, and line %d of another code", r.Kind.Name,
				f.frame.number)
		}
	}
	return nil
}
