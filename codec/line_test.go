package codec

import (
	"bytes"
	"slices"
	"strings"
	"testing"
)

// enter types the rows one after another, as at a console.
func enter(t testing.TB, rows []string) []Line {
	t.Helper()
	var entered []Line
	for i, row := range rows {
		candidates, err := ParseLine(row, i+1, kinds...)
		if err != nil {
			t.Fatal(err)
		}
		entered = append(entered, candidates[0])
	}
	return entered
}

func TestEnterLineByLine(t *testing.T) {
	r := random(40)
	for _, k := range kinds {
		for _, size := range []int{1, 15, 16, 17, 36, 87, 111, 508} {
			c := encode(t, k, randomBody(r, k, size))
			entered := enter(t, c.Lines())
			for i, l := range entered {
				if l.Number != i+1 || l.Last != (i+1 == len(entered)) || l.Kind != k ||
					l.Text != c.Lines()[i] || len(l.Fixes) != 0 {
					t.Fatalf("%+v, want line %d of %d", l, i+1, len(entered))
				}
			}
			got, err := JoinLines(entered)
			if err != nil {
				t.Fatal(err)
			}
			if got.Kind != k || !bytes.Equal(got.Body, c.Body()) || len(got.Spellings) != 1 ||
				!bytes.Equal(got.Spellings[0], got.Body) || got.Pasted {
				t.Fatalf("%+v", got)
			}
		}
	}
}

// However a person puts the characters of a line.
func TestTypingHabits(t *testing.T) {
	_, _, _, c := exampleCodes(t)
	line := c.Lines()[0]
	digits := strings.NewReplacer("0", "O", "1", "l")
	for _, text := range []string{
		line, strings.ToLower(line), digits.Replace(line), strings.ToLower(digits.Replace(line)),
		strings.ReplaceAll(line, "1", "i"), strings.ReplaceAll(line, " ", ""),
		strings.ReplaceAll(line, " ", "-"), strings.ReplaceAll(line, " ", "–"),
		strings.ReplaceAll(line, " ", "  \t"), strings.ReplaceAll(line, " ", "\u00a0"),
		"“" + line + "”", "'" + line + "'", "1: " + line, "1/1: " + line, " 1:" + line, "> " + line,
		"line 1> " + line, "Router#" + line, line[:13] + "\n" + line[13:],
	} {
		got, err := ParseLine(text, 1, kinds...)
		if err != nil || len(got) != 1 || got[0].Text != line || got[0].Fixes != nil {
			t.Errorf("%q: %+v, %v", text, got, err)
		}
	}
}

func TestParseLineRefuses(t *testing.T) {
	a, _, q, c := exampleCodes(t)
	A, Q, C := a.Lines(), q.Lines(), c.Lines()[0]
	tests := []struct {
		name   string
		text   string
		number int
		kinds  []Kind
		want   Error
		says   string
	}{
		{"nothing", " ", 3, kinds, Error{Problem: Empty, Line: 3}, "line 3 is empty"},
		{"a label alone", "3:", 3, kinds, Error{Problem: Empty, Line: 3}, "line 3 is empty"},
		{"a foreign letter", "abcü " + A[0], 1, kinds,
			Error{Problem: BadCharacter, Line: 1, Group: 1, Rune: 'ü'},
			"line 1, group 1: 'ü' is not a character of codes"},
		{"a bad character in the middle", A[1][:22] + "?" + A[1][23:], 2, kinds,
			Error{Problem: BadCharacter, Line: 2, Group: 5, Rune: '?'},
			"line 2, group 5: '?' is not a character of codes"},
		{"a bad character that could end a prompt", A[1][:2] + "%" + A[1][3:], 2, kinds,
			Error{Problem: BadCharacter, Line: 2, Group: 1, Rune: '%'},
			"line 2, group 1: '%' is not a character of codes"},
		{"a receipt in a line's place", C, 2, kinds[:1], Error{Problem: OtherKind, Line: 2},
			"line 2 belongs to another kind of code"},
		{"a few characters", "7KQ2", 2, kinds, Error{Problem: WrongLength, Line: 2},
			"line 2 has 4 characters, a line has at least 10"},
		{"one character", "7", 2, kinds, Error{Problem: WrongLength, Line: 2},
			"line 2 has 1 character, a line has at least 10"},
		{"two lines at once", A[0] + "\n" + A[1], 1, kinds, Error{Problem: WrongLength, Line: 1},
			"line 1 has 40 characters too many at its end"},
		{"too much", A[0] + A[0] + A[0], 2, kinds, Error{Problem: WrongLength, Line: 2},
			"line 2 has 120 characters, a line has at most 40"},
		{"another line", A[3], 2, kinds, Error{Problem: OtherLine, Line: 2, Actual: 4},
			"this is line 4, line 2 was expected"},
		{"the first line of another code", C, 2, kinds, Error{Problem: OtherLine, Line: 2, Actual: 1},
			"this is line 1, line 2 was expected"},
		{"a line of another kind", Q[1], 2, kinds[:1], Error{Problem: OtherKind, Line: 2},
			"line 2 belongs to another kind of code"},
		{"a first line of an unknown kind", Q[0], 1, kinds[:1], Error{Problem: UnknownKind, Line: 1},
			"line 1 belongs to a kind of code that is not known here"},
		{"too much wrong", garble(A[1]), 2, kinds, Error{Problem: Unreadable, Line: 2},
			"line 2 can't be read: more than two pairs of characters are wrong"},
		{"two groups of wrong length", A[1][1:25] + "7" + A[1][25:], 2, kinds[:1],
			Error{Problem: Unreadable, Line: 2, Group: 1},
			"line 2 can't be read: group 1 has 3 characters instead of 4, and more is wrong"},
		{"line 27", A[0], 27, kinds, Error{Problem: TooLong},
			"a code has at most 26 lines, this would be line 27"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			lines, err := ParseLine(test.text, test.number, test.kinds...)
			if err == nil {
				t.Fatalf("read as %+v", lines)
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

func TestFixes(t *testing.T) {
	c := encode(t, status, []byte("sixteen bytes ok"))
	line := c.Lines()[0] // EDMQ GX35 CNQ2 0RKS EHJQ 683F DC4D MXNR WS8B 2K3Q
	if !strings.HasPrefix(line, "EDMQ GX35 CNQ2 0RKS") {
		t.Fatalf("the line is now %s", line)
	}
	tests := []struct{ typed, want string }{
		{"EDMQ GX35 CN72 0RKS", `group 3: read "CN72" as "CNQ2"`},
		{"EDMX GX35 CN72 0RKS", `group 1: read "EDMX" as "EDMQ"; group 3: read "CN72" as "CNQ2"`},
		{"EDQM GX53 CNQ2 0RKS", `group 1: read "EDQM" as "EDMQ"; group 2: read "GX53" as "GX35"`},
		{"EDMQ GX35 N0Q2 0RKS", `group 3: read "N0Q2" as "CNQ2"`},
		{"EDMQ GX35 CQ2 0RKS", `group 3: a character was missing: read "CQ2" as "CNQ2"`},
		{"DMQ GX35 CNQ2 0RKS", `group 1: a character was missing: read "DMQ" as "EDMQ"`},
		{"EDMQGX35CQ20RKS", `group 3: a character was missing: read "CQ2" as "CNQ2"`},
		{"EDMQ GX35 CNQQ2 0RKS", `group 3: a character too many: read "CNQQ2" as "CNQ2"`},
		{"EDMQ GX357 CNQ2 0RKS", `group 2: a character too many: read "GX357" as "GX35"`},
		{"EDMQ GX35 7CNQ2 0RKS", `group 3: a character too many: read "7CNQ2" as "CNQ2"`},
		{"7EDMQ GX35 CNQ2 0RKS", `group 1: a character too many: read "7EDMQ" as "EDMQ"`},
		{"EDMQ GX35 CQ2 0RK7", `group 3: a character was missing: read "CQ2" as "CNQ2"; ` +
			`group 4: read "0RK7" as "0RKS"`},
		{"EDMQ 0RKS CNQ2 GX35",
			`groups 2 and 4: typed in each other's place: read "0RKS GX35" as "GX35 0RKS"`},
	}
	for _, test := range tests {
		got, err := ParseLine(test.typed+line[len("EDMQ GX35 CNQ2 0RKS"):], 1, kinds...)
		if err != nil {
			t.Errorf("%s: %v", test.typed, err)
			continue
		}
		var fixes []string
		for _, f := range got[0].Fixes {
			fixes = append(fixes, f.String())
		}
		if says := strings.Join(fixes, "; "); says != test.want || got[0].Text != line {
			t.Errorf("%s: %s\nwant %s", test.typed, says, test.want)
		}
	}
}

// Where equal characters stand together, the spaces tell which of them was left out.
func TestFixFollowsTheGroups(t *testing.T) {
	body := bytes.Repeat([]byte{0xff}, 12)
	line := encode(t, status, body).Lines()[0] // all Z at first
	for group := range 3 {
		at := 5*group + 1
		got, err := ParseLine(line[:at]+line[at+1:], 1, kinds...)
		if err != nil {
			t.Fatal(err)
		}
		if f := got[0].Fixes[0]; f.Group != group+1 || f.Typed != "ZZZ" {
			t.Errorf("missing in group %d: %+v", group+1, f)
		}
		got, err = ParseLine(line[:at]+"Z"+line[at:], 1, kinds...)
		if err != nil {
			t.Fatal(err)
		}
		if f := got[0].Fixes[0]; f.Group != group+1 || f.Typed != "ZZZZZ" {
			t.Errorf("extra in group %d: %+v", group+1, f)
		}
	}
}

func TestJoinLinesRefuses(t *testing.T) {
	a, b, q, _ := exampleCodes(t)
	A, B, Q := enter(t, a.Lines()), enter(t, b.Lines()), enter(t, q.Lines())
	tests := []struct {
		name  string
		lines []Line
		want  Error
	}{
		{"nothing", nil, Error{Problem: Empty}},
		{"no last line", A[:3], Error{Problem: Missing, Line: 4}},
		{"no first line", A[1:], Error{Problem: OtherLine, Line: 1, Actual: 2}},
		{"another kind", append(slices.Clone(Q[:3]), A[3], A[4], A[5]), Error{Problem: OtherKind, Line: 4}},
		{"another code", append(slices.Clone(B[:3]), A[3], A[4], A[5]), Error{Problem: Damaged}},
		{"no Line at all", make([]Line, 1), Error{Problem: OtherLine, Line: 1}},
		{"no Line of ParseLine", []Line{{Number: 1, Last: true, Kind: status}}, Error{Problem: Damaged}},
	}
	for _, test := range tests {
		_, err := JoinLines(test.lines)
		if err == nil {
			t.Errorf("%s: accepted", test.name)
			continue
		}
		got := *problem(t, err)
		if got.text = ""; got != test.want {
			t.Errorf("%s: got %+v, want %+v", test.name, got, test.want)
		}
	}
}

// When the likeliest reading of a line is not what was meant, the digest finds the other one.
func TestJoinLinesTriesCandidates(t *testing.T) {
	a, _, _, _ := exampleCodes(t)
	entered := enter(t, a.Lines())
	wrong := entered[2]
	wrong.data = bytes.Repeat([]byte{7}, lineBytes)
	wrong.Text = "another"
	wrong.alike = []Line{wrong, entered[2]}
	entered[2] = wrong
	got, err := JoinLines(entered)
	if err != nil || !bytes.Equal(got.Body, a.Body()) || got.Lines[2].Text != a.Lines()[2] {
		t.Errorf("%v", err)
	}
}

// The same when the first line passes for one of another kind.
func TestJoinLinesTriesKinds(t *testing.T) {
	a, _, _, _ := exampleCodes(t)
	entered := enter(t, a.Lines())
	wrong := entered[0]
	wrong.Kind = trustRoot
	wrong.Text = "another"
	wrong.alike = []Line{wrong, entered[0]}
	entered[0] = wrong
	got, err := JoinLines(entered)
	if err != nil || got.Kind != authorization || !bytes.Equal(got.Body, a.Body()) {
		t.Errorf("%+v, %v", got.Kind, err)
	}
	entered[0].alike = nil
	const want = "line 2 belongs to another kind of code (authorization code) than the lines before it " +
		"(trust root)"
	_, err = JoinLines(entered)
	if e := problem(t, err); e.Problem != OtherKind || e.Error() != want {
		t.Errorf("%v", err)
	}
	middle := enter(t, a.Lines())
	middle[2].Last = true
	middle[2].alike = nil
	_, err = JoinLines(middle)
	if e := problem(t, err); e.Problem != Damaged || e.Line != 4 {
		t.Errorf("%v", err)
	}
}

func TestNotOneCodeNamesTheDoubtfulLine(t *testing.T) {
	a, _, _, _ := exampleCodes(t)
	entered := enter(t, a.Lines())
	entered[3].data = make([]byte, lineBytes)
	entered[3].alike = nil
	entered[3].cost = 2
	_, err := JoinLines(entered)
	const want = "every line reads, but together they are not one code: check line 4, where the most " +
		"was corrected"
	if e := problem(t, err); e.Problem != Damaged || e.Line != 4 || e.Error() != want {
		t.Errorf("%v", err)
	}
}
