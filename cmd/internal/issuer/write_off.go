package issuer

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"tallystick/cmd/internal/ledger"
	"tallystick/keys"
	"tallystick/reserve"
)

// A WriteOff gives up what devices hold that will never give a code again.
type WriteOff struct {
	Devices  []string // PID:SN, or serial numbers that are unique
	Evidence []ledger.Exhibit
	Memo     Memo
}

// A Loss is what writing a device off does: what it could be holding, and so may be in use twice.
type Loss struct {
	Device     ledger.Device // as it stood before
	Lines      []LossLine
	Thresholds []Threshold // of its account and those above it, and where they would stand
	Repeated   bool        // it was written off before
}

// A LossLine is what a device could be holding of one entitlement's licenses.
type LossLine struct {
	Entitlement reserve.Entitlement
	Pending     uint64 // licenses that may be in use twice from now on
	Numbered    uint64 // … without those of licenses that are without limit
	PoolBefore  uint64 // available in the account, as far as it is not Unlimited
	PoolAfter   uint64
	Unlimited   bool
}

// consideredLoss is a loss with what is needed to carry it out.
type consideredLoss struct {
	loss    Loss
	trust   reserve.Trust
	books   reserve.Books
	pending []pendingEvent
}

// PlanWriteOff tells what writing devices off would do. Refusals are UnknownDevice, NothingIssued,
// PolicyThreshold, ThresholdNotMet, OutOfRange and Frozen.
func (is *Issuer) PlanWriteOff(ctx context.Context, w WriteOff) (out []Loss, err error) {
	if err := w.check(); err != nil {
		return nil, err
	}
	err = is.ledger.View(ctx, func(tx *ledger.Tx) error {
		if err := is.Frozen(tx); err != nil {
			return err
		}
		for _, name := range w.Devices {
			d, err := tx.FindDevice(name)
			if err != nil {
				return err
			}
			if slices.ContainsFunc(out, func(l Loss) bool { return l.Device.ID == d.ID }) {
				return reserve.Refuse(reserve.OutOfRange, "device %s is named twice", d.UDI)
			}
			c, err := is.considerLoss(tx, d, out)
			if err != nil {
				return err
			}
			out = append(out, c.loss)
		}
		return nil
	})
	return out, err
}

// WriteOff writes devices off, all or none: what they hold is available in their accounts again, and
// pending return. previewed is what the officer agreed to; when the books changed since, the refusal is
// Busy. Devices that are written off already are repeated. Refusals besides are those of PlanWriteOff,
// and RoleMissing.
func (o *Officer) WriteOff(ctx context.Context, w WriteOff, previewed []Loss) (out []Loss, err error) {
	if err := w.check(); err != nil {
		return nil, err
	}
	err = o.issue(ctx, false, func(tx *ledger.Tx) error {
		out = nil
		for i, name := range w.Devices {
			d, err := tx.FindDevice(name)
			if err != nil {
				return err
			}
			c, err := o.considerLoss(tx, d, nil)
			if err != nil {
				return err
			}
			if i >= len(previewed) || !c.loss.same(previewed[i]) {
				return changedSince()
			}
			if err := o.commitLoss(tx, c, eventWriteOff, w.Evidence, writeOffEvent{Memo: w.Memo}); err != nil {
				return err
			}
			out = append(out, c.loss)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

func changedSince() error {
	return reserve.Refuse(reserve.Busy, "the books changed since the preview; look at the new one before signing")
}

func (w WriteOff) check() error {
	if len(w.Devices) == 0 || len(w.Devices) > MaxMoved {
		return reserve.Refuse(reserve.OutOfRange, "%d devices, expected 1 to %d", len(w.Devices), MaxMoved)
	}
	return w.Memo.check()
}

// considerLoss gathers what writing a device off does, and refuses what policy doesn't allow. others are
// losses that would come before it.
func (is *Issuer) considerLoss(tx *ledger.Tx, d ledger.Device, others []Loss) (c consideredLoss, err error) {
	c.loss.Device = d
	if c.trust, err = tx.Trust(); err != nil {
		return c, err
	}
	if err := mayWriteOff(c.trust); err != nil {
		return c, err
	}
	if c.books, err = tx.Books(d.ID); err != nil {
		return c, err
	}
	after, err := c.books.WriteOff()
	if err != nil {
		return c, err
	}
	c.loss.Repeated = c.books.WrittenOff
	if c.loss.Lines, c.pending, err = is.lossLines(tx, c, after); err != nil || c.loss.Repeated {
		return c, err
	}
	if c.loss.Thresholds, err = is.thresholds(tx, c.loss, others); err != nil {
		return c, err
	}
	return c, is.withinPolicy(tx, c.loss)
}

// mayWriteOff refuses when one officer's signature is not enough.
func mayWriteOff(t reserve.Trust) error {
	if need := t.Root().Threshold(keys.RoleWriteOff); need > 1 {
		return reserve.Refuse(reserve.ThresholdNotMet, "the trust root demands %d signatures with the role %s, and this program collects one", need, keys.RoleWriteOff)
	}
	return nil
}

// lossLines tells per entitlement of the licenses what a device could be holding.
func (is *Issuer) lossLines(tx *ledger.Tx, c consideredLoss, after reserve.Books) (lines []LossLine, pending []pendingEvent, err error) {
	exposed := after.ExposureOn(is.today())
	sums, numbered := map[reserve.EntitlementID]uint64{}, map[reserve.EntitlementID]uint64{}
	for _, id := range slices.Sorted(maps.Keys(exposed)) {
		l, _, err := tx.Lot(id)
		if err != nil {
			return nil, nil, err
		}
		sums[l.Entitlement] += uint64(exposed[id])
		if !l.Unlimited {
			numbered[l.Entitlement] += uint64(exposed[id])
		}
		pending = append(pending, pendingEvent{License: int64(id), Entitlement: uint16(l.Entitlement), Count: exposed[id], Ends: dayText(l.Ends)})
	}
	pools, err := tx.Pools(c.loss.Device.Account, is.today())
	if err != nil {
		return nil, nil, err
	}
	for _, e := range listed(c.trust.Catalog(), slices.Collect(maps.Keys(sums))) {
		n := sums[e.ID]
		if n == 0 {
			continue
		}
		line := LossLine{Entitlement: e, Pending: n, Numbered: numbered[e.ID]}
		if at := slices.IndexFunc(pools, func(p ledger.Pool) bool { return p.Entitlement == e.ID }); at >= 0 {
			line.Unlimited, line.PoolBefore = pools[at].Unlimited, pools[at].Available
		}
		line.PoolAfter = line.PoolBefore
		if !c.loss.Repeated {
			line.PoolAfter += n
		}
		lines = append(lines, line)
	}
	return lines, pending, nil
}

// same reports whether two losses give up the same.
func (l Loss) same(m Loss) bool {
	equal := func(a, b LossLine) bool {
		return cmp.Compare(a.Entitlement.ID, b.Entitlement.ID) == 0 && a.Pending == b.Pending
	}
	return l.Device.DID == m.Device.DID && l.Repeated == m.Repeated && slices.EqualFunc(l.Lines, m.Lines, equal)
}

// commitLoss writes a device off, with the entry that says so. One that is written off already is left
// alone.
func (o *Officer) commitLoss(tx *ledger.Tx, c consideredLoss, kind string, evidence []ledger.Exhibit, event writeOffEvent) error {
	if c.loss.Repeated && kind == eventWriteOff {
		return nil
	}
	d := c.loss.Device
	if _, err := tx.WriteOff(d.ID, c.books); err != nil {
		return err
	}
	if err := tx.AddEvidence(d.ID, evidence); err != nil {
		return err
	}
	event.Device, event.Fingerprint, event.Account = d.UDI.String(), d.DID.String(), d.Account.String()
	event.Pending, event.Evidence = c.pending, evidenceEvents(evidence)
	_, err := o.appendAs(tx, c.trust, keys.RoleWriteOff, kind, event.Device, event)
	return err
}
