package compliance

import (
	"cmp"
	"iter"
	"slices"

	"tallystick/keys"
)

// sweep yields the line of the day from, and that of each later day through to on which a purchase
// begins to count or counts no longer.
func sweep(lots []Lot, from, to keys.Day) iter.Seq2[keys.Day, Line] {
	type event struct {
		day  int // past the last Day when that is one's last
		lot  int
		ends bool
	}
	events := make([]event, 0, 2*len(lots))
	for i, l := range lots {
		events = append(events, event{int(l.Starts), i, false})
		if l.Ends != 0 {
			events = append(events, event{int(l.Ends) + 1, i, true})
		}
	}
	slices.SortFunc(events, func(a, b event) int { return cmp.Compare(a.day, b.day) })
	return func(yield func(keys.Day, Line) bool) {
		var b Line
		rest := events
		for day := int(from); day <= int(to); day = rest[0].day {
			for len(rest) > 0 && rest[0].day <= day {
				if rest[0].ends {
					b.end(lots[rest[0].lot])
				} else {
					b.begin(lots[rest[0].lot])
				}
				rest = rest[1:]
			}
			if !yield(keys.Day(day), b) || len(rest) == 0 {
				return
			}
		}
	}
}

// A Shortage is how many licenses are missing, and from which day on.
type Shortage struct {
	From  keys.Day
	Count uint64 // on the day that was asked about or, where nothing was short then, on From
}

// FirstShortage returns the shortage that stands on a day, with the day it began, else the first
// one to come through the day until. Without any its Count is 0.
func FirstShortage(lots []Lot, day, until keys.Day) Shortage {
	if n := On(lots, day).Short(); n > 0 {
		return Shortage{shortSince(lots, day), n}
	}
	for d, b := range sweep(lots, day, until) {
		if n := b.Short(); n > 0 {
			return Shortage{d, n}
		}
	}
	return Shortage{}
}

// shortSince returns the first of the days through day that were all short, by what is reserved
// now.
func shortSince(lots []Lot, day keys.Day) keys.Day {
	since := keys.Day(0)
	for d, b := range sweep(lots, 0, day) {
		switch {
		case b.Short() == 0:
			since = 0
		case since == 0:
			since = d
		}
	}
	return since
}
