package term

import (
	"io"
	"strings"
	"testing"
)

// A script is a Terminal whose person types prepared lines. Its screen is what a person would see:
// prompts, what was typed as the terminal echoes it, and messages.
type script struct {
	typed  []string // lines; interrupt stands for Ctrl-C; after the last one the terminal closes
	screen strings.Builder
	cols   int
	reads  int
}

const interrupt = "\x03"

func newScript(typed ...string) *script { return &script{typed: typed, cols: 80} }

func (s *script) Write(b []byte) (int, error) { return s.screen.Write(b) }

func (s *script) Size() (cols, rows int) { return s.cols, 24 }

func (s *script) ReadLine(prompt string) (string, error) { return s.read(prompt, true) }

func (s *script) ReadSecret(prompt string) ([]byte, error) {
	line, err := s.read(prompt, false)
	if err != nil {
		return nil, err
	}
	return []byte(line), nil
}

func (s *script) read(prompt string, echo bool) (string, error) {
	s.reads++
	s.screen.WriteString(prompt)
	if len(s.typed) == 0 {
		s.screen.WriteString("\n")
		return "", io.EOF
	}
	line := s.typed[0]
	if line == interrupt {
		// A terminal stays interrupted.
		s.screen.WriteString("^C\n")
		return "", ErrInterrupted
	}
	s.typed = s.typed[1:]
	if len(line) > MaxLine {
		s.screen.WriteString("\n")
		return "", ErrLineTooLong
	}
	if echo {
		s.screen.WriteString(Safe(line))
	}
	s.screen.WriteString("\n")
	return line, nil
}

// wantScreen compares everything shown so far, and that it fits a console of 80 columns.
func wantScreen(t *testing.T, s *script, want string) {
	t.Helper()
	want = strings.TrimPrefix(want, "\n")
	if got := s.screen.String(); got != want {
		t.Errorf("screen:\n%s\nwant:\n%s", got, want)
	}
	wantWidth(t, s)
}

func wantWidth(t *testing.T, s *script) {
	t.Helper()
	for line := range strings.Lines(s.screen.String()) {
		if n := len([]rune(strings.TrimSuffix(line, "\n"))); n > s.cols {
			t.Errorf("%d columns: %q", n, line)
		}
	}
}
