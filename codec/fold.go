package codec

import (
	"strings"
	"unicode"
)

// quotes are ignored wherever they stand: a code is often pasted with them.
const quotes = "\"'`´«»‘’‚‛“”„‟‹›"

// What foldRune makes of a rune that is not a symbol.
const (
	ignored = 0x80 // space, line end, dash or quote
	refused = notSymbol
)

// foldRune returns the value of the symbol that r is read as, or ignored, or refused.
func foldRune(r rune) byte {
	if r < 128 {
		if v := values[r]; v != notSymbol {
			return v
		}
		switch r {
		case ' ', '\t', '\n', '\v', '\f', '\r', '-', '"', '\'', '`':
			return ignored
		}
		return refused
	}
	const minus, softHyphen = '\u2212', '\u00ad'
	if unicode.IsSpace(r) || unicode.Is(unicode.Pd, r) || r == minus || r == softHyphen ||
		strings.ContainsRune(quotes, r) {
		return ignored
	}
	return refused
}

// Fold is the one place where people's typing is made canonical: it reads lower case as upper case,
// O as 0, I and L as 1, U as V, and ignores spaces, line ends, hyphens and other dashes, and quotes.
// The label "3:" or "3/6:" that is printed before a line is dropped. Nothing else is ignored: any
// other character is an *Error with the problem BadCharacter, which names it and the group of four
// that it stands in.
func Fold(text string) (string, error) {
	_, text = cutLabel(text)
	b := make([]byte, 0, len(text))
	for _, r := range text {
		switch v := foldRune(r); v {
		case ignored:
		case refused:
			return "", badCharacter(0, len(b), r)
		default:
			b = append(b, alphabet[v])
		}
	}
	return string(b), nil
}

// cutLabel takes the label of a line, "3:" or "3/6:", off its text. It returns 0 where there is no
// label.
func cutLabel(text string) (label int, rest string) {
	s := strings.TrimLeftFunc(text, unicode.IsSpace)
	label, s = cutNumber(s)
	if label == 0 {
		return 0, text
	}
	if total, ok := strings.CutPrefix(s, "/"); ok {
		var count int
		if count, s = cutNumber(total); count == 0 {
			return 0, text
		}
	}
	if rest, ok := strings.CutPrefix(s, ":"); ok {
		return label, rest
	}
	return 0, text
}

// cutNumber takes a line number of one or two digits off a text, 0 where there is none.
func cutNumber(s string) (n int, rest string) {
	i := 0
	for i < len(s) && i < 2 && '0' <= s[i] && s[i] <= '9' {
		n = 10*n + int(s[i]-'0')
		i++
	}
	if n > maxLines {
		return 0, s
	}
	return n, s[i:]
}

// mostTyped is the most characters that are looked at as one line: one more than a full line has.
const mostTyped = 2*maxShown + 1

// A typed holds one line as it was typed, folded. It is a plain value, so that reading lines
// allocates nothing.
type typed struct {
	values [mostTyped]byte // of the first characters, 0 to 31 each
	n      int             // the number of characters, which may be more
	breaks uint64          // bit i: something was ignored between the characters i-1 and i
}

// foldTyped folds a text that is free of labels. It stops at the first character that is refused
// and reports it.
func foldTyped(text string) (t typed, bad rune, ok bool) {
	for _, r := range text {
		switch v := foldRune(r); v {
		case ignored:
			if t.n > 0 && t.n <= mostTyped {
				t.breaks |= 1 << t.n
			}
		case refused:
			return t, r, false
		default:
			t.add(v)
		}
	}
	t.breaks &^= 1 << min(t.n, 63)
	return t, 0, true
}

func (t *typed) add(v byte) {
	if t.n < mostTyped {
		t.values[t.n] = v
	}
	t.n++
}

// text returns the characters from i up to j.
func (t *typed) text(i, j int) string {
	var b [mostTyped]byte
	for k := i; k < j; k++ {
		b[k] = alphabet[t.values[k]]
	}
	return string(b[i:j])
}

// word pairs the characters up to symbols. Their number is even and at most 2*maxShown.
func (t *typed) word() (w [maxShown]element, n int) {
	n = t.n / 2
	for i := range n {
		w[i] = element(t.values[2*i])<<5 | element(t.values[2*i+1])
	}
	return w, n
}
