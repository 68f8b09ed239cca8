package ledger

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"tallystick/cmd/internal/compliance"
	"tallystick/keys"
	"tallystick/reserve"
)

// alarming makes a ledger with an alert of nearly every kind; its devices are enrolled on
// testToday.
func alarming(t *testing.T) *Ledger {
	l := newLedger(t)
	update(t, l, func(tx *Tx) error { return tx.AddAccount(plant8, Settings{}) })
	premier, ports := addLot(t, l, "premier", 9, testToday+20), addLot(t, l, "ports", 48, 0)
	old := newInstance("OLD")
	first := enroll(t, l, old)
	for _, count := range []uint32{4, 1} {
		issue(t, l, first.ID, append(draw(ports, 4, count), reserve.Draw{Lot: premier, Grant: reserve.Grant{Entitlement: 3, Count: count, Ends: testToday + 20}}))
	}
	update(t, l, func(tx *Tx) error { _, err := tx.Expect(Expected{Serial: "KNOWN"}); return err })
	for _, serial := range []string{"KNOWN", "STRANGE"} {
		d := enroll(t, l, newInstance(serial))
		issue(t, l, d.ID, draw(ports, 4, 2))
	}
	twin := must(reserve.NewInstance(must(reserve.NewUDI("C9300-48T", "KNOWN")), acme.trust, testRand("twin"), testNow))
	enroll(t, l, twin)
	reset := must(reserve.NewInstance(first.UDI, acme.trust, testRand("reset"), testNow))
	update(t, l, func(tx *Tx) error {
		if err := tx.SupersedeDevice(first.ID); err != nil {
			return err
		}
		_, _, err := tx.EnrollDevice(reset.Request(), plant7)
		return err
	})
	if _, err := l.conn.ExecContext(context.Background(), "UPDATE device SET quarantined = 1 WHERE serial = 'STRANGE'"); err != nil {
		t.Fatal(err)
	}
	return l
}

func TestAlerts(t *testing.T) {
	l := alarming(t)
	quarantined := "critical quarantined:C9300-24T:STRANGE:"
	onceMore := "critical second-identity:C9300-24T:OLD"
	soon := []string{
		"warning insufficient:acme/plant-7:premier", "warning expiring:acme/plant-7:premier:2026-12-12",
		"warning duplicate-serial:KNOWN", "warning unexpected-device:C9300-24T:STRANGE",
	}
	late := []string{
		"warning reserved-expired:acme/plant-7:premier:2026-12-12", "warning in-transit:C9300-24T:OLD:2", "warning return-pending:C9300-24T:OLD:2",
		"warning in-transit:C9300-24T:KNOWN:1", "warning in-transit:C9300-24T:STRANGE:1",
		"warning duplicate-serial:KNOWN", "warning unexpected-device:C9300-24T:STRANGE",
	}
	for _, c := range []struct {
		name  string
		query AlertQuery
		want  []string
	}{
		{"today", AlertQuery{Day: testToday, AtLeast: compliance.Info}, append([]string{quarantined, onceMore}, soon...)},
		{"critical", AlertQuery{Day: testToday, AtLeast: compliance.Critical}, []string{quarantined, onceMore}},
		{"elsewhere", AlertQuery{Day: testToday, AtLeast: compliance.Info, Scope: Scope{Account: plant8}}, nil},
		{"below", AlertQuery{Day: testToday, AtLeast: compliance.Info, Scope: Scope{Path{"acme"}, true}}, append([]string{quarantined, onceMore}, soon...)},
		{"later", AlertQuery{Day: testToday + 30, AtLeast: compliance.Warning, Scope: Scope{Account: plant7}},
			append([]string{"critical insufficient:acme/plant-7:premier", quarantined, onceMore}, late...)},
		{"much later", AlertQuery{Day: testToday + 200, AtLeast: compliance.Info},
			append(append([]string{"critical insufficient:acme/plant-7:premier", quarantined, onceMore}, late[:5]...), late[5])},
	} {
		c.query.Policy = compliance.DefaultPolicy
		view(t, l, func(tx *Tx) error {
			var got []string
			counts := map[compliance.Severity]uint64{}
			for a, err := range tx.Alerts(c.query) {
				if err != nil {
					return err
				}
				got = append(got, fmt.Sprintf("%s %s", a.Severity, a.ID))
				counts[a.Severity]++
			}
			if len(got) != len(c.want) {
				t.Errorf("%s:\n%s\nwant\n%s", c.name, strings.Join(got, "\n"), strings.Join(c.want, "\n"))
				return nil
			}
			for i := range got {
				if !strings.HasPrefix(got[i], c.want[i]) {
					t.Errorf("%s: %q, want %q", c.name, got[i], c.want[i])
				}
			}
			for _, s := range compliance.Severities {
				if counted := must(tx.CountAlerts(c.query)); counted[s] != counts[s] {
					t.Errorf("%s: counted %v, listed %v", c.name, counted, counts)
				}
			}
			return nil
		})
	}
	view(t, l, func(tx *Tx) error {
		nowhere := AlertQuery{Day: testToday, AtLeast: compliance.Info, Scope: Scope{Account: Path{"nowhere"}}}
		if _, err := tx.CountAlerts(nowhere); !refusedAs(err, reserve.UnknownAccount) {
			t.Errorf("counting nowhere: %v", err)
		}
		for _, err := range tx.Alerts(nowhere) {
			if !refusedAs(err, reserve.UnknownAccount) {
				t.Errorf("nowhere: %v", err)
			}
		}
		return nil
	})
}

// What a device holds of a license that ended is neither in transit nor to come back nor reserved for an
// older identity any more.
func TestAlertsOfWhatEnded(t *testing.T) {
	l := alarming(t)
	for day, want := range map[keys.Day]string{
		testToday + 20: "in transit: premier=4 ports=4|coming back: premier=3 ports=3|reserved for the older: 8",
		testToday + 21: "in transit: ports=4|coming back: ports=3|reserved for the older: 4",
	} {
		view(t, l, func(tx *Tx) error {
			var got []string
			for a, err := range tx.Alerts(AlertQuery{Day: day, AtLeast: compliance.Warning, Policy: compliance.DefaultPolicy}) {
				if must(a, err); a.Device == "C9300-24T:OLD" {
					got = append(got, a.Message)
				}
			}
			for _, part := range strings.Split(want, "|") {
				if !slices.ContainsFunc(got, func(text string) bool { return strings.HasSuffix(text, part) }) {
					t.Errorf("%s: %q, want %q", day, got, part)
				}
			}
			return nil
		})
	}
	if _, err := l.conn.ExecContext(context.Background(), "DELETE FROM charge WHERE lot = (SELECT id FROM lot WHERE ends = 0)"); err != nil {
		t.Fatal(err)
	}
	for day, want := range map[keys.Day]uint64{testToday + 20: 2, testToday + 21: 0} {
		view(t, l, func(tx *Tx) error {
			if n := must(tx.countUnsettled(Scope{}, testToday+1, day)); n != want {
				t.Errorf("%s: %d alerts are counted, want %d", day, n, want)
			}
			if n := uint64(len(all(alertsOf(tx.Unsettled(Scope{}, testToday+1, day))))); n != want {
				t.Errorf("%s: %d alerts are listed, want %d", day, n, want)
			}
			if got := collect(t, tx.Renewed(Scope{}, testToday+1, day)); (got != "") != (want > 0) {
				t.Errorf("%s: enrolled again: %s", day, got)
			}
			return nil
		})
	}
}

// The first entry of a day is found by halving.
func TestFirstEntry(t *testing.T) {
	l := newLedger(t)
	first := head(t, l)
	for i := range 9 {
		err := l.Update(context.Background(), func(tx *Tx) error {
			e := event("test")
			e.Time = testNow.Add(time.Duration(i/3) * 48 * time.Hour)
			_, err := tx.Append(e)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for day, want := range map[keys.Day]uint32{1: 1, testToday: 1, testToday + 1: first + 4, testToday + 2: first + 4, testToday + 3: first + 7,
		testToday + 4: first + 7, testToday + 5: first + 10} {
		view(t, l, func(tx *Tx) error {
			if got := must(tx.firstEntry(day)); got != want {
				t.Errorf("the first entry of %s or later is %d, want %d", day, got, want)
			}
			return nil
		})
	}
}
