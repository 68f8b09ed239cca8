// Package qr draws a code as a QR code with the characters of a terminal, for a phone or a scanner
// to read off the screen.
//
// # The drawing
//
// Half blocks put two modules on top of each other into one character cell, so that a module is
// about as wide as it is high and an authorization code (up to 195 characters) takes 45 columns and
// 23 rows: it fits an 80x24 console, the cursor's row included. Around the symbol stands a quiet
// zone of two modules, not the four of ISO/IEC 18004: four would take 25 rows, and readers make do
// with two.
//
// Every row names its colors, black on white, and resets them before the line end. Without colors a
// drawing takes those of the terminal's theme and is inverted on one theme of two, and many readers
// don't recognize an inverted code. A reset after the line end would be too late: a terminal that
// scrolls fills the new row with the background color in force.
//
// # The size
//
// Level L is the least redundant and gives the biggest modules, and a screen has no dirt to repair.
// Only the 45 characters of QR's alphanumeric mode are accepted (codes are upper case throughout
// for this reason): any other character would silently turn the whole code into bytes and make it
// about 45 % bigger. A text that can't do without has to ask for it: Options.AnyText.
//
// BUG(tallystick): the encoder underneath always uses mask pattern 0 instead of choosing the one
// that is easiest to read. Codes stay within the standard; from blurred photographs some readers
// find fewer of them.
package qr

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/mdp/qrterminal/v3"
	"rsc.io/qr"
)

// MaxText is the length in characters of the longest text that is drawn: the alphanumeric capacity
// of the biggest QR code (version 40) at level L. Its drawing is 181 columns wide.
const MaxText = 4296

// MaxBytes is the size in bytes of the longest text that is drawn with Options.AnyText.
const MaxBytes = 2953

// quietZone is the width in modules of the white frame around the symbol. The drawing code below
// relies on it being even.
const quietZone = 2

// Alphabet holds the characters of QR's alphanumeric mode, the only ones Draw and Size accept.
const Alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"

// Errors of Draw and Size, to be tested for with errors.Is.
var (
	// ErrTooLong: the text has more than MaxText characters, or MaxBytes bytes of any text.
	ErrTooLong = errors.New("text too long for a QR code")

	// ErrAlphabet: the text is empty or holds a character outside Alphabet.
	ErrAlphabet = errors.New("text is not in the QR alphanumeric alphabet")
)

// Colors says how a drawing gets its black and its white.
type Colors int

// The choices of Colors.
const (
	// Explicit sets foreground and background on every row with ANSI sequences. It reads right on
	// every theme and is the zero value.
	Explicit Colors = iota

	// DarkTheme writes no escape sequences and counts on a light foreground on a dark background.
	DarkTheme

	// LightTheme writes no escape sequences and counts on a dark foreground on a light background.
	LightTheme
)

// Options say how a code is drawn. The zero value is right for a terminal that knows colors.
type Options struct {
	Colors  Colors
	AnyText bool // the text may have characters outside Alphabet, in UTF-8
}

// Start of a row: all attributes off (bold would turn black into gray), black foreground, white
// background, and once more bright white for terminals that know it: there, plain white is a gray.
const (
	rowColors = "\x1b[0;30;47;107m"
	rowReset  = "\x1b[0m"
)

// Size returns the columns and rows of text's drawing, quiet zone included, so that a caller can
// decide whether it fits a window. The cursor ends up on the row after the drawing; a window of
// exactly rows rows scrolls by one. The error is ErrTooLong or ErrAlphabet.
func Size(text string, o Options) (cols, rows int, err error) {
	if len(text) > MaxText || o.AnyText && len(text) > MaxBytes {
		return 0, 0, fmt.Errorf("drawing %d characters: %w", len(text), ErrTooLong)
	}
	if text == "" {
		return 0, 0, fmt.Errorf("drawing an empty text: %w", ErrAlphabet)
	}
	for i := range len(text) {
		if !o.AnyText && strings.IndexByte(Alphabet, text[i]) < 0 {
			return 0, 0, fmt.Errorf("drawing character %d: %w", i+1, ErrAlphabet)
		}
	}
	// Encoding for real is the one way never to differ from the drawing (an all-digit text, for
	// example, is smaller still). It takes well under a millisecond for what fits a console.
	code, err := qr.Encode(text, qr.L)
	if err != nil {
		return 0, 0, fmt.Errorf("drawing %d characters: %w", len(text), ErrTooLong)
	}
	// The side is odd, so the last row pairs the last line of modules with one of the quiet zone.
	side := code.Size + 2*quietZone
	return side, (side + 1) / 2, nil
}

// Draw writes text as a QR code to w, in one write of whole rows, each ended by "\n". It checks
// everything before it writes: ErrTooLong and ErrAlphabet come before the first byte. Any other
// error is w's.
func Draw(w io.Writer, text string, o Options) error {
	// The library below takes the encoder's nil for a code when the text is too long.
	cols, rows, err := Size(text, o)
	if err != nil {
		return err
	}
	var drawing bytes.Buffer
	config := qrterminal.Config{
		Level:      qrterminal.L,
		Writer:     &drawing,
		HalfBlocks: true,
		QuietZone:  quietZone,
	}
	// The library names its characters upper half first: BlackWhiteChar is black above white.
	ink := []string{"█", "▀", "▄", " "}
	if o.Colors == DarkTheme {
		ink = []string{" ", "▄", "▀", "█"}
	}
	config.BlackChar, config.BlackWhiteChar = ink[0], ink[1]
	config.WhiteBlackChar, config.WhiteChar = ink[2], ink[3]
	qrterminal.GenerateWithConfig(text, config)

	lines := strings.Split(strings.TrimSuffix(drawing.String(), "\n"), "\n")
	if len(lines) != rows {
		panic(fmt.Sprintf("qr: drew %d rows, want %d", len(lines), rows))
	}
	// The last row holds half a row of quiet zone; the library draws its other half as black, which
	// shows as a bar below the code. White throughout only makes the quiet zone bigger.
	lines[rows-1] = strings.Repeat(config.WhiteChar, cols)
	_, err = io.WriteString(w, joinRows(lines, o.Colors))
	return err
}

// joinRows ends the rows and wraps each in the colors. Setting them once a row instead of once a
// character (which is all the library's settings could do) keeps an authorization at 2.7 KB instead
// of 15.9 KB: 3 seconds on a 9600 baud console instead of 17.
func joinRows(lines []string, colors Colors) string {
	var b strings.Builder
	for _, line := range lines {
		if colors == Explicit {
			line = rowColors + line + rowReset
		}
		b.WriteString(line)
		b.WriteByte('\n')
	}
	return b.String()
}
