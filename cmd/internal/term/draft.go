package term

import (
	"io"
	"os"
	"path/filepath"
	"strings"
)

// DraftFile is a DraftStore in the file of that name, one line a line, for its owner alone. The
// folder must exist. A draft holds nothing secret and nothing that can't be typed again, so every
// failure is silent and nothing is flushed to the disk.
type DraftFile string

// Load returns the lines of the file, none when it can't be read or is longer than MaxEntry.
func (d DraftFile) Load() []string {
	f, err := os.Open(string(d))
	if err != nil {
		return nil
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, MaxEntry+1))
	if err != nil || len(text) == 0 || len(text) > MaxEntry {
		return nil
	}
	return strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
}

// Save replaces the file. It appears whole or not at all.
func (d DraftFile) Save(lines []string) {
	f, err := os.CreateTemp(filepath.Dir(string(d)), ".draft-*") // with mode 0600
	if err != nil {
		return
	}
	_, err = f.WriteString(strings.Join(lines, "\n") + "\n")
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = os.Rename(f.Name(), string(d))
	}
	if err != nil {
		os.Remove(f.Name())
	}
}

// Clear removes the file.
func (d DraftFile) Clear() { os.Remove(string(d)) }
