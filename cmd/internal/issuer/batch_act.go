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
			row.State, row.Err = BatchRefused, finding
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
		r := RMA{Failed: row.Act.Failed, Request: row.request, Map: row.Act.maps, Changes: row.changes, Account: row.Account, Memo: memo}
		if row.Act.reason != "" {
			r.Memo.Reason = row.Act.reason
		}
		c, err := o.considerRMA(tx, r)
		if err != nil {
			return err
		}
		row.Account = c.plan.Plan.Account
		return o.issued(tx, row, func() (Issuance, error) { return o.commitRMA(tx, r, c) })
	}}
}

// issued fills in what was signed for a row.
func (o *Officer) issued(tx *ledger.Tx, row *BatchRow, commit func() (Issuance, error)) error {
	i, err := commit()
	if err != nil {
		return err
	}
	row.Number, row.Authorization, row.State = i.Number, i.Authorization, BatchSigned
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
	twice(p)
	err = a.run(ctx, true, func(tx *ledger.Tx) error {
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

// twice refuses rows about a device that another one is about already.
func twice(p *BatchPlan) {
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
			if first, twice := seen[name]; twice {
				row.refuse(reserve.Refuse(reserve.DuplicateDevice, "%s is in %s of this batch already", name, p.Rows[first].Place()))
				continue
			}
			seen[name] = i
		}
	}
}

// Do does the rows of a plan, as Officer.Batch does.
func (a Acts) Do(ctx context.Context, p *BatchPlan, done func(rows int)) error {
	if p.Blocked() {
		return reserve.Refuse(reserve.OutOfRange, "a row is refused, and all were to be done or none")
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

func (a Acts) chunk(ctx context.Context, p *BatchPlan, from, to int) error {
	if !slices.ContainsFunc(p.Rows[from:to], func(r BatchRow) bool { return r.State == BatchSign }) {
		return nil
	}
	return a.run(ctx, false, func(tx *ledger.Tx) error {
		for i := from; i < to; i++ {
			row := &p.Rows[i]
			if row.State != BatchSign {
				continue
			}
			if err := a.try(tx, row); err != nil {
				return err
			}
			if p.Batch.Whole && row.State == BatchRefused {
				return row.Err
			}
		}
		return ctx.Err()
	})
}

// try does a row, or refuses it and nothing is done of it.
func (a Acts) try(tx *ledger.Tx, row *BatchRow) error {
	if row.State == BatchRefused {
		return nil
	}
	planned := row.Number // 0 while it is planned
	err := tx.Attempt(func() error {
		if err := a.act(tx, row); err != nil || planned == 0 || row.Number == planned {
			return err
		}
		return changedSince()
	})
	if isRefusal(err) {
		row.State, row.Err, row.Authorization, row.Number = BatchRefused, err, nil, 0
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
