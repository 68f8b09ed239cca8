package reserve

import (
	"errors"
	"maps"
	"testing"

	"tallystick/keys"
)

// writtenOffBooks are those of a device that was written off with two alive authorizations.
func writtenOffBooks(t *testing.T) Books {
	t.Helper()
	is := newTestIssuer(t, "Example", false)
	b := Books{Identity: testDevice(t, is, "LOST").identity, Issued: []Issued{
		{Number: 1, Draws: []Draw{{1, Grant{2, 5, testToday}}, {2, Grant{4, 1, 0}}}},
		{Number: 2, Draws: []Draw{{1, Grant{2, 3, testToday}}}},
	}}
	charge := b.Charge()
	b, err := b.WriteOff()
	if err != nil || !maps.Equal(b.Exposure(), charge) || len(b.Charge()) != 0 || b.LastBefore != 2 || b.Standing() != ReturnPending {
		t.Fatalf("%+v, %v", b, err)
	}
	return b
}

func TestExposureEndsWithTheLicense(t *testing.T) {
	b := writtenOffBooks(t)
	for day, want := range map[keys.Day]map[LotID]uint32{testToday: {1: 5, 2: 1}, testToday + 1: {2: 1}} {
		if got := b.ExposureOn(day); !maps.Equal(got, want) {
			t.Errorf("on %s: %v, want %v", day, got, want)
		}
	}
	b.Issued[0].Dead = true
	if b.StandingOn(testToday) != ReturnPending || b.StandingOn(testToday+1) != WrittenOff || b.Standing() != ReturnPending {
		t.Errorf("%s, %s", b.StandingOn(testToday), b.StandingOn(testToday+1))
	}
}

func TestWrittenOffForGood(t *testing.T) {
	b := writtenOffBooks(t)
	if again, err := b.WriteOff(); err != nil || again.LastBefore != 2 {
		t.Errorf("once more: %v", err)
	}
	if _, err := b.Issue(Issued{Number: 3, Draws: []Draw{{1, Grant{2, 1, 0}}}}); !errors.Is(err, &Refusal{Reason: DeviceWrittenOff}) {
		t.Errorf("more licenses: %v", err)
	}
	if _, err := b.Rebase(Issued{Number: 66, Rebased: true, Draws: []Draw{{1, Grant{2, 1, 0}}}}); !errors.Is(err, &Refusal{Reason: DeviceWrittenOff}) {
		t.Errorf("more licenses in a recovery: %v", err)
	}
	empty, err := b.Issue(Issued{Number: 3})
	if err != nil || !maps.Equal(empty.Exposure(), b.Exposure()) {
		t.Errorf("the empty authorization: %v, %v", empty.Exposure(), err)
	}
}

func TestSettle(t *testing.T) {
	b := writtenOffBooks(t)
	settled, err := b.Settle()
	if err != nil || len(settled.Exposure()) != 0 || settled.Standing() != WrittenOff {
		t.Errorf("%v, %v", settled.Exposure(), err)
	}
	b.Quarantined = true
	if _, err := b.Settle(); !errors.Is(err, &Refusal{Reason: Quarantined}) {
		t.Errorf("a quarantined one: %v", err)
	}
	if _, err := (Books{Identity: b.Identity}).Settle(); !errors.Is(err, &Refusal{Reason: NothingIssued}) {
		t.Errorf("one that was not written off: %v", err)
	}
	if _, err := (Books{Identity: b.Identity}).WriteOff(); !errors.Is(err, &Refusal{Reason: NothingIssued}) {
		t.Errorf("one that holds nothing: %v", err)
	}
}
