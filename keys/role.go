package keys

import (
	"fmt"
	"strings"
)

// A Role is a set of things a key may do, one bit each.
type Role uint16

// The roles. Bits above the last are reserved: a trust root that uses one needs newer software.
const (
	RoleRoot     Role = 1 << iota // sign the next trust root
	RoleIssue                     // sign authorizations and acknowledgments
	RoleExport                    // sign what is export controlled
	RoleWriteOff                  // approve the write-off of a lost device
	RoleDelegate                  // hand licenses to a sub-issuer
	RoleLog                       // sign journal entries and checkpoints

	allRoles Role = 1<<iota - 1
)

var roleNames = [...]string{"root", "issue", "export", "write-off", "delegate", "log"}

// ParseRole reads one role, or several separated by commas in any order: "issue,export".
func ParseRole(s string) (Role, error) {
	var all Role
	for name := range strings.SplitSeq(s, ",") {
		r, ok := roleNamed(name)
		switch {
		case !ok:
			return 0, fmt.Errorf("role %q is none of %s", name, strings.Join(roleNames[:], ", "))
		case all.Has(r):
			return 0, fmt.Errorf("role %q is named twice", name)
		}
		all |= r
	}
	return all, nil
}

func roleNamed(name string) (Role, bool) {
	for i, n := range roleNames {
		if n == name {
			return 1 << i, true
		}
	}
	return 0, false
}

// Has reports whether r includes every role of other, and other is not empty.
func (r Role) Has(other Role) bool { return other != 0 && r&other == other }

// String returns the names separated by commas, "none" for the empty set; a bit without a name is
// shown as a number.
func (r Role) String() string {
	if r == 0 {
		return "none"
	}
	var names []string
	for i, n := range roleNames {
		if r.Has(1 << i) {
			names = append(names, n)
		}
	}
	if rest := r &^ allRoles; rest != 0 {
		names = append(names, fmt.Sprintf("0x%x", uint16(rest)))
	}
	return strings.Join(names, ",")
}

// Valid reports whether r is not empty and has no bit that this version does not know.
func (r Role) Valid() bool { return r != 0 && r&^allRoles == 0 }

// single reports whether r is exactly one role that this version knows.
func (r Role) single() bool { return r.Valid() && r&(r-1) == 0 }
