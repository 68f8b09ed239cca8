package codec

import (
	"fmt"
	"strings"
	"testing"
)

func TestDecodeEveryForm(t *testing.T) {
	r := random(1)
	for _, k := range kinds {
		for size := range 130 {
			c := encode(t, k, randomBody(r, k, size))
			typed := reads(t, lines(c.Lines()), c)
			if typed.Pasted || typed.Skipped != 0 || len(typed.Lines) != len(c.Lines()) {
				t.Fatalf("%s of %d bytes: %+v", k.Name, size, typed)
			}
			pasted := reads(t, c.Paste(), c)
			if !pasted.Pasted || pasted.Skipped != 0 {
				t.Fatalf("%s of %d bytes: %+v", k.Name, size, pasted)
			}
			for _, width := range []int{8, 20, 64, 76} {
				reads(t, lines(c.Wrapped(width)), c)
			}
			reads(t, strings.Join(c.Lines(), " "), c)
			reads(t, strings.ReplaceAll(strings.Join(c.Lines(), ""), " ", ""), c)
			var labeled []string
			for i, line := range c.Lines() {
				labeled = append(labeled, fmt.Sprintf("%d/%d: %s", i+1, len(c.Lines()), line))
			}
			reads(t, lines(labeled), c)
			reads(t, strings.Join(labeled, " "), c)
			reads(t, strings.ToLower(lines(labeled)), c)
			reads(t, "> "+strings.Join(labeled, "\r\n> "), c)
		}
	}
}

// Lines that have a part in a code are not other text, however the code stands in them.
func TestLinesOfPastesAreNotSkipped(t *testing.T) {
	a, _, _, c := exampleCodes(t)
	paste, receipt := a.Paste(), c.Paste()
	for _, test := range []struct {
		text    string
		code    Code
		skipped int
	}{
		{paste[:50] + "\n   \n" + paste[50:], a, 0},
		{paste[:5] + "\n" + paste[5:], a, 0},
		{paste + " " + paste, a, 0},
		{"hello\n" + paste[:90] + "\n" + paste[90:] + " " + paste + "\nbye\n\n", a, 2},
		{receipt[:20] + "\n \n" + receipt[20:] + " " + receipt, c, 0},
		{paste[:60] + "\n[12.3] a message\n" + paste[60:], a, 1},
	} {
		if r := reads(t, test.text, test.code); r.Skipped != test.skipped {
			t.Errorf("%q: %d lines skipped, want %d", test.text, r.Skipped, test.skipped)
		}
	}
}
