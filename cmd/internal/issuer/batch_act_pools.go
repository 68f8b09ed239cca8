package issuer

import (
	"cmp"
	"slices"

	"tallystick/cmd/internal/ledger"
)

// pools lists the pools of the accounts that the rows are about, as they are now.
func (p *BatchPlan) pools(tx *ledger.Tx) error {
	seen := map[ledger.Path]bool{}
	for i := range p.Rows {
		row := &p.Rows[i]
		for _, path := range []ledger.Path{row.Account, row.Act.From} {
			if row.State != BatchSigned || path.IsZero() || seen[path] {
				continue
			}
			seen[path] = true
			pools, err := tx.Pools(path, p.today)
			if err != nil {
				return err
			}
			for _, l := range pools {
				p.Pools = append(p.Pools, BatchPool{Account: path, Entitlement: l.Entitlement, Tag: l.Tag, After: l.Available, Unlimited: l.Unlimited})
			}
		}
	}
	slices.SortFunc(p.Pools, func(a, b BatchPool) int {
		return cmp.Or(cmp.Compare(a.Account.String(), b.Account.String()), cmp.Compare(a.Tag, b.Tag))
	})
	return nil
}

// before fills in what the pools have before the batch, and leaves out those that stay as they are.
func (p *BatchPlan) before(tx *ledger.Tx) error {
	known := map[ledger.Path][]ledger.Pool{}
	for i := range p.Pools {
		path := p.Pools[i].Account
		if _, read := known[path]; !read {
			pools, err := tx.Pools(path, p.today)
			if err != nil {
				return err
			}
			known[path] = pools
		}
		for _, l := range known[path] {
			if l.Entitlement == p.Pools[i].Entitlement {
				p.Pools[i].Before = l.Available
			}
		}
	}
	p.Pools = slices.DeleteFunc(p.Pools, func(b BatchPool) bool { return b.Before == b.After })
	return nil
}
