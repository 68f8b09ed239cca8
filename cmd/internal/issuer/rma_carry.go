package issuer

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"tallystick/cmd/internal/ledger"
	"tallystick/reserve"
)

// carry decides what the replacement gets: what the newest authorization of the failed device grants,
// from the same licenses as far as they go on and are the account's, but for what is named otherwise.
func (is *Issuer) carry(tx *ledger.Tx, r RMA, c *consideredRMA) error {
	lots, err := tx.Allocatable(c.next.account.Path, c.next.today)
	if err != nil {
		return err
	}
	freed := map[reserve.LotID]uint32{}
	if !c.loss.loss.Repeated {
		freed = c.loss.books.Charge()
	}
	for i := range lots {
		lots[i].Available += freed[lots[i].ID]
	}
	carried := is.carried(r, c)
	w := Wish{Request: r.Request, Account: r.Account, Changes: slices.Clone(r.Changes), Op: r.Op, Memo: r.Memo}
	if err := carried.rename(r, &w, c.next.trust.Catalog()); err != nil {
		return err
	}
	carried.keepable(lots, c.next.trust.Catalog(), &w)
	if len(carried) == 0 && len(w.Changes) == 0 {
		return reserve.Refuse(reserve.OutOfRange, "nothing that %s held can be carried over: name what the replacement is to hold", c.loss.loss.Device.UDI)
	}
	c.next.seed = carried
	c.next, err = is.resolve(tx, w, c.next, lots)
	c.plan.Plan = c.next.plan
	if err == nil && len(c.next.plan.draws) == 0 { // its stored empty authorization could be the answer, and records no replacement
		err = reserve.Refuse(reserve.OutOfRange, "nothing is granted to what replaces %s: name what it is to hold, or write the device off alone", c.loss.loss.Device.UDI)
	}
	return err
}

// carried returns what is carried over, by entitlement, and notes what is left out.
func (is *Issuer) carried(r RMA, c *consideredRMA) holding {
	newest, _ := c.loss.books.Newest()
	all := holding{}
	for _, d := range newest.Draws {
		all[d.Grant.Entitlement] = append(all[d.Grant.Entitlement], d)
	}
	s := situation{today: c.next.today}
	for _, e := range listed(c.next.trust.Catalog(), slices.Collect(maps.Keys(all))) {
		draws, held := all[e.ID]
		if !held {
			continue
		}
		left := s.running(draws)
		named := slices.ContainsFunc(r.Changes, func(c Change) bool { return c.Tag == e.Tag }) ||
			slices.ContainsFunc(r.Map, func(m Mapping) bool { return m.Old == e.Tag })
		switch ended := count(draws) - count(left); {
		case e.Class == reserve.ExportControlled && !named:
			c.plan.LeftOut = append(c.plan.LeftOut, LeftOut{e, count(draws), LeftExport})
			delete(all, e.ID)
			continue
		case ended > 0 && !named:
			c.plan.LeftOut = append(c.plan.LeftOut, LeftOut{e, ended, LeftEnded})
		}
		if all[e.ID] = left; len(left) == 0 {
			delete(all, e.ID)
		}
	}
	return all
}

// rename wishes for what entitlements are mapped to, and takes what they were out. All mappings are about
// what the failed device held, in whatever order they are named: two entitlements may change places. What
// is granted by name counts as that.
func (h holding) rename(r RMA, w *Wish, catalog reserve.Catalog) error {
	counts, err := h.takeMapped(r.Map, catalog)
	if err != nil {
		return err
	}
	for i, m := range r.Map {
		to, err := catalog.Entitlement(m.New)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(r.Changes, func(c Change) bool { return c.Tag == m.New }) {
			continue
		}
		n := counts[i]
		if to.Class == reserve.ExportControlled {
			return reserve.Refuse(reserve.OutOfRange, "%s is export-controlled: it is carried over only when it is granted by name, %s=%d", m.New, m.New, n)
		}
		if at := slices.IndexFunc(w.Changes, func(c Change) bool { return c.Tag == m.New }); at >= 0 {
			w.Changes[at].Count += n
			continue
		}
		w.Changes = append(w.Changes, Change{Tag: m.New, Count: n + int64(count(h[to.ID]))})
	}
	return nil
}

// takeMapped takes out what is mapped to something else, and returns how much that was of each.
func (h holding) takeMapped(mapped []Mapping, catalog reserve.Catalog) ([]int64, error) {
	var counts []int64
	var taken []reserve.EntitlementID
	for _, m := range mapped {
		from, ok := h.tagged(m.Old, catalog)
		if !ok {
			return nil, reserve.Refuse(reserve.OutOfRange, "the failed device has no %s that could be mapped to %s", clip(m.Old), clip(m.New))
		}
		counts, taken = append(counts, int64(count(h[from]))), append(taken, from)
	}
	for _, id := range taken {
		delete(h, id)
	}
	return counts, nil
}

func (h holding) tagged(tag string, catalog reserve.Catalog) (reserve.EntitlementID, bool) {
	for id := range h {
		if known, _ := catalog.Tag(id); known == tag {
			return id, true
		}
	}
	return 0, false
}

// keepable wishes anew, by the ordinary rule, for what can't come from the licenses that it came from:
// they are another account's, others hold them by now, or they don't cover it by the catalog in force.
func (h holding) keepable(lots []reserve.Lot, catalog reserve.Catalog, w *Wish) {
	left := map[reserve.LotID]reserve.Lot{}
	for _, l := range lots {
		left[l.ID] = l
	}
	for _, id := range slices.Sorted(maps.Keys(h)) {
		tag, _ := catalog.Tag(id)
		at := slices.IndexFunc(w.Changes, func(c Change) bool { return c.Tag == tag })
		if at >= 0 && uint64(w.Changes[at].Count) != count(h[id]) {
			continue
		}
		fits := true
		for _, d := range h[id] {
			l, ok := left[d.Lot]
			if fits = fits && ok && l.Available >= d.Grant.Count && slices.Contains(catalog.Covers(id), l.Entitlement); fits {
				l.Available -= d.Grant.Count
				left[d.Lot] = l
			}
		}
		if !fits && at < 0 {
			w.Changes = append(w.Changes, Change{Tag: tag, Count: int64(count(h[id]))})
		}
		if !fits {
			delete(h, id)
		}
	}
}

// kept returns what is kept unless it is named: what the device holds or, of a replacement, what is
// carried over.
func (s situation) kept() holding {
	if s.seed != nil {
		return s.seed
	}
	return s.held()
}

// mustOffer refuses to carry over what the replacement's product does not have.
func (s situation) mustOffer(kept holding) error {
	if s.seed == nil {
		return nil
	}
	var missing []string
	for _, id := range slices.Sorted(maps.Keys(kept)) {
		tag, _ := s.catalog.Tag(id)
		if len(kept[id]) > 0 && !slices.Contains(s.product.Entitlements, tag) {
			missing = append(missing, fmt.Sprintf("%s=%d", tag, count(kept[id])))
		}
	}
	if len(missing) == 0 {
		return nil
	}
	return reserve.Refuse(reserve.NotEntitled, "product %q (%s) has no %s, which the failed device holds: say what stands for it, or that nothing does",
		s.product.Name, s.books.Identity.UDI().Product(), strings.Join(missing, ", "))
}

// left returns the lots without what is kept of them and not charged to the device yet.
func (s situation) left(kept holding) []reserve.Lot {
	if s.seed == nil {
		return s.lots
	}
	lots := slices.Clone(s.lots)
	for _, draws := range kept {
		for _, d := range draws {
			if at := slices.IndexFunc(lots, func(l reserve.Lot) bool { return l.ID == d.Lot }); at >= 0 {
				lots[at].Available -= min(d.Grant.Count, lots[at].Available)
			}
		}
	}
	return lots
}
