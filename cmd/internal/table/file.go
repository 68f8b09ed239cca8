package table

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"unicode"
	"unicode/utf8"

	"tallystick/cmd/internal/durable"
)

// ErrOtherFile is the error of WriteFile where something else is than an earlier file of its kind.
var ErrOtherFile = errors.New("it is not an earlier file of this kind and is not replaced")

// WriteFile writes d to a file: beside its place first, made durable, then put into its place, so
// that at every moment it is what it was or whole. It replaces an earlier file of the same format,
// whose mode is kept, and no other file, so that a slip of the keyboard costs no ledger; a new file
// has mode 0600. The error for another file is ErrOtherFile.
func WriteFile(path string, format Format, d Document) error {
	mode, err := replaceable(path, format)
	if err != nil {
		return fmt.Errorf("writing %q: %w", path, err)
	}
	return durable.Replace(path, mode, func(w io.Writer) error { return Write(w, format, d, Options{}) })
}

// CheckFile refuses a path as WriteFile would, before there is anything to write: where another file is,
// and in a directory where none can be made.
func CheckFile(path string, format Format) error {
	_, err := replaceable(path, format)
	if err == nil {
		err = canHoldFile(filepath.Dir(path))
	}
	if err != nil {
		return fmt.Errorf("writing %q: %w", path, err)
	}
	return nil
}

func canHoldFile(dir string) error {
	f, err := os.CreateTemp(dir, ".*")
	if name := new(fs.PathError); errors.As(err, &name) { // nobody knows the name that was made up
		return name.Err
	}
	if err != nil {
		return err
	}
	return errors.Join(f.Close(), os.Remove(f.Name()))
}

// beginning is how many bytes of a file show what it is.
const beginning = 512

// replaceable returns the mode for the file at path, or an error where it must stay as it is.
func replaceable(path string, format Format) (fs.FileMode, error) {
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return 0o600, nil
	}
	if err != nil {
		return 0, err
	}
	if !info.Mode().IsRegular() {
		return 0, ErrOtherFile
	}
	f, err := os.Open(path)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	begin, err := io.ReadAll(io.LimitReader(f, beginning))
	if err == nil && len(begin) > 0 && !looksLike(begin, format) {
		err = ErrOtherFile
	}
	return info.Mode().Perm(), err
}

// looksLike reports whether a file that begins so can be an earlier one of a format.
func looksLike(begin []byte, format Format) bool {
	switch format {
	case HTML:
		return bytes.HasPrefix(begin, []byte(doctype))
	case JSON:
		return bytes.HasPrefix(begin, []byte(`{"schema":"tallystick/`))
	case NDJSON:
		return bytes.HasPrefix(begin, []byte(`{"`)) && !bytes.HasPrefix(begin, []byte(`{"schema"`))
	case CSV:
		line, _, _ := bytes.Cut(begin, []byte("\r\n"))
		return len(bytes.Trim(line, "abcdefghijklmnopqrstuvwxyz0123456789_,")) == 0
	}
	// Text for a person; a keyring, a key or a code is text too, and has a line that says so.
	line, _, _ := strings.Cut(string(begin), "\n")
	return utf8.ValidString(line) && strings.IndexFunc(line, unicode.IsControl) < 0 &&
		!strings.HasPrefix(line, "-----") && !strings.HasPrefix(line, "TS1") &&
		(strings.ToUpper(line) == line || strings.Contains(line, gap) || strings.HasPrefix(line, "no "))
}

// doctype is how every page begins.
const doctype = "<!DOCTYPE html>"
