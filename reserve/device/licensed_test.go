package device_test

import (
	"sync"
	"syscall"
	"testing"
	"time"

	"tallystick/reserve"
	"tallystick/reserve/device"
)

const day = 24 * time.Hour

func TestLicensedCostsNoMemory(t *testing.T) {
	d := licensedDevice(t, t.TempDir())
	tag, n := "essentials", 1 // covered by the tier above it
	if got := testing.AllocsPerRun(1000, func() { d.Licensed(tag, n) }); got != 0 {
		t.Errorf("%v allocations", got)
	}
	for _, c := range []struct {
		tag  string
		n    int
		want bool
	}{
		{"essentials", 1, true}, {"essentials", 2, false}, {"ports", 24, true}, {"ports", 25, false}, {"ports", -1, false},
		{"crypto", 1, false}, {"telemetry", 1000, true}, {"nonsense", 1, false},
	} {
		if got := d.Licensed(c.tag, c.n); got != c.want {
			t.Errorf("%d of %s: %v", c.n, c.tag, got)
		}
	}
}

func TestEvaluationIsCountedWhileInUse(t *testing.T) {
	w, d := scenario{before: installed()}.prepare(t).copy(t)
	clock := w.clock
	left := func() time.Duration { return w.open().Status(clock.wall).Evaluation }
	clock.up = newClock().up + 50*time.Minute // nobody has used anything
	if d.Licensed("crypto", 1) || !d.Licensed("telemetry", 1) || left() != 90*day {
		t.Fatalf("export-controlled, unenforced: %s left", left())
	}
	if !d.Licensed("ports", 1) || left() != 90*day-50*time.Minute {
		t.Fatalf("%s left after the first use", left())
	}
	for range 600 { // ten minutes of use, asked once a second
		clock.pass(time.Second)
		if !d.Licensed("ports", 1) {
			t.Fatal("not licensed in evaluation")
		}
	}
	if left() != 90*day-time.Hour {
		t.Fatalf("%s left after an hour", left())
	}
	clock.pass(30 * day) // switched on, not in use
	d.Licensed("ports", 1)
	if left() != 90*day-2*time.Hour {
		t.Fatalf("%s left after a long rest", left())
	}
	for range 90*24 - 3 {
		clock.pass(time.Hour)
		if !d.Licensed("ports", 1) {
			t.Fatalf("not licensed with %s left", left())
		}
	}
	clock.pass(time.Hour)
	if a := d.Check("ports", 1); a.Licensed || a.State != reserve.StateEvaluationExpired || a.Err != nil || left() != 0 {
		t.Fatalf("after 90 days of use: %+v, %s left", a, left())
	}
}

// TestEvaluationOfManyShortProcesses asks as a script does, each time in a process of its own, with
// other steps in between.
func TestEvaluationOfManyShortProcesses(t *testing.T) {
	clock := newClock()
	dir := t.TempDir()
	create(t, dir, newIssuer("Example"), clock.options()...)
	for range 40 {
		clock.pass(15 * time.Second)
		d := must(device.Open(dir, clock.options()...))
		if !d.Licensed("ports", 1) {
			t.Fatal("not licensed in evaluation")
		}
		must(d.Report())
	}
	if left := must(device.Open(dir)).Status(clock.wall).Evaluation; left != 90*day-10*time.Minute {
		t.Errorf("%s counted in 10 minutes", 90*day-left)
	}
}

func TestEvaluationThatCantBeStored(t *testing.T) {
	w, d := scenario{before: installed()}.prepare(t).copy(t)
	w.disk.err = syscall.EROFS
	if a := d.Check("ports", 1); a.Licensed || a.Err == nil || a.State != reserve.StateEvaluation {
		t.Fatalf("on a read-only disk: %+v", a)
	}
	if !d.Licensed("telemetry", 1) {
		t.Error("what is not enforced was withheld")
	}
	w.disk.err = nil
	if d.Licensed("ports", 1) {
		t.Error("tried again at once") // a product may ask thousands of times a second
	}
	w.clock.pass(time.Second)
	if a := d.Check("ports", 1); !a.Licensed || a.Err != nil {
		t.Errorf("with the disk back: %+v", a)
	}

	unknown := append(w.options(), device.WithUptime(func() time.Duration { return 0 }))
	if a := must(device.Open(diskDir, unknown...)).Check("ports", 1); a.Licensed || a.Err == nil {
		t.Errorf("without an uptime: %+v", a)
	}
}

func TestTermsEndAndAClockSetBackGainsNothing(t *testing.T) {
	clock := newClock()
	dir := t.TempDir()
	is := newIssuer("Example")
	d := create(t, dir, is, clock.options()...)
	must(d.Install(is.authorize(d.Identity(), 1, reserve.Grant{Entitlement: crypto, Count: 1, Ends: testToday + 2}).Body()))
	for i := range 3 {
		if !d.Licensed("crypto", 1) {
			t.Fatalf("not licensed on day %d", i)
		}
		clock.pass(day)
	}
	if a := d.Check("crypto", 1); a.Licensed || a.State != reserve.StateRestricted {
		t.Fatalf("the day after the last: %+v", a)
	}
	clock.wall = testNow
	if d.Licensed("crypto", 1) {
		t.Error("licensed again, by setting the clock back")
	}
	if must(device.Open(dir, clock.options()...)).Licensed("crypto", 1) {
		t.Error("licensed again, after a restart with the clock set back")
	}
}

// TestDayIsStoredAtOnce stops a product minutes after midnight, long before the hour is full.
func TestDayIsStoredAtOnce(t *testing.T) {
	clock := newClock()
	dir := t.TempDir()
	is := newIssuer("Example")
	d := create(t, dir, is, clock.options()...)
	clock.pass(15*time.Hour - time.Minute) // a minute to midnight
	must(d.Install(is.authorize(d.Identity(), 1, reserve.Grant{Entitlement: crypto, Count: 1, Ends: testToday}).Body()))
	if !d.Licensed("crypto", 1) {
		t.Fatal("not licensed on the last day")
	}
	clock.pass(2 * time.Minute)
	d.Licensed("crypto", 1)
	clock.wall = testNow
	if must(device.Open(dir, clock.options()...)).Licensed("crypto", 1) {
		t.Error("licensed again, by a restart with the clock set back")
	}
}

// TestDayIsKeptThoughItCantBeStored is the same for a product that goes on running.
func TestDayIsKeptThoughItCantBeStored(t *testing.T) {
	w, d := scenario{before: installed(1)}.prepare(t).copy(t)
	w.disk.err = syscall.EROFS
	w.clock.pass(20 * day)
	d.Licensed("ports", 1)
	w.clock.wall = testNow
	if got := d.Status(testNow).Today; got != testToday+20 {
		t.Errorf("the clock set back made it %s", got)
	}
}

func TestInstallStoresTheDay(t *testing.T) {
	clock := newClock()
	dir := t.TempDir()
	is := newIssuer("Example")
	d := create(t, dir, is, clock.options()...)
	clock.pass(10 * day)
	must(d.Install(is.authorize(d.Identity(), 1).Body()))
	if got := must(device.Open(dir)).Status(testNow).Today; got != testToday+10 {
		t.Errorf("the record says %s", got)
	}
}

func TestRunningTimeIsCountedWhileHolding(t *testing.T) {
	clock := newClock()
	dir := t.TempDir()
	is := newIssuer("Example")
	d := create(t, dir, is, clock.options()...)
	must(d.Install(is.authorize(d.Identity(), 1, reserve.Grant{Entitlement: ports, Count: 1}).Body()))
	before := must(device.Open(dir, clock.options()...)).Status(clock.wall).Running
	for range 5 * 60 {
		clock.pass(time.Minute)
		d.Licensed("ports", 1)
	}
	if got := must(device.Open(dir, clock.options()...)).Status(clock.wall).Running - before; got != 5*time.Hour {
		t.Errorf("%s counted in 5 hours", got)
	}
}

// TestGraceForACompromisedSigner runs the hours that the trust root leaves for it.
func TestGraceForACompromisedSigner(t *testing.T) {
	clock := newClock()
	is := newIssuer("Example")
	d := create(t, t.TempDir(), is, clock.options()...)
	must(d.Install(is.authorize(d.Identity(), 1, reserve.Grant{Entitlement: ports, Count: 1}).Body()))
	if _, err := d.Obey(is.compromise().trust); err != nil {
		t.Fatal(err)
	}
	for hour := range 24 {
		if !d.Licensed("ports", 1) {
			t.Fatalf("not licensed after %d hours of grace", hour)
		}
		clock.pass(time.Hour)
	}
	if d.Licensed("ports", 1) {
		t.Error("licensed after the grace")
	}
}

func TestAnotherProcessIsNoticed(t *testing.T) {
	clock := newClock()
	dir := t.TempDir()
	is := newIssuer("Example")
	product := create(t, dir, is, clock.options()...)
	console := must(device.Open(dir, clock.options()...))
	product.Licensed("ports", 1)
	must(console.Install(is.authorize(console.Identity(), 1, reserve.Grant{Entitlement: ports, Count: 500}).Body()))
	if err := product.Refresh(); err != nil || !product.Licensed("ports", 500) || product.Licensed("ports", 501) {
		t.Fatalf("after Refresh: %v", err)
	}
	must(console.Return())
	clock.pass(time.Minute)
	if product.Licensed("ports", 1) {
		t.Error("still licensed a minute after the return")
	}
}

func TestManyGoroutines(t *testing.T) {
	is := newIssuer("Example")
	clock := newClock()
	d := create(t, t.TempDir(), is, clock.options()...)
	a := is.authorize(d.Identity(), 1, reserve.Grant{Entitlement: ports, Count: 24})
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			for range 200 {
				d.Licensed("ports", 1)
				d.Status(testNow)
			}
		})
	}
	group.Go(func() {
		must(d.Install(a.Body()))
		must(d.Report())
	})
	group.Wait()
	if !d.Licensed("ports", 24) {
		t.Error("not licensed")
	}
}
