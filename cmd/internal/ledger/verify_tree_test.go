package ledger

import (
	"context"
	"strings"
	"testing"
)

// longLedger has more than three blocks of entries, with a checkpoint every 100.
func longLedger(t *testing.T) *Ledger {
	l := newLedger(t)
	for range 16 {
		if err := l.Update(context.Background(), func(tx *Tx) error {
			for range 99 {
				if _, err := tx.Append(unsigned("test")); err != nil {
					return err
				}
			}
			_, err := tx.Append(event("test"))
			return err
		}); err != nil {
			t.Fatal(err)
		}
	}
	verified(t, l)
	return l
}

// What was done in one place is named there, and not as well in everything that stands over it or
// comes after it.
func TestDamageIsNamedOnce(t *testing.T) {
	whole := longLedger(t)
	const changed = ": its content was changed: its hash is another"
	for name, c := range map[string]struct {
		statements []string
		want       string
	}{
		"nothing":                  {nil, ""},
		"content":                  {without(t, "journal_update", "UPDATE journal SET actor = 'mallory' WHERE sequence = 511"), "journal entry 511" + changed},
		"content at a block's end": {without(t, "journal_update", "UPDATE journal SET actor = 'mallory' WHERE sequence = 512"), "journal entry 512" + changed},
		"hash":                     {without(t, "journal_update", "UPDATE journal SET hash = zeroblob(32) WHERE sequence = 1024"), "journal entry 1024" + changed},
		"what it follows":          {without(t, "journal_update", "UPDATE journal SET previous = zeroblob(32) WHERE sequence = 513"), "journal entry 513" + changed},
		"entry gone":               {without(t, "journal_delete", "DELETE FROM journal WHERE sequence = 700"), "journal entry 700: it is missing"},
		"first entry of a block":   {without(t, "journal_delete", "DELETE FROM journal WHERE sequence = 513"), "journal entry 513: it is missing"},
		"two entries gone": {without(t, "journal_delete", "DELETE FROM journal WHERE sequence IN (700, 701)"),
			"journal entry 700: it is missing\njournal entry 701: it is missing"},
		"block gone":        {without(t, "journal_delete", "DELETE FROM journal WHERE sequence BETWEEN 513 AND 1024"), "journal entries 513 to 1024 are missing"},
		"node of a block":   {without(t, "node_update", "UPDATE node SET hash = zeroblob(32) WHERE level = 3 AND n = 70"), "journal entry 568: node 70 of level 3 of the tree was changed"},
		"node over a block": {without(t, "node_update", "UPDATE node SET hash = zeroblob(32) WHERE level = 9 AND n = 1"), "journal entry 1024: node 1 of level 9 of the tree was changed"},
		"node over blocks":  {without(t, "node_update", "UPDATE node SET hash = zeroblob(32) WHERE level = 10 AND n = 0"), "journal entry 1024: node 0 of level 10 of the tree was changed"},
		"node gone":         {without(t, "node_delete", "DELETE FROM node WHERE level = 10"), "journal entry 1024: node 0 of level 10 of the tree is missing"},
		"entry and its node": {append(without(t, "node_delete", "DELETE FROM node WHERE level = 1 AND n = 349"), without(t, "journal_delete", "DELETE FROM journal WHERE sequence = 700")...),
			"journal entry 700: it is missing\njournal entry 700: node 349 of level 1 of the tree is missing"},
		"checkpoint of another tree": {without(t, "checkpoint_update", "UPDATE checkpoint SET note = (SELECT note FROM checkpoint WHERE size = 202) WHERE size = 302"),
			"journal entry 302: the checkpoint signed with it is of 202 entries of log \"tallystick/01020300000000000000000000000000/1\"\n" +
				"journal entry 303: what the ledger got with it was changed"},
	} {
		path := copyLedger(t, whole)
		tamper(t, path, c.statements...)
		got := auditAgainst(t, reopen(t, path), Evidence{Trust: acme.trust})
		if !strings.Contains(c.want, "\n") {
			got = strings.ReplaceAll(got, "\n", " | ")
		}
		if got != c.want {
			t.Errorf("%s: found\n%s\nwant\n%s", name, got, c.want)
		}
	}
}
