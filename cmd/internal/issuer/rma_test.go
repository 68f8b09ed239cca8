package issuer

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"tallystick/reserve"
)

func (f *office) tryRMA(r RMA) (Replacement, error) {
	p, err := f.PlanRMA(f.t.Context(), r)
	if err != nil {
		return Replacement{}, err
	}
	out, err := f.Officer.RMA(f.t.Context(), r, p)
	if err == nil && !p.same(out.RMAPlan) {
		f.t.Errorf("planned %+v, did %+v", p, out.RMAPlan)
	}
	return out, err
}

func (f *office) rma(r RMA) Replacement {
	f.t.Helper()
	out, err := f.tryRMA(r)
	if err != nil {
		f.t.Fatal(err)
	}
	return out
}

func (f *office) replacing(failed string, u reserve.Instance, words ...string) RMA {
	q := u.Request()
	return RMA{Failed: failed, Request: &q, Changes: grants(f.t, words...), Memo: Memo{Reason: "dead"}}
}

func (f *office) wantVerified() {
	f.t.Helper()
	if err := f.ledger.Verify(f.t.Context(), reserve.Trust{}, nil); err != nil {
		f.t.Error(err)
	}
}

// The whole story: the replacement gets the same licenses of a full pool, the late return settles what
// was pending, and no pool is credited for it.
func TestReplacementOfADeadDevice(t *testing.T) {
	f := newOffice(t)
	f.buy("dna-advantage", 5, 0)
	lot := f.buy("network-advantage", 2, f.today()+500)
	dead := f.dead("DEAD", "dna-advantage=5", "network-advantage=1")
	u := f.newDevice("FRESH")
	out := f.rma(f.replacing("DEAD", u))
	if out.Repeated || out.Plan.Number != 1 || len(out.LeftOut) != 0 || !out.Plan.New {
		t.Errorf("%+v", out.RMAPlan)
	}
	f.wantPending("dna-advantage", 5, 5, 5)
	f.wantPending("network-advantage", 2, 1, 1)
	if !slices.ContainsFunc(out.Plan.draws, func(d reserve.Draw) bool { return d.Lot == lot }) {
		t.Errorf("draws %v, want the same licenses", out.Plan.draws)
	}
	f.confirmed(f.install(u, out.Issued))
	again := f.rma(f.replacing("DEAD", u))
	if !again.Repeated || !bytes.Equal(again.Issued.Authorization, out.Issued.Authorization) {
		t.Error("the same again gave other bytes")
	}
	_, err := f.tryRMA(f.replacing("DEAD", f.newDevice("OTHER")))
	wantReason(t, err, reserve.AlreadyExists)
	got, err := f.receive(dead.Return().Receipt().Code())
	if err != nil || got.Alarm != "" || got.Standing != reserve.WrittenOff || len(got.Lines) != 2 || got.Lines[1].PendingBefore != 5 || got.Lines[1].Pending != 0 {
		t.Errorf("%+v, %v", got, err)
	}
	f.wantPending("dna-advantage", 5, 5, 0)
}

// A device with a new identity is replaced by itself; its older identity settles by its own codes.
func TestReimagedDevice(t *testing.T) {
	f := newOffice(t)
	f.buy("dna-advantage", 3, 0)
	old := f.dead("SAME", "dna-advantage=3")
	u := f.newDevice("SAME")
	_, err := f.tryAuthorize(f.request(u, "dna-advantage=3"))
	wantReason(t, err, reserve.DuplicateDevice)
	out := f.rma(f.replacing("SAME", u))
	if !out.Reimaged || out.Plan.Replaces == "" {
		t.Errorf("%+v", out.RMAPlan)
	}
	f.wantPending("dna-advantage", 3, 3, 3)
	if again := f.rma(f.replacing("SAME", u)); !again.Repeated || !bytes.Equal(again.Issued.Authorization, out.Issued.Authorization) {
		t.Error("the same again gave other bytes")
	}
	if got, err := f.receive(old.Return().Receipt().Code()); err != nil || !got.Device.Superseded {
		t.Errorf("%+v, %v", got, err)
	}
	f.wantPending("dna-advantage", 3, 3, 0)
	_, err = f.tryRMA(f.replacing("SAME", f.newDevice("SAME")))
	if err != nil {
		t.Errorf("imaged once more: %v", err)
	}
	f.wantPending("dna-advantage", 3, 3, 3)
}

func TestWhatIsCarriedOver(t *testing.T) {
	f := newOffice(t)
	f.allowExport()
	f.buy("strong-encryption", 9, 0)
	f.buy("dna-advantage", 9, 0)
	f.buy("dna-premier", 9, 0)
	f.buy("network-advantage", 9, f.today()+3)
	f.dead("DEAD", "strong-encryption=1", "dna-advantage=4", "network-advantage=1")
	f.now = f.now.AddDate(0, 0, 5)
	plan := func(change func(*RMA)) (RMAPlan, error) {
		r := f.replacing("DEAD", f.newDevice("FRESH"))
		change(&r)
		return f.PlanRMA(t.Context(), r)
	}
	for name, c := range map[string]struct {
		change func(*RMA)
		want   string
	}{
		"as it is":       {func(*RMA) {}, "dna-advantage=4; left network-advantage=1 ended, strong-encryption=1 export-controlled"},
		"export by name": {func(r *RMA) { r.Changes = grants(t, "strong-encryption=1") }, "dna-advantage=4 strong-encryption=1; left network-advantage=1 ended"},
		"fewer":          {func(r *RMA) { r.Changes = grants(t, "dna-advantage=1") }, "dna-advantage=1; left network-advantage=1 ended, strong-encryption=1 export-controlled"},
		"mapped":         {func(r *RMA) { r.Map = []Mapping{{"dna-advantage", "dna-premier"}} }, "dna-premier=4; left network-advantage=1 ended, strong-encryption=1 export-controlled"},
		"mapped, more": {func(r *RMA) {
			r.Map, r.Changes = []Mapping{{"dna-advantage", "dna-premier"}}, grants(t, "dna-premier=6")
		}, "dna-premier=6; left network-advantage=1 ended, strong-encryption=1 export-controlled"},
	} {
		p, err := plan(c.change)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		var got, left []string
		for _, l := range p.Plan.Lines {
			if l.After > 0 {
				got = append(got, fmt.Sprintf("%s=%d", l.Entitlement.Tag, l.After))
			}
		}
		for _, l := range p.LeftOut {
			left = append(left, fmt.Sprintf("%s=%d %s", l.Entitlement.Tag, l.Count, l.Why))
		}
		if text := strings.Join(got, " ") + "; left " + strings.Join(left, ", "); text != c.want {
			t.Errorf("%s: %s, want %s", name, text, c.want)
		}
	}
	for name, c := range map[string]struct {
		change func(*RMA)
		want   reserve.Reason
	}{
		"mapped twice": {func(r *RMA) { r.Map = []Mapping{{"dna-advantage", "dna-premier"}, {"dna-advantage", "x"}} }, reserve.OutOfRange},
		"mapped and granted": {func(r *RMA) {
			r.Map, r.Changes = []Mapping{{"dna-advantage", "dna-premier"}}, grants(t, "dna-advantage=1")
		}, reserve.OutOfRange},
		"mapped to export":    {func(r *RMA) { r.Map = []Mapping{{"dna-advantage", "strong-encryption"}} }, reserve.OutOfRange},
		"mapped from nothing": {func(r *RMA) { r.Map = []Mapping{{"dna-essentials", "dna-premier"}} }, reserve.OutOfRange},
		"relative":            {func(r *RMA) { r.Changes = grants(t, "dna-advantage=+1") }, reserve.OutOfRange},
		"too many":            {func(r *RMA) { r.Changes = grants(t, "dna-advantage=10") }, reserve.PoolExhausted},
		"unknown":             {func(r *RMA) { r.Failed = "NOBODY" }, reserve.UnknownDevice},
		"elsewhere":           {func(r *RMA) { r.Account = mustPath("acme") }, reserve.ReservationOff},
	} {
		_, err := plan(c.change)
		wantReason(t, err, c.want)
		if t.Failed() {
			t.Fatal(name)
		}
	}
}

// allowExport switches export control on for the account.
func (f *office) allowExport() {
	f.t.Helper()
	on := true
	if _, _, err := f.SetAccount(f.t.Context(), plant, Settings{ExportControl: &on}, Memo{}, false); err != nil {
		f.t.Fatal(err)
	}
}

func TestReplacementMustHoldNothing(t *testing.T) {
	f := newOffice(t)
	f.buy("dna-advantage", 9, 0)
	f.dead("DEAD", "dna-advantage=1")
	spare := f.dead("SPARE", "dna-advantage=1")
	_, err := f.tryRMA(f.replacing("DEAD", spare))
	wantReason(t, err, reserve.ReplacementHolds)
	back := spare.Return()
	f.confirmed(back)
	if out := f.rma(f.replacing("DEAD", back)); out.Plan.New || out.Plan.Number != 2 {
		t.Errorf("%+v", out.RMAPlan)
	}
	_, err = f.tryRMA(f.replacing("SPARE", back))
	wantReason(t, err, reserve.OutOfRange)
	f.wantPending("dna-advantage", 9, 1, 1)
}

// What was written off first is replaced later, also when others took its licenses meanwhile.
func TestReplacementAfterAWriteOff(t *testing.T) {
	f := newOffice(t)
	f.buy("dna-advantage", 4, 0)
	f.dead("DEAD", "dna-advantage=4")
	losses, err := f.tryWriteOff("DEAD")
	if err != nil || losses[0].Lines[0].Pending != 4 || losses[0].Lines[0].PoolAfter != 4 {
		t.Fatalf("%+v, %v", losses, err)
	}
	if again, err := f.tryWriteOff("DEAD"); err != nil || !again[0].Repeated {
		t.Errorf("again: %+v, %v", again, err)
	}
	f.dead("OTHER", "dna-advantage=1")
	u := f.newDevice("FRESH")
	_, err = f.tryRMA(f.replacing("DEAD", u))
	wantReason(t, err, reserve.PoolExhausted)
	f.buy("dna-advantage", 4, f.today()+500)
	f.rma(f.replacing("DEAD", u))
	f.wantPending("dna-advantage", 8, 5, 4)
}

func TestRMAUnderAnOperation(t *testing.T) {
	f := newOffice(t)
	f.buy("dna-advantage", 4, 0)
	f.dead("DEAD", "dna-advantage=4")
	u := f.newDevice("FRESH")
	r := f.replacing("DEAD", u)
	r.Op = "ticket-1"
	first := f.rma(r)
	if again := f.rma(r); !again.Repeated || !bytes.Equal(again.Issued.Authorization, first.Issued.Authorization) {
		t.Error("the same operation gave other bytes")
	}
	r.Changes = grants(t, "dna-advantage=1")
	_, err := f.tryRMA(r)
	wantReason(t, err, reserve.OperationReused)
	f.wantPending("dna-advantage", 4, 4, 4)
}
