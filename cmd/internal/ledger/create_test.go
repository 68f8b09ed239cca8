package ledger

import (
	"bytes"
	"context"
	"database/sql"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"tallystick/reserve"
)

func TestCreateRefusesWhatIsThere(t *testing.T) {
	for _, leftover := range []string{"", "-wal", "-shm", "-journal"} {
		path := filepath.Join(t.TempDir(), "ledger.db")
		if err := os.WriteFile(path+leftover, []byte("mine"), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := Create(path, acme.genesis()); !refusedAs(err, reserve.AlreadyInit) {
			t.Errorf("%q there: %v", leftover, err)
		}
		if left, _ := os.ReadFile(path + leftover); string(left) != "mine" {
			t.Errorf("%q was written over", leftover)
		}
	}
}

func TestCreateLeavesOneFile(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a ledger?#100%.db")
	if err := Create(path, acme.genesis()); err != nil {
		t.Fatal(err)
	}
	if files, _ := os.ReadDir(dir); len(files) != 1 {
		t.Fatalf("left in the folder: %v", files)
	}
	l := reopen(t, path)
	if l.ID() != acme.genesis().ID {
		t.Errorf("ID is %x", l.ID())
	}
	verified(t, l)
	view(t, l, func(tx *Tx) error {
		e, found, err := tx.Entry(1)
		if !found || e.Kind != "create" || !e.Signed() || e.Actor != "alice" || !e.Time.Equal(testNow) {
			t.Errorf("first entry is %+v", e)
		}
		return err
	})
}

func TestCreateFailsWhole(t *testing.T) {
	dir := t.TempDir()
	g := acme.genesis()
	g.Catalog = append([]byte(" "), g.Catalog...)
	if err := Create(filepath.Join(dir, "ledger.db"), g); !refusedAs(err, reserve.TrustMismatch) {
		t.Errorf("a catalog that the trust root does not name: %v", err)
	}
	if files, _ := os.ReadDir(dir); len(files) != 0 {
		t.Errorf("left in the folder: %v", files)
	}
}

func TestFilesArePrivate(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no such modes")
	}
	l := newLedger(t)
	for _, suffix := range []string{"", "-wal", "-shm"} {
		info, err := os.Stat(l.Path() + suffix)
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode() != 0o600 {
			t.Errorf("ledger%s has mode %v", suffix, info.Mode())
		}
	}
}

func TestOpenNeverCreates(t *testing.T) {
	dir := t.TempDir()
	for name, open := range map[string]func(string) (*Ledger, error){"Open": Open, "OpenReadOnly": OpenReadOnly} {
		if _, err := open(filepath.Join(dir, "none.db")); !refusedAs(err, reserve.LedgerMissing) {
			t.Errorf("%s of what is not there: %v", name, err)
		}
		if _, err := open(dir); !refusedAs(err, reserve.LedgerDamaged) {
			t.Errorf("%s of a folder: %v", name, err)
		}
	}
	if files, _ := os.ReadDir(dir); len(files) != 0 {
		t.Errorf("left in the folder: %v", files)
	}
}

func TestOpenDamaged(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ledger.db")
	if err := Create(path, acme.genesis()); err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	garbage := bytes.Repeat([]byte("no ledger"), 1000)
	for name, damaged := range map[string][]byte{
		"empty":           {},
		"garbage":         garbage,
		"cut in a page":   content[:len(content)/2+100],
		"first page only": content[:4096],
		"header changed":  append([]byte("SQLite format 4"), content[15:]...),
	} {
		path := filepath.Join(t.TempDir(), "ledger.db")
		if err := os.WriteFile(path, damaged, 0o600); err != nil {
			t.Fatal(err)
		}
		l, err := Open(path)
		if err == nil { // SQLite reads pages when it needs them: the damage shows later
			err = l.Verify(context.Background(), acme.trust, nil)
			l.Close()
			if _, ok := err.(*Difference); ok {
				continue
			}
		}
		if !refusedAs(err, reserve.LedgerDamaged) {
			t.Errorf("%s: %v", name, err)
		}
		if left, _ := os.ReadFile(path); !bytes.Equal(left, damaged) {
			t.Errorf("%s: the file was changed", name)
		}
	}
}

func TestOpenForeignFile(t *testing.T) {
	make := func(statement string) string {
		path := filepath.Join(t.TempDir(), "other.db")
		db, err := sql.Open(sqlite.name, path)
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		if _, err := db.Exec(statement); err != nil {
			t.Fatal(err)
		}
		return path
	}
	other := make("CREATE TABLE song (title TEXT)")
	before, _ := os.ReadFile(other)
	if _, err := Open(other); !refusedAs(err, reserve.LedgerDamaged) || !strings.Contains(err.Error(), "is not a ledger") {
		t.Errorf("another database: %v", err)
	}
	if after, _ := os.ReadFile(other); !bytes.Equal(before, after) {
		t.Error("another database was changed")
	}
	if files, _ := os.ReadDir(filepath.Dir(other)); len(files) != 1 {
		t.Errorf("left beside another database: %v", files)
	}
	bare := make("PRAGMA application_id = 1414755433; PRAGMA user_version = 1; CREATE TABLE song (title TEXT)")
	if _, err := Open(bare); !refusedAs(err, reserve.LedgerDamaged) {
		t.Errorf("a ledger without tables: %v", err)
	}
	newer := make("PRAGMA application_id = 1414755433; PRAGMA user_version = 2; CREATE TABLE ledger (id BLOB)")
	if _, err := Open(newer); !refusedAs(err, reserve.Unsupported) {
		t.Errorf("a newer ledger: %v", err)
	}
}

func TestPragmas(t *testing.T) {
	l := newLedger(t)
	for name, want := range map[string]string{
		"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1", "busy_timeout": "10000", "trusted_schema": "0",
		"recursive_triggers": "1", "cell_size_check": "1", "application_id": "1414755433", "user_version": "1",
	} {
		var got string
		if err := l.conn.QueryRowContext(context.Background(), "PRAGMA "+name).Scan(&got); err != nil || got != want {
			t.Errorf("%s is %q, want %q (%v)", name, got, want, err)
		}
	}
}

// A backup on a disc can be read and verified where it is.
func TestReadOnlyFolder(t *testing.T) {
	if runtime.GOOS == "windows" || os.Geteuid() == 0 {
		t.Skip("nothing keeps the administrator from writing")
	}
	dir := t.TempDir()
	path := filepath.Join(dir, "ledger.db")
	if err := Create(path, acme.genesis()); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(dir, 0o500); err != nil {
		t.Fatal(err)
	}
	defer os.Chmod(dir, 0o700)
	if _, err := Open(path); err == nil {
		t.Error("opened for writing")
	}
	l, err := OpenReadOnly(path)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	verified(t, l)
}

// SQLite keeps its sidecars beside the file, not beside a link to it.
func TestOpenThroughALink(t *testing.T) {
	l := newLedger(t)
	dir := t.TempDir()
	link := filepath.Join(dir, "link.db")
	if err := os.Symlink(l.Path(), link); err != nil {
		t.Skip(err)
	}
	linked := reopen(t, link)
	addLot(t, linked, "premier", 1, 0)
	if head(t, l) != head(t, linked) {
		t.Error("the link leads to another ledger")
	}
	if files, _ := os.ReadDir(dir); len(files) != 1 {
		t.Errorf("left beside the link: %v", files)
	}
}

func TestReadOnly(t *testing.T) {
	l := newLedger(t)
	r, err := OpenReadOnly(l.Path())
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	verified(t, r)
	if err := r.Update(context.Background(), func(*Tx) error { return nil }); err == nil {
		t.Error("a ledger open for reading only can be written")
	}
	err = l.View(context.Background(), func(tx *Tx) error { return tx.AddAccount(Path{"x"}, Settings{}) })
	if err == nil {
		t.Error("a View can write")
	}
	addLot(t, l, "premier", 5, 0)
	view(t, r, func(tx *Tx) error {
		lots, err := tx.Lots(plant7)
		if len(lots) != 1 {
			t.Errorf("the reader sees %d lots", len(lots))
		}
		return err
	})
}
