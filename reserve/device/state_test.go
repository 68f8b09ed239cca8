package device_test

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"

	"tallystick/codec"
	"tallystick/reserve"
	"tallystick/reserve/device"
)

func TestCreateRefusesWhatIsThere(t *testing.T) {
	is := newIssuer("Example")
	dir := t.TempDir()
	if err := device.CheckAbsent(dir); err != nil {
		t.Fatal(err)
	}
	create(t, dir, is)
	before := must(os.ReadFile(filepath.Join(dir, "state")))
	again := func() {
		t.Helper()
		_, err := device.Create(dir, testUDI("B2"), is.trust)
		wantReason(t, err, reserve.AlreadyInit)
		wantReason(t, device.CheckAbsent(dir), reserve.AlreadyInit)
	}
	again()
	if string(must(os.ReadFile(filepath.Join(dir, "state")))) != string(before) {
		t.Fatal("the state was overwritten")
	}
	if err := os.WriteFile(filepath.Join(dir, "state"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	again() // a damaged record is one that somebody may still hold licenses with

	_, err := device.Create(t.TempDir(), must(reserve.NewUDI("OTHER", "1")), is.trust)
	wantReason(t, err, reserve.UnknownProduct)
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := device.Create(file, testUDI("A1"), is.trust); err == nil {
		t.Error("a file was taken for a directory")
	}
}

func TestFilesAreTheOwnersAlone(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("modes mean nothing on Windows")
	}
	dir := filepath.Join(t.TempDir(), "tally")
	create(t, dir, newIssuer("Example"))
	for name, want := range map[string]os.FileMode{".": 0o700 | os.ModeDir, "state": 0o600, "lock": 0o600} {
		if got := must(os.Stat(filepath.Join(dir, name))).Mode(); got != want {
			t.Errorf("%s has mode %v, want %v", name, got, want)
		}
	}
}

// TestDamageAnywhere flips every bit of a byte, for every byte of a state file, and cuts it at every
// length. None of it may be read, nor be taken for the work of a newer program.
func TestDamageAnywhere(t *testing.T) {
	dir := t.TempDir()
	_, err := device.Open(dir)
	wantReason(t, err, reserve.StateMissing)
	_, err = device.Open(filepath.Join(dir, "nowhere"))
	wantReason(t, err, reserve.StateMissing)

	licensedDevice(t, dir)
	name := filepath.Join(dir, "state")
	good := must(os.ReadFile(name))
	try := func(what string, at int, data []byte) {
		t.Helper()
		disk := newDisk()
		disk.entries[filepath.Join(diskDir, "state")] = &inode{content: data}
		if _, err := device.Open(diskDir, device.WithFiles(disk)); reason(err) != reserve.StateDamaged {
			t.Fatalf("%s %d: %v", what, at, err)
		}
	}
	for i := range good {
		for bit := range 8 {
			bad := append([]byte(nil), good...)
			bad[i] ^= 1 << bit
			try("bit flipped in byte", i, bad)
		}
		try("cut at", i, good[:i])
	}
	try("longer by", 1, append(append([]byte(nil), good...), 0))
	try("far too long, by", 3<<20, append(append([]byte(nil), good...), make([]byte, 3<<20)...))

	// The same through the real file, and every method.
	d := must(device.Open(dir))
	if err := os.WriteFile(name, good[:len(good)/2], 0o600); err != nil {
		t.Fatal(err)
	}
	for _, f := range []func() error{
		d.Refresh,
		func() error { _, err := d.Return(); return err },
		func() error { _, err := d.Confirmation(); return err },
		func() error { _, err := d.Report(); return err },
		func() error { _, err := d.Cancel(0); return err },
		func() error { _, err := d.PreviewReturn(); return err },
		func() error { _, err := device.Open(dir); return err },
	} {
		wantReason(t, f(), reserve.StateDamaged)
	}
	want := `device state "` + name + `" is damaged: its checksum does not fit its content`
	if err := d.Refresh(); err.Error() != want {
		t.Errorf("got  %s\nwant %s", err, want)
	}
	if !d.Licensed("ports", 24) {
		t.Error("a running service was stopped by a damaged file")
	}
}

func TestNewerStateIsUnsupported(t *testing.T) {
	disk := newDisk()
	head := "tallystick-device 2"
	payload := "something new"
	disk.entries[filepath.Join(diskDir, "state")] = &inode{content: []byte(head + " " + checksum(head+"\n"+payload) + "\n" + payload)}
	_, err := device.Open(diskDir, device.WithFiles(disk))
	wantReason(t, err, reserve.Unsupported)
}

func TestFullDisk(t *testing.T) {
	w := scenario{before: installed(1)}.prepare(t)
	w, d := w.copy(t)
	before := w.content()
	w.disk.err = syscall.ENOSPC
	_, err := d.Install(w.codes[1].Body())
	if !errors.Is(err, syscall.ENOSPC) {
		t.Fatalf("install on a full disk: %v", err)
	}
	if _, err := d.Return(); !errors.Is(err, syscall.ENOSPC) {
		t.Fatalf("return on a full disk: %v", err)
	}
	if string(w.content()) != string(before) || !d.Licensed("ports", 8) {
		t.Fatal("the record changed on a full disk")
	}
	w.disk.err = nil
	if in, err := d.Install(w.codes[1].Body()); err != nil || in.Repeated {
		t.Errorf("install once there is room: %v", err)
	}
}

func TestReadOnlyDirectory(t *testing.T) {
	w, d := scenario{before: installed(1)}.prepare(t).copy(t)
	w.disk.err = syscall.EROFS
	for name, ask := range map[string]func() (codec.Code, error){
		"confirmation": func() (codec.Code, error) { r, err := d.Confirmation(); return r.Code, err },
		"request":      func() (codec.Code, error) { q, err := d.Request(); return q.Code(), err },
	} {
		if code, err := ask(); err != nil || code.Size() == 0 {
			t.Errorf("%s: %v", name, err)
		}
	}
	if !d.Licensed("ports", 8) || d.Status(w.clock.wall).Number != 1 {
		t.Error("what is installed can't be read")
	}
	for name, change := range map[string]func() error{
		"return": func() error { _, err := d.Return(); return err },
		"report": func() error { _, err := d.Report(); return err },
		"cancel": func() error { _, err := d.Cancel(0); return err },
	} {
		if err := change(); !errors.Is(err, syscall.EROFS) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
