package ledger

import (
	"errors"

	"github.com/ncruces/go-sqlite3"
	_ "github.com/ncruces/go-sqlite3/driver" // registers "sqlite3"
)

// An engine is one build of SQLite behind database/sql. This file alone chooses it; the tests run
// on a second one, to show that nothing rests on a quirk of the first.
type engine struct {
	name string          // under which the driver is registered
	code func(error) int // SQLite's primary result code of an error, 0 for an error of another kind
}

var sqlite = engine{"sqlite3", func(err error) int {
	var code sqlite3.ErrorCode
	if errors.As(err, &code) {
		return int(code)
	}
	return 0
}}

// SQLite's primary result codes that mean something to a caller (sqlite.org/rescode.html).
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
)
