package codec

// The field GF(2^10), whose elements are the pairs of characters of a line: polynomials over GF(2)
// modulo x^10 + x^3 + 1. The element a = x generates its 1023 nonzero elements.

const (
	fieldBits  = 10
	fieldOrder = 1<<fieldBits - 1 // number of nonzero elements
	fieldTail  = 0b1001           // x^10 = x^3 + 1
)

// An element is one symbol of the line code, 0 to 1023.
type element = uint16

// field holds powers and logarithms of a. The powers are listed twice over, so that the sum of two
// logarithms is an index without a division. It takes about two microseconds to compute, less than
// a literal would take to be read by anyone.
var field = newField()

type fieldTables struct {
	exp [2 * fieldOrder]element
	log [1 << fieldBits]uint16 // log[0] is unused
}

func newField() *fieldTables {
	t := new(fieldTables)
	v := element(1)
	for i := range fieldOrder {
		t.exp[i], t.exp[i+fieldOrder] = v, v
		t.log[v] = uint16(i)
		v = timesPower(v, 1)
	}
	return t
}

// timesPower returns v * a^j for j from 0 to 4, without a table: the bits shifted out at the top
// come back in through the tail of the modulus, which for so small a shift takes one step.
func timesPower(v element, j int) element {
	top := v >> (fieldBits - j)
	return v<<j&fieldOrder ^ top ^ top<<3
}

func mul(x, y element) element {
	if x == 0 || y == 0 {
		return 0
	}
	return field.exp[field.log[x]+field.log[y]]
}

// div returns x / y; y is not zero.
func div(x, y element) element {
	if x == 0 {
		return 0
	}
	return field.exp[field.log[x]+fieldOrder-field.log[y]]
}

// power returns a^i for i from 0 to 2045.
func power(i int) element { return field.exp[i] }
