package issuer

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"tallystick/reserve"
)

// TestWritePublic: a mistyped --out must not cost the keyring or anything else.
func TestWritePublic(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	for name, text := range map[string]string{
		"keyring": "tallystick keyring 1\n", "short": "TS", "old": "TS1B:AAAA\n", "empty": "", "new.new": "mine",
	} {
		if err := os.WriteFile(at(name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(at("dir"), 0o700); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"keyring", "short", "dir"} {
		wantReason(t, WritePublic(at(name), "TS1B:", []byte("TS1B:BBBB\n")), reserve.AlreadyExists)
	}
	for _, name := range []string{"old", "empty", "new"} {
		if err := WritePublic(at(name), "TS1B:", []byte("TS1B:BBBB\n")); err != nil {
			t.Error(err)
		}
		text, err := os.ReadFile(at(name))
		if err != nil || string(text) != "TS1B:BBBB\n" {
			t.Errorf("%s holds %q, %v", name, text, err)
		}
	}
	if text, err := os.ReadFile(at("new.new")); err != nil || string(text) != "mine" {
		t.Errorf("a file beside it holds %q, %v", text, err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	if want := []string{"dir", "empty", "keyring", "new", "new.new", "old", "short"}; !slices.Equal(names, want) {
		t.Errorf("the directory holds %q", names)
	}
}
