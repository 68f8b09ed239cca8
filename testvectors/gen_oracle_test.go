package testvectors_test

import (
	"cmp"
	"slices"
	"strings"
)

// What a mistyped line may mean, found by trying everything that SPEC.md, "Correction", allows, one
// after another: slow, and without a thought that package codec had. The vectors of corrections say
// what this finds.

// A wordReading is one way to read a line.
type wordReading struct {
	frame lineFrame
	text  string // without spaces
	cost  int
}

// A lineOracle reads one typed line.
type lineOracle struct {
	number int
	kinds  []int
	all    []wordReading
}

func wordOf(text string) (word []int) {
	for i := 0; i+1 < len(text); i += 2 {
		word = append(word, strings.IndexByte(crockford, text[i])<<5|strings.IndexByte(crockford, text[i+1]))
	}
	return word
}

func textOf(word []int) string {
	var b strings.Builder
	for _, v := range word {
		b.WriteByte(crockford[v>>5])
		b.WriteByte(crockford[v&31])
	}
	return b.String()
}

func (f lineFrame) order() int {
	if f.last {
		return f.number + 512
	}
	return f.number
}

// sums are those of a word with this frame.
func (f lineFrame) sums(word []int) (s sums) {
	n := len(word)
	for i, v := range append([]int{f.kind, f.order(), f.bits}, word...) {
		s.add(v, n+2-i)
	}
	return s
}

// possible reports whether there is such a line in any code.
func (f lineFrame) possible() bool {
	if f.kind == 3 {
		return f.number == 1 && f.last && f.bits == 100
	}
	end := 20*(f.number-1) + f.bits/8
	return f.number >= 1 && f.number <= 26 && f.bits%8 == 0 && f.bits >= 8 && f.bits <= 160 &&
		end >= 4 && end <= 512 && (f.last || f.bits == 160)
}

// frames returns everything that a line of n symbols with that number may be.
func (o *lineOracle) frames(number, n int) (all []lineFrame) {
	for _, kind := range o.kinds {
		for bits := 10*(n-5) + 1; bits <= 10*(n-4); bits++ {
			for _, last := range []bool{false, true} {
				if f := (lineFrame{kind, number, last, bits}); f.possible() {
					all = append(all, f)
				}
			}
		}
	}
	return all
}

func (o *lineOracle) accept(f lineFrame, word []int, cost int) {
	if word[len(word)-5]&(1<<(10*(len(word)-4)-f.bits)-1) != 0 {
		return
	}
	r := wordReading{f, textOf(word), cost}
	for i, other := range o.all {
		if other.frame == f && other.text == r.text {
			o.all[i].cost = min(other.cost, cost)
			return
		}
	}
	o.all = append(o.all, r)
}

// mended takes a word with at most so many wrong symbols.
func (o *lineOracle) mended(f lineFrame, word []int, most, cost int) {
	n := len(word)
	s := f.sums(word)
	if s == (sums{}) {
		o.accept(f, word, cost)
		return
	}
	if p, v, ok := s.one(n); ok && most >= 1 {
		w := slices.Clone(word)
		w[n-1-p] ^= v
		o.accept(f, w, cost+1)
		return
	}
	if most < 2 {
		return
	}
	if pair, ok := s.two(n); ok {
		w := slices.Clone(word)
		for _, x := range pair {
			w[n-1-x[0]] ^= x[1]
		}
		o.accept(f, w, cost+2)
	}
}

// even reads a line of an even number of characters.
func (o *lineOracle) even(text string) {
	word := wordOf(text)
	for _, f := range o.frames(o.number, len(word)) {
		o.mended(f, word, 2, 0)
	}
	o.elsewhere(word, 1, 0)
	if len(o.all) > 0 {
		return
	}
	for a := 0; a+4 <= len(text); a += 4 {
		for b := a + 4; b+4 <= len(text); b += 4 {
			swapped := text[:a] + text[b:b+4] + text[a+4:b] + text[a:a+4] + text[b+4:]
			for _, f := range o.frames(o.number, len(word)) {
				if w := wordOf(swapped); f.sums(w) == (sums{}) {
					o.accept(f, w, 2)
				}
			}
		}
	}
}

// elsewhere reads it as another line of the code.
func (o *lineOracle) elsewhere(word []int, most, cost int) {
	for number := 1; number <= 26; number++ {
		if number == o.number {
			continue
		}
		for _, f := range o.frames(number, len(word)) {
			o.mended(f, word, most, cost)
		}
	}
}

// odd reads a line of an odd number of characters.
func (o *lineOracle) odd(text string) {
	var longer, shorter []string
	for i := 0; i <= len(text) && len(text) < 40; i++ {
		for _, c := range crockford {
			longer = append(longer, text[:i]+string(c)+text[i:])
		}
	}
	for i := range text {
		shorter = append(shorter, text[:i]+text[i+1:])
	}
	for i, t := range longer {
		o.filled(wordOf(t), i/len(crockford)/2)
	}
	for _, t := range shorter {
		if word := wordOf(t); len(word) >= 5 {
			for _, f := range o.frames(o.number, len(word)) {
				o.mended(f, word, 1, 1)
			}
		}
	}
	if len(o.all) > 0 {
		return
	}
	for _, t := range append(longer, shorter...) {
		if word := wordOf(t); len(word) >= 5 {
			o.elsewhere(word, 0, 1)
		}
	}
}

// filled takes a word into whose symbol at a place a character was put: another symbol than that
// may be wrong as well.
func (o *lineOracle) filled(word []int, place int) {
	n := len(word)
	for _, f := range o.frames(o.number, n) {
		s := f.sums(word)
		if s == (sums{}) {
			o.accept(f, word, 1)
		} else if p, v, ok := s.one(n); ok && n-1-p != place {
			w := slices.Clone(word)
			w[n-1-p] ^= v
			o.accept(f, w, 2)
		}
	}
}

// foreign reports whether the text is a line, without a mistake, of any kind at all.
func foreign(text string) bool {
	word := wordOf(text)
	for bits := 10*(len(word)-5) + 1; bits <= 10*(len(word)-4); bits++ {
		if word[len(word)-5]&(1<<(10*(len(word)-4)-bits)-1) != 0 {
			continue
		}
		for number := 1; number <= 26; number++ {
			for _, last := range []bool{false, true} {
				f := lineFrame{0, number, last, bits}
				s := f.sums(word)
				// The kind is what makes the first of them zero.
				kind := product(s[0], powerOf[(1023-len(word)-2)%1023])
				if s.add(kind, len(word)+2); kind != 0 && s == (sums{}) {
					return true
				}
			}
		}
	}
	return false
}

// readLine returns the readings of a typed line, without spaces, as line number, or the refusal and,
// for code-line-order, the line that it is.
func readLine(text string, number int, kinds []int) (all []wordReading, refusal string, actual int) {
	if len(text) < 9 || len(text) > 41 {
		return nil, "code-length", 0
	}
	o := &lineOracle{number: number, kinds: kinds}
	if len(text)%2 == 0 {
		o.even(text)
	} else {
		o.odd(text)
	}
	slices.SortStableFunc(o.all, func(a, b wordReading) int { return cmp.Compare(a.cost, b.cost) })
	var mine []wordReading
	var other *wordReading
	for i, r := range o.all {
		if r.frame.number == number {
			mine = append(mine, r)
		} else if other == nil {
			other = &o.all[i]
		}
	}
	switch {
	case other != nil && (len(mine) == 0 || other.cost < mine[0].cost):
		return nil, "code-line-order", other.frame.number
	case len(mine) > 0:
		if mine[0].cost == 0 {
			return mine[:1], "", 0
		}
		return mine, "", 0
	case len(text)%2 == 0 && foreign(text) && number == 1:
		return nil, "code-unknown-kind", 0
	case len(text)%2 == 0 && foreign(text):
		return nil, "code-mixed-kinds", 0
	}
	for n := len(text) - 1; n >= 10; n-- {
		for _, f := range o.frames(number, n/2) {
			if n%2 == 0 && n <= 40 && f.sums(wordOf(text[:n])) == (sums{}) {
				return nil, "code-length", 0
			}
		}
	}
	return nil, "code-mistyped", 0
}
