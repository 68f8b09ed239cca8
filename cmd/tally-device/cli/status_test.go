package cli_test

import (
	"fmt"
	"strings"
	"testing"

	"tallystick/reserve"
)

func TestStatusText(t *testing.T) {
	w := newDevice(t)
	id := w.identity().DID().String()
	head := "device              C9300-24T:FCW2149L0KK\ndevice fingerprint  " + id + "\nissuer              Example, fingerprint " +
		w.issuer.trust.Fingerprint().String() + "\n"
	w.run(0, "status").wantOut(head + `registration        Reservation In Progress
authorization       Evaluation Mode
export control      Not Allowed
evaluation          2160 hours of use left

ENTITLEMENT  HELD  STATE         UNTIL
essentials   0     Evaluation    
advantage    0     Evaluation    
ports        0     Evaluation    
crypto       0     Waiting       
telemetry    0     Not Enforced  
`)
	w.run(0, "install", "--yes", w.authorization(1, reserve.Grant{Entitlement: advantage, Count: 1}, reserve.Grant{Entitlement: ports, Count: 24, Ends: testToday + 365}))
	w.run(0, "status").wantOut(head + `registration        Registered - Specific License Reservation
authorization       Authorized - Reserved
export control      Not Allowed
installed           authorization 1, signed on 2026-11-22
confirmation code   ` + w.code("confirmation").Typed[0] + `

ENTITLEMENT  HELD  STATE         UNTIL
essentials   0     Reserved      by advantage
advantage    1     Reserved      perpetual
ports        24    Reserved      2027-11-22 (365 days)
crypto       0     Not Reserved  
telemetry    0     Not Enforced  
`)
	w.now = testNow.AddDate(0, 0, 60)
	w.run(0, "status").mentions("warning: the clock is 60 days ahead")
	w.now = testNow
	w.run(0, "return", "--yes")
	w.run(0, "status").mentions("registration        Unregistered\n", "authorization       No Licenses in Use\n",
		"return code         "+w.code("return").Typed[0]+"\n")
	w.run(0, "cancel", "--yes")
	w.run(0, "status").mentions("cancellation code   " + w.code("cancel").Typed[0] + "\n")
}

func TestStatusJSON(t *testing.T) {
	w := newDevice(t)
	w.run(0, "install", "--yes", w.authorization(1, reserve.Grant{Entitlement: ports, Count: 24, Ends: testToday + 365}))
	var got struct {
		Schema, Registration, Authorization, Device, Day string
		ExportControl                                    string `json:"export_control"`
		Entitlements                                     []struct {
			Tag, State, Ends string
			Held             uint64
			Used             *uint64
			DaysLeft         *int `json:"days_left"`
		}
		LastConfirmation *string `json:"last_confirmation"`
		LastReturn       *string `json:"last_return"`
		LastCancellation *string `json:"last_cancellation"`
		Number           int
	}
	for _, args := range [][]string{{"status"}, {"status", "--format=json"}} {
		w.json(0, &got, args...)
		if got.Schema != "tallystick/status/1" || got.Registration != reserve.RegisteredSLR || got.ExportControl != "Not Allowed" || got.Number != 1 ||
			got.LastConfirmation == nil || *got.LastConfirmation != w.code("confirmation").Typed[0] || got.LastReturn != nil || got.LastCancellation != nil {
			t.Errorf("%+v", got)
		}
		if e := got.Entitlements[2]; e.Tag != "ports" || e.Held != 24 || e.Used != nil || e.State != "Reserved" || e.Ends != "2027-11-22" || *e.DaysLeft != 365 {
			t.Errorf("%+v", e)
		}
	}
	if a := w.run(0, "status", "--format=json"); a.out == "" || a.out[0] != '{' {
		t.Errorf("--format=json printed %q", a.out)
	}
	w.refuse(2, "usage", "status", "--format=nagios")
	w.run(0, "return", "--yes")
	w.json(0, &got, "status")
	if got.LastReturn == nil || got.LastConfirmation != nil || got.Number != 0 || got.Registration != reserve.Unregistered {
		t.Errorf("after the return: %+v", got)
	}
}

func TestStatusForNagios(t *testing.T) {
	w := newWorld(t)
	w.run(3, "status", "--format=nagios").wantOut("UNKNOWN - there is no device state in \"" + w.path("state") + "\"\n")
	w = newDevice(t)
	w.run(1, "status", "--format=nagios").wantOut("WARNING - evaluation, 2160 hours of use left | " +
		"'essentials'=0;;;0 'advantage'=0;;;0 'ports'=0;;;0 'crypto'=0;;;0 'telemetry'=0;;;0 'evaluation-hours'=2160;;;0\n")
	w.run(0, "install", "--yes", w.authorization(1, reserve.Grant{Entitlement: ports, Count: 24, Ends: testToday + 100}, reserve.Grant{Entitlement: crypto, Count: 1, Ends: testToday + 100}))
	for _, c := range []struct {
		days, exit int
		want       string
	}{
		{0, 0, "OK - Authorized - Reserved"},
		{69, 0, "OK - Authorized - Reserved"},
		{70, 1, "WARNING - ports ends on 2027-03-02; crypto ends on 2027-03-02"},
		{101, 2, "CRITICAL - ports ended on 2027-03-02 and is in grace through 2027-05-31; crypto ended on 2027-03-02 and is restricted"},
	} {
		w.now = testNow.AddDate(0, 0, c.days)
		w.run(c.exit, "status", "--format=nagios").wantOut(fmt.Sprintf("%s | 'essentials'=0;;;0 'advantage'=0;;;0 'ports'=24;;;0 "+
			"'ports-days'=%[2]d;31: 'crypto'=1;;;0 'crypto-days'=%[2]d;31: 'telemetry'=0;;;0\n", c.want, 100-c.days))
	}
	w.run(0, "status").mentions("ports        24    Grace         ended 2027-03-02, grace to 2027-05-31\n",
		"crypto       1     Restricted    ended 2027-03-02\n")
	w.now = testNow
	w.run(0, "return", "--yes")
	if a := w.run(1, "status", "--format=nagios"); !strings.HasPrefix(a.out, "WARNING - No Licenses in Use | ") {
		t.Errorf("holding nothing: %s", a.out)
	}
}

// A signer that is not trusted any more is named, with the hours that are left.
func TestStatusOfACompromisedSigner(t *testing.T) {
	w := newDevice(t)
	w.run(0, "install", "--yes", w.authorization(1, reserve.Grant{Entitlement: advantage, Count: 1}, reserve.Grant{Entitlement: ports, Count: 24, Ends: testToday + 365}))
	var got struct {
		SignerHours  *int `json:"signer_hours_left"`
		Entitlements []struct {
			Tag        string
			Covered    uint64
			CoveredBy  []string `json:"covered_by"`
			GraceUntil string   `json:"grace_until"`
		}
	}
	w.json(0, &got, "status")
	if got.SignerHours != nil {
		t.Errorf("%d hours left for a signer that is trusted", *got.SignerHours)
	}
	if e := got.Entitlements[0]; e.Covered != 1 || len(e.CoveredBy) != 1 || e.CoveredBy[0] != "advantage" || e.GraceUntil != "" {
		t.Errorf("%+v", e)
	}
	if e := got.Entitlements[2]; e.Covered != 24 || e.CoveredBy != nil || e.GraceUntil != "2028-02-20" {
		t.Errorf("%+v", e)
	}
	w.run(0, "trust", "update", w.write("newer.tally", w.issuer.compromised().trust.Code().Paste()))
	w.run(0, "status").mentions("signer              not trusted any more: what is installed stays for 24 hours of running\n")
	if a := w.run(1, "status", "--format=nagios"); !strings.HasPrefix(a.out, "WARNING - signed with a key that is not trusted any more, 24 hours of running left | ") ||
		!strings.Contains(a.out, "'signer-hours'=24;;;0\n") {
		t.Errorf("%s", a.out)
	}
	if w.json(0, &got, "status"); got.SignerHours == nil || *got.SignerHours != 24 {
		t.Errorf("%+v", got)
	}
}

func TestStatusForOpenMetrics(t *testing.T) {
	w := newDevice(t)
	w.run(0, "install", "--yes", w.authorization(1, reserve.Grant{Entitlement: ports, Count: 24, Ends: testToday + 365}))
	w.run(0, "status", "--format=openmetrics").wantOut(`# TYPE tallystick_held gauge
# HELP tallystick_held Licenses held of an entitlement.
tallystick_held{device="C9300-24T:FCW2149L0KK",entitlement="essentials"} 0
tallystick_held{device="C9300-24T:FCW2149L0KK",entitlement="advantage"} 0
tallystick_held{device="C9300-24T:FCW2149L0KK",entitlement="ports"} 24
tallystick_held{device="C9300-24T:FCW2149L0KK",entitlement="crypto"} 0
tallystick_held{device="C9300-24T:FCW2149L0KK",entitlement="telemetry"} 0
# TYPE tallystick_licensed gauge
# HELP tallystick_licensed 1 when one of the entitlement may be used.
tallystick_licensed{device="C9300-24T:FCW2149L0KK",entitlement="essentials"} 0
tallystick_licensed{device="C9300-24T:FCW2149L0KK",entitlement="advantage"} 0
tallystick_licensed{device="C9300-24T:FCW2149L0KK",entitlement="ports"} 1
tallystick_licensed{device="C9300-24T:FCW2149L0KK",entitlement="crypto"} 0
tallystick_licensed{device="C9300-24T:FCW2149L0KK",entitlement="telemetry"} 1
# TYPE tallystick_days_left gauge
# HELP tallystick_days_left Valid days left of an entitlement with an end.
tallystick_days_left{device="C9300-24T:FCW2149L0KK",entitlement="ports"} 365
# TYPE tallystick_evaluation_left_seconds gauge
# HELP tallystick_evaluation_left_seconds Running time left without a license.
tallystick_evaluation_left_seconds{device="C9300-24T:FCW2149L0KK"} 0
# EOF
`)
}
