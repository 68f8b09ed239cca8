package ledger

import (
	"context"
	"fmt"

	"golang.org/x/mod/sumdb/tlog"

	"tallystick/keys"
	"tallystick/reserve"
)

// A Difference is something in a ledger that its own records contradict.
type Difference struct {
	Sequence uint32 // the journal entry, 0 when it is not about one
	Text     string // lower case; everything from outside is in %q
}

func (d *Difference) Error() string {
	if d.Sequence == 0 {
		return d.Text
	}
	return fmt.Sprintf("journal entry %d: %s", d.Sequence, d.Text)
}

func differs(format string, args ...any) error {
	return &Difference{Text: fmt.Sprintf(format, args...)}
}

// A verification is one run of Verify.
type verification struct {
	*Tx
	trust       reserve.Trust
	edge        map[int]tlog.Hash // of the tree as it was computed: the last node of each level
	done, total uint64
	progress    func(done, total uint64)
}

// Verify checks the whole ledger against itself and, unless it is zero, against a trust that the
// caller has from elsewhere: who can write the file can replace its own roots. progress, if not
// nil, is told now and then how many of how many steps are done. In this order it checks
//
//   - the file, its schema and its references;
//   - the trust roots and catalogs;
//   - the chain and the tree of the journal, the checkpoints, the officers' signatures, and all rows
//     that entries cover;
//   - of every device: the signatures of its authorizations, that every code it gave, read again,
//     leads to the books as they are, and that its charge follows from them;
//   - that accounts, lots and devices are as their histories say, and that lots have reserved what
//     devices are charged.
//
// The error is a *Difference for the first thing that is wrong. What Verify can't see is a ledger
// that was put back to an older state, or whose last entries were cut off: compare Head with one
// kept elsewhere. Nor does it judge who signed: a key that was retired or compromised later has
// signed all the same.
func (l *Ledger) Verify(ctx context.Context, against reserve.Trust, progress func(done, total uint64)) error {
	return l.View(ctx, func(tx *Tx) error {
		v := &verification{Tx: tx, edge: map[int]tlog.Hash{}, progress: progress}
		for _, check := range []func() error{v.file, v.schema, func() error { return v.roots(against) }, v.catalogs, v.count,
			v.journal, v.devices, v.current} {
			if err := check(); err != nil {
				return err
			}
		}
		return nil
	})
}

// step tells the progress of one more step.
func (v *verification) step() {
	v.done++
	if v.progress != nil && (v.done%256 == 0 || v.done == v.total) {
		v.progress(v.done, v.total)
	}
}

func (v *verification) count() error {
	entries, _, err := v.Head()
	if err != nil {
		return err
	}
	devices, err := v.CountDevices(DeviceFilter{Superseded: true})
	v.total = uint64(entries) + uint64(devices)
	return err
}

func (v *verification) roots(against reserve.Trust) error {
	t, err := v.Trust()
	if err != nil {
		return differs("%v", err)
	}
	if !against.IsZero() && !t.Roots().Prefix(against.Roots()) && !against.Roots().Prefix(t.Roots()) {
		return differs("the ledger is of issuer %s (%q), not of %s (%q)", t.Fingerprint(), t.Root().Name(), against.Fingerprint(), against.Root().Name())
	}
	v.trust = t
	return nil
}

// journal follows the chain from the ledger's ID to its end.
func (v *verification) journal() error {
	public := map[keys.Fingerprint]keys.PublicKey{}
	for _, k := range v.trust.Root().Keys() {
		public[k.Public.Fingerprint()] = k.Public
	}
	expected, previous := uint32(1), beforeFirst(v.l.id)
	for e, err := range v.Entries(EntryFilter{}) {
		if err != nil {
			return err
		}
		if e.Sequence != expected {
			return &Difference{expected, "it is missing"}
		}
		if err := e.verify(previous, public); err != nil {
			return err
		}
		content, officer, err := v.content(e.Sequence, nil)
		switch {
		case err != nil:
			return err
		case content != e.Content:
			return &Difference{e.Sequence, "what the ledger got with it was changed"}
		case officer && !e.Signed():
			return &Difference{e.Sequence, "it holds what only an officer may write, and nobody signed it"}
		}
		if err := v.leaf(e); err != nil {
			return err
		}
		expected, previous = expected+1, e.Hash
		v.step()
	}
	if expected == 1 {
		return differs("the journal is empty")
	}
	return v.tail(expected - 1)
}

func (e Entry) verify(previous [32]byte, public map[keys.Fingerprint]keys.PublicKey) error {
	switch {
	case e.Previous != previous:
		return &Difference{e.Sequence, "it does not follow the entry before it"}
	case tlog.RecordHash(e.Record()) != e.Hash:
		return &Difference{e.Sequence, "its content was changed: its hash is another"}
	case !e.Signed():
		return nil
	}
	key, ok := public[e.Signer]
	if !ok {
		return &Difference{e.Sequence, fmt.Sprintf("its signer, key %s, is in no trust root", e.Signer)}
	}
	if key.Verify(keys.Entry, e.Signature, e.fields()...) != nil {
		return &Difference{e.Sequence, fmt.Sprintf("the signature of key %s does not verify", e.Signer)}
	}
	return nil
}
