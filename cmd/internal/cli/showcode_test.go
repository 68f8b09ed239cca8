package cli_test

import (
	"slices"
	"strings"
	"testing"
)

// printed returns what "print" with args puts on standard output.
func printed(t *testing.T, args ...string) string {
	t.Helper()
	return newWorld(append([]string{"print"}, args...)...).run(t, 0).stdout.String()
}

func TestShowCode(t *testing.T) {
	code := sampleCode(96)
	lines := code.Lines()
	if len(lines) != 5 {
		t.Fatalf("%d lines", len(lines))
	}
	w := newWorld("print").run(t, 0)
	w.wantStdout(t, "1: "+lines[0]+"\n2: "+lines[1]+"\n3: "+lines[2]+"\n4: "+lines[3]+"\n5: "+lines[4]+"\n")
	w.wantStderr(t, "tally-sample: note: authorization for \\x1bX\n")
	newWorld("print", "--quiet").run(t, 0).wantStderr(t, "")
	newWorld("print", "--paste").run(t, 0).wantStdout(t, code.Paste()+"\n")
	if got := printed(t, "--spell"); !strings.HasPrefix(got, "1: "+code.Spell()[0]+"\n") {
		t.Errorf("--spell: %s", got)
	}
	if got := printed(t, "--long"); got != sampleCode(8000).Paste()+"\n" {
		t.Errorf("a long code is not in one line: %.100s", got)
	}
	newWorld("print", "--paste", "--spell").run(t, 2)
	newWorld("print", "--qr=only", "--paste").run(t, 2)

	w = newWorld("print", "--json").run(t, 0)
	w.wantStderr(t, "")
	w.wantStdout(t, `{"schema":"tallystick/print/1","kind":"authorization code","code":"`+code.Paste()+
		`","typed":["`+strings.Join(lines, `","`)+`"],"bytes":100}`+"\n")
	if got := printed(t, "--json", "--long"); !strings.HasSuffix(got, `"typed":[],"bytes":8004}`+"\n") {
		t.Errorf("--json --long: …%s", got[len(got)-60:])
	}
}

// hasQR reports whether a drawing stands in text.
func hasQR(text string) bool { return strings.ContainsAny(text, "█▀▄") }

func TestShowCodeQR(t *testing.T) {
	for _, test := range []struct {
		args       string
		cols, rows int // of the terminal; 0: standard output is none
		qr, lines  bool
		stderr     string
	}{
		{"", 0, 0, false, true, ""},
		{"", 80, 50, true, true, ""},
		{"", 80, 24, false, true, "hint: `tally-sample print --qr=only` shows the QR code alone"},
		{"", 40, 50, false, true, "hint: a window of 45 columns and 24 rows"},
		{"--qr=never", 80, 50, false, true, ""},
		{"--qr=only", 80, 24, true, false, ""},
		{"--qr=only", 40, 24, true, false, "warning: the QR code takes"},
		{"--qr=only", 0, 0, true, false, ""},
		{"--qr=always", 80, 24, true, true, "take 29 rows; this window has only 24: `tally-sample print --qr=only`"},
		{"--qr=always", 80, 50, true, true, ""},
		{"--qr=always", 0, 0, true, true, ""},
		{"--paste", 80, 50, false, false, ""},
		{"--spell", 80, 50, false, false, ""},
		{"--long", 80, 50, false, false, ""},
	} {
		w := newWorld(append([]string{"print"}, strings.Fields(test.args)...)...)
		w.StdoutIsTerminal = test.cols > 0
		w.Env.Size = func() (int, int) { return test.cols, test.rows }
		w.Env.Getenv = variables("LANG", "en_US.UTF-8")
		w.run(t, 0)
		out, last := w.stdout.String(), "5: "+sampleCode(96).Lines()[4]+"\n"
		if hasQR(out) != test.qr || strings.HasSuffix(out, last) != test.lines {
			t.Errorf("%q at %dx%d: QR %t, lines last %t", test.args, test.cols, test.rows, hasQR(out), strings.HasSuffix(out, last))
		}
		stderr := strings.TrimPrefix(w.stderr.String(), "tally-sample: note: authorization for \\x1bX\n")
		if test.stderr == "" && stderr != "" || !strings.Contains(stderr, test.stderr) {
			t.Errorf("%q at %dx%d: standard error %q, want %q", test.args, test.cols, test.rows, stderr, test.stderr)
		}
	}
	newWorld("print", "--qr=only", "--long").run(t, 1).wantStdout(t, "")
	if colored, plain := printed(t, "--qr=only"), printed(t, "--qr=only", "--no-color"); !strings.Contains(colored, "\x1b[") ||
		strings.Contains(plain, "\x1b[") || !hasQR(plain) {
		t.Error("--no-color does not take the escape sequences away")
	}
	w := newWorld("print", "--qr=only")
	w.Env.Getenv = variables("NO_COLOR", "1")
	if w.run(t, 0); strings.Contains(w.stdout.String(), "\x1b[") {
		t.Error("NO_COLOR does not take the escape sequences away")
	}
}

// The spoken form breaks between words on a terminal, and nowhere else.
func TestSpokenFormIsFolded(t *testing.T) {
	w := newWorld("print", "--spell")
	w.at()
	w.run(t, 0)
	var words []string
	for line := range strings.Lines(w.stdout.String()) {
		if len(line) > 80 || !strings.HasPrefix(line, "   ") && line[1] != ':' {
			t.Errorf("%d columns: %s", len(line)-1, line)
		}
		words = append(words, strings.Fields(line)...)
	}
	if whole := strings.Fields(printed(t, "--spell")); !slices.Equal(words, whole) {
		t.Errorf("folding changed %q to %q", whole, words)
	}
}

// variables is an environment of names and values.
func variables(pairs ...string) func(string) string {
	return func(name string) string {
		for i := 0; i < len(pairs); i += 2 {
			if pairs[i] == name {
				return pairs[i+1]
			}
		}
		return ""
	}
}

// On its own account a program draws only where the blocks of a drawing can be expected to show.
func TestShowCodeDrawsForUTF8(t *testing.T) {
	for _, c := range []struct {
		environment []string
		qr          bool
	}{
		{nil, false},
		{[]string{"LANG", "C"}, false},
		{[]string{"LANG", "C.UTF-8"}, true},
		{[]string{"LANG", "de_DE.utf8", "TERM", "xterm"}, true},
		{[]string{"LANG", "C.UTF-8", "TERM", "dumb"}, false},
		{[]string{"LANG", "C.UTF-8", "LC_CTYPE", "C"}, false},
		{[]string{"LC_CTYPE", "C.UTF-8", "LC_ALL", "POSIX"}, false},
		{[]string{"LC_ALL", "C.UTF-8", "LANG", "C"}, true},
	} {
		w := newWorld("print")
		w.StdoutIsTerminal, w.Env.Size = true, func() (int, int) { return 80, 50 }
		w.Env.Getenv = variables(c.environment...)
		w.run(t, 0)
		if hasQR(w.stdout.String()) != c.qr {
			t.Errorf("%q: QR %t", c.environment, !c.qr)
		}
		if hint := strings.Contains(w.stderr.String(), "`tally-sample print --qr=only` draws the QR code"); hint == c.qr {
			t.Errorf("%q: %s", c.environment, &w.stderr)
		}
		w = newWorld("print", "--qr=always")
		w.Env.Getenv = variables(c.environment...)
		if w.run(t, 0); !hasQR(w.stdout.String()) {
			t.Errorf("%q: no QR code although it was asked for", c.environment)
		}
	}
}

const readSample = "authorization code of 96 bytes\n"
