package table

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// wide are the ranges of characters that take two columns of a terminal (Unicode UAX #11, classes W
// and F), in the coarse form that terminals agree on.
var wide = [][2]rune{
	{0x1100, 0x115f}, {0x2e80, 0x303e}, {0x3041, 0xa4cf}, {0xa960, 0xa97c}, {0xac00, 0xd7a3}, {0xf900, 0xfaff},
	{0xfe30, 0xfe6f}, {0xff01, 0xff60}, {0xffe0, 0xffe6}, {0x1f300, 0x1f64f}, {0x1f680, 0x1f6ff}, {0x1f900, 0x1f9ff},
	{0x20000, 0x3fffd},
}

// width returns how many columns of a terminal s takes, which term.Safe made printable.
func width(s string) int {
	n := 0
	for _, r := range s {
		n += runeWidth(r)
	}
	return n
}

func runeWidth(r rune) int {
	if r < 0x300 {
		return 1
	}
	if unicode.In(r, unicode.Mn, unicode.Me) {
		return 0
	}
	for _, w := range wide {
		if r >= w[0] && r <= w[1] {
			return 2
		}
	}
	return 1
}

// cut takes from s what fits into columns, and returns the rest. It breaks behind a space, comma,
// slash or dash where there is one in the second half, else where the room ends.
func cut(s string, columns int) (part, rest string) {
	used, end, breaks := 0, 0, 0
	for end < len(s) {
		r, size := utf8.DecodeRuneInString(s[end:])
		if used += runeWidth(r); used > columns && end > 0 {
			break
		}
		end += size
		if strings.ContainsRune(" ,/-:", r) && used*2 > columns {
			breaks = end
		}
	}
	if end < len(s) && breaks > 0 {
		end = breaks
	}
	return strings.TrimRight(s[:end], " "), strings.TrimLeft(s[end:], " ")
}
