package keys

// A Purpose says what kind of statement a signature makes. It is part of every signed message, so
// a signature made for one purpose never verifies for another (C2SP signed-note does the same).
//
// Only this package makes purposes: the label is unexported, and the zero Purpose is refused by
// Verify and panics in Sign.
type Purpose struct {
	label string
}

// The purposes. A label is never changed or given a second meaning.
var (
	Authorization = Purpose{"TS1/aut"}   // an authorization, by the issuer
	StatusReport  = Purpose{"TS1/sta"}   // a status report, by the device
	Request       = Purpose{"TS1/req"}   // a request, by the device
	Usage         = Purpose{"TS1/use"}   // a usage report, by the device
	Ack           = Purpose{"TS1/ack"}   // the acknowledgment of a usage report, by the issuer
	Grant         = Purpose{"TS1/grant"} // the delegation to a sub-issuer; reserved
	Sync          = Purpose{"TS1/sync"}  // the books of a sub-issuer; reserved
	Entry         = Purpose{"TS1/leaf"}  // an entry of the issuer's journal, by an officer
)

// rootPurpose is not exported: trust roots are signed and verified in this package alone.
var rootPurpose = Purpose{"TS1/root"}

// String returns the label, for messages.
func (p Purpose) String() string { return p.label }
