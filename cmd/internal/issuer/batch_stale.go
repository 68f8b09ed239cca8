package issuer

import (
	"tallystick/cmd/internal/ledger"
	"tallystick/reserve"
)

// stillAgain looks once more at the rows whose answer was stored, when somebody else wrote since the
// plan was made, or a day passed: what a device has put behind itself meanwhile is not shown again.
func (o *Officer) stillAgain(tx *ledger.Tx, p *BatchPlan) error {
	head, _, err := tx.Head()
	if err != nil || head == p.head && p.today == o.today() {
		return err
	}
	for i := range p.Rows {
		row := &p.Rows[i]
		if row.State != BatchAgain {
			continue
		}
		err := o.sameAnswer(tx, row, p.Batch.wish(row))
		if isRefusal(err) {
			row.Authorization = nil
			row.refuse(err)
			if !p.Batch.Whole {
				continue
			}
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// sameAnswer refuses a row that would not come to its stored answer now.
func (o *Officer) sameAnswer(tx *ledger.Tx, row *BatchRow, w Wish) error {
	w.Device = row.UDI.String() // its request is let go of by now
	c, err := o.consider(tx, w)
	if err == nil && (c.device.ID != row.device || !c.plan.Repeated || c.plan.Number != row.Number) {
		err = reserve.Refuse(reserve.Busy, "the books of %s changed since the preview", row.UDI)
	}
	return err
}
