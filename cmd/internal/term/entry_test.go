package term

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"tallystick/codec"
)

var (
	request       = codec.Kind{Name: "request code", Letter: 'R', Number: 1, Max: 500}
	authorization = codec.Kind{Name: "authorization code", Letter: 'A', Number: 2, Max: 500}
	receipt       = codec.Kind{Name: "confirmation code", Letter: 'C', Number: 3, Bits: 100}
	kinds         = []codec.Kind{request, authorization, receipt}
)

// body returns n bytes that differ with the seed.
func body(seed uint64, n int) []byte {
	random := rand.New(rand.NewPCG(seed, 0))
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(random.Uint32())
	}
	return b
}

func encode(t testing.TB, kind codec.Kind, body []byte) codec.Code {
	t.Helper()
	code, err := codec.Encode(kind, body)
	if err != nil {
		t.Fatal(err)
	}
	return code
}

// sixLines is the authorization of the walk-through below.
func sixLines(t testing.TB) codec.Code { return encode(t, authorization, body(1, 110)) }

// memory is a DraftStore that counts.
type memory struct {
	lines []string
	saves int
}

func (m *memory) Load() []string      { return m.lines }
func (m *memory) Save(lines []string) { m.lines = slices.Clone(lines); m.saves++ }
func (m *memory) Clear()              { m.lines = nil }

func entryAt(s *script) Entry {
	return Entry{Terminal: s, Kinds: kinds, What: "authorization code"}
}

// wantBody checks what an entry ended with.
func wantBody(t *testing.T, code codec.Code, reading codec.Reading, err error) {
	t.Helper()
	if err != nil {
		t.Fatalf("error: %v", err)
	}
	if reading.Kind.Number != code.Kind().Number || !bytes.Equal(reading.Body, code.Body()) {
		t.Fatalf("read a %s of %d bytes, want the %s of %d", reading.Kind.Name, len(reading.Body),
			code.Kind().Name, len(code.Body()))
	}
}

// changed returns a line with the character at a place, counted without spaces from 0, replaced by
// another; by nothing, where to is 0.
func changed(line string, at int, to byte) string {
	i := at + at/4
	if to == 0 {
		return line[:i] + line[i+1:]
	}
	return line[:i] + string(to) + line[i+1:]
}

// The walk of an operator through the entry of six lines at an 80x24 console: everything that goes
// wrong on the way, and every screen.
func TestOperatorEntersSixLines(t *testing.T) {
	code := sixLines(t)
	l := code.Lines()
	draft := &memory{}

	first := newScript(
		strings.ToLower(strings.ReplaceAll(l[0], " ", "")),
		changed(changed(l[1], 9, 'X'), 30, '7'),
		"3: "+l[2],
		interrupt)
	e := entryAt(first)
	e.Draft = draft
	if _, err := e.Read(); !errors.Is(err, ErrInterrupted) {
		t.Fatalf("interrupted: %v", err)
	}
	wantScreen(t, first, `
Enter the authorization code line by line ("?" for help).
line 1> 5669fbh3hd7pg5z3ge30d3qyawt5qj8vf0t6ewa4
line 2> EPTJ 6MMC DXTW G9D0 EHJ0 DADS 5E06 Z87M CQRP Q71D
  line 2, group 3: read "DXTW" as "DPTW"
  line 2, group 8: read "Z87M" as "Z8GM"
line 3> 3: 7X7Z NEJP M6R4 6G1H FVTX 8MXV 2JJ2 CXXV DG4P 0C41
line 4> ^C
  Stopped. 3 lines are kept for the next time.
`)

	second := newScript(
		"[ 1234.567890] usb 1-1: new full-speed USB device number 2",
		l[4],
		changed(l[3], 17, 0),
		"1",
		"",
		"1",
		changed(l[0], 0, 'Q'),
		"?",
		"",
		changed(changed(changed(l[4], 0, 'Z'), 10, 'Z'), 20, 'Z'),
		strings.ReplaceAll(l[4], " ", "-"),
		l[5])
	e.Terminal = second
	reading, err := e.Read()
	wantBody(t, code, reading, err)
	wantScreen(t, second, `
Enter the authorization code line by line ("?" for help).
  Kept from the last time ("0" starts over):
  line 1: 5669 FBH3 HD7P G5Z3 GE30 D3QY AWT5 QJ8V F0T6 EWA4
  line 2: EPTJ 6MMC DPTW G9D0 EHJ0 DADS 5E06 Z8GM CQRP Q71D
  line 3: 7X7Z NEJP M6R4 6G1H FVTX 8MXV 2JJ2 CXXV DG4P 0C41
line 4> [ 1234.567890] usb 1-1: new full-speed USB device number 2
  line 4, group 1: '[' is not a character of codes
line 4> 5ZTJ D14Y DHP7 HTMH 9GPH 8Q2G PVW3 HN2Z WESN RNEJ
  this is line 5, line 4 was expected
line 4> FAGP BRPZ NXYB D2JE WGV Y3D7 HDWE Z46C 2CGZ VC67
  line 4, group 5: a character was missing: read "WGV" as "W9GV"
line 5> 1
  line 1: 5669 FBH3 HD7P G5Z3 GE30 D3QY AWT5 QJ8V F0T6 EWA4
  Type it again, or press Enter to leave it.
line 1> 
line 5> 1
  line 1: 5669 FBH3 HD7P G5Z3 GE30 D3QY AWT5 QJ8V F0T6 EWA4
  Type it again, or press Enter to leave it.
line 1> Q669 FBH3 HD7P G5Z3 GE30 D3QY AWT5 QJ8V F0T6 EWA4
  line 1, group 1: read "Q669" as "5669"
line 5> ?
  Type each line as it is printed; case, spaces and dashes don't matter.
  The whole code may also be pasted at once.
  A line's number alone goes back to mend that line; "0" starts over.
  Ctrl-C stops and keeps the lines for the next time.
  line 1: 5669 FBH3 HD7P G5Z3 GE30 D3QY AWT5 QJ8V F0T6 EWA4
  line 2: EPTJ 6MMC DPTW G9D0 EHJ0 DADS 5E06 Z8GM CQRP Q71D
  line 3: 7X7Z NEJP M6R4 6G1H FVTX 8MXV 2JJ2 CXXV DG4P 0C41
  line 4: FAGP BRPZ NXYB D2JE W9GV Y3D7 HDWE Z46C 2CGZ VC67
line 5> 
line 5> ZZTJ D14Y DHZ7 HTMH 9GPH ZQ2G PVW3 HN2Z WESN RNEJ
  line 5 can't be read: more than two pairs of characters are wrong
line 5> 5ZTJ-D14Y-DHP7-HTMH-9GPH-8Q2G-PVW3-HN2Z-WESN-RNEJ
line 6> XGM0 DDK6 PCBK M0S1 0YMS 2HG0 WAZB 6SVH
`)
	if len(reading.Corrected()) != 3 || len(reading.Lines) != 6 {
		t.Errorf("%d lines, %d corrected; want 6 and 3", len(reading.Lines), len(reading.Corrected()))
	}
	if len(draft.lines) != 6 {
		t.Errorf("kept for whoever uses the code: %q", draft.lines)
	}
}
