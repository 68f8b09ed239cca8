package issuer

import (
	"context"
	"fmt"

	"tallystick/cmd/internal/ledger"
	"tallystick/reserve"
)

// act runs f in one transaction of the officer; dry takes it back at the end. What issues
// anything to a device runs in issue instead.
func (o *Officer) act(ctx context.Context, memo Memo, dry bool, f func(*ledger.Tx, reserve.Trust) error) error {
	if err := memo.check(); err != nil {
		return err
	}
	return o.run(ctx, dry, func(tx *ledger.Tx) error {
		t, err := tx.Trust()
		if err != nil {
			return err
		}
		return f(tx, t)
	})
}

// issue is run for what is issued to devices: not while a recovery is open.
func (is *Issuer) issue(ctx context.Context, dry bool, f func(*ledger.Tx) error) error {
	return is.run(ctx, dry, func(tx *ledger.Tx) error {
		if err := is.Frozen(tx); err != nil {
			return err
		}
		return f(tx)
	})
}

// run runs f in one transaction, unless the books are not those of the anchor; dry takes it back at
// the end. The anchor follows the commit.
func (is *Issuer) run(ctx context.Context, dry bool, f func(*ledger.Tx) error) error {
	return is.runBehind(ctx, dry, false, func(tx *ledger.Tx) error {
		if err := is.anchored(tx); err != nil {
			return err
		}
		return f(tx)
	})
}

// runBehind is run for what makes good that the books are behind their anchor. force lets the new
// anchor replace one of a longer history. The anchor is brought up to the books even if f adds nothing
// to them: what f shows may be of a process that died before it wrote its anchor.
func (is *Issuer) runBehind(ctx context.Context, dry, force bool, f func(*ledger.Tx) error) error {
	if dry {
		return is.ledger.Preview(ctx, f)
	}
	var next drop
	err := is.ledger.Update(ctx, func(tx *ledger.Tx) error {
		if err := f(tx); err != nil {
			return err
		}
		size, _, err := tx.Head()
		if err != nil {
			return err
		}
		if kept, err := is.anchor(); err != nil || (kept.tree.Size == size && !force) {
			return err
		}
		next, err = prepareAnchor(tx, is.world.AnchorDir)
		return err
	})
	if err != nil {
		next.abandon()
		return err
	}
	if next.waiting == "" {
		return nil
	}
	if err := next.publish(force); err != nil {
		return fmt.Errorf("it is done and in the books, but the anchor could not be written: %w", err)
	}
	return nil
}
