package issuer

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"tallystick/cmd/internal/ledger"
	"tallystick/keys"
	"tallystick/reserve"
)

// A Line is what the plan does to one entitlement.
type Line struct {
	Entitlement  reserve.Entitlement
	Before       uint64         // held by the newest authorization that may be installed
	After        uint64         // held once the new one is installed
	Draws        []reserve.Draw // where it comes from
	Ended        uint64         // dropped because its license ended
	PoolBefore   uint64         // available in the account, as far as it is not Unlimited
	PoolAfter    uint64         // … once it is signed
	Unlimited    bool           // the account has it without limit
	ReservedNow  uint64         // reserved for this device before
	ReservedThen uint64         // … and after: the larger of the two until it confirms
}

// A Plan is the decision about one wish: what would be signed, and what that does to the pools.
// Making one changes nothing.
type Plan struct {
	Account   ledger.Path
	Device    reserve.Identity
	New       bool            // the device is not enrolled yet
	Arrival   Arrival         // of a new device: whether purchasing announced it
	Announced ledger.Expected // … and how
	Replaces  string          // fingerprint of the identity this UDI had before, which holds nothing
	Number    reserve.Number
	Repeated  bool             // the newest authorization says just this, and is still good: its stored bytes are the answer
	Issuer    string           // fingerprint that the device has to show as its issuer's
	Root      uint16           // the version of the trust root that the authorization needs
	KnownRoot uint16           // the version that the device had when it asked; 0 without a request
	Push      bool             // the device is known: this is an update, no request is needed
	Out       []reserve.Number // authorizations that were issued and are not confirmed
	Lines     []Line
	Export    bool // it grants something export-controlled
	draws     []reserve.Draw
}

// situation is everything a plan depends on.
type situation struct {
	catalog reserve.Catalog
	product reserve.Product
	account ledger.Path
	books   reserve.Books
	lots    []reserve.Lot
	today   keys.Day
	usable  bool // a device would still take the newest authorization
}

// holding is what the newest alive authorization grants, by entitlement.
type holding map[reserve.EntitlementID][]reserve.Draw

func count(draws []reserve.Draw) uint64 {
	var n uint64
	for _, d := range draws {
		n += uint64(d.Grant.Count)
	}
	return n
}

func (s situation) held() holding {
	h := holding{}
	if newest, ok := s.books.Newest(); ok {
		for _, d := range newest.Draws {
			h[d.Grant.Entitlement] = append(h[d.Grant.Entitlement], d)
		}
	}
	return h
}

// running returns the draws whose license has not ended.
func (s situation) running(draws []reserve.Draw) []reserve.Draw {
	return slices.DeleteFunc(slices.Clone(draws), func(d reserve.Draw) bool {
		return d.Grant.Ends != 0 && d.Grant.Ends < s.today
	})
}

// decide turns a wish into draws on lots: what isn't named is kept as it is, what is named is
// allocated anew, and a line that ended is dropped without blocking the others.
func (s situation) decide(w Wish) (Plan, error) {
	targets, err := s.targets(w)
	if err != nil {
		return Plan{}, err
	}
	held := s.held()
	charge := s.books.Charge()
	kept := holding{}
	var wishes []reserve.Wish
	for id, n := range targets {
		running := s.running(held[id])
		if n == count(running) && lasts(running, w.Until) {
			kept[id] = running
		} else if n > 0 {
			wishes = append(wishes, reserve.Wish{Entitlement: id, Count: uint32(n), Until: w.Until})
		}
	}
	if !w.Only {
		for id, draws := range held {
			if _, named := targets[id]; !named {
				kept[id] = s.running(draws)
			}
		}
	}
	slices.SortFunc(wishes, func(a, b reserve.Wish) int { return cmp.Compare(a.Entitlement, b.Entitlement) })
	draws, short := reserve.Allocate(wishes, s.lots, charge, s.today)
	if len(short) > 0 {
		return Plan{}, s.shortage(short)
	}
	for _, d := range kept {
		draws = append(draws, d...)
	}
	if _, issued := s.books.Newest(); len(draws) == 0 && !issued {
		return Plan{}, reserve.Refuse(reserve.OutOfRange, "nothing is granted, and %s holds nothing that could be taken away", s.books.Identity.UDI())
	}
	slices.SortFunc(draws, func(a, b reserve.Draw) int {
		return cmp.Or(cmp.Compare(a.Grant.Entitlement, b.Grant.Entitlement), cmp.Compare(a.Lot, b.Lot))
	})
	return s.plan(draws, held)
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

func (s situation) shortage(short []reserve.Shortage) error {
	parts := make([]string, 0, len(short))
	for _, x := range short {
		tag, _ := s.catalog.Tag(x.Entitlement)
		part := fmt.Sprintf("%s: %d wanted, %d available", tag, x.Wanted, x.Available)
		if own := min(s.reserved(x.Entitlement), x.Available); own > 0 {
			part += fmt.Sprintf(", %d of them reserved for this device already", own)
		}
		parts = append(parts, part)
	}
	return reserve.Refuse(reserve.PoolExhausted, "account %q is short of %s", s.account, strings.Join(parts, "; "))
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

// plan fills in what the officer is shown before signing.
func (s situation) plan(draws []reserve.Draw, held holding) (Plan, error) {
	if _, err := reserve.GrantsOf(draws); err != nil {
		return Plan{}, err
	}
	p := Plan{Account: s.account, Device: s.books.Identity, draws: draws}
	for _, i := range s.books.Alive() {
		if c, ok := s.books.Confirmed(); !ok || c.Number != i.Number {
			p.Out = append(p.Out, i.Number)
		}
	}
	newest, issued := s.books.Newest()
	p.Repeated = issued && s.usable && slices.Equal(sorted(newest.Draws), draws)
	if p.Repeated {
		p.Number = newest.Number
	} else {
		var err error
		if p.Number, err = s.books.Next(); err != nil {
			return Plan{}, err
		}
	}
	s.lines(&p, held)
	return p, nil
}

func sorted(draws []reserve.Draw) []reserve.Draw {
	out := slices.Clone(draws)
	slices.SortFunc(out, func(a, b reserve.Draw) int {
		return cmp.Or(cmp.Compare(a.Grant.Entitlement, b.Grant.Entitlement), cmp.Compare(a.Lot, b.Lot))
	})
	return out
}

func (s situation) lines(p *Plan, held holding) {
	after := holding{}
	for _, d := range p.draws {
		after[d.Grant.Entitlement] = append(after[d.Grant.Entitlement], d)
	}
	charge := s.books.Charge()
	for _, e := range listed(s.catalog, slices.Concat(slices.Collect(maps.Keys(held)), slices.Collect(maps.Keys(after)))) {
		before, then := held[e.ID], after[e.ID]
		x := s.effect(e.ID, charge, then)
		if len(before) == 0 && len(then) == 0 && x.reserved == 0 {
			continue
		}
		line := Line{Entitlement: e, Before: count(before), After: count(then), Draws: then, Unlimited: x.unlimited,
			PoolBefore: x.available, PoolAfter: x.available - min(x.grown, x.available), ReservedNow: x.reserved, ReservedThen: x.reserved + x.grown}
		line.Ended = count(before) - count(s.running(before))
		if p.Repeated {
			line.Ended = 0
		}
		p.Export = p.Export || (e.Class == reserve.ExportControlled && len(then) > 0)
		p.Lines = append(p.Lines, line)
	}
}

// listed returns what the catalog offers and, after that, those of ids that it retired: a device may
// hold them still. Of these there is no more than the tag.
func listed(c reserve.Catalog, ids []reserve.EntitlementID) []reserve.Entitlement {
	out := c.Entitlements()
	slices.Sort(ids)
	for _, id := range slices.Compact(ids) {
		if _, offered := c.EntitlementByID(id); !offered {
			tag, _ := c.Tag(id)
			out = append(out, reserve.Entitlement{ID: id, Tag: tag, Name: tag})
		}
	}
	return out
}

// An effect is what is reserved for the device of one entitlement, what is available in the account,
// and by how much the first grows and the second shrinks.
type effect struct {
	reserved, available, grown uint64
	unlimited                  bool
}

func (s situation) effect(id reserve.EntitlementID, charge map[reserve.LotID]uint32, draws []reserve.Draw) (x effect) {
	want := map[reserve.LotID]uint32{}
	for _, d := range draws {
		want[d.Lot] += d.Grant.Count
	}
	for _, l := range s.lots {
		if l.Entitlement != id || l.Starts > s.today || (l.Ends != 0 && l.Ends < s.today) {
			continue
		}
		x.available += uint64(l.Available)
		x.reserved += uint64(charge[l.ID])
		x.grown += uint64(max(want[l.ID], charge[l.ID]) - charge[l.ID])
		x.unlimited = x.unlimited || l.Unlimited && l.Available > 0
	}
	return x
}

// same reports whether two plans would sign, charge and replace the same, so that what was previewed
// is what is committed.
func (p Plan) same(q Plan) bool {
	return p.Number == q.Number && p.Repeated == q.Repeated && p.Account == q.Account && p.New == q.New &&
		p.Replaces == q.Replaces && p.Export == q.Export && p.Device.DID() == q.Device.DID() && slices.Equal(p.draws, q.draws)
}
