package issuer

import (
	"context"
	"slices"

	"tallystick/cmd/internal/compliance"
	"tallystick/cmd/internal/ledger"
	"tallystick/keys"
	"tallystick/reserve"
)

// A WhatIf asks what the books would be like on a day if wishes came true on it, one after the other.
type WhatIf struct {
	Rows []Supposition
	Day  keys.Day // today or later

	Progress func(done, total uint64) // of the rows; may be nil
}

// An Outcome is what became of a row.
type Outcome string

// The outcomes.
const (
	Goes    Outcome = "goes"    // as the verb would do it
	Short   Outcome = "short"   // only licenses are missing for it, or for a part of it
	Refused Outcome = "refused" // something else is in its way
)

// A Supposed is a row with what became of it.
type Supposed struct {
	Supposition
	Outcome Outcome
	Wanted  uint64    // devices, or whatever else the row is of: 1
	Went    uint64    // of Wanted, as the verb would do it
	Err     error     // why not all of them did
	LeftOut []LeftOut // what a replacement would not get of what the failed device held
}

// A PoolChange is what the wishes do to an account's licenses of one entitlement.
type PoolChange struct {
	Account     ledger.Path
	Entitlement reserve.EntitlementID
	Tag         string
	Before      []compliance.Lot
	After       []compliance.Lot // with what is missing as held after its end: it is needed, and nothing covers it
	Missing     uint64           // licenses that the rows with the outcome Short would take, and that are not there
}

// A WhatIfAnswer is what a WhatIf comes to.
type WhatIfAnswer struct {
	Rows  []Supposed
	Pools []PoolChange // those that the wishes change, by account and tag
}

// WhatIf carries wishes out, each through the code of the verb that would do it, in a transaction that
// is taken back. A row that licenses are missing for is tried again after all others; what is missing
// then is found by carrying it out all the same, on licenses that are imagined. So the pools are as if
// everything had been done that nothing but missing licenses keeps from being done. It needs no key,
// and others can't write meanwhile.
func (is *Issuer) WhatIf(ctx context.Context, w WhatIf) (a WhatIfAnswer, err error) {
	now := is.world.Now()
	if w.Day != keys.DayOf(now) {
		now = w.Day.Time()
	}
	err = is.suppose(ctx, now, func(o *Officer, tx *ledger.Tx, t reserve.Trust) error {
		r := &whatIf{Officer: o, ctx: ctx, tx: tx, trust: t, day: w.Day, ends: map[int64]keys.Day{},
			imagined: map[int64]bool{}, lent: map[lender]bool{}}
		a, err = r.run(w)
		return err
	})
	return a, err
}

// whatIf is a WhatIf under way.
type whatIf struct {
	*Officer
	ctx      context.Context
	tx       *ledger.Tx
	trust    reserve.Trust
	day      keys.Day
	ends     map[int64]keys.Day // of licenses that are to end on another day
	imagined map[int64]bool     // licenses that nobody bought
	lent     map[lender]bool    // what such licenses were made for
}

// A lender is an account that has imagined licenses of an entitlement.
type lender struct {
	account ledger.Path
	tag     string
}

func (r *whatIf) run(w WhatIf) (a WhatIfAnswer, err error) {
	before, err := r.stocks()
	if err != nil {
		return a, err
	}
	for _, s := range w.Rows {
		a.Rows = append(a.Rows, Supposed{Supposition: s, Wanted: max(s.newcomers(), 1)})
	}
	total, done := uint64(3*len(a.Rows)), uint64(0)
	for _, step := range []func(*Supposed) error{r.carryOut, r.tryAgain, r.pretend} {
		for i := range a.Rows {
			if err := r.step(step, &a.Rows[i]); err != nil {
				return a, err
			}
			if done++; w.Progress != nil {
				w.Progress(done, total)
			}
		}
	}
	after, err := r.stocks()
	a.Pools = r.changes(before, after)
	return a, err
}

func (r *whatIf) step(f func(*Supposed) error, s *Supposed) error {
	if err := r.ctx.Err(); err != nil {
		return err
	}
	return f(s)
}

// carryOut carries out what is left of a row.
func (r *whatIf) carryOut(s *Supposed) error {
	went, err := r.rest(s)
	s.Went += went
	switch {
	case err == nil:
		s.Outcome, s.Err = Goes, nil
	case reasonOf(err) == reserve.PoolExhausted && s.asksForMore():
		s.Outcome, s.Err = Short, err
	case isRefusal(err):
		s.Outcome, s.Err = Refused, err
	default:
		return err
	}
	return nil
}

// tryAgain does so where licenses were missing, which other rows may have bought or freed since.
func (r *whatIf) tryAgain(s *Supposed) error {
	if s.Outcome != Short {
		return nil
	}
	return r.carryOut(s)
}

// pretend carries out what licenses are missing for, with imagined ones.
func (r *whatIf) pretend(s *Supposed) error {
	if s.Outcome != Short {
		return nil
	}
	if err := r.imagine(s); err != nil {
		return err
	}
	_, err := r.rest(s)
	if isRefusal(err) { // more is in its way than licenses
		s.Outcome, s.Err, err = Refused, err, nil
	}
	return err
}

// rest carries a row out as often as is left of it, and returns how often it went.
func (r *whatIf) rest(s *Supposed) (went uint64, err error) {
	for s.Went+went < s.Wanted {
		if err := r.tx.Attempt(func() error { return r.act(s, s.Went+went) }); err != nil {
			return went, err
		}
		went++
	}
	return went, nil
}

// asksForMore reports whether s would take licenses from a pool, so that more of them would help it.
func (s Supposition) asksForMore() bool { return s.What == wishNew || s.What == wishRMA }

// act carries a row out once; n counts from 0.
func (r *whatIf) act(s *Supposed, n uint64) error {
	switch s.What {
	case wishNew:
		return r.newDevice(s.Supposition, n)
	case wishRMA:
		return r.replace(s)
	case wishWriteOff:
		return r.writeOff(s.Supposition)
	case wishMove:
		return r.moveTo(s.Supposition)
	case wishBuy:
		_, _, err := r.addLicense(r.tx, r.trust, s.purchase, Memo{})
		return err
	case wishRemove:
		out, err := r.removeLicense(r.tx, r.trust, LicenseRemoval{License: s.license, Quantity: s.quantity}, Memo{})
		if err == nil && out.Repeated {
			err = reserve.Refuse(reserve.OutOfRange, "nothing is left of license %d (%s)", s.license, out.License.Tag)
		}
		return err
	}
	return r.endOn(s.Supposition)
}

// stocks returns what all accounts have, ended licenses too.
func (r *whatIf) stocks() ([]ledger.Stock, error) {
	var out []ledger.Stock
	for s, err := range r.tx.AllStocks(ledger.Scope{}) {
		if err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, nil
}

// changes compares two states of the books.
func (r *whatIf) changes(before, after []ledger.Stock) []PoolChange {
	key := func(s ledger.Stock) lender { return lender{s.Account, s.Tag} }
	was := map[lender][]compliance.Lot{}
	for _, s := range before {
		was[key(s)] = s.Lots
	}
	var out []PoolChange
	for _, s := range after {
		c := PoolChange{Account: s.Account, Entitlement: s.Entitlement, Tag: s.Tag, Before: was[key(s)]}
		for _, l := range s.Lots {
			if r.imagined[l.Number] {
				c.Missing += l.Held()
				continue
			}
			if end, other := r.ends[l.Number]; other {
				l.Ends = end
			}
			c.After = append(c.After, l)
		}
		for left := c.Missing; left > 0; {
			n := min(left, reserve.MaxCount)
			c.After = append(c.After, compliance.Lot{Ends: r.day - 1, Purchased: uint32(n), Reserved: uint32(n)})
			left -= n
		}
		if !slices.Equal(c.Before, c.After) {
			out = append(out, c)
		}
	}
	return out
}
