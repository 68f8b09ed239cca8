package issuer

import (
	"context"

	"tallystick/cmd/internal/ledger"
	"tallystick/reserve"
)

// PlanBatch decides about every row without changing anything. What one row gets is not there for the
// next, and where a pool is too small the rows are left out that BatchPool.LeftOut names. Rows that
// are refused stop no other, unless the batch is to be done whole. The rows become the plan's. The
// refusals of the batch as a whole are Frozen, OutOfRange and InvalidName.
func (is *Issuer) PlanBatch(ctx context.Context, b Batch, rows []BatchRow) (p *BatchPlan, err error) {
	if err := b.Memo.check(); err != nil {
		return nil, err
	}
	p = &BatchPlan{Batch: b, Rows: rows, today: is.today()}
	err = is.ledger.View(ctx, func(tx *ledger.Tx) error {
		if err := is.Frozen(tx); err != nil {
			return err
		}
		n, err := is.newBatching(tx, p)
		if err != nil {
			return err
		}
		return n.plan(ctx)
	})
	if err != nil {
		return nil, err
	}
	return p, nil
}

// batching is a PlanBatch under way.
type batching struct {
	*Issuer
	*BatchPlan
	tx        *ledger.Tx
	accounts  map[ledger.Path]*batchAccount
	products  map[string]reserve.Product
	devices   map[reserve.DID]int // the row of each
	instances map[reserve.UDI]int
	announced bool // purchasing announced devices
	converted bool // there are option keys
	waiting   []int
}

// A batchAccount is an account that rows draw on.
type batchAccount struct {
	situation
	refused error // why nothing can be reserved from it
	export  bool
	pools   map[reserve.EntitlementID]*batchDemand
}

// A batchDemand is what the rows want of one pool.
type batchDemand struct {
	pool BatchPool
	asks []batchAsk
}

type batchAsk struct {
	row   int
	count uint32
}

func (is *Issuer) newBatching(tx *ledger.Tx, p *BatchPlan) (*batching, error) {
	n := &batching{Issuer: is, BatchPlan: p, tx: tx, accounts: map[ledger.Path]*batchAccount{}, products: map[string]reserve.Product{},
		devices: make(map[reserve.DID]int, len(p.Rows)), instances: make(map[reserve.UDI]int, len(p.Rows))}
	var err error
	if p.trust, err = tx.Trust(); err != nil {
		return nil, err
	}
	if p.head, _, err = tx.Head(); err != nil {
		return nil, err
	}
	if n.announced, err = tx.AnyAnnounced(); err != nil {
		return nil, err
	}
	n.converted, err = tx.AnyOptionKey()
	return n, err
}

// plan looks at every row, then shares out what the pools have.
func (n *batching) plan(ctx context.Context) error {
	n.requests()
	for i := range n.Rows {
		if err := n.look(i); err != nil {
			return err
		}
		if i%1000 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
	}
	n.leaveOut()
	for _, i := range n.waiting {
		if row := &n.Rows[i]; row.State != BatchRefused {
			if err := n.decide(row); err != nil {
				return err
			}
		}
	}
	n.totals()
	return nil
}

// requests notes whose requests the rows have, before devices are looked for by their names: which row
// is one too many must not depend on which devices are known by now.
func (n *batching) requests() {
	for i := range n.Rows {
		row := &n.Rows[i]
		if row.State == BatchRefused || row.request == nil {
			continue
		}
		if err := n.twice(i, row); err != nil {
			row.refuse(err)
		}
	}
}

// look finds out whose row it is and what it wants of which pools. Of what needs no more than its
// device has it decides.
func (n *batching) look(i int) error {
	row := &n.Rows[i]
	if row.State == BatchRefused {
		return nil
	}
	if row.request != nil {
		known, err := n.tx.Known(row.request.Identity())
		if err != nil {
			return err
		}
		row.fresh = !known
	}
	err := n.demand(i, row)
	if isRefusal(err) {
		row.refuse(err)
		return nil
	}
	return err
}

// twice refuses a row whose device has one already.
func (n *batching) twice(i int, row *BatchRow) error {
	first, twice := n.devices[row.DID]
	if !twice {
		first, twice = n.instances[row.UDI]
	}
	if twice {
		return reserve.Refuse(reserve.DuplicateDevice, "%s is in %s of this batch already", row.UDI, n.Rows[first].Place())
	}
	n.devices[row.DID], n.instances[row.UDI] = i, i
	return nil
}

// demand adds what a row wants to the pools.
func (n *batching) demand(i int, row *BatchRow) error {
	w := n.Batch.wish(row)
	if row.fresh {
		a, s, err := n.fresh(row)
		if err != nil {
			return err
		}
		targets, err := s.targets(w)
		if err != nil {
			return err
		}
		n.ask(a, i, targets, nil)
		return nil
	}
	c, a, err := n.known(w)
	if err != nil {
		return err
	}
	row.UDI, row.DID, row.Account = c.books.Identity.UDI(), c.books.Identity.DID(), c.account.Path
	if w.Request == nil {
		if err := n.twice(i, row); err != nil {
			return err
		}
	}
	s, err := newSituation(n.tx, n.trust.Catalog(), a.account, c.books, a.lots, n.BatchPlan.today)
	if err != nil {
		return err
	}
	if s.product, err = n.product(row.UDI); err != nil && len(c.books.Alive()) == 0 {
		return err
	}
	targets, err := s.targets(w)
	if err != nil {
		return err
	}
	if n.ask(a, i, targets, s.own(w, targets)) {
		return nil
	}
	n.waiting = n.waiting[:len(n.waiting)-1]
	return n.decide(row)
}

// own returns how much of what is wished its device has: what it keeps as it is, whatever that is borrowed
// from, and what is reserved for it besides.
func (s situation) own(w Wish, targets map[reserve.EntitlementID]uint64) map[reserve.EntitlementID]uint64 {
	kept, out := holding{}, map[reserve.EntitlementID]uint64{}
	for id, draws := range s.held() {
		n, named := targets[id]
		running := s.running(draws)
		if !named && !w.Only || named && n == count(running) && lasts(running, w.Until) {
			kept[id] = running
		}
	}
	free := s.free(kept)
	for _, l := range s.lots {
		if l.Starts <= s.today && (l.Ends == 0 || l.Ends >= max(s.today, w.Until)) {
			out[l.Entitlement] += uint64(free[l.ID])
		}
	}
	for id := range kept {
		out[id] = max(out[id], targets[id])
	}
	return out
}

// ask notes what a row wants beyond what its device has; more is false when that is nothing.
func (n *batching) ask(a *batchAccount, i int, targets, own map[reserve.EntitlementID]uint64) (more bool) {
	for id, count := range targets {
		d := a.demand(n, id)
		if count > own[id] {
			d.asks = append(d.asks, batchAsk{i, uint32(count - own[id])})
			d.pool.Wanted += count - own[id]
			more = true
		}
	}
	n.waiting = append(n.waiting, i)
	return more
}

func (a *batchAccount) demand(n *batching, id reserve.EntitlementID) *batchDemand {
	d, ok := a.pools[id]
	if !ok {
		tag, _ := n.trust.Catalog().Tag(id)
		d = &batchDemand{pool: BatchPool{Account: a.account, Entitlement: id, Tag: tag}}
		d.pool.Before, d.pool.Unlimited = a.available(id, 0)
		a.pools[id] = d
	}
	return d
}

// known returns what the books say of a device that is on them, and its account.
func (n *batching) known(w Wish) (considered, *batchAccount, error) {
	c := considered{trust: n.trust, today: n.BatchPlan.today}
	if err := n.findDevice(n.tx, w, &c); err != nil {
		return c, nil, err
	}
	if err := w.mayReach(c.books); err != nil {
		return c, nil, err
	}
	if err := n.permit(n.tx, w, &c); err != nil {
		return c, nil, err
	}
	a, err := n.account(c.account.Path)
	return c, a, err
}
