package term

import (
	"bytes"
	"errors"
	"os"

	xterm "golang.org/x/term"
)

// MinSecret is how many characters a new passphrase has at least.
const MinSecret = 8

// Limits of what is read, in bytes. They bound memory; none is near what a person types.
const (
	MaxLine   = 64 << 10 // one line
	MaxSecret = 1024     // one passphrase
)

// Errors of reading, to be tested for with errors.Is. A terminal that has closed is io.EOF.
var (
	// ErrInterrupted: the person pressed Ctrl-C, or the program was told to end.
	ErrInterrupted = errors.New("interrupted")

	// ErrNoTerminal: there is nobody to ask.
	ErrNoTerminal = errors.New("no terminal to ask at")

	// ErrLineTooLong: a line is longer than MaxLine or than the system passes on (4,095 bytes on
	// Linux). All of it was dropped.
	ErrLineTooLong = errors.New("line too long for the terminal")

	// ErrSecretTooLong: a secret has more than MaxSecret bytes. All of it was dropped.
	ErrSecretTooLong = errors.New("longer than 1024 bytes")
)

// Terminal is a person's screen and keyboard.
//
// After ErrInterrupted or io.EOF every later read gives the same error again, so that no caller can
// turn a dead terminal into a loop.
type Terminal interface {
	// ReadLine shows prompt and returns the next line without its line end and without bracketed
	// paste markers; else it is as typed. A line counts only when Enter ended it: what was typed
	// before a terminal closed is dropped, so half an answer is never taken for one. Errors are
	// io.EOF, ErrInterrupted, ErrLineTooLong, or the system's.
	ReadLine(prompt string) (string, error)

	// ReadSecret is ReadLine without echo, for at most MaxSecret bytes. The caller may overwrite
	// the result. Errors are io.EOF, ErrInterrupted, ErrSecretTooLong, or the system's.
	ReadSecret(prompt string) ([]byte, error)

	// Write shows text, which the caller has made safe.
	Write([]byte) (int, error)

	// Size returns the window's columns and rows: 80 and 24 where the terminal doesn't know, as
	// serial consoles don't.
	Size() (cols, rows int)
}

// An InputDropper is a Terminal that can drop what was typed and not read yet. Confirm has it do so
// before each try: what follows a code in a paste, or a log message that a console echoed, is no
// answer to a question that nobody has seen. One that arrives later still gets through, as on a slow
// line; therefore Confirm asks again.
type InputDropper interface{ DropInput() }

// IsTerminal says whether f is a terminal or a Windows console.
func IsTerminal(f *os.File) bool {
	return xterm.IsTerminal(int(f.Fd()))
}

// WindowSize returns the columns and rows of the window that f writes to: 80 and 24 where the
// terminal doesn't know, and where f is none.
func WindowSize(f *os.File) (cols, rows int) {
	cols, rows, err := xterm.GetSize(int(f.Fd()))
	if err != nil || cols <= 0 || rows <= 0 {
		return 80, 24
	}
	return cols, rows
}

// withoutPasteMarkers takes out the sequences with which a terminal in bracketed paste mode
// encloses what is pasted. This package never switches that mode on, but a shell may have left it.
func withoutPasteMarkers(line []byte) []byte {
	for _, marker := range []string{"\x1b[200~", "\x1b[201~"} {
		line = bytes.ReplaceAll(line, []byte(marker), nil)
	}
	return line
}
