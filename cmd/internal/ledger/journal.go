package ledger

import (
	"encoding/binary"
	"math"
	"time"

	"tallystick/cmd/internal/journal"
	"tallystick/keys"
	"tallystick/reserve"
)

// MaxBody bounds the body of an entry, in bytes.
const MaxBody = journal.MaxBody

// An Event is what a journal entry is made of.
type Event struct {
	Time    time.Time       // to the second
	Kind    string          // "authorize", "receive", …
	Actor   string          // an officer's key name or an operating system user
	Subject string          // the UDI or account path it is about, for look-ups; may be empty
	Body    []byte          // JSON: everything that happened, codes and identities in full
	Signer  keys.PrivateKey // the officer's key; may be zero for codes received
	Log     keys.PrivateKey // with a signer: signs the checkpoint when the transaction is committed
}

// An Entry is an event in the journal.
type Entry = journal.Entry

func be64(v uint64) []byte { return binary.BigEndian.AppendUint64(nil, v) }

// newest is the last entry of the journal.
type newest struct {
	sequence uint32
	hash     [32]byte
}

// Head returns the number and the hash of the newest entry. It is read once in a transaction: nobody
// else's entry shows in it.
func (tx *Tx) Head() (sequence uint32, hash [32]byte, err error) {
	if h := tx.state.head; h != nil {
		return h.sequence, h.hash, nil
	}
	h := newest{hash: journal.BeforeFirst(tx.l.id)}
	var stored []byte
	found, err := tx.one("SELECT sequence, hash FROM journal ORDER BY sequence DESC LIMIT 1", nil, &h.sequence, &stored)
	if err != nil {
		return 0, h.hash, err
	}
	if found {
		copy(h.hash[:], stored)
	}
	tx.state.head = &h
	return h.sequence, h.hash, nil
}

// NextSequence returns the number that the next entry will have. What an authorization says about
// its journal entry is known from it before either is written. The refusal is NumbersExhausted.
func (tx *Tx) NextSequence() (uint32, error) {
	last, _, err := tx.Head()
	if err == nil && last == math.MaxUint32 {
		err = reserve.Refuse(reserve.NumbersExhausted, "the journal is full: it has %d entries", last)
	}
	return last + 1, err
}

// Append adds an entry to the journal, for everything this transaction wrote since the last one.
// Only what devices prove may go unsigned: codes received and the books that follow from them.
// Refusals are RoleMissing, for an entry that needs a signer or one whom the newest trust root
// doesn't list, InvalidName and OutOfRange.
func (tx *Tx) Append(e Event) (Entry, error) {
	if err := e.check(); err != nil {
		return Entry{}, err
	}
	if err := tx.checkSigners(e); err != nil {
		return Entry{}, err
	}
	next, err := tx.NextSequence()
	if err != nil {
		return Entry{}, err
	}
	_, previous, err := tx.Head()
	if err != nil {
		return Entry{}, err
	}
	content, by, err := tx.content(next, tx.state.touched)
	if err != nil {
		return Entry{}, err
	}
	if by.officer && e.Signer.IsZero() && !tx.supposed {
		return Entry{}, reserve.Refuse(reserve.RoleMissing, "the journal entry %q needs an officer's signature", clip(e.Kind))
	}
	entry := Entry{Sequence: next, Time: time.Unix(e.Time.Unix(), 0).UTC(), Kind: e.Kind, Actor: e.Actor,
		Subject: e.Subject, Body: e.Body, Content: content, Previous: previous}.Seal(e.Signer)
	if err := tx.insertEntry(entry); err != nil {
		return Entry{}, err
	}
	if err := tx.grow(entry); err != nil {
		return Entry{}, err
	}
	clear(tx.state.touched)
	tx.state.head, tx.state.later = &newest{entry.Sequence, entry.Hash}, true
	if entry.Signed() {
		tx.state.log = e.Log
	}
	return entry, nil
}

func (e Event) check() error {
	return Entry{Kind: e.Kind, Actor: e.Actor, Subject: e.Subject, Body: e.Body}.Check()
}

func (tx *Tx) insertEntry(e Entry) error {
	return tx.execOne("journal entry", insertEntry, entryRow(e)...)
}

const insertEntry = `INSERT INTO journal
	(sequence, time, kind, actor, subject, body, content, previous, signer, signature, hash)
	VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`

func entryRow(e Entry) []any {
	return []any{e.Sequence, e.Time.Unix(), e.Kind, e.Actor, e.Subject, e.Body, e.Content[:], e.Previous[:], e.SignerBytes(), blob(e.Signature), e.Hash[:]}
}
