package codec

import "fmt"

// alphabet is Douglas Crockford's base32: the digits and the capital letters without I, L, O and U.
const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// values maps an ASCII byte to the value of the character it is read as, or to notSymbol. It knows
// both cases, and what people read for other characters: O for 0, I and L for 1, U for V.
var values = newValues()

const notSymbol = 0xff

func newValues() (v [128]byte) {
	for i := range v {
		v[i] = notSymbol
	}
	for i := range len(alphabet) {
		c := alphabet[i]
		v[c] = byte(i)
		if c >= 'A' {
			v[c|0x20] = byte(i)
		}
	}
	for _, pair := range []string{"O0", "o0", "I1", "i1", "L1", "l1", "UV", "uv"} {
		v[pair[0]] = v[pair[1]]
	}
	return v
}

// Base32 returns b in Crockford's base32, upper case: five bits a character, the most significant
// first, the last character filled up with zero bits.
func Base32(b []byte) string {
	return string(appendBase32(make([]byte, 0, base32Len(len(b))), b))
}

// base32Len returns the number of characters of n bytes.
func base32Len(n int) int { return (8*n + 4) / 5 }

func appendBase32(dst, b []byte) []byte {
	var acc uint32
	bits := 0
	for _, c := range b {
		acc = acc<<8 | uint32(c)
		for bits += 8; bits >= 5; bits -= 5 {
			dst = append(dst, alphabet[acc>>(bits-5)&31])
		}
	}
	if bits > 0 {
		dst = append(dst, alphabet[acc<<(5-bits)&31])
	}
	return dst
}

// ParseBase32 is the inverse of Base32 and strict: upper case only, no separators, and no text that
// Base32 does not print. People's typing goes through Fold first.
func ParseBase32(s string) ([]byte, error) {
	for i := range len(s) {
		c := s[i]
		if c >= 128 || values[c] == notSymbol || alphabet[values[c]] != c {
			return nil, fmt.Errorf("base32 text has %q at offset %d", rune(c), i)
		}
	}
	b, ok := bytesOf(s)
	if !ok {
		return nil, fmt.Errorf("base32 text of %d characters is cut short or has stray bits at its end",
			len(s))
	}
	return b, nil
}

// bytesOf decodes canonical characters to whole bytes. It reports false when the characters do not
// encode whole bytes or when the bits that fill up the last character are not zero.
func bytesOf(symbols string) ([]byte, bool) {
	n := len(symbols) * 5 / 8
	if base32Len(n) != len(symbols) {
		return nil, false
	}
	dst := make([]byte, 0, n)
	var acc uint32
	bits := 0
	for i := range len(symbols) {
		acc = acc<<5 | uint32(values[symbols[i]])
		if bits += 5; bits >= 8 {
			bits -= 8
			dst = append(dst, byte(acc>>bits))
		}
	}
	return dst, acc&(1<<bits-1) == 0
}
