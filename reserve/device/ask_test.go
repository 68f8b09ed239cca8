package device_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"tallystick/reserve"
	"tallystick/reserve/device"
)

// TestAskAnswersAsCheckDoes asks both ways about everything, in every kind of state.
func TestAskAnswersAsCheckDoes(t *testing.T) {
	clock := newClock()
	dir := t.TempDir()
	_, err := device.Ask(dir, "ports", 1, clock.options()...)
	wantReason(t, err, reserve.StateMissing)
	is := newIssuer("Example")
	d := create(t, dir, is, clock.options()...)
	compare := func(when string) {
		t.Helper()
		for _, tag := range []string{"essentials", "advantage", "ports", "crypto", "telemetry", "nonsense"} {
			for _, n := range []int{-1, 0, 1, 8, 9} {
				got, err := device.Ask(dir, tag, n, clock.options()...)
				want := must(device.Open(dir, clock.options()...)).Check(tag, n)
				if err != nil || got != want {
					t.Errorf("%s, %d of %s: %+v, %v, want %+v", when, n, tag, got, err, want)
				}
			}
		}
	}
	compare("in evaluation")
	must(d.Install(is.authorize(d.Identity(), 1, reserve.Grant{Entitlement: advantage, Count: 1}, reserve.Grant{Entitlement: ports, Count: 8, Ends: testToday + 1},
		reserve.Grant{Entitlement: crypto, Count: 1, Ends: testToday + 1}).Body()))
	compare("holding")
	clock.pass(2 * day)
	compare("after the end")
	clock.wall = testNow
	compare("with the clock set back")
	if a, err := device.Ask(dir, "crypto", 1, clock.options()...); err != nil || a.Licensed {
		t.Errorf("with the clock set back: %+v, %v", a, err)
	}
	if _, err := d.Obey(is.compromise().trust); err != nil {
		t.Fatal(err)
	}
	compare("in grace")
	must(d.Return())
	compare("returned")
}

// TestAskCountsRunningTime has a script ask every ten minutes, each time in a process of its own: the
// grace for a compromised signer must come to its end all the same.
func TestAskCountsRunningTime(t *testing.T) {
	clock := newClock()
	dir := t.TempDir()
	is := newIssuer("Example")
	d := create(t, dir, is, clock.options()...)
	must(d.Install(is.authorize(d.Identity(), 1, reserve.Grant{Entitlement: ports, Count: 1}).Body()))
	if _, err := d.Obey(is.compromise().trust); err != nil {
		t.Fatal(err)
	}
	asked := 0
	for ; asked < 6*48; asked++ {
		if a, err := device.Ask(dir, "ports", 1, clock.options()...); err != nil || !a.Licensed {
			break
		}
		clock.pass(10 * time.Minute)
	}
	if asked != 6*24 {
		t.Errorf("the grace of 24 hours ended after %s", time.Duration(asked)*10*time.Minute)
	}
}

func TestAskRefusesDamage(t *testing.T) {
	dir := t.TempDir()
	licensedDevice(t, dir)
	name := filepath.Join(dir, "state")
	good := must(os.ReadFile(name))
	for i := 0; i < len(good); i += 7 {
		bad := append([]byte(nil), good...)
		bad[i] ^= 0x10
		if err := os.WriteFile(name, bad, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := device.Ask(dir, "ports", 1); reason(err) != reserve.StateDamaged {
			t.Fatalf("byte %d: %v", i, err)
		}
	}
}

func BenchmarkAsk(b *testing.B) {
	dir := b.TempDir()
	licensedDevice(b, dir)
	for b.Loop() {
		if _, err := device.Ask(dir, "ports", 24); err != nil {
			b.Fatal(err)
		}
	}
}
