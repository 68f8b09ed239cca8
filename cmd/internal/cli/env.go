package cli

import (
	"context"
	"crypto/rand"
	"errors"
	"io"
	"os"
	"strings"
	"time"

	"tallystick/cmd/internal/term"
)

// An Env is the world a program runs in. NewEnv gives the real one; a test builds its own. Fields
// left out are harmless: no input, discarded output, no terminal, an empty environment.
type Env struct {
	Args           []string // Args[0] is the program's path and is ignored
	Stdin          io.Reader
	Stdout, Stderr io.Writer

	// StdinIsTerminal and StdoutIsTerminal decide whether a code is asked for and a QR code drawn.
	StdinIsTerminal, StdoutIsTerminal bool

	// Size returns columns and rows of the terminal that standard output is; 0, 0 when unknown.
	Size func() (cols, rows int)

	// StderrWidth returns the columns of the terminal that standard error is, where messages are
	// folded; 0 when it is none.
	StderrWidth func() int

	// Colors prepares standard output for escape sequences and reports whether it knows them. It is
	// called when a QR code is drawn. Nil: it knows them.
	Colors func() bool

	Now    func() time.Time     // the wall clock
	Uptime func() time.Duration // time since boot, sleep included; 0 when unknown; nil is the machine's
	Rand   io.Reader            // key material; crypto/rand in a real program

	// Getenv reads an environment variable. Verbs call Env.Var, which knows the registered ones.
	Getenv func(string) string

	// Terminal opens the controlling terminal for prompts. It is called when a prompt is due, never
	// before, and once at most.
	Terminal func() (term.Terminal, error)

	// OpenFD opens an inherited file descriptor for --passphrase-fd.
	OpenFD func(fd int) (io.ReadCloser, error)

	// WorkFactor is the binary logarithm of the scrypt cost for a new keyring; 0 means the keyring's
	// default. Tests lower it.
	WorkFactor int

	// OnAnswer is told every answer that a verb gives as JSON, before it is encoded: the value given to
	// Output.JSON, or the document of a list that streams. Nil in a real program; a test compares the
	// types with their documentation.
	OnAnswer func(verb string, answer any)

	// Signals returns a context that is canceled by the first interrupt, after which a second one
	// kills the process, and a function that ends this. Nil: signals are left alone.
	Signals func(context.Context) (context.Context, context.CancelFunc)
}

// NewEnv returns the real environment of this process. It opens nothing.
func NewEnv() *Env {
	return &Env{
		Args:             os.Args,
		Stdin:            os.Stdin,
		Stdout:           os.Stdout,
		Stderr:           os.Stderr,
		StdinIsTerminal:  term.IsTerminal(os.Stdin),
		StdoutIsTerminal: term.IsTerminal(os.Stdout),
		Size:             stdoutSize,
		StderrWidth:      stderrWidth,
		Colors:           func() bool { return term.EnableColors(os.Stdout) },
		Now:              time.Now,
		Rand:             rand.Reader,
		Getenv:           os.Getenv,
		Terminal:         term.Open,
		OpenFD:           openFD,
		Signals:          notifyInterrupt,
	}
}

// stdoutSize returns 0, 0 when standard output is not a terminal.
func stdoutSize() (cols, rows int) {
	if !term.IsTerminal(os.Stdout) {
		return 0, 0
	}
	return term.WindowSize(os.Stdout)
}

func stderrWidth() int {
	if !term.IsTerminal(os.Stderr) {
		return 0
	}
	cols, _ := term.WindowSize(os.Stderr)
	return cols
}

// filled returns a copy of e in which no stream and no function is nil.
func (e *Env) filled() *Env {
	c := *e
	if c.Stdin == nil {
		c.Stdin = strings.NewReader("")
	}
	if c.Stdout == nil {
		c.Stdout = io.Discard
	}
	if c.Stderr == nil {
		c.Stderr = io.Discard
	}
	if c.Size == nil {
		c.Size = func() (int, int) { return 0, 0 }
	}
	if c.StderrWidth == nil {
		c.StderrWidth = func() int { return 0 }
	}
	if c.Colors == nil {
		c.Colors = func() bool { return true }
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Rand == nil {
		c.Rand = rand.Reader
	}
	if c.Getenv == nil {
		c.Getenv = func(string) string { return "" }
	}
	if c.Terminal == nil {
		c.Terminal = func() (term.Terminal, error) { return nil, term.ErrNoTerminal }
	}
	if c.OpenFD == nil {
		c.OpenFD = func(int) (io.ReadCloser, error) { return nil, errors.New("no file descriptors are passed on") }
	}
	return &c
}
