package codec

// The arithmetic of correction. A word of the code is a polynomial whose first symbol has the
// highest power and which is zero at a, a^2, a^3 and a^4. What it gives there when it is not a word
// of the code, its syndromes, depends on the mistakes alone: a mistake e at the power p adds
// e*X, e*X^2, e*X^3 and e*X^4 with X = a^p.

// syndromes are the values of a word at a, a^2, a^3 and a^4.
type syndromes [checks]element

func syndromesOf(word []element) (s syndromes) {
	for _, v := range word {
		for j := range s {
			s[j] = timesPower(s[j], j+1) ^ v
		}
	}
	return s
}

// add changes the symbol at a power, below 256, by v.
func (s *syndromes) add(v element, power int) {
	if v == 0 {
		return
	}
	l := int(field.log[v])
	for j := range s {
		l += power
		s[j] ^= field.exp[l]
	}
}

// addFrame adds the three symbols that are not shown, before n that are.
func (s *syndromes) addFrame(f frame, n int) {
	s.add(f.kind, n+2)
	s.add(f.order(), n+1)
	s.add(element(f.bits), n)
}

// plus returns the syndromes of the sum of two words.
func (s syndromes) plus(t syndromes) syndromes {
	for j := range s {
		s[j] ^= t[j]
	}
	return s
}

// A fault is a wrong symbol: where it is, and what to add to it.
type fault struct {
	power int
	value element
}

// solve finds the at most two wrong symbols, all at powers below n, that explain the syndromes. It
// reports false when there are none.
func solve(s syndromes, n int) (f [2]fault, count int, ok bool) {
	if s == (syndromes{}) {
		return f, 0, true
	}
	// With mistakes at X and Y, their sum b and product c are the solution of
	// s[2] = b*s[1] + c*s[0] and s[3] = b*s[2] + c*s[1], and one mistake alone makes that singular.
	det := mul(s[1], s[1]) ^ mul(s[0], s[2])
	if det == 0 {
		f[0], ok = solveOne(s[0], s[1], s[2], n)
		if !ok || mul(s[2], s[2]) != mul(s[1], s[3]) {
			return f, 0, false
		}
		return f, 1, true
	}
	b := div(mul(s[1], s[2])^mul(s[0], s[3]), det)
	c := div(mul(s[2], s[2])^mul(s[1], s[3]), det)
	if b == 0 || c == 0 {
		return f, 0, false
	}
	p, q, ok := roots(b, c, n)
	if !ok {
		return f, 0, false
	}
	x, y := power(p), power(q)
	f[0] = fault{p, div(mul(s[0], y)^s[1], mul(x, b))}
	f[1] = fault{q, div(mul(s[0], x)^s[1], mul(y, b))}
	return f, 2, true
}

// solveOne finds the one mistake e at X that makes e*X, e*X^2 and e*X^3 of t0, t1 and t2.
func solveOne(t0, t1, t2 element, n int) (fault, bool) {
	if t0 == 0 || t1 == 0 || mul(t1, t1) != mul(t0, t2) {
		return fault{}, false
	}
	x := div(t1, t0)
	p := int(field.log[x])
	return fault{p, div(t0, x)}, p < n
}

// roots returns the powers p < q below n at which a^p and a^q have the sum b and the product c,
// both not zero.
func roots(b, c element, n int) (p, q int, ok bool) {
	lb, lc := int(field.log[b]), int(field.log[c])
	for p := range n {
		if field.exp[2*p]^field.exp[lb+p] == c {
			q := lc - p
			if q < 0 {
				q += fieldOrder
			}
			return p, q, q < n
		}
	}
	return 0, 0, false
}

// solveErased finds the value that is missing at one known power, and the at most one wrong symbol
// at another power below n, that explain the syndromes.
func solveErased(s syndromes, lost, n int) (value element, f fault, wrong, ok bool) {
	z := power(lost)
	// Each of these is free of the missing value; a mistake e at X leaves e*X*(X+z) times 1, X,
	// X^2.
	t0, t1, t2 := s[1]^mul(z, s[0]), s[2]^mul(z, s[1]), s[3]^mul(z, s[2])
	if t0|t1|t2 == 0 {
		return div(s[0], z), f, false, true
	}
	f, ok = solveOne(t0, t1, t2, n)
	if !ok || f.power == lost {
		return 0, f, false, false
	}
	x := power(f.power)
	f.value = div(t0, mul(x, x^z))
	return div(s[0]^mul(f.value, x), z), f, true, true
}

// solveTwoErased finds the values that are missing at two known powers, where they alone explain
// the syndromes.
func solveTwoErased(s syndromes, lost, also int) (value, second element, ok bool) {
	z, y := power(lost), power(also)
	t0, t1, t2 := s[1]^mul(z, s[0]), s[2]^mul(z, s[1]), s[3]^mul(z, s[2])
	if t1 != mul(y, t0) || t2 != mul(y, t1) {
		return 0, 0, false
	}
	second = div(t0, mul(y, y^z))
	return div(s[0]^mul(second, y), z), second, true
}
