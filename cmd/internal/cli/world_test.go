package cli_test

import (
	"bytes"
	"io"
	"testing"
	"time"

	"tallystick/cmd/internal/cli"
	"tallystick/cmd/internal/term"
)

// A world is an Env under construction and what came out of it.
type world struct {
	cli.Env
	stdout, stderr bytes.Buffer
}

func newWorld(args ...string) *world {
	w := &world{}
	w.Args = append([]string{"/usr/bin/renamed"}, args...)
	w.Env.Stdout, w.Env.Stderr = &w.stdout, &w.stderr
	w.Now = func() time.Time { return time.Unix(1_800_000_000, 0) }
	return w
}

// run runs the sample program and compares its exit status.
func (w *world) run(t *testing.T, exit int) *world {
	t.Helper()
	if got := sample().Run(t.Context(), &w.Env); got != exit {
		t.Errorf("%q: exit %d, want %d\nstandard output: %s\nstandard error: %s", w.Args[1:], got, exit, &w.stdout, &w.stderr)
	}
	return w
}

func (w *world) wantStdout(t *testing.T, want string) {
	t.Helper()
	if got := w.stdout.String(); got != want {
		t.Errorf("%q: standard output %q, want %q", w.Args[1:], got, want)
	}
}

func (w *world) wantStderr(t *testing.T, want string) {
	t.Helper()
	if got := w.stderr.String(); got != want {
		t.Errorf("%q: standard error %q, want %q", w.Args[1:], got, want)
	}
}

// A person answers prompts in order, then is gone.
type person struct {
	answers []string
	shown   bytes.Buffer
}

func (p *person) ReadLine(prompt string) (string, error) {
	p.shown.WriteString(prompt)
	if len(p.answers) == 0 {
		return "", io.EOF
	}
	answer := p.answers[0]
	p.answers = p.answers[1:]
	return answer, nil
}

func (p *person) ReadSecret(prompt string) ([]byte, error) {
	s, err := p.ReadLine(prompt)
	return []byte(s), err
}

func (p *person) Write(b []byte) (int, error) { return p.shown.Write(b) }

func (p *person) Size() (cols, rows int) { return 80, 24 }

// at puts a person with these answers at the terminal.
func (w *world) at(answers ...string) *person {
	p := &person{answers: answers}
	w.StdinIsTerminal, w.StdoutIsTerminal = true, true
	w.Env.Size = p.Size
	w.Terminal = func() (term.Terminal, error) { return p, nil }
	return p
}
