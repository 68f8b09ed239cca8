package compliance

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"tallystick/keys"
)

const today = keys.Day(2517)

func lot(purchased, reserved uint32, starts, ends keys.Day) Lot {
	return Lot{Starts: starts, Ends: ends, Purchased: purchased, Reserved: reserved, Available: purchased - reserved}
}

func TestOn(t *testing.T) {
	unlimited := lot(1<<31-1, 7, 1, 0)
	unlimited.Unlimited = true
	gone := Lot{Unlimited: true, Starts: 1}
	ended := unlimited
	ended.Ends = today - 1
	replaced := lot(8, 8, 1, today-1)
	replaced.ComingBack = 6
	moving := lot(10, 6, 1, 0)
	moving.InTransit, moving.ComingBack = 2, 3
	for name, c := range map[string]struct {
		lots []Lot
		want string
	}{
		"nothing":                            {nil, "0 = 0 + 0"},
		"perpetual":                          {[]Lot{lot(10, 4, 1, 0)}, "10 = 4 + 6"},
		"on its last day":                    {[]Lot{lot(10, 4, 1, today)}, "10 = 4 + 6"},
		"ended yesterday":                    {[]Lot{lot(10, 4, 1, today-1)}, "0 = 0 + 0, expired 4, short 4"},
		"ended, nobody holds any":            {[]Lot{lot(10, 0, 1, today-1)}, "0 = 0 + 0"},
		"begins today":                       {[]Lot{lot(10, 4, today, 0)}, "10 = 4 + 6"},
		"begins tomorrow":                    {[]Lot{lot(10, 0, today+1, 0)}, "0 = 0 + 0"},
		"ended, as many available":           {[]Lot{lot(10, 4, 1, today-1), lot(9, 5, 1, 0)}, "9 = 5 + 4, expired 4"},
		"ended, fewer available":             {[]Lot{lot(10, 4, 1, today-1), lot(9, 6, 1, 0)}, "9 = 6 + 3, expired 4, short 1"},
		"ended, the new ones begin tomorrow": {[]Lot{lot(10, 4, 1, today-1), lot(9, 0, today+1, 0)}, "0 = 0 + 0, expired 4, short 4"},
		"ended, replaced for most":           {[]Lot{replaced, lot(6, 6, 1, 0)}, "6 = 6 + 0, expired 2, short 2"},
		"in transit and coming back":         {[]Lot{moving}, "10 = 6 + 4, in transit 2, coming back 3"},
		"what comes back is not back":        {[]Lot{moving, lot(5, 5, 1, today-1)}, "10 = 6 + 4, in transit 2, coming back 3, expired 5, short 1"},
		"unlimited is never short":           {[]Lot{unlimited, lot(10, 4, 1, today-1)}, "unlimited, reserved 7, expired 4"},
		"unlimited that was moved away":      {[]Lot{gone, lot(10, 4, 1, today-1)}, "0 = 0 + 0, expired 4, short 4"},
		"unlimited that ended is no need":    {[]Lot{ended}, "0 = 0 + 0, expired 7"},
	} {
		if got := text(On(c.lots, today)); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

func text(b Line) string {
	s := fmt.Sprintf("%d = %d + %d", b.Purchased, b.Reserved, b.Available)
	if b.Unlimited() {
		s = fmt.Sprintf("unlimited, reserved %d", b.Reserved)
	}
	for _, part := range []struct {
		name string
		n    uint64
	}{{"in transit", b.InTransit}, {"coming back", b.ComingBack}, {"expired", b.Expired}, {"short", b.Short()}} {
		if part.n > 0 {
			s += fmt.Sprintf(", %s %d", part.name, part.n)
		}
	}
	return s
}

func TestExpiringWithin(t *testing.T) {
	unlimited := lot(1<<31-1, 7, 1, today+3)
	unlimited.Unlimited = true
	lots := []Lot{lot(1, 0, 1, today-1), lot(2, 0, 1, today), lot(4, 0, 1, today+29), lot(8, 0, 1, today+30), lot(16, 0, 1, 0),
		lot(32, 0, today+1, today+9), unlimited, lot(64, 0, 1, 65535)}
	for days, want := range map[int]uint64{0: 0, 1: 2, 29: 9, 30: 13, 31: 21, 60: 21, 1 << 17: 85} {
		if got := ExpiringWithin(lots, today, days); got != want {
			t.Errorf("%d expire within %d days, want %d", got, days, want)
		}
	}
}

// drawLots returns purchases around today, as a ledger may have them.
func drawLots(t *rapid.T) []Lot {
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Lot {
		l := Lot{Starts: keys.Day(rapid.IntRange(0, 30).Draw(t, "starts")), Unlimited: rapid.IntRange(0, 9).Draw(t, "unlimited") == 0}
		if rapid.IntRange(0, 3).Draw(t, "perpetual") > 0 {
			l.Ends = keys.Day(rapid.IntRange(max(1, int(l.Starts)), 60).Draw(t, "ends"))
		}
		l.Purchased = rapid.Uint32Range(0, 20).Draw(t, "purchased")
		if l.Unlimited {
			l.Purchased = rapid.SampledFrom([]uint32{0, 1<<31 - 1}).Draw(t, "unlimited")
		}
		l.Reserved = rapid.Uint32Range(0, min(l.Purchased, 20)).Draw(t, "reserved")
		l.InTransit = rapid.Uint32Range(0, l.Reserved).Draw(t, "in transit")
		l.ComingBack = rapid.Uint32Range(0, l.Reserved).Draw(t, "coming back")
		l.Available = l.Purchased - l.Reserved
		return l
	}), 0, 8).Draw(t, "lots")
}

// I3, on every day: what was purchased is reserved or available, and no more is in transit or
// coming back than is reserved.
func TestPurchasedIsAvailableAndReserved(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		lots := drawLots(t)
		for day := keys.Day(0); day < 70; day++ {
			b := On(lots, day)
			if b.Purchased != b.Available+b.Reserved || b.InTransit > b.Reserved || b.ComingBack > b.Reserved || b.Short() > b.Expired {
				t.Fatalf("day %d: %+v", day, b)
			}
		}
	})
}

// The end of a purchase takes its quantity and what is reserved of it, together, and nothing else.
func TestTheEndOfOneMovesNothingElse(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		lots := drawLots(t)
		for i, l := range lots {
			if l.Ends == 0 {
				continue
			}
			others := slices.Delete(slices.Clone(lots), i, i+1)
			last, after := On(others, l.Ends), On(others, l.Ends+1)
			last.begin(l)
			after.Expired += l.Held()
			if !l.Unlimited {
				after.needed += l.Held()
			}
			if got := On(lots, l.Ends); got != last {
				t.Fatalf("on its last day: %+v, want %+v", got, last)
			}
			if got := On(lots, l.Ends+1); got != after {
				t.Fatalf("on the day after: %+v, want %+v", got, after)
			}
		}
	})
}
