package issuer

import (
	"slices"

	"tallystick/reserve"
)

// drawMap makes up what a replacement calls otherwise, now and then what it doesn't know, or twice.
func (m *model) drawMap() (out []Mapping) {
	tags := append(slices.Clone(modelTags), exportTag)
	for range m.draw("mappings", 1, 2) {
		old, to := pick(m, "old", tags), pick(m, "new", tags)
		switch {
		case m.seldom("unknown", 12):
			to = "warp-drive"
		case old == to:
			to = tags[(slices.Index(tags, old)+1)%len(tags)]
		}
		out = append(out, Mapping{old, to})
	}
	return out
}

// maps reports whether something else is to stand for an entitlement.
func (s swap) maps(tag string) bool {
	return slices.ContainsFunc(s.Map, func(o Mapping) bool { return o.Old == tag })
}

// names reports whether a count is given of an entitlement.
func (s swap) names(tag string) bool {
	return slices.ContainsFunc(s.Changes, func(c Change) bool { return c.Tag == tag })
}

// sound reports whether a replacement says of no entitlement two things at once.
func (s swap) sound() bool {
	for i, o := range s.Map {
		if s.names(o.Old) || slices.ContainsFunc(s.Map[:i], func(p Mapping) bool { return p.Old == o.Old }) {
			return false
		}
	}
	return true
}

// mapped works out what stands for what ran: all that is mapped goes at once, and comes besides what
// there is of what it is mapped to, unless that is granted by name. It is allotted anew.
func (m *model) mapped(s swap, running, holds, needs map[reserve.EntitlementID]uint64) reserve.Reason {
	sums := map[string]uint64{}
	for _, o := range s.Map {
		if running[m.entitlement(o.Old)] == 0 {
			return reserve.OutOfRange
		}
		sums[o.New] += running[m.entitlement(o.Old)]
	}
	for _, o := range s.Map {
		delete(running, m.entitlement(o.Old))
	}
	for _, o := range s.Map {
		if _, err := m.trust().Catalog().Entitlement(o.New); err != nil {
			return reserve.UnknownEntitlement
		}
		if s.names(o.New) {
			continue
		}
		if o.New == exportTag {
			return reserve.OutOfRange
		}
		id := m.entitlement(o.New)
		holds[id], needs[id] = sums[o.New]+running[id], sums[o.New]+running[id]
		m.happened["mapped"]++
	}
	return ""
}

// asGranted reports whether what a replacement was given is what is wished: it is no answer to who wishes
// for something else.
func (m *model) asGranted(s swap, g *grant) bool {
	granted := map[string]int64{}
	for _, line := range g.grants {
		granted[m.tag(line.Entitlement)] += int64(line.Count)
	}
	for _, c := range s.Changes {
		if granted[c.Tag] != c.Count {
			return false
		}
	}
	return !slices.ContainsFunc(s.Map, func(o Mapping) bool { return !s.names(o.New) && granted[o.New] == 0 })
}
