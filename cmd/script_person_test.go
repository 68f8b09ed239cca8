package cmd_test

import (
	"bytes"
	"io"
	"regexp"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"

	"tallystick/cmd/internal/term"
)

// A person sits at an 80x24 terminal and answers its prompts with the lines of a file; "^C" is the
// interrupt key. What stands on the screen is kept.
type person struct {
	answers []string
	screen  bytes.Buffer
}

func (p *person) ReadLine(prompt string) (string, error) {
	p.screen.WriteString(prompt)
	if len(p.answers) == 0 {
		return "", io.EOF
	}
	answer := p.answers[0]
	p.answers = p.answers[1:]
	p.screen.WriteString(answer + "\n")
	if answer == "^C" {
		return "", term.ErrInterrupted
	}
	return answer, nil
}

func (p *person) ReadSecret(prompt string) ([]byte, error) {
	p.screen.WriteString(prompt + "\n")
	if len(p.answers) == 0 {
		return nil, io.EOF
	}
	answer := p.answers[0]
	p.answers = p.answers[1:]
	return []byte(answer), nil
}

func (p *person) Write(b []byte) (int, error) { return p.screen.Write(b) }

func (p *person) Size() (cols, rows int) { return 80, 24 }

// sits FILE: from now on a person is there, with these answers.
func cmdSits(ts *testscript.TestScript, _ bool, args []string) {
	p := &person{}
	if len(args) > 0 {
		p.answers = strings.Split(strings.TrimSuffix(ts.ReadFile(args[0]), "\n"), "\n")
	}
	worldOf(ts).person = p
}

// leaves: nobody is at the terminal any more.
func cmdLeaves(ts *testscript.TestScript, _ bool, _ []string) { worldOf(ts).person = nil }

// screen REGEXP: what the person saw matches; "! screen" that it doesn't.
func cmdScreen(ts *testscript.TestScript, neg bool, args []string) {
	seen := worldOf(ts).person.screen.String()
	if regexp.MustCompile(`(?m)`+args[0]).MatchString(seen) == neg {
		ts.Fatalf("screen (matches %q: %v):\n%s", args[0], neg, seen)
	}
}
