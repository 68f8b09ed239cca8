package issuer

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"tallystick/cmd/internal/ledger"
	"tallystick/keys"
	"tallystick/reserve"
)

// fleet are devices that hold some of an entitlement, confirmed.
func (f *office) fleet(counts map[string]int, tag string) map[string]reserve.Instance {
	out := map[string]reserve.Instance{}
	for _, serial := range slices.Sorted(maps.Keys(counts)) {
		u := f.newDevice(serial)
		r := f.install(u, f.authorize(f.request(u, fmt.Sprintf("%s=%d", tag, counts[serial]))))
		f.confirmed(r)
		out[serial] = r
	}
	return out
}

func (f *office) planRenewal(r Renewal) RenewalPlan {
	f.t.Helper()
	if r.Account.IsZero() {
		r.Account = plant
	}
	p, err := f.PlanRenewal(f.t.Context(), r)
	if err != nil {
		f.t.Fatal(err)
	}
	return p
}

// kinds counts the journal's entries by what they are about.
func (f *office) kinds() map[string]int {
	f.t.Helper()
	out := map[string]int{}
	err := f.View(f.t.Context(), func(tx *ledger.Tx) error {
		for e, err := range tx.Entries(ledger.EntryFilter{}) {
			if err != nil {
				return err
			}
			out[e.Kind]++
		}
		return nil
	})
	if err != nil {
		f.t.Fatal(err)
	}
	return out
}

func (f *office) renewAll(p RenewalPlan) map[string]Renewed {
	f.t.Helper()
	out := map[string]Renewed{}
	err := f.Renew(f.t.Context(), p, func(done []Renewed) error {
		for _, d := range done {
			out[d.Row.Device.UDI.Serial()] = d
		}
		return nil
	})
	if err != nil {
		f.t.Fatal(err)
	}
	return out
}

// states writes what a plan says: serial, state and the end to come.
func (f *office) states(p RenewalPlan) string {
	var out []string
	for _, r := range p.Rows {
		text := fmt.Sprintf("%s %s", r.Device.UDI.Serial(), r.State)
		if r.State == RenewalNew || r.State == RenewalAgain {
			text += fmt.Sprintf(" %d", int(r.Until(p.Renewal.Entitlement))-int(f.today()))
		}
		out = append(out, text)
	}
	return strings.Join(out, ", ")
}

func (f *office) wantStates(p RenewalPlan, want string) {
	f.t.Helper()
	if got := f.states(p); got != want {
		f.t.Errorf("got  %s\nwant %s", got, want)
	}
}

// A renewal gives every holder the latest end there is, those first whose licenses end first, says who
// gets nothing and why, and does nothing more when it is repeated.
func TestRenew(t *testing.T) {
	f := newOffice(t)
	today := f.today()
	f.buy("dna-advantage", 8, today+30)
	devices := f.fleet(map[string]int{"A1": 2, "A2": 2, "A3": 3, "A4": 1}, "dna-advantage")
	f.wantStates(f.planRenewal(Renewal{Entitlement: "dna-advantage"}), "A1 current, A2 current, A3 current, A4 current")
	f.buyLater("dna-advantage", 50, today+20, today+900)
	if p := f.planRenewal(Renewal{Entitlement: "dna-advantage"}); len(p.Later) != 1 || p.Later[0] != (reserve.Opening{Count: 50, From: today + 20}) {
		t.Errorf("later: %v", p.Later)
	}
	f.buy("dna-advantage", 3, today+400)
	f.buy("dna-advantage", 2, today+500)
	f.buy("network-advantage", 9, 0)
	p := f.planRenewal(Renewal{Entitlement: "dna-advantage"})
	f.wantStates(p, "A1 renew 500, A2 renew 400, A3 refused, A4 renew 400")
	wantReason(t, p.Rows[2].Err, reserve.PoolExhausted)
	f.wantPool("dna-advantage", 13, 8, 0)
	done := f.renewAll(p)
	f.wantPool("dna-advantage", 13, 13, 5) // both ends, until the devices confirm
	if len(done) != 3 || done["A1"].Issuance.Number != 2 {
		t.Errorf("renewed %v", done)
	}

	// Again: the same codes, without a key, for those that have not confirmed.
	again := f.planRenewal(Renewal{Entitlement: "dna-advantage"})
	f.wantStates(again, "A3 current, A2 again 400, A4 again 400, A1 again 500")
	shown, err := f.RenewedBefore(t.Context(), again)
	if err != nil || len(shown) != 3 || !bytes.Equal(shown[2].Issuance.Authorization, done["A1"].Issuance.Authorization) {
		t.Errorf("shown again: %v, %v", shown, err)
	}
	if got := f.kinds()[eventReprint]; got != 3 {
		t.Errorf("%d reprints are in the journal", got)
	}
	for serial, d := range f.renewAll(again) {
		if !d.Issuance.Repeated || !bytes.Equal(d.Issuance.Authorization, done[serial].Issuance.Authorization) {
			t.Errorf("%s was signed twice", serial)
		}
	}
	for _, serial := range []string{"A1", "A2", "A4"} {
		devices[serial] = f.install(devices[serial], done[serial].Issuance)
		f.confirmed(devices[serial])
	}
	f.wantPool("dna-advantage", 13, 8, 0)
	f.wantStates(f.planRenewal(Renewal{Entitlement: "dna-advantage"}), "A3 current, A2 current, A4 current, A1 current")
	f.verify()
}

// With a day to last through, whoever falls short of it is named; who is there already is left alone.
func TestRenewUntil(t *testing.T) {
	f := newOffice(t)
	today := f.today()
	f.buy("dna-advantage", 3, today+30)
	f.fleet(map[string]int{"A1": 1, "A2": 2}, "dna-advantage")
	f.buy("dna-advantage", 2, today+400)
	f.buy("dna-advantage", 1, 0)
	f.wantStates(f.planRenewal(Renewal{Entitlement: "dna-advantage", Until: today + 30}), "A1 current, A2 current")
	f.wantStates(f.planRenewal(Renewal{Entitlement: "dna-advantage", Until: today + 31}), "A1 renew 400, A2 renew 400")
	p := f.planRenewal(Renewal{Entitlement: "dna-advantage", Until: today + 401})
	f.wantStates(p, fmt.Sprintf("A1 renew %d, A2 refused", -int(today))) // without end
	wantReason(t, p.Rows[1].Err, reserve.PoolExhausted)
	if !strings.Contains(p.Rows[1].Err.Error(), "2 wanted, 0 available") {
		t.Errorf("A2: %v", p.Rows[1].Err)
	}
	// Without a day those without end come last: A1 gets one that ends, A2 one of each.
	f.wantStates(f.planRenewal(Renewal{Entitlement: "dna-advantage"}), "A1 renew 400, A2 renew 400")
	for _, until := range []keys.Day{today, today - 1} {
		_, err := f.PlanRenewal(t.Context(), Renewal{Account: plant, Entitlement: "dna-advantage", Until: until})
		wantReason(t, err, reserve.OutOfRange)
	}
	_, err := f.PlanRenewal(t.Context(), Renewal{Account: plant, Entitlement: "nonsense"})
	wantReason(t, err, reserve.UnknownEntitlement)
	_, err = f.PlanRenewal(t.Context(), Renewal{Account: mustPath("acme"), Entitlement: "dna-advantage"})
	wantReason(t, err, reserve.ReservationOff)
}

// What ended a while ago is renewed as well; what a device holds besides is kept, and what of that has
// ended goes. A device that nothing may be issued to is named and stops no other.
func TestRenewAfterTheEnd(t *testing.T) {
	f := newOffice(t)
	today := f.today()
	f.buy("dna-advantage", 9, today+30)
	f.buy("network-advantage", 9, 0)
	f.buy("multigigabit-ports", 9, today+30)
	u := f.newDevice("A1")
	r := f.install(u, f.authorize(f.request(u, "dna-advantage=2", "network-advantage=1", "multigigabit-ports=4")))
	f.confirmed(r)
	f.fleet(map[string]int{"A2": 3}, "dna-advantage")
	twin := f.fleet(map[string]int{"A3": 1}, "dna-advantage")["A3"].(reserve.Reserved)
	_, one := reserve.Report(twin)
	_, other := reserve.Report(reserve.Observe(twin, f.now.AddDate(0, 0, 1), 0, false))
	_, _ = f.receive(one.Code())
	_, err := f.receive(other.Code())
	wantReason(t, err, reserve.Quarantined)

	f.now = f.now.AddDate(0, 0, 40)
	p := f.planRenewal(Renewal{Entitlement: "dna-advantage"})
	f.wantStates(p, "A1 refused, A2 refused, A3 refused")
	if !strings.Contains(p.Rows[0].Err.Error(), "its licenses ended on") {
		t.Errorf("A1: %v", p.Rows[0].Err)
	}
	wantReason(t, p.Rows[2].Err, reserve.Quarantined)
	f.buy("dna-advantage", 5, f.today()+365)
	p = f.planRenewal(Renewal{Entitlement: "dna-advantage"})
	f.wantStates(p, "A1 renew 365, A2 renew 365, A3 refused")
	done := f.renewAll(p)
	r = f.install(r, done["A1"].Issuance)
	f.confirmed(r)
	if got := r.Authorization().Grants(); len(got) != 2 || reserve.Total(got, 4) != 2 || reserve.Total(got, 2) != 1 {
		t.Errorf("A1 holds %v", got)
	}
	f.wantPool("dna-advantage", 5, 5, 3)
	f.verify()
}

// What is borrowed is borrowed again when that is said.
func TestRenewBorrowed(t *testing.T) {
	f := newOffice(t)
	today := f.today()
	f.buy("network-advantage", 5, today+30)
	u := f.newDevice("A1")
	w := f.request(u, "network-essentials=3")
	w.Borrow = []Borrowing{{"network-essentials", "network-advantage"}}
	f.confirmed(f.install(u, f.authorize(w)))
	f.buy("network-advantage", 5, today+400)
	f.wantStates(f.planRenewal(Renewal{Entitlement: "network-essentials"}), "A1 current")
	p := f.planRenewal(Renewal{Entitlement: "network-essentials", Until: today + 60})
	f.wantStates(p, "A1 refused")
	if !strings.Contains(p.Rows[0].Err.Error(), "could be borrowed from network-advantage") {
		t.Errorf("A1: %v", p.Rows[0].Err)
	}
	p = f.planRenewal(Renewal{Entitlement: "network-essentials", Borrow: w.Borrow})
	f.wantStates(p, "A1 renew 400")
	f.renewAll(p)
	f.wantPool("network-advantage", 10, 6, 3)
	f.verify()
}

// Between the preview and the signing one device's books change: it is refused, the others are renewed.
func TestRenewAsPreviewed(t *testing.T) {
	f := newOffice(t)
	f.buy("dna-advantage", 3, f.today()+30)
	f.buy("network-advantage", 3, 0)
	f.fleet(map[string]int{"A1": 1, "A2": 1, "A3": 1}, "dna-advantage")
	f.buy("dna-advantage", 3, f.today()+400)
	p := f.planRenewal(Renewal{Entitlement: "dna-advantage", Memo: Memo{Reason: "second year"}})
	f.authorize(f.push("A2", "network-advantage=1"))
	done := f.renewAll(p)
	wantReason(t, done["A2"].Err, reserve.Busy)
	if done["A1"].Err != nil || done["A3"].Err != nil {
		t.Errorf("the others: %v, %v", done["A1"].Err, done["A3"].Err)
	}
	f.wantPool("dna-advantage", 6, 5, 2)
	f.verify()
}

// A program that dies in the middle leaves whole batches, and the next one finds what is left.
func TestRenewDies(t *testing.T) {
	f := newOffice(t)
	const n = renewalBatch + 20
	f.buy("dna-advantage", n, f.today()+30)
	for k := range n {
		u := f.newDevice(fmt.Sprintf("A%03d", k))
		f.confirmed(f.install(u, f.authorize(f.request(u, "dna-advantage=1"))))
	}
	f.buy("dna-advantage", n, f.today()+400)
	stop := fmt.Errorf("the disk for the codes is full")
	shown := 0
	err := f.Renew(t.Context(), f.planRenewal(Renewal{Entitlement: "dna-advantage"}), func(done []Renewed) error {
		shown += len(done)
		return stop
	})
	if err != stop || shown != renewalBatch {
		t.Fatalf("%d shown, %v", shown, err)
	}
	f.wantPool("dna-advantage", 2*n, n+renewalBatch, renewalBatch)
	states := map[RenewalState]int{}
	p := f.planRenewal(Renewal{Entitlement: "dna-advantage"})
	for _, r := range p.Rows {
		states[r.State]++
	}
	if !maps.Equal(states, map[RenewalState]int{RenewalNew: n - renewalBatch, RenewalAgain: renewalBatch}) {
		t.Errorf("afterwards %v", states)
	}
	f.renewAll(p)
	f.wantPool("dna-advantage", 2*n, 2*n, n)
}
