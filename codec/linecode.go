package codec

const (
	groupSize = 4                // characters
	lineBytes = 20               // payload bytes in every line but the last
	lineBits  = 8 * lineBytes    // the same in bits
	checks    = 4                // check symbols of a line
	hidden    = 3                // symbols of a line's codeword that are not shown
	maxData   = lineBits / 10    // data symbols of a full line
	maxShown  = maxData + checks // symbols shown in a full line
	full      = 2 * maxShown     // characters of every line but the last
	maxLines  = (MaxTyped + lineBytes - 1) / lineBytes
	lastFlag  = 512 // added to the number of the last line
)

// A frame is what a line's check characters cover besides the data: which line of what it is.
// Its three values are the first symbols of the line's codeword and are not shown.
type frame struct {
	kind   uint16
	number int // of the line, from 1
	last   bool
	bits   int // payload bits in this line
}

// order returns the symbol that says which line it is.
func (f frame) order() element {
	if f.last {
		return element(f.number) + lastFlag
	}
	return element(f.number)
}

// symbols returns the number of data symbols.
func (f frame) symbols() int { return (f.bits + fieldBits - 1) / fieldBits }

// generator is (x+a)(x+a^2)(x+a^3)(x+a^4) without its leading x^4, highest power first.
var generator = newGenerator()

func newGenerator() (g [checks]element) {
	full := [checks + 1]element{checks: 1} // highest power first
	for j := 1; j <= checks; j++ {
		for i := range checks {
			full[i] = mul(full[i], power(j)) ^ full[i+1]
		}
		full[checks] = mul(full[checks], power(j))
	}
	copy(g[:], full[1:])
	return g
}

// checkSymbols returns the remainder of the division by the generator: what has to follow the frame
// and the data to make a codeword.
func checkSymbols(f frame, data []element) (r [checks]element) {
	step := func(s element) {
		top := s ^ r[0]
		for i := range checks - 1 {
			r[i] = r[i+1] ^ mul(top, generator[i])
		}
		r[checks-1] = mul(top, generator[checks-1])
	}
	step(f.kind)
	step(f.order())
	step(element(f.bits))
	for _, s := range data {
		step(s)
	}
	return r
}

// encodeLine returns the characters of a line, without spaces. The piece holds the frame's bits;
// what fills up its last byte is zero.
func encodeLine(f frame, piece []byte) string {
	var word [maxShown]element
	data := word[:f.symbols()]
	unpack(data, piece)
	r := checkSymbols(f, data)
	n := len(data) + copy(word[len(data):], r[:])
	return characters(word[:n])
}

// unpack cuts bytes into symbols of ten bits, the most significant first. Missing bits are zero.
func unpack(symbols []element, b []byte) {
	var acc uint32
	bits := 0
	for i := range symbols {
		for ; bits < fieldBits; bits += 8 {
			acc <<= 8
			if len(b) > 0 {
				acc |= uint32(b[0])
				b = b[1:]
			}
		}
		bits -= fieldBits
		symbols[i] = element(acc >> bits & fieldOrder)
	}
}

// pack is the inverse of unpack: the bytes that n bits take. The bits after them are zero, see
// zeroFill.
func pack(symbols []element, n int) []byte {
	b := make([]byte, 0, (len(symbols)*fieldBits+7)/8)
	var acc uint32
	bits := 0
	for _, s := range symbols {
		acc = acc<<fieldBits | uint32(s)
		for bits += fieldBits; bits >= 8; bits -= 8 {
			b = append(b, byte(acc>>(bits-8)))
		}
	}
	if bits > 0 {
		b = append(b, byte(acc<<(8-bits)))
	}
	return b[:(n+7)/8]
}

// characters returns two characters a symbol, the first of them the high five bits.
func characters(symbols []element) string {
	var b [2 * maxShown]byte
	for i, s := range symbols {
		b[2*i], b[2*i+1] = alphabet[s>>5], alphabet[s&31]
	}
	return string(b[:2*len(symbols)])
}
