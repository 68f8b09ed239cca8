package issuer

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"tallystick/cmd/internal/compliance"
	"tallystick/cmd/internal/ledger"
	"tallystick/keys"
	"tallystick/reserve"
)

var otherPlant = mustPath("acme/plant-8")

// wishes is an office with a second account, a device that holds something, and a question.
func wishes(t *testing.T) *office {
	f := newOffice(t)
	on := true
	if _, _, err := f.NewAccount(t.Context(), otherPlant, Settings{Reservation: &on}, Memo{}, false); err != nil {
		t.Fatal(err)
	}
	f.buy("dna-advantage", 10, 0)
	f.buy("multigigabit-ports", 48, keys.DayOf(f.now)+700)
	for _, serial := range []string{"OLD1", "OLD2", "OLD3"} {
		f.authorize(f.request(f.newDevice(serial), "dna-advantage=2", "multigigabit-ports=8"))
	}
	return f
}

func (f *office) whatIf(day keys.Day, lines ...string) WhatIfAnswer {
	f.t.Helper()
	rows, wrong, err := ParseWhatIf([]byte(strings.Join(lines, "\n")))
	if err != nil || len(wrong) > 0 {
		f.t.Fatal(err, wrong)
	}
	a, err := f.WhatIf(f.t.Context(), WhatIf{Rows: rows, Day: day})
	if err != nil {
		f.t.Fatal(err)
	}
	return a
}

// stocks returns what every account has, without the numbers of licenses.
func (f *office) stocks() map[string][]compliance.Lot {
	f.t.Helper()
	out := map[string][]compliance.Lot{}
	err := f.View(f.t.Context(), func(tx *ledger.Tx) error {
		for s, err := range tx.AllStocks(ledger.Scope{}) {
			if err != nil {
				return err
			}
			out[s.Account.String()+" "+s.Tag] = unnumbered(s.Lots)
		}
		return nil
	})
	if err != nil {
		f.t.Fatal(err)
	}
	return out
}

func unnumbered(lots []compliance.Lot) []compliance.Lot {
	out := slices.Clone(lots)
	for i := range out {
		out[i].Number = 0
	}
	return out
}

// What a file of wishes is said to do is what the verbs do, and it does nothing itself.
func TestWhatIfIsWhatTheVerbsDo(t *testing.T) {
	f := wishes(t)
	before, head := f.stocks(), f.head()
	a := f.whatIf(f.today(), "what,account,device,product,quantity,grants,to,entitlement,license,term",
		"rma,,OLD2,,,multigigabit-ports=4,,,,",
		"write-off,,OLD3,,,,,,,",
		"new,acme/plant-7,,C9300-24T,2,dna-advantage=1 multigigabit-ports=4,,,,",
		"move,,OLD1,,,,acme/plant-8,,,",
		"buy,acme/plant-8,,,7,,,dna-advantage,,1y",
		"move,,,,1,,acme/plant-8,,1,",
		"remove,,,,1,,,,1,")
	for _, s := range a.Rows {
		if s.Outcome != Goes || s.Went != s.Wanted || s.Err != nil {
			t.Errorf("line %d: %s, %d of %d: %v", s.Line, s.Outcome, s.Went, s.Wanted, s.Err)
		}
	}
	if got := f.stocks(); fmt.Sprint(got) != fmt.Sprint(before) || f.head() != head {
		t.Fatalf("the books changed: %v, entry %d", got, f.head())
	}
	said := map[string][]compliance.Lot{}
	for _, p := range a.Pools {
		said[p.Account.String()+" "+p.Tag] = unnumbered(p.After)
		if was := unnumbered(p.Before); !slices.Equal(was, before[p.Account.String()+" "+p.Tag]) || p.Missing != 0 {
			t.Errorf("%s %s: before %v, missing %d", p.Account, p.Tag, was, p.Missing)
		}
	}

	f.rma(f.replacing("OLD2", f.newDevice("REPLACEMENT"), "multigigabit-ports=4"))
	if _, err := f.tryWriteOff("OLD3"); err != nil {
		t.Fatal(err)
	}
	for i := range 2 {
		f.authorize(f.request(f.newDevice(fmt.Sprint("NEW", i)), "dna-advantage=1", "multigigabit-ports=4"))
	}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	_, err := f.MoveDevices(t.Context(), []string{"OLD1"}, otherPlant, Memo{}, false)
	must(err)
	term, err := reserve.ParseTerm("1y")
	must(err)
	_, _, err = f.AddLicense(t.Context(), Purchase{Account: otherPlant, Entitlement: "dna-advantage", Quantity: 7, Term: &term}, Memo{}, false)
	must(err)
	_, err = f.MoveLicense(t.Context(), LicenseMove{License: 1, To: otherPlant, Quantity: 1}, Memo{}, false)
	must(err)
	_, err = f.RemoveLicense(t.Context(), LicenseRemoval{License: 1, Quantity: 1}, Memo{Reason: "sold"}, false)
	must(err)
	for key, lots := range f.stocks() {
		if !slices.Equal(lots, said[key]) {
			t.Errorf("%s: said %+v, is %+v", key, said[key], lots)
		}
	}
}

func (f *office) head() (n uint32) {
	f.t.Helper()
	if err := f.View(f.t.Context(), func(tx *ledger.Tx) (err error) {
		n, _, err = tx.Head()
		return err
	}); err != nil {
		f.t.Fatal(err)
	}
	return n
}

// missing says what of a pool is available and missing on a day.
func missing(a WhatIfAnswer, account, tag string, day keys.Day) string {
	for _, p := range a.Pools {
		if p.Account.String() == account && p.Tag == tag {
			s := compliance.FirstShortage(p.After, day, day+365)
			return fmt.Sprintf("available %d, missing %d, short by %d from %d", compliance.On(p.After, day).Available, p.Missing, s.Count, max(s.From, day)-day)
		}
	}
	return "untouched"
}

func TestWhatIfSaysWhatIsMissing(t *testing.T) {
	const header = "what,account,product,quantity,grants,entitlement,license,start,end,perpetual"
	f := wishes(t)
	today := f.today()
	for name, c := range map[string]struct {
		lines    []string
		outcomes string
		dna      string
		ports    string
	}{
		"part of a row goes": {[]string{"new,acme/plant-7,C9300-24T,8,dna-advantage=1,,,,,"}, "short 4 of 8",
			"available 0, missing 4, short by 4 from 0", "untouched"},
		"one entitlement is missing and the other needed all the same": {[]string{"new,acme/plant-7,C9300-24T,2,dna-advantage=2 multigigabit-ports=24,,,,,"}, "short 1 of 2",
			"available 0, missing 0, short by 0 from 0", "available 0, missing 24, short by 24 from 0"},
		"a later row buys it": {[]string{"new,acme/plant-7,C9300-24T,8,dna-advantage=1,,,,,", "buy,acme/plant-7,,4,,dna-advantage,,,,yes"},
			"goes 8 of 8, goes 1 of 1", "available 0, missing 0, short by 0 from 0", "untouched"},
		"a later row buys too few": {[]string{"new,acme/plant-7,C9300-24T,8,dna-advantage=1,,,,,", "buy,acme/plant-7,,3,,dna-advantage,,,,yes"},
			"short 7 of 8, goes 1 of 1", "available 0, missing 1, short by 1 from 0", "untouched"},
		"two rows want the same": {[]string{"new,acme/plant-7,C9300-24T,1,multigigabit-ports=30,,,,,", "new,acme/plant-7,C9300-24T,1,multigigabit-ports=4,,,,,"},
			"short 0 of 1, goes 1 of 1", "untouched", "available 0, missing 10, short by 10 from 0"},
		"it begins too late": {[]string{"new,acme/plant-7,C9300-24T,9,dna-advantage=1,,,,,", fmt.Sprintf("buy,acme/plant-7,,9,,dna-advantage,,%s,,yes", today+30)},
			"short 4 of 9, goes 1 of 1", "available 0, missing 5, short by 5 from 0", "untouched"},
		"a license ends earlier": {[]string{fmt.Sprintf("end,,,,,,1,,%s,", today+9)}, "goes 1 of 1", "available 4, missing 0, short by 6 from 10", "untouched"},
		"all licenses of an account end": {[]string{fmt.Sprintf("end,acme/plant-7,,,,,,,%s,", today)}, "goes 1 of 1",
			"available 4, missing 0, short by 6 from 1", "available 24, missing 0, short by 24 from 1"},
		"those of one entitlement end": {[]string{fmt.Sprintf("end,acme/plant-7,,,,dna-advantage,,,%s,", today)}, "goes 1 of 1",
			"available 4, missing 0, short by 6 from 1", "untouched"},
		"what else is in the way takes no part": {[]string{"new,acme/plant-9,C9300-24T,1,dna-advantage=1,,,,,", "new,acme/plant-7,NOPE,1,dna-advantage=1,,,,,",
			"new,acme/plant-7,C9300-24T,1,call-control=1,,,,,", "remove,,,9,,,1,,,"}, "refused 0 of 1, refused 0 of 1, refused 0 of 1, refused 0 of 1", "untouched", "untouched"},
	} {
		a := f.whatIf(today, append([]string{header}, c.lines...)...)
		var outcomes []string
		for _, s := range a.Rows {
			outcomes = append(outcomes, fmt.Sprintf("%s %d of %d", s.Outcome, s.Went, s.Wanted))
			if (s.Err == nil) != (s.Outcome == Goes) {
				t.Errorf("%s: line %d: %s, %v", name, s.Line, s.Outcome, s.Err)
			}
		}
		if got := strings.Join(outcomes, ", "); got != c.outcomes {
			t.Errorf("%s: %s, want %s", name, got, c.outcomes)
		}
		if got := missing(a, "acme/plant-7", "dna-advantage", today); got != c.dna {
			t.Errorf("%s: dna-advantage %s, want %s", name, got, c.dna)
		}
		if got := missing(a, "acme/plant-7", "multigigabit-ports", today); got != c.ports {
			t.Errorf("%s: multigigabit-ports %s, want %s", name, got, c.ports)
		}
	}
}

// On a later day the rows find what has begun by then, and nothing of what has ended.
func TestWhatIfOnAnotherDay(t *testing.T) {
	f := wishes(t)
	today := f.today()
	f.buy("dna-premier", 3, today+50)
	for day, want := range map[keys.Day]Outcome{today: Goes, today + 50: Goes, today + 51: Short} {
		if a := f.whatIf(day, "what,account,product,grants", "new,acme/plant-7,C9300-24T,dna-premier=3"); a.Rows[0].Outcome != want {
			t.Errorf("day %s: %s, %v", day, a.Rows[0].Outcome, a.Rows[0].Err)
		}
	}
}

// A wave of failed devices meets the policy of the account as it would, one after the other; what the
// replacements don't get is said.
func TestWhatIfManyFail(t *testing.T) {
	f := newOffice(t)
	on := true
	if _, _, err := f.SetAccount(t.Context(), plant, Settings{ExportControl: &on}, Memo{}, false); err != nil {
		t.Fatal(err)
	}
	today := f.today()
	f.buy("dna-advantage", 4, 0)
	f.buy("dna-premier", 1, today+10)
	f.buy("strong-encryption", 1, 0)
	lines := []string{"what,device,product,map"}
	for i := range 7 {
		serial, grants := fmt.Sprint("DEAD", i), []string{"dna-advantage=1"}
		switch i {
		case 0:
			grants = append(grants, "strong-encryption=1")
		case 4, 5, 6:
			grants = []string{"network-advantage=1"}
		}
		if i == 4 {
			f.buy("network-advantage", 3, 0)
		}
		f.authorize(f.request(f.newDevice(serial), grants...))
		lines = append(lines, "rma,"+serial+",,")
	}
	a := f.whatIf(today, lines...)
	for i, s := range a.Rows {
		if i < 5 && s.Outcome != Goes {
			t.Errorf("%d: %s, %v", i, s.Outcome, s.Err)
		}
		if i >= 5 && (s.Outcome != Refused || reasonOf(s.Err) != reserve.PolicyThreshold) {
			t.Errorf("%d is beyond the policy: %s, %v", i, s.Outcome, s.Err)
		}
	}
	if left := a.Rows[0].LeftOut; len(left) != 1 || left[0].Entitlement.Tag != "strong-encryption" || left[0].Why != LeftExport {
		t.Errorf("left out %+v", left)
	}
	for _, p := range a.Pools {
		if p.Tag == "dna-advantage" && (compliance.On(p.After, today).PendingReturn != 4 || p.Missing != 0) {
			t.Errorf("%+v", p)
		}
	}
	a = f.whatIf(today, "what,device,map", "rma,DEAD1,dna-advantage=dna-premier", "rma,DEAD2,dna-advantage=dna-premier")
	if a.Rows[0].Outcome != Goes || a.Rows[1].Outcome != Short || missing(a, "acme/plant-7", "dna-premier", today) != "available 0, missing 1, short by 1 from 0" {
		t.Errorf("%+v, %s", a.Rows, missing(a, "acme/plant-7", "dna-premier", today))
	}
}

// The devices of an account that go elsewhere are those that can: what was written off stays with it.
func TestWhatIfAccountMovesWithoutItsDead(t *testing.T) {
	f := newOffice(t)
	on := true
	if _, _, err := f.NewAccount(t.Context(), otherPlant, Settings{Reservation: &on}, Memo{}, false); err != nil {
		t.Fatal(err)
	}
	f.buy("dna-advantage", 9, 0)
	f.dead("DEAD", "dna-advantage=1")
	f.dead("LIVES", "dna-advantage=3")
	if _, err := f.tryWriteOff("DEAD"); err != nil {
		t.Fatal(err)
	}
	rows := []string{"what,account,to", "move," + plant.String() + "," + otherPlant.String()}
	a := f.whatIf(f.today(), rows...)
	if a.Rows[0].Outcome != Goes {
		t.Fatalf("%s, %v", a.Rows[0].Outcome, a.Rows[0].Err)
	}
	for _, p := range a.Pools {
		if p.Account == otherPlant && compliance.On(p.After, f.today()).Reserved != 3 {
			t.Errorf("%+v", p)
		}
	}
	if _, err := f.tryWriteOff("LIVES"); err != nil {
		t.Fatal(err)
	}
	wantReason(t, f.whatIf(f.today(), rows...).Rows[0].Err, reserve.OutOfRange)
}
