package ledger

import (
	"context"
	"errors"
	"fmt"
	"maps"

	"tallystick/keys"
)

// A Tx is a transaction, valid inside the function that Update, Preview, Suppose or View
// calls. What it
// reads it reads as of one moment.
type Tx struct {
	l        *Ledger
	ctx      context.Context
	writable bool
	supposed bool // it is taken back, and needs no signatures: see Suppose
	done     bool
	state    state
}

// A state is what has to be in order before a commit.
type state struct {
	touched map[string]bool   // tables that were written since the last entry
	failed  error             // something was written by half
	unsaved map[DeviceID]bool // authorizations were added, whose books are to be saved
	log     keys.PrivateKey   // an officer's entry was added: the key for the checkpoint
	head    *newest           // the end of the journal as this transaction sees it; nil until it was read
	later   bool              // an entry was added already
}

// Writable reports whether no other process can commit while this transaction lasts: it is not a View.
func (tx *Tx) Writable() bool { return tx.writable }

func newState() state { return state{touched: map[string]bool{}, unsaved: map[DeviceID]bool{}} }

func (s state) clone() state {
	s.touched, s.unsaved = maps.Clone(s.touched), maps.Clone(s.unsaved)
	return s
}

// Update runs f in a transaction that can write. Everything it did is committed when f returns
// nil, and nothing of it is otherwise, nor when f panics. Changes have to end with Append: a
// change that no journal entry stands for is not committed. Another Update or View of the same
// Ledger inside f would wait for ever. The refusal is Busy, when another process wrote for longer
// than ten seconds, and whatever f returns.
func (l *Ledger) Update(ctx context.Context, f func(*Tx) error) error {
	if l.readOnly {
		return fmt.Errorf("ledger %q is open for reading only", l.path)
	}
	return l.run(ctx, "BEGIN IMMEDIATE", f, "COMMIT")
}

// Preview runs f as Update does, with every check, and takes everything back.
func (l *Ledger) Preview(ctx context.Context, f func(*Tx) error) error {
	if l.readOnly {
		return fmt.Errorf("ledger %q is open for reading only", l.path)
	}
	return l.run(ctx, "BEGIN IMMEDIATE", f, "ROLLBACK")
}

// Suppose runs f as Preview does, for what is only wondered about: what an officer would sign may go
// unsigned, so that no key is needed. Nothing of it can ever be committed.
func (l *Ledger) Suppose(ctx context.Context, f func(*Tx) error) error {
	return l.Preview(ctx, func(tx *Tx) error {
		tx.supposed = true
		return f(tx)
	})
}

// View runs f in a transaction that only reads, and sees the ledger as of one moment, however long
// f takes and whoever writes meanwhile.
func (l *Ledger) View(ctx context.Context, f func(*Tx) error) error {
	return l.run(ctx, "BEGIN", f, "ROLLBACK")
}

func (l *Ledger) run(ctx context.Context, begin string, f func(*Tx) error, end string) error {
	select {
	case l.turn <- struct{}{}:
		defer func() { <-l.turn }()
	case <-ctx.Done():
		return ctx.Err()
	}
	if _, err := l.conn.ExecContext(ctx, begin); err != nil {
		return l.explain(ctx, err)
	}
	tx := &Tx{l: l, ctx: ctx, writable: begin != "BEGIN", state: newState()}
	open := true
	defer func() {
		tx.done = true
		if open { // f failed or panicked, or the commit did; an error here has nobody to go to
			_, _ = l.conn.ExecContext(context.WithoutCancel(ctx), "ROLLBACK")
		}
	}()
	if err := f(tx); err != nil {
		return err
	}
	if err := tx.complete(); err != nil {
		return err
	}
	if _, err := l.conn.ExecContext(context.WithoutCancel(ctx), end); err != nil {
		return l.explain(ctx, err)
	}
	open = false
	return nil
}

// complete refuses what must not be committed. Each case is a mistake of the caller's, not of a
// person's.
func (tx *Tx) complete() error {
	if tx.state.failed != nil {
		return fmt.Errorf("ledger: going on after a failure: %w", tx.state.failed)
	}
	for device := range tx.state.unsaved {
		return fmt.Errorf("ledger: device %d got an authorization and its books were not saved", device)
	}
	if len(tx.state.touched) > 0 {
		return errors.New("ledger: a change without a journal entry after it")
	}
	if !tx.state.log.IsZero() {
		if err := tx.seal(tx.state.log); err != nil {
			return err
		}
	}
	return tx.ctx.Err()
}

// Attempt runs f and, if it fails, takes back what f did and nothing else. It is for a batch in
// which one row is refused and the others are not.
func (tx *Tx) Attempt(f func() error) error {
	if !tx.writable {
		return errors.New("ledger: a View can't write")
	}
	before := tx.state.clone()
	if _, err := tx.l.conn.ExecContext(tx.ctx, "SAVEPOINT attempt"); err != nil {
		return tx.explain(err)
	}
	err := f()
	if err != nil {
		tx.state = before
		if _, undo := tx.l.conn.ExecContext(context.WithoutCancel(tx.ctx), "ROLLBACK TO attempt"); undo != nil {
			tx.state.failed = tx.explain(undo)
		}
	}
	// After a panic neither happens, and Update rolls everything back.
	if _, release := tx.l.conn.ExecContext(context.WithoutCancel(tx.ctx), "RELEASE attempt"); release != nil {
		tx.state.failed = tx.explain(release)
	}
	return err
}

// fail notes that a change of several statements was left by half, so that it is never committed.
func (tx *Tx) fail(err error) error {
	if err != nil {
		tx.state.failed = err
	}
	return err
}
