package term

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime"
	"syscall"
	"time"

	xterm "golang.org/x/term"
)

// Open opens the controlling terminal of the process: /dev/tty, or CONIN$ and CONOUT$ on Windows.
// A process without one, but with a terminal as standard input and standard error, gets those. The
// error is ErrNoTerminal, with the system's reason in its text.
func Open() (Terminal, error) {
	in, out, err := openConsole()
	if err != nil {
		return nil, fmt.Errorf("%w: %v", ErrNoTerminal, err)
	}
	return newConsole(in, out), nil
}

// A console is a Terminal on the system's files. One goroutine at a time may use it.
type console struct {
	in, out *os.File
	over    error // the interruption or the end, given to every later read
}

func newConsole(in, out *os.File) *console {
	return &console{in: in, out: out}
}

func (c *console) Write(text []byte) (int, error) { return c.out.Write(text) }

func (c *console) Size() (cols, rows int) { return WindowSize(c.out) }

func (c *console) ReadLine(prompt string) (string, error) {
	signals, release := catchEnd()
	defer release()
	line, err := c.ask(prompt, signals)
	if err != nil {
		return "", err
	}
	if cutBySystem(len(line)) {
		return "", ErrLineTooLong
	}
	return string(withoutPasteMarkers(line)), nil
}

// DropInput implements InputDropper. That it fails where the input is no terminal does no harm.
func (c *console) DropInput() {
	if c.over == nil {
		dropInput(int(c.in.Fd()))
	}
}

// ReadSecret drops what was typed before the prompt: the rest of a paste is no passphrase.
//
// It does without ReadPassword of golang.org/x/term, which can't be interrupted without
// leaving the echo off, takes half a line for a secret when the terminal closes, and then, where
// the hang-up signal is ignored, spins forever on reads of nothing.
func (c *console) ReadSecret(prompt string) ([]byte, error) {
	if c.over != nil {
		return nil, c.over
	}
	fd := int(c.in.Fd())
	before, err := xterm.GetState(fd)
	if err != nil {
		return nil, fmt.Errorf("hiding a secret: %w", err)
	}
	// From before the echo goes off until it is back, no signal may end or stop the program.
	signals, release := catchEnd()
	defer release()
	defer holdStop()()
	if err := hideInput(fd); err != nil {
		return nil, fmt.Errorf("hiding a secret: %w", err)
	}
	dropInput(fd)
	secret, err := c.ask(prompt, signals)
	restored := xterm.Restore(fd, before)
	if errors.Is(err, ErrLineTooLong) {
		c.newline()
		return nil, ErrSecretTooLong
	}
	if err != nil {
		return nil, err
	}
	if restored != nil {
		return nil, fmt.Errorf("restoring the terminal: %w", restored)
	}
	c.newline() // the one that was typed had no echo
	secret = withoutPasteMarkers(secret)
	if len(secret) > MaxSecret {
		clear(secret)
		return nil, ErrSecretTooLong
	}
	return secret, nil
}

// cutBySystem says whether a line of n bytes is what the kernel left of a longer one: the line
// discipline of Linux keeps 4,095 bytes and the line end, and drops the rest without a word.
func cutBySystem(n int) bool { return runtime.GOOS == "linux" && n == 4095 }

func (c *console) newline() { c.out.WriteString("\n") }

// endSignals are those that end a question: Ctrl-C, an orderly end, and the loss of the terminal.
// Each would otherwise kill the program and, at a secret, leave the terminal without echo.
var endSignals = []os.Signal{os.Interrupt, syscall.SIGTERM, syscall.SIGHUP}

// catchEnd has the end signals sent to a channel until release is called. Those that the parent has
// the program ignore, as nohup does, stay ignored.
func catchEnd() (signals <-chan os.Signal, release func()) {
	caught := make(chan os.Signal, 1)
	for _, s := range endSignals {
		if !signal.Ignored(s) {
			signal.Notify(caught, s)
		}
	}
	return caught, func() { signal.Stop(caught) }
}

// ask shows the prompt and waits for a line or for a signal, whichever comes first. A read that lost
// is left waiting: there is no portable way to wake it (neither a console of Windows nor /dev/tty
// of macOS takes a deadline), the terminal is over, and the program is about to end.
func (c *console) ask(prompt string, signals <-chan os.Signal) ([]byte, error) {
	if c.over != nil {
		return nil, c.over
	}
	if _, err := io.WriteString(c.out, prompt); err != nil {
		return nil, c.failed(err)
	}
	type answer struct {
		line []byte
		err  error
	}
	answers := make(chan answer, 1)
	go func() {
		line, err := readLine(c.in, MaxLine)
		answers <- answer{line, err}
	}()
	select {
	case s := <-signals:
		return nil, c.ended(s)
	case a := <-answers:
		if a.err == nil || errors.Is(a.err, ErrLineTooLong) {
			return a.line, a.err
		}
		// On Windows Ctrl-C also ends the read, as if the console had closed, and either news may
		// come first.
		select {
		case s := <-signals:
			return nil, c.ended(s)
		case <-time.After(50 * time.Millisecond):
			return nil, c.failed(a.err)
		}
	}
}

func (c *console) ended(s os.Signal) error {
	c.over = ErrInterrupted
	if s == syscall.SIGHUP {
		c.over = io.EOF
	}
	c.newline()
	return c.over
}

// failed makes every way in which a terminal goes away io.EOF.
func (c *console) failed(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, syscall.EIO) || errors.Is(err, os.ErrClosed) {
		c.over = io.EOF
		c.newline()
		return io.EOF
	}
	c.over = fmt.Errorf("using the terminal: %w", err)
	return c.over
}

// readLine reads up to a line end, "\n" or "\r\n", and returns what stands before it. A longer line
// than limit bytes is read to its end and gives ErrLineTooLong. In line mode a read returns at most
// one line, so nothing of the next one is lost.
func readLine(r io.Reader, limit int) ([]byte, error) {
	var line []byte
	tooLong := false
	buffer := make([]byte, 4096)
	for {
		n, err := r.Read(buffer)
		chunk := buffer[:n]
		ended := n > 0 && chunk[n-1] == '\n'
		if tooLong = tooLong || len(line)+n > limit+len("\r\n"); !tooLong {
			line = append(line, chunk...)
		}
		switch {
		case ended:
			line = trimLineEnd(line)
			if tooLong || len(line) > limit {
				return nil, ErrLineTooLong
			}
			return line, nil
		case err != nil:
			return nil, err
		}
	}
}

func trimLineEnd(line []byte) []byte {
	return bytes.TrimSuffix(bytes.TrimSuffix(line, []byte("\n")), []byte("\r"))
}
