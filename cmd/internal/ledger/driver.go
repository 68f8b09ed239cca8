package ledger

import (
	"database/sql"
	"errors"

	"github.com/ncruces/go-sqlite3"
	"github.com/ncruces/go-sqlite3/driver" // registers "sqlite3"
)

// An engine is one build of SQLite behind database/sql. This file alone chooses it; the tests run
// on a second one, to show that nothing rests on a quirk of the first.
type engine struct {
	name     string                // under which the driver is registered
	code     func(error) int       // SQLite's result code of an error, one of those below, 0 for an error of another kind
	vfs      string                // what reads and writes its files, "" for its own
	reserved byte                  // bytes at the end of each page that are not SQLite's own
	prepare  func(*sql.Conn) error // is called for a file that has no page yet
}

// sqlite ends each page with a checksum (sqlite.org/cksumvfs.html), so that what a disk changed is
// noticed when it is read. What follows from it:
//   - a copy that SQLite makes by itself needs its checksums made as well, see seal;
//   - another program may read the file, but must not write it, nor play its log back.
var sqlite = engine{
	name:     "sqlite3",
	vfs:      vfsName,
	reserved: checksumSize,
	code: func(err error) int {
		var code sqlite3.ErrorCode
		switch {
		case errors.Is(err, sqlite3.IOERR_DATA):
			return codeChecksum
		case errors.As(err, &code):
			return int(code)
		}
		return 0
	},
	prepare: func(conn *sql.Conn) error {
		return conn.Raw(func(c any) error {
			return c.(driver.Conn).Raw().EnableChecksums("main")
		})
	},
}

// SQLite's result codes that mean something to a caller (sqlite.org/rescode.html): primary ones, and
// of the I/O errors the one for a wrong checksum.
const (
	codeError      = 1 // such as a table that is not there
	codeBusy       = 5
	codeLocked     = 6
	codeReadOnly   = 8
	codeIO         = 10
	codeCorrupt    = 11
	codeFull       = 13
	codeCantOpen   = 14
	codeConstraint = 19
	codeNotADB     = 26
	codeChecksum   = 8202
)
