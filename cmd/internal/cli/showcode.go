package cli

import (
	"fmt"
	"strconv"
	"strings"

	ucli "github.com/urfave/cli/v2"

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

// CodeTexts are what a verb says about a code that it shows.
type CodeTexts struct {
	Title string // what the code is and for whom, without a line end; "": nothing
	Hint  string // what to do with it, as Output.Hint takes it; "": nothing

	// Again is the command line that prints the same code again, such as "confirmation"; hints refer
	// to it.
	Again string
}

// ShowCode prints a code as CodeFlags ask for. What is said about it comes first, on standard
// error, then the QR code, then the lines to type: so the drawing or the lines stay on the screen. A
// verb that has more to say does so before. With --json it does nothing: the verb's object carries
// CodeJSON.
//
// The QR code appears with --qr=always and only, and with auto when standard output is a terminal
// that knows the characters of a drawing (Env.drawsBlocks) and whose window has room for it and the
// lines together.
func ShowCode(c *ucli.Context, code codec.Code, texts CodeTexts) error {
	out := Out(c)
	if out.json {
		return nil
	}
	if texts.Title != "" {
		out.Note("%s", texts.Title)
	}
	if texts.Hint != "" {
		out.Hint("%s", texts.Hint)
	}
	s := screen{out: out, text: code.Paste(), mode: c.String("qr"), again: texts.Again, lines: codeLines(c, code)}
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
		return Out(c).foldSpoken(numbered(code.Spell()))
	}
	if lines := code.Lines(); lines != nil {
		return numbered(lines)
	}
	if Out(c).env.StdoutIsTerminal {
		return code.Wrapped(foldWidth)
	}
	return []string{code.Paste()}
}

// CodeText returns the lines of a code as a file holds them: those to type, numbered, or the paste form
// where it is too long for that.
func CodeText(code codec.Code) string {
	if lines := code.Lines(); lines != nil {
		return strings.Join(numbered(lines), "\n") + "\n"
	}
	return code.Paste() + "\n"
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

// foldSpoken folds the spoken form between words on a terminal: one that broke inside a word would
// be dictated wrong.
func (o *Output) foldSpoken(lines []string) []string {
	if !o.env.StdoutIsTerminal {
		return lines
	}
	width, _ := o.env.Size()
	for i, line := range lines {
		label, _, _ := strings.Cut(line, ": ")
		indent := ""
		if len(lines) > 1 {
			indent = strings.Repeat(" ", len(label)+len(": "))
		}
		lines[i] = fold(line, width-1, indent)
	}
	return lines
}
