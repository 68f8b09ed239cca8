package device

import (
	"tallystick/keys"
	"tallystick/reserve"
)

// An Installation is the result of installing an authorization.
type Installation struct {
	Result
	Authorization reserve.Authorization
	// Uncovered are the entitlements of the product that are withheld without a license and still
	// have none afterwards.
	Uncovered []reserve.Answer
}

// A Change is how many of an entitlement a device holds before and after a step.
type Change struct {
	Tag, Name, Unit string
	Before, After   Holding
}

// A Holding is how many of an entitlement a device holds.
type Holding struct {
	Count uint64
	Ends  keys.Day // the earliest last day among them; 0 without end, or with nothing held
}

// Gained returns how many more are held afterwards.
func (c Change) Gained() uint64 { return c.After.Count - min(c.Before.Count, c.After.Count) }

// Lost returns how many fewer are held afterwards.
func (c Change) Lost() uint64 { return c.Before.Count - min(c.Before.Count, c.After.Count) }

// Install verifies and installs an authorization; the code confirms it. One that is installed
// already gives the same code again. The refusals are those of reserve.Install.
func (d *Device) Install(body []byte) (Installation, error) {
	var in Installation
	i, err := d.step(func(i reserve.Instance) (next reserve.Instance, err error) {
		next, in, err = d.planInstall(i, body)
		return next, err
	})
	if err != nil {
		return Installation{}, err
	}
	in.Code = i.Receipt().Code()
	return in, nil
}

// Preview is Install without doing it: what is gained, what is lost, and what is still missing.
func (d *Device) Preview(body []byte) (Installation, error) {
	if err := d.Refresh(); err != nil {
		return Installation{}, err
	}
	_, in, err := d.planInstall(d.observed(d.current.Load().instance), body)
	return in, err
}

// planInstall works out everything but the code.
func (d *Device) planInstall(i reserve.Instance, body []byte) (reserve.Instance, Installation, error) {
	next, repeated, err := reserve.Install(i, body, d.now())
	if err != nil {
		return nil, Installation{}, err
	}
	var before []reserve.Grant
	if held, ok := i.(reserve.Reserved); ok {
		before = held.Authorization().Grants()
	}
	a := next.Authorization()
	in := Installation{
		Result: Result{
			Act: reserve.Installed, Number: a.Number(), Repeated: repeated,
			Changes: changes(i.Trust().Catalog(), before, a.Grants()),
		},
		Authorization: a, Uncovered: uncovered(next, reserve.Today(next, d.now())),
	}
	if repeated {
		return nil, in, nil
	}
	return next, in, nil
}

// changes compares two lists of grants, in the order of the catalog.
func changes(c reserve.Catalog, before, after []reserve.Grant) []Change {
	var out []Change
	seen := map[reserve.EntitlementID]bool{}
	add := func(id reserve.EntitlementID) {
		change := Change{Before: holding(before, id), After: holding(after, id)}
		if seen[id] || change.Before.Count+change.After.Count == 0 {
			return
		}
		seen[id] = true
		change.Tag, _ = c.Tag(id)
		change.Name = change.Tag // of a retired one there is no more
		if e, ok := c.EntitlementByID(id); ok {
			change.Name, change.Unit = e.Name, e.Unit
		}
		out = append(out, change)
	}
	for _, e := range c.Entitlements() {
		add(e.ID)
	}
	for _, list := range [][]reserve.Grant{before, after} {
		for _, g := range list {
			add(g.Entitlement)
		}
	}
	return out
}

func holding(grants []reserve.Grant, id reserve.EntitlementID) Holding {
	h := Holding{Count: reserve.Total(grants, id)}
	for _, g := range grants {
		if g.Entitlement == id && g.Ends != 0 && (h.Ends == 0 || g.Ends < h.Ends) {
			h.Ends = g.Ends
		}
	}
	return h
}

func uncovered(i reserve.Instance, day keys.Day) []reserve.Answer {
	rights := reserve.NewRights(i)
	var out []reserve.Answer
	for _, a := range rights.List(day) {
		if !a.Licensed {
			out = append(out, a)
		}
	}
	return out
}
