package term

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestDraftFile(t *testing.T) {
	d := DraftFile(filepath.Join(t.TempDir(), "draft"))
	if got := d.Load(); got != nil {
		t.Errorf("before: %q", got)
	}
	d.Clear()
	for _, want := range [][]string{{"7KQ2 ABCD"}, {"a", "b", "c"}, {"a"}} {
		d.Save(want)
		if got := d.Load(); !slices.Equal(got, want) {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	if info, err := os.Stat(string(d)); err != nil || info.Mode().Perm()&0o077 != 0 && os.PathSeparator == '/' {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	d.Clear()
	if got := d.Load(); got != nil {
		t.Errorf("after clearing: %q", got)
	}
	os.WriteFile(string(d), []byte(strings.Repeat("0", MaxEntry+1)), 0o600)
	if got := d.Load(); got != nil {
		t.Errorf("loaded %d lines of a file that is too long", len(got))
	}
	nowhere := DraftFile(filepath.Join(t.TempDir(), "missing", "draft"))
	nowhere.Save([]string{"a"})
	if got := nowhere.Load(); got != nil {
		t.Errorf("loaded %q from nowhere", got)
	}
	if left, _ := os.ReadDir(filepath.Dir(string(d))); len(left) != 1 {
		t.Errorf("files left: %v", left)
	}
}
