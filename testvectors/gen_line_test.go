package testvectors_test

import "strings"

// The line code, written from SPEC.md without package codec, so that lines can be made that no
// encoder makes: with another number of bits, filling bits that are not zero, unknown kinds.

const crockford = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// fieldTimes multiplies in GF(2^10).
func fieldTimes(x, y int) (z int) {
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

// lineFrame is what is not shown of a line.
type lineFrame struct {
	kind, number int
	last         bool
	bits         int
}

// symbols returns the line of these data symbols, checks included, in groups.
func (f lineFrame) line(data []int) string {
	order := f.number
	if f.last {
		order += 512
	}
	generator := []int{30, 216, 960, 9}
	rest := make([]int, 4)
	for _, s := range append([]int{f.kind, order, f.bits}, data...) {
		top := s ^ rest[0]
		copy(rest, rest[1:])
		rest[3] = 0
		for i, g := range generator {
			rest[i] ^= fieldTimes(top, g)
		}
	}
	var b strings.Builder
	for _, s := range append(append([]int{}, data...), rest...) {
		b.WriteByte(crockford[s>>5])
		b.WriteByte(crockford[s&31])
	}
	return inGroups(b.String())
}

// dataSymbols cuts bytes into symbols of ten bits.
func dataSymbols(piece []byte) (all []int) {
	acc, bits := 0, 0
	for _, c := range piece {
		acc, bits = acc<<8|int(c), bits+8
		if bits >= 10 {
			bits -= 10
			all = append(all, acc>>bits)
			acc &= 1<<bits - 1
		}
	}
	if bits > 0 {
		all = append(all, acc<<(10-bits))
	}
	return all
}

// typedLines returns the typed form of a payload of whole bytes.
func typedLines(kind int, payload []byte) (lines []string) {
	for n := 1; ; n++ {
		piece := payload[:min(20, len(payload))]
		payload = payload[len(piece):]
		f := lineFrame{kind, n, len(payload) == 0, 8 * len(piece)}
		lines = append(lines, f.line(dataSymbols(piece)))
		if f.last {
			return lines
		}
	}
}

// receiptLine returns the typed form of the 13 bytes of a receipt.
func receiptLine(body []byte) string {
	return lineFrame{3, 1, true, 100}.line(dataSymbols(body)[:10])
}

func inGroups(s string) string {
	var groups []string
	for ; len(s) > 4; s = s[4:] {
		groups = append(groups, s[:4])
	}
	return strings.Join(append(groups, s), " ")
}

func ungrouped(s string) string { return strings.ReplaceAll(s, " ", "") }

// base32Of encodes bytes in the alphabet of codes.
func base32Of(b []byte) string {
	var out strings.Builder
	acc, bits := 0, 0
	for _, c := range b {
		acc, bits = acc<<8|int(c), bits+8
		for bits >= 5 {
			bits -= 5
			out.WriteByte(crockford[acc>>bits&31])
		}
		acc &= 1<<bits - 1
	}
	if bits > 0 {
		out.WriteByte(crockford[acc<<(5-bits)&31])
	}
	return out.String()
}
