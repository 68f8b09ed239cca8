package cli

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"
	"unicode/utf16"

	ucli "github.com/urfave/cli/v2"

	"tallystick/cmd/internal/term"
	"tallystick/codec"
	"tallystick/reserve"
)

// MaxCodeFile is the size in bytes of the longest text that a code is looked for in.
const MaxCodeFile = 1 << 20

// A CodeInput says which code a verb wants.
type CodeInput struct {
	What string       // "authorization code", for prompts
	Want []codec.Kind // the kinds that the verb takes

	// Draft is the file that keeps what is entered until the verb calls DoneReading; its directory
	// must exist by then. Each verb has its own. "": it isn't kept.
	Draft string
}

// ReadCode reads a code from the verb's arguments (joined, so groups need no quotes), from --file,
// or from standard input when that is not a terminal. With none of these it is entered line by line
// at the terminal. What was corrected is noted on standard error.
//
// What was entered stays in the draft, so that nothing has to be typed again when the verb fails or
// the person says no. Once the deed is done the verb calls DoneReading.
//
// The errors are *codec.Error for what does not read, refusals WrongKind for a good code of another
// kind and Unsupported for one that this version does not know, usage errors, and those of reading.
func ReadCode(c *ucli.Context, in CodeInput) (codec.Reading, error) {
	text, typed, err := codeText(c)
	var reading codec.Reading
	switch {
	case err != nil:
		return codec.Reading{}, err
	case typed:
		reading, err = enterCode(c, in)
	default:
		reading, err = codec.Decode(text, reserve.Kinds()...)
	}
	if err != nil {
		return codec.Reading{}, err
	}
	if err := in.check(reading.Kind); err != nil {
		return codec.Reading{}, err
	}
	if !typed { // an entry has shown its corrections line by line
		noteCorrections(Out(c), reading)
	}
	return reading, nil
}

// DoneReading forgets the code that was entered line by line for ReadCode, for a verb that has done
// what the code was for. It does nothing when the code came another way.
func DoneReading(c *ucli.Context) {
	out := Out(c)
	if out.entered != "" {
		out.entered.Clear()
		out.entered = ""
	}
}

// ReadCodeFile reads a code of one of the kinds from a file that a flag or an argument names.
// Its errors are those of ReadCode.
func ReadCodeFile(name string, want ...codec.Kind) (codec.Reading, error) {
	text, err := readCodeFile(name)
	if err != nil {
		return codec.Reading{}, err
	}
	reading, err := codec.Decode(text, reserve.Kinds()...)
	if err != nil {
		return codec.Reading{}, err
	}
	return reading, CodeInput{Want: want}.check(reading.Kind)
}

// check refuses a kind that the verb does not take.
func (in CodeInput) check(kind codec.Kind) error {
	if slices.Contains(in.Want, kind) {
		return nil
	}
	if !reserve.Supported(kind) {
		return reserve.Refuse(reserve.Unsupported, "this is a code of the kind %q, which this version does not read", kind.Name)
	}
	var names []string
	for _, k := range in.Want {
		names = append(names, k.Name)
	}
	return reserve.Refuse(reserve.WrongKind, "this code is of the kind %q; expected: %s", kind.Name, orList(names))
}

// nextStep says where a code of another kind belongs, for a person who has just typed its first
// line; "" where nothing is known.
func nextStep(kind codec.Kind) string {
	switch kind.Number {
	case reserve.AuthorizationKind.Number:
		return "it belongs to the device: `tally-device install`"
	case reserve.BundleKind.Number:
		return "it belongs to the device, in a file: `tally-device trust update FILE`"
	case reserve.RequestKind.Number:
		return "it is for the security officer: `tally-issuer authorize`"
	case reserve.ReceiptKind.Number, reserve.StatusKind.Number:
		return "it is for the security officer: `tally-issuer receive`"
	}
	return ""
}

func noteCorrections(out *Output, reading codec.Reading) {
	for _, line := range reading.Corrected() {
		for _, fix := range line.Fixes {
			out.Note("corrected line %d, %s", line.Number, fix)
		}
	}
}

// codeText returns the text that a code is to be found in. typed: there is none, and a person at the
// terminal must be asked.
func codeText(c *ucli.Context) (text string, typed bool, err error) {
	env, args, file := Out(c).env, c.Args().Slice(), c.String("file")
	switch {
	case len(args) > 0 && file != "":
		return "", false, Usage("the code is given twice: as an argument and with --file")
	case len(args) > 0 && !slices.Equal(args, []string{"-"}):
		return joinArguments(args), false, nil
	case file != "" && file != "-":
		text, err = waiting(c.Context, func() (string, error) { return readCodeFile(file) })
		return text, false, err
	case len(args) == 0 && file == "" && env.StdinIsTerminal:
		return "", true, nil
	}
	if taken := Out(c).stdin; taken != "" {
		return "", false, Usage("standard input can't carry both the code and %s: give the code as an argument or with --file", taken)
	}
	if c.IsSet(passphraseFlag) && c.Int(passphraseFlag) == 0 {
		return "", false, Usage("standard input can't carry both the code and the passphrase: give the code as an argument or with --file")
	}
	text, err = waiting(c.Context, func() (string, error) { return readCodeText(env.Stdin) })
	if err != nil {
		return "", false, fmt.Errorf("reading the code from standard input: %w", err)
	}
	return text, false, nil
}

// joinArguments joins the words of a code. The label of a line, as a code is printed with, begins a
// new line: a shell has cut the lines into words when a code came from an unquoted $(command).
func joinArguments(args []string) string {
	var b strings.Builder
	for i, arg := range args {
		label, ok := strings.CutSuffix(arg, ":")
		switch {
		case i == 0:
		case ok && label != "" && strings.Trim(label, "0123456789/") == "":
			b.WriteByte('\n')
		default:
			b.WriteByte(' ')
		}
		b.WriteString(arg)
	}
	return b.String()
}

func readCodeFile(name string) (string, error) {
	f, err := os.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return "", Usage("reading the code: there is no file %q", name)
	}
	if err != nil {
		return "", fmt.Errorf("reading the code: open %q: %w", name, bareError(err))
	}
	defer f.Close()
	text, err := readCodeText(f)
	if err != nil {
		return "", fmt.Errorf("reading the code from %q: %w", name, bareError(err))
	}
	return text, nil
}

// bareError takes the operation and the name off an error of package os, which prints the name raw.
func bareError(err error) error {
	var path *os.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	return err
}

// readCodeText reads at most MaxCodeFile bytes, in UTF-8 or, as PowerShell writes files, in UTF-16
// with a byte order mark.
func readCodeText(r io.Reader) (string, error) {
	data, err := io.ReadAll(io.LimitReader(r, MaxCodeFile+1))
	if err != nil {
		return "", err
	}
	if len(data) > MaxCodeFile {
		return "", Fail(codec.TooLong.ID(), "more than %d bytes of text", MaxCodeFile)
	}
	return decodeText(data), nil
}

// decodeText takes a byte order mark off text, and turns UTF-16 into UTF-8.
func decodeText(data []byte) string {
	var order binary.ByteOrder
	switch {
	case bytes.HasPrefix(data, []byte{0xff, 0xfe}):
		order = binary.LittleEndian
	case bytes.HasPrefix(data, []byte{0xfe, 0xff}):
		order = binary.BigEndian
	default:
		return strings.TrimPrefix(string(data), "\ufeff")
	}
	units := make([]uint16, len(data)/2-1)
	for i := range units {
		units[i] = order.Uint16(data[2+2*i:])
	}
	return string(utf16.Decode(units))
}

// enterCode has the code entered line by line.
func enterCode(c *ucli.Context, in CodeInput) (codec.Reading, error) {
	t, err := Terminal(c)
	if err != nil {
		return codec.Reading{}, WithHint(err, "give the code as arguments, with --file FILE or on standard input")
	}
	check := func(kind codec.Kind) error {
		err := in.check(kind)
		if step := nextStep(kind); err != nil && step != "" {
			return fmt.Errorf("%w; %s", err, step)
		}
		return err
	}
	entry := term.Entry{Terminal: t, Kinds: reserve.Kinds(), What: in.What, Check: check}
	if in.Draft != "" {
		entry.Draft = FileDraft(in.Draft)
	}
	reading, err := entry.Read()
	if err == nil && in.check(reading.Kind) == nil {
		Out(c).entered = FileDraft(in.Draft)
	}
	return reading, closedIsInterrupted(err)
}

// DecodeText returns text in UTF-8, of which a byte order mark may say that it is in UTF-16.
func DecodeText(data []byte) string { return decodeText(data) }

// CodeFileText returns the text of a file that a code is to be found in. Its errors are those of
// ReadCodeFile, but for the code itself.
func CodeFileText(name string) (string, error) { return readCodeFile(name) }
