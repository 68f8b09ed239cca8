package device_test

import (
	"errors"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"tallystick/reserve"
	"tallystick/reserve/device"
)

// lockHolder holds the lock of a device on a modeled disk.
func lockHolder(t *testing.T, w *world) (release func()) {
	t.Helper()
	release, err := w.disk.Lock(filepath.Join(diskDir, "lock"))
	if err != nil {
		t.Fatal(err)
	}
	return release
}

func TestBusy(t *testing.T) {
	w, d := scenario{before: installed(1)}.prepare(t).copy(t)
	release := lockHolder(t, w)
	for name, change := range map[string]func() error{
		"install": func() error { _, err := d.Install(w.codes[1].Body()); return err },
		"return":  func() error { _, err := d.Return(); return err },
		"cancel":  func() error { _, err := d.Cancel(0); return err },
		"report":  func() error { _, err := d.Report(); return err },
		"obey":    func() error { _, err := d.Obey(w.newer.trust); return err },
		"create":  func() error { _, err := w.create(); return err },
	} {
		if err := change(); reason(err) != reserve.Busy {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := d.Confirmation(); err != nil {
		t.Errorf("reading waits for nobody: %v", err)
	}
	if !d.Licensed("ports", 8) {
		t.Error("a running service was stopped by a lock")
	}
	release()
	if _, err := d.Return(); err != nil {
		t.Error(err)
	}
}

// TestTwoDevicesOfOneDirectory uses the real lock: whoever comes second waits, and starts from what
// the first one left.
func TestTwoDevicesOfOneDirectory(t *testing.T) {
	dir := t.TempDir()
	is := newIssuer("Example")
	first := create(t, dir, is)
	second := must(device.Open(dir))
	must(first.Install(is.authorize(first.Identity(), 1, reserve.Grant{Entitlement: ports, Count: 1}).Body()))
	in, err := second.Install(is.authorize(first.Identity(), 1, reserve.Grant{Entitlement: ports, Count: 1}).Body())
	if err != nil || !in.Repeated {
		t.Fatalf("the second process did not see what the first one installed: %+v, %v", in, err)
	}
	must(second.Return())
	if r := must(first.Return()); !r.Repeated {
		t.Fatal("returned twice")
	}
	if _, err = first.Install(is.authorize(first.Identity(), 1, reserve.Grant{Entitlement: ports, Count: 1}).Body()); reason(err) != reserve.Superseded {
		t.Fatalf("a stale record was written: %v", err)
	}

	// Each report counts: with one overwritten by the other, two would carry the same count.
	var group sync.WaitGroup
	for _, d := range []*device.Device{first, second, must(device.Open(dir)), must(device.Open(dir))} {
		group.Go(func() {
			for range 5 {
				if _, err := d.Cancel(d.Status(time.Now()).Next); err != nil && reason(err) != reserve.Busy {
					t.Error(err)
				}
			}
		})
	}
	group.Wait()
	if err := first.Refresh(); err != nil {
		t.Fatal(err)
	}
	if next := first.Status(time.Now()).Next; next < 7 || next > 22 {
		t.Errorf("20 cancellations led to number %d", next)
	}
}

// TestOnlyOneCreates starts several at once on an empty directory.
func TestOnlyOneCreates(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new", "directory")
	is := newIssuer("Example")
	made := make(chan *device.Device, 8)
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			d, err := device.Create(dir, testUDI("A1"), is.trust)
			if err == nil {
				made <- d
			} else if r := reason(err); r != reserve.AlreadyInit {
				t.Error(err)
			}
		})
	}
	group.Wait()
	if len(made) != 1 {
		t.Fatalf("%d identities were created", len(made))
	}
	if d := must(device.Open(dir)); d.Identity().DID() != (<-made).Identity().DID() {
		t.Error("another identity is on the disk than the one that was created")
	}
}

// TestLeftoverIsNeverRead leaves a whole record of another device in the place of a new one.
func TestLeftoverIsNeverRead(t *testing.T) {
	w, d := scenario{before: installed(1)}.prepare(t).copy(t)
	f, err := w.disk.Create(filepath.Join(diskDir, "state.new"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Write([]byte("half a record")); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(f.Sync(), f.Close(), w.disk.SyncDir(diskDir)); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Return(); err != nil {
		t.Fatal(err)
	}
	if w.disk.files()["state.new"] {
		t.Error("state.new is still there")
	}
	w.check()
}
