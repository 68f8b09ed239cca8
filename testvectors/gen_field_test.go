package testvectors_test

// The arithmetic of mistakes in a word of the line code.

// logs and powers of a in GF(2^10).
var logOf, powerOf = func() (l [1024]int, p [2046]int) {
	v := 1
	for i := range 1023 {
		l[v], p[i], p[i+1023] = i, v, v
		v = fieldTimes(v, 2)
	}
	return l, p
}()

func product(x, y int) int {
	if x == 0 || y == 0 {
		return 0
	}
	return powerOf[logOf[x]+logOf[y]]
}

// sums are the syndromes of a word.
type sums [4]int

func (s *sums) add(v, power int) {
	if v == 0 {
		return
	}
	for j := range s {
		s[j] ^= powerOf[(logOf[v]+(j+1)*power)%1023]
	}
}

// one returns the power and the value of the single symbol that makes the sums zero when added.
func (s sums) one(n int) (power, value int, ok bool) {
	for p := range n {
		if v := product(s[0], powerOf[(1023-p)%1023]); v != 0 {
			t := s
			if t.add(v, p); t == (sums{}) {
				return p, v, true
			}
		}
	}
	return 0, 0, false
}

// two returns the two symbols that make the sums zero when added.
func (s sums) two(n int) (pair [2][2]int, ok bool) {
	for p := range n {
		for q := range p {
			// v*X + w*Y = s[0] and v*X^2 + w*Y^2 = s[1]
			x, y := powerOf[p], powerOf[q]
			inverse := powerOf[(2*1023-logOf[product(product(x, y), x^y)])%1023]
			v := product(product(s[0], product(y, y))^product(s[1], y), inverse)
			w := product(product(s[0], product(x, x))^product(s[1], x), inverse)
			t := s
			t.add(v, p)
			t.add(w, q)
			if v != 0 && w != 0 && t == (sums{}) {
				return [2][2]int{{p, v}, {q, w}}, true
			}
		}
	}
	return pair, false
}
