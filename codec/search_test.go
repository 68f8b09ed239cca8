package codec

import (
	"maps"
	"slices"
	"testing"
)

// The search for a missing or extra character finds the lines that a search through all lines of
// one byte finds, and no others.
func TestSearchAgainstAllLines(t *testing.T) {
	r := random(13)
	k := Kind{Name: "test code", Letter: 'X', Number: 900, Max: 100}
	f := frame{kind: k.Number, number: 4, last: true, bits: 8}
	var all []string
	for b := range 256 {
		all = append(all, encodeLine(f, []byte{byte(b)}))
	}
	for range 300 {
		text := []byte(all[r.IntN(len(all))])
		for range r.IntN(3) {
			text[r.IntN(len(text))] = alphabet[r.IntN(32)]
		}
		at := r.IntN(len(text))
		if r.IntN(2) == 0 {
			text = slices.Delete(text, at, at+1)
		} else {
			text = slices.Insert(text, at, alphabet[r.IntN(32)])
		}
		typed, _, _ := foldTyped(string(text))
		s := search{kinds: []Kind{k}, typed: &typed}
		s.missedCharacter(f.number)
		s.doubledCharacter(f.number)
		got := map[string]int{}
		for _, x := range s.found {
			got[characters(x.word[:x.n])] = x.cost
		}
		want := map[string]int{}
		for _, line := range all {
			if cost := costOf(string(text), line); cost <= 2 {
				want[line] = cost
			}
		}
		if !maps.Equal(got, want) {
			t.Fatalf("%s may be %v, want %v", text, got, want)
		}
	}
}

// costOf returns how many mistakes make the text of the line: one character missing or too many,
// and wrong pairs.
func costOf(text, line string) int {
	best := len(line)
	short, long := text, line
	if len(short) > len(long) {
		short, long = long, short
	}
	for i := range long {
		without := long[:i] + long[i+1:]
		wrong := 0
		if len(text) > len(line) {
			wrong = wrongPairsIn(without, line)
		} else {
			wrong = wrongPairsIn(text[:i]+line[i:i+1]+text[i:], line)
		}
		best = min(best, 1+wrong)
	}
	return best
}

func wrongPairsIn(a, b string) (n int) {
	for i := 0; i < len(b); i += 2 {
		if a[i:i+2] != b[i:i+2] {
			n++
		}
	}
	return n
}

// What is not shown counts: a faultless line read under another kind, line number or length is
// never taken for one, not even with two corrections.
func TestHiddenSymbols(t *testing.T) {
	r := random(14)
	data := randomBody(r, authorization, lineBytes)
	frames := []frame{
		{kind: 2, number: 1, bits: 160}, {kind: 2, number: 2, bits: 160},
		{kind: 2, number: 2, bits: 152, last: true}, {kind: 2, number: 2, bits: 160, last: true},
		{kind: 1, number: 2, bits: 160}, {kind: 1, number: 1, bits: 160},
		{kind: 2, number: 2, bits: 32, last: true}, {kind: 2, number: 2, bits: 40, last: true},
		{kind: 2, number: 2, bits: 96, last: true}, {kind: 3, number: 1, bits: 100, last: true},
		{kind: 2, number: 1, bits: 72, last: true}, {kind: 2, number: 1, bits: 80, last: true},
	}
	for _, f := range frames {
		piece := slices.Clone(data[:(f.bits+7)/8])
		piece[len(piece)-1] &= 0xf0
		text := encodeLine(f, piece)
		typed, _, _ := foldTyped(text)
		word, n := typed.word()
		for _, g := range frames {
			if g.symbols() != f.symbols() {
				continue
			}
			sum := syndromesOf(word[:n])
			sum.addFrame(g, n)
			if _, count, ok := solve(sum, n); ok != (f == g) || count != 0 {
				t.Errorf("%+v reads as %+v with %d corrections", f, g, count)
			}
		}
	}
}

// The likeliest meaning comes first, in whatever order they were found.
func TestCandidatesAreInOrder(t *testing.T) {
	r := random(15)
	text, _, _ := foldTyped(encodeLine(frame{kind: 2, number: 1, bits: lineBits}, make([]byte, lineBytes)))
	s := search{kinds: kinds, typed: &text}
	for range 100 {
		f := found{kind: &kinds[0], frame: frame{kind: 2, number: 1, bits: lineBits}, n: maxShown, cost: r.IntN(3)}
		f.word[r.IntN(maxData)] = element(r.IntN(4))
		s.accept(f)
	}
	if len(s.found) < 10 || !slices.IsSortedFunc(s.found, func(a, b found) int { return a.cost - b.cost }) {
		t.Errorf("%d lines, the costliest not last", len(s.found))
	}
	for i, f := range s.found {
		if slices.ContainsFunc(s.found[:i], func(g found) bool { return g.same(&f) }) {
			t.Errorf("line %d is there twice", i)
		}
	}
}
