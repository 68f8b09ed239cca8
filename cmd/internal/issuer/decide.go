package issuer

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"tallystick/keys"
	"tallystick/reserve"
)

// decide turns a wish into draws on lots: what isn't named is kept as it is, what is named is
// allocated anew, and a line that ended is dropped without blocking the others.
func (s situation) decide(w Wish) (Plan, error) {
	draws, held, err := s.draws(w)
	if err != nil {
		return Plan{}, err
	}
	return s.plan(draws, held)
}

// draws returns what a wish draws on, sorted, and what is held now.
func (s situation) draws(w Wish) ([]reserve.Draw, holding, error) {
	targets, err := s.targets(w)
	if err != nil {
		return nil, nil, err
	}
	held, base := s.held(), s.kept()
	kept := holding{}
	var wishes []reserve.Wish
	for id, n := range targets {
		running := s.running(base[id])
		wish, err := s.wish(w, id, n)
		if err != nil {
			return nil, nil, err
		}
		if wish.Choice == nil && n == count(running) && lasts(running, w.Until) {
			kept[id] = running
		} else if n > 0 {
			wishes = append(wishes, wish)
		}
	}
	if !w.Only {
		for id, draws := range base {
			if _, named := targets[id]; !named {
				kept[id] = s.running(draws)
			}
		}
	}
	if err := s.mustOffer(kept); err != nil {
		return nil, nil, err
	}
	slices.SortFunc(wishes, func(a, b reserve.Wish) int { return cmp.Compare(a.Entitlement, b.Entitlement) })
	draws, short := reserve.Allocate(wishes, s.left(kept), s.free(kept), s.today)
	if len(short) > 0 {
		return nil, nil, s.shortage(wishes, short)
	}
	for _, d := range kept {
		draws = append(draws, d...)
	}
	if s.books.WrittenOff && len(draws) > 0 {
		return nil, nil, writtenOff(s.books)
	}
	if _, issued := s.books.Newest(); len(draws) == 0 && !issued {
		return nil, nil, reserve.Refuse(reserve.OutOfRange, "nothing is granted, and %s holds nothing that could be taken away", s.books.Identity.UDI())
	}
	return sorted(draws), held, nil
}

// mayReach refuses a wish for a device that is given nothing now, or nothing but the empty authorization.
func (w Wish) mayReach(b reserve.Books) error {
	if err := b.Open(); err != nil {
		return err
	}
	if b.WrittenOff && !w.nothing() {
		return writtenOff(b)
	}
	return nil
}

func writtenOff(b reserve.Books) error { return wasWrittenOff(b.Identity.UDI()) }

func wasWrittenOff(u reserve.UDI) error {
	return reserve.Refuse(reserve.DeviceWrittenOff, "%s was written off: it can be given an authorization that grants nothing, and no other", u)
}

// free returns what the device is charged beyond what it keeps: of one lot it may hold several
// entitlements.
func (s situation) free(kept holding) map[reserve.LotID]uint32 {
	charge := s.books.Charge()
	for _, draws := range kept {
		for _, d := range draws {
			charge[d.Lot] -= min(d.Grant.Count, charge[d.Lot])
		}
	}
	return charge
}

func lasts(draws []reserve.Draw, until keys.Day) bool {
	return !slices.ContainsFunc(draws, func(d reserve.Draw) bool { return d.Grant.Ends != 0 && d.Grant.Ends < until })
}

// targets returns the count wished for each entitlement that is named.
func (s situation) targets(w Wish) (map[reserve.EntitlementID]uint64, error) {
	held := s.held()
	out := map[reserve.EntitlementID]uint64{}
	for _, c := range w.Changes {
		e, err := s.entitlement(c.Tag, held)
		if err != nil {
			return nil, err
		}
		if _, twice := out[e.ID]; twice {
			return nil, reserve.Refuse(reserve.OutOfRange, "entitlement %q is named twice", c.Tag)
		}
		n, running := c.Count, int64(count(s.running(held[e.ID])))
		if c.Relative {
			n += running
		}
		if n < 0 || n > reserve.MaxCount {
			return nil, reserve.Refuse(reserve.OutOfRange, "entitlement %q would come to %d", c.Tag, n)
		}
		// A catalog may have taken from a product what devices hold of it: that can be kept or cut.
		if n > running && !slices.Contains(s.product.Entitlements, c.Tag) {
			return nil, s.notOffered(c.Tag)
		}
		out[e.ID] = uint64(n)
	}
	return out, nil
}

func (s situation) notOffered(tag string) error {
	id := s.books.Identity.UDI().Product()
	if s.product.Name == "" {
		return reserve.Refuse(reserve.UnknownProduct, "product ID %q is not in the catalog any more: what the device holds can be kept or cut, no more", id)
	}
	return reserve.Refuse(reserve.NotEntitled, "product %q (%s) has no entitlement %q", s.product.Name, id, tag)
}

// entitlement looks a tag up. One that the catalog retired is known for as long as it is held, so
// that it can be given up.
func (s situation) entitlement(tag string, held holding) (reserve.Entitlement, error) {
	e, err := s.catalog.Entitlement(tag)
	if err == nil {
		return e, nil
	}
	for id := range held {
		if known, _ := s.catalog.Tag(id); known == tag {
			return reserve.Entitlement{ID: id, Tag: tag, Name: tag}, nil
		}
	}
	return reserve.Entitlement{}, err
}

// shortage tells of everything that is missing, and of what there is instead: licenses that begin
// later, and those of higher tiers, which are not taken unasked.
func (s situation) shortage(wishes []reserve.Wish, short []reserve.Shortage) error {
	parts := make([]string, 0, len(short))
	for _, x := range short {
		tag, _ := s.catalog.Tag(x.Entitlement)
		at := slices.IndexFunc(wishes, func(w reserve.Wish) bool { return w.Entitlement == x.Entitlement })
		if wishes[at].Choice != nil {
			parts = append(parts, fmt.Sprintf("%s: %d wanted, the licenses named have %d for this device", tag, x.Wanted, x.Available))
			continue
		}
		part := fmt.Sprintf("%s: %d wanted, %d available", tag, x.Wanted, x.Available)
		if own := min(s.reserved(x.Entitlement), x.Available); own > 0 {
			part += fmt.Sprintf(", %d of them reserved for this device already", own)
		}
		for _, o := range x.Later {
			part += fmt.Sprintf(", %d more from %s", o.Count, o.From)
		}
		parts = append(parts, part+s.higher(wishes[at]))
	}
	return reserve.Refuse(reserve.PoolExhausted, "account %q is short of %s", s.account, strings.Join(parts, "; "))
}

// higher tells which higher tiers could be borrowed from, and are not.
func (s situation) higher(w reserve.Wish) string {
	var text string
	for _, from := range s.catalog.Covers(w.Entitlement)[1:] {
		if slices.Contains(w.Borrow, from) {
			continue
		}
		all := reserve.Wish{Entitlement: from, Count: reserve.MaxCount, Until: w.Until}
		_, short := reserve.Allocate([]reserve.Wish{all}, s.lots, s.books.Charge(), s.today)
		if len(short) == 0 || short[0].Available > 0 {
			tag, _ := s.catalog.Tag(from)
			text += fmt.Sprintf("; it could be borrowed from %s, of which there are %s", tag, availableText(short))
		}
	}
	return text
}

// availableText is how many a shortage of the most there can be leaves.
func availableText(short []reserve.Shortage) string {
	if len(short) == 0 {
		return "enough"
	}
	return fmt.Sprint(short[0].Available)
}

// reserved returns what is reserved for the device of one entitlement.
func (s situation) reserved(id reserve.EntitlementID) uint32 {
	var n uint32
	charge := s.books.Charge()
	for _, l := range s.lots {
		if l.Entitlement == id {
			n += charge[l.ID]
		}
	}
	return n
}
