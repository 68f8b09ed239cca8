package ledger

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/ncruces/go-sqlite3"
)

// What SQLite says of a disk is replaced by what the system says, and by nothing that only the
// driver understands.
func TestDiskFaultsAreExplained(t *testing.T) {
	readCodes(t)
	dir := filepath.Join(t.TempDir(), "home")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	l := &Ledger{path: "ledger.db", file: filepath.Join(dir, "ledger.db")}
	driver := fmt.Errorf("sqlite3: invalid _pragma: %w", sqlite3.IOERR_WRITE)
	for _, c := range []struct {
		err   error
		want  string
		cause error
	}{
		{driver, `ledger "ledger.db": the disk failed: sqlite3: disk I/O error`, sqlite3.IOERR},
		{sqlite3.FULL, `ledger "ledger.db": the disk failed: sqlite3: database or disk is full`, sqlite3.FULL},
		{fmt.Errorf("%w: %w", sqlite3.IOERR_WRITE, syscall.ENOSPC), `ledger "ledger.db" can't be written: `, syscall.ENOSPC},
	} {
		got := l.explain(t.Context(), c.err)
		if !strings.HasPrefix(got.Error(), c.want) || !errors.Is(got, c.cause) {
			t.Errorf("%v: %v, want %q", c.err, got, c.want)
		}
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 0 {
		t.Errorf("left in the folder: %v, %v", left, err)
	}
	if err := os.Remove(dir); err != nil {
		t.Fatal(err)
	}
	if got := l.explain(t.Context(), driver); !errors.Is(got, os.ErrNotExist) || strings.Contains(got.Error(), "pragma") {
		t.Errorf("without a folder: %v", got)
	}
}

// readCodes has errors of the engine of production understood, whichever the tests run on.
func readCodes(t *testing.T) {
	own := sqlite
	t.Cleanup(func() { sqlite = own })
	sqlite.code = func(err error) int {
		var code sqlite3.ErrorCode
		_ = errors.As(err, &code)
		return int(code)
	}
}

// The last changes of a ledger whose process was killed are in its log. Where that can't be taken
// up, the ledger isn't read without it.
func TestLogOnAReadOnlyDisk(t *testing.T) {
	readCodes(t)
	l := &Ledger{path: "ledger.db", file: filepath.Join(t.TempDir(), "ledger.db"), readOnly: true}
	cause := l.explain(t.Context(), fmt.Errorf("sqlite3: invalid _pragma: %w", sqlite3.CANTOPEN))
	if got := l.withoutLog(cause); got != cause || strings.Contains(got.Error(), "pragma") || !l.mayBeImmutable(got) {
		t.Errorf("without a log: %v", got)
	}
	if err := os.WriteFile(l.file+"-wal", []byte("log"), 0o600); err != nil {
		t.Fatal(err)
	}
	got := l.withoutLog(cause).Error()
	if !strings.Contains(got, l.file+"-wal") || !strings.Contains(got, "copy both") || l.mayBeImmutable(cause) {
		t.Errorf("with a log: %s", got)
	}
	l.readOnly = false
	if got := l.withoutLog(cause); got != cause {
		t.Errorf("opened for writing: %v", got)
	}
}
