package reserve

import "testing"

func premier(n uint32) Grant { return Grant{Entitlement: 3, Count: n} }

// A device that holds what a lost part of the books issued is settled by one authorization above all
// that may have been lost, whatever codes come in between and in whatever order.
func TestRebaseSettlesWhatWasLost(t *testing.T) {
	is := newTestIssuer(t, "Example", false)
	dev := testDevice(t, newTestIssuer(t, "Example", false), "LOST")
	known := is.authorize(t, dev.Identity(), 1, premier(2))
	lost := is.authorize(t, dev.Identity(), 2, premier(7))
	held := install(t, dev, known)
	before := held.Receipt()
	held = install(t, held, lost)

	books := Books{Identity: dev.Identity(), Issued: []Issued{{Number: 1, Draws: []Draw{{1, premier(2)}}, Digest: known.Digest()}}}
	suspect, _, err := books.Receive(held.Receipt())
	wantReason(t, err, Suspect)
	if _, err := suspect.Issue(Issued{Number: 2}); err == nil {
		t.Error("a suspect device was given more")
	}

	n, err := suspect.NextRebased(1)
	if err != nil || n != 1+LostNumbers {
		t.Fatalf("rebased as %d, %v", n, err)
	}
	settling := is.authorize(t, dev.Identity(), n, premier(2))
	rebased, err := suspect.Rebase(Issued{Number: n, Draws: []Draw{{1, premier(2)}}, Digest: settling.Digest(), Rebased: true})
	if err != nil {
		t.Fatal(err)
	}
	if got := rebased.Charge()[1]; got != 2 {
		t.Errorf("charged %d, want 2", got)
	}
	// Codes of what was lost come late, and again: they say nothing against the device.
	for _, r := range []Receipt{held.Receipt(), before} {
		if rebased, _, err = rebased.Receive(r); err != nil {
			t.Errorf("a code of what was lost: %v", err)
		}
	}
	reported, report := Report(held)
	held = reported.(Reserved)
	if rebased, _, err = rebased.Report(report); err != nil {
		t.Errorf("a report of what was lost: %v", err)
	}
	settled := install(t, held, settling)
	after, outcome, err := rebased.Receive(settled.Receipt())
	if err != nil || outcome.Confirms() != n || after.Standing() != Steady {
		t.Fatalf("confirmed %d, %s: %v", outcome.Confirms(), after.Standing(), err)
	}
	if _, _, err := Install(settled, lost.Body(), testNow); err == nil {
		t.Error("what was lost installs after it was settled")
	}
	if next, err := after.Next(); err != nil || next != n+1 {
		t.Errorf("goes on with %d, %v", next, err)
	}
}

// What was never issued here and is above everything that may have been lost is suspect as before.
func TestRebaseForgivesNothingElse(t *testing.T) {
	is := newTestIssuer(t, "Example", false)
	dev := testDevice(t, newTestIssuer(t, "Example", false), "FOREIGN")
	books, err := Books{Identity: dev.Identity()}.Rebase(Issued{Number: LostNumbers, Rebased: true})
	if err != nil {
		t.Fatal(err)
	}
	foreign := is.authorize(t, dev.Identity(), LostNumbers+1, premier(1))
	_, _, err = books.Receive(install(t, dev, foreign).Receipt())
	wantReason(t, err, Suspect)
}

func TestNextRebasedHasLimits(t *testing.T) {
	dev := testDevice(t, newTestIssuer(t, "Example", false), "LIMITS")
	far := Books{Identity: dev.Identity(), Issued: []Issued{{Number: 100}}}
	_, err := far.NextRebased(1)
	wantReason(t, err, OutOfRange)
	end := Books{Identity: dev.Identity(), Issued: []Issued{{Number: 1000}}, Floor: 1000}
	_, err = end.NextRebased(1)
	wantReason(t, err, NumbersExhausted)
	far.Quarantined = true
	_, err = far.NextRebased(1)
	wantReason(t, err, Quarantined)
	if _, err := (Books{Identity: dev.Identity(), Quarantined: true}).Rebase(Issued{Number: 64, Rebased: true}); err == nil {
		t.Error("a quarantined device was rebased")
	}
}

// The refusal of a number that is too far ahead says what is so whether the numbers below it were
// given to the device or left out.
func TestTooFarAheadSaysWhatIsTrue(t *testing.T) {
	dev := testDevice(t, newTestIssuer(t, "Example", false), "AHEAD")
	many, few := Books{Identity: dev.Identity()}, Books{Identity: dev.Identity()}
	for n := range Number(maxJump + 1) {
		many.Issued = append(many.Issued, Issued{Number: n + 1})
	}
	for i := range Number(2) {
		few.Issued = append(few.Issued, Issued{Number: 1 + (i+1)*LostNumbers, Rebased: true})
	}
	const want = "by what its codes have told so far, C9300-24T:AHEAD takes no authorization above number 129, and the next one is number 130; " +
		"take a confirmation, return or status code of it first"
	for name, b := range map[string]Books{"many authorizations": many, "numbers left out": few} {
		if _, err := b.Next(); err == nil || err.Error() != want {
			t.Errorf("%s: %v, want %s", name, err, want)
		}
	}
	if _, err := few.NextRebased(1); err == nil || err.Error() != "by what its codes have told so far, C9300-24T:AHEAD takes no authorization above number 129, "+
		"and the next one is number 193; take a confirmation, return or status code of it first" {
		t.Errorf("rebased: %v", err)
	}
}
