package issuer

import (
	"strings"
	"testing"

	"tallystick/cmd/internal/ledger"
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

// A refusal by policy names no device as making room that nothing can settle.
func TestPolicyNamesWhatCanBeSettled(t *testing.T) {
	f := newOffice(t)
	f.buy("dna-advantage", 20, 0)
	f.twins("TWIN", "dna-advantage=1")
	for _, serial := range []string{"ONE", "TWO"} {
		f.dead(serial, "dna-advantage=1")
	}
	refused := func(most uint32, serial string) string {
		t.Helper()
		limit := ledger.Limit{N: most, Set: true}
		if _, _, err := f.SetAccount(t.Context(), mustPath("acme"), Settings{FailedOpen: &limit}, Memo{}, false); err != nil {
			t.Fatal(err)
		}
		_, err := f.tryWriteOff(serial)
		wantReason(t, err, reserve.PolicyThreshold)
		return err.Error()
	}
	if _, err := f.tryWriteOff("TWIN"); err != nil {
		t.Fatal(err)
	}
	if text := refused(1, "ONE"); !strings.Contains(text, "pending are C9300-24T:TWIN (1, since 2026-11-22), all quarantined") || strings.Contains(text, "a return code of one") {
		t.Errorf("where all are quarantined: %s", text)
	}
	limit := ledger.Limit{N: 2, Set: true}
	if _, _, err := f.SetAccount(t.Context(), mustPath("acme"), Settings{FailedOpen: &limit}, Memo{}, false); err != nil {
		t.Fatal(err)
	}
	if _, err := f.tryWriteOff("ONE"); err != nil {
		t.Fatal(err)
	}
	if text := refused(2, "TWO"); !strings.Contains(text, "pending are, beside what is quarantined, C9300-24T:ONE (1, since 2026-11-22): a return code of one") {
		t.Errorf("where one is quarantined: %s", text)
	}
}

// twins has a device be dead of which there are two copies.
func (f *office) twins(serial string, words ...string) {
	f.t.Helper()
	twin := f.dead(serial, words...)
	_, one := reserve.Report(twin)
	_, other := reserve.Report(reserve.Observe(twin, f.now.AddDate(0, 0, 1), 0, false))
	if _, err := f.receive(one.Code()); err != nil {
		f.t.Fatal(err)
	}
	_, err := f.receive(other.Code())
	wantReason(f.t, err, reserve.Quarantined)
}

// An older identity that nothing settles doesn't keep evidence from settling the one that took its place.
func TestSettleBesideAQuarantinedIdentity(t *testing.T) {
	f := newOffice(t)
	f.buy("dna-advantage", 9, 0)
	f.twins("TWIN", "dna-advantage=2")
	again := f.newDevice("TWIN")
	f.confirmed(f.install(again, f.rma(f.replacing("TWIN", again)).Issued))
	seen := Settlement{Device: "TWIN", Evidence: []ledger.Exhibit{{Name: "photo", Size: 1, Digest: [32]byte{1}}}, Memo: Memo{Reason: "shredded"}}
	_, err := f.Settle(t.Context(), seen, false)
	wantReason(t, err, reserve.Quarantined)
	if _, err := f.tryWriteOff("TWIN"); err != nil {
		t.Fatal(err)
	}
	f.wantPending("dna-advantage", 9, 0, 4)
	done, err := f.Settle(t.Context(), seen, false)
	if err != nil || done.Repeated || len(done.Lines) != 1 || done.Lines[0].Pending != 2 || len(done.Older) != 0 {
		t.Errorf("settled %+v, %v", done, err)
	}
	f.wantPending("dna-advantage", 9, 0, 2)
	_, err = f.Settle(t.Context(), seen, false)
	wantReason(t, err, reserve.Quarantined)
}
