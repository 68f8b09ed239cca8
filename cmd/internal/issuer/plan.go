package issuer

import (
	"cmp"
	"maps"
	"slices"

	"tallystick/cmd/internal/ledger"
	"tallystick/keys"
	"tallystick/reserve"
)

// A Line is what the plan does to one entitlement.
type Line struct {
	Entitlement  reserve.Entitlement
	Before       uint64                   // held by the newest authorization that may be installed
	After        uint64                   // held once the new one is installed
	Draws        []reserve.Draw           // where it comes from
	Borrowed     map[reserve.LotID]string // those of Draws that are licenses of a higher tier, and its tag
	Ended        uint64                   // dropped because its license ended
	PoolBefore   uint64                   // available in the account, as far as it is not Unlimited
	PoolAfter    uint64                   // … once it is signed
	Unlimited    bool                     // the account has it without limit
	ReservedNow  uint64                   // reserved for this device before
	ReservedThen uint64                   // … and after: the larger of the two until it confirms
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
	lots    []reserve.Lot                           // of the account, also those that begin later
	of      map[reserve.LotID]reserve.EntitlementID // of these, and of what the device holds
	today   keys.Day
	usable  bool    // a device would still take the newest authorization
	seed    holding // of a replacement: what is carried over; nil otherwise
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

// newSituation gathers what a plan for a device depends on. The lots are those of its account.
func newSituation(tx *ledger.Tx, c reserve.Catalog, account ledger.Path, books reserve.Books, lots []reserve.Lot, today keys.Day) (situation, error) {
	s := situation{catalog: c, account: account, books: books, today: today, of: map[reserve.LotID]reserve.EntitlementID{}}
	for _, l := range lots {
		s.of[l.ID] = l.Entitlement
		// What is withheld without a license now can't be taken without limit any more.
		if e, _ := c.EntitlementByID(l.Entitlement); !l.Unlimited || e.Class == reserve.Unenforced {
			s.lots = append(s.lots, l)
		}
	}
	return s, entitlementsOf(tx, books, s.of)
}

// entitlementsOf adds what the lots are of that the device's authorizations draw on.
func entitlementsOf(tx *ledger.Tx, b reserve.Books, of map[reserve.LotID]reserve.EntitlementID) error {
	for _, i := range b.Issued {
		for _, d := range i.Draws {
			if _, known := of[d.Lot]; known {
				continue
			}
			l, _, err := tx.Lot(d.Lot)
			if err != nil {
				return err
			}
			of[d.Lot] = l.Entitlement
		}
	}
	return nil
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
	for _, e := range listed(s.catalog, slices.Concat(slices.Collect(maps.Keys(held)), slices.Collect(maps.Keys(after)), slices.Collect(maps.Values(s.of)))) {
		before, then := held[e.ID], after[e.ID]
		x := s.effect(e.ID, charge, p.draws)
		if len(before) == 0 && len(then) == 0 && x.reserved+x.grown == 0 {
			continue
		}
		line := Line{Entitlement: e, Before: count(before), After: count(then), Draws: then, Unlimited: x.unlimited,
			PoolBefore: x.available, PoolAfter: x.available - min(x.grown, x.available), ReservedNow: x.reserved, ReservedThen: x.reserved + x.grown}
		line.Borrowed = s.borrowed(then)
		line.Ended = count(before) - count(s.running(before))
		if p.Repeated {
			line.Ended = 0
		}
		p.Export = p.Export || (e.Class == reserve.ExportControlled && len(then) > 0)
		p.Lines = append(p.Lines, line)
	}
}

// borrowed returns which draws are on licenses of a higher tier than is granted.
func (s situation) borrowed(draws []reserve.Draw) map[reserve.LotID]string {
	var out map[reserve.LotID]string
	for _, d := range draws {
		if of := s.of[d.Lot]; of != d.Grant.Entitlement {
			if out == nil {
				out = map[reserve.LotID]string{}
			}
			out[d.Lot], _ = s.catalog.Tag(of)
		}
	}
	return out
}

// drawEvents is what the journal says of the draws.
func (p Plan) drawEvents() []drawEvent {
	out := drawEvents(p.draws)
	for i, d := range p.draws {
		for _, l := range p.Lines {
			if l.Entitlement.ID == d.Grant.Entitlement {
				out[i].Borrowed = l.Borrowed[d.Lot]
			}
		}
	}
	return out
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

// An effect is what of one entitlement's licenses is reserved for the device, what is available in the
// account, and by how much the first grows and the second shrinks.
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
