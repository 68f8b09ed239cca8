package ledger

import (
	"iter"
	"time"

	"tallystick/keys"
	"tallystick/reserve"
)

// entryPage bounds how many entries are in memory at a time; each may have MaxBody bytes.
const entryPage = 64

// An EntryFilter selects journal entries. A zero field selects all.
type EntryFilter struct {
	After    uint32 // only entries with a higher number
	Kind     string
	Actor    string
	Signer   keys.Fingerprint
	Subject  string
	Mentions string    // that stand in its event, as JSON writes it
	Since    time.Time // entries of this second or later
	Before   time.Time // entries before this second
}

const selectEntry = "SELECT sequence, time, kind, actor, subject, body, content, previous, signer, signature, hash FROM journal"

// Entries streams the entries that f selects, oldest first.
func (tx *Tx) Entries(f EntryFilter) iter.Seq2[Entry, error] {
	return func(yield func(Entry, error) bool) {
		after := f.After
		for {
			where := f.conditions(after)
			page, err := tx.entries(selectEntry+where.text+" ORDER BY sequence LIMIT "+where.next(entryPage), where.args)
			for _, e := range page {
				if !yield(e, nil) {
					return
				}
				after = e.Sequence
			}
			if err != nil {
				yield(Entry{}, err)
			}
			if err != nil || len(page) < entryPage {
				return
			}
		}
	}
}

func (f EntryFilter) conditions(after uint32) *conditions {
	var c conditions
	c.add("sequence > ", after)
	if f.Kind != "" {
		c.add("kind = ", f.Kind)
	}
	if f.Actor != "" {
		c.add("actor = ", f.Actor)
	}
	if f.Signer != (keys.Fingerprint{}) {
		c.add("signer = ", f.Signer[:])
	}
	if f.Mentions != "" {
		c.add("instr(body, ?) > 0", []byte(f.Mentions))
	}
	if f.Subject != "" {
		c.add("subject <> '' AND subject = ", f.Subject) // the index leaves out the empty ones
	}
	if !f.Since.IsZero() {
		c.add("time >= ", f.Since.Unix())
	}
	if !f.Before.IsZero() {
		c.add("time < ", f.Before.Unix())
	}
	return &c
}

// Entry returns the entry with a number; found is false when there is none.
func (tx *Tx) Entry(sequence uint32) (e Entry, found bool, err error) {
	list, err := tx.entries(selectEntry+" WHERE sequence = $1", []any{sequence})
	if err != nil || len(list) == 0 {
		return Entry{}, false, err
	}
	return list[0], true, nil
}

func (tx *Tx) entries(query string, args []any) ([]Entry, error) {
	var out []Entry
	err := tx.each(query, args, func(scan func(...any) error) error {
		_, e, err := readEntry(scan)
		out = append(out, e)
		return err
	})
	return out, err
}

// readEntry reads a row of selectEntry, whose key is its number.
func readEntry(scan func(...any) error) (key int64, e Entry, err error) {
	var seconds int64
	var signer []byte
	err = scan(&e.Sequence, &seconds, &e.Kind, &e.Actor, &e.Subject, &e.Body, exactly(e.Content[:]), exactly(e.Previous[:]),
		&signer, &e.Signature, exactly(e.Hash[:]))
	if err == nil && len(signer) > 0 {
		// Each signer has one form: that of nobody is empty.
		if len(signer) != len(e.Signer) || keys.Fingerprint(signer) == (keys.Fingerprint{}) {
			err = reserve.Refuse(reserve.LedgerDamaged, "journal entry %d: %x is no key's fingerprint", e.Sequence, signer)
		}
		copy(e.Signer[:], signer)
	}
	e.Time = time.Unix(seconds, 0).UTC()
	return int64(e.Sequence), e, err
}
