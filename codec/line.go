package codec

import (
	"fmt"
	"math/bits"
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

// A Fix is one correction. A person is shown it, because a correction is a proposal.
type Fix struct {
	Group    int    // in the corrected line, from 1
	Position int    // of the first character concerned within the group, from 1
	Typed    string // the group as it was typed
	Meant    string // the group as it should be

	slip  slip
	other int // swapped: the group that was typed in this one's place
}

// String returns the correction for a person to read: group 3: read "7KQ2" as "7KQZ".
func (f Fix) String() string {
	read := fmt.Sprintf("read %q as %q", f.Typed, f.Meant)
	switch f.slip {
	case missed:
		return fmt.Sprintf("group %d: a character was missing: %s", f.Group, read)
	case doubled:
		return fmt.Sprintf("group %d: a character too many: %s", f.Group, read)
	case swapped:
		return fmt.Sprintf("groups %d and %d: typed in each other's place: %s", f.Group, f.other, read)
	}
	return fmt.Sprintf("group %d: %s", f.Group, read)
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
	t, e := typedLine(text)
	if e != nil {
		return nil, badCharacter(number, (e.Group-1)*groupSize, e.Rune)
	}
	if t.n == 0 {
		return nil, &Error{Problem: Empty, Line: number, text: fmt.Sprintf("line %d is empty", number)}
	}
	s := search{kinds: kinds, typed: &t}
	lines, e := s.expect(number)
	if e != nil {
		return nil, e
	}
	return newLines(lines, &t), nil
}

// typedLine folds the text of one line. Where that fails because something stands before the line,
// a prompt or a mark of quotation, it takes what stands after it.
func typedLine(text string) (typed, *Error) {
	_, rest := cutLabel(text)
	t, bad, ok := foldTyped(rest)
	if ok {
		return t, nil
	}
	if after, found := afterPrompt(rest); found {
		_, after = cutLabel(after)
		if t, _, ok := foldTyped(after); ok {
			return t, nil
		}
	}
	return t, badCharacter(0, t.n, bad)
}

// expect returns the lines that the typed text may mean when it should be the line of that number.
func (s *search) expect(number int) ([]found, *Error) {
	s.found = s.found[:0]
	switch n := s.typed.n; {
	case n < shortest || n > longest:
		return nil, s.hopeless(number)
	case n%2 == 0:
		s.evenExpect(number)
	default:
		s.oddExpect(number)
	}
	mine := slices.Clone(s.found)
	mine = slices.DeleteFunc(mine, func(f found) bool { return f.frame.number != number })
	if i := slices.IndexFunc(s.found, func(f found) bool { return f.frame.number != number }); i >= 0 {
		// That it is another line is one mistake more, and a far rarer coincidence than two pairs
		// that happen to make this one.
		if len(mine) == 0 || s.found[i].cost+1 <= mine[0].cost {
			return nil, otherLine(number, s.found[i].frame.number)
		}
	}
	switch {
	case len(mine) > 0:
		return mine, nil
	case s.foreign() == 0:
		return nil, s.hopeless(number)
	case number == 1:
		return nil, unknownKind(number)
	}
	return nil, otherKind(number, "", "")
}

func (s *search) evenExpect(number int) {
	s.wrongPairs(anyLine, 1)
	if len(s.found) > 0 && s.found[0].cost == 0 {
		s.found = s.found[:1]
		return
	}
	s.wrongPairs(number, 2)
	if len(s.found) == 0 {
		s.swappedGroups(number)
	}
}

func (s *search) oddExpect(number int) {
	s.missedCharacter(number)
	s.doubledCharacter(number)
	if len(s.found) == 0 {
		s.missedCharacter(anyLine)
		s.doubledCharacter(anyLine)
	}
}

// foreign returns the line number when the typed text is a faultless line of a kind that is not
// searched for, 0 otherwise.
func (s *search) foreign() (number int) {
	if s.typed.n%2 != 0 || s.typed.n > full {
		return 0
	}
	word, n := s.typed.word()
	sum := syndromesOf(word[:n])
	some := Kind{}
	some.eachFrame(anyLine, n-checks, func(f frame) {
		y := sum
		y.addFrame(f, n)
		kind, order, ok := solveTwoErased(y, n+2, n+1)
		f.number = int(order)
		if ok && kind != 0 && order != 0 && f.possible(&some) && zeroFill(word[:n-checks], f.bits) {
			number = f.number
		}
	})
	return number
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
	data, _ := pack(f.word[:f.n-checks], f.frame.bits)
	return Line{
		Number: f.frame.number,
		Last:   f.frame.last,
		Kind:   *f.kind,
		Text:   grouped(characters(f.word[:f.n])),
		Fixes:  f.fixes(t),
		bits:   f.frame.bits,
		data:   data,
		cost:   f.cost,
	}
}

// fixes returns what was corrected, one Fix a group.
func (f *found) fixes(t *typed) []Fix {
	if f.cost == 0 {
		return nil
	}
	meant := characters(f.word[:f.n])
	if f.slip == swapped {
		a, b := meant[f.at*groupSize:][:groupSize], meant[f.other*groupSize:][:groupSize]
		return []Fix{{Group: f.at + 1, Position: 1, Typed: b + " " + a, Meant: a + " " + b,
			slip: swapped, other: f.other + 1}}
	}
	var fixes []Fix
	for m := 0; m < len(meant); m += groupSize {
		end := min(len(meant), m+groupSize)
		to := t.n
		if end < len(meant) {
			to = f.starts(end)
		}
		fix := Fix{
			Group: m/groupSize + 1,
			Typed: t.text(f.starts(m), to),
			Meant: meant[m:end],
		}
		if fix.Typed == fix.Meant {
			continue
		}
		if len(fix.Typed) != len(fix.Meant) {
			fix.slip = f.slip
		}
		for fix.Position < min(len(fix.Typed), len(fix.Meant)) &&
			fix.Typed[fix.Position] == fix.Meant[fix.Position] {
			fix.Position++
		}
		fix.Position++
		fixes = append(fixes, fix)
	}
	return fixes
}

// hopeless says why the typed text can't be the line of that number.
func (s *search) hopeless(number int) *Error {
	n := s.typed.n
	if more := s.surplus(number); more > 0 {
		return wrongLength(number, "line %d has %s too many at its end", number, characterCount(more))
	}
	switch {
	case n < shortest:
		return wrongLength(number, "line %d has %s, a line has at least %d", number, characterCount(n),
			shortest+1)
	case n > longest:
		return wrongLength(number, "line %d has %s, a line has at most %d", number, characterCount(n), full)
	}
	return unreadable(number, s.typed)
}

// surplus returns how many characters stand after a line that is faultless without them, 0 when it
// is not.
func (s *search) surplus(number int) int {
	t := *s.typed
	short := search{kinds: s.kinds, typed: &t}
	for t.n = min(t.n-1, full) &^ 1; t.n > shortest; t.n -= 2 {
		if short.wrongPairs(number, 0); len(short.found) > 0 {
			return s.typed.n - t.n
		}
	}
	return 0
}

// unreadable is about a line that no correction makes sense of. The spaces between the groups may
// show where the mistake is.
func unreadable(line int, t *typed) *Error {
	e := &Error{Problem: Unreadable, Line: line}
	group, size := t.oddGroup()
	switch {
	case group > 0:
		e.Group = group
		e.text = fmt.Sprintf("line %d can't be read: group %d has %s instead of %d, and more is wrong",
			line, group, characterCount(size), groupSize)
	case t.n == full:
		e.text = fmt.Sprintf("line %d can't be read: more than two pairs of characters are wrong", line)
	default:
		e.text = fmt.Sprintf("line %d can't be read: of its %d characters too many are wrong or missing "+
			"(a full line has %d)", line, t.n, full)
	}
	return e
}

// characterCount returns "1 character" or "7 characters".
func characterCount(n int) string {
	if n == 1 {
		return "1 character"
	}
	return fmt.Sprintf("%d characters", n)
}

// oddGroup returns the first group, by the spaces that were typed, that has not four characters,
// where the others mostly have. The last group may have two.
func (t *typed) oddGroup() (group, size int) {
	if t.n > mostTyped {
		return 0, 0
	}
	count, fours, start := 0, 0, 0
	for i := 1; i <= t.n; i++ {
		if i < t.n && t.breaks>>i&1 == 0 {
			continue
		}
		count++
		n := i - start
		start = i
		switch {
		case n == groupSize:
			fours++
		case group == 0 && (i < t.n || n != groupSize/2):
			group, size = count, n
		}
	}
	if 2*fours < bits.OnesCount64(t.breaks)+1 {
		return 0, 0
	}
	return group, size
}

func wrongLength(line int, format string, args ...any) *Error {
	return &Error{Problem: WrongLength, Line: line, text: fmt.Sprintf(format, args...)}
}

func unknownKind(line int) *Error {
	return &Error{Problem: UnknownKind, Line: line,
		text: fmt.Sprintf("line %d belongs to a kind of code that is not known here", line)}
}
