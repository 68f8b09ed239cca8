package table

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"testing"
)

func TestWriteFile(t *testing.T) {
	dir := t.TempDir()
	for _, format := range Formats {
		file := filepath.Join(dir, "list."+format)
		for _, choice := range []string{"", "count,name"} { // an earlier list is replaced, with other columns too
			if err := WriteFile(file, Format(format), document(choice, List(some))); err != nil {
				t.Fatal(err)
			}
			got, err := os.ReadFile(file)
			if want := write(t, Format(format), document(choice, List(some)), Options{}); err != nil || string(got) != want {
				t.Errorf("%s: %v\n%s", format, err, got)
			}
		}
		if info, err := os.Stat(file); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v", format, info.Mode())
		}
	}
	checkOnly(t, dir, len(Formats))
	facts := document("", List[thing](nil))
	facts.Facts[0].InText = true
	for _, d := range []Document{facts, document("", List[thing](nil)), facts} {
		if err := WriteFile(filepath.Join(dir, "list.text"), PlainText, d); err != nil {
			t.Error(err)
		}
	}
}

// A file that is something else stays as it is.
func TestOtherFiles(t *testing.T) {
	dir := t.TempDir()
	for name, content := range map[string]string{
		"ledger":  "SQLite format 3\x00",
		"keyring": "-----BEGIN AGE ENCRYPTED FILE-----\n",
		"bundle":  "TS1B:AAAA\n",
		"letter":  "Dear Sir,\n",
		"mail":    "{\"to\":\"you\"} and more\n\x00",
		"error":   `{"schema":"other/1"}`,
		"picture": "\x89PNG\r\n\x1a\n",
	} {
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		for _, format := range Formats {
			if name == "mail" && format == "ndjson" {
				continue // it can't be told from one
			}
			err := WriteFile(file, Format(format), document("", List(some)))
			if got, _ := os.ReadFile(file); !errors.Is(err, ErrOtherFile) || string(got) != content {
				t.Errorf("%s as %s: %v", name, format, err)
			}
		}
	}
	if err := WriteFile(dir, CSV, document("", List(some))); !errors.Is(err, ErrOtherFile) {
		t.Errorf("a directory: %v", err)
	}
	if err := WriteFile(filepath.Join(dir, "no", "such", "place.csv"), CSV, document("", List(some))); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no directory: %v", err)
	}
	// An empty file is nobody's.
	empty := filepath.Join(dir, "empty")
	if err := os.WriteFile(empty, nil, 0o640); err != nil {
		t.Fatal(err)
	}
	if err := WriteFile(empty, CSV, document("", List(some))); err != nil {
		t.Error(err)
	}
	if info, err := os.Stat(empty); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o640 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	checkOnly(t, dir, 8)
}

// What fails on the way leaves the earlier file, and nothing beside it.
func TestWriteFileFails(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "list.csv")
	if err := WriteFile(file, CSV, document("", List(some))); err != nil {
		t.Fatal(err)
	}
	before, _ := os.ReadFile(file)
	failure := errors.New("the disk is gone")
	rows := func(yield func(thing, error) bool) {
		for range 100_000 {
			if !yield(some[0], nil) {
				return
			}
		}
		yield(thing{}, failure)
	}
	if err := WriteFile(file, CSV, document("", rows)); !errors.Is(err, failure) {
		t.Error(err)
	}
	if after, _ := os.ReadFile(file); string(after) != string(before) {
		t.Error("the earlier file is gone")
	}
	checkOnly(t, dir, 1)
}

func checkOnly(t *testing.T, dir string, want int) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != want {
		t.Errorf("%d files, want %d: %v %v", len(entries), want, entries, err)
	}
}

func TestFormatOf(t *testing.T) {
	for file, want := range map[string]Format{"a.csv": CSV, "a.b.html": HTML, "x/a.jsonl": NDJSON, "a.txt": PlainText, "a.json": JSON, "a": "", ".csv": "", "csv": "", "a.CSV": CSV} {
		if got := FormatOf(file); got != want {
			t.Errorf("%s: %q", file, got)
		}
	}
}
