package codec

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var (
	typingCodes = flag.Int("typing.codes", pageCodes, "codes of each kind that TestTypingMistakes types at each rate")
	updatePage  = flag.Bool("update", false, "write what TestTypingMistakes finds into TYPING.md")
)

// pageCodes is how many codes of each kind the table of TYPING.md is about, at each rate.
const pageCodes = 2000

// typingSeed is one with which a line is misread in a code all of whose lines are taken, so that the
// page's codes show a digest that finds nothing.
const typingSeed = 7000

// typedKinds are the codes that people type, with as many payload bytes as they usually have, and
// otherKinds those that they may be mistaken for: a program knows all of them.
var (
	typedKinds = []struct {
		name string
		kind Kind
		size int
	}{
		{"request, 4 lines", request, 76},
		{"authorization, 5 lines", authorization, 97},
		{"confirmation, 1 line", receipt, 0},
		{"status, 5 lines", status, 98},
	}
	otherKinds = []Kind{
		trustRoot,
		{Name: "usage report", Letter: 'U', Number: 5, Max: 4 << 10},
		{Name: "acknowledgment", Letter: 'K', Number: 6, Max: 1 << 10},
		{Name: "quota grant", Letter: 'G', Number: 8, Max: 16 << 10},
		{Name: "synchronization", Letter: 'Y', Number: 9, Max: 1 << 20},
		{Name: "trust bundle", Letter: 'B', Number: 10, Max: 600 << 10},
	}
)

// A session is what became of the codes of one kind that were typed at one rate.
type session struct {
	typist
	kinds []Kind // that the reader knows

	codes, lines   int
	mistakenLines  int // that were not typed as printed
	takenLines     int // that were taken, one by one, as what was printed
	misreadLines   int // that were taken as something else
	faultlessCodes int // typed as printed: what a reader without correction takes
	lineCodes      int // taken line by line, nothing typed again
	textCodes      int // taken as one text
	misreadCodes   int // taken, either way, as another code
	several        int // receipts whose text may mean more than one thing
}

// code types one code, and reads it both ways.
func (s *session) code(c Code) {
	var typed []string
	var taken []Line
	faultless := true
	for i, printed := range c.Lines() {
		text := s.types(printed)
		typed = append(typed, text)
		if folded, err := Fold(text); err != nil || folded != strings.ReplaceAll(printed, " ", "") {
			s.mistakenLines++
			faultless = false
		}
		taken = append(taken, s.line(text, printed, i+1, c.kind)...)
	}
	s.codes++
	s.lines += len(typed)
	if faultless {
		s.faultlessCodes++
	}
	if len(taken) == len(typed) {
		r, err := JoinLines(taken)
		s.lineCodes += s.judge(r, err, c)
	}
	r, err := Decode(lines(typed), s.kinds...)
	s.textCodes += s.judge(r, err, c)
	if len(r.Spellings) > 1 {
		s.several++
	}
}

// line reads a typed line as a prompt does that waits for a code of this kind: at most one line.
func (s *session) line(text, printed string, number int, k Kind) []Line {
	candidates, err := ParseLine(text, number, s.kinds...)
	i := slices.IndexFunc(candidates, func(l Line) bool { return l.Kind.Number == k.Number })
	switch {
	case err != nil || i < 0:
		return nil
	case candidates[i].Text == printed:
		s.takenLines++
	default:
		s.misreadLines++
	}
	return candidates[i : i+1]
}

// judge returns 1 for a reading of the code that was printed, 0 when the person has to look again.
// What a receipt's line may mean is tried on the device's chain, which takes nothing else than what
// was printed.
func (s *session) judge(r Reading, err error, c Code) int {
	meant := func(body []byte) bool { return bytes.Equal(body, c.Body()) }
	switch {
	case err != nil:
		return 0
	case r.Kind.Number == c.kind.Number && slices.ContainsFunc(r.Spellings, meant):
		return 1
	case r.Kind.Number != receipt.Number:
		s.misreadCodes++
	}
	return 0
}

// row is the session's row of the table.
func (s *session) row(name string) string {
	of := func(n, all int) string { return fmt.Sprintf("%.1f", 100*float64(n)/float64(all)) }
	return fmt.Sprintf("| %s | %.1f | %s | %s | %s | %s | %s | %d | %d |\n", name, 100*s.rate,
		of(s.mistakenLines, s.lines), of(s.takenLines, s.lines), of(s.faultlessCodes, s.codes),
		of(s.lineCodes, s.codes), of(s.textCodes, s.codes), s.misreadLines, s.misreadCodes)
}

// check fails when a code was taken for another one, or when the correction helps nobody.
func (s *session) check(t *testing.T, name string) {
	t.Helper()
	if s.misreadCodes > 0 {
		t.Errorf("%s: %d of %d were taken for another code", name, s.misreadCodes, s.codes)
	}
	if s.lineCodes <= s.faultlessCodes || s.textCodes <= s.faultlessCodes {
		t.Errorf("%s: %d and %d were taken, where %d were typed as printed", name, s.lineCodes, s.textCodes, s.faultlessCodes)
	}
}

// TestTypingMistakes types codes with the mistakes that people make. None may ever be taken for
// another code, and the table in TYPING.md is what it finds.
func TestTypingMistakes(t *testing.T) {
	all := slices.Clone(otherKinds)
	for _, k := range typedKinds {
		all = append(all, k.kind)
	}
	var table strings.Builder
	for i, k := range typedKinds {
		for j, rate := range []float64{0.005, 0.01, 0.02} {
			s := session{kinds: all, typist: typist{rand: random(uint64(typingSeed + 100*i + j)), rate: rate}}
			for range *typingCodes {
				s.code(encode(t, k.kind, randomBody(s.rand, k.kind, k.size-DigestSize)))
			}
			s.check(t, k.name)
			table.WriteString(s.row(k.name))
			t.Logf("%s at %.1f %%: %d codes of %d lines; with a mistake %d, taken %d, misread %d; codes faultless %d, "+
				"taken as lines %d, as a text %d; with several meanings %d", k.name, 100*rate, s.codes, s.lines,
				s.mistakenLines, s.takenLines, s.misreadLines, s.faultlessCodes, s.lineCodes, s.textCodes, s.several)
		}
	}
	t.Logf("the rows of the page's table:\n%s", table.String())
	if *typingCodes == pageCodes {
		comparePage(t, table.String())
	}
}

// typingTable is the rows of the table of mistakes.
var typingTable = regexp.MustCompile(`(?m)(^\| typed code \|.*\n\|[-|]*\|\n)((?:\|.*\n)*)`)

// comparePage fails unless TYPING.md has these rows. -update writes them instead.
func comparePage(t *testing.T, rows string) {
	t.Helper()
	name := "TYPING.md"
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	for _, share := range shares {
		if said := fmt.Sprintf(" %d %% ", share); !strings.Contains(string(text), said) {
			t.Errorf("TYPING.md does not say %q of the mistakes", said)
		}
	}
	for _, said := range []string{fmt.Sprintf("%d,%03d codes\n", pageCodes/1000, pageCodes%1000), fmt.Sprintf("(seed %d)", typingSeed)} {
		if !strings.Contains(string(text), said) {
			t.Errorf("TYPING.md does not say %q", said)
		}
	}
	m := typingTable.FindSubmatch(text)
	switch {
	case m == nil:
		t.Error("TYPING.md has no table of typing mistakes")
	case string(m[2]) == rows:
	case *updatePage:
		text = typingTable.ReplaceAll(text, []byte("${1}"+rows))
		if err := os.WriteFile(name, text, 0o644); err != nil {
			t.Fatal(err)
		}
	default:
		t.Errorf("the table of TYPING.md is\n%sand -update would write\n%s", m[2], rows)
	}
}
