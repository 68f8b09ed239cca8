package term

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"tallystick/codec"
)

// A draft is a file that anybody may have changed.
func TestEntryWithSpoiltDraft(t *testing.T) {
	code := sixLines(t)
	l := code.Lines()
	foreign := encode(t, request, body(8, 110)).Lines()
	for name, c := range map[string]struct {
		draft []string
		kept  int
	}{
		"empty":             {[]string{""}, 0},
		"junk":              {[]string{"\x1b[2J\x00\xff", l[0]}, 0},
		"junk after a line": {[]string{l[0], "junk"}, 1},
		"wrong order":       {[]string{l[1], l[0]}, 0},
		"another kind":      {[]string{l[0], foreign[1]}, 1},
		"too many lines":    {slices.Repeat([]string{l[0]}, 10000), 1},
		"a long line":       {[]string{strings.Repeat("0", 1<<20)}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			s := newScript(l[c.kept:]...)
			e := entryAt(s)
			e.Draft = &memory{lines: c.draft}
			reading, err := e.Read()
			wantBody(t, code, reading, err)
			wantWidth(t, s)
		})
	}
}

func TestEntryOfHostileInput(t *testing.T) {
	code := twoLines(t)
	l := code.Lines()
	for name, hostile := range map[string]string{
		"clear screen":        "\x1b[2J\x1b[H",
		"window title":        "\x1b]0;root\a",
		"arrow keys in line":  l[0][:20] + "\x1b[D\x1b[D" + l[0][20:],
		"zero":                "\x00",
		"zero in a line":      l[0][:20] + "\x00" + l[0][20:],
		"invalid UTF-8":       "\xff\xfe\x80",
		"8-bit control":       "\u009b2J",
		"right to left":       "\u202e" + l[0],
		"64 KiB of zeros":     strings.Repeat("0", MaxLine),
		"64 KiB of dashes":    strings.Repeat("-", MaxLine),
		"64 KiB of escapes":   strings.Repeat("\x1b", MaxLine),
		"64 KiB of no spaces": strings.Repeat("é", MaxLine/2),
		"64 KiB of marks":     strings.Repeat("TS1A:", MaxLine/5),
		"64 KiB of labels":    strings.Repeat("1: ", MaxLine/3),
		"beyond a line":       strings.Repeat("0", MaxLine+1),
		"long paste":          "TS1A:" + strings.Repeat("0", MaxLine-5),
		"other version":       "TS2A:00000000",
		"unknown kind":        "TS1Z:00000000",
		"a number too big":    "99999999999999999999",
		"a negative number":   "-1",
		"a number with sign":  "+1",
		"a long number":       "007",
	} {
		t.Run(name, func(t *testing.T) {
			s := newScript(hostile, "", l[0], hostile, "", l[1])
			start := time.Now()
			reading, err := entryAt(s).Read()
			wantBody(t, code, reading, err)
			if used := time.Since(start); used > 2*time.Second {
				t.Errorf("took %v", used)
			}
			wantHarmless(t, s, 2)
		})
	}
}

// wantHarmless checks that the screen holds no control characters, and that what the entry itself
// says is short.
func wantHarmless(t *testing.T, s *script, typed int) {
	t.Helper()
	screen := s.screen.String()
	if !utf8.ValidString(screen) || Safe(strings.ReplaceAll(screen, "\n", "")) != strings.ReplaceAll(screen, "\n", "") {
		t.Errorf("screen holds what is not safe: %.400q", screen)
	}
	said := 0
	for line := range strings.Lines(screen) {
		if !strings.Contains(line, "> ") {
			said++
			if n := utf8.RuneCountInString(line) - 1; n > s.cols {
				t.Errorf("%d columns: %.200q", n, line)
			}
		}
	}
	if said > 12*typed {
		t.Errorf("%d lines were said", said)
	}
}

func TestEntryHasALimit(t *testing.T) {
	for _, typed := range []string{strings.Repeat("0", 1000), strings.Repeat("x", MaxLine+1), "", "TS1A:" + strings.Repeat("0", 100)} {
		s := newScript(slices.Repeat([]string{typed}, MaxEntry+2)...)
		_, err := entryAt(s).Read()
		var problem *codec.Error
		if !errors.As(err, &problem) || problem.Problem != codec.TooLong {
			t.Errorf("%.10q repeated: %v", typed, err)
		}
	}
}

// A paste without end is given up before it costs more than a moment.
func TestEntryGivesUpAPaste(t *testing.T) {
	s := newScript(append([]string{"TS1A:" + strings.Repeat("0", 100)}, slices.Repeat([]string{"00"}, 500)...)...)
	entryAt(s).Read()
	const want = "  the pasted authorization code is cut short or damaged; it was dropped\nline 1> "
	if strings.Count(s.screen.String(), want) != 1 || strings.Count(s.screen.String(), "more> ") != mostTries {
		t.Errorf("screen:\n%.3000s", s.screen.String())
	}
}

func TestEntryOnANarrowWindow(t *testing.T) {
	s := newScript("?", "[ 1234.567890] usb 1-1: new full-speed USB device number 2", twoLines(t).Lines()[0])
	s.cols = 40
	entryAt(s).Read()
	for line := range strings.Lines(s.screen.String()) {
		if strings.HasPrefix(line, "  ") && len(line)-1 > 40 {
			t.Errorf("%d columns: %q", len(line)-1, line)
		}
	}
}

// A message about what was typed is cut before it fills the screen.
func TestFoldCutsLongMessages(t *testing.T) {
	for _, message := range []string{strings.Repeat("\x1b", 10000), strings.Repeat("a ", 10000), strings.Repeat("é", 10000)} {
		if n := strings.Count(fold(message, 79), "\n"); n > 8 {
			t.Errorf("%.5q…: %d lines", message, n)
		}
	}
	if got := fold("clear\x1b[2J the\nscreen", 79); got != "  clear\\x1b[2J the\\nscreen\n" {
		t.Errorf("with control characters: %q", got)
	}
	if got := fold("one two", 5); got != "  one two\n" {
		t.Errorf("on a window of 5 columns: %q", got)
	}
}

func TestEntryOfJoinedLinesThatFail(t *testing.T) {
	l := twoLines(t).Lines()
	spoilt := changed(changed(changed(l[0], 0, 'Z'), 10, 'Z'), 20, 'Z')
	s := newScript(spoilt + " " + l[1])
	entryAt(s).Read()
	const want = "\n  line 1 can't be read: more than two pairs of characters are wrong\nline 1> "
	if screen := s.screen.String(); !strings.Contains(screen, want) {
		t.Errorf("screen:\n%s", screen)
	}
}

func FuzzEntry(f *testing.F) {
	l := twoLines(f).Lines()
	f.Add(strings.Join(l, "\n"))
	f.Add(l[0] + "\n?\n1\n\n2\n0\n" + twoLines(f).Paste())
	f.Add("TS1A:00\n\x1b[2J\n\xff")
	f.Fuzz(func(t *testing.T, typed string) {
		s := newScript(strings.Split(typed, "\n")...)
		e := entryAt(s)
		e.Draft = &memory{}
		if _, err := e.Read(); err == nil && strings.TrimSpace(typed) == "" {
			t.Error("read a code from nothing")
		}
		wantHarmless(t, s, s.reads)
	})
}
