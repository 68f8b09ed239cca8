package reserve

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"tallystick/codec"
)

func TestSizesOfTypedCodes(t *testing.T) {
	is := newTestIssuer(t, "Example", false)
	u := testDevice(t, is, "FCW2149L0KK")
	three, _ := ParseTerm("3y")
	a := is.authorize(t, u.Identity(), 1, grants(three.Ends(testToday))...)
	r := install(t, u, a)
	_, status := Report(r)
	for _, c := range []struct {
		name        string
		code        codec.Code
		bytes, line int
	}{
		{"request", u.Request().Code(), 80, 4},
		{"authorization", a.Code(), 100, 5},
		{"confirmation", r.Receipt().Code(), 13, 1},
		{"return", r.Return().Receipt().Code(), 13, 1},
		{"status report", status.Code(), 100, 5},
	} {
		if c.code.Size() > c.bytes || len(c.code.Lines()) > c.line {
			t.Errorf("%s: %d bytes in %d lines, at most %d in %d", c.name, c.code.Size(), len(c.code.Lines()), c.bytes, c.line)
		}
		t.Logf("%s: %d bytes, %d lines, %d characters pasted", c.name, c.code.Size(), len(c.code.Lines()), len(c.code.Paste()))
	}
	for _, code := range []codec.Code{r.Receipt().Code(), r.Return().Receipt().Code()} {
		if n := len(strings.ReplaceAll(code.Lines()[0], " ", "")); n != 28 {
			t.Errorf("receipt of %d characters, want 28", n)
		}
	}
}

func TestWholeLife(t *testing.T) {
	is := newTestIssuer(t, "Example", false)
	var dev Instance = testDevice(t, is, "A1")
	books := Books{Identity: dev.Identity()}
	issue := func(draws ...Draw) Authorization {
		t.Helper()
		n, err := books.Next()
		if err != nil {
			t.Fatal(err)
		}
		gs, err := GrantsOf(draws)
		if err != nil {
			t.Fatal(err)
		}
		a := is.authorize(t, dev.Identity(), n, gs...)
		if books, err = books.Issue(Issued{Number: n, Draws: draws, Digest: a.Digest()}); err != nil {
			t.Fatal(err)
		}
		return a
	}
	receive := func(wantConfirm Number) {
		t.Helper()
		var out Outcome
		var err error
		r, err := ParseReceipt(dev.Receipt().Body())
		if err != nil {
			t.Fatal(err)
		}
		if books, out, err = books.Receive(r); err != nil || out.Repeated || out.Confirms() != wantConfirm {
			t.Fatalf("receive: %+v, %v", out, err)
		}
		if _, out, err = books.Receive(r); err != nil || !out.Repeated {
			t.Fatalf("receive again: %+v, %v", out, err)
		}
	}
	wantCharge := func(a, b uint32, standing Standing) {
		t.Helper()
		c := books.Charge()
		if c[1] != a || c[2] != b || books.Standing() != standing {
			t.Fatalf("charge %v, standing %s; want %d, %d, %s", c, books.Standing(), a, b, standing)
		}
	}

	a1 := issue(Draw{1, Grant{2, 5, 0}}, Draw{2, Grant{4, 4, 0}})
	wantCharge(5, 4, Outstanding)
	dev = install(t, dev, a1)
	receive(1)
	wantCharge(5, 4, Steady)
	a2 := issue(Draw{1, Grant{2, 8, 0}}, Draw{2, Grant{4, 2, 0}}) // up and down at once
	wantCharge(8, 4, Outstanding)
	if books.InTransit()[1] != 3 || books.InTransit()[2] != 0 {
		t.Fatalf("in transit %v", books.InTransit())
	}
	dev = install(t, dev, a2)
	receive(2)
	wantCharge(8, 2, Steady)

	// What is installed is repeated, what it replaced is superseded.
	if _, repeated, err := Install(dev, a2.Body(), testNow); err != nil || !repeated {
		t.Fatalf("installing again: %v, %v", repeated, err)
	}
	_, _, err := Install(dev, a1.Body(), testNow)
	wantReason(t, err, Superseded)

	dev = reload(t, dev.(Reserved).Return())
	receive(0)
	wantCharge(0, 0, Empty)
	_, _, err = Install(dev, a2.Body(), testNow)
	wantReason(t, err, Superseded)
}

func TestAuthorizationRefusals(t *testing.T) {
	is := newTestIssuer(t, "Example", false)
	other := newTestIssuer(t, "Other", false)
	training := newTestIssuer(t, "Training", true)
	dev := testDevice(t, is, "A1")
	good := is.authorize(t, dev.Identity(), 1, grants(0)...)
	try := func(body []byte, want Reason) {
		t.Helper()
		_, _, err := Install(dev, body, testNow)
		wantReason(t, err, want)
	}
	try(is.authorize(t, testDevice(t, is, "B2").Identity(), 1, grants(0)...).Body(), WrongDevice)
	try(other.authorize(t, dev.Identity(), 1, grants(0)...).Body(), UnknownIssuer)
	try(training.authorize(t, dev.Identity(), 1, grants(0)...).Body(), TrainingCode)
	try(is.authorize(t, dev.Identity(), 1+maxJump+1, grants(0)...).Body(), OutOfRange)
	try(is.authorize(t, dev.Identity(), 1, Grant{2, 1, testToday - 1}).Body(), AuthorizationExpired)
	for i := range good.Body() { // no bit is free: whatever changes is refused
		for bit := range 8 {
			bad := bytes.Clone(good.Body())
			bad[i] ^= 1 << bit
			if _, _, err := Install(dev, bad, testNow); err == nil {
				t.Fatalf("byte %d bit %d flipped was installed", i, bit)
			}
		}
	}
	for n := range good.Body() {
		if _, _, err := Install(dev, good.Body()[:n], testNow); err == nil {
			t.Fatalf("the first %d bytes were installed", n)
		}
	}
}

func TestReceiptsInAnyOrderChangeNothing(t *testing.T) {
	is := newTestIssuer(t, "Example", false)
	dev := testDevice(t, is, "A1")
	var receipts []Receipt
	var now Instance = dev
	books := Books{Identity: dev.Identity()}
	for n := Number(1); n <= 3; n++ {
		a := is.authorize(t, dev.Identity(), n, Grant{2, uint32(n), 0})
		books, _ = books.Issue(Issued{Number: n, Draws: []Draw{{1, Grant{2, uint32(n), 0}}}, Digest: a.Digest()})
		now = install(t, now, a)
		receipts = append(receipts, now.Receipt())
	}
	receipts = append(receipts, now.(Reserved).Return().Receipt())
	final := func(order []int) Books {
		b := books
		for _, i := range order {
			var err error
			if b, _, err = b.Receive(receipts[i]); err != nil {
				t.Fatal(err)
			}
		}
		return b
	}
	want := final([]int{0, 1, 2, 3})
	for _, order := range [][]int{{3, 2, 1, 0}, {3}, {1, 3, 0, 2, 3}, {2, 2, 3, 1}} {
		if got := final(order); got.Floor != want.Floor || got.Known != want.Known || got.KnownSecret != want.KnownSecret || len(got.Charge()) != 0 {
			t.Errorf("order %v: floor %d known %d, want %d %d", order, got.Floor, got.Known, want.Floor, want.Known)
		}
	}
	forged := receipts[3]
	forged.secret[0] ^= 1
	_, _, err := books.Receive(forged)
	wantReason(t, err, ReceiptMismatch)
}

func TestCancelAndStatus(t *testing.T) {
	is := newTestIssuer(t, "Example", false)
	dev := testDevice(t, is, "A1")
	a1 := is.authorize(t, dev.Identity(), 1, Grant{2, 5, 0})
	books, _ := Books{Identity: dev.Identity()}.Issue(Issued{Number: 1, Draws: []Draw{{1, Grant{2, 5, 0}}}, Digest: a1.Digest()})
	canceled, err := dev.Cancel(1)
	if err != nil {
		t.Fatal(err)
	}
	_, _, err = Install(canceled, a1.Body(), testNow)
	wantReason(t, err, Superseded)
	after, _, err := books.Receive(canceled.Receipt())
	if err != nil || len(after.Charge()) != 0 || after.Standing() != Empty {
		t.Fatalf("after cancellation: %v, %v", after.Charge(), err)
	}

	// Holding 1 and canceling 2: only a signed report can say both.
	held := install(t, dev, a1)
	books2, _ := books.Issue(Issued{Number: 2, Draws: []Draw{{1, Grant{2, 9, 0}}}})
	held, err = held.Cancel(2)
	if err != nil {
		t.Fatal(err)
	}
	next, status := Report(held)
	opened, err := OpenStatus(status.Body(), dev.Identity())
	if err != nil {
		t.Fatal(err)
	}
	books2, _, err = books2.Report(opened)
	if err != nil || books2.Charge()[1] != 5 || books2.Standing() != Steady {
		t.Fatalf("after the report: %v, %s, %v", books2.Charge(), books2.Standing(), err)
	}
	reload(t, next)
	// Another statement with the same count is a copy of the device.
	r := held.record
	r.ran += 5 * time.Hour
	_, clone := Report(Reserved{r, held.current})
	_, _, err = books2.Report(clone)
	wantReason(t, err, Quarantined)
}

func TestSuspect(t *testing.T) {
	is := newTestIssuer(t, "Example", false)
	dev := testDevice(t, is, "A1")
	held := install(t, dev, is.authorize(t, dev.Identity(), 1, Grant{2, 5, 0}))
	empty := Books{Identity: dev.Identity()} // a ledger that lost its tail
	after, _, err := empty.Receive(held.Receipt())
	wantReason(t, err, Suspect)
	_, err = after.Issue(Issued{Number: 1})
	wantReason(t, err, Suspect)
	after, out, err := after.Receive(held.Return().Receipt())
	if err != nil || !out.Cleared || after.Suspect {
		t.Fatalf("a return clears the suspicion: %+v, %v", out, err)
	}
}
