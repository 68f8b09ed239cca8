package compliance

import (
	"testing"

	"pgregory.net/rapid"

	"tallystick/keys"
)

func TestSweepIsEveryDay(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		lots := drawLots(t)
		from := keys.Day(rapid.IntRange(0, 40).Draw(t, "from"))
		to := from + keys.Day(rapid.IntRange(0, 40).Draw(t, "days"))
		lines := map[keys.Day]Line{}
		for d, b := range sweep(lots, from, to) {
			lines[d] = b
		}
		now, ok := lines[from]
		if !ok {
			t.Fatal("no line for the first day")
		}
		for d := from; d <= to; d++ {
			if b, changed := lines[d]; changed {
				now = b
			}
			if want := On(lots, d); now != want {
				t.Fatalf("day %d: %+v, want %+v", d, now, want)
			}
			delete(lines, d)
		}
		if len(lines) > 0 {
			t.Fatalf("lines for days outside: %v", lines)
		}
	})
}

func TestSweepReachesTheLastDay(t *testing.T) {
	days := 0
	for d := range sweep([]Lot{lot(1, 1, 65000, 65534), lot(1, 0, 65535, 65535)}, 64999, 65535) {
		if days++; d != []keys.Day{64999, 65000, 65535}[min(days-1, 2)] {
			t.Errorf("day %d", d)
		}
	}
	if days != 3 {
		t.Errorf("%d lines", days)
	}
}

func TestFirstShortage(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		lots := drawLots(t)
		day := keys.Day(rapid.IntRange(0, 50).Draw(t, "day"))
		until := day + keys.Day(rapid.IntRange(0, 30).Draw(t, "days"))
		var want Shortage
		if n := On(lots, day).Short(); n > 0 {
			want = Shortage{day, n}
			for want.From > 0 && On(lots, want.From-1).Short() > 0 {
				want.From--
			}
		}
		for d := day; d <= until && want.Count == 0; d++ {
			if n := On(lots, d).Short(); n > 0 {
				want = Shortage{d, n}
			}
		}
		if got := FirstShortage(lots, day, until); got != want {
			t.Fatalf("%+v, want %+v", got, want)
		}
	})
}

func TestMonths(t *testing.T) {
	for _, c := range []struct {
		day  string
		n    int
		want []string
	}{
		{"2026-11-22", 0, []string{"2026-11-22", "2026-11-30"}},
		{"2026-11-30", 3, []string{"2026-11-30", "2026-11-30", "2026-12-01", "2026-12-31", "2027-01-01", "2027-01-31", "2027-02-01", "2027-02-28"}},
		{"2028-02-01", 1, []string{"2028-02-01", "2028-02-29", "2028-03-01", "2028-03-31"}},
		{"2199-05-31", 9, []string{"2199-05-31", "2199-05-31", "2199-06-01", "2199-06-06"}},
		{"2199-06-06", 9, []string{"2199-06-06", "2199-06-06"}},
	} {
		day, err := keys.ParseDay(c.day)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, s := range Months(day, c.n) {
			got = append(got, s.From.String(), s.To.String())
		}
		if len(got) != len(c.want) {
			t.Errorf("%s: %v, want %v", c.day, got, c.want)
			continue
		}
		for i := range got {
			if got[i] != c.want[i] {
				t.Errorf("%s: %v, want %v", c.day, got, c.want)
			}
		}
	}
}

// A forecast over several accounts is what looking at each day of each account gives.
func TestForecast(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		spans := []Span{{5, 5}, {6, 19}, {20, 41}, {42, 63}}
		f := NewForecast(spans)
		var accounts [][]Lot
		for range rapid.IntRange(0, 3).Draw(t, "accounts") {
			lots := drawLots(t)
			accounts = append(accounts, lots)
			f.Add(lots)
		}
		for i, got := range f.Periods() {
			want := Period{Span: spans[i]}
			for d := want.From; d <= want.To; d++ {
				var short uint64
				for _, lots := range accounts {
					short += On(lots, d).Short()
				}
				want.look(d, short)
			}
			for _, lots := range accounts {
				for _, l := range lots {
					if l.Ends >= want.From && l.Ends <= want.To {
						want.Ending += l.Leaving()
						want.Held += l.Held()
					}
				}
			}
			if got != want {
				t.Fatalf("%+v, want %+v", got, want)
			}
		}
	})
}

func TestForecastOfNoDays(t *testing.T) {
	f := NewForecast(nil)
	f.Add([]Lot{lot(1, 1, 1, 5)})
	if p := f.Periods(); len(p) != 0 {
		t.Errorf("periods %v", p)
	}
}
