package ledger

import (
	"context"
	"os"
	"strings"
	"sync"
	"testing"

	"tallystick/reserve"
)

// keep is what somebody writes down of a ledger.
func keep(t *testing.T, l *Ledger) (k Kept) {
	t.Helper()
	view(t, l, func(tx *Tx) (err error) {
		if k.Tree, err = tx.Tree(); err == nil {
			k.Origin, err = tx.Origin(k.Tree.Size)
		}
		return err
	})
	k.Name = `the checkpoint "may.txt"`
	return k
}

func auditAgainst(t *testing.T, l *Ledger, e Evidence) string {
	t.Helper()
	found, err := l.Audit(context.Background(), e, nil)
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, d := range found.Differences {
		list = append(list, d.Error())
	}
	return strings.Join(list, "\n")
}

// A ledger whose end was cut off in every table is whole, and so is another history. Only what was
// kept elsewhere tells.
func TestKept(t *testing.T) {
	l := busyLedger(t)
	old := keep(t, l)
	cut, other, recovered := reopen(t, copyLedger(t, l)), reopen(t, copyLedger(t, l)), reopen(t, copyLedger(t, l))
	for range 3 {
		addLot(t, l, "premier", 1, 0)
	}
	kept := keep(t, l)
	for range 5 {
		addLot(t, other, "premier", 2, 0)
	}
	update(t, recovered, func(tx *Tx) error { return tx.BeginRecovery(kept.Tree, 1) })
	for name, c := range map[string]struct {
		ledger *Ledger
		kept   Kept
		want   string
	}{
		"itself":                 {l, kept, ""},
		"grown since":            {l, old, ""},
		"end cut off":            {cut, kept, `it has 9 journal entries where the checkpoint "may.txt" has 12: its end was cut off`},
		"another history":        {other, kept, `its first 12 journal entries are not those of the checkpoint "may.txt"`},
		"common part":            {other, old, ""},
		"recovered":              {recovered, kept, `is of books that were lost: those that were recovered go on from journal entry 10`},
		"before the recovery":    {recovered, old, ""},
		"another ledger's":       {l, Kept{kept.Name, "tallystick/00/1", kept.Tree}, `is of log "tallystick/00/1"`},
		"an epoch still to come": {l, Kept{kept.Name, keep(t, recovered).Origin, kept.Tree}, `is of log "tallystick/01020300000000000000000000000000/2"`},
	} {
		got := auditAgainst(t, c.ledger, Evidence{Trust: acme.trust, Kept: []Kept{c.kept}})
		if got == "" != (c.want == "") || !strings.Contains(got, c.want) {
			t.Errorf("%s: found %q, want %q", name, got, c.want)
		}
	}
}

// A trust bundle that goes further than the ledger shows that the ledger's end is missing.
func TestNewerTrust(t *testing.T) {
	l := busyLedger(t)
	old := reopen(t, copyLedger(t, l))
	update(t, l, func(tx *Tx) error { return acme.renew(tx, 0) })
	var newer reserve.Trust
	view(t, l, func(tx *Tx) (err error) { newer, err = tx.Trust(); return err })
	if got := auditAgainst(t, l, Evidence{Trust: newer}); got != "" {
		t.Errorf("its own trust: %s", got)
	}
	if got := auditAgainst(t, l, Evidence{Trust: acme.trust}); got != "" {
		t.Errorf("older trust: %s", got)
	}
	if got := auditAgainst(t, old, Evidence{Trust: newer}); !strings.Contains(got, "version 1 where the trust bundle has version 2") {
		t.Errorf("newer trust: %q", got)
	}
}

// The same differences are found in the same order, whoever of the workers finds them, and no more
// are listed than fit.
func TestFindingsAreTheSame(t *testing.T) {
	l := newLedger(t)
	for range 600 { // more than a block
		if err := l.Update(context.Background(), func(tx *Tx) error {
			for range 3 {
				if _, err := tx.Append(unsigned("test")); err != nil {
					return err
				}
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	}
	path := copyLedger(t, l)
	tamper(t, path, without(t, "journal_update", "UPDATE journal SET actor = 'mallory' WHERE sequence % 10 = 0")...)
	tampered := reopen(t, path)
	var first Findings
	for range 5 {
		found, err := tampered.Audit(context.Background(), Evidence{Trust: acme.trust}, nil)
		if err != nil {
			t.Fatal(err)
		}
		if first.Differences == nil {
			first = found
		}
		if len(found.Differences) != MaxDifferences || found.More != first.More || found.Tree != first.Tree {
			t.Fatalf("%d differences and %d more, tree %v", len(found.Differences), found.More, found.Tree)
		}
		for i, d := range found.Differences {
			if d != first.Differences[i] || d.Sequence != uint32(10*i+10) {
				t.Fatalf("difference %d is %v", i, d)
			}
		}
	}
	if first.More != 180-MaxDifferences {
		t.Errorf("%d more differences", first.More)
	}
}

// An audit sees one moment, whatever others write meanwhile.
func TestAuditWhileOthersWrite(t *testing.T) {
	l := busyLedger(t)
	other := reopen(t, l.Path())
	done := make(chan struct{})
	var group sync.WaitGroup
	group.Go(func() {
		for {
			select {
			case <-done:
				return
			default:
				if err := other.Update(context.Background(), func(tx *Tx) error { _, err := tx.Append(unsigned("test")); return err }); err != nil {
					t.Error(err)
				}
			}
		}
	})
	for range 10 {
		verified(t, l)
	}
	close(done)
	group.Wait()
}

// Of a file with damaged pages nothing else is told: what can be read of it means nothing.
func TestAuditOfDamagedFile(t *testing.T) {
	path := copyLedger(t, longLedger(t))
	if err := reopenOnce(path); err != nil { // brings everything into the one file
		t.Fatal(err)
	}
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for i := len(content) - 20_000; i < len(content); i++ {
		content[i] ^= 0x55
	}
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	l, err := OpenReadOnly(path)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	found, err := l.Audit(context.Background(), Evidence{Trust: acme.trust}, nil)
	if err != nil || len(found.Differences) == 0 {
		t.Fatalf("found %v, %v", found.Differences, err)
	}
	for _, d := range found.Differences {
		if !strings.Contains(d.Text, "is damaged") {
			t.Errorf("found %q", d.Text)
		}
	}
}

func reopenOnce(path string) error {
	l, err := Open(path)
	if err != nil {
		return err
	}
	return l.Close()
}
