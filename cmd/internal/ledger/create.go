package ledger

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"tallystick/cmd/internal/durable"
	"tallystick/keys"
	"tallystick/reserve"
)

//go:embed schema/*.sql
var schemaFiles embed.FS

// schema makes the tables; its files are in the order of their names.
var schema = func() string {
	var all strings.Builder
	names, err := fs.Glob(schemaFiles, "schema/*.sql")
	for _, name := range names {
		content, failed := schemaFiles.ReadFile(name)
		err = errors.Join(err, failed)
		all.Write(content)
	}
	if err != nil {
		panic("ledger: " + err.Error()) // they are part of the program
	}
	return all.String()
}()

// A Genesis is what a ledger begins with.
type Genesis struct {
	ID      [16]byte // random; names the ledger
	Created time.Time
	Roots   [][]byte        // signed trust roots, version 1 first
	Catalog []byte          // canonical, the one the newest root names
	Actor   string          // who made it
	Body    []byte          // JSON of the first journal entry, whose kind is "create"
	Signer  keys.PrivateKey // of the first journal entry; listed in the newest root
	Log     keys.PrivateKey // of the first checkpoint; listed there for it
}

// Create makes a ledger at path, readable for its owner alone. The file appears whole or not at
// all. Refusals are AlreadyInit, when anything is at path or a leftover of another ledger beside
// it, and those of reserve.NewTrust.
func Create(path string, g Genesis) error {
	if g.ID == [16]byte{} {
		return errors.New("ledger: a ledger needs an ID")
	}
	if err := checkVacant(path); err != nil {
		return err
	}
	temporary, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".new-*") // mode 0600
	if err != nil {
		return fmt.Errorf("creating ledger: %w", err)
	}
	name := temporary.Name()
	defer removeDatabase(name)
	if err := temporary.Close(); err != nil {
		return fmt.Errorf("creating ledger: %w", err)
	}
	if err := fill(name, g); err != nil {
		return err
	}
	if err := publish(name, path); err != nil {
		return err
	}
	return durable.SyncDir(filepath.Dir(path))
}

// checkVacant refuses to write over anything. SQLite would play a -wal or -journal that another
// ledger left behind into the new one.
func checkVacant(path string) error {
	for _, suffix := range []string{"", "-wal", "-shm", "-journal"} {
		_, err := os.Lstat(path + suffix)
		if err == nil {
			return reserve.Refuse(reserve.AlreadyInit, "%q exists already; nothing is written over it", path+suffix)
		}
		if !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("creating ledger: %w", err)
		}
	}
	return nil
}

// fill writes a whole ledger into an empty file.
func fill(path string, g Genesis) (err error) {
	l := &Ledger{path: path, id: g.ID}
	if l.file, err = filepath.Abs(path); err != nil {
		return fmt.Errorf("creating ledger: %w", err)
	}
	defer func() {
		if closing := l.Close(); err == nil {
			err = closing
		}
	}()
	ctx := context.Background()
	if err := l.connect(ctx); err != nil {
		return l.explain(ctx, err)
	}
	if err := sqlite.prepare(l.conn); err != nil {
		return l.explain(ctx, err)
	}
	// In rollback mode what is committed is in the one file. Only then the file is marked for WAL.
	if err := l.run(ctx, "BEGIN IMMEDIATE", func(tx *Tx) error { return tx.begin(g) }, "COMMIT"); err != nil {
		return err
	}
	return l.explain(ctx, l.setWAL(ctx))
}

func (tx *Tx) begin(g Genesis) error {
	header := fmt.Sprintf("PRAGMA application_id = %d; PRAGMA user_version = %d;", applicationID, schemaVersion)
	if _, err := tx.l.conn.ExecContext(tx.ctx, header+schema); err != nil {
		return tx.explain(err)
	}
	if err := tx.execOne("ledger", "INSERT INTO ledger (one, id) VALUES (1, $1)", g.ID[:]); err != nil {
		return err
	}
	t, err := reserve.NewTrust(g.Roots, g.Catalog)
	if err != nil {
		return err
	}
	for _, root := range t.Roots().Roots() {
		if err := tx.insertRoot(root, t.Catalog()); err != nil {
			return err
		}
	}
	_, err = tx.Append(Event{Time: g.Created, Kind: CreateKind, Actor: g.Actor, Body: g.Body, Signer: g.Signer, Log: g.Log})
	return err
}

// CreateKind is the kind of a journal's first entry.
const CreateKind = "create"

// publish gives the finished file its name, unless something has it meanwhile.
func publish(from, to string) error {
	err := os.Link(from, to)
	if errors.Is(err, fs.ErrExist) {
		return reserve.Refuse(reserve.AlreadyInit, "%q exists already; nothing is written over it", to)
	}
	if err == nil {
		return nil
	}
	// A file system without hard links, such as FAT: claim the name, then put the file there.
	claim, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, privateMode)
	if errors.Is(err, fs.ErrExist) {
		return reserve.Refuse(reserve.AlreadyInit, "%q exists already; nothing is written over it", to)
	}
	if err != nil {
		return fmt.Errorf("creating ledger: %w", err)
	}
	if err := errors.Join(claim.Close(), os.Rename(from, to)); err != nil {
		return errors.Join(fmt.Errorf("creating ledger: %w", err), os.Remove(to))
	}
	return nil
}

// removeDatabase takes away a temporary file and what SQLite may have left beside it.
func removeDatabase(path string) {
	for _, suffix := range []string{"", "-wal", "-shm", "-journal"} {
		_ = os.Remove(path + suffix)
	}
}
