package codec

import (
	"maps"
	"slices"
	"testing"
)

// slowMul multiplies in the field by its definition.
func slowMul(x, y element) element {
	var product uint32
	for i := range fieldBits {
		if y>>i&1 != 0 {
			product ^= uint32(x) << i
		}
	}
	for i := 2*fieldBits - 2; i >= fieldBits; i-- {
		if product>>i&1 != 0 {
			product ^= (1<<fieldBits | fieldTail) << (i - fieldBits)
		}
	}
	return element(product)
}

func TestField(t *testing.T) {
	seen := map[element]bool{}
	for i := range fieldOrder {
		seen[power(i)] = true
	}
	if len(seen) != fieldOrder || seen[0] {
		t.Fatalf("the generator has %d powers", len(seen))
	}
	for x := range element(1 << fieldBits) {
		for y := element(0); y < 1<<fieldBits; y += 7 {
			p := slowMul(x, y)
			if mul(x, y) != p {
				t.Fatalf("%d times %d is %d, want %d", x, y, mul(x, y), p)
			}
			if y != 0 && div(p, y) != x {
				t.Fatalf("%d divided by %d is %d, want %d", p, y, div(p, y), x)
			}
		}
		for j := range checks + 1 {
			if timesPower(x, j) != slowMul(x, 1<<j) {
				t.Fatalf("%d times a^%d is %d", x, j, timesPower(x, j))
			}
		}
	}
}

// allWords returns every word of the code that begins with the frame, for one data symbol.
func allWords(f frame) [][]element {
	all := make([][]element, 0, 1<<fieldBits)
	for v := range element(1 << fieldBits) {
		data := []element{v}
		r := checkSymbols(f, data)
		all = append(all, append(data, r[:]...))
	}
	return all
}

func distance(a, b []element) (n int) {
	for i := range a {
		if a[i] != b[i] {
			n++
		}
	}
	return n
}

func TestCheckSymbolsAreZeros(t *testing.T) {
	f := frame{kind: 2, number: 3, last: true, bits: 8}
	for _, w := range allWords(f)[:100] {
		sum := syndromesOf(w)
		sum.addFrame(f, len(w))
		if sum != (syndromes{}) {
			t.Fatalf("%v is not zero at the roots: %v", w, sum)
		}
	}
}

// The decoder finds the words within two symbols that a search through all words finds, and no
// others.
func TestSolveAgainstAllWords(t *testing.T) {
	r := random(10)
	f := frame{kind: 5, number: 2, last: true, bits: 10}
	all := allWords(f)
	n := len(all[0])
	counts := map[int]int{}
	for range 3000 {
		got := slices.Clone(all[r.IntN(len(all))])
		for range r.IntN(5) {
			got[r.IntN(n)] = element(r.IntN(1 << fieldBits))
		}
		sum := syndromesOf(got)
		sum.addFrame(f, n)
		faults, count, ok := solve(sum, n)
		var want []element
		for _, w := range all {
			if distance(w, got) <= 2 {
				want = w
			}
		}
		if ok != (want != nil) {
			t.Fatalf("%v: solved %v, and the nearest word is %v", got, ok, want)
		}
		if !ok {
			counts[-1]++
			continue
		}
		for _, x := range faults[:count] {
			if x.value == 0 {
				t.Fatalf("%v: a fault that changes nothing", got)
			}
			got[n-1-x.power] ^= x.value
		}
		if !slices.Equal(got, want) {
			t.Fatalf("mended to %v, the nearest word is %v", got, want)
		}
		counts[count]++
	}
	for _, k := range []int{-1, 0, 1, 2} {
		if counts[k] < 100 {
			t.Errorf("only %d samples with outcome %d: %v", counts[k], k, counts)
		}
	}
}

func TestSolveErasedAgainstAllWords(t *testing.T) {
	r := random(11)
	f := frame{kind: 5, number: 2, last: true, bits: 10}
	all := allWords(f)
	n := len(all[0])
	solved := 0
	for range 3000 {
		lost := r.IntN(n)
		got := slices.Clone(all[r.IntN(len(all))])
		for range r.IntN(3) {
			got[r.IntN(n)] = element(r.IntN(1 << fieldBits))
		}
		got[n-1-lost] = 0
		sum := syndromesOf(got)
		sum.addFrame(f, n)
		value, x, wrong, ok := solveErased(sum, lost, n)
		var want []element
		for _, w := range all {
			blanked := slices.Clone(w)
			blanked[n-1-lost] = 0
			if distance(blanked, got) <= 1 {
				want = w
			}
		}
		if ok != (want != nil) {
			t.Fatalf("%v without power %d: solved %v, want %v", got, lost, ok, want)
		}
		if !ok {
			continue
		}
		solved++
		got[n-1-lost] ^= value
		if wrong {
			got[n-1-x.power] ^= x.value
		}
		if !slices.Equal(got, want) {
			t.Fatalf("mended to %v, want %v", got, want)
		}
	}
	if solved < 1000 {
		t.Errorf("only %d were solved", solved)
	}
}

func TestSolveTwoErased(t *testing.T) {
	r := random(12)
	f := frame{kind: 5, number: 2, last: true, bits: 10}
	all := allWords(f)
	n := len(all[0])
	for range 2000 {
		want := all[r.IntN(len(all))]
		p, q := r.IntN(n), r.IntN(n)
		if p == q {
			continue
		}
		got := slices.Clone(want)
		got[n-1-p], got[n-1-q] = 0, 0
		sum := syndromesOf(got)
		sum.addFrame(f, n)
		x, y, ok := solveTwoErased(sum, p, q)
		if !ok || x != want[n-1-p] || y != want[n-1-q] {
			t.Fatalf("%v without %d and %d: %d, %d, %v", want, p, q, x, y, ok)
		}
		sum.add(1, (max(p, q)+1)%n)
		if (max(p, q)+1)%n == min(p, q) {
			continue
		}
		if _, _, ok := solveTwoErased(sum, p, q); ok {
			t.Fatal("a third mistake went unseen")
		}
	}
}

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

// costOf returns how many mistakes make the text of the line: one character missing or too many, and
// wrong pairs.
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

// What is not shown counts: a faultless line read under another kind, line number or length is never
// taken for one, not even with two corrections.
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
