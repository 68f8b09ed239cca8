package cli

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"unicode/utf8"

	ucli "github.com/urfave/cli/v2"
)

// TextFile reads the one line of text that a flag names a file for, "-" for standard input: at most
// most bytes without its line end, in UTF-8 or, as PowerShell writes files, in UTF-16 with a byte
// order mark. What does not fit that, and standard input that carries the passphrase, are usage
// errors. A verb that reads a code calls it first: then ReadCode knows that standard input is taken.
func TextFile(c *ucli.Context, flag string, most int) (string, error) {
	name := c.String(flag)
	if name == "-" {
		if c.IsSet(passphraseFlag) && c.Int(passphraseFlag) == 0 {
			return "", Usage("standard input can't carry both the passphrase and --%s: name a file", flag)
		}
		Out(c).stdin = "--" + flag
	}
	data, err := waiting(c.Context, func() ([]byte, error) { return readText(c, flag, most) })
	if err != nil {
		return "", err
	}
	text := strings.TrimRight(decodeText(data), "\r\n")
	switch {
	case !utf8.ValidString(text) || strings.ContainsRune(text, 0):
		return "", Usage("flag --%s: %q is not text in UTF-8", flag, name)
	case strings.TrimSpace(text) == "":
		return "", Usage("flag --%s: %q holds no text", flag, name)
	case strings.ContainsAny(text, "\r\n"):
		return "", Usage("flag --%s: %q holds more than one line", flag, name)
	case len(text) > most:
		return "", Usage("flag --%s: %q holds more than %d bytes", flag, name, most)
	}
	return text, nil
}

// readText reads a little more than may be there: UTF-16 needs twice the room, a line end some more.
func readText(c *ucli.Context, flag string, most int) ([]byte, error) {
	name := c.String(flag)
	limit := int64(2*most + len("\ufeff\r\n\r\n"))
	if name == "-" {
		data, err := io.ReadAll(io.LimitReader(Out(c).env.Stdin, limit))
		if err != nil {
			return nil, fmt.Errorf("reading --%s from standard input: %w", flag, err)
		}
		return data, nil
	}
	f, err := os.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, Usage("flag --%s: there is no file %q", flag, name)
	}
	if err != nil {
		return nil, fmt.Errorf("flag --%s: open %q: %w", flag, name, bareError(err))
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, limit))
	if err != nil {
		return nil, fmt.Errorf("flag --%s: reading %q: %w", flag, name, bareError(err))
	}
	return data, nil
}
