package issuer

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

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

// PlanSettle tells what evidence would settle. Refusals are those of Settle but for RoleMissing.
func (is *Issuer) PlanSettle(ctx context.Context, s Settlement) (out Settled, err error) {
	err = is.ledger.View(ctx, func(tx *ledger.Tx) error {
		if err := is.Frozen(tx); err != nil {
			return err
		}
		out, err = is.considerSettle(tx, s, nil)
		return err
	})
	return out, err
}

// Settle ends what is pending return of a device, all its identities that were written off. What it
// could be holding was available to others already: no pool changes. Where nothing is pending it is
// repeated. Refusals are UnknownDevice, NothingIssued, Quarantined, OutOfRange (no evidence),
// RoleMissing, ThresholdNotMet and Frozen. Quarantined is where nothing else of it is pending.
func (o *Officer) Settle(ctx context.Context, s Settlement, dry bool) (out Settled, err error) {
	err = o.issue(ctx, dry, func(tx *ledger.Tx) error {
		out, err = o.considerSettle(tx, s, func(c consideredLoss) error { return o.settleOne(tx, c, s) })
		if err == nil {
			out.Device, err = tx.Device(out.Device.ID)
		}
		return err
	})
	if err != nil {
		return Settled{}, err
	}
	return out, nil
}

// considerSettle tells what evidence would settle, and calls settle, if not nil, for each identity that
// has something pending.
func (is *Issuer) considerSettle(tx *ledger.Tx, s Settlement, settle func(consideredLoss) error) (out Settled, err error) {
	if err := s.check(); err != nil {
		return out, err
	}
	t, err := tx.Trust()
	if err != nil {
		return out, err
	}
	if err := mayWriteOff(t); err != nil {
		return out, err
	}
	if out.Device, err = tx.FindDevice(s.Device); err != nil {
		return out, err
	}
	all, err := tx.Identities(out.Device.UDI)
	if err != nil {
		return out, err
	}
	all = slices.DeleteFunc(all, func(d ledger.Device) bool { return !d.WrittenOff })
	if len(all) == 0 {
		return out, reserve.Refuse(reserve.NothingIssued, "%s was not written off: there is no return to settle", out.Device.UDI)
	}
	out.Repeated = true
	var copied error // an identity that evidence says nothing of; it keeps no other from being settled
	for _, d := range all {
		err := is.considerSettled(tx, consideredLoss{loss: Loss{Device: d, Repeated: true}, trust: t}, &out, settle)
		if reasonOf(err) == reserve.Quarantined {
			copied, err = err, nil
		}
		if err != nil {
			return out, err
		}
	}
	if out.Repeated && copied != nil {
		return out, copied
	}
	return out, nil
}

func (is *Issuer) considerSettled(tx *ledger.Tx, c consideredLoss, out *Settled, settle func(consideredLoss) error) (err error) {
	d := c.loss.Device
	if c.books, err = tx.Books(d.ID); err != nil || len(c.books.Exposure()) == 0 {
		return err
	}
	if _, err := c.books.Settle(); err != nil {
		return err
	}
	var lines []LossLine
	if lines, c.pending, err = is.lossLines(tx, c, c.books); err != nil {
		return err
	}
	out.Repeated, out.Lines = false, append(out.Lines, lines...)
	if d.ID != out.Device.ID {
		out.Older = append(out.Older, d)
	}
	if settle == nil {
		return nil
	}
	return settle(c)
}

func (s Settlement) check() error {
	if len(s.Evidence) == 0 {
		return reserve.Refuse(reserve.OutOfRange, "what settles a return without a code is evidence, and there is none")
	}
	return s.Memo.check()
}

func (o *Officer) settleOne(tx *ledger.Tx, c consideredLoss, s Settlement) error {
	d := c.loss.Device
	if _, err := tx.Settle(d.ID, c.books); err != nil {
		return err
	}
	if err := tx.AddEvidence(d.ID, s.Evidence); err != nil {
		return err
	}
	_, err := o.appendAs(tx, c.trust, keys.RoleWriteOff, eventSettle, d.UDI.String(), settleEvent{Device: d.UDI.String(), Fingerprint: d.DID.String(),
		Account: d.Account.String(), Pending: c.pending, Evidence: evidenceEvents(s.Evidence), Memo: s.Memo})
	return err
}

// ReadExhibit takes the digest of a file. It is read to its end, however long it is; what has no end,
// such as a pipe or a disk, is none.
func ReadExhibit(path string) (ledger.Exhibit, error) {
	info, err := os.Stat(path) // opening a pipe would wait for its writer
	if err != nil {
		return ledger.Exhibit{}, err
	}
	if !info.Mode().IsRegular() {
		return ledger.Exhibit{}, fmt.Errorf("the evidence %q is not a file", path)
	}
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
