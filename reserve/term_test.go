package reserve

import (
	"testing"

	"tallystick/keys"
)

func TestParseTerm(t *testing.T) {
	for text, want := range map[string]string{"1m": "1m", "1y": "1y", "12m": "1y", "18m": "18m", "3y": "3y", "120m": "10y", "10y": "10y"} {
		if got, err := ParseTerm(text); err != nil || got.String() != want {
			t.Errorf("%q: %s, %v; want %s", text, got, err, want)
		}
	}
	for _, text := range []string{"", "m", "y", "1", "0m", "0y", "121m", "11y", "-1y", "+1y", "1Y", "1 y", " 1y", "1d", "1.5y", "1e1m", "١y", "99999999y", "1y\x1b"} {
		got, err := ParseTerm(text)
		wantReason(t, err, InvalidName)
		if got != (Term{}) {
			t.Errorf("%q: %s", text, got)
		}
	}
}

func TestTermEnds(t *testing.T) {
	for _, row := range []struct{ start, term, want string }{
		{"2026-03-01", "1y", "2027-02-28"},
		{"2027-03-01", "1y", "2028-02-29"}, // the leap day belongs to the year that ends with it
		{"2028-02-29", "1y", "2029-02-27"}, // no 29th a year later: as if from the 28th
		{"2028-02-28", "1y", "2029-02-27"},
		{"2028-02-29", "3y", "2031-02-27"},
		{"2024-02-29", "10y", "2034-02-27"},
		{"2028-02-29", "48m", "2032-02-28"},
		{"2028-03-01", "1y", "2029-02-28"},
		{"2026-01-31", "1m", "2026-02-27"},
		{"2028-01-31", "1m", "2028-02-28"},
		{"2028-01-29", "1m", "2028-02-28"},
		{"2026-01-30", "1m", "2026-02-27"},
		{"2026-01-28", "1m", "2026-02-27"},
		{"2026-02-28", "1m", "2026-03-27"},
		{"2026-03-31", "1m", "2026-04-29"},
		{"2026-08-31", "6m", "2027-02-27"},
		{"2026-11-30", "3m", "2027-02-27"},
		{"2026-12-31", "1m", "2027-01-30"},
		{"2026-12-01", "1m", "2026-12-31"},
		{"2026-01-01", "7y", "2032-12-31"},
		{"2096-03-01", "7y", "2103-02-28"}, // 2100 has no leap day
		{"2199-01-01", "5y", "2199-06-06"}, // the last day there is
	} {
		start, err := keys.ParseDay(row.start)
		if err != nil {
			t.Fatal(err)
		}
		term, err := ParseTerm(row.term)
		if err != nil {
			t.Fatal(err)
		}
		if got := term.Ends(start).String(); got != row.want {
			t.Errorf("%s from %s ends on %s, want %s", row.term, row.start, got, row.want)
		}
	}
	if year, _ := ParseTerm("1y"); year.Ends(0) == 0 {
		t.Error("a term from no day has no end")
	}
}

// The day after the last one bears the number of the first day, or is the last of a shorter
// month; and who starts later never ends sooner.
func TestTermEndsOnEveryDay(t *testing.T) {
	for _, months := range []uint16{1, 6, 11, 12, 36, 84, maxMonths} {
		last := keys.Day(0)
		for start := keys.Day(1); start < 65535-31*maxMonths; start++ {
			end := (Term{months}).Ends(start)
			from, after := start.Time(), end.Time().AddDate(0, 0, 1)
			passed := (after.Year()-from.Year())*12 + int(after.Month()) - int(from.Month())
			shorter := after.Day() < from.Day() && after.AddDate(0, 0, 1).Day() == 1
			if passed != int(months) || (after.Day() != from.Day() && !shorter) || end < last {
				t.Fatalf("%d months from %s end on %s", months, start, end)
			}
			last = end
		}
	}
}
