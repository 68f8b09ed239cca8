package cli

import (
	"errors"
	"io"
	"slices"
	"strings"
	"unicode"

	ucli "github.com/urfave/cli/v2"

	"tallystick/cmd/internal/term"
	"tallystick/codec"
	"tallystick/reserve"
)

// ReadCodes reads any number of codes, of any kinds and in any order, from args, from --file, from
// standard input where args is "-", or, with ask and none of these, from the terminal or standard
// input. What can't be read is among the pieces, with the reason. None are no error.
//
// The errors are usage errors, those of reading, and a *codec.Error for more text or more codes than
// are taken at once.
func ReadCodes(c *ucli.Context, args []string, ask bool) ([]codec.Piece, error) {
	env, file := Out(c).env, c.String("file")
	var text string
	var err error
	switch {
	case len(args) > 0 && file != "":
		return nil, Usage("codes are given twice: as arguments and with --file")
	case len(args) > 0 && !slices.Equal(args, []string{"-"}):
		text = joinCodes(args)
	case file != "" && file != "-":
		text, err = waiting(c.Context, func() (string, error) { return readCodeFile(file) })
	case len(args) == 0 && file == "" && !ask:
		return nil, nil
	case env.StdinIsTerminal:
		text, err = pasteCodes(c)
	default:
		text, err = waiting(c.Context, func() (string, error) { return readCodeText(env.Stdin) })
	}
	if err != nil {
		return nil, err
	}
	return codec.Split(text, reserve.Kinds()...)
}

// wholeCode is how many characters an argument has that is a code, or a line of one, rather than a
// group of characters.
const wholeCode = 20

// joinCodes joins the words of codes as joinArguments does, and begins a new line where an argument
// is more than a group.
func joinCodes(args []string) string {
	var b strings.Builder
	var group []string
	end := func() {
		if len(group) > 0 {
			b.WriteString(joinArguments(group) + "\n")
		}
		group = nil
	}
	for _, arg := range args {
		if len(arg) >= wholeCode || strings.ContainsFunc(arg, unicode.IsSpace) {
			end()
			b.WriteString(arg + "\n")
			continue
		}
		group = append(group, arg)
	}
	end()
	return b.String()
}

// pasteCodes takes lines at the terminal until one that has nothing but a dot, or its end.
func pasteCodes(c *ucli.Context) (string, error) {
	t, err := Terminal(c)
	if err != nil {
		return "", err
	}
	if _, err := io.WriteString(t, "Paste or type the codes, in any order; a line with a single dot ends them.\n"); err != nil {
		return "", err
	}
	var b strings.Builder
	for b.Len() <= MaxCodeFile {
		line, err := t.ReadLine("")
		switch {
		case errors.Is(err, io.EOF), err == nil && strings.TrimSpace(line) == ".":
			return b.String(), nil
		case errors.Is(err, term.ErrLineTooLong):
			return "", WithHint(err, "give long codes with --file FILE")
		case err != nil:
			return "", closedIsInterrupted(err)
		}
		b.WriteString(line + "\n")
	}
	return "", Fail(codec.TooLong.ID(), "more than %d bytes of text", MaxCodeFile)
}
