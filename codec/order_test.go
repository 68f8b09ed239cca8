package codec

import (
	"slices"
	"strings"
	"testing"
)

// The codes of the table tests: an authorization, another one, a request and a receipt.
func exampleCodes(t testing.TB) (a, b, q, c Code) {
	r := random(30)
	return encode(t, authorization, randomBody(r, authorization, 107)),
		encode(t, authorization, randomBody(r, authorization, 107)),
		encode(t, request, randomBody(r, request, 87)),
		encode(t, receipt, randomBody(r, receipt, 0))
}

// pick returns the lines with those numbers.
func pick(rows []string, numbers ...int) (some []string) {
	for _, n := range numbers {
		some = append(some, rows[n-1])
	}
	return some
}

// changed returns the rows with one of them changed.
func changed(rows []string, number int, change func(string) string) []string {
	rows = slices.Clone(rows)
	rows[number-1] = change(rows[number-1])
	return rows
}

// garble makes three pairs of a line wrong, one of them at the end.
func garble(line string) string {
	b := []byte(line)
	for _, i := range []int{0, 11, len(b) - 1} {
		b[i] = alphabet[(values[b[i]]+5)%32]
	}
	return string(b)
}

func TestWholeMessages(t *testing.T) {
	a, b, q, c := exampleCodes(t)
	A, B, Q, C := a.Lines(), b.Lines(), q.Lines(), c.Lines()[0]
	future := encode(t, Kind{Name: "future code", Letter: 'F', Number: 99, Max: 107}, a.Body()).Lines()
	tests := []struct {
		name string
		text string
		want Error
		says string
	}{
		{"nothing", " \n\t\n", Error{Problem: Empty}, "no code found"},
		{"prose", "please see the attached letter", Error{Problem: Empty}, "no code found"},
		{"too short", "1234 5678", Error{Problem: Empty}, "no code found"},
		{"line in another's place", lines(pick(A, 1, 4, 3, 4, 5, 6)),
			Error{Problem: OtherLine, Line: 2, Actual: 4}, "this is line 4, line 2 was expected"},
		{"lines swapped", lines(pick(A, 1, 2, 5, 4, 3, 6)),
			Error{Problem: OtherLine, Line: 3, Actual: 5}, "this is line 5, line 3 was expected"},
		{"no first line", lines(A[1:]), Error{Problem: Missing, Line: 1},
			"the code is incomplete: line 1 is missing"},
		{"no line in the middle", lines(pick(A, 1, 2, 4, 5, 6)), Error{Problem: Missing, Line: 3},
			"the code is incomplete: line 3 is missing"},
		{"no last line", lines(A[:5]), Error{Problem: Missing, Line: 6},
			"the code is incomplete: line 6 is missing"},
		{"line of another code", lines(append(pick(A, 1, 2), B[2], A[3], A[4], A[5])),
			Error{Problem: Damaged},
			"every line reads, but together they are not one code: lines of two codes are mixed"},
		{"line of another code besides", lines(append(slices.Clone(A), B[2])),
			Error{Problem: Damaged, Line: 3},
			"line 3 is there twice and differs: lines of two codes are mixed"},
		{"two codes of one kind", lines(A) + "\n" + lines(B), Error{Problem: Damaged, Line: 1},
			"line 1 is there twice and differs: lines of two codes are mixed"},
		{"line after the last", lines(append(encode(t, authorization, a.Body()[:90]).Lines(), A[5])),
			Error{Problem: Damaged, Line: 6},
			"there is a line 6, but line 5 is the last of its code: lines of two codes are mixed"},
		{"line of another kind", lines(append(pick(A, 1, 2), Q[2], A[3], A[4], A[5])),
			Error{Problem: OtherKind, Line: 3}, "line 3 belongs to another kind of code (request code) " +
				"than the lines before it (authorization code)"},
		{"line of an unknown kind", lines(append(pick(A, 1, 2), future[2], A[3], A[4], A[5])),
			Error{Problem: OtherKind, Line: 3}, "line 3 belongs to another kind of code"},
		{"first line of an unknown kind", lines(append(future[:1:1], A[1:]...)),
			Error{Problem: UnknownKind, Line: 1}, "line 1 belongs to a kind of code that is not known here"},
		{"last line of an unknown kind", lines(append(slices.Clone(A[:5]), future[5])),
			Error{Problem: OtherKind, Line: 6}, "line 6 belongs to another kind of code"},
		{"two receipts", C + "\n" + encode(t, receipt, make([]byte, 13)).Lines()[0],
			Error{Problem: Damaged, Line: 1},
			"line 1 is there twice and differs: lines of two codes are mixed"},
		{"three wrong pairs", lines(changed(A, 3, garble)), Error{Problem: Unreadable, Line: 3},
			"line 3 can't be read: more than two pairs of characters are wrong"},
		{"three wrong pairs in the last line", lines(changed(A, 6, garble)),
			Error{Problem: Unreadable, Line: 6}, "line 6 can't be read: of its 26 characters too many are " +
				"wrong or missing (a full line has 40)"},
		{"a character that codes do not use",
			lines(changed(A, 3, func(s string) string { return s[:11] + "?" + s[12:] })),
			Error{Problem: BadCharacter, Line: 3, Group: 3, Rune: '?'},
			"line 3, group 3: '?' is not a character of codes"},
		{"a character too many that codes do not use",
			lines(changed(A, 3, func(s string) string { return s[:15] + "?" + s[15:] })),
			Error{Problem: BadCharacter, Line: 3, Group: 4, Rune: '?'},
			"line 3, group 4: '?' is not a character of codes"},
		{"a control character",
			lines(changed(A, 3, func(s string) string { return s[:11] + "\x1b" + s[12:] })),
			Error{Problem: BadCharacter, Line: 3, Group: 3, Rune: '\x1b'},
			`line 3, group 3: '\x1b' is not a character of codes`},
		{"two characters missing in a group",
			lines(changed(A, 3, func(s string) string { return s[:11] + s[13:] })),
			Error{Problem: WrongLength, Line: 3, Group: 3},
			"line 3 has 38 characters instead of 40: group 3 has 2 instead of 4"},
		{"two characters missing in the last line",
			lines(changed(A, 6, func(s string) string { return s[:11] + s[12:15] + s[16:] })),
			Error{Problem: Unreadable, Line: 6, Group: 3},
			"line 6 can't be read: group 3 has 3 characters instead of 4, and more is wrong"},
		{"a group missing", lines(changed(A, 3, func(s string) string { return s[5:] })),
			Error{Problem: WrongLength, Line: 3}, "line 3 has 36 characters instead of 40"},
		{"a group too many", lines(changed(A, 3, func(s string) string { return s + " ABCD" })),
			Error{Problem: WrongLength, Line: 3}, "4 characters after line 3 belong to no line"},
		{"zeros after a line", lines(changed(A, 3, func(s string) string { return s + "00" })),
			Error{Problem: WrongLength, Line: 3}, "line 3 has 2 characters too many at its end"},
		{"zeros after the code", lines(A) + " 00", Error{Problem: WrongLength, Line: 6},
			"line 6 has 2 characters too many at its end"},
		{"zeros after a receipt", C + "00", Error{Problem: WrongLength, Line: 1},
			"line 1 has 2 characters too many at its end"},
		{"zeros before a receipt", "0000 0000 " + C, Error{Problem: Unreadable, Line: 1},
			"line 1 can't be read: of its 36 characters too many are wrong or missing " +
				"(a full line has 40)"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r, err := Decode(test.text, kinds...)
			if err == nil {
				t.Fatalf("read as %+v", r)
			}
			got := *problem(t, err)
			if got.Error() != test.says {
				t.Errorf("says %s\nwant %s", got.Error(), test.says)
			}
			if got.text = ""; got != test.want {
				t.Errorf("got %+v, want %+v", got, test.want)
			}
		})
	}
}

func TestRepeatedLinesDoNoHarm(t *testing.T) {
	a, _, _, _ := exampleCodes(t)
	for _, numbers := range [][]int{
		{1, 1, 2, 3, 4, 5, 6}, {1, 2, 3, 4, 5, 6, 6}, {1, 2, 3, 1, 2, 3, 4, 5, 6},
		{1, 2, 3, 4, 5, 6, 1, 2, 3, 4, 5, 6},
	} {
		r := reads(t, lines(pick(a.Lines(), numbers...)), a)
		if len(r.Lines) != 6 || r.Skipped != 0 {
			t.Errorf("%v: %d lines, %d skipped", numbers, len(r.Lines), r.Skipped)
		}
	}
	// The second time it was typed right.
	rows := slices.Insert(a.Lines(), 2, garble(a.Lines()[2]))
	if r := reads(t, lines(rows), a); r.Skipped != 1 {
		t.Errorf("%d lines skipped", r.Skipped)
	}
}

// A line in another's place is named even when a pair of it is wrong, for every two lines.
func TestEveryLineInEveryPlace(t *testing.T) {
	r := random(31)
	a, _, _, _ := exampleCodes(t)
	for place := 1; place <= 6; place++ {
		for actual := 1; actual <= 6; actual++ {
			if place == actual {
				continue
			}
			for _, mistyped := range []bool{false, true} {
				row := []byte(a.rows()[actual-1])
				if mistyped {
					mistypePair(r, row, r.IntN(len(row)/2))
				}
				text := string(row)
				_, err := ParseLine(text, place, kinds...)
				if e := problem(t, err); e.Problem != OtherLine || e.Line != place || e.Actual != actual {
					t.Fatalf("line %d in place of line %d: %v", actual, place, err)
				}
				rows := a.Lines()
				rows[place-1] = text
				_, err = Decode(lines(rows), kinds...)
				e := problem(t, err)
				if e.Problem != OtherLine || e.Line != place || e.Actual != actual {
					t.Fatalf("line %d in place of line %d: %v", actual, place, err)
				}
			}
		}
	}
}

func TestMissingCharacterInAnothersPlace(t *testing.T) {
	a, _, _, _ := exampleCodes(t)
	row := a.rows()[3]
	for i := range row {
		_, err := ParseLine(row[:i]+row[i+1:], 2, kinds...)
		if e := problem(t, err); e.Problem != OtherLine || e.Actual != 4 {
			t.Fatalf("without character %d: %v", i, err)
		}
		_, err = ParseLine(row[:i]+"7"+row[i:], 2, kinds...)
		if e := problem(t, err); e.Problem != OtherLine || e.Actual != 4 {
			t.Fatalf("with one before character %d: %v", i, err)
		}
	}
}

// Lines of two codes of one kind, mixed in any way, are never read as either.
func TestMixedCodes(t *testing.T) {
	a, b, _, _ := exampleCodes(t)
	for mask := 1; mask < 1<<6-1; mask++ {
		rows := a.Lines()
		for i := range rows {
			if mask>>i&1 != 0 {
				rows[i] = b.Lines()[i]
			}
		}
		_, err := Decode(lines(rows), kinds...)
		if e := problem(t, err); e.Problem != Damaged {
			t.Fatalf("mix %06b: %v", mask, err)
		}
		_, err = Decode(strings.Join(rows, " "), kinds...)
		if e := problem(t, err); e.Problem != Damaged {
			t.Fatalf("mix %06b without line ends: %v", mask, err)
		}
	}
}

// Two wrong pairs may make a line of the code that is the last, and one that is not, at one cost.
// What follows tells which it is.
func TestLineThatMayBeTheLast(t *testing.T) {
	r := random(32)
	for _, size := range []int{36, 56} { // line 2 is the last, line 3 is
		c := encode(t, authorization, randomBody(r, authorization, size))
		rows := c.Lines()
		for found := 0; found < 2; {
			mistyped := []byte(c.rows()[1])
			mistypePair(r, mistyped, 3)
			mistypePair(r, mistyped, 11)
			all, err := ParseLine(string(mistyped), 2, authorization)
			if err != nil || !slices.ContainsFunc(all, func(l Line) bool { return l.Last != all[0].Last }) {
				continue
			}
			found++
			rows[1] = string(mistyped)
			if size == 56 {
				last := []byte(c.rows()[2])
				mistypePair(r, last, 2)
				mistypePair(r, last, 7)
				rows[2] = string(last)
			}
			if got := reads(t, lines(rows), c); len(got.Lines) != len(rows) {
				t.Errorf("%d lines of %d bytes", len(got.Lines), size)
			}
		}
	}
}
