package codec

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// The forms of two codes, once and for all, as a second implementation made them from the package
// comment alone.
func TestFormsDoNotChange(t *testing.T) {
	s := encode(t, status, []byte("sixteen bytes ok, and 21 more bytes follow"))
	c := encode(t, receipt, []byte{1, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef, 0x10, 0x32, 0x54, 0x76, 0x90})
	tests := []struct {
		name      string
		got, want []string
	}{
		{"lines of a status report", s.Lines(), []string{
			"EDMQ GX35 CNQ2 0RKS EHJQ 683F DCP2 0RBE 1928 Y8KW",
			"CGG3 4C90 DNQQ 4S90 C9WQ 8SBK 41K6 YV3C BTHZ AT9V",
			"DXVR PTF5 9WW0 BC85 6N",
		}},
		{"paste form of a status report", []string{s.Paste()}, []string{
			"TS1S:EDMQGX35CNQ20RKSEHJQ683FDCP20RBECGG34C90DNQQ4S90C9WQ8SBK41K6YV3CDXVRPTF59W",
		}},
		{"wrapped", s.Wrapped(40), []string{
			"TS1S:EDMQGX35CNQ20RKSEHJQ683FDCP20RBECGG", "34C90DNQQ4S90C9WQ8SBK41K6YV3CDXVRPTF59W",
		}},
		{"line of a receipt", c.Lines(), []string{"04HM ASW9 NF6Y Y41J AHV9 ZMCR 2SJ5"}},
		{"paste form of a receipt", []string{c.Paste()}, []string{"TS1C:04HMASW9NF6YY41JAHV9ZMCR2SJ5"}},
		{"spelled", c.Spell(), []string{"zero four Hotel Mike / Alfa Sierra Whiskey nine / " +
			"November Foxtrot six Yankee / Yankee four one Juliett / Alfa Hotel Victor nine / " +
			"Zulu Mike Charlie Romeo / two Sierra Juliett five"}},
	}
	for _, test := range tests {
		if !slices.Equal(test.got, test.want) {
			t.Errorf("%s:\n%s\nwant\n%s", test.name, lines(test.got), lines(test.want))
		}
	}
}

func TestCodeAccessors(t *testing.T) {
	body := []byte("a body")
	c := encode(t, status, body)
	body[0] = 'x'
	if string(c.Body()) != "a body" || c.Kind() != status || c.Size() != len(body)+DigestSize ||
		!bytes.HasPrefix(c.Payload(), []byte("a body")) {
		t.Errorf("%q, %+v, %d, %q", c.Body(), c.Kind(), c.Size(), c.Payload())
	}
	clear(c.Body())
	clear(c.Payload())
	c.Lines()[0] = ""
	if string(c.Body()) != "a body" || c.Lines()[0] == "" {
		t.Error("a code was changed through what it returned")
	}
	var zero Code
	if zero.Lines() != nil || len(zero.Body()) != 0 || zero.Size() != 0 {
		t.Error("the zero Code is not empty")
	}
}

func TestEncodeRefuses(t *testing.T) {
	thirteen := make([]byte, 13)
	stray := slices.Clone(thirteen)
	stray[12] = 1
	tests := []struct {
		name string
		kind Kind
		body []byte
		want string
	}{
		{"too long", status, make([]byte, 1025), "status report of 1025 bytes: at most 1024 are allowed"},
		{"too short", receipt, thirteen[:12], "confirmation or return code of 12 bytes: it has 13"},
		{"stray bits", receipt, stray,
			"confirmation or return code of 100 bits: the bits after them are not zero"},
		{"no number", Kind{Name: "x", Letter: 'X'}, nil, `kind "x": number 0 is not in 1 to 1023`},
		{"no letter", Kind{Name: "x", Number: 1}, nil, `kind "x": letter '\x00' is not in A to Z`},
		{"too many bits", Kind{Name: "x", Letter: 'X', Number: 1, Bits: 161}, nil,
			`kind "x": 161 bits do not fit one line of 160`},
	}
	for _, test := range tests {
		if _, err := Encode(test.kind, test.body); err == nil || err.Error() != test.want {
			t.Errorf("%s: %v, want %s", test.name, err, test.want)
		}
	}
}

// Whatever is encoded is read again, however it is written down.
func TestRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		k := rapid.SampledFrom(kinds).Draw(t, "kind")
		k.Max = 200
		k.Bits = rapid.SampledFrom([]int{0, 0, 0, 1, 8, 96, 100, 104, 159, 160}).Draw(t, "bits")
		size := rapid.IntRange(0, 200).Draw(t, "size")
		if k.Bits != 0 {
			size = (k.Bits + 7) / 8
		}
		body := rapid.SliceOfN(rapid.Byte(), size, size).Draw(t, "body")
		if fill := 8*size - k.Bits; k.Bits != 0 {
			body[size-1] &^= 1<<fill - 1
		}
		c, err := Encode(k, body)
		if err != nil {
			t.Fatal(err)
		}
		text := c.Paste()
		if rapid.Bool().Draw(t, "typed") {
			between := rapid.SampledFrom([]string{"\n", " ", "", "\r\n\r\n", "\n> "}).Draw(t, "between")
			text = strings.Join(c.Lines(), between)
		}
		text = strings.ReplaceAll(text, " ", rapid.SampledFrom([]string{" ", "", "-", "–", "\t "}).Draw(t, "gap"))
		if rapid.Bool().Draw(t, "letters") {
			text = strings.NewReplacer("0", "O", "1", "L", "TS1", "TS1").Replace(text)
		}
		if rapid.Bool().Draw(t, "lower") {
			text = strings.ToLower(text)
		}
		r, err := Decode(text, k)
		if err != nil {
			t.Fatalf("%v, for\n%s", err, text)
		}
		if r.Kind != k || !bytes.Equal(r.Body, body) || len(r.Spellings) != 1 || r.Skipped != 0 ||
			len(r.Corrected()) != 0 {
			t.Fatalf("%x was read as %+v, from\n%s", body, r, text)
		}
	})
}

func TestFold(t *testing.T) {
	tests := []struct{ text, want string }{
		{"", ""},
		{"abcd-EFGH jkmn", "ABCDEFGHJKMN"},
		{"oO iI lL", "001111"},
		{"a\tb\r\nc\u00a0d\u2003e\u2028f\u0085g", "ABCDEFG"},
		{"a-b‐c‑d‒e–f—g―h−j\u00adk﹘m﹣n-p", "ABCDEFGHJKMNP"},
		{"'a' \"b\" `c` ´d´ «e» ‹f› ‘g’ “h” „j‟ ‚k‛", "ABCDEFGHJK"},
		{"3: abcd", "ABCD"},
		{" 3/6: abcd", "ABCD"},
		{"26:abcd", "ABCD"},
		{"3 abcd", "3ABCD"},
	}
	for _, test := range tests {
		got, err := Fold(test.text)
		if err != nil || got != test.want {
			t.Errorf("Fold(%q) = %q, %v, want %q", test.text, got, err, test.want)
		}
	}
	for _, test := range []struct {
		text string
		want Error
	}{
		{"abc!", Error{Problem: BadCharacter, Group: 1, Rune: '!'}},
		{"3: abcd e?", Error{Problem: BadCharacter, Group: 2, Rune: '?'}},
		{"27: abcd", Error{Problem: BadCharacter, Group: 1, Rune: ':'}},
		{"0: abcd", Error{Problem: BadCharacter, Group: 1, Rune: ':'}},
		{"3/x: abcd", Error{Problem: BadCharacter, Group: 1, Rune: '/'}},
		{"abcd efgh ıjkm", Error{Problem: BadCharacter, Group: 3, Rune: 'ı'}},
		{"abcd ſfgh", Error{Problem: BadCharacter, Group: 2, Rune: 'ſ'}},
		{"\uff21bcd efgh", Error{Problem: BadCharacter, Group: 1, Rune: '\uff21'}},
		{"abcd\u200b", Error{Problem: BadCharacter, Group: 2, Rune: '\u200b'}},
		{"abcd\xff", Error{Problem: BadCharacter, Group: 2, Rune: '\ufffd'}},
	} {
		_, err := Fold(test.text)
		if err == nil {
			t.Errorf("Fold(%q) did not fail", test.text)
			continue
		}
		got := *problem(t, err)
		if got.text = ""; got != test.want {
			t.Errorf("Fold(%q): %+v, want %+v", test.text, got, test.want)
		}
	}
}

func TestFoldIsIdempotent(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringMatching(`[0-9A-TV-Za-tv-z \-"]{0,50}`).Draw(t, "text")
		once, err := Fold(text)
		if err != nil {
			t.Fatal(err)
		}
		twice, err := Fold(once)
		if err != nil || twice != once || strings.Trim(once, alphabet) != "" {
			t.Fatalf("%q became %q, then %q, %v", text, once, twice, err)
		}
	})
}

func TestProblems(t *testing.T) {
	seen := map[string]bool{}
	for p := Empty; p <= TooLong; p++ {
		if !strings.HasPrefix(p.ID(), "code-") || seen[p.ID()] || p.String() == "" {
			t.Errorf("%d: %q, %q", p, p.ID(), p)
		}
		seen[p.ID()] = true
		for want, e := range map[string]*Error{
			"line 2, group 3: ": {Problem: p, Line: 2, Group: 3},
			"line 2: ":          {Problem: p, Line: 2},
			"group 3: ":         {Problem: p, Group: 3},
			"":                  {Problem: p},
		} {
			if want += p.String(); e.Error() != want {
				t.Errorf("says %s, want %s", e, want)
			}
		}
		e := &Error{Problem: p}
		if !e.Is(&Error{Problem: p}) || e.Is(&Error{Problem: p + 1}) {
			t.Errorf("%v is not what it is", e)
		}
	}
	if p := Problem(0); p.ID() != "" || p.String() != "problem 0" {
		t.Errorf("%q, %q", p.ID(), p)
	}
}
