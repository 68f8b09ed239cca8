//go:build linux || darwin || freebsd || netbsd || openbsd || dragonfly

package issuer

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// A folder may have what is no file: reading a pipe would wait for its writer.
func TestPipeInFolderStopsNoBatch(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mkfifo(filepath.Join(dir, "pipe"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "plain.txt"), []byte("TS1R:0000"), 0o600); err != nil {
		t.Fatal(err)
	}
	var read []string
	rows, err := ReadReceivedFolder(dir, func(path string) (string, error) {
		read = append(read, filepath.Base(path))
		return "TS1R:0000", nil
	})
	if err != nil || len(rows) != 2 || rows[0].Err == nil || rows[0].State != BatchRefused || len(read) != 1 || read[0] != "plain.txt" {
		t.Errorf("rows %+v, read %q, %v", rows, read, err)
	}
}
