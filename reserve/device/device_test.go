package device_test

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"
	"time"

	"tallystick/codec"
	"tallystick/keys"
	"tallystick/reserve"
	"tallystick/reserve/device"
)

func codeOf(t *testing.T, r device.Result, err error) string {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	return r.Code.Paste()
}

func TestWholeLife(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a", "b")
	clock := newClock()
	is := newIssuer("Example")
	d := create(t, dir, is, clock.options()...)
	_, err := d.Confirmation()
	wantReason(t, err, reserve.NothingInstalled)
	_, err = d.Return()
	wantReason(t, err, reserve.NothingInstalled)

	first := is.authorize(d.Identity(), 1, reserve.Grant{Entitlement: advantage, Count: 1}, reserve.Grant{Entitlement: ports, Count: 24, Ends: testToday + 365})
	second := is.authorize(d.Identity(), 2, reserve.Grant{Entitlement: advantage, Count: 1}, reserve.Grant{Entitlement: ports, Count: 8, Ends: testToday + 365})
	in, err := d.Install(first.Body())
	if err != nil || in.Repeated || in.Number != 1 || in.Act != reserve.Installed {
		t.Fatalf("install: %+v, %v", in, err)
	}
	confirmation := in.Code.Paste()
	if again, err := d.Install(first.Body()); err != nil || !again.Repeated || again.Code.Paste() != confirmation {
		t.Fatalf("install again: %+v, %v", again, err)
	}

	// Another process, later: everything is still there.
	clock.pass(24 * time.Hour)
	d, err = device.Open(dir, clock.options()...)
	if err != nil {
		t.Fatal(err)
	}
	last, err := d.Confirmation()
	if got := codeOf(t, last, err); got != confirmation || !last.Repeated {
		t.Fatalf("confirmation %q, want %q", got, confirmation)
	}
	if in, err = d.Install(second.Body()); err != nil || in.Changes[1].Lost() != 16 || in.Changes[0].Gained() != 0 {
		t.Fatalf("update: %+v, %v", in.Changes, err)
	}
	_, err = d.Install(first.Body())
	wantReason(t, err, reserve.Superseded)

	returned, err := d.Return()
	code := codeOf(t, returned, err)
	if returned.Act != reserve.Returned || returned.Number != 2 || returned.Repeated || len(returned.Changes) != 2 || returned.Changes[1].Lost() != 8 {
		t.Fatalf("return: %+v", returned)
	}
	for name, ask := range map[string]func() (device.Result, error){"return": d.Return, "confirmation": d.Confirmation} {
		again, err := ask()
		if got := codeOf(t, again, err); got != code || !again.Repeated || again.Act != reserve.Returned {
			t.Errorf("%s after the return: %+v, %v", name, again, err)
		}
	}
	if d.Licensed("ports", 1) {
		t.Error("licensed after the return")
	}
	books := must(reserve.Books{Identity: d.Identity()}.Issue(reserve.Issued{Number: 1, Digest: first.Digest()}))
	books = must(books.Issue(reserve.Issued{Number: 2, Digest: second.Digest()}))
	if books, _, err = books.Receive(receipt(t, returned.Code)); err != nil || books.Standing() != reserve.Empty {
		t.Errorf("the issuer: %s, %v", books.Standing(), err)
	}
}

func TestRequestStaysTheSame(t *testing.T) {
	dir := t.TempDir()
	is := newIssuer("Example")
	d := create(t, dir, is)
	first := must(d.Request()).Code().Paste()
	must(d.Install(is.authorize(d.Identity(), 1).Body()))
	if _, err := d.Obey(is.next(func(*keys.RootTemplate) {}).trust); err != nil {
		t.Fatal(err)
	}
	must(d.Return())
	if got := must(must(device.Open(dir)).Request()).Code().Paste(); got != first {
		t.Errorf("the request changed from %q to %q", first, got)
	}
}

func TestCancelBeforeInstalling(t *testing.T) {
	is := newIssuer("Example")
	d := create(t, t.TempDir(), is)
	preview, err := d.PreviewCancel(0)
	if err != nil || preview.Number != 1 || preview.Code.Size() != 0 {
		t.Fatalf("preview: %+v, %v", preview, err)
	}
	first, err := d.Cancel(0)
	code := codeOf(t, first, err)
	if first.Number != 1 || first.Act != reserve.Canceled || first.Repeated {
		t.Fatalf("cancel: %+v", first)
	}
	for _, through := range []reserve.Number{0, 1} {
		again, err := d.Cancel(through)
		if got := codeOf(t, again, err); got != code || !again.Repeated {
			t.Errorf("cancel %d again: %+v", through, again)
		}
	}
	further, err := d.Cancel(5)
	if codeOf(t, further, err) == code || further.Number != 5 || further.Repeated {
		t.Errorf("cancel through 5: %+v", further)
	}
	_, err = d.Cancel(500)
	wantReason(t, err, reserve.OutOfRange)
	_, err = d.Install(is.authorize(d.Identity(), 5).Body())
	wantReason(t, err, reserve.Superseded)

	// With nothing installed since, a return has nothing to add to the cancellation.
	r, err := d.Return()
	if got := codeOf(t, r, err); got != further.Code.Paste() || r.Act != reserve.Canceled || !r.Repeated {
		t.Errorf("return: %+v, %v", r, err)
	}
	// After an installation and a return, a plain cancel is a new one.
	must(d.Install(is.authorize(d.Identity(), 6).Body()))
	must(d.Return())
	if next, err := d.Cancel(0); err != nil || next.Repeated || next.Number != 7 {
		t.Errorf("cancel after a return: %+v, %v", next, err)
	}
}

func TestCancelWhileHolding(t *testing.T) {
	is := newIssuer("Example")
	d := create(t, t.TempDir(), is)
	must(d.Install(is.authorize(d.Identity(), 3, reserve.Grant{Entitlement: ports, Count: 4}).Body()))
	_, err := d.Cancel(3)
	wantReason(t, err, reserve.OutOfRange)

	// What came before is superseded by what is installed: its confirmation says so.
	below, err := d.Cancel(2)
	if confirmation := must(d.Confirmation()); codeOf(t, below, err) != confirmation.Code.Paste() || !below.Repeated {
		t.Errorf("cancel through 2: %+v", below)
	}
	first, err := d.Cancel(0)
	code := codeOf(t, first, err)
	s, err := reserve.OpenStatus(first.Code.Body(), d.Identity())
	if err != nil || first.Number != 4 || first.Repeated || s.Floor() != 5 {
		t.Fatalf("cancel: %+v, floor %d, %v", first, s.Floor(), err)
	}
	for _, through := range []reserve.Number{0, 4} {
		again, err := d.Cancel(through)
		if got := codeOf(t, again, err); got != code || !again.Repeated {
			t.Errorf("cancel %d again: %+v", through, again)
		}
	}
	if !d.Licensed("ports", 4) {
		t.Error("canceling took what is installed")
	}
	if next, err := d.Cancel(5); err != nil || next.Repeated || next.Code.Paste() == code {
		t.Errorf("cancel through 5: %+v, %v", next, err)
	}
}

func TestReportIsTheSameUntilThereIsNews(t *testing.T) {
	clock := newClock()
	is := newIssuer("Example")
	d := create(t, t.TempDir(), is, clock.options()...)
	must(d.Install(is.authorize(d.Identity(), 1).Body()))
	first := must(d.Report())
	clock.pass(time.Minute)
	if again := must(d.Report()); !again.Repeated || again.Code.Paste() != first.Code.Paste() {
		t.Errorf("report a minute later: %+v", again)
	}
	clock.wall = clock.wall.Add(24 * time.Hour) // a day later by the wall clock alone
	next := must(d.Report())
	if s := must(reserve.OpenStatus(next.Code.Body(), d.Identity())); next.Repeated || s.Count() != 2 || s.LatestDay() != testToday+1 {
		t.Errorf("report a day later: %+v, day %s", next, s.LatestDay())
	}
}

func TestPreviewTellsGainsLossesAndWhatIsMissing(t *testing.T) {
	is := newIssuer("Example")
	d := create(t, t.TempDir(), is)
	must(d.Install(is.authorize(d.Identity(), 1, reserve.Grant{Entitlement: ports, Count: 8, Ends: testToday + 10}).Body()))
	next := is.authorize(d.Identity(), 2, reserve.Grant{Entitlement: essentials, Count: 1}, reserve.Grant{Entitlement: ports, Count: 6})
	in, err := d.Preview(next.Body())
	if err != nil || in.Code.Size() != 0 || in.Repeated {
		t.Fatalf("preview: %+v, %v", in, err)
	}
	if c := in.Changes; len(c) != 2 || c[0].Tag != "essentials" || c[0].Gained() != 1 || c[1].Tag != "ports" || c[1].Lost() != 2 ||
		c[1].Before.Ends != testToday+10 || c[1].After.Ends != 0 || c[1].Unit != "port" {
		t.Errorf("changes: %+v", c)
	}
	var missing []string
	for _, a := range in.Uncovered {
		missing = append(missing, a.Tag)
	}
	if len(missing) != 2 || missing[0] != "advantage" || missing[1] != "crypto" {
		t.Errorf("missing: %v", missing)
	}
	if d.Licensed("essentials", 1) || d.Status(testNow).Number != 1 {
		t.Error("the preview changed something")
	}
	_, err = d.Preview(is.authorize(reserve.Identity{}, 2).Body())
	wantReason(t, err, reserve.WrongDevice)
}

func TestObey(t *testing.T) {
	dir := t.TempDir()
	is := newIssuer("Example")
	d := create(t, dir, is)
	newer := is.next(func(t *keys.RootTemplate) { t.Expires = testToday + 100 })
	if changed, err := d.Obey(newer.trust); err != nil || !changed {
		t.Fatalf("obey: %v, %v", changed, err)
	}
	if changed, err := d.Obey(newer.trust); err != nil || changed {
		t.Fatalf("obey again: %v, %v", changed, err)
	}
	if v := must(device.Open(dir)).Trust().Root().Version(); v != 2 {
		t.Errorf("version %d after a restart", v)
	}
	_, err := d.Obey(is.trust)
	wantReason(t, err, reserve.TrustTooOld)
	_, err = d.Obey(newIssuer("Other").trust)
	wantReason(t, err, reserve.UnknownIssuer)
}

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
	want := `device state "` + name + `" is damaged: its checksum does not fit its content; keep a copy of its directory, ` +
		`put no older copy in its place, and tell the security officer, who can free what this device holds`
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

func TestStatus(t *testing.T) {
	clock := newClock()
	is := newIssuer("Example")
	d := create(t, t.TempDir(), is, clock.options()...)
	s := d.Status(testNow)
	if s.Registration != reserve.InProgress || s.Authorization != reserve.EvaluationMode || s.Number != 0 || s.Next != 1 ||
		s.Evaluation != 90*24*time.Hour || s.LastAct != reserve.NoAct {
		t.Errorf("new device: %+v", s)
	}
	must(d.Install(is.authorize(d.Identity(), 1, reserve.Grant{Entitlement: crypto, Count: 1, Ends: testToday + 5}).Body()))
	s = d.Status(testNow)
	if s.Registration != reserve.RegisteredSLR || s.Authorization != reserve.AuthorizedStatus || s.ExportControl != reserve.ExportAllowed ||
		s.Number != 1 || s.Issued != testToday || s.Evaluation != 0 {
		t.Errorf("holding: %+v", s)
	}
	if s = d.Status(testNow.AddDate(0, 0, 40)); s.Authorization != reserve.AuthorizationOver || s.ClockAhead != 40 || s.Today != testToday+40 {
		t.Errorf("forty days later: %+v", s)
	}
}
