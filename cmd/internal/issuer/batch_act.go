package issuer

import (
	"context"
	"slices"

	"tallystick/cmd/internal/ledger"
	"tallystick/keys"
	"tallystick/reserve"
)

// An act does what a row asks for, and fills in what came of it: State is BatchSigned, or BatchAgain
// where it was done before. What is refused is taken back. An act that has to keep what it found of a
// code that it refuses sets BatchRefused itself.
type act func(tx *ledger.Tx, row *BatchRow) error

// actChunk is batchChunk for acts, which are done one after the other.
const actChunk = 200

// Acts is a batch of which each row is an act of its own.
type Acts struct {
	is     *Issuer
	act    act
	frozen bool // it may be done to a frozen ledger
}

// Receiving takes the codes of devices: confirmations, returns, cancellations and status reports. It
// needs no key.
func (is *Issuer) Receiving() Acts {
	return Acts{is: is, frozen: true, act: func(tx *ledger.Tx, row *BatchRow) error {
		got, finding, err := is.receive(tx, row.Act.reading, "")
		if err != nil {
			return err
		}
		row.UDI, row.DID, row.Account = got.Device.UDI, got.Device.DID, got.Device.Account
		row.Act.Kind, row.Number, row.Act.Alarm, row.Act.Former = got.Kind, got.Number, got.Alarm, got.Device.Superseded
		row.State = BatchSigned
		if got.Sequence == 0 {
			row.State = BatchAgain
		}
		if finding != nil { // it is in the books, and has to be told each time
			row.State, row.Err, row.Act.found = BatchRefused, finding, got.Sequence != 0
		}
		return nil
	}}
}

// Moving gives devices to other accounts, with everything that is reserved for them.
func (o *Officer) Moving(memo Memo) Acts {
	return Acts{is: o.Issuer, frozen: true, act: func(tx *ledger.Tx, row *BatchRow) error {
		t, err := tx.Trust()
		if err != nil {
			return err
		}
		if err := mayBelong(tx, row.Account); err != nil {
			return err
		}
		m, err := o.moveDevice(tx, t, row.Name, row.Account, memo)
		if err != nil {
			return err
		}
		row.UDI, row.DID, row.Act.From, row.State = m.Device.UDI, m.Device.DID, m.From, BatchSigned
		if m.Repeated {
			row.State = BatchAgain
		}
		return nil
	}}
}

// Reissuing signs what devices hold anew, with the next number, unless the key that this officer signs
// with signed it already: after a key was retired or compromised.
func (o *Officer) Reissuing(memo Memo) Acts {
	return Acts{is: o.Issuer, act: func(tx *ledger.Tx, row *BatchRow) error {
		w := Wish{Device: row.Name, Memo: memo}
		c, err := o.consider(tx, w)
		if err != nil {
			return err
		}
		row.UDI, row.DID, row.Account = c.device.UDI, c.device.DID, c.device.Account
		if err := o.anew(tx, &c); err != nil {
			return err
		}
		return o.issued(tx, row, func() (Issuance, error) { return o.commit(tx, w, c) })
	}}
}

// anew makes a plan that keeps everything one that signs it again, if another key signed what there is.
func (o *Officer) anew(tx *ledger.Tx, c *considered) error {
	newest, ok := c.books.Newest()
	if !ok || !c.plan.Repeated {
		return nil
	}
	stored, err := tx.Authorization(c.device.ID, newest.Number)
	if err != nil {
		return err
	}
	a, err := reserve.ReopenAuthorization(stored.Body, c.trust, c.books.Identity)
	if err != nil {
		return err
	}
	key, err := o.signer(c.trust, keys.RoleIssue)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(a.Signers(), func(k keys.Key) bool { return k.Public == key.Public() }) {
		return nil
	}
	c.plan.Repeated = false
	c.plan.Number, err = c.books.Next()
	return err
}

// Replacing does an RMA for each row.
func (o *Officer) Replacing(memo Memo) Acts {
	return Acts{is: o.Issuer, act: func(tx *ledger.Tx, row *BatchRow) error {
		r := RMA{Failed: row.Act.Failed, Request: row.request, Map: row.Act.maps, Changes: row.changes, Account: row.Act.account, Memo: memo}
		if row.Act.reason != "" {
			r.Memo.Reason = row.Act.reason
		}
		c, err := o.considerRMA(tx, r)
		if err != nil {
			return err
		}
		planned := row.Account // or what the row names
		if row.Account = c.plan.Plan.Account; planned != row.Act.account && planned != row.Account && !c.plan.Repeated {
			return changedSince()
		}
		return o.issued(tx, row, func() (Issuance, error) { return o.commitRMA(tx, r, c) })
	}}
}

// issued fills in what was signed for a row.
func (o *Officer) issued(tx *ledger.Tx, row *BatchRow, commit func() (Issuance, error)) error {
	i, err := commit()
	if err != nil {
		return err
	}
	row.Number, row.Authorization, row.State, row.draws = i.Number, i.Authorization, BatchSigned, i.Plan.draws
	if i.Repeated {
		row.State = BatchAgain
	}
	return nil
}

// Plan does all of a batch and takes it back: what comes of each row, and what that does to the pools.
// Nobody else can write meanwhile.
func (a Acts) Plan(ctx context.Context, b Batch, rows []BatchRow) (p *BatchPlan, err error) {
	if err := b.Memo.check(); err != nil {
		return nil, err
	}
	p = &BatchPlan{Batch: b, Rows: rows, today: a.is.today()}
	err = a.run(ctx, true, func(tx *ledger.Tx) (err error) {
		if p.head, _, err = tx.Head(); err != nil {
			return err
		}
		if err := twice(tx, p); err != nil {
			return err
		}
		for i := range p.Rows {
			if err := a.try(tx, &p.Rows[i]); err != nil {
				return err
			}
			if i%100 == 0 && ctx.Err() != nil {
				return ctx.Err()
			}
		}
		return p.pools(tx)
	})
	if err != nil {
		return nil, err
	}
	err = a.is.View(ctx, p.before)
	for i := range p.Rows {
		if row := &p.Rows[i]; row.State == BatchSigned { // not yet
			row.State, row.Authorization = BatchSign, nil
		}
	}
	return p, err
}

// twice refuses rows about a device that another one is about already, whatever they call it.
func twice(tx *ledger.Tx, p *BatchPlan) error {
	seen := map[string]int{}
	for i := range p.Rows {
		row := &p.Rows[i]
		if row.Act == nil {
			row.Act = &ActRow{}
		}
		for _, name := range []string{row.Name, row.Act.Failed} {
			if name == "" || row.State == BatchRefused {
				continue
			}
			called, err := calledWhole(tx, name)
			if err != nil {
				return err
			}
			if first, twice := seen[called]; twice {
				row.refuse(reserve.Refuse(reserve.DuplicateDevice, "%s is in %s of this batch already", name, p.Rows[first].Place()))
				continue
			}
			seen[called] = i
		}
	}
	return nil
}

// calledWhole is the whole name of a device, or what somebody calls one that isn't known.
func calledWhole(tx *ledger.Tx, name string) (string, error) {
	if u, err := reserve.ParseUDI(name); err == nil {
		return u.String(), nil
	}
	d, err := tx.FindDevice(name)
	if isRefusal(err) {
		return name, nil
	}
	return d.UDI.String(), err
}
