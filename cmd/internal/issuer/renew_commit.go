package issuer

import (
	"context"
	"slices"

	"tallystick/cmd/internal/ledger"
	"tallystick/reserve"
)

// Renewed is what became of one device of a renewal.
type Renewed struct {
	Row      RenewalRow
	Issuance Issuance // the zero Issuance when Err isn't nil
	Err      error
}

// renewalBatch is how many devices are renewed in one transaction: enough that the disk is not waited
// for at each, few enough that nobody else waits long.
const renewalBatch = 100

// Renew commits and signs what a plan says for its devices, in the plan's order, and hands each batch
// to show once it is committed: what was committed can always be shown again, and what was shown is
// paid for. A device whose books changed since the preview is refused as Busy, and any other refusal is
// its own as well; they stop no other. After an error, or when the program dies, the rest is as it was:
// planning again finds what is done and what is left.
func (o *Officer) Renew(ctx context.Context, p RenewalPlan, show func([]Renewed) error) error {
	for batch := range slices.Chunk(p.todo(), renewalBatch) {
		var done []Renewed
		err := o.issue(ctx, false, func(tx *ledger.Tx) error {
			for _, row := range batch {
				i, err := o.renew(tx, row)
				if err != nil && !isRefusal(err) {
					return err
				}
				done = append(done, Renewed{row, i, err})
			}
			return nil
		})
		if err != nil {
			return err
		}
		if err := show(done); err != nil {
			return err
		}
	}
	return nil
}

// RenewedBefore returns the codes of a plan that signs nothing new. Like Reprint it is journaled and
// needs no key.
func (is *Issuer) RenewedBefore(ctx context.Context, p RenewalPlan) (out []Renewed, err error) {
	err = is.issue(ctx, false, func(tx *ledger.Tx) error {
		for _, row := range p.todo() {
			i, err := is.again(tx, row)
			if err != nil {
				return err
			}
			if err := is.reprinted(tx, row.Device, i.Number); err != nil {
				return err
			}
			out = append(out, Renewed{Row: row, Issuance: i})
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// todo returns the rows that have a code to be shown.
func (p RenewalPlan) todo() []RenewalRow {
	return slices.DeleteFunc(slices.Clone(p.Rows), func(r RenewalRow) bool { return r.State != RenewalNew && r.State != RenewalAgain })
}

// again returns the code that a row was given before.
func (is *Issuer) again(tx *ledger.Tx, row RenewalRow) (Issuance, error) {
	books, err := tx.Books(row.Device.ID)
	if err != nil {
		return Issuance{}, err
	}
	if newest, _ := books.Newest(); newest.Number != row.Plan.Number {
		return Issuance{}, reserve.Refuse(reserve.Busy, "the books of %s changed since the preview", row.Device.UDI)
	}
	return is.stored(tx, considered{device: row.Device, books: books, plan: row.Plan})
}

// renew commits one row, or nothing of it.
func (o *Officer) renew(tx *ledger.Tx, row RenewalRow) (out Issuance, err error) {
	if row.State == RenewalAgain {
		return o.again(tx, row)
	}
	err = tx.Attempt(func() error {
		c, err := o.consider(tx, row.wish)
		if err != nil {
			return err
		}
		if !c.plan.same(row.Plan) {
			return reserve.Refuse(reserve.Busy, "the books of %s changed since the preview", row.Device.UDI)
		}
		out, err = o.commit(tx, row.wish, c)
		return err
	})
	if err != nil {
		return Issuance{}, err
	}
	return out, nil
}
