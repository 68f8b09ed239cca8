package term

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Safe returns s fit for one line of a terminal. Printable characters stay as they are. Control
// characters (line ends and tabs too), bytes that are not UTF-8, the characters that turn the
// direction of text, and all that take no room or an invisible room are escaped as in a Go string:
// \n, \x1b, \xff, \u202e. Safe(Safe(s)) is Safe(s).
//
// A backslash stays as it is, since file names on Windows are full of them. So a text that holds
// the four characters \x1b and one that holds the control character look alike; neither does harm.
func Safe(s string) string {
	if isSafe(s) {
		return s
	}
	var b strings.Builder
	for s != "" {
		r, size := utf8.DecodeRuneInString(s)
		switch {
		case r == utf8.RuneError && size == 1:
			b.WriteString(`\x`)
			b.WriteString(strconv.FormatUint(uint64(s[0]), 16))
		case printable(r):
			b.WriteRune(r)
		default:
			b.WriteString(escape(r))
		}
		s = s[size:]
	}
	return b.String()
}

func isSafe(s string) bool {
	for i, r := range s {
		if r >= ' ' && r <= '~' {
			continue
		}
		if r == utf8.RuneError && !strings.HasPrefix(s[i:], string(utf8.RuneError)) || !printable(r) {
			return false
		}
	}
	return true
}

// printable is unicode.IsPrint without the characters that count as letters and show nothing, such
// as the Hangul fillers. Of the spaces, only U+0020 is printable.
func printable(r rune) bool {
	const brailleBlank = '\u2800'
	return unicode.IsPrint(r) && r != brailleBlank &&
		!unicode.Is(unicode.Other_Default_Ignorable_Code_Point, r)
}

// escape spells r as strconv does, also where strconv would print it.
func escape(r rune) string {
	quoted := strconv.QuoteRuneToASCII(r)
	return quoted[1 : len(quoted)-1]
}
