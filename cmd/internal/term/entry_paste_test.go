package term

import (
	"slices"
	"strings"
	"testing"
	"time"

	"tallystick/codec"
)

func TestEntryOfPastes(t *testing.T) {
	code := sixLines(t)
	l := code.Lines()
	labeled := make([]string, len(l))
	for i := range l {
		labeled[i] = string(rune('1'+i)) + "/6: " + l[i]
	}
	folded := code.Wrapped(60)
	for name, typed := range map[string][]string{
		"paste form":                  {code.Paste()},
		"paste form in lower case":    {"  " + strings.ToLower(code.Paste()) + "  "},
		"paste form in a sentence":    {"Your code: " + code.Paste()},
		"paste form after some lines": {l[0], l[1], code.Paste()},
		"paste form, folded":          folded,
		"folded, with noise between":  {folded[0], "[ 12.5] link up, 1000 Mbit/s full duplex", folded[1], folded[2], folded[3]},
		"dropped and pasted again":    append(slices.Concat(folded[:2], []string{""}), folded...),
		"lines with labels":           labeled,
		"lines with empty ones":       {l[0], "", l[1], "", l[2], "", l[3], "", l[4], "", l[5], ""},
		"lines among log messages":    {"login: root", l[0], l[1], "[ 12.5] link up", l[2], l[3], l[4], "a b", l[5]},
		"lines with their ends lost":  {strings.Join(l, " ")},
		"lines without any space":     {strings.ReplaceAll(strings.Join(l, ""), " ", "")},
		"quoted":                      {`"` + l[0] + `"`, "'" + l[1] + "'", "“" + l[2] + "”", l[3], l[4], l[5]},
	} {
		t.Run(name, func(t *testing.T) {
			s := newScript(typed...)
			reading, err := entryAt(s).Read()
			wantBody(t, code, reading, err)
		})
	}
}

func TestEntryOfFoldedPaste(t *testing.T) {
	code := sixLines(t)
	f := code.Wrapped(60)
	s := newScript(f[0], "?", f[1], "", f[0], f[1], "[ 12.5] link up", f[2], f[3])
	reading, err := entryAt(s).Read()
	wantBody(t, code, reading, err)
	wantScreen(t, s, `
Enter the authorization code line by line ("?" for help).
line 1> TS1A:5669FBH3HD7PG5Z3GE30D3QYAWT5QJ8VEPTJ6MMCDPTWG9D0EHJ0DAD
  This is not all of the code. Paste the rest; an empty line ends it.
more> ?
  Type each line as it is printed; case, spaces and dashes don't matter.
  The whole code may also be pasted at once.
  A line's number alone goes back to mend that line; "0" starts over.
  Ctrl-C stops.
more> S5E06Z8GM7X7ZNEJPM6R46G1HFVTX8MXV2JJ2CXXVFAGPBRPZNXYBD2JEW9G
more> 
  the pasted authorization code is cut short or damaged; it was dropped
line 1> TS1A:5669FBH3HD7PG5Z3GE30D3QYAWT5QJ8VEPTJ6MMCDPTWG9D0EHJ0DAD
  This is not all of the code. Paste the rest; an empty line ends it.
more> S5E06Z8GM7X7ZNEJPM6R46G1HFVTX8MXV2JJ2CXXVFAGPBRPZNXYBD2JEW9G
more> [ 12.5] link up
more> VY3D7HDWEZ46C5ZTJD14YDHP7HTMH9GPH8Q2GPVW3HN2ZXGM0DDK6PCBKM0S
more> 10YMS2HG
`)
}

// The last part of a folded paste may by chance be as long as the others.
func TestEntryOfEvenlyFoldedPaste(t *testing.T) {
	code := sixLines(t)
	f := code.Wrapped(len(code.Paste()) / 4)
	if len(f[0]) != len(f[len(f)-1]) {
		t.Fatalf("parts of %d and %d characters, want equal ones", len(f[0]), len(f[len(f)-1]))
	}
	reading, err := entryAt(newScript(append(f, "")...)).Read()
	wantBody(t, code, reading, err)
}

// A paste of the longest code, folded, must not take more time than it takes to arrive.
func TestEntryOfLongFoldedPaste(t *testing.T) {
	trust := codec.Kind{Name: "trust root", Letter: 'T', Number: 7, Max: 32 << 10}
	code := encode(t, trust, body(11, trust.Max))
	s := newScript(code.Wrapped(76)...)
	e := Entry{Terminal: s, Kinds: append(kinds, trust), What: "trust root"}
	start := time.Now()
	reading, err := e.Read()
	wantBody(t, code, reading, err)
	if used := time.Since(start); used > 2*time.Second {
		t.Errorf("%d lines took %v", s.reads, used)
	}
}
