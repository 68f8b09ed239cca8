//go:build unix

package cmd_test

import (
	"context"
	"crypto/ed25519"
	"database/sql"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// strippedTables are what a batch writes, with how the rows of entries $1 to $2 are found.
var strippedTables = []struct{ table, rows string }{
	{"device", "sequence BETWEEN $1 AND $2"},
	{"device_history", "sequence BETWEEN $1 AND $2"},
	{"authorization", "sequence BETWEEN $1 AND $2"},
	{"draw", "device IN (SELECT device FROM authorization WHERE sequence BETWEEN $1 AND $2)"},
	{"charge", "device IN (SELECT device FROM authorization WHERE sequence BETWEEN $1 AND $2)"},
	{"journal", "sequence BETWEEN $1 AND $2"},
	{"node", "(n + 1) << level BETWEEN $1 AND $2"},
	{"checkpoint", "size BETWEEN $1 AND $2"},
	{"operation", "sequence BETWEEN $1 AND $2"},
}

// signaturesPerRow: of the authorization and of its journal entry.
const signaturesPerRow = 2

// strippedChunk is how many rows a batch commits at a time.
const strippedChunk = 1000

// strip signs and inserts what a ledger has beyond another one.
func strip(b *testing.B, from, to string) cost {
	b.Helper()
	source, target := openBare(b, from), openBare(b, to)
	ctx := context.Background()
	var first, last int64
	if err := target.QueryRowContext(ctx, "SELECT max(sequence) FROM journal").Scan(&first); err != nil {
		b.Fatal(err)
	}
	if err := source.QueryRowContext(ctx, "SELECT max(sequence) FROM journal").Scan(&last); err != nil {
		b.Fatal(err)
	}
	dropTriggers(b, target)
	var total cost
	for at := first + 1; at <= last; at += strippedChunk {
		end := min(at+strippedChunk-1, last)
		rows := rowsOf(b, source, at, end)
		began, cpu := time.Now(), processorTime()
		signed := signAll(int(end - at + 1))
		insertAll(b, target, rows)
		signed.Wait()
		total.took += time.Since(began)
		total.cpu += processorTime() - cpu
	}
	return total
}

func openBare(b *testing.B, path string) *sql.Conn {
	b.Helper()
	db, err := sql.Open("sqlite3", "file:"+path+"?vfs=tallystick&_pragma=busy_timeout(10000)&_pragma=synchronous(2)&_pragma=journal_mode(wal)")
	if err != nil {
		b.Fatal(err)
	}
	conn, err := db.Conn(context.Background())
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		conn.Close()
		db.Close()
	})
	return conn
}

func dropTriggers(b *testing.B, conn *sql.Conn) {
	b.Helper()
	ctx := context.Background()
	rows, err := conn.QueryContext(ctx, "SELECT name FROM sqlite_schema WHERE type = 'trigger'")
	if err != nil {
		b.Fatal(err)
	}
	var names []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			b.Fatal(err)
		}
		names = append(names, name)
	}
	rows.Close()
	for _, name := range names {
		if _, err := conn.ExecContext(ctx, "DROP TRIGGER "+name); err != nil {
			b.Fatal(err)
		}
	}
}

// rowsOf reads the rows of each table that came with some entries.
func rowsOf(b *testing.B, conn *sql.Conn, first, last int64) [][][]any {
	b.Helper()
	var out [][][]any
	for _, t := range strippedTables {
		rows, err := conn.QueryContext(context.Background(), "SELECT * FROM "+t.table+" WHERE "+t.rows, first, last)
		if err != nil {
			b.Fatal(err)
		}
		columns, err := rows.Columns()
		if err != nil {
			b.Fatal(err)
		}
		var list [][]any
		for rows.Next() {
			values, pointers := make([]any, len(columns)), make([]any, len(columns))
			for i := range values {
				pointers[i] = &values[i]
			}
			if err := rows.Scan(pointers...); err != nil {
				b.Fatal(err)
			}
			list = append(list, values)
		}
		rows.Close()
		out = append(out, list)
	}
	return out
}

// signAll signs for so many rows, on all cores.
func signAll(rows int) *sync.WaitGroup {
	_, key, _ := ed25519.GenerateKey(nil)
	var next atomic.Int64
	var group sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		group.Go(func() {
			message := make([]byte, 300)
			for next.Add(1) <= int64(rows*signaturesPerRow) {
				ed25519.Sign(key, message)
			}
		})
	}
	return &group
}

func insertAll(b *testing.B, conn *sql.Conn, tables [][][]any) {
	b.Helper()
	ctx := context.Background()
	must := func(err error) {
		if err != nil {
			b.Fatal(err)
		}
	}
	_, err := conn.ExecContext(ctx, "BEGIN IMMEDIATE")
	must(err)
	for i, rows := range tables {
		if len(rows) == 0 {
			continue
		}
		insert, err := conn.PrepareContext(ctx, "INSERT INTO "+strippedTables[i].table+" VALUES ("+strings.TrimSuffix(strings.Repeat("?,", len(rows[0])), ",")+")")
		must(err)
		for _, row := range rows {
			_, err := insert.ExecContext(ctx, row...)
			must(err)
		}
		must(insert.Close())
	}
	_, err = conn.ExecContext(ctx, "COMMIT")
	must(err)
}
