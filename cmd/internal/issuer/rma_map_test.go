package issuer

import (
	"testing"

	"tallystick/reserve"
)

// Mappings are about what the failed device held, each of it, in whatever order they are named.
func TestMappingsAreOfWhatWasHeld(t *testing.T) {
	f := newOffice(t)
	for _, tag := range []string{"dna-essentials", "dna-advantage", "dna-premier"} {
		f.buy(tag, 20, 0)
	}
	f.dead("DEAD", "dna-advantage=1", "dna-premier=10")
	up, down, swapped := Mapping{"dna-advantage", "dna-premier"}, Mapping{"dna-premier", "dna-essentials"}, Mapping{"dna-premier", "dna-advantage"}
	for name, c := range map[string]struct {
		mapped                       []Mapping
		essentials, advantage, prime uint64
	}{
		"a chain":               {[]Mapping{up, down}, 10, 0, 1},
		"a chain, from its end": {[]Mapping{down, up}, 10, 0, 1},
		"changing places":       {[]Mapping{up, swapped}, 0, 10, 1},
		"changing places again": {[]Mapping{swapped, up}, 0, 10, 1},
		"onto what is held":     {[]Mapping{up}, 0, 0, 11},
		"two onto one":          {[]Mapping{{"dna-advantage", "dna-essentials"}, down}, 11, 0, 0},
	} {
		r := f.replacing("DEAD", f.newDevice("FRESH"))
		r.Map = c.mapped
		p, err := f.PlanRMA(t.Context(), r)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		got := map[string]uint64{}
		for _, l := range p.Plan.Lines {
			got[l.Entitlement.Tag] = l.After
		}
		if got["dna-essentials"] != c.essentials || got["dna-advantage"] != c.advantage || got["dna-premier"] != c.prime {
			t.Errorf("%s: %v, want %d, %d, %d", name, got, c.essentials, c.advantage, c.prime)
		}
	}
}

// The stored code of a replacement is no answer to who wishes for something else.
func TestRMAOfAnotherWishIsNoRepetition(t *testing.T) {
	f := newOffice(t)
	f.buy("dna-advantage", 20, 0)
	f.buy("dna-premier", 20, 0)
	f.dead("DEAD", "dna-advantage=4")
	fresh := f.newDevice("FRESH")
	first := f.rma(f.replacing("DEAD", fresh, "dna-advantage=3"))
	for _, words := range [][]string{nil, {"dna-advantage=3"}, {"dna-premier=0"}} {
		again, err := f.tryRMA(f.replacing("DEAD", fresh, words...))
		if err != nil || !again.Repeated || string(again.Issued.Authorization) != string(first.Issued.Authorization) {
			t.Errorf("%q: repeated %v, %v", words, again.Repeated, err)
		}
	}
	for _, words := range [][]string{{"dna-advantage=4"}, {"dna-advantage=0"}, {"dna-premier=1"}, {"unheard-of=1"}} {
		_, err := f.tryRMA(f.replacing("DEAD", fresh, words...))
		wantReason(t, err, reserve.AlreadyExists)
	}
	mapped := f.replacing("DEAD", fresh)
	mapped.Map = []Mapping{{"dna-advantage", "dna-premier"}}
	_, err := f.tryRMA(mapped)
	wantReason(t, err, reserve.AlreadyExists)
	f.wantPending("dna-advantage", 20, 3, 4)
}
