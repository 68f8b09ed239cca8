package device_test

import (
	"path/filepath"
	"testing"
	"time"

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
