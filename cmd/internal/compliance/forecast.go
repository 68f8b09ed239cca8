package compliance

import (
	"maps"
	"slices"
	"time"

	"tallystick/keys"
)

// A Span is some days, first and last included.
type Span struct{ From, To keys.Day }

// Months returns what is left of the month that a day is in, that day included, and the n calendar
// months after it, as far as days go.
func Months(day keys.Day, n int) []Span {
	spans := make([]Span, 0, n+1)
	for from := day; len(spans) <= n; {
		t := from.Time()
		end := keys.DayOf(time.Date(t.Year(), t.Month()+1, 0, 0, 0, 0, 0, time.UTC))
		spans = append(spans, Span{from, end})
		if from = end + 1; from == 0 { // past the last Day there is
			break
		}
	}
	return spans
}

// A Period is what happens to the licenses of an entitlement in some days.
type Period struct {
	Span
	Ending    uint64   // licenses whose last day is one of them
	Held      uint64   // of Ending, what devices hold by their newest authorizations today
	Short     uint64   // the most that is missing on one of the days
	ShortFrom keys.Day // the first of them with something missing; 0 is none
}

// A Forecast is what happens to one entitlement in spans of days that follow each other. What one
// account is short of is not made good by another, so their shortages add up day by day.
type Forecast struct {
	periods []Period
	steps   map[keys.Day]int64 // by how much the shortage changes on a day
}

// NewForecast returns the forecast of no account.
func NewForecast(spans []Span) *Forecast {
	f := &Forecast{periods: make([]Period, len(spans)), steps: map[keys.Day]int64{}}
	for i, s := range spans {
		f.periods[i].Span = s
	}
	return f
}

// Add adds what an account has of the entitlement.
func (f *Forecast) Add(lots []Lot) {
	if len(f.periods) == 0 {
		return
	}
	first, last := f.periods[0].From, f.periods[len(f.periods)-1].To
	for _, l := range lots {
		if l.Ends < first || l.Ends > last {
			continue
		}
		at := slices.IndexFunc(f.periods, func(p Period) bool { return l.Ends <= p.To })
		f.periods[at].Ending += l.Leaving()
		f.periods[at].Held += l.Held()
	}
	was := int64(0)
	for d, b := range sweep(lots, first, last) {
		is := int64(b.Short())
		if is != was {
			f.steps[d] += is - was
		}
		was = is
	}
}

// Periods returns one period for each span.
func (f *Forecast) Periods() []Period {
	out := slices.Clone(f.periods)
	days := slices.Sorted(maps.Keys(f.steps))
	short := int64(0)
	for i := range out {
		p := &out[i]
		for day := p.From; ; day = days[0] {
			for len(days) > 0 && days[0] <= day {
				short += f.steps[days[0]]
				days = days[1:]
			}
			p.look(day, uint64(short))
			if len(days) == 0 || days[0] > p.To {
				break
			}
		}
	}
	return out
}

// look takes in how many licenses are missing from a day on.
func (p *Period) look(day keys.Day, short uint64) {
	if short > 0 && p.ShortFrom == 0 {
		p.ShortFrom = day
	}
	p.Short = max(p.Short, short)
}

// Quiet reports whether nothing ends and nothing is missing.
func (p Period) Quiet() bool { return p.Ending == 0 && p.Short == 0 }
