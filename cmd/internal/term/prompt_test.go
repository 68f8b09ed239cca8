package term

import (
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

func TestConfirm(t *testing.T) {
	for _, c := range []struct {
		typed []string
		reads int
		want  error
	}{
		{[]string{"return"}, 1, nil},
		{[]string{"  return\t"}, 1, nil},
		{[]string{"Return", "return"}, 2, nil},
		{[]string{"", strings.Repeat("x", MaxLine+1), "return"}, 3, nil},
		{[]string{"retur", "return it", "", "return"}, 3, ErrNotConfirmed},
		{[]string{"no"}, 2, ErrNotConfirmed},
		{[]string{"no", interrupt}, 2, ErrInterrupted},
		{[]string{interrupt}, 1, ErrInterrupted},
		{nil, 1, io.EOF},
	} {
		s := newScript(c.typed...)
		if err := Confirm(s, "This gives every license back.", "return"); !errors.Is(err, c.want) {
			t.Errorf("typed %q: %v, want %v", c.typed, err, c.want)
		}
		if s.reads != c.reads {
			t.Errorf("typed %q: asked %d times", c.typed, s.reads)
		}
	}
	s := newScript("no", "return")
	Confirm(s, "This gives every license back.", "return")
	wantScreen(t, s, `
This gives every license back.
Type "return" to go on: no
That is another word. Ctrl-C stops, and nothing is done.
Type "return" to go on: return
`)
	if err := Confirm(nil, "Sure?", "yes"); !errors.Is(err, ErrNoTerminal) {
		t.Errorf("without a terminal: %v", err)
	}
}

func TestAsk(t *testing.T) {
	s := newScript("", strings.Repeat("x", MaxLine+1), "Br\x1b[Dno", "Br\xffno", "  Brno lab ")
	for _, want := range []string{"default", "Brno lab"} {
		if got, err := Ask(s, "Name of the account", "default"); got != want || err != nil {
			t.Errorf("got %q, %v; want %q", got, err, want)
		}
	}
	wantScreen(t, s, `
Name of the account [default]: 
Name of the account [default]: 
That is too long.
Name of the account [default]: Br\x1b[Dno
That holds characters that can't be printed: Br\x1b[Dno
Name of the account [default]: Br\xffno
That holds characters that can't be printed: Br\xffno
Name of the account [default]:   Brno lab 
`)
	if _, err := Ask(s, "Name", ""); !errors.Is(err, io.EOF) {
		t.Errorf("closed terminal: %v", err)
	}
	if _, err := Ask(nil, "Name", ""); !errors.Is(err, ErrNoTerminal) {
		t.Errorf("without a terminal: %v", err)
	}
}

func TestAskYesNo(t *testing.T) {
	for _, c := range []struct {
		typed    string
		fallback bool
		want     bool
	}{
		{"y", false, true}, {"YES", false, true}, {"n", true, false}, {"No", true, false},
		{"", false, false}, {"", true, true},
	} {
		got, err := AskYesNo(newScript(c.typed), "Go on", c.fallback)
		if got != c.want || err != nil {
			t.Errorf("typed %q: %v, %v", c.typed, got, err)
		}
	}
	s := newScript("maybe", "y")
	AskYesNo(s, "Go on", false)
	wantScreen(t, s, `
Go on [y/N]: maybe
Please type "y" or "n".
Go on [y/N]: y
`)
	if _, err := AskYesNo(newScript(interrupt), "Go on", true); !errors.Is(err, ErrInterrupted) {
		t.Errorf("interrupted: %v", err)
	}
}

func TestPassphraseFromTerminal(t *testing.T) {
	long := strings.Repeat("x", MaxSecret+1)
	for _, c := range []struct {
		name    string
		typed   []string
		confirm bool
		want    string
		err     error
	}{
		{"once", []string{"tally ho"}, false, "tally ho", nil},
		{"spaces count", []string{" a "}, false, " a ", nil},
		{"twice", []string{"tally ho", "tally ho"}, true, "tally ho", nil},
		{"second try", []string{"tally ho", "tally h", "tally ho", "tally ho"}, true, "tally ho", nil},
		{"never the same", []string{"long one", "b", "long one", "d", "long one", "f", "long one", "long one"}, true, "", ErrSecretsDiffer},
		{"short", []string{"tally", "tally", "tally"}, true, "", ErrSecretTooShort},
		{"short in bytes alone", []string{"ÄÖÜäöüß", "ÄÖÜäöüßé", "ÄÖÜäöüßé"}, true, "ÄÖÜäöüßé", nil},
		{"empty", []string{"", "", "", "late"}, false, "", ErrNoSecret},
		{"empty, then not", []string{"", "x"}, false, "x", nil},
		{"interrupted", []string{interrupt}, false, "", ErrInterrupted},
		{"interrupted at the repetition", []string{"tally ho", interrupt}, true, "", ErrInterrupted},
		{"closed", nil, false, "", io.EOF},
	} {
		got, err := Passphrase(newScript(c.typed...), nil, "keyring", c.confirm)
		if string(got) != c.want || !errors.Is(err, c.err) {
			t.Errorf("%s: %q, %v", c.name, got, err)
		}
	}
	s := newScript("", "tally ho", "tally h", "tally")
	Passphrase(s, nil, "keyring \"a\x1b.keys\"", true)
	wantScreen(t, s, `
Passphrase for keyring "a\x1b.keys": 
Not taken: the passphrase is empty.
Passphrase for keyring "a\x1b.keys": 
The same passphrase again: 
Not taken: the passphrases differ.
Passphrase for keyring "a\x1b.keys": 
`)
	if got, err := PracticePassphrase(newScript("x", "x"), nil, "keyring"); string(got) != "x" || err != nil {
		t.Errorf("for practice: %q, %v", got, err)
	}
	if strings.Contains(s.screen.String(), "tall") {
		t.Error("the screen shows a passphrase")
	}
	if _, err := firstLine(strings.NewReader(long)); !errors.Is(err, ErrSecretTooLong) {
		t.Errorf("too long: %v", err)
	}
}

func TestPassphraseFromDescriptor(t *testing.T) {
	for _, c := range []struct {
		name, text, want, err string
	}{
		{"a line", "tally ho\nTS1A:00\n", "tally ho", ""},
		{"no line end", "tally ho", "tally ho", ""},
		{"line end of Windows", "tally ho\r\n", "tally ho", ""},
		{"spaces count", " seven  \n", " seven  ", ""},
		{"short", " seven \n", "", "passphrase for keyring: a new passphrase needs 8 characters or more"},
		{"1024 bytes", strings.Repeat("x", MaxSecret) + "\r\n", strings.Repeat("x", MaxSecret), ""},
		{"1025 bytes", strings.Repeat("x", MaxSecret+1) + "\n", "",
			"passphrase for keyring: longer than 1024 bytes"},
		{"without end", strings.Repeat("x", 1<<20), "", "passphrase for keyring: longer than 1024 bytes"},
		{"empty line", "\nlate\n", "", "passphrase for keyring: the passphrase is empty"},
		{"nothing", "", "", "passphrase for keyring: the passphrase is empty"},
		{"UTF-16", "t\x00a\x00\n\x00", "",
			"passphrase for keyring: it holds a zero byte, as UTF-16 text does: save it as UTF-8"},
	} {
		got, err := Passphrase(nil, strings.NewReader(c.text), "keyring", true)
		if string(got) != c.want || errorText(err) != c.err {
			t.Errorf("%s: %q, %v", c.name, got, err)
		}
	}
	if _, err := Passphrase(nil, iotest.ErrReader(errors.ErrUnsupported), "keyring", false); !errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("broken descriptor: %v", err)
	}
	if _, err := Passphrase(nil, nil, "keyring", false); errorText(err) != "passphrase for keyring: no terminal to ask at" {
		t.Errorf("neither: %v", err)
	}
}

func TestPassphraseLeavesTheRest(t *testing.T) {
	stdin := strings.NewReader("tally ho\nTS1A:00\n")
	if _, err := Passphrase(nil, stdin, "keyring", false); err != nil {
		t.Fatal(err)
	}
	if rest, _ := io.ReadAll(stdin); string(rest) != "TS1A:00\n" {
		t.Errorf("left %q", rest)
	}
}

func errorText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}
