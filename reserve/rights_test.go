package reserve

import (
	"testing"
	"time"

	"tallystick/keys"
)

func TestRights(t *testing.T) {
	is := newTestIssuer(t, "Example", false)
	fresh := testDevice(t, is, "A1")
	end := testToday + 100
	held := install(t, fresh, is.authorize(t, fresh.Identity(), 1,
		Grant{2, 1, end}, Grant{4, 24, 0}, Grant{4, 8, end}, Grant{3, 1, end}))
	for _, c := range []struct {
		name     string
		instance Instance
		tag      string
		n        int
		day      keys.Day
		want     bool
		state    string
	}{
		{"held", held, "advantage", 1, testToday, true, StateReserved},
		{"the tier above covers too", held, "advantage", 2, testToday, true, StateReserved},
		{"more than held", held, "advantage", 3, testToday, false, StateOverReservation},
		{"lower tier by inclusion", held, "essentials", 2, testToday, true, StateReserved},
		{"last valid day", held, "advantage", 2, end, true, StateReserved},
		{"grace of the lower, the higher has none", held, "advantage", 1, end + 1, true, StateGrace},
		{"last day of grace", held, "advantage", 1, end + 90, true, StateGrace},
		{"after grace", held, "advantage", 1, end + 91, false, StateRestricted},
		{"no grace", held, "premier", 1, end + 1, false, StateRestricted},
		{"part without end stays", held, "ports", 24, end + 500, true, StateReserved},
		{"part with end is gone", held, "ports", 25, end + 500, false, StateOverReservation},
		{"part with end in grace", held, "ports", 32, end + 1, true, StateGrace},
		{"not held", held, "crypto", 1, testToday, false, StateNotReserved},
		{"not enforced", held, "telemetry", 1000, testToday, true, StateNotEnforced},
		{"not in the catalog", held, "nonsense", 1, testToday, false, StateInvalidTag},
		{"negative count", held, "advantage", -1, testToday, false, StateReserved},
		{"evaluation", fresh, "premier", 7, testToday, true, StateEvaluation},
		{"export control never in evaluation", fresh, "crypto", 1, testToday, false, StateWaiting},
		{"returned", held.Return(), "premier", 1, testToday, false, StateNotReserved},
	} {
		rights := NewRights(c.instance)
		if got := rights.Licensed(c.tag, c.n, c.day); got != c.want {
			t.Errorf("%s: licensed %v", c.name, got)
		}
		if got := rights.Ask(c.tag, c.n, c.day); got.State != c.state || got.Licensed != c.want {
			t.Errorf("%s: %q, licensed %v; want %q", c.name, got.State, got.Licensed, c.state)
		}
	}
}

func TestSummary(t *testing.T) {
	is := newTestIssuer(t, "Example", false)
	fresh := testDevice(t, is, "A1")
	held := install(t, fresh, is.authorize(t, fresh.Identity(), 1, Grant{5, 1, 0}, Grant{2, 1, testToday + 1}))
	none := install(t, held, is.authorize(t, fresh.Identity(), 2))
	spent := fresh
	spent.evaluation = 0
	for _, c := range []struct {
		name     string
		instance Instance
		day      keys.Day
		want     Summary
	}{
		{"fresh", fresh, testToday, Summary{InProgress, EvaluationMode, ExportNotAllowed}},
		{"evaluation over", spent, testToday, Summary{InProgress, EvaluationOver, ExportNotAllowed}},
		{"held", held, testToday, Summary{RegisteredSLR, AuthorizedStatus, ExportAllowed}},
		{"one ended", held, testToday + 2, Summary{RegisteredSLR, AuthorizationOver, ExportAllowed}},
		{"everything taken away", none, testToday, Summary{RegisteredSLR, NoLicensesInUse, ExportNotAllowed}},
		{"returned", held.Return(), testToday, Summary{Unregistered, NoLicensesInUse, ExportNotAllowed}},
	} {
		if got := Summarize(c.instance, c.day); got != c.want {
			t.Errorf("%s: %+v, want %+v", c.name, got, c.want)
		}
	}
}

func TestTimeOnlyMovesForward(t *testing.T) {
	is := newTestIssuer(t, "Example", false)
	dev := testDevice(t, is, "A1")
	day := func(n int) time.Time { return testNow.AddDate(0, 0, n) }
	i := Observe(dev, day(5), 10*time.Minute, true)
	if i.LatestDay() != testToday+5 || i.EvaluationLeft() != dev.EvaluationLeft()-10*time.Minute {
		t.Fatalf("latest %s, evaluation %s", i.LatestDay(), i.EvaluationLeft())
	}
	if got := Today(i, day(-300)); got != testToday+5 {
		t.Errorf("a clock set back gives %s", got)
	}
	i = Observe(i, day(5), 100*time.Hour, true) // idled for days between two uses
	if i.EvaluationLeft() != dev.EvaluationLeft()-10*time.Minute-time.Hour {
		t.Errorf("evaluation %s", i.EvaluationLeft())
	}
	i = Observe(i, day(5), 2*time.Minute, true) // restarted; the wall clock is frozen
	if i.EvaluationLeft() != dev.EvaluationLeft()-72*time.Minute {
		t.Errorf("evaluation %s after a restart", i.EvaluationLeft())
	}
	i = Observe(i, day(500), 3*time.Minute, false) // a clock that jumped is not believed
	if i.LatestDay() != testToday+5 || ClockAhead(i, day(500)) != 495 {
		t.Errorf("latest %s, ahead %d", i.LatestDay(), ClockAhead(i, day(500)))
	}
	if i.EvaluationLeft() != dev.EvaluationLeft()-72*time.Minute {
		t.Errorf("time without use was charged: %s", i.EvaluationLeft())
	}
}

func TestCompromisedSignerLeavesGrace(t *testing.T) {
	is := newTestIssuer(t, "Example", false)
	dev := testDevice(t, is, "A1")
	held := install(t, dev, is.authorize(t, dev.Identity(), 1, Grant{2, 1, 0}))
	fresh := testKey(t, "second issue key")
	newer := is.replaced(t, fresh, nil)
	next, changed, err := Obey(held, newer)
	if err != nil || !changed {
		t.Fatal(changed, err)
	}
	next = reload(t, next)
	rights := NewRights(next)
	if got := rights.Ask("advantage", 1, testToday); got.State != StateGrace || !got.Licensed {
		t.Errorf("at first: %+v", got)
	}
	for hour := time.Duration(1); hour <= 24; hour++ {
		next = Observe(next, testNow, hour*time.Hour, false)
	}
	rights = NewRights(next)
	if got := rights.Ask("advantage", 1, testToday); got.State != StateRestricted || got.Licensed {
		t.Errorf("after the hours of grace: %+v", got)
	}
	// The key's new codes are refused, and a number pushed with a new key cures it.
	_, _, err = Install(next, is.authorize(t, dev.Identity(), 2, Grant{2, 1, 0}).Body(), testNow)
	wantReason(t, err, KeyCompromised)
	a, err := SignAuthorization(newer, dev.Identity(), Draft{Number: 2, Issued: testToday, Grants: []Grant{{2, 1, 0}}}, fresh)
	if err != nil {
		t.Fatal(err)
	}
	cured := install(t, next, a)
	rights = NewRights(cured)
	if got := rights.Ask("advantage", 1, testToday); got.State != StateReserved {
		t.Errorf("cured: %+v", got)
	}
	// Going back to the older bundle is refused; an authorization that needs the newer root is named.
	_, _, err = Obey(next, is.trust)
	wantReason(t, err, TrustTooOld)
	_, _, err = Install(held, a.Body(), testNow)
	wantReason(t, err, TrustTooOld)
}

// TestNoHoursOfGrace: a trust root may leave no grace, also to a device that has counted no time yet.
func TestNoHoursOfGrace(t *testing.T) {
	is := newTestIssuer(t, "Example", false)
	dev := testDevice(t, is, "A1")
	held := install(t, dev, is.authorize(t, dev.Identity(), 1, Grant{2, 1, 0}))
	newer := is.replaced(t, testKey(t, "another"), func(r *keys.RootTemplate) { r.RevalidateHours = 0 })
	next, _, err := Obey(held, newer)
	if err != nil {
		t.Fatal(err)
	}
	next = Observe(reload(t, next), testNow, time.Second, false)
	rights := NewRights(next)
	if got := rights.Ask("advantage", 1, testToday); got.State != StateRestricted || got.Licensed {
		t.Errorf("after a second: %+v", got)
	}
}

func TestThresholdAndExportRole(t *testing.T) {
	is := newTestIssuer(t, "Example", false)
	second, third := testKey(t, "second"), testKey(t, "third")
	template := testTemplate(is, "Example", false, is.trust.Catalog())
	template.Keys[1].Roles = keys.RoleIssue
	template.Keys = append(template.Keys,
		keys.Key{Index: 3, Public: second.Public(), Roles: keys.RoleIssue, Status: keys.Active},
		keys.Key{Index: 4, Public: third.Public(), Roles: keys.RoleIssue | keys.RoleExport, Status: keys.Active})
	template.Policies[1].Threshold = 2
	signed, err := template.Sign(nil, is.root)
	if err != nil {
		t.Fatal(err)
	}
	trust, err := NewTrust([][]byte{signed}, is.trust.Catalog().Raw())
	if err != nil {
		t.Fatal(err)
	}
	dev := testDevice(t, issuer{trust: trust}, "A1")
	draft := Draft{Number: 1, Issued: testToday, Grants: []Grant{{2, 1, 0}}}
	_, err = SignAuthorization(trust, dev.Identity(), draft, is.issue)
	wantReason(t, err, ThresholdNotMet)
	_, err = SignAuthorization(trust, dev.Identity(), draft, is.issue, is.issue)
	wantReason(t, err, ThresholdNotMet)
	two, err := SignAuthorization(trust, dev.Identity(), draft, second, is.issue)
	if err != nil {
		t.Fatal(err)
	}
	other, err := SignAuthorization(trust, dev.Identity(), draft, third, is.issue)
	if err != nil || !two.Same(other) {
		t.Fatalf("the same content under other signatures: %v", err)
	}
	install(t, dev, two)
	draft.Grants = []Grant{{5, 1, 0}}
	_, err = SignAuthorization(trust, dev.Identity(), draft, second, is.issue)
	wantReason(t, err, ThresholdNotMet)
	if _, err = SignAuthorization(trust, dev.Identity(), draft, third, is.issue); err != nil {
		t.Fatal(err)
	}
	_, err = SignAuthorization(trust, dev.Identity(), draft, is.root)
	wantReason(t, err, RoleMissing)
}
