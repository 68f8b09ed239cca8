package ledger_test

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/ncruces/go-sqlite3/vfs"

	"tallystick/cmd/internal/issuer"
	"tallystick/cmd/internal/ledger"
	"tallystick/testvectors"
)

// TestFaultsOfInit lets every step of making a ledger fail: there is no home then, and the next
// attempt makes one.
func TestFaultsOfInit(t *testing.T) {
	restore, ok := ledger.UseDriver(faultyName)
	if !ok {
		t.Log("the other engine has no place for faults: not tested with it")
		return
	}
	defer restore()
	birth := issuer.Birth{Name: "Example", Catalog: must(testvectors.Catalog(testvectors.NetworkSwitch)), Passphrase: []byte(faultPassphrase)}
	create := func(d *disk, dir string) error {
		vfs.Register(faultyName, d)
		_, err := issuer.Init(filepath.Join(dir, homeName), birth, faultWorld(dir, "init"))
		return err
	}
	d, dir := newDisk(), scratch(t)
	if err := create(d, dir); err != nil {
		t.Fatal(err)
	}
	wantDurable(t, d, filepath.Join(dir, ledgerName))
	steps := len(d.trail)
	for step := 1; step <= steps; step++ {
		for _, f := range failures {
			if !*allFaults && (step%len(failures) != int(f) || testing.Short() && step%13 != 0) {
				continue
			}
			d, dir := newDisk(), scratch(t)
			d.failAt, d.failure = step, f
			if err := create(d, dir); err != nil {
				if _, err := os.Lstat(filepath.Join(dir, homeName)); !errors.Is(err, fs.ErrNotExist) {
					t.Fatalf("step %d, %s: there is a home: %v", step, f, err)
				}
				if err := create(newDisk(), dir); err != nil {
					t.Fatalf("step %d, %s: made again: %v", step, f, err)
				}
			} else {
				wantDurable(t, d, filepath.Join(dir, ledgerName))
			}
			o, err := openOffice(dir)
			if err != nil {
				t.Fatalf("step %d, %s: %v", step, f, err)
			}
			if err := o.Close(); err != nil {
				t.Fatal(err)
			}
		}
	}
	t.Logf("%d steps", steps)
}

// wantDurable fails unless the ledger, written under another name, is on the disk for good.
func wantDurable(t *testing.T, d *disk, path string) {
	t.Helper()
	content := must(os.ReadFile(path))
	for name, n := range d.files {
		if kindOf(name) == "file" && bytes.Equal(n.durable, content) {
			return
		}
	}
	t.Fatal("the ledger is there before it is durable")
}
