package cli

import (
	"fmt"
	"io/fs"
	"os"
	"strings"
	"testing"

	"tallystick/reserve"
)

// What a disk does is told apart, with a way out, wherever it comes from; what a refusal says about a
// file goes before.
func TestDiskErrorsAreExplained(t *testing.T) {
	ids := map[string]bool{}
	for _, known := range diskErrors {
		err := fmt.Errorf("writing: %w", &fs.PathError{Op: "write", Path: "a b", Err: known.err})
		for _, program := range []string{deviceProgram, issuerProgram} {
			f := Explain(err, program)
			if f.ID != known.id || f.Exit != ExitFailed || f.Hint == "" || !strings.Contains(f.Message, `write "a b": `) {
				t.Errorf("%v: %+v", known.err, f)
			}
		}
		ids[known.id] = true
	}
	for _, id := range []string{IDDiskFull, IDDiskReadOnly, IDDiskFailed} {
		if !ids[id] {
			t.Errorf("nothing leads to %s", id)
		}
	}
	if f := Explain(fmt.Errorf("opening: %w", os.ErrPermission), issuerProgram); f.ID != IDFileDenied || f.Hint == "" {
		t.Errorf("%+v", f)
	}
	if f := Explain(fmt.Errorf("%w: %w", reserve.Refuse(reserve.StateDamaged, "x"), diskErrors[0].err), deviceProgram); f.ID != string(reserve.StateDamaged) {
		t.Errorf("%+v", f)
	}
}
