package cli

import (
	"errors"
	"io"
	"strings"

	ucli "github.com/urfave/cli/v2"

	"tallystick/cmd/internal/qr"
)

// A screen is one showing of a text with its QR code.
type screen struct {
	out     *Output
	text    string // in the QR code
	anyText bool   // it is no code, whose characters make small QR codes
	mode    string
	again   string
	lines   []string
}

// ShowText prints a text that is no code, such as a checkpoint, with its QR code as --qr asks for it:
// see ShowCode. again is the command line that prints it again. With --json it does nothing.
func ShowText(c *ucli.Context, text, again string) error {
	out := Out(c)
	if out.json {
		return nil
	}
	return screen{out: out, text: text, anyText: true, mode: c.String("qr"), again: again, lines: strings.Split(strings.TrimSuffix(text, "\n"), "\n")}.show()
}

func (s screen) show() error {
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
func (s screen) wantsDrawing() (bool, error) {
	if s.mode == qrNever || s.mode == qrAuto && !s.out.env.StdoutIsTerminal {
		return false, nil
	}
	cols, rows, err := qr.Size(s.text, s.options())
	if errors.Is(err, qr.ErrTooLong) && s.mode == qrAuto {
		return false, nil
	}
	if err != nil {
		return false, WithHint(err, "`%s` shows it as text", s.command("--qr=never"))
	}
	if s.mode == qrAuto && !s.out.env.drawsBlocks() {
		s.out.Hint("`%s` draws the QR code, on a terminal that shows UTF-8", s.command("--qr=only"))
		return false, nil
	}
	width, height := s.out.env.Size()
	if width == 0 || height == 0 {
		return s.mode != qrAuto, nil // a drawing was asked for, or nobody knows whether it fits
	}
	// One row more is the cursor's.
	fits := func(extra int) bool { return cols <= width && rows+extra+1 <= height }
	if s.mode != qrAuto {
		s.warnOfRoom(fits, cols, rows)
		return true, nil
	}
	switch {
	case fits(len(s.lines)):
		return true, nil
	case fits(0):
		s.out.Hint("`%s` shows the QR code alone", s.command("--qr=only"))
	default:
		s.out.Hint("a window of %d columns and %d rows shows the QR code: `%s`", cols, rows+1, s.command("--qr=only"))
	}
	return false, nil
}

// warnOfRoom warns of a drawing that was asked for and scrolls off the window.
func (s screen) warnOfRoom(fits func(extra int) bool, cols, rows int) {
	width, height := s.out.env.Size()
	switch {
	case !fits(0):
		s.out.Warn(WarnNoRoom, "the QR code takes %d columns and %d rows; this window has only %d and %d", cols, rows+1, width, height)
	case s.mode == qrAlways && !fits(len(s.lines)):
		s.out.Warn(WarnNoRoom, "the QR code and the lines take %d rows; this window has only %d: `%s` shows the QR code alone",
			rows+len(s.lines)+1, height, s.command("--qr=only"))
	}
}

// command spells the command that shows the code another way.
func (s screen) command(flag string) string {
	return s.out.program + " " + s.again + " " + flag
}

// draw draws the QR code. Without escape sequences it must take the terminal's own colors, and
// counts on a dark background as serial consoles have.
func (s screen) draw() error {
	options := s.options()
	if !s.out.color || !s.out.env.Colors() {
		options.Colors = qr.DarkTheme
	}
	return qr.Draw(s.out.Writer(), s.text, options)
}

func (s screen) options() qr.Options { return qr.Options{Colors: qr.Explicit, AnyText: s.anyText} }
