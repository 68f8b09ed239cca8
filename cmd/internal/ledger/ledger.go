package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"tallystick/cmd/internal/durable"
	"tallystick/reserve"
)

const (
	applicationID = 0x54537469 // "TSti": marks the file as a ledger
	schemaVersion = 1

	busyTimeoutMillis = 10_000
)

// A Ledger is an open ledger file. Its methods may be called from several goroutines, which then
// take turns; for real concurrency each opens its own.
type Ledger struct {
	path     string // as given
	file     string // the file behind it: SQLite keeps its sidecars there
	id       [16]byte
	readOnly bool

	immutable bool // nobody can write to it, so that no locks are needed

	db    *sql.DB
	conn  *sql.Conn // the only one, so that its pragmas were checked
	turn  chan struct{}
	stmts map[string]*sql.Stmt // by query; guarded by turn
	trust trustCache           // guarded by turn
}

// pragmas are set on the connection and read back: SQLite ignores a pragma it doesn't know.
var pragmas = []struct {
	name string
	want string
}{
	{"busy_timeout", fmt.Sprint(busyTimeoutMillis)}, // first: the others may have to wait
	{"synchronous", "2"},                            // full: a commit is on the disk when it returns
	{"foreign_keys", "1"},
	{"trusted_schema", "0"}, // a doctored file can't call functions from a view or trigger
	{"recursive_triggers", "1"},
	{"cell_size_check", "1"},
}

// Open opens the ledger at path for reading and writing. It never creates one. Refusals are
// LedgerMissing, LedgerDamaged (which includes a file that is no ledger), Unsupported (written by
// a newer program) and Busy.
func Open(path string) (*Ledger, error) { return open(path, false) }

// OpenReadOnly opens the ledger at path for View alone. Its refusals are those of Open.
func OpenReadOnly(path string) (*Ledger, error) { return open(path, true) }

func open(path string, readOnly bool) (*Ledger, error) {
	file, err := findFile(path)
	if err != nil {
		return nil, err
	}
	l := &Ledger{path: path, file: file, readOnly: readOnly}
	err = l.start()
	if err != nil && l.mayBeImmutable(err) {
		l.Close()
		l = &Ledger{path: path, file: file, readOnly: true, immutable: true}
		err = l.start()
	}
	if err != nil {
		l.Close()
		return nil, l.withoutLog(err)
	}
	return l, nil
}

// withoutLog says what to do about a ledger that somebody was killed at, on a medium that can't be
// written: to read it without its log would be to forget the last changes.
func (l *Ledger) withoutLog(err error) error {
	code := sqlite.code(err)
	info, missing := os.Stat(l.file + "-wal")
	if !l.readOnly || (code != codeReadOnly && code != codeCantOpen) || missing != nil || info.Size() == 0 {
		return err
	}
	return fmt.Errorf("ledger %q can't be read here: its last changes are still in %q, and are taken up where both can be written: copy both to such a place", l.path, l.file+"-wal")
}

// mayBeImmutable reports whether err came of a medium that can't be written, such as a disc: even a
// reader has to make a -shm file there. Without a -wal the file is all there is, and can be read as
// one that nobody changes.
func (l *Ledger) mayBeImmutable(err error) bool {
	if code := sqlite.code(err); !l.readOnly || (code != codeReadOnly && code != codeCantOpen) {
		return false
	}
	info, err := os.Stat(l.file + "-wal")
	return errors.Is(err, fs.ErrNotExist) || (err == nil && info.Size() == 0)
}

// start connects, and finds out whether the file is a ledger before it changes anything about it.
func (l *Ledger) start() error {
	ctx := context.Background()
	if !l.readOnly {
		if err := privateFiles(l.file); err != nil {
			return fmt.Errorf("opening ledger: %w", err)
		}
	}
	if err := l.connect(ctx); err != nil {
		return l.explain(ctx, err)
	}
	if err := l.identify(ctx); err != nil {
		return l.explain(ctx, err)
	}
	if !l.readOnly {
		if err := l.setWAL(ctx); err != nil {
			return l.explain(ctx, err)
		}
		if err := privateFiles(l.file); err != nil {
			return fmt.Errorf("opening ledger: %w", err)
		}
		// The driver doesn't sync the directory after it made the -wal file; a power cut could
		// take the file away with every commit in it.
		if err := durable.SyncDir(filepath.Dir(l.file)); err != nil {
			return fmt.Errorf("opening ledger: %w", err)
		}
	}
	return l.checkPragmas(ctx)
}

func (l *Ledger) connect(ctx context.Context) error {
	db, err := sql.Open(sqlite.name, l.dataSource())
	if err != nil {
		return err
	}
	db.SetMaxOpenConns(1)
	l.db, l.turn, l.stmts = db, make(chan struct{}, 1), map[string]*sql.Stmt{}
	l.conn, err = db.Conn(ctx)
	return err
}

// dataSource is a URI in mode rw or ro, neither of which creates a file. There are no slashes
// after "file:", since a Windows path begins with its drive.
func (l *Ledger) dataSource() string {
	query := url.Values{"mode": {"rw"}}
	if l.readOnly {
		query.Set("mode", "ro")
	}
	if l.immutable {
		query.Set("immutable", "1")
	}
	if sqlite.vfs != "" {
		query.Set("vfs", sqlite.vfs)
	}
	for _, p := range pragmas {
		query.Add("_pragma", p.name+"("+p.want+")")
	}
	escaped := url.URL{Path: filepath.ToSlash(l.file)}
	return "file:" + escaped.EscapedPath() + "?" + query.Encode()
}

// identify checks that the file is a ledger of a version this program knows.
func (l *Ledger) identify(ctx context.Context) error {
	var application, version int64
	if err := l.conn.QueryRowContext(ctx, "PRAGMA application_id").Scan(&application); err != nil {
		return err
	}
	if err := l.conn.QueryRowContext(ctx, "PRAGMA user_version").Scan(&version); err != nil {
		return err
	}
	switch {
	case application != applicationID:
		return reserve.Refuse(reserve.LedgerDamaged, "%q is not a ledger", l.path)
	case version > schemaVersion:
		return reserve.Refuse(reserve.Unsupported, "ledger %q has format %d; this program knows format %d", l.path, version, schemaVersion)
	case version < schemaVersion:
		return reserve.Refuse(reserve.LedgerDamaged, "ledger %q has format %d, which never existed", l.path, version)
	}
	var id []byte
	err := l.conn.QueryRowContext(ctx, "SELECT id FROM ledger").Scan(&id)
	if errors.Is(err, sql.ErrNoRows) || sqlite.code(err) == codeError || (err == nil && len(id) != len(l.id)) {
		return reserve.Refuse(reserve.LedgerDamaged, "ledger %q is damaged: it has lost its name", l.path)
	}
	copy(l.id[:], id)
	if err != nil {
		return err
	}
	return l.checkTexts(ctx)
}

// checkTexts refuses a ledger in which a table or trigger reads otherwise than it was made. SQLite
// reads a trigger when it fires, in the middle of a change, and the engine breaks down over an error
// in it. What is missing, or none of a ledger's, is for Verify.
func (l *Ledger) checkTexts(ctx context.Context) error {
	rows, err := l.conn.QueryContext(ctx, "SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY rowid")
	if err != nil {
		return err
	}
	defer rows.Close()
	rest := schema // in the order that they were made in, so that this is read once
	for rows.Next() {
		var kind, name, text string
		if err := rows.Scan(&kind, &name, &text); err != nil {
			return reserve.Refuse(reserve.LedgerDamaged, "ledger %q is damaged: its tables don't read: %v", l.path, err)
		}
		if _, after, found := strings.Cut(rest, text); found {
			rest = after
			continue
		}
		ours := strings.Contains(schema, "CREATE "+strings.ToUpper(kind)+" "+name)
		if ours && !strings.Contains(schema, text) {
			return reserve.Refuse(reserve.LedgerDamaged, "ledger %q is damaged: the %s %q is not as it was made", l.path, kind, name)
		}
	}
	return rows.Err()
}

// setWAL is for copies, which SQLite may have written in another mode; else it changes nothing.
func (l *Ledger) setWAL(ctx context.Context) error {
	var mode string
	return l.conn.QueryRowContext(ctx, "PRAGMA journal_mode=wal").Scan(&mode)
}

func (l *Ledger) checkPragmas(ctx context.Context) error {
	check := func(name, want string) error {
		var got string
		if err := l.conn.QueryRowContext(ctx, "PRAGMA "+name).Scan(&got); err != nil {
			return l.explain(ctx, err)
		}
		if got != want {
			return fmt.Errorf("opening ledger %q: %s is %q, not %q", l.path, name, got, want)
		}
		return nil
	}
	for _, p := range pragmas {
		if err := check(p.name, p.want); err != nil {
			return err
		}
	}
	if l.readOnly {
		return nil
	}
	return check("journal_mode", "wal")
}

// Close closes the ledger. It waits for nobody: an Update or View must have ended.
func (l *Ledger) Close() error {
	var errs []error
	for _, s := range l.stmts {
		errs = append(errs, s.Close())
	}
	if l.conn != nil {
		errs = append(errs, l.conn.Close())
	}
	if l.db != nil {
		errs = append(errs, l.db.Close())
	}
	return errors.Join(errs...)
}

// ID returns the name the ledger got when it was made.
func (l *Ledger) ID() [16]byte { return l.id }

// Path returns where the ledger is, as given to Open.
func (l *Ledger) Path() string { return l.path }
