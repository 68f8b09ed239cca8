package issuer

import (
	"context"
	"errors"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"tallystick/cmd/internal/ledger"
	"tallystick/keys"
	"tallystick/reserve"
)

// batchChunk is how many rows are signed in one transaction: enough that the disk is not waited for at
// each, few enough that nobody else waits long.
const batchChunk = 1000

// Batch commits and signs what a plan says, row after row, and calls done after each transaction with
// how many rows are through: what was committed can always be shown again, and what is shown is paid
// for. A row whose device changed since the preview is refused as Busy, and stops no other unless the
// batch is to be done whole. After an error, or when the program dies, the rest is as it was: the same
// rows planned again find what is done and what is left.
func (o *Officer) Batch(ctx context.Context, p *BatchPlan, done func(rows int)) error {
	if p.Blocked() {
		return reserve.Refuse(reserve.OutOfRange, "a row is refused, and all were to be signed or none")
	}
	if err := o.ledger.View(ctx, func(tx *ledger.Tx) error { return o.stillAgain(tx, p) }); err != nil {
		return err
	}
	chunks := p.chunks()
	if p.Batch.Whole {
		return o.batchWhole(ctx, p, chunks, done)
	}
	for chunk, ready := range aheadOf(chunks, func(c batchRows) batchReady { return o.prepare(p, c) }) {
		if err := o.issue(ctx, false, func(tx *ledger.Tx) error { return o.batchChunk(tx, p, chunk, ready) }); err != nil {
			return err
		}
		p.signed(chunk)
		done(chunk.to)
	}
	if err := o.issue(ctx, false, func(tx *ledger.Tx) error { return o.rememberBatch(tx, p) }); err != nil {
		return err
	}
	done(len(p.Rows))
	return nil
}

// batchWhole does all of a batch in one transaction.
func (o *Officer) batchWhole(ctx context.Context, p *BatchPlan, chunks []batchRows, done func(int)) error {
	err := o.issue(ctx, false, func(tx *ledger.Tx) error {
		for chunk, ready := range aheadOf(chunks, func(c batchRows) batchReady { return o.prepare(p, c) }) {
			if err := o.batchChunk(tx, p, chunk, ready); err != nil {
				return err
			}
			for i := chunk.from; i < chunk.to; i++ {
				if row := &p.Rows[i]; row.State == BatchRefused {
					return row.Err
				}
			}
			if err := ctx.Err(); err != nil {
				return err
			}
		}
		return o.rememberBatch(tx, p)
	})
	if err != nil {
		return err
	}
	for _, chunk := range chunks {
		p.signed(chunk)
	}
	done(len(p.Rows))
	return nil
}

// batchRows are the rows of one transaction.
type batchRows struct {
	from, to int    // places in the batch
	first    uint32 // journal entry, if nobody else writes
	entries  uint32
}

// chunks cuts the rows that are to be signed into transactions: the same cuts whatever was done before.
func (p *BatchPlan) chunks() (out []batchRows) {
	at := batchRows{first: p.head + 1}
	end := func(to int) {
		at.to = to
		if at.entries > 0 {
			out = append(out, at)
		}
		at = batchRows{from: to, first: at.first + at.entries}
	}
	for i := range p.Rows {
		if i > 0 && i%batchChunk == 0 {
			end(i)
		}
		at.entries += p.Rows[i].entries()
	}
	end(len(p.Rows))
	return out
}

// signed takes over what was committed.
func (p *BatchPlan) signed(c batchRows) {
	for i := c.from; i < c.to; i++ {
		if row := &p.Rows[i]; row.State == BatchSign {
			row.State, row.request, row.draws = BatchSigned, nil, nil
		}
	}
}

// batchReady are the provisions of a chunk, by the place of their rows in it; zero for rows that are
// none.
type batchReady struct {
	provisions []ledger.Provision
	refused    []error // why a row can't be signed
	err        error
}

// prepare signs the authorizations of devices that are new, on all processors.
func (o *Officer) prepare(p *BatchPlan, c batchRows) batchReady {
	key, err := o.signer(p.trust, keys.RoleIssue)
	if err != nil {
		return batchReady{err: err}
	}
	ready := batchReady{provisions: make([]ledger.Provision, c.to-c.from), refused: make([]error, c.to-c.from)}
	sequences := make([]uint32, c.to-c.from)
	next := c.first
	for i := range sequences {
		sequences[i] = next
		next += p.Rows[c.from+i].entries()
	}
	errs := make([]error, runtime.GOMAXPROCS(0))
	var at atomic.Int64
	var group sync.WaitGroup
	for w := range errs {
		group.Go(func() {
			for errs[w] == nil {
				i := int(at.Add(1)) - 1
				if i >= len(sequences) {
					return
				}
				if row := &p.Rows[c.from+i]; row.State == BatchSign && row.fresh {
					v, err := p.provision(row, sequences[i], key)
					if isRefusal(err) {
						ready.refused[i], err = err, nil
					}
					ready.provisions[i], errs[w] = v, err
				}
			}
		})
	}
	group.Wait()
	ready.err = errors.Join(errs...)
	return ready
}

// provision signs the authorization of a row whose device is new.
func (p *BatchPlan) provision(row *BatchRow, sequence uint32, key keys.PrivateKey) (ledger.Provision, error) {
	grants, err := reserve.GrantsOf(row.draws)
	if err != nil {
		return ledger.Provision{}, err
	}
	id := row.request.Identity()
	a, err := reserve.SignAuthorization(p.trust, id, reserve.Draft{Number: row.Number, Sequence: sequence, Issued: p.today, Grants: grants}, key)
	if err != nil {
		return ledger.Provision{}, err
	}
	event := authorizeEvent{Device: id.UDI().String(), Fingerprint: id.DID().String(), Account: row.Account.String(), Number: uint16(row.Number),
		Authorization: a.Body(), Draws: drawEvents(row.draws), Request: row.request.Body(), Memo: p.Batch.Memo}
	return ledger.Provision{Request: *row.request, Account: row.Account, Authorization: a,
		Issued: reserve.Issued{Number: row.Number, Draws: row.draws, Digest: a.Digest()}, Body: body(event)}, nil
}

// batchChunk does the rows of a chunk. Where nobody else wrote since the plan was made, it holds as it
// is; else each row is decided about anew and has to come to the same.
func (o *Officer) batchChunk(tx *ledger.Tx, p *BatchPlan, c batchRows, ready batchReady) error {
	if ready.err != nil {
		return ready.err
	}
	head, _, err := tx.Head()
	if err != nil {
		return err
	}
	trust, err := tx.Trust()
	if err != nil {
		return err
	}
	p.disturbed = p.disturbed || head != p.head || trust.Root().Version() != p.trust.Root().Version() || p.today != o.today()
	run := c.from // the first of the provisions that are still to be written
	for i := c.from; i <= c.to; i++ {
		inRun := i < c.to && !p.disturbed && (p.Rows[i].State != BatchSign || p.Rows[i].fresh)
		if inRun {
			continue
		}
		if err := o.provide(tx, p, c, ready, run, i); err != nil {
			return err
		}
		run = i + 1
		if i < c.to && p.Rows[i].State == BatchSign {
			if err := o.batchRow(tx, &p.Rows[i], p.Batch.wish(&p.Rows[i])); err != nil {
				return err
			}
		}
	}
	p.head, _, err = tx.Head()
	return err
}

// provide writes the provisions of rows from up to to.
func (o *Officer) provide(tx *ledger.Tx, p *BatchPlan, c batchRows, ready batchReady, from, to int) error {
	for i := from; i < to; i++ {
		if err := ready.refused[i-c.from]; err != nil {
			p.Rows[i].refuse(err)
		}
	}
	list := slices.DeleteFunc(slices.Clone(ready.provisions[from-c.from:to-c.from]), func(v ledger.Provision) bool { return v.Authorization.IsZero() })
	if len(list) == 0 {
		return nil
	}
	key, err := o.signer(p.trust, keys.RoleIssue)
	if err != nil {
		return err
	}
	log, err := o.signer(p.trust, keys.RoleLog)
	if err != nil {
		return err
	}
	next, err := tx.NextSequence()
	if err != nil {
		return err
	}
	at := 0
	for i := from; i < to; i++ {
		if ready.provisions[i-c.from].Authorization.IsZero() {
			continue
		}
		row := &p.Rows[i]
		if list[at].Authorization.Sequence() != next { // a row before it made no entry, or more than one
			if list[at], err = p.provision(row, next, key); err != nil {
				return err
			}
		}
		row.Authorization, row.Sequence = list[at].Authorization.Body(), next
		next++
		at++
	}
	id, err := tx.AddProvisions(ledger.Event{Time: o.world.Now(), Kind: eventAuthorize, Actor: o.world.Actor, Signer: key, Log: log}, list)
	for i := from; i < to; i++ {
		if !ready.provisions[i-c.from].Authorization.IsZero() {
			p.Rows[i].device = id
			id++
		}
	}
	return err
}

// batchRow does one row that is more than the provision of a new device, or whose plan may not hold
// any more: all of it or nothing.
func (o *Officer) batchRow(tx *ledger.Tx, row *BatchRow, w Wish) error {
	err := tx.Attempt(func() error {
		c, err := o.consider(tx, w)
		if err != nil {
			return err
		}
		if c.plan.Number != row.Number || c.plan.Repeated || !slices.Equal(c.plan.draws, row.draws) {
			return reserve.Refuse(reserve.Busy, "the books of %s changed since the preview", row.UDI)
		}
		issued, err := o.commit(tx, w, c)
		if row.Authorization = issued.Authorization; err != nil {
			return err
		}
		d, err := tx.DeviceByDID(c.books.Identity.DID())
		row.device = d.ID
		return err
	})
	if isRefusal(err) {
		row.Authorization = nil
		row.refuse(err)
		return nil
	}
	return err
}
