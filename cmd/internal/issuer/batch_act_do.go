package issuer

import (
	"context"
	"slices"

	"tallystick/cmd/internal/ledger"
	"tallystick/keys"
	"tallystick/reserve"
)

// Do does the rows of a plan, as Officer.Batch does.
func (a Acts) Do(ctx context.Context, p *BatchPlan, done func(rows int)) error {
	if p.Blocked() {
		return reserve.Refuse(reserve.OutOfRange, "a row is refused, and all were to be done or none")
	}
	if err := a.is.View(ctx, func(tx *ledger.Tx) error { return p.notice(tx, a.is.today()) }); err != nil {
		return err
	}
	size := actChunk
	if p.Batch.Whole {
		size = len(p.Rows)
	}
	for from := 0; from < len(p.Rows); from += size {
		to := min(from+size, len(p.Rows))
		if err := a.chunk(ctx, p, from, to); err != nil {
			return err
		}
		done(to)
	}
	done(len(p.Rows))
	return nil
}

// notice notes whether somebody else wrote since the plan was made, or a day passed.
func (p *BatchPlan) notice(tx *ledger.Tx, today keys.Day) error {
	head, _, err := tx.Head()
	p.disturbed = head != p.head || today != p.today
	return err
}

func (a Acts) chunk(ctx context.Context, p *BatchPlan, from, to int) error {
	due := func(r BatchRow) bool { return r.writes() || p.disturbed && r.State == BatchAgain }
	if !slices.ContainsFunc(p.Rows[from:to], due) {
		return nil
	}
	return a.run(ctx, false, func(tx *ledger.Tx) error {
		for i := from; i < to; i++ {
			row := &p.Rows[i]
			if !due(*row) {
				continue
			}
			if err := a.redo(tx, row); err != nil {
				return err
			}
			if p.Batch.Whole && row.State == BatchRefused {
				return row.Err
			}
		}
		return ctx.Err()
	})
}

// redo does a row as it was planned, or refuses it and nothing is done of it. What was found of a code
// is found again.
func (a Acts) redo(tx *ledger.Tx, row *BatchRow) error {
	planned := *row
	row.State, row.Err = BatchSign, nil
	return a.attempt(tx, row, func() error {
		if row.Number != planned.Number || !slices.Equal(row.draws, planned.draws) || planned.State == BatchAgain && row.State == BatchSigned {
			return changedSince()
		}
		row.draws = nil
		return nil
	})
}

// try does a row while it is planned.
func (a Acts) try(tx *ledger.Tx, row *BatchRow) error {
	if row.State == BatchRefused {
		return nil
	}
	return a.attempt(tx, row, func() error { return nil })
}

// attempt does a row and has it checked, or refuses it and nothing is done of it.
func (a Acts) attempt(tx *ledger.Tx, row *BatchRow, check func() error) error {
	err := tx.Attempt(func() error {
		if err := a.act(tx, row); err != nil {
			return err
		}
		return check()
	})
	if isRefusal(err) {
		row.State, row.Err, row.Authorization, row.Number, row.draws = BatchRefused, err, nil, 0, nil
		return nil
	}
	return err
}

// run runs f in one transaction; dry takes it back.
func (a Acts) run(ctx context.Context, dry bool, f func(*ledger.Tx) error) error {
	if a.frozen {
		return a.is.run(ctx, dry, f)
	}
	return a.is.issue(ctx, dry, f)
}
