package cli

import (
	"slices"
	"strings"

	ucli "github.com/urfave/cli/v2"

	"tallystick/cmd/internal/cli"
	"tallystick/cmd/internal/issuer"
	"tallystick/cmd/internal/term"
	"tallystick/reserve"
)

// A tier is a higher one, whose licenses can stand for those of a lower one.
type tier struct {
	tag string
	stock
}

// higherTiers returns the tiers that contain an entitlement and have something available.
func higherTiers(catalog reserve.Catalog, tag string, stocks map[string]stock) (out []tier) {
	e, err := catalog.Entitlement(tag)
	if err != nil {
		return nil
	}
	for _, id := range catalog.Covers(e.ID)[1:] {
		higher, _ := catalog.Tag(id)
		if s := stocks[higher]; s.available > 0 || s.unlimited {
			out = append(out, tier{higher, s})
		}
	}
	return out
}

// A countQuestion asks how many of an entitlement a device is to have.
type countQuestion struct {
	tag string
	stock
	higher []tier
}

// A countAnswer is what the person said; named is false for an empty line.
type countAnswer struct {
	change issuer.Change
	named  bool
	borrow []issuer.Borrowing
}

// ask asks for a count until it is one that can be. What the entitlement's own licenses leave is
// borrowed of a higher tier only if the person says so.
func (q countQuestion) ask(c *ucli.Context, t term.Terminal) (countAnswer, error) {
	question := safef("  %s (%s available)", q.tag, amount{q.available, q.unlimited})
	if q.held > 0 {
		question = safef("  %s (holds %d, %s available)", q.tag, q.held, amount{q.available, q.unlimited})
	}
	for {
		a, err := askUntil(c, t, question, "", q.parse)
		if err != nil || !a.named || q.missing(a.change) == 0 {
			return a, err
		}
		lenders := q.lenders(q.missing(a.change))
		var names []string
		for _, l := range lenders {
			names = append(names, safef("%s (%s available)", l.tag, amount{l.available, l.unlimited}))
			a.borrow = append(a.borrow, issuer.Borrowing{Lower: q.tag, Higher: l.tag})
		}
		yes, err := cli.AskYesNo(c, safef("  %d of it are not there; borrow them from %s?", q.missing(a.change), strings.Join(names, ", then ")), false)
		if err != nil || yes {
			return a, err
		}
	}
}

func (q countQuestion) parse(text string) (countAnswer, error) {
	if text == "" {
		return countAnswer{}, nil
	}
	parse := issuer.ParseGrant
	if strings.ContainsAny(text[:1], "+-") {
		parse = issuer.ParseChange
	}
	c, err := parse(q.tag + "=" + text)
	if err != nil {
		return countAnswer{}, err
	}
	return countAnswer{change: c, named: true}, q.covers(c)
}

// count is what a change comes to.
func (q countQuestion) count(c issuer.Change) int64 {
	if c.Relative {
		return c.Count + int64(q.held)
	}
	return c.Count
}

// own is how many the device may have of the entitlement's own licenses. What is reserved for the
// device may have ended; then the plan says so.
func (q countQuestion) own() uint64 { return q.reserved + q.available }

// missing is how many of a change have to be borrowed. What is held is kept as it is.
func (q countQuestion) missing(c issuer.Change) uint64 {
	n := uint64(q.count(c))
	if n == q.held || n <= q.own() {
		return 0
	}
	return n - q.own()
}

// lendable is how many licenses of higher tiers the device may have for it: those that are available,
// and those it borrows already.
func (q countQuestion) lendable() uint64 {
	n := q.held - min(q.held, q.reserved)
	for _, l := range q.higher {
		if n += l.available; l.unlimited {
			return reserve.MaxCount
		}
	}
	return n
}

// lenders returns the first of the higher tiers, as many as are needed for so many.
func (q countQuestion) lenders(n uint64) []tier {
	left := n - min(n, q.held-min(q.held, q.reserved))
	for i, l := range q.higher {
		if l.unlimited || l.available >= left {
			return q.higher[:i+1]
		}
		left -= l.available
	}
	return slices.Clone(q.higher)
}

// covers refuses a count that comes below nothing or above what there is.
func (q countQuestion) covers(c issuer.Change) error {
	most := max(q.reserved, q.held) + q.available
	if len(q.higher) > 0 {
		most = max(most, q.own()+q.lendable())
	}
	if n := q.count(c); n < 0 || uint64(n) > most {
		return reserve.Refuse(reserve.OutOfRange, "that would come to %d; expected 0 to %d", n, most)
	}
	return nil
}
