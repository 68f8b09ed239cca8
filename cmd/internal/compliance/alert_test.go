package compliance

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

var ports = Pool{"acme/plant-7", "ports", "port"}

func TestPoolAlerts(t *testing.T) {
	unlimited := lot(1<<31-1, 7, 1, today+5)
	unlimited.Unlimited = true
	at := func(days int) string { return (today + 0).Time().AddDate(0, 0, days).Format("2006-01-02") }
	for name, c := range map[string]struct {
		lots []Lot
		want []string
	}{
		"perpetual":           {[]Lot{lot(10, 10, 1, 0)}, nil},
		"ends in 90 days":     {[]Lot{lot(10, 0, 1, today+90)}, nil},
		"ends within 90 days": {[]Lot{lot(10, 0, 1, today+89)}, []string{"info expiring:acme/plant-7:ports:" + at(89) + " 10: ending on " + at(89) + ": 10, held by devices: 0"}},
		"ends within 30 days, held": {[]Lot{lot(10, 4, 1, today+29)}, []string{
			"warning insufficient:acme/plant-7:ports 4: missing from " + at(30) + ": 4; held after their end: 4, available: 0",
			"warning expiring:acme/plant-7:ports:" + at(29) + " 10: ending on " + at(29) + ": 10, held by devices: 4"}},
		"ends within 30 days, more bought": {[]Lot{lot(10, 4, 1, today+29), lot(3, 0, today+30, 0), lot(1, 0, 1, 0)}, []string{
			"warning expiring:acme/plant-7:ports:" + at(29) + " 10: ending on " + at(29) + ": 10, held by devices: 4"}},
		"ended": {[]Lot{lot(10, 0, 1, today-1), lot(10, 0, 1, today-91)}, []string{
			"info expired:acme/plant-7:ports:" + at(-1) + " 10: ended on " + at(-1) + ": 10, held by no device"}},
		"ended long ago, held": {[]Lot{lot(10, 4, 1, today-500)}, []string{
			"critical insufficient:acme/plant-7:ports 4: missing since " + at(-499) + ": 4; held after their end: 4, available: 0",
			"warning reserved-expired:acme/plant-7:ports:" + at(-500) + " 4: held by devices after the end on " + at(-500) + ": 4"}},
		"two that end together": {[]Lot{lot(10, 4, 1, today), lot(2, 1, 1, today), lot(50, 0, 1, 0)}, []string{
			"warning expiring:acme/plant-7:ports:" + at(0) + " 12: ending on " + at(0) + ": 12, held by devices: 5"}},
		"unlimited": {[]Lot{unlimited}, []string{
			"warning expiring:acme/plant-7:ports:" + at(5) + " 7: ending on " + at(5) + ": unlimited, held by devices: 7"}},
		"moved away":                          {[]Lot{lot(0, 0, 1, today+5)}, nil},
		"begins and ends before it is urgent": {[]Lot{lot(10, 0, today+1, today+5)}, nil},
	} {
		var got []string
		for _, a := range PoolAlerts(ports, c.lots, today, DefaultPolicy) {
			got = append(got, fmt.Sprintf("%s %s %d: %s", a.Severity, a.ID, a.Count, a.Message))
			if a.Account != ports.Account || a.Entitlement != ports.Entitlement || a.Unit != "port" || !strings.Contains(a.Message, a.Day.String()) {
				t.Errorf("%s: %+v", name, a)
			}
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s:\n%s\nwant\n%s", name, strings.Join(got, "\n"), strings.Join(c.want, "\n"))
		}
	}
}

// There is an alert of missing licenses exactly when some are missing, critical when that is today.
func TestShortIsAnAlert(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		lots := drawLots(t)
		policy := DefaultPolicy
		policy.Expiring = rapid.IntRange(0, 40).Draw(t, "days")
		alerts := PoolAlerts(ports, lots, 25, policy)
		short := slices.IndexFunc(alerts, func(a Alert) bool { return a.Kind == Insufficient })
		if s := FirstShortage(lots, 25, later(25, policy.Expiring)); (short == 0) != (s.Count > 0) || short > 0 {
			t.Fatalf("short %+v, alerts %+v", s, alerts)
		}
		if now := On(lots, 25).Short() > 0; now != (short == 0 && alerts[0].Severity == Critical) {
			t.Fatalf("short today: %v, alerts %+v", now, alerts)
		}
		ids := map[string]bool{}
		for _, a := range alerts {
			if ids[a.ID] {
				t.Fatalf("two alerts with ID %s", a.ID)
			}
			ids[a.ID] = true
		}
	})
}

func TestSeverities(t *testing.T) {
	if !Critical.AtLeast(Info) || !Warning.AtLeast(Warning) || Info.AtLeast(Warning) {
		t.Error("severities are out of order")
	}
}

func TestDeviceAlerts(t *testing.T) {
	const device = "C9300-24T:FCW2149L0KK"
	unsettled := Unsettled{Account: "acme", Device: device, Number: 3, Signed: today,
		Given: []Count{{"ports", 24}, {"dna", 1}}, Taken: []Count{{"premier", 2}}}
	alerts := append(unsettled.Alerts(),
		Unsettled{Account: "acme", Device: device, Number: 4, Signed: today}.Alerts()...)
	alerts = append(alerts,
		Doubt{Account: "acme", Device: device, Fingerprint: "AB12", Since: today}.Alert(),
		Doubt{Account: "acme", Device: device, Fingerprint: "AB12", Since: today, Quarantined: true}.Alert(),
		Twin{Serial: "S1", Account: "acme", Devices: []string{"A:S1", "B:S1"}, Since: today}.Alert(),
		Renewed{Account: "acme", Device: device, Identities: 3, Since: today}.Alert(),
		Renewed{Account: "acme", Device: device, Identities: 2, Holds: 5, Since: today}.Alert(),
		Newcomer{Account: "acme", Device: device, Since: today}.Alert())
	want := []string{
		"warning in-transit:" + device + ":3 25 license: authorization 3, signed on 2026-11-22, is not confirmed; in transit: ports=24 dna=1",
		"warning return-pending:" + device + ":3 2 license: authorization 3, signed on 2026-11-22, is not confirmed; coming back: premier=2",
		"critical suspect:" + device + ":AB12 1 device: holds an authorization that these books never issued",
		"critical quarantined:" + device + ":AB12 1 device: two of its signed statements contradict each other: there are copies of it",
		"warning duplicate-serial:S1 2 device: serial number S1 is that of A:S1, B:S1",
		"info second-identity:" + device + " 3 identity: enrolled with 3 identities; the older hold nothing",
		"critical second-identity:" + device + " 2 identity: enrolled with 2 identities; reserved for the older: 5",
		"warning unexpected-device:" + device + " 1 device: enrolled, but never announced",
	}
	for i, a := range alerts {
		got := fmt.Sprintf("%s %s %d %s: %s", a.Severity, a.ID, a.Count, a.Unit, a.Message)
		if got != want[i] || a.Account != "acme" || a.Day != today || a.Device == "" {
			t.Errorf("%+v\n%s, want\n%s", a, got, want[i])
		}
	}
	if len(alerts) != len(want) {
		t.Errorf("%d alerts", len(alerts))
	}
}
