package codec

import "math/bits"

// anyLine is the number to look for when any line of a code will do.
const anyLine = 0

// A slip is what else happened to a line besides wrong characters.
type slip int

const (
	noSlip  slip = iota
	missed       // a character was left out
	doubled      // a character was typed that is not there
	swapped      // two groups were typed in each other's place
)

// A found is one line that a typed text may mean.
type found struct {
	kind   *Kind
	frame  frame
	word   [maxShown]element // as it should be
	n      int               // symbols of it
	cost   int               // mistakes it takes to explain what was typed
	slip   slip
	at     int  // missed: place in the line; doubled: place in the typed text; swapped: first group
	before bool // doubled: the character belongs to the group before it; see starts
	other  int  // swapped: second group
	odd    int  // group breaks of the typed text that stand elsewhere than they would
}

func (f *found) same(g *found) bool {
	return f.frame == g.frame && f.n == g.n && f.word == g.word
}

// starts returns where in the typed text the character m of the line begins, or would.
func (f *found) starts(m int) int {
	switch {
	case f.slip == missed && m > f.at:
		return m - 1
	case f.slip == doubled && (m > f.at || m == f.at && f.before):
		return m + 1
	}
	return m
}

// oddBreaks counts the spaces of the typed text that are not where this reading would have them.
// It tells apart readings that differ only in which of several equal characters was left out.
func (f *found) oddBreaks(t *typed) int {
	var want uint64
	for m := groupSize; m < 2*f.n; m += groupSize {
		want |= 1 << f.starts(m)
	}
	return bits.OnesCount64(want ^ t.breaks)
}

// A search collects the lines that one typed text may mean, under the kinds that are possible.
// A text of an even number of characters may have wrong pairs or swapped groups; one of an odd
// number lacks a character or has one too many.
type search struct {
	kinds []Kind
	typed *typed
	found []found
	tries []try
}

// A try is one assumption about what the symbols that are not shown are.
type try struct {
	kind  *Kind
	frame frame
	base  syndromes // what the frame adds
}

// assume lists the tries for a line number, or anyLine, and n symbols shown.
func (s *search) assume(number, n int) {
	s.tries = s.tries[:0]
	for i := range s.kinds {
		k := &s.kinds[i]
		k.eachFrame(number, n-checks, func(f frame) {
			y := try{kind: k, frame: f}
			y.base.addFrame(f, n)
			s.tries = append(s.tries, y)
		})
	}
}

// eachFrame calls visit with every frame that a line of this kind, with a number or anyLine, and
// with so many data symbols may have.
func (k *Kind) eachFrame(number, symbols int, visit func(frame)) {
	if symbols < 1 || symbols > maxData || k.Number == 0 || k.Number > fieldOrder {
		return
	}
	f := frame{kind: k.Number, number: number, bits: lineBits}
	if k.Bits != 0 {
		f.bits, f.last = k.Bits, true
		if f.symbols() == symbols && number <= 1 {
			visit(f)
		}
		return
	}
	if symbols == maxData && f.possible(k) {
		visit(f)
	}
	f.last = true
	for n := fieldBits*(symbols-1)/8 + 1; n <= fieldBits*symbols/8; n++ {
		if f.bits = 8 * n; f.possible(k) {
			visit(f)
		}
	}
}

// possible reports whether a code of this kind can have such a line.
func (f frame) possible(k *Kind) bool {
	if f.number < 0 || f.number > maxLines || k.Bits != 0 && f.number > 1 {
		return false
	}
	if f.number == anyLine || k.Bits != 0 {
		return true
	}
	end := f.bits/8 + lineBytes*(f.number-1)
	return end >= DigestSize && end <= MaxTyped
}

// wrongPairs adds the lines that differ from the typed text in no more than most pairs: at most two
// where the line number is known, one for anyLine.
func (s *search) wrongPairs(number, most int) {
	word, n := s.typed.word()
	sum := syndromesOf(word[:n])
	s.assume(number, n)
	for _, y := range s.tries {
		f := found{kind: y.kind, frame: y.frame, word: word, n: n}
		if s.correct(&f, sum.plus(y.base), number) && f.cost <= most {
			s.accept(f)
		}
	}
}

// correct mends the wrong pairs of f.word, given its syndromes, and fills in the line number.
func (s *search) correct(f *found, sum syndromes, number int) bool {
	if number != anyLine {
		faults, count, ok := solve(sum, f.n)
		for _, x := range faults[:count] {
			f.word[f.n-1-x.power] ^= x.value
		}
		f.cost = count
		return ok
	}
	order, x, wrong, ok := solveErased(sum, f.n+1, f.n)
	if wrong {
		f.word[f.n-1-x.power] ^= x.value
		f.cost = 1
	}
	f.frame.number = int(order)
	return ok && order > 0
}

// accept adds a line, unless it can't be one or is there already at no greater cost.
func (s *search) accept(f found) {
	if !f.frame.possible(f.kind) {
		return
	}
	if !zeroFill(f.word[:f.n-checks], f.frame.bits) {
		return
	}
	f.odd = f.oddBreaks(s.typed)
	i := 0
	for ; i < len(s.found); i++ {
		if g := &s.found[i]; g.same(&f) {
			if f.cost < g.cost || f.cost == g.cost && f.odd < g.odd {
				break
			}
			return
		}
	}
	if i == len(s.found) {
		s.found = append(s.found, f)
	}
	for ; i > 0 && s.found[i-1].cost > f.cost; i-- {
		s.found[i] = s.found[i-1]
	}
	s.found[i] = f
}

// zeroFill reports whether the bits after the first n are zero.
func zeroFill(data []element, n int) bool {
	return data[len(data)-1]&(1<<(fieldBits*len(data)-n)-1) == 0
}
