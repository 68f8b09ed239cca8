package cli

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tallystick/cmd/internal/cli"
	"tallystick/reserve"
)

// Nobody is told to make a second identity where there may be a first one.
func TestUnreadableState(t *testing.T) {
	missing := reserve.Refuse(reserve.StateMissing, "missing")
	empty, system, lost := t.TempDir(), t.TempDir(), t.TempDir()
	nowhere := filepath.Join(empty, "nowhere")
	if err := os.WriteFile(filepath.Join(lost, "lock"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		dir, system string
		err         error
		want        string
	}{
		{empty, nowhere, missing, "init --product PID --serial SN` creates it"},
		{system, system, missing, "init --product PID --serial SN` creates it"},
		{empty, system, missing, "where root keeps the device state: run this as root"},
		{lost, nowhere, missing, "a state was lost"},
		{lost, system, missing, "a state was lost"},
		{empty, system, fs.ErrPermission, "belongs to another user"},
	} {
		f := cli.Explain(unreadable(c.dir, c.system, c.err), programName)
		if !strings.Contains(f.Hint, c.want) || strings.Contains(f.Hint, "init --product") != strings.Contains(c.want, "init --product") {
			t.Errorf("%+v: hint %q", c, f.Hint)
		}
	}
	if unreadable(empty, system, nil) != nil {
		t.Error("an error out of nothing")
	}
}
