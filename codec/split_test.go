package codec

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"tallystick/testvectors/corpus"
)

// heap returns texts of codes of every kind, each in its typed or its pasted form.
func heap(t testing.TB, seed uint64) (codes []Code, texts []string) {
	r := random(seed)
	for i, k := range []Kind{request, authorization, receipt, status, receipt, authorization} {
		c := encode(t, k, randomBody(r, k, 60+7*i))
		text := lines(c.Lines())
		switch r.IntN(4) {
		case 0:
			text = c.Paste()
		case 1:
			for n, row := range c.Lines() {
				text = strings.Replace(text, row, fmt.Sprintf("%d: %s", n+1, row), 1)
			}
		}
		codes, texts = append(codes, c), append(texts, text)
	}
	return codes, texts
}

// splits compares the pieces of a text with the codes that are in it.
func splits(t *testing.T, text string, want []Code) []Piece {
	t.Helper()
	pieces, err := Split(text, kinds...)
	if err != nil {
		t.Fatal(err)
	}
	if len(pieces) != len(want) {
		t.Fatalf("%d pieces, want %d: %+v, for\n%s", len(pieces), len(want), pieces, text)
	}
	for i, p := range pieces {
		if p.Err != nil || p.Kind != want[i].Kind() || !bytes.Equal(p.Reading.Body, want[i].Body()) {
			t.Fatalf("piece %d is %+v, want a %s, for\n%s", i, p, want[i].Kind().Name, text)
		}
	}
	return pieces
}

func TestSplitFindsEveryCode(t *testing.T) {
	for seed := range uint64(60) {
		codes, texts := heap(t, seed)
		r := random(seed + 1000)
		order := r.Perm(len(codes))
		var b strings.Builder
		var want []Code
		for _, i := range order {
			want = append(want, codes[i])
			if r.IntN(2) == 0 {
				b.WriteString([]string{"", "here is the next one:", noise[0], noise[3], noise[9]}[r.IntN(5)] + "\n")
			}
			b.WriteString(texts[i] + "\n")
		}
		splits(t, b.String(), want)
	}
}

// A code of lines with a mistake in each of two, one character left out and one wrong pair, is mended
// in a heap as it is alone.
func TestSplitMendsMistakes(t *testing.T) {
	codes, _ := heap(t, 7)
	mistaken := func(c Code, change func(rows []string)) string {
		rows := slices.Clone(c.Lines())
		change(rows)
		return lines(rows)
	}
	left := func(rows []string, i int) { rows[i] = rows[i][:6] + rows[i][7:] }
	wrong := func(rows []string, i int) {
		rows[i] = string(alphabet[(values[rows[i][0]]+3)%32]) + rows[i][1:]
		rows[i] = rows[i][:5] + string(alphabet[(values[rows[i][5]]+9)%32]) + rows[i][6:]
	}
	text := strings.Join([]string{
		mistaken(codes[0], func(rows []string) { left(rows, 0); wrong(rows, 2) }),
		mistaken(codes[2], func(rows []string) { left(rows, 0) }),
		mistaken(codes[1], func(rows []string) { left(rows, len(rows)-1) }),
		mistaken(codes[4], func(rows []string) { wrong(rows, 0) }),
	}, "\n\n")
	pieces := splits(t, text, []Code{codes[0], codes[2], codes[1], codes[4]})
	for i, p := range pieces {
		if len(p.Reading.Corrected()) == 0 {
			t.Errorf("piece %d has no correction", i)
		}
	}
}

// What can't be read is named with its place, and the codes around it are read.
func TestSplitNamesWhatIsDamaged(t *testing.T) {
	codes, _ := heap(t, 3)
	a, q, c, s := codes[1], codes[0], codes[2], codes[3]
	A := a.Lines()
	for name, test := range map[string]struct {
		text        string
		problem     Problem
		kind        Kind
		first, last int
	}{
		"a line is missing":          {lines(append(slices.Clone(A[:1]), A[2:]...)), Missing, authorization, 5, 3 + len(A)},
		"the last line is missing":   {lines(A[:len(A)-1]), Missing, authorization, 5, 3 + len(A)},
		"the first line is missing":  {lines(A[1:]), Missing, authorization, 5, 3 + len(A)},
		"a line can't be read":       {lines(changed(A, 2, garble)), Unreadable, authorization, 5, 4 + len(A)},
		"the last can't be read":     {lines(changed(A, len(A), garble)), Unreadable, authorization, 5, 4 + len(A)},
		"a line has a character":     {lines(changed(A, 2, func(s string) string { return "?" + s[1:] })), BadCharacter, authorization, 5, 4 + len(A)},
		"the paste is damaged":       {strings.Replace(a.Paste(), "A:", "A:0", 1), Damaged, authorization, 5, 5},
		"the paste is of a new kind": {strings.Replace(a.Paste(), "TS1A", "TS1Z", 1), UnknownKind, Kind{}, 5, 5},
		"it is of a new version":     {strings.Replace(a.Paste(), "TS1A", "TS2A", 1), Version, authorization, 5, 5},
	} {
		t.Run(name, func(t *testing.T) {
			text := c.Lines()[0] + "\n\n" + s.Paste() + "\n\n" + test.text + "\n\n" + lines(q.Lines())
			pieces, err := Split(text, kinds...)
			if err != nil || len(pieces) != 4 {
				t.Fatalf("%v, %d pieces, want 4: %+v", err, len(pieces), pieces)
			}
			p := pieces[2]
			if p.Err == nil || p.Err.Problem != test.problem || p.Kind != test.kind || p.First != test.first || p.Last != test.last {
				t.Errorf("%+v, %v", p, p.Err)
			}
			for i, want := range map[int]Code{0: c, 1: s, 3: q} {
				if !bytes.Equal(pieces[i].Reading.Body, want.Body()) {
					t.Errorf("piece %d is %+v", i, pieces[i])
				}
			}
		})
	}
}

// Codes that came without line ends: words of a shell, or one long line.
func TestSplitWithoutLineEnds(t *testing.T) {
	codes, _ := heap(t, 11)
	c, d, a := codes[2], codes[4], codes[1]
	all := []string{c.Lines()[0], d.Lines()[0], strings.Join(a.Lines(), " ")}
	splits(t, strings.Join(all, " "), []Code{c, d, a})
	splits(t, strings.ReplaceAll(strings.Join(all, ""), " ", ""), []Code{c, d, a})
	splits(t, lines(a.Wrapped(30)), []Code{a})
	splits(t, c.Lines()[0]+"\n\n"+lines(a.Lines())+"\n\n"+c.Lines()[0], []Code{c, a, c})
	splits(t, lines(a.Lines())+"\n"+lines(a.Lines()), []Code{a}) // the same lines again
}

func TestSplitEmpty(t *testing.T) {
	for _, text := range append([]string{"", "\n \n", "device C9300-24T:FCW2149L0KK\nwhere is it?"}, noise...) {
		if pieces, err := Split(text, kinds...); err != nil || len(pieces) != 0 {
			t.Errorf("%q: %v, %+v", text, err, pieces)
		}
	}
}

func TestSplitRefusesMore(t *testing.T) {
	r := random(5)
	for _, form := range []func(Code) string{Code.Paste, func(c Code) string { return lines(c.Lines()) }} {
		var b strings.Builder
		for n := range MaxPieces + 1 {
			pieces, err := Split(b.String(), kinds...)
			if err != nil || len(pieces) != n {
				t.Fatalf("%d codes: %v, %d pieces", n, err, len(pieces))
			}
			b.WriteString(form(encode(t, receipt, randomBody(r, receipt, 0))) + "\n")
		}
		if _, err := Split(b.String(), kinds...); !errors.Is(err, &Error{Problem: TooLong}) && problem(t, err).Problem != TooLong {
			t.Errorf("%d codes: %v", MaxPieces+1, err)
		}
	}
	if _, err := Split(strings.Repeat(" ", MaxText+1), kinds...); problem(t, err).Problem != TooLong {
		t.Errorf("a text that is too long: %v", err)
	}
}

// FuzzSplit: a heap of anything takes bounded memory, every piece is a code or says what is wrong with
// it, and a text that Decode reads has a code in it.
func FuzzSplit(f *testing.F) {
	texts := seedTexts(f)
	seed(f, texts, func(s string) { f.Add(s, s) })
	for i := 1; i < len(texts); i += 3 {
		f.Add(texts[i-1], texts[i])
	}
	f.Fuzz(func(t *testing.T, one, other string) {
		text := one + "\n\n" + other
		var pieces []Piece
		var err error
		corpus.Allocates(t, 3*decodeMemory(len(text)), func() { pieces, err = Split(text, kinds...) })
		if err != nil {
			checkMessage(t, err)
			return
		}
		last := 1 + strings.Count(text, "\n")
		for _, p := range pieces {
			switch {
			case p.First < 1 || p.Last < p.First || p.Last > last:
				t.Fatalf("%+v, of %d lines", p, last)
			case p.Err != nil:
				checkMessage(t, p.Err)
			default:
				if _, err := Encode(p.Kind, p.Reading.Body); err != nil {
					t.Fatalf("%+v: %v", p, err)
				}
			}
		}
		if _, err := Decode(text, kinds...); err == nil && !slices.ContainsFunc(pieces, func(p Piece) bool { return p.Err == nil }) {
			t.Fatalf("it reads as one code, and in pieces none does: %+v", pieces)
		}
	})
}
