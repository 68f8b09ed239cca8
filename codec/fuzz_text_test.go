package codec

import (
	"bytes"
	"strings"
	"testing"

	"tallystick/testvectors/corpus"
)

// FuzzJoinLines types a text line by line: what is taken together is a code, and its lines are
// those that were taken.
func FuzzJoinLines(f *testing.F) {
	seed(f, seedTexts(f), func(s string) { f.Add(s) })
	f.Fuzz(func(t *testing.T, text string) {
		var typed []Line
		for line := range strings.Lines(text) {
			candidates, err := ParseLine(line, len(typed)+1, kinds...)
			if err == nil {
				typed = append(typed, candidates[0])
			}
		}
		var r Reading
		var err error
		corpus.Allocates(t, joinMemory, func() { r, err = JoinLines(typed) })
		if err != nil {
			checkMessage(t, err)
			return
		}
		printed := encode(t, r.Kind, r.Body).Lines()
		if len(printed) != len(typed) || len(r.Lines) != len(typed) {
			t.Fatalf("%d lines were typed, %d taken, and the code has %d", len(typed), len(r.Lines), len(printed))
		}
		for i, l := range r.Lines {
			if l.Text != printed[i] {
				t.Errorf("line %d is %q, and %q in the code", i+1, l.Text, printed[i])
			}
		}
	})
}

// FuzzFold: what is folded holds nothing but characters of the alphabet, and stays as it is when it
// is folded again. What follows a label is no label.
func FuzzFold(f *testing.F) {
	seed(f, seedTexts(f), func(s string) { f.Add(s) })
	f.Fuzz(func(t *testing.T, text string) {
		var folded string
		var err error
		corpus.Allocates(t, 4096+foldMemory*len(text), func() { folded, err = Fold(text) })
		if err != nil {
			checkMessage(t, err)
			return
		}
		again, err := Fold(folded)
		if err != nil || again != folded || strings.Trim(folded, alphabet) != "" {
			t.Errorf("%q folds to %q, and that to %q, %v", text, folded, again, err)
		}
	})
}

// FuzzParseBase32: there is one text for some bytes.
func FuzzParseBase32(f *testing.F) {
	var seeds []string
	for _, v := range corpus.Vectors(f, "codec", "encode") {
		if v.Valid {
			paste := v.Output.Text(f, "paste")
			seeds = append(seeds, paste[len("TS1A:"):], Base32(v.Input.Bytes(f, "body")))
		}
	}
	seed(f, append(seeds, "", "0", "00", "01", "O0", "zz", "ZZ-"), func(s string) { f.Add(s) })
	f.Fuzz(func(t *testing.T, text string) {
		var b []byte
		var err error
		corpus.Allocates(t, 4096+2*len(text), func() { b, err = ParseBase32(text) })
		if err == nil && Base32(b) != text {
			t.Errorf("%q reads as %x, which is %q", text, b, Base32(b))
		}
		if again, err := ParseBase32(Base32([]byte(text))); err != nil || !bytes.Equal(again, []byte(text)) {
			t.Errorf("%x is read as %x, %v", text, again, err)
		}
	})
}

// Texts that are made to take as much memory as possible.
func TestMemoryOfHostileTexts(t *testing.T) {
	row := grouped(strings.Repeat("7", full))
	for _, piece := range []string{"7\n", "7 \n", "1:7\n", "0", "0 ", "TS1A:7\n", "TS1A:7 7\n7é\n", row + "\n", row + " ",
		row[1:] + "\n", strings.Replace(row, "7", "?", 1) + "\n"} {
		sizes := []int{4000, maxCut}
		if piece == "7\n" {
			sizes = append(sizes, MaxText)
		}
		for _, size := range sizes {
			text := strings.Repeat(piece, size/len(piece))
			corpus.Allocates(t, decodeMemory(len(text)), func() {
				if _, err := Decode(text, kinds...); err == nil {
					t.Errorf("%q was read", piece)
				}
			})
		}
	}
	for _, size := range []int{full - 1, full, MaxText} {
		text := strings.Repeat("7", size)
		corpus.Allocates(t, lineMemory, func() { _, _ = ParseLine(text, 1, kinds...) })
		corpus.Allocates(t, 4096+foldMemory*size, func() { _, _ = Fold(text) })
	}
}
