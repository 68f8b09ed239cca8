package ledger

import (
	"database/sql"
	"fmt"
	"maps"
	"slices"

	"tallystick/reserve"
)

// provisionWriter are the statements that a provision is written with.
type provisionWriter struct{ device, authorization, draw, charge, entry, node *sql.Stmt }

func (tx *Tx) provisionWriter() (w provisionWriter, err error) {
	for _, s := range []struct {
		to    **sql.Stmt
		query string
	}{
		{&w.device, `INSERT INTO device (id, did, udi, serial, account, request, sequence, standing) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`},
		{&w.authorization, insertAuthorization},
		{&w.draw, insertDraw},
		{&w.charge, `INSERT INTO charge (device, lot, count, in_transit, coming_back) VALUES ($1, $2, $3, $4, $5)`},
		{&w.entry, insertEntry},
		{&w.node, insertNode},
	} {
		if *s.to, err = tx.stmt(s.query); err != nil {
			return w, tx.explain(err)
		}
	}
	return w, nil
}

// write writes the rows of entry i.
func (p *providing) write(w provisionWriter, i int, s provided) error {
	v, id, sequence := p.list[i], p.first+DeviceID(i), s.entry.Sequence
	identity := v.Request.Identity()
	did, udi := identity.DID(), identity.UDI()
	if err := p.exec(w.device, id, did[:], udi.String(), udi.Serial(), p.accounts[v.Account], v.Request.Body(), sequence,
		string(after(v).Standing())); err != nil {
		return err
	}
	if err := p.exec(w.authorization, id, v.Issued.Number, sequence, v.Authorization.Issued(), "", v.Issued.Digest[:], v.Authorization.Body(), notRebased); err != nil {
		return err
	}
	for place, d := range v.Issued.Draws {
		if err := p.exec(w.draw, id, v.Issued.Number, place, d.Lot, d.Grant.Entitlement, d.Grant.Count, d.Grant.Ends); err != nil {
			return err
		}
	}
	for _, c := range s.charges {
		if err := p.exec(w.charge, id, c.Lot, c.Count, c.InTransit, c.ComingBack); err != nil {
			return err
		}
		sum := p.debits[c.Lot]
		if uint64(sum.Count)+uint64(c.Count) > reserve.MaxCount {
			return reserve.Refuse(reserve.PoolExhausted, "license %d has not as many as are needed", c.Lot)
		}
		p.debits[c.Lot] = Charge{c.Lot, sum.Count + c.Count, sum.InTransit + c.InTransit, sum.ComingBack + c.ComingBack}
	}
	if err := p.exec(w.entry, entryRow(s.entry)...); err != nil {
		return err
	}
	for _, n := range p.edge.grow(s.entry.Hash) {
		if err := p.exec(w.node, n.level, n.n, n.hash[:]); err != nil {
			return err
		}
	}
	return nil
}

func (p *providing) exec(s *sql.Stmt, args ...any) error {
	if !p.tx.writable {
		return fmt.Errorf("ledger: a View can't write")
	}
	_, err := s.ExecContext(p.tx.ctx, args...)
	return p.tx.explain(err)
}

// debit takes what the devices got from the lots, or nothing.
func (p *providing) debit() error {
	for _, lot := range slices.Sorted(maps.Keys(p.debits)) {
		if err := p.tx.debit(lot, Charge{}, p.debits[lot]); err != nil {
			return err
		}
	}
	return nil
}
