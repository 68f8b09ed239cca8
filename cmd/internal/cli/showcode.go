package cli

import (
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	ucli "github.com/urfave/cli/v2"

	"tallystick/cmd/internal/qr"
	"tallystick/codec"
)

// Values of --qr.
const (
	qrAuto   = "auto"
	qrAlways = "always"
	qrNever  = "never"
	qrOnly   = "only"
)

// foldWidth is the width in characters of a folded paste form, for codes too long to be typed.
const foldWidth = 76

// A ShownCode is how every verb's JSON shows a code, embedded in the verb's own object.
type ShownCode struct {
	Kind  string   `json:"kind"`
	Code  string   `json:"code"`  // the paste form
	Typed []string `json:"typed"` // the lines to type; empty where the code is too long for that
	Bytes int      `json:"bytes"` // size of the payload
}

// CodeJSON returns code for a verb's JSON.
func CodeJSON(code codec.Code) ShownCode {
	typed := code.Lines()
	if typed == nil {
		typed = []string{} // a list in JSON, never null
	}
	return ShownCode{Kind: code.Kind().Name, Code: code.Paste(), Typed: typed, Bytes: code.Size()}
}

// CheckCodeFlags refuses CodeFlags that contradict each other. ShowCode is called after the deed,
// so a verb calls this before it.
func CheckCodeFlags(c *ucli.Context) error {
	switch {
	case c.Bool("paste") && c.Bool("spell"):
		return Usage("flags --paste and --spell exclude each other")
	case c.String("qr") == qrOnly && (c.Bool("paste") || c.Bool("spell")):
		return Usage("flag --qr=only excludes --paste and --spell")
	}
	return nil
}

// ShowCode prints a code as CodeFlags ask for: the QR code first, so that the lines to type stay on
// the screen. title, without a line end, says on standard error what the code is and for whom; ""
// prints none. again is the command line that prints the same code again, such as "confirmation";
// hints refer to it. With --json it does nothing: the verb's object carries CodeJSON.
//
// The QR code appears with --qr=always and only, and with auto when standard output is a terminal
// whose window has room for it and the lines together.
func ShowCode(c *ucli.Context, code codec.Code, title, again string) error {
	out := Out(c)
	if out.json {
		return nil
	}
	if title != "" {
		out.Note("%s", title)
	}
	s := codeScreen{out: out, code: code, mode: c.String("qr"), again: again, lines: codeLines(c, code)}
	if s.mode == "" || s.mode == qrAuto && (c.Bool("paste") || c.Bool("spell")) {
		s.mode = qrNever
	}
	return s.show()
}

// codeLines are the lines of the form that was asked for. Several typed lines are numbered; the
// reader drops the numbers again.
func codeLines(c *ucli.Context, code codec.Code) []string {
	if c.Bool("paste") {
		return []string{code.Paste()}
	}
	if c.Bool("spell") {
		return numbered(code.Spell())
	}
	if lines := code.Lines(); lines != nil {
		return numbered(lines)
	}
	if Out(c).env.StdoutIsTerminal {
		return code.Wrapped(foldWidth)
	}
	return []string{code.Paste()}
}

// numbered labels lines "1: ", "2: "; a single one needs no number.
func numbered(lines []string) []string {
	if len(lines) < 2 {
		return lines
	}
	width := len(strconv.Itoa(len(lines)))
	labeled := make([]string, len(lines))
	for i, line := range lines {
		labeled[i] = fmt.Sprintf("%*d: %s", width, i+1, line)
	}
	return labeled
}

// A codeScreen is one showing of a code.
type codeScreen struct {
	out   *Output
	code  codec.Code
	mode  string
	again string
	lines []string
}

func (s codeScreen) show() error {
	draw, err := s.wantsDrawing()
	if err != nil {
		return err
	}
	if draw {
		if err := s.draw(); err != nil {
			return err
		}
	}
	if s.mode != qrOnly {
		_, _ = io.WriteString(s.out.Writer(), strings.Join(s.lines, "\n")+"\n")
	}
	return nil
}

// wantsDrawing decides whether to draw, and hints at how to get a drawing that has no room.
func (s codeScreen) wantsDrawing() (bool, error) {
	if s.mode == qrNever || s.mode == qrAuto && !s.out.env.StdoutIsTerminal {
		return false, nil
	}
	cols, rows, err := qr.Size(s.code.Paste())
	if errors.Is(err, qr.ErrTooLong) && s.mode == qrAuto {
		return false, nil
	}
	if err != nil {
		return false, WithHint(err, "`%s` shows it as text", s.command("--qr=never"))
	}
	width, height := s.out.env.Size()
	if width == 0 || height == 0 {
		return s.mode != qrAuto, nil // a drawing was asked for, or nobody knows whether it fits
	}
	// One row more is the cursor's.
	fits := func(extra int) bool { return cols <= width && rows+extra+1 <= height }
	switch {
	case s.mode != qrAuto:
		if !fits(0) {
			s.out.Warn("the QR code has %d columns and %d rows; this window has only %d and %d", cols, rows, width, height)
		}
		return true, nil
	case fits(len(s.lines)):
		return true, nil
	case fits(0):
		s.out.Hint("`%s` shows the QR code alone", s.command("--qr=only"))
	default:
		s.out.Hint("a window of %d columns and %d rows shows the QR code: `%s`", cols, rows, s.command("--qr=only"))
	}
	return false, nil
}

// command spells the command that shows the code another way.
func (s codeScreen) command(flag string) string {
	return s.out.program + " " + s.again + " " + flag
}

// draw draws the QR code. Without escape sequences it must take the terminal's own colors, and
// counts on a dark background as serial consoles have.
func (s codeScreen) draw() error {
	options := qr.Options{Colors: qr.Explicit}
	if !s.out.color || !s.out.env.Colors() {
		options.Colors = qr.DarkTheme
	}
	return qr.Draw(s.out.Writer(), s.code.Paste(), options)
}
