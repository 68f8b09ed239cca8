package issuer

import (
	"fmt"
	"strings"
	"testing"

	"tallystick/cmd/internal/ledger"
	"tallystick/keys"
	"tallystick/reserve"
)

func (f *office) borrowed(serial, lower, higher string, words ...string) Wish {
	w := f.push(serial, words...)
	w.Borrow = []Borrowing{{lower, higher}}
	return w
}

// On one license a device may hold both tiers: what it keeps of one is not there for the other.
func TestBothTiersOnOneLicense(t *testing.T) {
	f := newOffice(t)
	f.buy("network-advantage", 5, 0)
	u := f.newDevice("A1")
	w := f.request(u, "network-advantage=1", "network-essentials=3")
	w.Borrow = []Borrowing{{"network-essentials", "network-advantage"}}
	r := f.install(u, f.authorize(w))
	f.confirmed(r)
	f.wantPool("network-advantage", 5, 4, 0)
	_, err := f.tryAuthorize(f.push("A1", "network-advantage=3"))
	wantReason(t, err, reserve.PoolExhausted)
	r = f.install(r, f.authorize(f.push("A1", "network-advantage=2")))
	f.wantPool("network-advantage", 5, 5, 1)
	f.confirmed(r)
	if got := reserve.Total(r.Authorization().Grants(), 1); got != 3 {
		t.Errorf("%d of the lower tier are left", got)
	}
	// Given up, the lower tier makes room for the higher at once: it is the same license.
	r = f.install(r, f.authorize(f.push("A1", "network-advantage=5", "network-essentials=0")))
	f.wantPool("network-advantage", 5, 5, 0)
	f.confirmed(r)
	f.confirmed(r.Return())
	f.wantPool("network-advantage", 5, 0, 0)
	f.verify()
}

// What is borrowed ends with the license that it is borrowed from, and blocks nothing else.
func TestBorrowedLicenseEnds(t *testing.T) {
	f := newOffice(t)
	f.buy("network-advantage", 5, f.today()+10)
	f.buy("dna-advantage", 5, 0)
	u := f.newDevice("A1")
	w := f.request(u, "dna-advantage=1", "network-essentials=3")
	w.Borrow = []Borrowing{{"network-essentials", "network-advantage"}}
	r := f.install(u, f.authorize(w))
	f.confirmed(r)
	f.now = f.now.AddDate(0, 0, 11)
	f.wantPool("network-advantage", 0, 0, 0)
	r = f.install(r, f.authorize(f.push("A1", "dna-advantage=2")))
	f.confirmed(r)
	if got := r.Authorization().Grants(); len(got) != 1 || got[0].Count != 2 {
		t.Errorf("grants %v", got)
	}
	f.verify()
}

// A newer catalog may take a tier apart: what a device has of it stays and can be cut; it is not
// borrowed anew.
func TestTierTakenApart(t *testing.T) {
	f := newOffice(t)
	f.buy("network-advantage", 9, 0)
	f.buy("dna-advantage", 5, 0)
	u := f.newDevice("A1")
	w := f.request(u, "network-essentials=3")
	w.Borrow = []Borrowing{{"network-essentials", "network-advantage"}}
	r := f.install(u, f.authorize(w))
	f.confirmed(r)
	f.edition(func(s string) string { return strings.Replace(s, `"includes":["network-essentials"],`, "", 1) })
	_, err := f.tryAuthorize(f.borrowed("A1", "network-essentials", "network-advantage", "network-essentials=4"))
	wantReason(t, err, reserve.OutOfRange)
	kept := f.authorize(f.push("A1", "dna-advantage=1"))
	if got := kept.Plan.Lines[0]; got.Entitlement.Tag != "network-essentials" || got.After != 3 || len(got.Borrowed) != 1 {
		t.Errorf("of the lower tier is left %+v", got)
	}
	f.wantPool("network-advantage", 9, 3, 0)
	f.verify()
}

// What was unlimited when it was only reported is not given out any more once it is enforced.
func TestUnlimitedBecomesEnforced(t *testing.T) {
	f := newOffice(t)
	relax := func(s string) string {
		return strings.Replace(s, `"unit":"port","class":"enforced"`, `"unit":"port","class":"unenforced"`, 1)
	}
	f.edition(relax)
	if _, _, err := f.AddLicense(t.Context(), Purchase{Account: plant, Entitlement: "multigigabit-ports", Unlimited: true}, Memo{}, false); err != nil {
		t.Fatal(err)
	}
	u := f.newDevice("A1")
	w := f.request(u, "multigigabit-ports=1000")
	plan, err := f.Plan(t.Context(), w)
	if err != nil || !plan.Lines[0].Unlimited {
		t.Fatalf("%+v, %v", plan.Lines, err)
	}
	f.authorize(w)
	f.edition(func(s string) string {
		return strings.Replace(strings.Replace(s, `"unit":"port","class":"unenforced"`, `"unit":"port","class":"enforced"`, 1), `"version":2`, `"version":3`, 1)
	})
	_, err = f.tryAuthorize(f.push("A1", "multigigabit-ports=+1"))
	wantReason(t, err, reserve.PoolExhausted)
	if i := f.authorize(f.push("A1", "multigigabit-ports=1000")); !i.Repeated {
		t.Errorf("what it has: number %d", i.Number)
	}
	_, _, err = f.AddLicense(t.Context(), Purchase{Account: plant, Entitlement: "multigigabit-ports", Unlimited: true}, Memo{}, false)
	wantReason(t, err, reserve.OutOfRange)
	f.verify()
}

// A license counts from its first day through its last, to the day.
func TestLicenseByTheDay(t *testing.T) {
	f := newOffice(t)
	f.buyLater("dna-advantage", 3, f.today()+2, f.today()+4)
	u := f.newDevice("A1")
	for day, want := range []string{"3 more from", "3 more from", "", "", "", "0 available"} {
		plan, err := f.Plan(t.Context(), f.request(u, "dna-advantage=2"))
		if want == "" && (err != nil || plan.Lines[0].PoolAfter != 1) || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("day %d: %+v, %v; want %q", day, plan.Lines, err, want)
		}
		if want == "0 available" && strings.Contains(err.Error(), "more") {
			t.Errorf("day %d: %v", day, err)
		}
		f.now = f.now.AddDate(0, 0, 1)
	}
}

// buyLater buys licenses that begin on a day.
func (f *office) buyLater(tag string, n uint32, starts, ends keys.Day) {
	f.t.Helper()
	if _, _, err := f.AddLicense(f.t.Context(), Purchase{Account: plant, Entitlement: tag, Quantity: n, Starts: starts, Ends: ends}, Memo{}, false); err != nil {
		f.t.Fatal(err)
	}
}

// What a lost part of the books had borrowed is found on licenses of the higher tier again, with just
// the end that was granted and no license counted twice.
func TestDrawsForBorrowed(t *testing.T) {
	f := newOffice(t)
	end := f.today() + 30
	f.buy("network-essentials", 1, end)
	f.buy("network-advantage", 3, end)
	f.buy("network-advantage", 9, end+1)
	trust, err := f.Trust(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var lots []ledger.Lot
	if err := f.View(t.Context(), func(tx *ledger.Tx) (err error) { lots, err = tx.Lots(plant); return err }); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		essentials, advantage uint32
		want                  string
	}{
		{3, 1, "[{1 1 of entitlement 1 until 2026-12-22} {2 2 of entitlement 1 until 2026-12-22} {2 1 of entitlement 2 until 2026-12-22}]"},
		{3, 2, ""},
	} {
		grants := []reserve.Grant{{Entitlement: 1, Count: c.essentials, Ends: end}, {Entitlement: 2, Count: c.advantage, Ends: end}}
		draws, err := drawsFor(grants, f.today(), lots, nil, plant, trust.Catalog())
		if c.want == "" {
			wantReason(t, err, reserve.PoolExhausted)
			continue
		}
		if got := fmt.Sprint(draws); got != c.want || err != nil {
			t.Errorf("%d and %d: %s, %v", c.essentials, c.advantage, got, err)
		}
		_, err = drawsFor(grants, f.today()-1, lots, nil, plant, trust.Catalog()) // signed before they were bought
		wantReason(t, err, reserve.PoolExhausted)
	}
}
