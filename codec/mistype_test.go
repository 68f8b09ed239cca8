package codec

import (
	"bytes"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// samples returns codes whose lines have every length, as the first, a middle and the last line.
func samples(r *rand.Rand) (all []Code) {
	for size := range 2*lineBytes + 1 {
		c, err := Encode(authorization, randomBody(r, authorization, size))
		if err != nil {
			panic(err)
		}
		all = append(all, c)
	}
	c, err := Encode(receipt, randomBody(r, receipt, 0))
	if err != nil {
		panic(err)
	}
	return append(all, c)
}

// survives fails when a text with mistakes is read as something that was never meant. It reports
// whether the text was read at all.
func survives(t testing.TB, text string, c Code) bool {
	t.Helper()
	r, err := Decode(text, kinds...)
	if err != nil {
		problem(t, err)
		return false
	}
	if r.Kind != c.Kind() {
		t.Fatalf("read as a %s, for\n%s", r.Kind.Name, text)
	}
	if r.Kind.Bits == 0 && !bytes.Equal(r.Body, c.Body()) {
		t.Fatalf("read as %x, meant was %x, for\n%s", r.Body, c.Body(), text)
	}
	if !slices.ContainsFunc(r.Spellings, func(b []byte) bool { return bytes.Equal(b, c.Body()) }) {
		t.Fatalf("%x is not among %x, for\n%s", c.Body(), r.Spellings, text)
	}
	if len(r.Spellings) > MaxSpellings || r.Kind.Bits == 0 && len(r.Spellings) != 1 {
		t.Fatalf("%d spellings", len(r.Spellings))
	}
	return true
}

// other returns a character that is not c.
func other(r *rand.Rand, c byte) byte {
	for {
		if d := alphabet[r.IntN(len(alphabet))]; d != c {
			return d
		}
	}
}

// mistypePair changes one or both characters of a pair.
func mistypePair(r *rand.Rand, row []byte, pair int) {
	which := 1 + r.IntN(3)
	for i := range 2 {
		if which>>i&1 != 0 {
			row[2*pair+i] = other(r, row[2*pair+i])
		}
	}
}

// eachRow calls f with the rows of each sample, the index of one row, and that row.
func eachRow(r *rand.Rand, f func(c Code, with func(row string) string, row string)) {
	for _, c := range samples(r) {
		for i, row := range c.rows() {
			f(c, func(changed string) string {
				rows := slices.Clone(c.Lines())
				rows[i] = grouped(changed)
				return lines(rows)
			}, row)
		}
	}
}

func TestOneWrongPair(t *testing.T) {
	r := random(2)
	eachRow(r, func(c Code, with func(string) string, row string) {
		for pair := range len(row) / 2 {
			b := []byte(row)
			mistypePair(r, b, pair)
			reading := reads(t, with(string(b)), c)
			fixed := reading.Corrected()
			if len(fixed) != 1 || len(fixed[0].Fixes) != 1 {
				t.Fatalf("corrected: %v", fixed)
			}
			group := 2*pair/groupSize + 1
			f := fixed[0].Fixes[0]
			end := min(len(row), group*groupSize)
			if f.Group != group || f.Typed != string(b[(group-1)*groupSize:end]) ||
				f.Meant != row[(group-1)*groupSize:end] || f.Typed[:f.Position-1] != f.Meant[:f.Position-1] ||
				f.Typed[f.Position-1] == f.Meant[f.Position-1] {
				t.Fatalf("fix %+v, for pair %d of %q", f, pair, row)
			}
		}
	})
}

func TestTwoWrongPairs(t *testing.T) {
	r := random(3)
	eachRow(r, func(c Code, with func(string) string, row string) {
		for p := range len(row) / 2 {
			for q := range p {
				b := []byte(row)
				mistypePair(r, b, p)
				mistypePair(r, b, q)
				if !survives(t, with(string(b)), c) {
					t.Fatalf("two wrong pairs were not corrected in %s of %d lines", b, len(c.Lines()))
				}
			}
		}
	})
}

func TestThreeAndMoreWrongPairs(t *testing.T) {
	r := random(4)
	read, total := 0, 0
	eachRow(r, func(c Code, with func(string) string, row string) {
		for range 20 {
			b := []byte(row)
			for _, p := range r.Perm(len(row) / 2)[:3+r.IntN(3)] {
				mistypePair(r, b, p)
			}
			total++
			// A receipt has nothing that could tell but the chain it is held against.
			if c.Kind().Bits != 0 {
				continue
			}
			if survives(t, with(string(b)), c) {
				read++
			}
		}
	})
	t.Logf("%d of %d were read, all rightly", read, total)
}

func TestMissingCharacter(t *testing.T) {
	r := random(5)
	eachRow(r, func(c Code, with func(string) string, row string) {
		for i := range row {
			reading := reads(t, with(row[:i]+row[i+1:]), c)
			fixed := reading.Corrected()
			if len(fixed) != 1 || len(fixed[0].Fixes) != 1 {
				t.Fatalf("corrected: %v", fixed)
			}
			if f := fixed[0].Fixes[0]; len(f.Typed) != len(f.Meant)-1 || f.slip != missed {
				t.Fatalf("fix %+v", f)
			}
			// And one wrong pair besides.
			b := []byte(row)
			mistypePair(r, b, r.IntN(len(row)/2))
			if !survives(t, with(string(b[:i])+string(b[i+1:])), c) {
				t.Fatalf("not read: %s without character %d", b, i)
			}
		}
	})
}

func TestExtraCharacter(t *testing.T) {
	r := random(6)
	eachRow(r, func(c Code, with func(string) string, row string) {
		for i := range len(row) + 1 {
			extra := string(alphabet[r.IntN(len(alphabet))])
			reading := reads(t, with(row[:i]+extra+row[i:]), c)
			fixed := reading.Corrected()
			if len(fixed) != 1 || len(fixed[0].Fixes) != 1 {
				t.Fatalf("corrected: %v", fixed)
			}
			if f := fixed[0].Fixes[0]; len(f.Typed) != len(f.Meant)+1 || f.slip != doubled {
				t.Fatalf("fix %+v", f)
			}
			b := []byte(row)
			mistypePair(r, b, r.IntN(len(row)/2))
			if !survives(t, with(string(b[:i])+extra+string(b[i:])), c) {
				t.Fatalf("not read: %s with %s before character %d", b, extra, i)
			}
		}
	})
}

func TestSwaps(t *testing.T) {
	r := random(7)
	eachRow(r, func(c Code, with func(string) string, row string) {
		for i := range len(row) - 1 {
			b := []byte(row)
			b[i], b[i+1] = b[i+1], b[i]
			if !survives(t, with(string(b)), c) {
				t.Fatalf("swapped neighbors were not corrected in %s", b)
			}
		}
		for i := groupSize; i+groupSize <= len(row); i += groupSize {
			for j := 0; j < i; j += groupSize {
				b := []byte(row)
				copy(b[i:], row[j:j+groupSize])
				copy(b[j:], row[i:i+groupSize])
				if !survives(t, with(string(b)), c) {
					t.Fatalf("swapped groups were not corrected in %s", b)
				}
			}
		}
	})
}

func TestAppendedAndShifted(t *testing.T) {
	r := random(8)
	eachRow(r, func(c Code, with func(string) string, row string) {
		for _, tail := range []string{"0", "00", "000", "0000", "00000000"} {
			text := with(row + tail)
			_, err := Decode(text, kinds...)
			if len(tail) == 1 {
				if err != nil {
					t.Fatal(err)
				}
				continue
			}
			if e := problem(t, err); e.Line == 0 {
				t.Fatalf("%v, for\n%s", e, text)
			}
		}
		for _, head := range []string{"00", "0000"} {
			if _, err := Decode(with(head+row), kinds...); err == nil {
				t.Fatalf("%s before %s was accepted", head, row)
			}
		}
		for shift := 1; shift < len(row); shift++ {
			moved := row[shift:] + row[:shift]
			if moved == row {
				continue
			}
			if len(moved) > 8 && survives(t, with(moved), c) && c.Kind().Bits == 0 {
				t.Fatalf("%s was accepted for %s", moved, row)
			}
		}
	})
}

// Any mixture of mistakes, in every line at once.
func TestMistypedAnyhow(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		k := rapid.SampledFrom(kinds).Draw(t, "kind")
		body := rapid.SliceOfN(rapid.Byte(), 0, 100).Draw(t, "body")
		if k.Bits != 0 {
			body = make([]byte, 13)
		}
		c, err := Encode(k, body)
		if err != nil {
			t.Fatal(err)
		}
		text := []byte(lines(c.Lines()))
		for range rapid.IntRange(0, 6).Draw(t, "mistakes") {
			i := rapid.IntRange(0, len(text)-1).Draw(t, "place")
			switch rapid.IntRange(0, 3).Draw(t, "mistake") {
			case 0:
				text[i] = alphabet[rapid.IntRange(0, 31).Draw(t, "character")]
			case 1:
				text = slices.Delete(text, i, i+1)
			case 2:
				text = slices.Insert(text, i, alphabet[rapid.IntRange(0, 31).Draw(t, "character")])
			case 3:
				text[i] = '\n'
			}
			if len(text) == 0 {
				return
			}
		}
		got, err := Decode(string(text), kinds...)
		if err != nil || k.Bits != 0 {
			return
		}
		if got.Kind != k || !bytes.Equal(got.Body, body) {
			t.Fatalf("%x was read as %x, from\n%s", body, got.Body, text)
		}
	})
}

func TestSwappedGroupsAreNamed(t *testing.T) {
	c := encode(t, status, []byte("sixteen bytes ok"))
	g := strings.Split(c.Lines()[0], " ")
	g[1], g[4] = g[4], g[1]
	r := reads(t, strings.Join(g, " "), c)
	want := `groups 2 and 5: typed in each other's place: read "` + g[1] + " " + g[4] + `" as "` + g[4] + " " +
		g[1] + `"`
	if got := r.Lines[0].Fixes[0].String(); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
