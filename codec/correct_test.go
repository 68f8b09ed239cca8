package codec

import (
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

// How seldom a line of random characters passes for a certain line with at most two mistakes.
func TestRandomLinesSeldomPass(t *testing.T) {
	r := random(15)
	const total = 300_000
	passed := 0
	for range total {
		var word [maxShown]element
		for i := range word {
			word[i] = element(r.IntN(1 << fieldBits))
		}
		sum := syndromesOf(word[:])
		sum.addFrame(frame{kind: 2, number: 1, bits: lineBits}, maxShown)
		if _, _, ok := solve(sum, maxShown); ok {
			passed++
		}
	}
	// 190 places of two symbols, 2^20 values each, among 2^40 syndromes: one in 5,500.
	if expected := total / 5500; passed < expected/2 || passed > expected*2 {
		t.Errorf("%d of %d passed, expected about %d", passed, total, expected)
	}
}
