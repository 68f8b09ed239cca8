package ledger

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tallystick/keys"
	"tallystick/reserve"
)

// vfsParameter is what the name of a database ends with that is opened behind the ledger's back.
func vfsParameter() string {
	if sqlite.vfs == "" {
		return ""
	}
	return "&vfs=" + sqlite.vfs
}

// openBare opens the file as any SQLite tool would, with checks and references off.
func openBare(t *testing.T, path string) *sql.DB {
	t.Helper()
	db, err := sql.Open(sqlite.name, "file:"+path+"?_pragma=busy_timeout(1000)&_pragma=ignore_check_constraints(1)&_pragma=foreign_keys(0)"+vfsParameter())
	if err != nil {
		t.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	return db
}

// tamper runs statements behind the ledger's back; its triggers are in force.
func tamper(t *testing.T, path string, statements ...string) {
	t.Helper()
	db := openBare(t, path)
	defer db.Close()
	for _, s := range statements {
		if result, err := db.Exec(s); err != nil {
			t.Fatalf("%s: %v", s, err)
		} else if n, _ := result.RowsAffected(); n == 0 && strings.HasPrefix(s, "UPDATE") {
			t.Fatalf("%s: nothing changed", s)
		}
	}
}

// without returns statements that drop a trigger and put it back as it was around others.
func without(t *testing.T, trigger string, statements ...string) []string {
	at := strings.Index(schema, "CREATE TRIGGER "+trigger+" ")
	if at < 0 {
		t.Fatalf("no trigger %q", trigger)
	}
	end := at + strings.Index(schema[at:], "END;") + len("END;")
	return append(append([]string{"DROP TRIGGER " + trigger}, statements...), schema[at:end])
}

func copyLedger(t *testing.T, l *Ledger) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "copy.db")
	view(t, l, func(*Tx) error {
		for _, suffix := range []string{"", "-wal"} {
			content, err := os.ReadFile(l.Path() + suffix)
			if err == nil {
				err = os.WriteFile(path+suffix, content, 0o600)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
	return path
}

// tampering is what somebody without an officer's key may do to busyLedger with SQLite's own tools,
// and what of it Verify names.
func tampering(t *testing.T) map[string]change {
	return map[string]change{
		"actor": {without(t, "journal_update", "UPDATE journal SET actor = 'mallory' WHERE sequence = 2"),
			"journal entry 2: its content was changed"},
		"body":    {without(t, "journal_update", "UPDATE journal SET body = x'5b5d' WHERE sequence = 5"), "journal entry 5: its content"},
		"subject": {without(t, "journal_update", "UPDATE journal SET subject = '' WHERE sequence = 5"), "journal entry 5: its content"},
		"unsigned": {without(t, "journal_update", "UPDATE journal SET signer = x'', signature = x'' WHERE sequence = 5"),
			"journal entry 5: its content"},
		"signature": {without(t, "journal_update", "UPDATE journal SET signature = zeroblob(64) WHERE sequence = 5"),
			"journal entry 5: its content"},
		"entry gone": {without(t, "journal_delete", "DELETE FROM journal WHERE sequence = 3"), "journal entry 3: it is missing"},
		"end of the chain": {without(t, "journal_update", "UPDATE journal SET hash = zeroblob(32) WHERE sequence = 3"),
			"journal entry 3: its content"},
		"trigger dropped":   {[]string{"DROP TRIGGER journal_delete"}, `the trigger "journal_delete" is missing`},
		"table added":       {[]string{"CREATE TABLE extra (x)"}, `the table "extra" is none of a ledger's`},
		"another ledger":    {without(t, "ledger_update", "UPDATE ledger SET id = zeroblob(16)"), "journal entry 1: it does not follow"},
		"charge dropped":    {[]string{"DELETE FROM charge", "UPDATE lot SET reserved = 0, in_transit = 0, coming_back = 0"}, "does not follow from its authorizations"},
		"reserved lowered":  {[]string{"UPDATE lot SET reserved = 1"}, `license "1" has reserved something else`},
		"needed less":       {[]string{"UPDATE lot SET coming_back = 1"}, `license "1" has reserved something else`},
		"given up":          {[]string{"UPDATE charge SET coming_back = 1", "UPDATE lot SET coming_back = 1"}, "does not follow from its authorizations"},
		"bought more":       {[]string{"UPDATE lot SET quantity = 1000"}, `rows of "lot_history" refer to what is not there in "journal"`},
		"bought in secret":  {without(t, "lot_set", "UPDATE lot SET quantity = 1000"), "than its history says"},
		"always had more":   {without(t, "lot_history_update", "UPDATE lot_history SET quantity = 1000"), "what the ledger got with it was changed"},
		"never ends":        {without(t, "lot_update", "UPDATE lot SET ends = 1 + starts"), "what the ledger got with it was changed"},
		"account switched":  {without(t, "account_set", "UPDATE account SET export_control = 1 - export_control"), "than its history says"},
		"device moved":      {without(t, "device_set", "UPDATE device SET account = 1"), "than its history says"},
		"device let go":     {[]string{"UPDATE device SET floor = 1000"}, "don't lead to what the books say"},
		"marked dead":       {[]string{"UPDATE authorization SET dead = 1 WHERE number = 2"}, "don't lead to what the books say"},
		"draw lowered":      {without(t, "draw_update", "UPDATE draw SET count = 1 WHERE number = 2"), "journal entry 6: what the ledger got"},
		"draw changed back": {append(without(t, "draw_update", "UPDATE draw SET count = 1 WHERE number = 2"), without(t, "draw_update", "UPDATE draw SET count = 3 WHERE number = 2")...), ""},
		"code changed": {without(t, "authorization_update",
			"UPDATE authorization SET body = CAST(substr(body, 1, length(body) - 1) || x'00' AS BLOB) WHERE number = 2"), "journal entry 6: what the ledger got"},
		"code not received": {without(t, "received_delete", "DELETE FROM received WHERE kind = 'confirmation'"), "journal entry 7: what the ledger got"},
		"serial changed":    {without(t, "device_update", "UPDATE device SET serial = 'OTHER'"), "journal entry 4: what the ledger got"},
		"tag changed":       {without(t, "entitlement_update", "UPDATE entitlement SET tag = 'other' WHERE id = 3"), `entitlement 3 is called "other"`},
		"old catalog":       {without(t, "catalog_insert", "INSERT INTO catalog (digest, raw, sequence) VALUES (zeroblob(32), x'7b7d', 1)"), "was changed"},
		"root changed":      {without(t, "root_update", "UPDATE root SET signed = CAST(substr(signed, 1, length(signed) - 1) || x'00' AS BLOB)"), "trust roots do not verify"},
		"catalog changed":   {without(t, "catalog_update", "UPDATE catalog SET raw = x'7b7d'"), "trust roots do not verify"},
		"node changed":      {without(t, "node_update", "UPDATE node SET hash = zeroblob(32) WHERE level = 2 AND n = 0"), "node 0 of level 2 of the tree"},
		"node gone":         {without(t, "node_delete", "DELETE FROM node WHERE level = 1 AND n = 1"), "journal entry 4: node 1 of level 1"},
		"node added":        {[]string{"INSERT INTO node (level, n, hash) VALUES (9, 9, zeroblob(32))"}, "and 1 nodes of the tree of more, up to 5120"},
		"checkpoint forged": {without(t, "checkpoint_update", "UPDATE checkpoint SET note = replace(note, char(10) || size || char(10), char(10) || (size + 1) || char(10)) WHERE size = 2"),
			"journal entry 2: checkpoint of 3 entries: no key"},
		"checkpoint gone":   {without(t, "checkpoint_delete", "DELETE FROM checkpoint WHERE size = 4"), "journal entry 5: what the ledger got"},
		"last one gone":     {without(t, "checkpoint_delete", "DELETE FROM checkpoint WHERE size > 8"), "no checkpoint covers it"},
		"owner of a device": {[]string{"UPDATE device SET account = 99"}, `rows of "device" refer to what is not there in "account": 1, the first in row 1`},
	}
}

type change struct {
	statements []string
	finding    string
}

func TestVerifyFindsTampering(t *testing.T) {
	whole := busyLedger(t)
	for name, c := range tampering(t) {
		t.Run(name, func(t *testing.T) {
			path := copyLedger(t, whole)
			tamper(t, path, c.statements...)
			checkFinding(t, reopen(t, path), c.finding)
		})
	}
}

// checkFinding audits a ledger and looks for a text among what was found; "" is nothing at all.
func checkFinding(t *testing.T, l *Ledger, finding string) {
	t.Helper()
	found, err := l.Audit(context.Background(), Evidence{Trust: acme.trust}, nil)
	if err != nil {
		t.Fatal(err)
	}
	var texts []string
	for _, d := range found.Differences {
		texts = append(texts, d.Error())
	}
	all := strings.Join(texts, "\n")
	if finding == "" && all != "" || !strings.Contains(all, finding) {
		t.Errorf("found:\n%s\nwant: %s", all, finding)
	}
}

// Devices are checked on their own as well: an officer may have signed for what doesn't add up.
func TestVerifyDevices(t *testing.T) {
	whole := busyLedger(t)
	for finding, statements := range map[string][]string{
		"":                                       nil,
		"authorization 1: ":                      without(t, "authorization_update", "UPDATE authorization SET body = CAST(substr(body, 1, length(body) - 1) || x'00' AS BLOB) WHERE number = 1"),
		"says something else than what was":      without(t, "draw_update", "UPDATE draw SET count = 1 WHERE number = 2"),
		"don't lead to what the books say of it": without(t, "received_delete", "DELETE FROM received WHERE kind = 'confirmation'"),
		"code of journal entry":                  without(t, "received_update", "UPDATE received SET body = zeroblob(13) WHERE kind = 'confirmation'"),
		"its request is of":                      without(t, "device_update", "UPDATE device SET serial = 'OTHER'"),
	} {
		path := copyLedger(t, whole)
		tamper(t, path, statements...)
		checkFinding(t, reopen(t, path), finding)
	}
}

// Who has no officer's key can make the chain longer, but not with anything that counts.
func TestUnsignedEntries(t *testing.T) {
	l := newLedger(t)
	d := enroll(t, l, newInstance("UNSIGNED"))
	addLot(t, l, "premier", 1, 0)
	for name, change := range map[string]func(*Tx) error{
		"account": func(tx *Tx) error { return tx.AddAccount(Path{"mallory"}, Settings{}) },
		"setting": func(tx *Tx) error { return tx.SetAccount(plant7, Settings{ExportControl: true}) },
		"lot": func(tx *Tx) error {
			_, err := tx.AddLot(NewLot{Account: plant7, Tag: "premier", Quantity: 1, Starts: testToday})
			return err
		},
		"enroll":    func(tx *Tx) error { _, _, err := tx.EnrollDevice(newInstance("MALLORY").Request(), plant7); return err },
		"label":     func(tx *Tx) error { return tx.SetLabel(d.ID, "mine") },
		"move":      func(tx *Tx) error { return tx.MoveDevice(d.ID, Path{"acme"}) },
		"move lot":  func(tx *Tx) error { _, err := tx.MoveLot(1, 1, Path{"acme"}); return err },
		"supersede": func(tx *Tx) error { return tx.SupersedeDevice(d.ID) },
		"operation": func(tx *Tx) error { return tx.AddOperation(Operation{ID: "op", Verb: "x"}) },
	} {
		err := l.Update(context.Background(), func(tx *Tx) error {
			if err := change(tx); err != nil {
				t.Errorf("%s: %v", name, err)
			}
			_, err := tx.Append(unsigned("test"))
			return err
		})
		if !refusedAs(err, reserve.RoleMissing) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := l.Update(context.Background(), func(tx *Tx) error { _, err := tx.Append(unsigned("reprint")); return err }); err != nil {
		t.Errorf("an entry about nothing: %v", err)
	}
	verified(t, l)
}

// Nor if it doesn't use this package, but computes the entry itself.
func TestForgedEntry(t *testing.T) {
	l := newLedger(t)
	err := l.Update(context.Background(), func(tx *Tx) error {
		if _, err := tx.AddLot(NewLot{Account: plant7, Tag: "premier", Quantity: 1, Starts: testToday}); err != nil {
			return err
		}
		last, previous, err := tx.Head()
		if err != nil {
			return err
		}
		content, _, err := tx.content(last+1, nil)
		if err != nil {
			return err
		}
		defer clear(tx.state.touched)
		return tx.insertEntry(Entry{Sequence: last + 1, Time: testNow, Kind: "license", Actor: "alice", Body: []byte("{}"),
			Content: content, Previous: previous}.Seal(keys.PrivateKey{}))
	})
	if err != nil {
		t.Fatal(err)
	}
	checkFinding(t, l, "nobody signed it")
}

// A whole ledger made anew by somebody who has no key of the issuer is another issuer's.
func TestVerifyAgainstTrust(t *testing.T) {
	other := newOffice("mallory")
	path := filepath.Join(t.TempDir(), "ledger.db")
	if err := Create(path, other.genesis()); err != nil {
		t.Fatal(err)
	}
	l := reopen(t, path)
	if err := l.Verify(context.Background(), reserve.Trust{}, nil); err != nil {
		t.Errorf("against itself: %v", err)
	}
	var d *Difference
	if err := l.Verify(context.Background(), acme.trust, nil); !errors.As(err, &d) {
		t.Errorf("against another issuer's trust: %v", err)
	}
}

func TestVerifyProgress(t *testing.T) {
	l := busyLedger(t)
	var done, total uint64
	if err := l.Verify(context.Background(), acme.trust, func(d, of uint64) { done, total = d, of }); err != nil {
		t.Fatal(err)
	}
	if done == 0 || done != total {
		t.Errorf("ended at %d of %d", done, total)
	}
}
