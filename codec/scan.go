package codec

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	shortest = 2*(1+checks) - 1 // characters of the shortest line, one left out
	longest  = mostTyped

	// maxRows bounds what is kept of a hostile text.
	maxRows = 1 << 17
)

// A row is a piece of a text that may be a typed line: a run of characters that codes use, or, with
// a bad rune, a run that would be one but for that rune.
type row struct {
	line, end int    // the lines of the text it is in, from the first to the last
	text      string // without its label
	label     int    // 0 where there is none
	n         int    // characters
	likely    bool   // it looks like a line of a code
	whole     bool   // it is all there is in its line of text, but for a label
	torn      bool   // part of a row with a bad rune
	part      bool   // cut out of a longer row
	bad       rune   // the first rune that codes do not use
	at        int    // bad: the characters before it

	found  []found // what it reads as without knowing which line it should be
	used   bool    // it is part of the code
	number int     // used: the line it was taken for
}

// A scanner finds the rows of a text.
type scanner struct {
	rows  []row
	lines int // lines of text that are not blank
}

func (s *scanner) scan(text string) {
	for text != "" {
		line := text
		if i := strings.IndexFunc(text, isLineEnd); i >= 0 {
			_, size := utf8.DecodeRuneInString(text[i:])
			line, text = text[:i], text[i+size:]
		} else {
			text = ""
		}
		if strings.TrimSpace(line) == "" {
			continue
		}
		s.lines++
		for line != "" {
			label, rest := cutLabel(line)
			i := nextLabel(rest)
			s.piece(label, rest[:i])
			line = rest[i:]
		}
	}
}

func isLineEnd(r rune) bool {
	switch r {
	case '\n', '\r', '\v', '\f', '\u0085', '\u2028', '\u2029':
		return true
	}
	return false
}

// nextLabel returns where the next label begins that stands between lines that were joined:
// "1: ABCD EFGH 2: JKMN". It returns the length of the text where there is none.
func nextLabel(text string) int {
	for i := 0; i < len(text); {
		colon := strings.Index(text[i:], ": ")
		if colon < 0 {
			break
		}
		colon += i
		start := strings.LastIndexFunc(text[i:colon], unicode.IsSpace) + 1 + i
		if label, _ := cutLabel(text[start:]); label > 0 && start > 0 {
			run := text[i:start]
			run = run[strings.LastIndexFunc(run, isRefused)+1:]
			if n := count(run); n == 0 || n >= shortest {
				return start
			}
		}
		i = colon + 1
	}
	return len(text)
}

// piece adds the rows of a part of a line of text that has no labels in it.
func (s *scanner) piece(label int, text string) {
	first, last := len(s.rows), -1
	rest := text
	for rest != "" {
		i := strings.IndexFunc(rest, isRefused)
		if i < 0 {
			i = len(rest)
		}
		run := rest[:i]
		r, size := utf8.DecodeRuneInString(rest[i:])
		rest = rest[i+size:]
		if unicode.IsLetter(r) { // in the middle of a word
			run = strings.TrimRightFunc(run, isSymbol)
			rest = strings.TrimLeftFunc(rest, isSymbol)
		}
		if strings.ContainsFunc(run, isSymbol) {
			last = len(s.rows)
			s.run(label, run, i == len(text))
		}
	}
	// What other text follows is part of that.
	for i := first; i < last; i++ {
		s.rows[i].likely = false
	}
	if bad, ok := badRow(text); ok {
		for i := first; i < len(s.rows); i++ {
			s.rows[i].torn = true
		}
		bad.label = label
		s.add(bad)
	}
}

func isSymbol(r rune) bool { return foldRune(r) < ignored }

func isRefused(r rune) bool { return foldRune(r) == refused }

// run adds a run of characters that codes use. One that is too short to be a line is kept only
// where it is whole, a whole line of text without any letter that codes do not print: a line may
// have been broken there.
func (s *scanner) run(label int, text string, whole bool) {
	n := count(text)
	if n < shortest && (!whole || wordy(text)) {
		return
	}
	if len(text) > 4*n {
		text = compact(text)
	}
	s.add(row{text: text, label: label, n: n, whole: whole,
		likely: likely(text) || label > 0 && n >= shortest})
}

// compact returns the characters of a text as they were typed, with one space wherever others were
// ignored, so that looking at it again costs little.
func compact(text string) string {
	b := make([]byte, 0, len(text))
	space := false
	for _, r := range text {
		if foldRune(r) >= ignored {
			space = len(b) > 0
			continue
		}
		if space {
			b = append(b, ' ')
			space = false
		}
		b = append(b, byte(r))
	}
	return string(b)
}

func (s *scanner) add(r row) {
	if len(s.rows) < maxRows {
		r.line, r.end = s.lines, s.lines
		s.rows = append(s.rows, r)
	}
}

// count returns the number of characters.
func count(text string) (n int) {
	for _, r := range text {
		if foldRune(r) < ignored {
			n++
		}
	}
	return n
}

// likely tells lines of codes from other text. Nearly a third of the characters of a code are
// digits, it is printed without the letters I, L, O and U, it is typed in one case, and it stands in
// groups of four or all in one.
func likely(text string) bool {
	n, digits, lower, strange, word, grouped := 0, 0, 0, 0, 0, 0
	end := func() {
		if word == n || word == groupSize {
			grouped += word
		}
		word = 0
	}
	for _, r := range text {
		if foldRune(r) == ignored {
			end()
			continue
		}
		n++
		word++
		switch {
		case '0' <= r && r <= '9':
			digits++
		case 'a' <= r && r <= 'z':
			lower++
		}
		if strings.ContainsRune("ILOUilou", r) {
			strange++
		}
	}
	end()
	mixed := min(lower, n-digits-lower)
	return n >= shortest && digits >= max(1, n/8) && strange <= n/10 && mixed <= n/10 && 2*grouped >= n
}

// badRow makes a row of a text that looks like a line of a code but for one or two runes.
func badRow(text string) (row, bool) {
	if after, ok := afterPrompt(text); ok {
		text = after
	}
	var bad []rune
	at, n := 0, 0
	for _, r := range text {
		switch foldRune(r) {
		case ignored:
			continue
		case refused:
			if len(bad) == 0 {
				at = n
			}
			if bad = append(bad, r); len(bad) > 2 {
				return row{}, false
			}
		}
		n++
	}
	if len(bad) == 0 || n > longest+2 || !likely(text) {
		return row{}, false
	}
	return row{text: text, n: n, likely: true, bad: bad[0], at: at}, true
}

// afterPrompt returns what stands after a prompt or the mark of a quotation. A prompt that ends in
// a colon has a space after it.
func afterPrompt(text string) (after string, found bool) {
	i := strings.LastIndexAny(text, ">#$%|")
	if j := strings.LastIndex(text, ": "); j > i {
		i = j
	}
	return text[i+1:], i >= 0
}
