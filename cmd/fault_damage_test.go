package cmd_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"tallystick/cmd/internal/cli"
)

// A damaged site is one whose records get damaged, one bit at a time.
type damaged struct {
	site
	whole map[string][]byte // every file as it was, by its path in the site
	codes map[string]string
}

// newDamaged makes a site where the device holds something, and was sent more.
func newDamaged(t *testing.T) *damaged {
	s := newSite(t, 10)
	s.run("tally-device init --product C9300-24T --serial SN1 --trust issuer.tally")
	codes := map[string]string{"request": s.code("tally-device request")}
	codes["first"] = s.code("tally-issuer authorize " + codes["request"] + " --from acme --grant dna-advantage=2 --yes --passphrase-fd 3")
	codes["confirmation"] = s.code("tally-device install " + codes["first"] + " --yes")
	s.run("tally-issuer receive " + codes["confirmation"])
	codes["second"] = s.code("tally-issuer authorize --device SN1 --grant dna-advantage=4 --op second --yes --passphrase-fd 3")
	d := &damaged{s, map[string][]byte{}, codes}
	d.keep()
	return d
}

// keep takes the files as they are for whole.
func (d *damaged) keep() {
	d.t.Helper()
	for _, pattern := range []string{"state/*", "home/*", "anchors/tallystick/*"} {
		names, err := filepath.Glob(filepath.Join(d.dir, pattern))
		for _, name := range names {
			data, failed := os.ReadFile(name)
			path, wrong := filepath.Rel(d.dir, name)
			err = errors.Join(err, failed, wrong)
			d.whole[path] = data
		}
		if err != nil {
			d.t.Fatal(err)
		}
	}
}

// mend puts the files of one program back, and damages one of them: byte at, by the bits of mask.
func (d *damaged) mend(name string, at int, mask byte) {
	d.t.Helper()
	dirs := []string{"home", "anchors/tallystick"}
	if filepath.Dir(name) == "state" {
		dirs = []string{"state"}
	}
	var err error
	for _, dir := range dirs {
		err = errors.Join(err, os.RemoveAll(filepath.Join(d.dir, dir)), os.MkdirAll(filepath.Join(d.dir, dir), 0o700))
	}
	for path, data := range d.whole {
		if path == name {
			data = bytes.Clone(data)
			data[at] ^= mask
		}
		if slices.Contains(dirs, filepath.Dir(path)) {
			err = errors.Join(err, os.WriteFile(filepath.Join(d.dir, path), data, 0o600))
		}
	}
	if err != nil {
		d.t.Fatal(err)
	}
}

// refused fails unless a command ends with 12, an ID and a hint, and left a file as it was.
func (d *damaged) refused(line, id, name string) {
	d.t.Helper()
	before := sum(filepath.Join(d.dir, name))
	status, a := d.inProcess(line)
	var told struct{ Error cli.Failure }
	if err := json.Unmarshal([]byte(a.raw), &told); err != nil || status != cli.ExitDamaged || told.Error.ID != id || told.Error.Hint == "" {
		d.t.Errorf("%q: exit status %d, %v\n%s", line, status, err, a.raw)
	}
	if sum(filepath.Join(d.dir, name)) != before {
		d.t.Errorf("%q changed the damaged %s", line, name)
	}
}

// TestDamagedState changes every byte of a device's state. Nothing that reads it, and nothing that
// would write it, goes on.
func TestDamagedState(t *testing.T) {
	d := newDamaged(t)
	lines := []string{"tally-device status", "tally-device check dna-advantage", "tally-device return --yes", "tally-device report",
		"tally-device install " + d.codes["second"] + " --yes", "tally-device confirmation", "tally-device request", "tally-device cancel --yes",
		"tally-device trust update " + filepath.Join(d.dir, "issuer.tally")}
	name := "state/state"
	for at := range d.whole[name] {
		if testing.Short() && at%50 != 0 {
			continue
		}
		d.mend(name, at, 1<<(at%8))
		d.refused(lines[at%len(lines)], "state-damaged", name)
		if t.Failed() {
			t.Fatalf("byte %d of %d", at, len(d.whole[name]))
		}
	}
}

// TestDamagedKeyring changes bytes of the keyring. Package issuer changes every one.
func TestDamagedKeyring(t *testing.T) {
	d := newDamaged(t)
	lines := []string{"tally-issuer account new acme/x --passphrase-fd 3", "tally-issuer key passphrase --passphrase-fd 3 --new-passphrase-fd 5",
		"tally-issuer authorize --device SN1 --grant dna-advantage=5 --yes --passphrase-fd 3", "tally-issuer key new --name x --role issue --passphrase-fd 3"}
	name, every := "home/keyring.age", 7
	if testing.Short() {
		every = 70
	}
	for at := 0; at < len(d.whole[name]); at += every {
		d.mend(name, at, 1<<(at%8))
		d.refused(lines[at%len(lines)], "keyring-damaged", name)
		if t.Failed() {
			t.Fatalf("byte %d of %d", at, len(d.whole[name]))
		}
	}
}
