package issuer

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"tallystick/cmd/internal/ledger"
	"tallystick/keys"
	"tallystick/reserve"
)

// A Settlement is evidence that a device which was written off can't use anything any more.
type Settlement struct {
	Device   string // PID:SN, or a serial number that is unique
	Evidence []ledger.Exhibit
	Memo     Memo
}

// A Settled tells what evidence settled.
type Settled struct {
	Device   ledger.Device   // as it stands after
	Lines    []LossLine      // what was pending; no pool has any part in it
	Older    []ledger.Device // older identities of it that were settled too
	Repeated bool            // nothing was pending
}

// Settle ends what is pending return of a device, all its identities that were written off. What it
// could be holding was available to others already: no pool changes. Where nothing is pending it is
// repeated. Refusals are UnknownDevice, NothingIssued, Quarantined, OutOfRange (no evidence),
// RoleMissing, ThresholdNotMet and Frozen.
func (o *Officer) Settle(ctx context.Context, s Settlement, dry bool) (out Settled, err error) {
	if err := s.Memo.check(); err != nil {
		return Settled{}, err
	}
	if len(s.Evidence) == 0 {
		return Settled{}, reserve.Refuse(reserve.OutOfRange, "what settles a return without a code is evidence, and there is none")
	}
	err = o.issue(ctx, dry, func(tx *ledger.Tx) error {
		t, err := tx.Trust()
		if err != nil {
			return err
		}
		if err := mayWriteOff(t); err != nil {
			return err
		}
		out, err = o.settle(tx, t, s)
		return err
	})
	if err != nil {
		return Settled{}, err
	}
	return out, nil
}

func (o *Officer) settle(tx *ledger.Tx, t reserve.Trust, s Settlement) (out Settled, err error) {
	named, err := tx.FindDevice(s.Device)
	if err != nil {
		return out, err
	}
	all, err := tx.Identities(named.UDI)
	if err != nil {
		return out, err
	}
	out = Settled{Device: named, Repeated: true}
	known := false
	for _, d := range all {
		if !d.WrittenOff {
			continue
		}
		known = true
		lines, err := o.settleOne(tx, t, d, s)
		if err != nil {
			return out, err
		}
		if lines == nil {
			continue
		}
		out.Repeated, out.Lines = false, append(out.Lines, lines...)
		if d.ID != named.ID {
			out.Older = append(out.Older, d)
		}
	}
	if !known {
		return out, reserve.Refuse(reserve.NothingIssued, "%s was not written off: there is no return to settle", named.UDI)
	}
	out.Device, err = tx.Device(named.ID)
	return out, err
}

// settleOne settles one identity; nil when nothing of it is pending.
func (o *Officer) settleOne(tx *ledger.Tx, t reserve.Trust, d ledger.Device, s Settlement) ([]LossLine, error) {
	books, err := tx.Books(d.ID)
	if err != nil {
		return nil, err
	}
	if len(books.Exposure()) == 0 {
		return nil, nil
	}
	c := consideredLoss{loss: Loss{Device: d, Repeated: true}, trust: t, books: books}
	lines, pending, err := o.lossLines(tx, c, books)
	if err != nil {
		return nil, err
	}
	if _, err := tx.Settle(d.ID, books); err != nil {
		return nil, err
	}
	if err := tx.AddEvidence(d.ID, s.Evidence); err != nil {
		return nil, err
	}
	_, err = o.appendAs(tx, t, keys.RoleWriteOff, eventSettle, d.UDI.String(), settleEvent{Device: d.UDI.String(), Fingerprint: d.DID.String(),
		Account: d.Account.String(), Pending: pending, Evidence: evidenceEvents(s.Evidence), Memo: s.Memo})
	return append([]LossLine{}, lines...), err
}

// ReadExhibit takes the digest of a file. It is read to its end, however long it is.
func ReadExhibit(path string) (ledger.Exhibit, error) {
	f, err := os.Open(path)
	if err != nil {
		return ledger.Exhibit{}, err
	}
	defer f.Close()
	sum := sha256.New()
	size, err := io.Copy(sum, f)
	if err != nil {
		return ledger.Exhibit{}, fmt.Errorf("reading the evidence: %w", err)
	}
	if size == 0 {
		return ledger.Exhibit{}, errors.New("the evidence " + fmt.Sprintf("%q", path) + " is empty")
	}
	return ledger.Exhibit{Name: filepath.Base(path), Size: size, Digest: [32]byte(sum.Sum(nil))}, nil
}
