package issuer

import (
	"testing"

	"tallystick/cmd/internal/ledger"
	"tallystick/reserve"
)

func TestTell(t *testing.T) {
	tag := func(id reserve.EntitlementID) (string, bool) { return "ports", id == 4 }
	plant := mustPath("acme/plant-7")
	for event, want := range map[any]Story{
		licenseEvent{License: 3, Account: "acme/plant-7", Entitlement: "ports", Quantity: 48, Starts: "2026-11-22", Ends: "never", Order: "PO-1",
			Memo: Memo{Reason: "bought", Ref: "T-1"}}: {Accounts: []string{"acme/plant-7"}, Text: "ports=48, license 3, starts 2026-11-22, order PO-1",
			Reason: "bought", Ref: "T-1"},
		renameEvent{From: "acme/old", To: "acme/plant-7"}:              {Accounts: []string{"acme/old", "acme/plant-7"}, Text: "from acme/old, to acme/plant-7"},
		labelEvent{Device: "C9300-24T:A", Label: "rack 7"}:             {Device: "C9300-24T:A", Text: "label rack 7"},
		reprintEvent{Device: "C9300-24T:A", Number: 2}:                 {Device: "C9300-24T:A", Text: "number 2"},
		accountEvent{Path: "acme", Reservation: true, Coterm: "never"}: {Accounts: []string{"acme"}, Text: "reservation yes"},
	} {
		got := Tell(ledger.Entry{Body: body(event)}, tag)
		if got.Device != want.Device || got.Text != want.Text || got.Reason != want.Reason || got.Ref != want.Ref || len(got.Accounts) != len(want.Accounts) {
			t.Errorf("%+v\nis told as %+v\nwant %+v", event, got, want)
		}
	}
	authorize := authorizeEvent{Device: "C9300-24T:A", Account: "acme/plant-7/lab", Number: 2, Authorization: []byte("code"),
		Draws: []drawEvent{{License: 1, Entitlement: 4, Count: 2}, {License: 2, Entitlement: 9, Count: 1}, {License: 3, Entitlement: 4, Count: 3}}}
	got := Tell(ledger.Entry{Body: body(authorize)}, tag)
	if got.Text != "number 2, ports=5, 9=1" || !got.About(plant) || got.About(mustPath("acme/plant-7/lab/x")) || got.About(mustPath("acme/plant")) {
		t.Errorf("told as %+v", got)
	}
	if got := Tell(ledger.Entry{Body: body(authorizeEvent{Number: 3})}, tag).Text; got != "number 3, nothing granted" {
		t.Errorf("told as %q", got)
	}
	for _, strange := range []string{`{}`, `[]`, `"text"`, `7`, `{"draws":7,"device":["x"],"account":{"a":1},"new":[1,2],"deep":{"a":{"b":1}}}`} {
		Tell(ledger.Entry{Body: []byte(strange)}, tag) // of a version that is not known: no more than it says
	}
}
