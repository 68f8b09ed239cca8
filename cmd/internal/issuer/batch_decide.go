package issuer

import (
	"cmp"
	"slices"

	"tallystick/reserve"
)

// decide gives a row what it asks for.
func (n *batching) decide(row *BatchRow) error {
	err := n.decideFresh
	if !row.fresh {
		err = n.decideKnown
	}
	if err := err(row); !isRefusal(err) {
		return err
	} else {
		row.refuse(err)
	}
	return nil
}

func (n *batching) decideFresh(row *BatchRow) error {
	a, s, err := n.fresh(row)
	if err != nil {
		return err
	}
	draws, _, err := s.draws(n.Batch.wish(row))
	if err != nil {
		return err
	}
	if _, err := reserve.GrantsOf(draws); err != nil {
		return err
	}
	if !a.export && s.grantsExport(draws) {
		return reserve.Refuse(reserve.ExportOff, "account %q may not reserve export-controlled entitlements", row.Account)
	}
	if n.announced {
		if row.Arrival, _, err = arrival(n.tx, row.UDI, row.Account); err != nil {
			return err
		}
	}
	row.State, row.Number, row.draws = BatchSign, 1, draws
	a.spend(draws, nil)
	return nil
}

func (s situation) grantsExport(draws []reserve.Draw) bool {
	return slices.ContainsFunc(draws, func(d reserve.Draw) bool {
		e, _ := s.catalog.EntitlementByID(d.Grant.Entitlement)
		return e.Class == reserve.ExportControlled
	})
}

func (n *batching) decideKnown(row *BatchRow) error {
	w := n.Batch.wish(row)
	c, a, err := n.known(w)
	if err != nil {
		return err
	}
	if c, err = n.resolve(n.tx, w, c, a.lots); err != nil {
		return err
	}
	row.State, row.Number, row.draws, row.Arrival, row.instead = BatchSign, c.plan.Number, c.plan.draws, c.plan.Arrival, c.plan.New
	if c.plan.Repeated {
		row.State = BatchAgain
		stored, err := n.stored(n.tx, c)
		if err != nil {
			return err
		}
		row.Authorization, row.request, row.draws, row.device = stored.Authorization, nil, nil, c.device.ID
		return nil
	}
	a.spend(c.plan.draws, c.books.Charge())
	return nil
}

// spend takes what a device gets from what is there for the others.
func (s *situation) spend(draws []reserve.Draw, charge map[reserve.LotID]uint32) {
	want := map[reserve.LotID]uint32{}
	for _, d := range draws {
		want[d.Lot] += d.Grant.Count
	}
	for i := range s.lots {
		l := &s.lots[i]
		if n, drawn := want[l.ID]; drawn {
			l.Available -= min(l.Available, max(n, charge[l.ID])-charge[l.ID])
		}
	}
}

// totals lists the pools that rows want something of.
func (n *batching) totals() {
	for _, a := range n.accounts {
		for id, d := range a.pools {
			d.pool.After, _ = a.available(id, 0)
			n.Pools = append(n.Pools, d.pool)
		}
	}
	slices.SortFunc(n.Pools, func(a, b BatchPool) int {
		return cmp.Or(cmp.Compare(a.Account.String(), b.Account.String()), cmp.Compare(a.Tag, b.Tag))
	})
}
