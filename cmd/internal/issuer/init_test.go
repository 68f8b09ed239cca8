package issuer

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

// TestInitThroughALink: the home is made where the link leads, or not at all.
func TestInitThroughALink(t *testing.T) {
	f := newOffice(t)
	trust, err := f.Trust(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	birth := Birth{Name: "Example", Catalog: trust.Catalog().Raw(), Passphrase: []byte("x")}
	dir := t.TempDir()
	disk, link := filepath.Join(dir, "disk"), filepath.Join(dir, "home")
	if err := os.Symlink(disk, link); err != nil {
		t.Skip(err)
	}
	for _, check := range []error{CheckBirth(link, birth, f.world), func() error { _, err := Init(link, birth, f.world); return err }()} {
		if !errors.Is(check, fs.ErrNotExist) {
			t.Errorf("a link that leads nowhere: %v", check)
		}
	}
	if err := os.Mkdir(disk, 0o700); err != nil {
		t.Fatal(err)
	}
	if _, err := Init(link, birth, f.world); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{keyringFile, ledgerFile} {
		if _, err := os.Stat(filepath.Join(disk, name)); err != nil {
			t.Error(err)
		}
	}
	if to, err := os.Readlink(link); err != nil || to != disk {
		t.Errorf("the link leads to %q, %v", to, err)
	}
	is, err := Open(link, f.world)
	if err != nil {
		t.Fatal(err)
	}
	if err := is.Close(); err != nil {
		t.Error(err)
	}
}
