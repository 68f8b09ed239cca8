package cmd_test

import (
	"database/sql"
	"fmt"
	"slices"
	"strings"

	_ "github.com/ncruces/go-sqlite3/driver" // the programs' own, as any SQLite tool would be
	"github.com/rogpeppe/go-internal/testscript"
)

// behind FILE STATEMENT…: runs SQL on a ledger behind the program's back, with triggers, checks and
// references off, and puts the triggers back.
func cmdBehind(ts *testscript.TestScript, _ bool, args []string) {
	db, err := sql.Open("sqlite3", "file:"+ts.MkAbs(args[0])+"?_pragma=ignore_check_constraints(1)&_pragma=foreign_keys(0)&vfs=tallystick")
	ts.Check(err)
	defer db.Close()
	db.SetMaxOpenConns(1)
	rows, err := db.Query("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'")
	ts.Check(err)
	var drop, restore []string
	for rows.Next() {
		var name, text string
		ts.Check(rows.Scan(&name, &text))
		drop, restore = append(drop, "DROP TRIGGER "+name), append(restore, text)
	}
	ts.Check(rows.Err())
	ts.Check(rows.Close())
	for _, statement := range slices.Concat([]string{strings.Join(drop, ";")}, args[1:], []string{strings.Join(restore, ";\n")}) {
		if _, err := db.Exec(statement); err != nil {
			ts.Check(fmt.Errorf("%s: %w", statement, err))
		}
	}
}
