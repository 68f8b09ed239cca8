package ledger

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"tallystick/keys"
	"tallystick/reserve"
)

// busyLedger is one in which something of everything has happened.
func busyLedger(t testing.TB) *Ledger {
	l := newLedger(t)
	lot := addLot(t, l, "premier", 10, 0)
	i := newInstance("BUSY")
	d := enroll(t, l, i)
	ctx := context.Background()
	var a reserve.Authorization
	for _, count := range []uint32{2, 3} {
		if err := l.Update(ctx, func(tx *Tx) (err error) { a, err = acme.issueTo(tx, d.ID, draw(lot, 3, count)); return err }); err != nil {
			t.Fatal(err)
		}
	}
	installed, _, err := reserve.Install(i, a.Body(), testNow)
	if err != nil {
		t.Fatal(err)
	}
	next, report := reserve.Report(installed)
	if err := l.Update(ctx, func(tx *Tx) error { return receive(tx, d.ID, next.(reserve.Reserved).Receipt()) }); err != nil {
		t.Fatal(err)
	}
	if err := l.Update(ctx, func(tx *Tx) error { return takeReport(tx, d.ID, report) }); err != nil {
		t.Fatal(err)
	}
	update(t, l, func(tx *Tx) error {
		return tx.AddOperation(Operation{ID: "op-1", Verb: "authorize", Result: []byte("{}")})
	})
	verified(t, l)
	return l
}

func TestAppendOnly(t *testing.T) {
	l := busyLedger(t)
	for _, statement := range []string{
		"UPDATE journal SET actor = 'mallory' WHERE sequence = 2",
		"DELETE FROM journal WHERE sequence = 2",
		"DELETE FROM journal",
		"INSERT OR REPLACE INTO journal SELECT sequence, time, kind, 'mallory', subject, body, content, previous, hash, signer, signature FROM journal WHERE sequence = 2",
		"INSERT INTO journal SELECT sequence + 100, time, kind, actor, subject, body, content, previous, hash, signer, signature FROM journal WHERE sequence = 2",
		"INSERT INTO journal SELECT (SELECT max(sequence) + 1 FROM journal), time, kind, actor, subject, body, content, previous, hash, signer, signature FROM journal WHERE sequence = 2",
		"UPDATE ledger SET id = zeroblob(16)", "DELETE FROM ledger",
		"UPDATE root SET signed = x'00'", "DELETE FROM root", "UPDATE catalog SET raw = x'00'", "DELETE FROM catalog",
		"UPDATE entitlement SET tag = 'other' WHERE id = 3", "DELETE FROM entitlement",
		"UPDATE authorization SET body = x'00'", "UPDATE authorization SET digest = zeroblob(8)", "UPDATE authorization SET number = number + 5",
		"UPDATE authorization SET dead = 0", "DELETE FROM authorization",
		"INSERT OR REPLACE INTO authorization SELECT device, number, sequence, day, operation, digest, x'00', rebased, dead FROM authorization WHERE number = 1",
		"UPDATE draw SET count = 1", "DELETE FROM draw", "UPDATE received SET body = x'00'", "DELETE FROM received",
		"UPDATE operation SET result = x'00'", "DELETE FROM operation",
		"DELETE FROM device", "UPDATE device SET request = x'00'", "UPDATE device SET did = zeroblob(32)", "UPDATE device SET floor = 0",
		"UPDATE device SET known = 0", "UPDATE device SET seen = 0", "UPDATE device SET statements = 0",
		"DELETE FROM lot", "DELETE FROM account", "UPDATE lot SET entitlement = 1", "UPDATE lot SET ends = 9999", "UPDATE account SET path = 'x'",
		"UPDATE lot_history SET quantity = 1", "DELETE FROM lot_history", "DELETE FROM account_history", "DELETE FROM device_history",
		"UPDATE lot SET quantity = 99", "UPDATE device SET label = 'x'", "UPDATE account SET holding = 1", // nothing journaled
		"INSERT INTO lot (account, entitlement, quantity, starts, ends, reference, sequence) VALUES (1, 1, 1, 1, 0, '', 2)",
		"UPDATE lot SET reserved = quantity + 1", "UPDATE lot SET reserved = -1", "UPDATE lot SET quantity = 1", "UPDATE lot SET in_transit = 9",
		"UPDATE lot SET coming_back = reserved + 1", "UPDATE charge SET coming_back = count + 1",
		"INSERT INTO charge VALUES (1, 99, 1, 0, 0)", "INSERT INTO charge VALUES (1, 1, 0, 0, 0)", "UPDATE device SET standing = 'gone'",
		"UPDATE lot SET quantity = 'many'",
	} {
		if _, err := l.conn.ExecContext(context.Background(), statement); err == nil {
			t.Errorf("done: %s", statement)
		}
	}
	verified(t, l)
}

func TestAppend(t *testing.T) {
	l := newLedger(t)
	stranger := must(keys.NewPrivateKey(testRand("stranger")))
	for name, c := range map[string]struct {
		change func(*Event)
		reason reserve.Reason
	}{
		"not listed":     {func(e *Event) { e.Signer = stranger }, reserve.RoleMissing},
		"no kind":        {func(e *Event) { e.Kind = "" }, reserve.InvalidName},
		"not UTF-8":      {func(e *Event) { e.Actor = "\xff" }, reserve.InvalidName},
		"NUL":            {func(e *Event) { e.Subject = "a\x00b" }, reserve.InvalidName},
		"too long":       {func(e *Event) { e.Subject = strings.Repeat("x", 513) }, reserve.InvalidName},
		"too much":       {func(e *Event) { e.Body = []byte(`"` + strings.Repeat("x", MaxBody) + `"`) }, reserve.OutOfRange},
		"not JSON":       {func(e *Event) { e.Body = []byte("{") }, ""},
		"most that fits": {func(e *Event) { e.Body = []byte(`"` + strings.Repeat("x", MaxBody-2) + `"`) }, "done"},
	} {
		e := event("test")
		c.change(&e)
		err := l.Update(context.Background(), func(tx *Tx) error {
			next := must(tx.NextSequence())
			entry, err := tx.Append(e)
			if err == nil && entry.Sequence != next {
				t.Errorf("%s: entry %d, announced as %d", name, entry.Sequence, next)
			}
			return err
		})
		switch {
		case c.reason == "done" && err != nil, c.reason == "" && err == nil,
			c.reason != "" && c.reason != "done" && !refusedAs(err, c.reason):
			t.Errorf("%s: %v", name, err)
		}
	}
	verified(t, l)
}

func TestHostileEntry(t *testing.T) {
	l := newLedger(t)
	hostile := "\x1b[2J\u202e\r\n'; DROP TABLE journal; --"
	e := event("test")
	e.Actor, e.Subject = hostile, hostile
	if err := l.Update(context.Background(), func(tx *Tx) error { _, err := tx.Append(e); return err }); err != nil {
		t.Fatal(err)
	}
	view(t, l, func(tx *Tx) error {
		for e, err := range tx.Entries(EntryFilter{Subject: hostile}) {
			if err != nil || e.Actor != hostile {
				t.Errorf("came back as %+v, %v", e, err)
			}
			return nil
		}
		t.Error("not found by its subject")
		return nil
	})
	verified(t, l)
}

func TestEntries(t *testing.T) {
	l := newLedger(t)
	for i := range 3 * entryPage {
		if err := l.Update(context.Background(), func(tx *Tx) error {
			_, err := tx.Append(Event{Time: testNow.Add(time.Duration(i) * time.Hour), Kind: []string{"a", "b"}[i%2], Actor: "alice",
				Subject: fmt.Sprint("s", i%3), Body: []byte("{}")})
			return err
		}); err != nil {
			t.Fatal(err)
		}
	}
	for name, c := range map[string]struct {
		filter EntryFilter
		want   int
	}{
		"all":      {EntryFilter{}, 2 + 3*entryPage},
		"after":    {EntryFilter{After: 2}, 3 * entryPage},
		"kind":     {EntryFilter{Kind: "a"}, 3 * entryPage / 2},
		"subject":  {EntryFilter{Subject: "s1"}, entryPage},
		"time":     {EntryFilter{After: 2, Since: testNow.Add(time.Hour), Before: testNow.Add(4 * time.Hour)}, 3},
		"actor":    {EntryFilter{Actor: "bob"}, 0},
		"signer":   {EntryFilter{Signer: acme.issue.Public().Fingerprint()}, 2},
		"mentions": {EntryFilter{Mentions: "cme"}, 1},
	} {
		view(t, l, func(tx *Tx) error {
			n, last := 0, uint32(0)
			for e, err := range tx.Entries(c.filter) {
				if err != nil || e.Sequence <= last {
					t.Fatalf("%s: entry %d after %d, %v", name, e.Sequence, last, err)
				}
				n, last = n+1, e.Sequence
			}
			if n != c.want {
				t.Errorf("%s: %d entries, want %d", name, n, c.want)
			}
			return nil
		})
	}
}
