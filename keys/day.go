package keys

import (
	"fmt"
	"time"
)

// A Day is a calendar day in UTC, counted from 2020-01-01. Zero is no day: no beginning, or no
// end. Day 1 is 2020-01-02 and the last one, 65535, is 2199-06-06.
type Day uint16

const (
	dayLayout   = "2006-01-02"
	noDay       = "never"
	secondsADay = 24 * 60 * 60
)

var epoch = time.Date(2020, time.January, 1, 0, 0, 0, 0, time.UTC).Unix()

// DayOf returns the day in UTC that t falls on. A time before the first day gives 1 and a time
// after the last gives 65535: a clock that is far off must not come out as "no day".
func DayOf(t time.Time) Day {
	switch seconds := t.Unix(); {
	case seconds < epoch+secondsADay:
		return 1
	case seconds >= epoch+1<<16*secondsADay:
		return 1<<16 - 1
	default:
		return Day((seconds - epoch) / secondsADay)
	}
}

// ParseDay reads what String writes: a date such as "2029-11-21", or "never" for no day.
func ParseDay(s string) (Day, error) {
	if s == noDay {
		return 0, nil
	}
	t, err := time.Parse(dayLayout, s)
	if err != nil {
		return 0, fmt.Errorf("day %q is not a date of the form 2029-11-21", s)
	}
	d := DayOf(t)
	if d.String() != s {
		return 0, fmt.Errorf("day %q is not between %v and %v", s, Day(1), Day(65535))
	}
	return d, nil
}

// Time returns the start of the day in UTC, or the zero time for no day.
func (d Day) Time() time.Time {
	if d == 0 {
		return time.Time{}
	}
	return time.Unix(epoch+int64(d)*secondsADay, 0).UTC()
}

// String returns the date, such as "2029-11-21", or "never" for no day.
func (d Day) String() string {
	if d == 0 {
		return noDay
	}
	return d.Time().Format(dayLayout)
}
