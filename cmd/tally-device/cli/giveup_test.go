package cli_test

import (
	"strings"
	"testing"

	"tallystick/reserve"
)

func TestReturn(t *testing.T) {
	w := newDevice(t)
	w.refuse(8, "nothing-installed", "return", "--yes")
	text := w.authorization(1, reserve.Grant{Entitlement: ports, Count: 24})
	w.run(0, "install", "--yes", text)
	w.run(0, "return", "--dry-run").wantOut("C9300-24T:FCW2149L0KK gives up, for good:\n  ports                        24\n")
	w.refuse(2, "no-terminal", "return")
	p := w.sits("nope")
	w.run(1, "return")
	if !strings.Contains(p.shown.String(), "gives up, for good:\n  ports ") {
		t.Errorf("asked %s", &p.shown)
	}
	w.sits("return")
	a := w.run(0, "return", "--qr=never")
	w.person = nil
	again := w.code("return") // asks nothing
	if again.Kind != "return" || !again.Repeated || again.Number != 1 || a.out != again.Typed[0]+"\n" {
		t.Errorf("%+v, %q", again, a.out)
	}
	if c := w.code("confirmation"); c.Kind != "return" || c.Code != again.Code {
		t.Errorf("confirmation: %+v", c)
	}
	w.run(0, "return").mentions("there is nothing to give up", "return code of C9300-24T:FCW2149L0KK: everything through authorization 1 was given up")
	w.run(0, "return", "--dry-run").wantOut("C9300-24T:FCW2149L0KK holds nothing; the last code would be printed again\n")
	w.run(8, "check", "ports")
	w.refuse(7, "superseded", "install", "--yes", text)
}

func TestCancel(t *testing.T) {
	w := newDevice(t)
	text := w.authorization(1, reserve.Grant{Entitlement: ports, Count: 24})
	w.run(0, "cancel", "--dry-run").wantOut("C9300-24T:FCW2149L0KK will never install authorization 1, nor an earlier one that is not installed.\n")
	w.refuse(2, "no-terminal", "cancel")
	w.sits("cancel")
	w.run(0, "cancel")
	w.person = nil
	w.refuse(7, "superseded", "install", "--yes", text)
	again := w.code("cancel")
	if again.Kind != "cancellation" || !again.Repeated || again.Number != 1 {
		t.Errorf("%+v", again)
	}
	w.run(0, "cancel").mentions("to cancel authorization 2 as well: `tally-device cancel --through 2`",
		"cancellation code of C9300-24T:FCW2149L0KK: authorizations through 1 can't be installed")
	if further := w.code("cancel", "--through", "3", "--yes"); further.Repeated || further.Number != 3 || further.Code == again.Code {
		t.Errorf("%+v", further)
	}
	w.refuse(2, "usage", "cancel", "--through", "0", "--yes")
	w.refuse(2, "usage", "cancel", "--through", "1024", "--yes")
	w.refuse(2, "out-of-range", "cancel", "--through", "900", "--yes")

	w.run(0, "install", "--yes", w.authorization(4, reserve.Grant{Entitlement: ports, Count: 1}))
	if held := w.code("cancel", "--yes"); held.Kind != "status" || held.Number != 5 || len(held.Typed) == 0 {
		t.Errorf("while holding: %+v", held)
	}
	w.run(0, "cancel").mentions("authorizations after the installed one, through 5, can't be installed", "`tally-device cancel` prints it again")
	w.run(0, "check", "ports")
	w.refuse(2, "out-of-range", "cancel", "--through", "4", "--yes")
}
