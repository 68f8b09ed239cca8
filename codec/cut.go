package codec

import (
	"slices"
	"strings"
)

// maxStream bounds, in characters, the text without line ends that is cut into lines: four times
// the longest code that is typed.
const maxStream = 4 * maxLines * full

// maxCut bounds the characters of all texts without line ends together.
const maxCut = 1 << 16

// A stream is text without line ends, or whose line ends mean nothing.
type stream struct {
	text  []byte // the characters, one space where others were ignored
	at    []int  // where each character is in the text
	lines []int  // the line of the whole text that each is in
}

func (s *stream) add(r *row) {
	for _, c := range []byte(compact(r.text)) {
		if c != ' ' {
			s.at = append(s.at, len(s.text))
			s.lines = append(s.lines, r.line)
		}
		s.text = append(s.text, c)
	}
	s.text = append(s.text, ' ')
}

// part returns the text of the characters from i up to j.
func (s *stream) part(i, j int) string {
	if j == len(s.at) {
		return string(s.text[s.at[i]:])
	}
	return string(s.text[s.at[i]:s.at[j]])
}

func (s *stream) row(i, j int) row {
	text := s.part(i, j)
	return row{line: s.lines[i], end: s.lines[j-1], text: text, n: j - i, likely: likely(text), part: true}
}

// cutLong cuts the rows that are too long for a line.
func cutLong(rows []row, kinds []Kind) []row {
	if !slices.ContainsFunc(rows, func(r row) bool { return r.n > longest }) {
		return rows
	}
	var all []row
	left := maxCut
	for i := range rows {
		if r := &rows[i]; r.n > longest && r.n <= min(left, maxStream) && r.bad == 0 {
			left -= r.n
			var s stream
			s.add(r)
			all = append(all, s.cut(kinds)...)
			continue
		}
		all = append(all, rows[i])
	}
	return all
}

// cutAll takes the rows that look like parts of a code for one text that was broken into lines
// where it happened to be, and cuts it anew.
func cutAll(rows []row, kinds []Kind) []row {
	var s stream
	for i := range rows {
		r := &rows[i]
		if r.bad == 0 && (r.likely || r.whole && !wordy(r.text)) && len(s.at)+r.n <= maxStream {
			s.add(r)
		}
	}
	if len(s.at) == 0 {
		return nil
	}
	return s.cut(kinds)
}

// wordy reports whether a text has letters, I, L and O, that codes do not print.
func wordy(text string) bool { return strings.ContainsAny(text, "ILOUilou") }

// cut cuts a stream into rows where lines begin. A line that can't be read is cut where the one
// after it can.
func (s *stream) cut(kinds []Kind) (rows []row) {
	a := assembly{kinds: kinds}
	end := len(s.at)
	for i := 0; i < end; {
		n := end - i
		if n > full+2*groupSize {
			n = s.length(&a, i)
		}
		if n == 0 {
			next := s.sync(&a, i+1)
			for ; next-i > longest; i += full {
				rows = append(rows, s.row(i, i+full))
			}
			n = next - i
		}
		rows = append(rows, s.row(i, i+n))
		i += n
	}
	return rows
}

// length returns the length of the line that begins at i, 0 where that can't be told. When the line
// is not faultless, the line after it tells.
func (s *stream) length(a *assembly, i int) int {
	if s.reads(a, i, full, 0) {
		return full
	}
	for most := range 2 {
		for _, n := range []int{full, full - 1, full + 1, full - 2, full + 2} {
			j := i + n
			rest := len(s.at) - j
			if rest > full+2*groupSize {
				rest = full
			}
			if s.reads(a, j, rest, most) {
				return n
			}
		}
	}
	if s.reads(a, i, full, 1) {
		return full
	}
	return 0
}

// sync returns the first place from i on where a full line can be read, or the end.
func (s *stream) sync(a *assembly, i int) int {
	for ; i+full <= len(s.at); i++ {
		if s.reads(a, i, full, 0) {
			return i
		}
	}
	return len(s.at)
}

// reads reports whether the n characters at i are a line, with at most so many wrong pairs.
func (s *stream) reads(a *assembly, i, n, most int) bool {
	if i+n > len(s.at) || n%2 != 0 || n < shortest || n > full {
		return false
	}
	a.load(s.part(i, i+n))
	a.search.wrongPairs(anyLine, most)
	return len(a.search.found) > 0
}
