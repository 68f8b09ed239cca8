package keys

import "fmt"

// A Key is an entry of a trust root: a public key and what it may do.
type Key struct {
	// Index names the key in codes, one byte. It is never given to another key.
	Index uint8

	// Public may be of a suite that this version does not support: such a key is shown, and its
	// signatures do not count.
	Public PublicKey

	// Roles is what the key may sign.
	Roles Role

	// From and To are the first and the last day, of those that codes carry as their day of
	// issue, that the key may sign for; 0 for no limit. They do not apply to signing a trust root:
	// the signer would choose that day, and a lapsed root key would lock its issuer out.
	From, To Day

	// Status says whether the signatures of the key are still believed.
	Status Status
}

// Covers reports whether day lies in From to To, both included. No day lies nowhere.
func (k Key) Covers(day Day) bool {
	return day != 0 && day >= k.From && (k.To == 0 || day <= k.To)
}

// May reports whether the key is active and has every role of role.
func (k Key) May(role Role) bool { return k.Status == Active && k.Roles.Has(role) }

// A Status says whether the signatures of a key are believed.
type Status uint8

// The statuses. A retired key may become active again, a compromised one stays compromised.
const (
	Active      Status = 1 // signs
	Retired     Status = 2 // signs no more; what it signed before stays good
	Compromised Status = 3 // somebody else may have it: nothing it signed is believed
)

// String returns the name in lower case, or "status 9" for one without a name.
func (s Status) String() string {
	switch s {
	case Active:
		return "active"
	case Retired:
		return "retired"
	case Compromised:
		return "compromised"
	}
	return fmt.Sprintf("status %d", uint8(s))
}

// A Policy is the rule of a trust root for one role.
type Policy struct {
	Role      Role   // one role
	Threshold uint8  // how many different keys must sign, at least 1
	Suites    uint16 // suites (Suite.Bit) of which each must reach the threshold; 0 for any suite
	Classes   uint16 // classes of entitlements, as the catalog numbers them, that ask for the role
}
