package reserve

import (
	"fmt"
	"testing"
	"time"

	"tallystick/keys"
)

// TestChainStepIsTheDigestOfTheSpecification compares the walk with its definition.
func TestChainStepIsTheDigestOfTheSpecification(t *testing.T) {
	id := testDevice(t, newTestIssuer(t, "Example", false), "A1").Identity()
	want := Secret{1, 2, 3}
	for p := LastPosition; p > LastPosition-50; p-- {
		d := keys.Digest("TS1/floor", id.salt[:], be16(uint16(p)), want[:])
		want = Secret(d[:secretSize])
		if got := id.walk(Secret{1, 2, 3}, LastPosition+1, p); got != want {
			t.Fatalf("position %d: %x, want %x", p, got, want)
		}
	}
	if got := id.walk(want, 7, 7); got != want {
		t.Errorf("a walk of no steps gave %x", got)
	}
}

func TestRunning(t *testing.T) {
	u := testDevice(t, newTestIssuer(t, "Example", false), "A1")
	i := Observe(u, testNow, 10*time.Minute, false)
	i = Observe(i, testNow, 25*time.Minute, false)
	if got := i.Running(); got != 25*time.Minute {
		t.Errorf("%s, want 25 minutes", got)
	}
	i = Observe(i, testNow, 5*time.Minute, false) // started again
	if got := reload(t, i).Running(); got != 30*time.Minute {
		t.Errorf("%s after a restart, want 30 minutes", got)
	}
}

// TestSetUpWithAWrongClock sets a device up with a clock that is years ahead, and corrects it.
func TestSetUpWithAWrongClock(t *testing.T) {
	is := newTestIssuer(t, "Example", false)
	udi, err := NewUDI("C9300-24T", "A1")
	if err != nil {
		t.Fatal(err)
	}
	for years, want := range map[int]keys.Day{-30: testToday, 0: testToday, 70: testToday} {
		u, err := NewInstance(udi, is.trust, testRand("device"), testNow.AddDate(years, 0, 0))
		if err != nil || u.LatestDay() != want {
			t.Errorf("%d years: latest day %s, %v", years, u.LatestDay(), err)
		}
	}
	u, err := NewInstance(udi, is.trust, testRand("device"), testNow.AddDate(0, 0, 10))
	if err != nil || u.LatestDay() != testToday+10 {
		t.Errorf("ten days after the trust root: latest day %s, %v", u.LatestDay(), err)
	}
}

func TestPrintingAnInstanceHidesItsSecret(t *testing.T) {
	is := newTestIssuer(t, "Example", false)
	u := testDevice(t, is, "A1")
	r := install(t, u, is.authorize(t, u.Identity(), 1, Grant{2, 5, 0}))
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%x", "%d"} {
		for _, i := range []Instance{u, r} {
			if got := fmt.Sprintf(verb, i); got != "record of C9300-24T:A1" {
				t.Errorf("%s prints %q", verb, got)
			}
		}
	}
}

func TestTimeDue(t *testing.T) {
	is := newTestIssuer(t, "Example", false)
	u := testDevice(t, is, "A1")
	if TimeDue(u, testNow.AddDate(0, 0, 1), 10*time.Hour) {
		t.Error("a device that holds nothing has no time to store")
	}
	r := Observe(install(t, u, is.authorize(t, u.Identity(), 1, Grant{2, 5, 0})), testNow, time.Hour, false)
	for _, c := range []struct {
		now    time.Time
		uptime time.Duration
		want   bool
	}{
		{testNow, time.Hour + 59*time.Minute, false},
		{testNow, 2 * time.Hour, true},
		{testNow.AddDate(0, 0, 1), time.Hour, true},
		{testNow.AddDate(0, 0, -1), time.Hour, false},
		{testNow.AddDate(0, 0, 31), time.Hour, false}, // not believed without a word from somebody
		{testNow, 59 * time.Minute, false},            // started again
		{testNow, 30 * time.Second, false},
	} {
		if got := TimeDue(r, c.now, c.uptime); got != c.want {
			t.Errorf("%s, up %s: %v", c.now, c.uptime, got)
		}
	}
}

func BenchmarkIdentity(b *testing.B) {
	udi, err := NewUDI("C9300-24T", "A1")
	if err != nil {
		b.Fatal(err)
	}
	s, err := newSeed(testRand("bench"))
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		s.identity(udi)
	}
}
