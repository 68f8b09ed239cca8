package codec

import (
	"strings"
	"testing"
	"time"
)

// broken breaks a text into lines of so many characters.
func broken(text string, width int) string {
	var rows []string
	for len(text) > width {
		rows = append(rows, text[:width])
		text = text[width:]
	}
	return lines(append(rows, text))
}

func TestBrokenElsewhere(t *testing.T) {
	r := random(60)
	for _, size := range []int{0, 16, 17, 21, 35, 36, 87, 107, 111, 300, 508} {
		c := encode(t, authorization, randomBody(r, authorization, size))
		spaced := strings.Join(c.Lines(), " ")
		solid := strings.Join(c.rows(), "")
		for width := 5; width < 120; width++ {
			reads(t, broken(spaced, width), c)
			reads(t, broken(solid, width), c)
		}
	}
}

// Without line ends a mistake in one line is found all the same, wherever it is.
func TestMistypedWithoutLineEnds(t *testing.T) {
	r := random(61)
	a, _, _, _ := exampleCodes(t)
	solid := strings.Join(a.rows(), "")
	for i := range solid {
		line := i/full + 1
		check := func(text string, slip slip) {
			t.Helper()
			fixed := reads(t, text, a).Corrected()
			if len(fixed) != 1 || len(fixed[0].Fixes) != 1 || fixed[0].Fixes[0].slip != slip {
				t.Fatalf("corrected %v, for\n%s", fixed, text)
			}
			// Between two lines it may belong to either.
			if n := fixed[0].Number; n != line && !(i%full == 0 && n == line-1) {
				t.Fatalf("corrected line %d, the mistake is in line %d", n, line)
			}
		}
		check(solid[:i]+string(other(r, solid[i]))+solid[i+1:], noSlip)
		check(solid[:i]+solid[i+1:], missed)
		check(solid[:i]+string(other(r, solid[i]))+solid[i:], doubled)
	}
	for range 300 {
		b := []byte(solid)
		line := r.IntN(5)
		for range 2 {
			mistypePair(r, b, line*maxShown+r.IntN(maxShown))
		}
		reads(t, string(b), a)
	}
}

// One mistake of its own in every line at once.
func TestMistypedEverywhereWithoutLineEnds(t *testing.T) {
	r := random(62)
	a, _, _, _ := exampleCodes(t)
	for range 100 {
		var b []byte
		for _, row := range a.rows() {
			line := []byte(row)
			mistypePair(r, line, r.IntN(len(line)/2))
			b = append(b, line...)
		}
		reads(t, string(b), a)
	}
}

// Broken elsewhere and mistyped.
func TestMistypedAndBrokenElsewhere(t *testing.T) {
	r := random(64)
	a, _, _, _ := exampleCodes(t)
	solid := strings.Join(a.rows(), "")
	for width := 11; width < 100; width++ {
		i := r.IntN(len(solid))
		for _, text := range []string{
			solid[:i] + string(other(r, solid[i])) + solid[i+1:],
			solid[:i] + solid[i+1:],
			solid[:i] + string(other(r, solid[i])) + solid[i:],
		} {
			reads(t, broken(text, width), a)
		}
	}
}

func TestMessagesWithoutLineEnds(t *testing.T) {
	a, b, _, _ := exampleCodes(t)
	A := a.Lines()
	join := func(rows []string) string { return strings.Join(rows, " ") }
	tests := []struct {
		name string
		text string
		want Error
	}{
		{"swapped", join(pick(A, 1, 3, 2, 4, 5, 6)), Error{Problem: OtherLine, Line: 2, Actual: 3}},
		{"in another's place", join(pick(A, 1, 5, 3, 4, 5, 6)), Error{Problem: OtherLine, Line: 2, Actual: 5}},
		{"no first line", join(A[1:]), Error{Problem: Missing, Line: 1}},
		{"no line in the middle", join(pick(A, 1, 2, 4, 5, 6)), Error{Problem: Missing, Line: 3}},
		{"no last line", join(A[:5]), Error{Problem: Missing, Line: 6}},
		{"another code's line", join(append(pick(A, 1, 2, 3, 4), b.Lines()[4], A[5])), Error{Problem: Damaged}},
		{"not readable", join(changed(A, 3, garble)), Error{Problem: Unreadable, Line: 3}},
		{"first not readable", join(changed(A, 1, garble)), Error{Problem: Unreadable, Line: 1}},
		{"last not readable", join(changed(A, 6, garble)), Error{Problem: Unreadable, Line: 6}},
		{"two not readable", join(changed(changed(A, 3, garble), 4, garble)),
			Error{Problem: Unreadable, Line: 3}},
		{"two characters missing", join(changed(A, 3, func(s string) string { return s[2:] })),
			Error{Problem: WrongLength, Line: 3, Group: 1}},
		{"two characters missing in the last line",
			join(changed(A, 6, func(s string) string { return s[2:] })),
			Error{Problem: Unreadable, Line: 6, Group: 1}},
		{"something between", join(append(pick(A, 1, 2), "7777 8888 9999", A[2], A[3], A[4], A[5])),
			Error{Problem: WrongLength, Line: 2}},
		{"something before", join(append([]string{"7777 8888 9999"}, A...)),
			Error{Problem: WrongLength, Line: 1}},
		{"something after", join(append(pick(A, 1, 2, 3, 4, 5, 6), "7777 8888 9999 0000 7777")),
			Error{Problem: WrongLength, Line: 6}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r, err := Decode(test.text, kinds...)
			if err == nil {
				t.Fatalf("read as %+v", r)
			}
			got := *problem(t, err)
			t.Log(got.Error())
			if got.text = ""; got != test.want {
				t.Errorf("got %+v, want %+v", got, test.want)
			}
		})
	}
}

func TestBounds(t *testing.T) {
	if _, err := Decode(strings.Repeat(" ", MaxText+1), kinds...); problem(t, err).Problem != TooLong {
		t.Error(err)
	}
	small := Kind{Name: "small code", Letter: 'A', Number: 2, Max: 50}
	c := encode(t, authorization, make([]byte, 51))
	for _, text := range []string{lines(c.Lines()), c.Paste()} {
		if _, err := Decode(text, small); problem(t, err).Problem != TooLong {
			t.Errorf("%s: %v", text, err)
		}
	}
	if _, err := Encode(small, make([]byte, 51)); err == nil {
		t.Error("51 bytes were encoded where 50 are allowed")
	}
	long := encode(t, trustRoot, make([]byte, 1<<15))
	if long.Lines() != nil || long.Spell() != nil {
		t.Error("32 KiB are offered for typing")
	}
	reads(t, lines(long.Wrapped(64)), long)
	longest := encode(t, trustRoot, make([]byte, MaxTyped-DigestSize))
	if n := len(longest.Lines()); n != maxLines {
		t.Errorf("%d lines", n)
	}
	reads(t, lines(longest.Lines()), longest)
}

// A megabyte and a half of anything is refused, or passed over, in a moment.
func TestHostileTexts(t *testing.T) {
	r := random(63)
	a, _, _, _ := exampleCodes(t)
	junk := func(n int) string {
		b := make([]byte, n)
		for i := range b {
			b[i] = alphabet[r.IntN(32)]
		}
		return string(b)
	}
	fill := func(unit func() string) string {
		var b strings.Builder
		for b.Len() < MaxText-2000 {
			b.WriteString(unit())
		}
		return b.String()
	}
	always := func(s string) func() string { return func() string { return s } }
	texts := map[string]string{
		"lines":            fill(func() string { return junk(40) + "\n" }),
		"grouped lines":    fill(func() string { return grouped(junk(40)) + "\n" }),
		"odd lines":        fill(func() string { return junk(39) + "\n" }),
		"short lines":      fill(func() string { return junk(10) + "\n" }),
		"single":           fill(func() string { return junk(1) + "\n" }),
		"long lines":       fill(func() string { return junk(4000) + "\n" }),
		"lines of 80":      fill(func() string { return grouped(junk(64)) + "\n" }),
		"one line":         fill(func() string { return junk(4000) }),
		"labels":           fill(always("1: 2: ")),
		"labeled lines":    fill(func() string { return "3: " + junk(40) + "\n" }),
		"label-like":       fill(always("99: x: ")),
		"prefixes":         fill(always("TS1A:")),
		"prefix lines":     fill(always("TS1A:00\n")),
		"one paste":        "TS1T:" + fill(func() string { return junk(64) + "\n" }),
		"spaced paste":     "TS1T:" + fill(always("A\n")),
		"paste and noise":  "TS1T:" + fill(always("ABCDEFG:\n")),
		"spaces":           fill(always("A" + strings.Repeat(" ", 30000))),
		"line ends":        fill(always("\r\n")),
		"invalid":          fill(always("\xff")),
		"quotes":           fill(always("\"> ")),
		"repeated line":    fill(always(a.Lines()[0] + "\n")),
		"repeated lines":   fill(always(lines(a.Lines()[:5]) + "\n")),
		"words":            fill(always("I lo il ABCD EFGH\n")),
		"colons":           fill(always(": ")),
		"mistyped, likely": fill(always(grouped("0"+a.rows()[0][:39]) + "\n")),
	}
	for name, text := range texts {
		t.Run(name, func(t *testing.T) {
			start := time.Now()
			_, err := Decode(text, kinds...)
			problem(t, err)
			took := time.Since(start)
			t.Logf("%v: %v", took.Round(time.Millisecond), err)
			// Ten times what it takes on a slow machine, and far less than anything quadratic would.
			if took > 5*time.Second {
				t.Errorf("took %v", took)
			}
		})
	}
}
