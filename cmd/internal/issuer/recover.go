package issuer

import (
	"context"

	"tallystick/cmd/internal/journal"
	"tallystick/cmd/internal/ledger"
	"tallystick/keys"
	"tallystick/reserve"
)

// A Recovery tells where the books stand against their anchor, and what is still to do.
type Recovery struct {
	Frozen  error // why nothing is issued; nil when nothing is wrong
	Open    bool  // a recovery was begun and is not finished
	Epoch   int
	Books   ledger.Tree
	Lost    ledger.Tree // how far the lost journal went; Size 0 is unknown
	Devices int64       // that are still to be settled
}

// Recovery returns where a recovery stands.
func (is *Issuer) Recovery(ctx context.Context) (r Recovery, err error) {
	err = is.ledger.View(ctx, func(tx *ledger.Tx) error {
		r, err = is.recovery(tx)
		return err
	})
	return r, err
}

func (is *Issuer) recovery(tx *ledger.Tx) (r Recovery, err error) {
	if r.Books, err = tx.Tree(); err != nil {
		return r, err
	}
	if r.Frozen = is.Frozen(tx); r.Frozen != nil && reasonOf(r.Frozen) != reserve.Frozen {
		return r, r.Frozen
	}
	begun, open, err := tx.Recovery()
	if err != nil {
		return r, err
	}
	if !open {
		kept, err := is.anchor()
		r.Lost = kept.tree
		return r, err
	}
	r.Open, r.Epoch, r.Lost = true, begun.Epoch, begun.Lost
	r.Devices, err = tx.CountDevices(ledger.DeviceFilter{Unsettled: &begun})
	return r, err
}

// AcceptAnchor makes a new anchor in the place of one that is missing, damaged or another ledger's, on
// the officer's word that the checkpoint given, signed or as it was printed, is the newest there ever
// was. Refusals are Malformed, AlreadyExists (there is an anchor) and Frozen, when the books are not
// those of the checkpoint.
func (o *Officer) AcceptAnchor(ctx context.Context, checkpoint []byte, memo Memo, dry bool) (t ledger.Tree, err error) {
	if err := memo.check(); err != nil {
		return t, err
	}
	t, origin, err := journal.ParseTree(checkpoint)
	if err != nil {
		return t, err
	}
	err = o.runBehind(ctx, dry, false, func(tx *ledger.Tx) error {
		if present, err := o.anchor(); err != nil {
			return err
		} else if present.found {
			return reserve.Refuse(reserve.AlreadyExists, "there is an anchor, of %d journal entries; it is not replaced on anybody's word", present.tree.Size)
		}
		if err := contains(tx, t, origin); err != nil {
			return err
		}
		trust, err := tx.Trust()
		if err != nil {
			return err
		}
		_, err = o.append(tx, trust, eventAnchor, "", anchorEvent{Size: t.Size, Root: t.Root[:], Memo: memo})
		return err
	})
	return t, err
}

// contains refuses a checkpoint that the journal did not grow from.
func contains(tx *ledger.Tx, t ledger.Tree, origin string) error {
	if size, _, err := tx.Head(); err != nil {
		return err
	} else if t.Size > size {
		return reserve.Refuse(reserve.Frozen, "the checkpoint has %d journal entries, these books only %d: an older copy was put back", t.Size, size)
	}
	want, err := tx.Origin(t.Size)
	if err != nil {
		return err
	}
	then, err := tx.TreeAt(t.Size)
	if err == nil && (origin != want || then != t) {
		err = reserve.Refuse(reserve.Frozen, "the checkpoint of %d journal entries is of another history than these books", t.Size)
	}
	return err
}

// BeginRecovery goes on with books that are behind their anchor, or have none of their own, under a new
// epoch of the log. What was lost is then settled device by device. Refusals are NothingLost, when the books
// are as they should be, and RoleMissing. One that was begun is repeated.
func (o *Officer) BeginRecovery(ctx context.Context, memo Memo, dry bool) (r Recovery, repeated bool, err error) {
	if err := memo.check(); err != nil {
		return r, false, err
	}
	err = o.runBehind(ctx, dry, true, func(tx *ledger.Tx) error {
		behind := o.anchored(tx)
		if behind != nil && reasonOf(behind) != reserve.Frozen {
			return behind
		}
		begun, open, err := tx.Recovery()
		if err != nil {
			return err
		}
		kept, err := o.anchor()
		lost := kept.tree
		switch {
		case err != nil:
			return err
		case open && (behind == nil || lost == begun.Lost): // at most the anchor was not written any more
			repeated = true
		case behind == nil:
			return reserve.Refuse(reserve.NothingLost, "these books are those of the anchor: nothing was lost")
		default:
			err = o.beginRecovery(tx, lost, memo)
		}
		if err == nil {
			r, err = o.recovery(tx)
		}
		return err
	})
	return r, repeated, err
}

func (o *Officer) beginRecovery(tx *ledger.Tx, lost ledger.Tree, memo Memo) error {
	trust, err := tx.Trust()
	if err != nil {
		return err
	}
	epoch, err := o.lostEpoch()
	if err != nil {
		return err
	}
	_, checkpoint, err := tx.Checkpoint()
	if err != nil {
		return err
	}
	if err := tx.BeginRecovery(lost, epoch); err != nil {
		return err
	}
	_, err = o.append(tx, trust, eventRecover, "", recoverEvent{Size: lost.Size, Root: lost.Root[:], Checkpoint: string(checkpoint), Memo: memo})
	return err
}

// lostEpoch returns the epoch of the history that the anchor is of, 0 when it is not known.
func (o *Officer) lostEpoch() (int, error) {
	last, err := o.anchor()
	if err != nil || !last.found {
		return 0, err
	}
	return epochOf(last.origin), nil
}

// FinishRecovery unfreezes the books. Devices that are not settled are refused as Frozen, unless
// waive gives them up: what they hold of the lost history is then not in the books, and that they may
// hold it is on record. Waiving needs the write-off role.
func (o *Officer) FinishRecovery(ctx context.Context, waive bool, memo Memo, dry bool) (waived int64, err error) {
	err = o.act(ctx, memo, dry, func(tx *ledger.Tx, t reserve.Trust) error {
		begun, err := mustRecover(tx)
		if err != nil {
			return err
		}
		filter := ledger.DeviceFilter{Unsettled: &begun}
		if waived, err = tx.CountDevices(filter); err != nil {
			return err
		}
		if waived > 0 && !waive {
			return reserve.Refuse(reserve.Frozen, "%d devices are not settled: each needs the authorization of its recovery confirmed, or has to be given up", waived)
		}
		if waived > 0 {
			if _, err := o.signer(t, keys.RoleWriteOff); err != nil {
				return err
			}
			if err := waiveAll(tx, begun, filter); err != nil {
				return err
			}
		}
		if err := tx.EndRecovery(begun); err != nil {
			return err
		}
		_, err = o.append(tx, t, eventRecovered, "", recoveredEvent{Epoch: begun.Epoch, Waived: waived, Memo: memo})
		return err
	})
	return waived, err
}

func waiveAll(tx *ledger.Tx, begun ledger.Recovery, filter ledger.DeviceFilter) error {
	for d, err := range tx.Devices(filter) {
		if err != nil {
			return err
		}
		if err := tx.Waive(begun, d.ID); err != nil {
			return err
		}
	}
	return nil
}

func mustRecover(tx *ledger.Tx) (ledger.Recovery, error) {
	begun, open, err := tx.Recovery()
	if err == nil && !open {
		err = reserve.Refuse(reserve.NothingLost, "no recovery was begun")
	}
	return begun, err
}
