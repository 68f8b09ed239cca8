package reserve

import (
	"fmt"
	"slices"
	"testing"
	"time"
)

// TestWhatWasSignedIsShown: what the officer drafted is what the authorization says to everyone.
func TestWhatWasSignedIsShown(t *testing.T) {
	for _, training := range []bool{false, true} {
		is := newTestIssuer(t, "Example", training)
		dev := testDevice(t, is, "A1")
		want := grants(testToday + 900)
		a, err := OpenAuthorization(is.authorize(t, dev.Identity(), 3, want...).Body(), is.trust, dev.Identity())
		if err != nil {
			t.Fatal(err)
		}
		normal, err := NormalGrants(want)
		if err != nil {
			t.Fatal(err)
		}
		signers := a.Signers()
		if a.Number() != 3 || a.Sequence() != 7 || a.Issued() != testToday || a.Training() != training ||
			!slices.Equal(a.Grants(), normal) || len(signers) != 1 || signers[0].Public != is.issue.Public() ||
			a.Digest().IsZero() || !(Digest{}).IsZero() {
			t.Errorf("training %v: %+v", training, a)
		}
		a.Grants()[0].Count = 99
		signers[0].Index = 99
		if a.Grants()[0].Count == 99 || a.Signers()[0].Index == 99 {
			t.Error("an authorization was changed through what it returned")
		}
		if Total(normal, 4) != 24 || Total(append(normal, Grant{4, MaxCount, 0}), 4) != 24+MaxCount || Total(normal, 9) != 0 {
			t.Errorf("%d of entitlement 4", Total(normal, 4))
		}
	}
	if got := (Grant{4, 24, 0}).String(); got != "24 of entitlement 4 until never" {
		t.Error(got)
	}
}

// TestWhatADeviceIsShown: the names and versions that both sides compare.
func TestWhatADeviceIsShown(t *testing.T) {
	is := newTestIssuer(t, "Example", false)
	dev := testDevice(t, is, "A1")
	q, err := ParseRequest(dev.Request().Body())
	if err != nil {
		t.Fatal(err)
	}
	id := q.Identity()
	if id != dev.Identity() || id.UDI().Product() != "C9300-24T" || id.UDI().Serial() != "A1" ||
		id.DID().String() != dev.Identity().DID().String() || id.Public() != dev.seed.key().Public() || q.RootVersion() != is.trust.Root().Version() ||
		q.CatalogVersion() != is.trust.Catalog().Version() {
		t.Errorf("%+v is not %+v", id, dev.Identity())
	}
	if is.trust.Catalog().Name() != "test switch" || is.trust.Roots().Len() != 1 || (UDI{}).String() != "" || !(UDI{}).IsZero() {
		t.Errorf("catalog %q, %d roots", is.trust.Catalog().Name(), is.trust.Roots().Len())
	}
	if dev.Receipt().Locator() != id.DID().Locator() {
		t.Error("a receipt has another hint than its device")
	}
	later := Observe(dev, testNow, 59*time.Minute, false)
	_, s := Report(Observe(later, testNow, 119*time.Minute, false))
	if s.LatestDay() != testToday || s.Uptime() != time.Hour || s.RootVersion() != 1 || s.Count() != 1 {
		t.Errorf("%+v", s)
	}
	if got := fmt.Sprintf("%v %s %#v", dev.seed, dev.seed, dev.seed); got != "seed(hidden) seed(hidden) seed(hidden)" {
		t.Error("the secret is printed")
	}
}

// TestLastAct: a code is printed again under the name of what it says.
func TestLastAct(t *testing.T) {
	is := newTestIssuer(t, "Example", false)
	dev := testDevice(t, is, "A1")
	held := install(t, dev, is.authorize(t, dev.Identity(), 1, Grant{2, 5, 0}))
	canceled, err := dev.Cancel(1)
	if err != nil {
		t.Fatal(err)
	}
	for want, i := range map[Act]Instance{NoAct: dev, Installed: held, Returned: held.Return(), Canceled: canceled} {
		if got := reload(t, i).LastAct(); got != want {
			t.Errorf("act %d, want %d", got, want)
		}
	}
}

// TestListOfRights has every entitlement that the product offers, in the order of the catalog, and
// what is held besides.
func TestListOfRights(t *testing.T) {
	is := newTestIssuer(t, "Example", false)
	dev := testDevice(t, is, "A1")
	rights := NewRights(dev)
	if !rights.Evaluating() {
		t.Error("a new device is in evaluation")
	}
	var tags []string
	for _, a := range rights.List(testToday) {
		tags = append(tags, a.Tag)
		if a != rights.Ask(a.Tag, 1, testToday) {
			t.Errorf("%+v", a)
		}
	}
	if want := []string{"essentials", "advantage", "premier", "ports", "crypto", "telemetry"}; !slices.Equal(tags, want) {
		t.Errorf("%q, want %q", tags, want)
	}
	spent := dev
	spent.evaluation = 0
	rights = NewRights(spent)
	if got := rights.Ask("premier", 1, testToday); got.State != StateEvaluationExpired || got.Licensed || rights.Evaluating() {
		t.Errorf("after the evaluation: %+v", got)
	}
	held := install(t, dev, is.authorize(t, dev.Identity(), 1, Grant{2, 5, 0}))
	rights = NewRights(held)
	if rights.Evaluating() || ClockAhead(held, testNow) != 0 || ClockAhead(held, testNow.AddDate(0, 0, 30)) != 0 {
		t.Error("a device that holds licenses, with a right clock")
	}
}

// TestSignerGrace follows the hours that are left after a key was compromised.
func TestSignerGrace(t *testing.T) {
	is := newTestIssuer(t, "Example", false)
	dev := testDevice(t, is, "A1")
	held := install(t, dev, is.authorize(t, dev.Identity(), 1, Grant{2, 1, 0}))
	if left, compromised := SignerGrace(held); left != 0 || compromised {
		t.Errorf("%s, %v, and no key is compromised", left, compromised)
	}
	newer := is.replaced(t, testKey(t, "another"), nil)
	next, _, err := Obey(held, newer)
	if err != nil {
		t.Fatal(err)
	}
	if s := Summarize(next, testToday); s.Authorization != AuthorizationOver {
		t.Errorf("in grace: %+v", s)
	}
	for hour, want := range []time.Duration{24 * time.Hour, 23 * time.Hour, 22 * time.Hour} {
		next = Observe(next, testNow, time.Duration(hour)*time.Hour, false)
		if left, compromised := SignerGrace(next); left != want || !compromised {
			t.Errorf("after %d hours: %s, %v", hour, left, compromised)
		}
	}
	for hour := range 30 {
		next = Observe(next, testNow, time.Duration(3+hour)*time.Hour, false)
	}
	if left, compromised := SignerGrace(next); left != 0 || !compromised {
		t.Errorf("when it is over: %s, %v", left, compromised)
	}
}
