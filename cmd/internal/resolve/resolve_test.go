package resolve

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"tallystick/reserve"
)

// The tables and the rules go together: each rule names a row, and each row is named by a rule.
func TestRowsAndRules(t *testing.T) {
	named := func(rows []Row, rules []string) {
		t.Helper()
		var ids []string
		for _, r := range rows {
			ids = append(ids, r.ID)
			if r.Title == "" || r.Shows == "" || r.Known == "" || len(r.Way) == 0 {
				t.Errorf("row %s says too little", r.ID)
			}
			if !slices.Contains(rules, r.ID) {
				t.Errorf("no rule names row %s", r.ID)
			}
		}
		for _, id := range rules {
			if !slices.Contains(ids, id) {
				t.Errorf("a rule names %s, which is no row", id)
			}
		}
		slices.Sort(ids)
		if len(slices.Compact(ids)) != len(rows) {
			t.Error("two rows have one ID")
		}
	}
	var device, issuer []string
	for _, r := range deviceRules {
		device = append(device, r.row)
	}
	for _, r := range issuerRules {
		issuer = append(issuer, r.row)
	}
	named(DeviceRows(), append(device, StateLost)) // without a record, nobody can ask
	named(IssuerRows(), issuer)
}

// What no text of the programs says to a person.
var innerWords = []string{"floor", "chain", " lot ", "charge", "dead number"}

func TestRowsSpeakToPeople(t *testing.T) {
	for _, r := range slices.Concat(DeviceRows(), IssuerRows()) {
		text := strings.ToLower(r.Title + " " + r.Shows + " " + r.Known)
		for _, s := range r.Way {
			text += " " + s.Text
		}
		if strings.Contains(text, "@") {
			t.Errorf("row %s shows a placeholder as nobody types it", r.ID)
		}
		for _, word := range innerWords {
			if strings.Contains(text, word) {
				t.Errorf("row %s says %q", r.ID, word)
			}
		}
	}
}

// each calls f with every combination of up to five of the boolean fields of a struct being set, with
// the others as in v.
func each[T any](v T, f func(T)) {
	fields := reflect.ValueOf(&v).Elem()
	var flags []reflect.Value
	for i := range fields.NumField() {
		if fields.Field(i).Kind() == reflect.Bool {
			flags = append(flags, fields.Field(i))
		}
	}
	var set func(from, left int)
	set = func(from, left int) {
		f(v)
		for i := from; i < len(flags) && left > 0; i++ {
			was := flags[i].Bool()
			flags[i].SetBool(true)
			set(i+1, left-1)
			flags[i].SetBool(was)
		}
	}
	set(0, 5)
}

// What must never be said, whatever else is known.
func TestIssuerRulesAreSafe(t *testing.T) {
	seen := map[string]int{}
	safe := func(f IssuerFacts) {
		id := AtIssuer(f)
		seen[id]++
		switch {
		case f.Frozen && !f.Recovering && id != LedgerFrozen && id != AnchorMissing:
			t.Fatalf("%s, though the books are frozen: %+v", id, f)
		case f.Recovering && slices.Contains([]string{KeyOutOfForce, NothingIssued, AuthorizationEnded, LicensesEnded, RequestNotAnswered}, id) && f.Enrolled:
			t.Fatalf("%s issues something, though a recovery is open: %+v", id, f)
		case f.Quarantined && f.Enrolled && !f.Frozen && !f.Other && id != QuarantinedDevice && id != QuarantinedFreed && !(id == RequestNotAnswered && f.Twin && !f.Charged):
			t.Fatalf("%s, though the device is quarantined: %+v", id, f)
		case f.Suspect && f.Enrolled && (id == NothingOut || id == EverythingCameBack || id == AuthorizationOut):
			t.Fatalf("%s, though the device is suspect: %+v", id, f)
		case f.WrittenOff && f.Enrolled && !f.Twin && slices.Contains([]string{AuthorizationOut, KeyOutOfForce, LicensesEnded, NothingIssued, EverythingCameBack}, id):
			t.Fatalf("%s, though the device was written off: %+v", id, f)
		case f.New && (id == NothingOut || id == EverythingCameBack):
			t.Fatalf("%s, though a code is not taken: %+v", id, f)
		}
	}
	each(IssuerFacts{}, safe)
	for n := range 3 {
		each(IssuerFacts{Enrolled: true, Issued: true, Alive: n > 0, Unproven: n}, safe)
	}
	for _, r := range IssuerRows() {
		if seen[r.ID] == 0 {
			t.Errorf("nothing leads to %s", r.ID)
		}
	}
}

func TestDeviceRules(t *testing.T) {
	held, gone, none := Stand{3, 4}, Stand{0, 4}, Stand{0, 1}
	for _, test := range []struct {
		want  string
		facts DeviceFacts
	}{
		{RequestLost, DeviceFacts{Stand: none}},
		{RequestLost, DeviceFacts{Stand: none, Refused: true}},
		{NotInstalled, DeviceFacts{Stand: none, Installable: true, Refused: true}},
		{TrustBehind, DeviceFacts{Stand: none, Behind: true}},
		{ConfirmationLost, DeviceFacts{Stand: held, Act: reserve.Installed}},
		{ConfirmationLost, DeviceFacts{Stand: held, Act: reserve.Installed, Proven: held}},
		{ConfirmationLost, DeviceFacts{Stand: held, Act: reserve.Installed, Proven: Stand{2, 3}}},
		{ReportLost, DeviceFacts{Stand: Stand{3, 6}, Act: reserve.Installed}},
		{ReportLost, DeviceFacts{Stand: Stand{3, 6}, Act: reserve.Installed, Proven: held}},
		{Refused, DeviceFacts{Stand: held, Act: reserve.Installed, Refused: true}},
		{Refused, DeviceFacts{Stand: held, Act: reserve.Installed, Refused: true, Own: true}},
		{Refused, DeviceFacts{Stand: held, Act: reserve.Installed, Stray: true}},
		{ConfirmationLost, DeviceFacts{Stand: held, Act: reserve.Installed, Stray: true, Own: true, Proven: held}},
		{SignerUntrusted, DeviceFacts{Stand: held, Act: reserve.Installed, Untrusted: true, Ended: true}},
		{TermEnded, DeviceFacts{Stand: held, Act: reserve.Installed, Ended: true, Refused: true}},
		{ReturnLost, DeviceFacts{Stand: gone, Act: reserve.Returned, Proven: held}},
		{CancellationLost, DeviceFacts{Stand: gone, Act: reserve.Canceled}},
		{SetBackHolding, DeviceFacts{Stand: held, Act: reserve.Installed, Proven: gone}},
		{SetBackHolding, DeviceFacts{Stand: held, Act: reserve.Installed, Proven: Stand{0, 9}, Installable: true}},
		{SetBackOpen, DeviceFacts{Stand: none, Proven: gone}},
		{SetBackInstalled, DeviceFacts{Stand: none, Proven: held}},
		{SetBackInstalled, DeviceFacts{Stand: held, Act: reserve.Installed, Proven: Stand{3, 6}}},
		{ConfirmationLost, DeviceFacts{Stand: Stand{1023, 1024}, Act: reserve.Installed}},
		{NumbersUsedUp, DeviceFacts{Stand: Stand{1023, 1024}, Act: reserve.Installed, Ended: true}},
		{NumbersUsedUp, DeviceFacts{Stand: Stand{0, 1024}, Act: reserve.Returned}},
	} {
		if got := AtDevice(test.facts); got != test.want {
			t.Errorf("%+v: %s, want %s", test.facts, got, test.want)
		}
	}
	each(DeviceFacts{}, func(f DeviceFacts) { AtDevice(f) })
}

func TestFill(t *testing.T) {
	for _, test := range []struct {
		values Values
		want   string
	}{
		{nil, "tally-issuer authorize CODE --from ACCOUNT --grant TAG=N"},
		{Values{InHand: {"TS1R:00"}, Account: {"acme"}, Grants: {"a=1", "b=2"}}, "tally-issuer authorize TS1R:00 --from acme --grant a=1 --grant b=2"},
		{Values{InHand: {"--file", "my codes"}, Grants: {}}, "tally-issuer authorize --file my codes --from ACCOUNT --only"},
	} {
		step := line{Officer, "tally-issuer authorize @CODE --from ACCOUNT --grant TAG=N", ""}.fill(test.values)
		if got := strings.Join(step.Command, " "); got != test.want {
			t.Errorf("%v: %q, want %q", test.values, got, test.want)
		}
	}
}
