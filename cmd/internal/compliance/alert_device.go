package compliance

import (
	"fmt"
	"strings"

	"tallystick/keys"
)

// unitDevice and unitLicense are counted by alerts that are not about one entitlement.
const (
	unitDevice  = "device"
	unitLicense = "license"
)

// An Unsettled is a device whose newest authorization is not confirmed.
type Unsettled struct {
	Account string
	Device  string // UDI
	Number  uint16 // of the authorization
	Signed  keys.Day
	Given   []Count // in transit, by entitlement
	Taken   []Count // coming back
}

// A Count is how many licenses of an entitlement.
type Count struct {
	Entitlement string // tag
	N           uint64
}

// Alerts returns what is in transit and what is to come back.
func (u Unsettled) Alerts() []Alert {
	var out []Alert
	if len(u.Given) > 0 {
		out = append(out, u.alert(InTransit, u.Given, "in transit"))
	}
	if len(u.Taken) > 0 {
		out = append(out, u.alert(ReturnPending, u.Taken, "coming back"))
	}
	return out
}

func (u Unsettled) alert(k Kind, counts []Count, what string) Alert {
	sum, text := total(counts)
	a := aboutDevice(Warning, k, u.Account, u.Device)
	a.ID += fmt.Sprintf(":%d", u.Number)
	a.Count, a.Unit, a.Day = sum, unitLicense, u.Signed
	a.Message = fmt.Sprintf("authorization %d, signed on %s, is not confirmed; %s: %s", u.Number, u.Signed, what, text)
	return a
}

func aboutDevice(s Severity, k Kind, account, device string) Alert {
	return Alert{ID: string(k) + ":" + device, Severity: s, Kind: k, Account: account, Device: device, Count: 1, Unit: unitDevice}
}

// A Lost is a device that was written off and may be holding something, or that proved to run.
type Lost struct {
	Account     string
	Device      string // UDI
	Fingerprint string // of the identity
	Since       keys.Day
	Pending     []Count  // what it may be holding, by entitlement
	Heard       keys.Day // when it last gave a code; only if it lives
	Entry       uint32   // the journal entry of that
}

// Pends returns the alert of what l may be holding.
func (l Lost) Pends() Alert {
	sum, text := total(l.Pending)
	a := aboutDevice(Warning, DevicePending, l.Account, l.Device)
	a.ID += ":" + l.Fingerprint
	a.Count, a.Unit, a.Day = sum, unitLicense, l.Since
	a.Message = fmt.Sprintf("written off on %s; it may still hold, and others use: %s", l.Since, text)
	return a
}

// Lives returns the alert of a device that runs although it was written off. Once it gave up what it
// held nothing is left to do.
func (l Lost) Lives() Alert {
	severity, holds := Info, "it holds nothing any more"
	sum, text := total(l.Pending)
	if sum > 0 {
		severity, holds = Critical, "it may hold, and others use: "+text
	}
	a := aboutDevice(severity, DeadAlive, l.Account, l.Device)
	a.ID += ":" + l.Fingerprint
	a.Day = l.Heard
	a.Message = fmt.Sprintf("written off on %s, and running: journal entry %d; %s", l.Since, l.Entry, holds)
	return a
}

// total adds counts up, and writes them.
func total(counts []Count) (sum uint64, text string) {
	parts := make([]string, len(counts))
	for i, c := range counts {
		sum += c.N
		parts[i] = fmt.Sprintf("%s=%d", c.Entitlement, c.N)
	}
	return sum, strings.Join(parts, " ")
}

// A Doubt is a device whose codes contradict the books.
type Doubt struct {
	Account     string
	Device      string // UDI
	Fingerprint string // of the identity
	Since       keys.Day
	Quarantined bool // there are copies of it; else it is only suspect
}

// Alert returns the alert of d.
func (d Doubt) Alert() Alert {
	k, message := Suspect, "holds an authorization that these books never issued"
	if d.Quarantined {
		k, message = Quarantined, "two of its signed statements contradict each other: there are copies of it"
	}
	a := aboutDevice(Critical, k, d.Account, d.Device)
	a.ID += ":" + d.Fingerprint
	a.Day, a.Message = d.Since, message
	return a
}

// A Twin is a serial number that devices of several product IDs have.
type Twin struct {
	Serial  string
	Account string   // of the first device
	Devices []string // UDIs
	Since   keys.Day // the last of them was enrolled
}

// Alert returns the alert of t.
func (t Twin) Alert() Alert {
	a := aboutDevice(Warning, DuplicateSerial, t.Account, t.Devices[0])
	a.ID = string(DuplicateSerial) + ":" + t.Serial
	a.Count, a.Day = uint64(len(t.Devices)), t.Since
	a.Message = fmt.Sprintf("serial number %s is that of %s", t.Serial, strings.Join(t.Devices, ", "))
	return a
}

// A Renewed is a device that has had more than one identity.
type Renewed struct {
	Account    string
	Device     string // UDI
	Identities uint64
	Holds      uint64   // licenses that are reserved for the older ones
	Pending    uint64   // licenses that older ones could be holding, which were written off
	Since      keys.Day // the newest was enrolled
}

// Alert returns the alert of r: where an older identity holds something, there may be two devices.
func (r Renewed) Alert() Alert {
	severity, holds := Info, "the older hold nothing"
	if r.Pending > 0 {
		holds = fmt.Sprintf("pending return of the older: %d", r.Pending)
	}
	if r.Holds > 0 {
		severity, holds = Critical, fmt.Sprintf("reserved for the older: %d", r.Holds)
	}
	a := aboutDevice(severity, SecondIdentity, r.Account, r.Device)
	a.Count, a.Day = r.Identities, r.Since
	a.Unit = "identity"
	a.Message = fmt.Sprintf("enrolled with %d identities; %s", r.Identities, holds)
	return a
}

// A Newcomer is a device that was enrolled and that purchasing never announced.
type Newcomer struct {
	Account string
	Device  string // UDI
	Since   keys.Day
}

// Alert returns the alert of n.
func (n Newcomer) Alert() Alert {
	a := aboutDevice(Warning, Unexpected, n.Account, n.Device)
	a.Day, a.Message = n.Since, "enrolled, but never announced"
	return a
}
