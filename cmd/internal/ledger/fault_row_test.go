package ledger_test

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/ncruces/go-sqlite3/vfs"

	"tallystick/cmd/internal/issuer"
	"tallystick/cmd/internal/ledger"
	"tallystick/reserve"
)

// verify is the deep look that an auditor takes.
func (r *row) verify(dir string) {
	l, err := ledger.OpenReadOnly(filepath.Join(dir, ledgerName))
	if err != nil {
		r.Fatal(err)
	}
	defer l.Close()
	if err := l.Verify(context.Background(), reserve.Trust{}, nil); err != nil {
		r.Fatal(err)
	}
}

func (r *row) whole(o *issuer.Officer) (digest [32]byte) {
	r.Helper()
	err := o.View(context.Background(), func(tx *ledger.Tx) (err error) { digest, err = tx.Whole(); return err })
	if err != nil {
		r.Fatal(err)
	}
	return digest
}

// open opens the issuer as the next process does, on a disk without faults.
func (r *row) open(d *disk, dir string) *issuer.Officer {
	r.Helper()
	vfs.Register(faultyName, d)
	o, err := openOffice(dir)
	if err != nil {
		r.Fatal(err)
	}
	return o
}

// copy writes files into a directory that lasts until the next copy is made.
func (r *row) copy(files map[string][]byte) (dir string) {
	r.Helper()
	err := os.RemoveAll(r.dir)
	for name, content := range files {
		path := filepath.Join(r.dir, name)
		err = errors.Join(err, os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, content, 0o600))
	}
	if err != nil {
		r.Fatal(err)
	}
	return r.dir
}

// scratch returns a directory in memory where the system has one: a copy of the ledger is synced
// thousands of times, and what is on the real disk is not what is looked at.
func scratch(t *testing.T) string {
	if dir, err := os.MkdirTemp("/dev/shm", "tallystick-*"); err == nil {
		t.Cleanup(func() { os.RemoveAll(dir) })
		return dir
	}
	return t.TempDir()
}

// digest is of files, to tell them from others.
func digest(files map[string][]byte) string {
	h := sha256.New()
	for _, name := range slices.Sorted(maps.Keys(files)) {
		fmt.Fprintf(h, "%s %d\n", name, len(files[name]))
		h.Write(files[name])
	}
	return fmt.Sprintf("%x", h.Sum(nil))
}

func count(words []string) map[string]int {
	n := map[string]int{}
	for _, w := range words {
		n[w]++
	}
	return n
}
