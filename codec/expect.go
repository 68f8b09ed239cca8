package codec

import (
	"fmt"
	"math/bits"
	"slices"
)

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
	if len(mine) > 0 {
		return mine, nil
	}
	return nil, s.refuse(number)
}

// refuse says why the typed text, which reads as no line of the kinds searched for, is not the line
// of that number.
func (s *search) refuse(number int) *Error {
	switch {
	case s.foreign() == 0:
		return s.hopeless(number)
	case number == 1:
		return unknownKind(number)
	}
	return otherKind(number, "", "")
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
	if s.typed.n%2 != 0 || s.typed.n < shortest || s.typed.n > full {
		return 0
	}
	word, n := s.typed.word()
	data := word[:n-checks]
	sum := syndromesOf(word[:n])
	for fill := range fieldBits {
		for _, last := range []bool{true, false} {
			f := frame{last: last, bits: fieldBits*len(data) - fill}
			y := sum
			y.addFrame(f, n)
			kind, order, ok := solveTwoErased(y, n+2, n+1)
			if ok && kind != 0 && order != 0 && order <= maxLines && zeroFill(data, f.bits) {
				number = int(order)
			}
		}
	}
	return number
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
// where the others mostly have. The last group may have two. The text has at most mostTyped
// characters.
func (t *typed) oddGroup() (group, size int) {
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
