package cli

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"tallystick/cmd/internal/cli"
	"tallystick/cmd/internal/issuer"
	"tallystick/codec"
	"tallystick/reserve"
)

// codeFiles are files with a code each, in one directory.
type codeFiles struct {
	dir string // "": there are none
}

// writeMany is write for one of very many codes: issuer.SyncFiles makes them durable.
func (f codeFiles) writeMany(u reserve.UDI, n reserve.Number, code codec.Code) (string, error) {
	file := filepath.Join(f.dir, codeFileName(u, n))
	text := cli.CodeText(code)
	return file, issuer.WriteManyPublic(file, text, []byte(text))
}

// prepare makes the directory, before anything is signed that could not be written then.
func (f codeFiles) prepare() error {
	if f.dir == "" {
		return nil
	}
	err := os.MkdirAll(f.dir, 0o755)
	if path := new(os.PathError); errors.As(err, &path) {
		return fmt.Errorf("making the folder %q: %w", f.dir, path.Err)
	}
	return err
}

// write writes the code of an authorization, as people type it, and returns the file's name.
func (f codeFiles) write(u reserve.UDI, n reserve.Number, code codec.Code) (string, error) {
	file := filepath.Join(f.dir, codeFileName(u, n))
	text := cli.CodeText(code)
	return file, issuer.WritePublic(file, text, []byte(text))
}

// codeFileName names the file for an authorization of a device. Characters that a file can't have
// everywhere are written as %XX, so that no two devices share a name.
func codeFileName(u reserve.UDI, n reserve.Number) string {
	var b strings.Builder
	for _, r := range []byte(u.Product() + "_" + u.Serial()) {
		if strings.IndexByte("/+=:", r) >= 0 {
			fmt.Fprintf(&b, "%%%02X", r)
			continue
		}
		b.WriteByte(r)
	}
	return fmt.Sprintf("%s-%d.txt", b.String(), n)
}
