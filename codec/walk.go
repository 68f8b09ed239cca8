package codec

import (
	"fmt"
	"slices"
	"strings"
)

// fewRows is up to how many rows all of them are tried for a line that is missing. In a longer text
// only likely ones are.
const fewRows = 64

// A walk follows the rows of an assembly as the lines of a code of one kind, in order.
type walk struct {
	*assembly
	kind    Kind
	guess   bool     // no row reads by itself, and the kind is an assumption
	choices [][]Line // what each line so far may be
	next    int      // the first row that the next line may be in
	done    bool     // the last line was read
}

// read walks the rows and puts the code together.
func (w *walk) read() (Reading, *Error) {
	for i := range w.rows {
		if r := &w.rows[i]; len(r.found) > 0 {
			if e := w.meet(i, r); e != nil {
				return Reading{}, e
			}
		}
	}
	if e := w.finish(); e != nil {
		return Reading{}, e
	}
	r, e := joinChoices(w.kind, w.choices)
	if e != nil {
		return Reading{}, e
	}
	return r, nil
}

// meet takes the row i, of which it is known which line it is.
func (w *walk) meet(i int, r *row) *Error {
	number := r.found[0].frame.number
	if number <= len(w.choices) {
		return w.again(number, r)
	}
	if w.done {
		return afterLast(number, len(w.choices))
	}
	for len(w.choices)+1 < number {
		if e := w.fill(i, number); e != nil {
			return e
		}
	}
	w.take(i, w.linesOf(r, number))
	return nil
}

// take adds the next line, which the row i may mean.
func (w *walk) take(i int, lines []Line) {
	w.choices = append(w.choices, lines)
	w.rows[i].used = true
	w.rows[i].number = len(w.choices)
	w.next = i + 1
	w.done = lines[0].Last
}

// again takes a row that is a line that was read before. The same line twice does no harm.
func (w *walk) again(number int, r *row) *Error {
	f := &r.found[0]
	for _, l := range w.choices[number-1] {
		if l.Text == grouped(characters(f.word[:f.n])) && l.bits == f.frame.bits && l.Last == f.frame.last {
			r.used = true
			return nil
		}
	}
	return damaged(number, "line %d is there twice and differs: lines of two codes are mixed", number)
}

// linesOf returns what a row may mean that is known to be a certain line.
func (w *walk) linesOf(r *row, number int) []Line {
	f := r.found[0]
	w.load(r.text)
	if f.cost == 0 {
		return newLines([]found{f}, &w.typed)
	}
	return only(w.expect(number), f.frame.last)
}

// expect searches the loaded text for the line of that number.
func (w *walk) expect(number int) []Line {
	w.search.kinds = []Kind{w.kind}
	all, e := w.search.expect(number)
	if e != nil {
		return nil
	}
	return newLines(all, &w.typed)
}

// fill reads the line before the row i, which is the line of that number, from the rows in between.
func (w *walk) fill(i, number int) *Error {
	want := len(w.choices) + 1
	var lines []Line
	from := -1
	for j := w.next; j < i; j++ {
		if more := only(w.try(j, want), false); len(more) > 0 {
			lines = append(lines, more...)
			if from < 0 {
				from = j
			}
		}
	}
	if from >= 0 {
		w.take(from, lines)
		return nil
	}
	if e := w.explain(want, number-1, i); e != nil {
		return e
	}
	if e := w.instead(want, i); e != nil {
		return e
	}
	for _, r := range w.rows[i+1:] {
		if len(r.found) > 0 && (r.found[0].frame.number == want || r.found[0].frame.number == number) {
			return otherLine(want, number)
		}
	}
	return missing(want)
}

// finish reads the lines after the last row of which it is known which line it is.
func (w *walk) finish() *Error {
	for j := w.next; j < len(w.rows) && !w.done; j++ {
		if lines := w.try(j, len(w.choices)+1); len(lines) > 0 {
			w.take(j, only(lines, w.ends(j, lines)))
		}
	}
	if w.done {
		return w.leftover()
	}
	want := len(w.choices) + 1
	if e := w.explain(want, want+1, len(w.rows)); e != nil {
		return e
	}
	if e := w.instead(want, len(w.rows)); e != nil {
		return e
	}
	if want == 1 {
		return &Error{Problem: Empty}
	}
	return missing(want)
}

// ends reports whether the row j, which may mean the lines, is the last of the code. Where some of
// them say so and some do not, it is unless the code goes on.
func (w *walk) ends(j int, lines []Line) bool {
	last := lines[0].Last
	if !slices.ContainsFunc(lines, func(l Line) bool { return l.Last != last }) {
		return last
	}
	for k := j + 1; k < len(w.rows); k++ {
		if len(w.try(k, lines[0].Number+1)) > 0 {
			return false
		}
	}
	return true
}

// instead returns an error when a line that was read before stands once more where the line of that
// number should be, before the row i.
func (w *walk) instead(want, i int) *Error {
	for _, r := range w.rows[w.next:i] {
		if len(r.found) > 0 {
			return otherLine(want, r.found[0].frame.number)
		}
	}
	return nil
}

// try returns what the row j may mean as the line of that number, nothing where that is not worth
// finding out.
func (w *walk) try(j, number int) []Line {
	if !w.unread(j, number) {
		return nil
	}
	r := &w.rows[j]
	if r.torn || r.bad != 0 || r.n < shortest || r.n > longest || w.expects == 0 {
		return nil
	}
	w.expects--
	w.load(r.text)
	return w.expect(number)
}

// unread reports whether the row j may be the line of that number, badly mistyped.
func (w *walk) unread(j, number int) bool {
	r := &w.rows[j]
	if r.used || len(r.found) > 0 || r.label != 0 && r.label != number {
		return false
	}
	if r.likely {
		return true
	}
	// Words that happen to be as long as a receipt would pass for one too easily.
	return len(w.rows) <= fewRows && (!w.guess || w.kind.Bits == 0 || len(w.rows) == 1)
}

// explain returns what is wrong with the row before the row i that should be the line of that
// number, nil where there is no such row. The lines up to upto are missing as well.
func (w *walk) explain(want, upto, i int) *Error {
	var best *row
	for j := w.next; j < i; j++ {
		r := &w.rows[j]
		if !w.evident(j, want, i) || best != nil && (best.line != r.line || r.bad == 0) {
			continue
		}
		other := false
		for number := want + 1; number <= upto && !other; number++ {
			other = len(w.try(j, number)) > 0
		}
		if !other {
			best = r
		}
	}
	switch {
	case best == nil:
		return nil
	case best.bad != 0:
		return badCharacter(want, best.at, best.bad)
	}
	w.load(best.text)
	if !w.guess {
		w.search.kinds = []Kind{w.kind}
	}
	e := w.search.refuse(want)
	if e.Problem == Unreadable && i < len(w.rows) && best.n < full-1 {
		e = wrongLength(want, "line %d has %s instead of %d", want, characterCount(best.n), full)
		if group, size := w.typed.oddGroup(); group > 0 {
			e.Group = group
			e.text += fmt.Sprintf(": group %d has %d instead of %d", group, size, groupSize)
		}
	}
	return e
}

// evident reports whether the row j looks enough like a mistyped line to be reported as one, before
// the row i.
func (w *walk) evident(j, number, i int) bool {
	r := &w.rows[j]
	if !w.unread(j, number) {
		return false
	}
	const near = 2 * groupSize
	if i < len(w.rows) && (r.n < full-near || r.n > full+near) {
		return false // a line in the middle is full
	}
	sole := len(w.rows) == 1 && r.whole && r.n >= shortest && strings.ContainsAny(r.text, "0123456789")
	return r.likely || sole
}

// leftover returns an error when the text of a line goes on after the code, or something stands
// between its lines that is none. It is for input without line ends, where that is no other text.
func (w *walk) leftover() *Error {
	taken := map[int]bool{} // lines of text that were cut and hold lines of the code
	for _, r := range w.rows {
		for i := r.line; i <= r.end && r.used && r.part; i++ {
			taken[i] = true
		}
	}
	after := 0
	for _, r := range w.rows {
		switch {
		case r.used:
			after = max(after, r.number)
		case !r.part || !taken[r.line] && !taken[r.end]:
		case after > 0:
			return wrongLength(after, "%s after line %d belong to no line", characterCount(r.n), after)
		case !wordy(r.text): // words would be a command
			return wrongLength(1, "%s before line 1 belong to no line", characterCount(r.n))
		}
	}
	return nil
}

// only keeps the lines that are, or are not, the last of a code.
func only(lines []Line, last bool) []Line {
	kept := lines[:0]
	for _, l := range lines {
		if l.Last == last {
			kept = append(kept, l)
		}
	}
	return kept
}
