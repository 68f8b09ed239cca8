package codec

import (
	"slices"
	"strings"
)

// MaxPieces is the most codes that Split takes from one text.
const MaxPieces = 64

// A Piece is one of the codes in a text that holds several, or what is left of one.
type Piece struct {
	Reading Reading // the code; the zero value where Err says why there is none
	Err     *Error
	Kind    Kind // of the code, or of what it would have been; the zero Kind where that is not known
	First   int  // the line of the text that it begins in, from 1
	Last    int  // the line that it ends in
}

// Split finds all codes in a text: pasted forms and typed lines of any kinds, one after the other, in
// any order, with other text around them. The lines of one code stand in their order, and those of
// two codes are not mixed. Each code is read as Decode reads one; what can't be read becomes a Piece
// with an Err and takes nothing from the others. A code that stands there twice is found twice. A
// text without any code has no pieces.
//
// Texts of more than MaxText bytes and of more than MaxPieces codes are refused. The error is an
// *Error with the problem TooLong.
func Split(text string, kinds ...Kind) ([]Piece, error) {
	if len(text) > MaxText {
		return nil, tooLong("the text has %d bytes, at most %d are read", len(text), MaxText)
	}
	s := splitter{kinds: kinds}
	text = strings.TrimPrefix(text, "\ufeff")
	rest := s.pastes(text)
	var found scanner
	found.scan(rest)
	s.lines = numbersOfLines(rest)
	s.typed(s.cutShort(found.rows))
	if len(s.pieces) > MaxPieces {
		return nil, tooLong("the text has more than %d codes", MaxPieces)
	}
	s.order()
	return s.alone(text), nil
}

// order puts the pieces in the order of the text.
func (s *splitter) order() {
	for i := range s.pieces {
		for j := i; j > 0 && s.pieces[j-1].First > s.pieces[j].First; j-- {
			s.pieces[j-1], s.pieces[j] = s.pieces[j], s.pieces[j-1]
		}
	}
}

// alone has Decode read a text in which no code was found whole: it may hold one in a form that only
// shows when all of it is taken for one code.
func (s *splitter) alone(text string) []Piece {
	if slices.ContainsFunc(s.pieces, func(p Piece) bool { return p.Err == nil }) {
		return s.pieces
	}
	if r, err := Decode(text, s.kinds...); err == nil {
		return []Piece{{Reading: r, Kind: r.Kind, First: 1, Last: max(1, strings.Count(text, "\n"))}}
	}
	return s.pieces
}

// A splitter collects the pieces of a text.
type splitter struct {
	kinds  []Kind
	pieces []Piece
	lines  []int // the number of each line of the text that is not blank
}

// full reports whether there are more pieces than are taken.
func (s *splitter) full() bool { return len(s.pieces) > MaxPieces }

// pastes takes the pasted forms and returns the text without them, in the same lines.
func (s *splitter) pastes(text string) string {
	all := prefixes(text, MaxPieces+1)
	var b strings.Builder
	from := 0
	for i, p := range all {
		end := len(text)
		if i+1 < len(all) {
			end = all[i+1].start
		}
		r, lines, e := p.decode(text[p.end:end], s.kinds)
		to := p.end + endOfPaste(text[p.end:end], lines, e != nil)
		first := 1 + countLineEnds(text[:p.start])
		piece := Piece{Reading: r, Err: e, Kind: s.kindOf(p.letter), First: first, Last: first + countLineEnds(text[p.start:to])}
		s.pieces = append(s.pieces, piece)
		b.WriteString(text[from:p.start])
		b.WriteByte('!') // of no code, so that nothing is joined across it
		for _, r := range text[p.start:to] {
			if isLineEnd(r) {
				b.WriteRune(r)
			}
		}
		from = to
	}
	b.WriteString(text[from:])
	return b.String()
}

func (s *splitter) kindOf(letter byte) Kind {
	for _, k := range s.kinds {
		if k.Letter == letter {
			return k
		}
	}
	return Kind{}
}

// countLineEnds returns how many lines end in a text; a carriage return and a line feed end one.
func countLineEnds(text string) (n int) {
	for line := range strings.Lines(text) {
		if strings.HasSuffix(line, "\n") {
			n++
		}
	}
	return n
}

// endOfPaste returns where a pasted form ends of which these lines were taken, by where they begin. Of
// a damaged one, that is its first line and all after it that are in one piece.
func endOfPaste(text string, taken []int, damaged bool) (end int) {
	for at, line := range linesOf(text) {
		if damaged && end > 0 && (len(line) < full || strings.ContainsFunc(line, func(r rune) bool { return !isSymbol(r) })) {
			break
		}
		if damaged || len(taken) > 0 && at <= taken[len(taken)-1] {
			end = at + len(line)
		}
	}
	return end
}

// numbersOfLines returns the numbers, from 1, of the lines that a scanner counts.
func numbersOfLines(text string) (out []int) {
	n := 0
	for line := range strings.Lines(text) {
		n++
		for part := range strings.FieldsFuncSeq(line, isLineEnd) {
			if strings.TrimSpace(part) != "" && len(out) < maxRows {
				out = append(out, n)
			}
		}
	}
	return out
}

// lineOf returns the number of a line that a scanner counted.
func (s *splitter) lineOf(counted int) int {
	if counted < 1 || counted > len(s.lines) {
		return counted
	}
	return s.lines[counted-1]
}
