package resolve

import "tallystick/reserve"

// A Stand is where a device's numbers stand, or stood when it made a code.
type Stand struct {
	Installed reserve.Number // 0: nothing
	Next      reserve.Number // the lowest number that can still be installed
}

// After reports whether a device came to s later than to t. Both only rise, but for a return, which
// leaves Next where it is.
func (s Stand) After(t Stand) bool {
	if s.Next != t.Next {
		return s.Next > t.Next
	}
	return s.Installed == 0 && t.Installed != 0
}

// ReceiptStand returns what a confirmation, return or cancellation code says. A confirmation leaves
// open what was canceled after it.
func ReceiptStand(p reserve.Position) Stand {
	if p%2 == 0 {
		n := reserve.Number(p / 2)
		return Stand{n, n + 1}
	}
	return Stand{0, p.Floor()}
}

// DeviceFacts are what a device knows of itself, and what the codes at hand say.
type DeviceFacts struct {
	Stand     Stand
	Act       reserve.Act // what last moved it
	Untrusted bool        // a key that signed what is installed is compromised
	Ended     bool        // something installed has ended

	Proven      Stand // the latest that a genuine code of this device says; the zero value is none
	Installable bool  // the newest authorization for this device at hand can be installed
	Behind      bool  // … or could, if the trust bundle were newer
	Refused     bool  // an authorization for this device at hand is refused, and none is better
	Stray       bool  // an authorization at hand is of another device
	Own         bool  // a genuine code of this device is at hand
}

// deviceRules name the row for what is known; the first that holds counts.
var deviceRules = []struct {
	row  string
	when func(DeviceFacts) bool
}{
	{SetBackInstalled, func(f DeviceFacts) bool { return f.setBack() && f.Proven.Installed != 0 }},
	{SetBackHolding, func(f DeviceFacts) bool { return f.setBack() && f.Stand.Installed != 0 }},
	{SetBackOpen, DeviceFacts.setBack},
	{TrustBehind, func(f DeviceFacts) bool { return f.Behind }},
	{NotInstalled, func(f DeviceFacts) bool { return f.Installable }},
	{NumbersUsedUp, func(f DeviceFacts) bool {
		return f.Stand.Next > reserve.LastNumber && (f.Stand.Installed == 0 || f.Untrusted || f.Ended)
	}},
	{SignerUntrusted, func(f DeviceFacts) bool { return f.Untrusted }},
	{TermEnded, func(f DeviceFacts) bool { return f.Ended }},
	{RequestLost, func(f DeviceFacts) bool { return f.Act == reserve.NoAct && f.Stand.Installed == 0 }},
	{Refused, func(f DeviceFacts) bool { return f.Refused || f.Stray && !f.Own }},
	{ReportLost, func(f DeviceFacts) bool { return f.Stand.Installed != 0 && f.Stand.Next > f.Stand.Installed+1 }},
	{ConfirmationLost, func(f DeviceFacts) bool { return f.Stand.Installed != 0 }},
	{ReturnLost, func(f DeviceFacts) bool { return f.Act == reserve.Returned }},
	{CancellationLost, func(DeviceFacts) bool { return true }},
}

// setBack reports whether the device proved once that it was further than its record is.
func (f DeviceFacts) setBack() bool { return f.Proven.After(f.Stand) }

// AtDevice returns the ID of the row that the facts are in. There always is one.
func AtDevice(f DeviceFacts) string {
	for _, r := range deviceRules {
		if r.when(f) {
			return r.row
		}
	}
	panic("resolve: no rule of the device holds")
}
