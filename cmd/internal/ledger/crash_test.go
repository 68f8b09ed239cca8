package ledger

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"tallystick/reserve"
)

// snapshot copies the files of a ledger as a power cut would leave them, with only the first bytes
// of the -wal; all of it for a negative size.
func snapshot(t *testing.T, l *Ledger, walSize int) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "crashed.db")
	for _, suffix := range []string{"", "-wal"} {
		content, err := os.ReadFile(l.Path() + suffix)
		if err != nil {
			t.Fatal(err)
		}
		if suffix == "-wal" && walSize >= 0 {
			content = content[:min(walSize, len(content))]
		}
		if err := os.WriteFile(path+suffix, content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return path
}

func head(t testing.TB, l *Ledger) (sequence uint32) {
	t.Helper()
	view(t, l, func(tx *Tx) (err error) { sequence, _, err = tx.Head(); return err })
	return sequence
}

// Wherever the -wal ends, the ledger opens, is whole, and has everything up to some transaction.
func TestPowerCutAnywhereInTheLog(t *testing.T) {
	l := newLedger(t)
	lot := addLot(t, l, "premier", 1000, 0)
	d := enroll(t, l, newInstance("CRASH"))
	for n := range uint32(4) {
		if err := l.Update(context.Background(), func(tx *Tx) error {
			_, err := acme.issueTo(tx, d.ID, draw(lot, 3, n+1))
			return err
		}); err != nil {
			t.Fatal(err)
		}
	}
	wal, err := os.Stat(l.Path() + "-wal")
	if err != nil {
		t.Fatal(err)
	}
	last, states := uint32(0), 0
	for size := 0; size <= int(wal.Size()); size += 3001 {
		crashed := reopen(t, snapshot(t, l, size))
		verified(t, crashed)
		at := head(t, crashed)
		if at < last {
			t.Errorf("with %d bytes of the log the head is %d, with fewer it was %d", size, at, last)
		}
		if at > last {
			states++
		}
		last = at
		if at > 4 { // the authorizations
			view(t, crashed, func(tx *Tx) error {
				if n, c := len(must(tx.Authorizations(d.ID))), must(tx.Charges(d.ID)); uint32(n) != c[0].Count || uint32(n) != at-4 {
					t.Errorf("at entry %d: %d authorizations, charged %+v", at, n, c)
				}
				return nil
			})
		}
	}
	if states < 5 {
		t.Errorf("only %d different states seen", states)
	}
	if all := reopen(t, snapshot(t, l, -1)); head(t, all) != head(t, l) {
		t.Error("the whole log does not give the whole ledger")
	}
}

// What a transaction did is nowhere before its commit, and everywhere after it.
func TestCrashAtEachPoint(t *testing.T) {
	type point struct {
		name      string
		path      string
		committed bool
	}
	l := newLedger(t)
	lot := addLot(t, l, "premier", 10, 0)
	d := enroll(t, l, newInstance("POINT"))
	before := head(t, l)
	var points []point
	at := func(name string, committed bool) {
		points = append(points, point{name, snapshot(t, l, -1), committed})
	}
	at("before", false)
	err := l.Update(context.Background(), func(tx *Tx) error {
		at("begun", false)
		_, err := acme.issueTo(tx, d.ID, draw(lot, 3, 4))
		at("written", false)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	at("committed", true)
	for _, p := range points {
		crashed := reopen(t, p.path)
		verified(t, crashed)
		want, numbers := before, 0
		if p.committed {
			want, numbers = before+1, 1
		}
		if got := head(t, crashed); got != want {
			t.Errorf("%s: head is %d, want %d", p.name, got, want)
		}
		view(t, crashed, func(tx *Tx) error {
			if n := len(must(tx.Authorizations(d.ID))); n != numbers {
				t.Errorf("%s: %d authorizations, want %d", p.name, n, numbers)
			}
			return nil
		})
		if err := crashed.Update(context.Background(), func(tx *Tx) error {
			_, err := acme.issueTo(tx, d.ID, draw(lot, 3, 10))
			return err
		}); err != nil {
			t.Errorf("%s: going on: %v", p.name, err)
		}
	}
}

// A file written by one engine is the same ledger to the other, which may read it.
func TestOtherEngine(t *testing.T) {
	l := busyLedger(t)
	path := copyLedger(t, l)
	if err := reopenOnce(path); err != nil { // brings everything into the one file
		t.Fatal(err)
	}
	own := sqlite
	defer func() { sqlite = own }()
	if sqlite = second; own.name == second.name {
		sqlite = production
	}
	sqlite.reserved = own.reserved
	other, err := OpenReadOnly(path)
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	verified(t, other)
	if head(t, other) != head(t, l) {
		t.Error("the other engine sees another ledger")
	}
}

func TestHostileText(t *testing.T) {
	l := newLedger(t)
	d := enroll(t, l, newInstance("TEXT"))
	for _, text := range []string{"", "\x1b]0;owned\a", "'; DROP TABLE lot; --", "\u202ecba", "%s%n", "日本語", "\r\n\t", `\"`, "\U0010ffff"} {
		update(t, l, func(tx *Tx) error {
			lot, err := tx.AddLot(NewLot{Account: plant7, Tag: "ports", Quantity: 1, Starts: testToday, Reference: text})
			if err != nil {
				return err
			}
			if err := tx.SetLabel(d.ID, text); err != nil {
				return err
			}
			got, _, err := tx.Lot(lot)
			if label := must(tx.Device(d.ID)).Label; got.Reference != text || label != text {
				t.Errorf("%q came back as %q and %q", text, got.Reference, label)
			}
			if text != "" {
				if err := tx.AddOperation(Operation{ID: text, Verb: "test"}); err != nil {
					return err
				}
				if _, found, err := tx.Operation(text, "test", [32]byte{}); err != nil || !found {
					t.Errorf("operation %q: found %v, %v", text, found, err)
				}
			}
			return err
		})
	}
	for _, text := range []string{"\xff", "a\x00b", string(make([]byte, 300))} {
		err := l.Update(context.Background(), func(tx *Tx) error { return tx.SetLabel(d.ID, text) })
		if !refusedAs(err, reserve.InvalidName) {
			t.Errorf("%q: %v", text, err)
		}
	}
	for _, path := range []string{"", "/", "a/", "/a", "A", "a b", "a//b", "ä", "a/../b", "..", ".a", "-a", "a/b/c/d/e/f/g/h/i",
		fmt.Sprintf("a%032d", 0), "a\x00", "a\n"} {
		if p, err := ParsePath(path); !refusedAs(err, reserve.InvalidName) || !p.IsZero() {
			t.Errorf("account %q: %v", path, err)
		}
	}
	verified(t, l)
}
