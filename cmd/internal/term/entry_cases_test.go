package term

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"tallystick/codec"
)

// twoLines is a short authorization, to keep the screens of tests short.
func twoLines(t testing.TB) codec.Code { return encode(t, authorization, body(3, 30)) }

func TestEntryOfMixedCodes(t *testing.T) {
	code, other := encode(t, authorization, body(4, 40)), encode(t, authorization, body(5, 40))
	l, m := code.Lines(), other.Lines()
	s := newScript(l[0], m[1], l[2], "what now", "9", "3", "", "2", l[1])
	e := entryAt(s)
	draft := &memory{}
	e.Draft = draft
	reading, err := e.Read()
	wantBody(t, code, reading, err)
	wantScreen(t, s, `
Enter the authorization code line by line ("?" for help).
line 1> HMZA KPN3 Q4P2 DD03 GPKF CA3H A3RX C21Q VVRS 84HC
line 2> DZPY XZXM 9SNA CXQN Y4KB 8YGT CTSN 6AKC J1V1 Q3NN
line 3> 0F28 6480 E17M 0ZW3
  every line reads, but together they are not one code: lines of two codes are
  mixed
  line 1: HMZA KPN3 Q4P2 DD03 GPKF CA3H A3RX C21Q VVRS 84HC
  line 2: DZPY XZXM 9SNA CXQN Y4KB 8YGT CTSN 6AKC J1V1 Q3NN
  line 3: 0F28 6480 E17M 0ZW3
  Type the number of the line to mend, or "0" to start over.
mend line> what now
  Type the number of the line to mend, or "0" to start over.
mend line> 9
  The code has 3 lines.
mend line> 3
  line 3: 0F28 6480 E17M 0ZW3
  Type it again, or press Enter to leave it.
line 3> 
mend line> 2
  line 2: DZPY XZXM 9SNA CXQN Y4KB 8YGT CTSN 6AKC J1V1 Q3NN
  Type it again, or press Enter to leave it.
line 2> F29K 4D66 GFBW YAK5 K00K HYR1 6AJ4 556B SP78 SM21
`)
}

func TestResumeOfMixedCodes(t *testing.T) {
	code, other := twoLines(t), encode(t, authorization, body(6, 30))
	draft := &memory{lines: []string{code.Lines()[0], other.Lines()[1]}}
	s := newScript("2", code.Lines()[1])
	e := entryAt(s)
	e.Draft = draft
	reading, err := e.Read()
	wantBody(t, code, reading, err)
	wantScreen(t, s, `
Enter the authorization code line by line ("?" for help).
  Kept from the last time ("0" starts over):
  line 1: F08Y SNCY TMPZ NFAM W710 XHG1 K6BQ 0RV6 62Y5 4M6B
  line 2: 6PW0 K3PK 7W2R XV28 RHM5 SRR0 PAJG 5Q1K
  every line reads, but together they are not one code: lines of two codes are
  mixed
  Type the number of the line to mend, or "0" to start over.
mend line> 2
  line 2: 6PW0 K3PK 7W2R XV28 RHM5 SRR0 PAJG 5Q1K
  Type it again, or press Enter to leave it.
line 2> 9KCD 04KN HTW1 C5Y6 QR2Q 8180 DZSQ T7D7
`)
}

// A complete code stays until its caller has used it.
func TestCompleteCodeIsKept(t *testing.T) {
	code, other := twoLines(t), encode(t, authorization, body(6, 30))
	for name, c := range map[string]struct {
		typed []string
		want  codec.Code
	}{
		"Enter":           {[]string{""}, code},
		"the same again":  {code.Lines(), code},
		"another":         {other.Lines(), other},
		"another, pasted": {[]string{other.Paste()}, other},
		"over":            {append([]string{"0"}, other.Lines()...), other},
		"noise, mended":   {[]string{"[ 12.5] usb 1-1", "2", "", ""}, code},
	} {
		draft := &memory{}
		first := entryAt(newScript(code.Lines()...))
		first.Draft = draft
		reading, err := first.Read()
		wantBody(t, code, reading, err)
		if !slices.Equal(draft.lines, code.Lines()) {
			t.Fatalf("kept %q", draft.lines)
		}
		s := newScript(c.typed...)
		second := entryAt(s)
		second.Draft = draft
		if reading, err = second.Read(); err != nil {
			t.Fatalf("%s: %v\n%s", name, err, s.screen.String())
		}
		wantBody(t, c.want, reading, err)
		if !slices.Equal(draft.lines, c.want.Lines()) {
			t.Errorf("%s: kept %q", name, draft.lines)
		}
	}
}

func TestKeptCodeIsOffered(t *testing.T) {
	code := twoLines(t)
	s := newScript("")
	e := entryAt(s)
	e.Draft = &memory{lines: code.Lines()}
	reading, err := e.Read()
	wantBody(t, code, reading, err)
	wantScreen(t, s, `
Enter the authorization code line by line ("?" for help).
  Kept from the last time ("0" starts over):
  line 1: `+code.Lines()[0]+`
  line 2: `+code.Lines()[1]+`
  It is complete. Press Enter to use it, or type line 1 of another code.
press Enter> 
`)
}

// A code that Check refuses is not kept, nor one that is too long to be typed.
func TestWhatIsNotKept(t *testing.T) {
	refused := twoLines(t)
	long := encode(t, codec.Kind{Name: "trust bundle", Letter: 'B', Number: 9, Max: 2000}, body(3, 1500))
	for _, code := range []codec.Code{refused, long} {
		draft := &memory{}
		e := entryAt(newScript(code.Paste()))
		e.Draft, e.Kinds = draft, append([]codec.Kind{long.Kind()}, kinds...)
		e.Check = func(k codec.Kind) error {
			if k.Number == refused.Kind().Number {
				return errors.New("not wanted")
			}
			return nil
		}
		if reading, err := e.Read(); err != nil || reading.Kind.Number != code.Kind().Number || draft.lines != nil {
			t.Errorf("%s: %v, kept %q", code.Kind().Name, err, draft.lines)
		}
	}
}

func TestEntryOfConfirmation(t *testing.T) {
	b := body(7, 13)
	b[12] &= 0xf0
	code := encode(t, receipt, b)
	line := code.Lines()[0]
	for _, typed := range []string{line, strings.ToLower(line), changed(line, 5, 0), changed(line, 7, 'Z'), code.Paste()} {
		s := newScript(typed)
		reading, err := entryAt(s).Read()
		wantBody(t, code, reading, err)
		if len(reading.Spellings) == 0 {
			t.Errorf("%q: no spellings", typed)
		}
	}
}

func TestEntryOfAnotherKind(t *testing.T) {
	code, foreign := twoLines(t), encode(t, request, body(8, 30))
	unknown := encode(t, codec.Kind{Name: "new code", Letter: 'Z', Number: 99, Max: 500}, body(9, 30))
	s := newScript(foreign.Lines()[0], unknown.Lines()[0], code.Lines()[0], foreign.Lines()[1], unknown.Lines()[1],
		"1", foreign.Lines()[0], "", code.Lines()[1])
	e := entryAt(s)
	e.Check = func(k codec.Kind) error {
		if k.Number != authorization.Number {
			return errors.New("this is a " + k.Name + ", an authorization code is wanted")
		}
		return nil
	}
	reading, err := e.Read()
	wantBody(t, code, reading, err)
	wantScreen(t, s, `
Enter the authorization code line by line ("?" for help).
line 1> X2BR 185D TWDJ M1CS DYH5 RGHB A72A VWX9 FXYJ 4BGP
  this is a request code, an authorization code is wanted
line 1> 7VQD KKTA 3SBM 4M4S P1SX GMYR FR42 KDSX FGAX J3VG
  line 1 belongs to a kind of code that is not known here
line 1> F08Y SNCY TMPZ NFAM W710 XHG1 K6BQ 0RV6 62Y5 4M6B
line 2> 7KFR 3F3Q 9ABM FW5G 6TEX XRG0 WD9G YTJ4
  line 2 belongs to the request code, the other lines to the authorization code
line 2> FY70 2NT6 GPJA K399 8B71 6DG0 XJCB ZBGK
  line 2 belongs to another kind of code
line 2> 1
  line 1: F08Y SNCY TMPZ NFAM W710 XHG1 K6BQ 0RV6 62Y5 4M6B
  Type it again, or press Enter to leave it.
line 1> X2BR 185D TWDJ M1CS DYH5 RGHB A72A VWX9 FXYJ 4BGP
  this is a request code, an authorization code is wanted
line 1> 
line 2> 9KCD 04KN HTW1 C5Y6 QR2Q 8180 DZSQ T7D7
`)
}

// With two wrong pairs a line may read as one of another kind as well, here even rather so. The
// other lines, or what is wanted, decide.
func TestEntryOfAmbiguousLine(t *testing.T) {
	code := twoLines(t)
	const mistyped = "9KCD 04KN HVW1 C5Y6 QR2Q 8180 DZSQ B7D7"
	candidates, err := codec.ParseLine(mistyped, 2, kinds...)
	if err != nil || len(candidates) < 2 || candidates[0].Kind.Number != request.Number {
		t.Fatalf("%d candidates, %v: the line is not ambiguous", len(candidates), err)
	}
	s := newScript(code.Lines()[0], mistyped)
	reading, err := entryAt(s).Read()
	wantBody(t, code, reading, err)
	wantScreen(t, s, `
Enter the authorization code line by line ("?" for help).
line 1> F08Y SNCY TMPZ NFAM W710 XHG1 K6BQ 0RV6 62Y5 4M6B
line 2> 9KCD 04KN HVW1 C5Y6 QR2Q 8180 DZSQ B7D7
  line 2, group 3: read "HVW1" as "HTW1"
  line 2, group 8: read "B7D7" as "T7D7"
`)
}

func TestStartingOverForgetsTheDraft(t *testing.T) {
	draft := &memory{lines: twoLines(t).Lines()[:1]}
	e := entryAt(newScript("0", interrupt))
	e.Draft = draft
	if _, err := e.Read(); !errors.Is(err, ErrInterrupted) || draft.lines != nil {
		t.Errorf("kept %q, %v", draft.lines, err)
	}
}

func TestEntryCommands(t *testing.T) {
	code := encode(t, authorization, body(4, 40))
	l := code.Lines()
	other := encode(t, authorization, body(10, 10))
	s := newScript("?", "2", "0", l[0], "3", l[1], "1", other.Lines()[0], "3", "0", l[0], l[1], l[2])
	e := entryAt(s)
	e.Draft = &memory{}
	reading, err := e.Read()
	wantBody(t, code, reading, err)
	wantScreen(t, s, `
Enter the authorization code line by line ("?" for help).
line 1> ?
  Type each line as it is printed; case, spaces and dashes don't matter.
  The whole code may also be pasted at once.
  A line's number alone goes back to mend that line; "0" starts over.
  Ctrl-C stops and keeps the lines for the next time.
line 1> 2
  Line 1 is next.
line 1> 0
  Starting over.
line 1> HMZA KPN3 Q4P2 DD03 GPKF CA3H A3RX C21Q VVRS 84HC
line 2> 3
  Line 2 is next.
line 2> F29K 4D66 GFBW YAK5 K00K HYR1 6AJ4 556B SP78 SM21
line 3> 1
  line 1: HMZA KPN3 Q4P2 DD03 GPKF CA3H A3RX C21Q VVRS 84HC
  Type it again, or press Enter to leave it.
line 1> G1G1 PY7C GMJ1 DWPS 4RE1 C380 9HY6 R4AK
  line 1 is the last of its code, but line 2 is there too; "0" starts over with
  another code
line 1> 3
line 3> 0
  Starting over.
line 1> HMZA KPN3 Q4P2 DD03 GPKF CA3H A3RX C21Q VVRS 84HC
line 2> F29K 4D66 GFBW YAK5 K00K HYR1 6AJ4 556B SP78 SM21
line 3> 0F28 6480 E17M 0ZW3
`)
}

// However an entry is ended, it ends at once and keeps what was accepted.
func TestEntryEndsWithItsTerminal(t *testing.T) {
	l := sixLines(t).Lines()
	for n := range len(l) {
		for _, end := range [][]string{{interrupt}, nil} {
			draft := &memory{}
			s := newScript(slices.Concat(l[:n], end)...)
			e := entryAt(s)
			e.Draft = draft
			if _, err := e.Read(); !errors.Is(err, ErrInterrupted) {
				t.Errorf("after %d lines: %v", n, err)
			}
			if s.reads != n+1 {
				t.Errorf("after %d lines: %d reads, the last after the end", n, s.reads)
			}
			if !slices.Equal(draft.lines, l[:n]) || draft.saves != n {
				t.Errorf("after %d lines: kept %q in %d saves", n, draft.lines, draft.saves)
			}
		}
	}
	s := newScript(l[0])
	if _, err := entryAt(s).Read(); !errors.Is(err, ErrInterrupted) || strings.Contains(s.screen.String(), "kept") {
		t.Errorf("without a draft: %v, screen %q", err, s.screen.String())
	}
	if _, err := (Entry{What: "code"}).Read(); !errors.Is(err, ErrNoTerminal) {
		t.Errorf("without a terminal: %v", err)
	}
}
