package keys

import (
	"testing"
	"time"
)

func TestDayOf(t *testing.T) {
	utc := func(y int, m time.Month, d, h int) time.Time {
		return time.Date(y, m, d, h, 0, 0, 0, time.UTC)
	}
	for _, test := range []struct {
		at   time.Time
		want Day
		text string
	}{
		{utc(2029, 11, 21, 0), 3612, "2029-11-21"},
		{utc(2029, 11, 21, 23), 3612, "2029-11-21"},
		{utc(2029, 11, 21, 23).In(time.FixedZone("east", 14*3600)), 3612, "2029-11-21"},
		{utc(2020, 1, 2, 0), 1, "2020-01-02"},
		{utc(2020, 1, 1, 12), 1, "2020-01-02"}, // never "no day"
		{utc(1969, 7, 20, 20), 1, "2020-01-02"},
		{time.Time{}, 1, "2020-01-02"},
		{utc(2199, 6, 6, 23), 65535, "2199-06-06"},
		{utc(2199, 6, 7, 0), 65535, "2199-06-06"},
		{utc(9999, 1, 1, 0), 65535, "2199-06-06"},
		{time.Unix(1<<62, 0), 65535, "2199-06-06"},
		{time.Unix(-1<<62, 0), 1, "2020-01-02"},
		{time.Unix(-1<<63, 0), 1, "2020-01-02"},
	} {
		got := DayOf(test.at)
		if got != test.want || got.String() != test.text {
			t.Errorf("DayOf(%v) = %d %v, want %d %s", test.at, got, got, test.want, test.text)
		}
	}
}

func TestEveryDayReadsBack(t *testing.T) {
	for n := range 1 << 16 {
		d := Day(n)
		if got, err := ParseDay(d.String()); err != nil || got != d {
			t.Fatalf("ParseDay(%q) = %d, %v, want %d", d, got, err, d)
		}
		if d != 0 && DayOf(d.Time()) != d {
			t.Fatalf("day %d begins at %v, which is on day %d", d, d.Time(), DayOf(d.Time()))
		}
	}
	if !Day(0).Time().IsZero() {
		t.Errorf("no day begins at %v", Day(0).Time())
	}
}

func TestParseDayRefuses(t *testing.T) {
	for text, want := range map[string]string{
		"":           `day "" is not a date of the form 2029-11-21`,
		"2029-2-3":   `day "2029-2-3" is not a date of the form 2029-11-21`,
		"2029-02-30": `day "2029-02-30" is not a date of the form 2029-11-21`,
		"Never":      `day "Never" is not a date of the form 2029-11-21`,
		"2020-01-01": `day "2020-01-01" is not between 2020-01-02 and 2199-06-06`,
		"2199-06-07": `day "2199-06-07" is not between 2020-01-02 and 2199-06-06`,
		"\x1b[2J":    `day "\x1b[2J" is not a date of the form 2029-11-21`,
	} {
		if d, err := ParseDay(text); err == nil || err.Error() != want || d != 0 {
			t.Errorf("ParseDay(%q) = %v, %v, want %s", text, d, err, want)
		}
	}
}
