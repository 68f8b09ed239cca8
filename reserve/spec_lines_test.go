package reserve

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"tallystick/codec"
)

// The line code of SPEC.md, worked through without package codec.

// symbolsOf prints a line as symbols, those that are not shown first.
func symbolsOf(t *testing.T, c codec.Code, number int) string {
	t.Helper()
	line := c.Lines()[number-1]
	bits, order := c.Kind().Bits, number
	if bits == 0 {
		bits = min(160, 8*c.Size()-160*(number-1))
	}
	if number == len(c.Lines()) {
		order += 512
	}
	all := symbols(line)
	hidden := []int{int(c.Kind().Number), order, bits}
	if syndromes(append(slices.Clone(hidden), all...)) != [4]int{} {
		t.Errorf("%q with %v is no word of the code", line, hidden)
	}
	return values("not shown", plain(hidden), "data", plain(all[:len(all)-4]), "checks", plain(all[len(all)-4:]), "line", line)
}

// symbols reads the characters of a line as SPEC.md says, without package codec.
func symbols(line string) (out []int) {
	text := strings.ReplaceAll(line, " ", "")
	const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
	for i := 0; i < len(text); i += 2 {
		out = append(out, strings.IndexByte(alphabet, text[i])<<5|strings.IndexByte(alphabet, text[i+1]))
	}
	return out
}

// times multiplies in GF(2^10).
func times(x, y int) (z int) {
	for ; y > 0; y >>= 1 {
		if y&1 != 0 {
			z ^= x
		}
		if x <<= 1; x&0x400 != 0 {
			x ^= 0x409
		}
	}
	return z
}

// powerOf returns a^n.
func powerOf(n int) int {
	v := 1
	for range n {
		v = times(v, 2)
	}
	return v
}

// syndromes returns the values of a word at a, a^2, a^3 and a^4.
func syndromes(word []int) (s [4]int) {
	for j := range s {
		for _, v := range word {
			s[j] = times(s[j], powerOf(j+1)) ^ v
		}
	}
	return s
}

func fieldValues() string {
	generator := []int{1}
	for j := 1; j <= 4; j++ {
		next := append(slices.Clone(generator), 0)
		for i, v := range generator {
			next[i+1] ^= times(v, powerOf(j))
		}
		generator = next
	}
	var powers []int
	for _, n := range []int{9, 10, 11, 100, 1022} {
		powers = append(powers, powerOf(n))
	}
	return values("generator", plain(generator), "a^9, a^10, a^11", plain(powers[:3]), "a^100, a^1022", plain(powers[3:]))
}

// plain prints numbers with spaces between them.
func plain(list []int) string { return strings.Trim(fmt.Sprint(list), "[]") }

// corrected shows how two mistakes in a receipt are found.
func corrected(t *testing.T, c codec.Code) string {
	t.Helper()
	right := c.Lines()[0]
	typed := []byte(right)
	typed[2], typed[16] = 'Z', '7' // the second and the seventh symbol
	hidden := []int{3, 513, 100}
	word := append(slices.Clone(hidden), symbols(string(typed))...)
	s := syndromes(word)
	if syndromes(append(hidden, symbols(right)...)) != [4]int{} {
		t.Error("the arithmetic of SPEC.md does not take a receipt for a word of the code")
	}
	var found []string
	for p := range 14 {
		for q := range p {
			// e*X + f*Y and e*X^2 + f*Y^2 give e and f by Cramer's rule.
			x, y := powerOf(p), powerOf(q)
			det := times(times(x, y), x^y)
			e := divided(times(s[0], times(y, y))^times(s[1], y), det)
			f := divided(times(s[0], times(x, x))^times(s[1], x), det)
			if times(e, powerOf(3*p))^times(f, powerOf(3*q)) == s[2] && times(e, powerOf(4*p))^times(f, powerOf(4*q)) == s[3] {
				found = append(found, fmt.Sprintf("add %d at power %d and %d at power %d", e, p, f, q))
			}
		}
	}
	read, err := codec.ParseLine(string(typed), 1, ReceiptKind)
	if err != nil || len(read) != 1 || read[0].Text != right || len(found) != 1 {
		t.Errorf("%q was read as %v, %v; found %v", typed, read, err, found)
	}
	return values("typed", string(typed), "syndromes", plain(s[:]), "correction", strings.Join(found, ", "), "meant", right)
}

// divided returns x / y.
func divided(x, y int) int {
	for n := range 1023 {
		if times(n, y) == x {
			return n
		}
	}
	return 1023
}
