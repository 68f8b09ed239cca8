package codec

import (
	"fmt"
	"slices"
)

// A Line is one typed line that was read.
type Line struct {
	Number int    // from 1
	Last   bool   // whether the code ends with it
	Kind   Kind   // of the code it belongs to
	Text   string // as it should be: groups of four, no label
	Fixes  []Fix  // what was corrected, in the order of the groups

	bits  int    // payload bits in it
	data  []byte // the payload
	cost  int    // mistakes corrected
	alike []Line // every line that the same typed text may mean, this one among them
}

// ParseLine reads one typed line, which is expected to be the line of that number, from 1, of a
// code of one of the kinds. It returns what the text may mean, the likeliest first: nearly always
// one line. It corrects up to two wrong pairs of characters, two groups that changed places, or one
// character that is missing or too many with up to one wrong pair besides; Fixes tells what was
// corrected.
//
// An error is an *Error with the number of the line. OtherLine says that the text is another line
// of the code, OtherKind that it belongs to a kind that was not asked for.
func ParseLine(text string, number int, kinds ...Kind) (candidates []Line, err error) {
	if number < 1 || number > maxLines {
		return nil, tooLong("a code has at most %d lines, this would be line %d", maxLines, number)
	}
	t, refused := typedLine(text)
	if refused != nil {
		refused = badCharacter(number, (refused.Group-1)*groupSize, refused.Rune)
	}
	if refused != nil && t.n == 0 {
		return nil, refused
	}
	if t.n == 0 {
		return nil, &Error{Problem: Empty, Line: number, text: fmt.Sprintf("line %d is empty", number)}
	}
	s := search{kinds: kinds, typed: &t}
	lines, e := s.expect(number)
	switch {
	case e == nil:
		return newLines(lines, &t), nil
	case refused != nil && (e.Problem == Unreadable || e.Problem == WrongLength):
		return nil, refused
	}
	return nil, e
}

// typedLine folds the text of one line. Where that fails because something stands before the line,
// a prompt or a mark of quotation, it returns what stands after it, as well as the error; without
// that it returns nothing.
func typedLine(text string) (typed, *Error) {
	_, rest := cutLabel(text)
	t, bad, ok := foldTyped(rest)
	if ok {
		return t, nil
	}
	refused := badCharacter(0, t.n, bad)
	if after, found := afterPrompt(rest); found {
		_, after = cutLabel(after)
		if t, _, ok := foldTyped(after); ok {
			return t, refused
		}
	}
	return typed{}, refused
}

// newLines makes the lines of what was found in a typed text.
func newLines(all []found, t *typed) []Line {
	all = all[:min(len(all), MaxSpellings)]
	lines := make([]Line, len(all))
	for i := range all {
		lines[i] = newLine(&all[i], t)
	}
	alike := slices.Clone(lines)
	for i := range lines {
		lines[i].alike = alike
	}
	return lines
}

func newLine(f *found, t *typed) Line {
	return Line{
		Number: f.frame.number,
		Last:   f.frame.last,
		Kind:   *f.kind,
		Text:   grouped(characters(f.word[:f.n])),
		Fixes:  f.fixes(t),
		bits:   f.frame.bits,
		data:   pack(f.word[:f.n-checks], f.frame.bits),
		cost:   f.cost,
	}
}
