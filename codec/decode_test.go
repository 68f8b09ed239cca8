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
