package cli

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
)

// maxDraft is the size in bytes up to which a draft is read back: more than any typed code has.
const maxDraft = 16 << 10

// A FileDraft keeps the lines of an interrupted code entry in the file of that name, one a line. It
// is a convenience: whatever fails, the entry starts empty and goes on.
type FileDraft string

// Load returns the lines that were kept, none when there is no readable draft.
func (d FileDraft) Load() []string {
	info, err := os.Lstat(string(d))
	if err != nil || !info.Mode().IsRegular() || info.Size() > maxDraft {
		return nil
	}
	data, err := os.ReadFile(string(d))
	if err != nil || len(data) > maxDraft {
		return nil
	}
	var lines []string
	for line := range strings.Lines(string(data)) {
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, line)
		}
	}
	return lines
}

// Save keeps lines in place of what was kept, readable by the user alone.
func (d FileDraft) Save(lines []string) {
	f, err := os.CreateTemp(filepath.Dir(string(d)), ".draft-*") // made with mode 0600
	if err != nil {
		return
	}
	_, err = f.WriteString(strings.Join(lines, "\n") + "\n")
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(f.Name(), string(d))
	}
	if err != nil {
		_ = os.Remove(f.Name())
	}
}

// Clear forgets the lines.
func (d FileDraft) Clear() { _ = os.Remove(string(d)) }
