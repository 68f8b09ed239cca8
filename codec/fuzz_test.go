package codec

import (
	"bytes"
	"math"
	"strings"
	"testing"
	"unicode"

	"tallystick/testvectors/corpus"
)

// Bytes that the parsers may allocate in all, what they free meanwhile included.
const (
	// lineMemory: one line, whatever the length of its text, with MaxSpellings candidates.
	lineMemory = 64 << 10
	// foldMemory, for each byte of text: the characters, and an error.
	foldMemory = 2
	// joinMemory: what a whole code holds, and the lines it is made of.
	joinMemory = 256 << 10
)

// decodeMemory is for a text of so many bytes. The worst that is known are lines of one character,
// 274 a byte up to maxRows of them, and a text that is cut at each character, 355.
func decodeMemory(size int) int { return min(1<<20+512*size, 96<<20) }

// seedTexts returns texts of every form, right ones and wrong ones: those of the vectors, and more.
func seedTexts(f *testing.F) (seeds []string) {
	for _, operation := range []string{"decode", "line", "fold"} {
		for _, v := range corpus.Vectors(f, "codec", operation) {
			seeds = append(seeds, v.Input.Text(f, "text"))
		}
	}
	seeds = append(seeds, corpus.Pastes(f)...)
	r := random(70)
	for _, k := range kinds {
		c := encode(f, k, randomBody(r, k, 50))
		rows := c.Lines()
		seeds = append(seeds, lines(rows), strings.Join(rows, " "), c.Paste(), lines(c.Wrapped(30)),
			amid(rows, noise[0]), lines(changed(rows, 1, garble)), rows[0], rows[0][1:], "0"+rows[0], rows[0]+" 00",
			"1/3: "+rows[0], lines(rows[1:]), c.Paste()[:20])
	}
	return append(seeds, noise...)
}

// seed adds the seeds of a target, and fails when there are none: a target without seeds tests
// nothing and passes.
func seed[T any](f *testing.F, seeds []T, add func(T)) {
	if len(seeds) == 0 {
		f.Fatal("there are no seeds")
	}
	for _, s := range seeds {
		add(s)
	}
}

// checkMessage fails unless an error says what it is about, and in one line of plain text.
func checkMessage(t *testing.T, err error) {
	e := problem(t, err)
	if !e.Problem.known() || e.Line < 0 || e.Line > maxLines || e.Group < 0 || e.Group > MaxText {
		t.Fatalf("%+v", e)
	}
	if e.Error() == "" || strings.ContainsFunc(e.Error(), func(r rune) bool { return !unicode.IsPrint(r) }) {
		t.Fatalf("the message is %q", e.Error())
	}
}

// checkLine fails unless the line reads as itself and its corrections say what they should.
func checkLine(t *testing.T, l Line) {
	again, err := ParseLine(l.Text, l.Number, kinds...)
	if err != nil || len(again) != 1 {
		t.Fatalf("%+v reads as %+v, %v", l, again, err)
	}
	a := again[0]
	if a.Kind != l.Kind || a.Number != l.Number || a.Last != l.Last || !bytes.Equal(a.data, l.data) ||
		a.Text != l.Text || len(a.Fixes) != 0 {
		t.Fatalf("%+v reads as %+v", l, a)
	}
	groups := strings.Split(l.Text, " ")
	for _, f := range l.Fixes {
		if f.Group < 1 || f.Group > len(groups) || f.Position < 1 || f.Position > max(len(f.Typed), len(f.Meant)) ||
			f.Typed == f.Meant || f.slip != swapped && f.Meant != groups[f.Group-1] {
			t.Fatalf("fix %+v in %q", f, l.Text)
		}
	}
}

func FuzzDecode(f *testing.F) {
	seed(f, seedTexts(f), func(s string) { f.Add(s) })
	f.Fuzz(func(t *testing.T, text string) {
		var r Reading
		var err error
		corpus.Allocates(t, decodeMemory(len(text)), func() { r, err = Decode(text, kinds...) })
		if err != nil {
			checkMessage(t, err)
			return
		}
		if len(r.Spellings) == 0 || len(r.Spellings) > MaxSpellings || !bytes.Equal(r.Spellings[0], r.Body) ||
			r.Kind.Bits == 0 && len(r.Spellings) != 1 || r.Skipped < 0 {
			t.Fatalf("%+v", r)
		}
		for _, body := range r.Spellings {
			c := encode(t, r.Kind, body)
			forms := []string{c.Paste()}
			if c.Size() <= MaxTyped {
				forms = append(forms, lines(c.Lines()))
			}
			for _, form := range forms {
				if again := reads(t, form, c); len(again.Spellings) != 1 || again.Skipped != 0 {
					t.Fatalf("%+v", again)
				}
			}
		}
		for i, l := range r.Lines {
			checkLine(t, l)
			if l.Text != encode(t, r.Kind, r.Body).Lines()[i] {
				t.Fatalf("line %d is %q", i+1, l.Text)
			}
		}
	})
}

func FuzzParseLine(f *testing.F) {
	seed(f, seedTexts(f), func(s string) {
		for number := 1; number <= 3; number++ {
			f.Add(s, number)
		}
	})
	f.Fuzz(func(t *testing.T, text string, number int) {
		var candidates []Line
		var err error
		corpus.Allocates(t, lineMemory, func() { candidates, err = ParseLine(text, number, kinds...) })
		if err != nil {
			checkMessage(t, err)
			return
		}
		if len(candidates) == 0 || len(candidates) > MaxSpellings {
			t.Fatalf("%d candidates", len(candidates))
		}
		for _, l := range candidates {
			if l.Number != number {
				t.Fatalf("%+v for line %d", l, number)
			}
			checkLine(t, l)
		}
	})
}

// A message for FuzzReader, and what to read from it, a byte each.
type message struct{ plan, data []byte }

func seedMessages() []message {
	w := NewWriter()
	w.U8(1)
	w.U16(2)
	w.U32(3)
	w.U64(4)
	w.Uvarint(300)
	w.Raw([]byte("abc"))
	w.Bytes([]byte("tally"))
	full := w.Finish()
	return []message{
		{[]byte{0, 1, 2, 3, 4, 5, 6}, full},
		{[]byte{0, 1, 2, 3, 4, 5, 6}, full[:20]},
		{[]byte{4}, []byte{0xff, 0xff, 0xff, 0xff, 0x0f}},
		{[]byte{4}, []byte{0xff, 0xff, 0xff, 0xff, 0x1f}},
		{[]byte{4}, []byte{0x80, 0}},
		{[]byte{6}, []byte{0xff, 0xff, 0xff, 0xff, 0x0f}},
		{nil, nil},
	}
}

func FuzzReader(f *testing.F) {
	seed(f, seedMessages(), func(m message) { f.Add(m.plan, m.data) })
	f.Fuzz(func(t *testing.T, plan, data []byte) {
		// A length is looked at before anything of that length is allocated.
		corpus.Allocates(t, 4096+len(data), func() { NewReader(data).Bytes(math.MaxInt32) })
		r, w := NewReader(data), NewWriter()
		for _, p := range plan {
			switch p % 7 {
			case 0:
				w.U8(r.U8())
			case 1:
				w.U16(r.U16())
			case 2:
				w.U32(r.U32())
			case 3:
				w.U64(r.U64())
			case 4:
				w.Uvarint(uint64(r.Uvarint()))
			case 5:
				w.Raw(r.Raw(3))
			case 6:
				b := r.Bytes(64)
				if len(b) > 64 {
					t.Fatalf("%d bytes where 64 are allowed", len(b))
				}
				w.Bytes(b)
			}
			if r.Err() != nil {
				break
			}
		}
		if err := r.End(); err != nil {
			if !strings.HasPrefix(err.Error(), "codec: offset ") || r.Len() != 0 || r.U64() != 0 {
				t.Fatal(err)
			}
			return
		}
		if got := w.Finish(); !bytes.Equal(got, data) {
			t.Fatalf("%x was read and is written as %x", data, got)
		}
	})
}
