package keys

import (
	"errors"
	"fmt"
	"math"
	"slices"
)

// The limits of a trust root. They are checked before anything is allocated for what they limit.
const (
	MaxRootSize       = 32 << 10 // bytes, signatures included
	MaxRootSignatures = 8
	MaxRootVersion    = 1024 // a root a week for twenty years
	MaxNameSize       = 64   // bytes of UTF-8
	MaxPublicKeySize  = 2048 // bytes, of any suite
)

// NoThreshold is what Root.Threshold returns for a role that has no policy: more signatures than
// there can be keys, so that a comparison with it refuses.
const NoThreshold = math.MaxUint8 + 1

// What is wrong with a trust root. The errors of OpenRoots and RootTemplate.Sign match one of
// these, or ErrSignature, ErrUnsupported, ErrUnsupportedSuite (errors.Is).
var (
	// ErrRoot says that the bytes are not a trust root or that its content breaks a rule.
	ErrRoot = errors.New("invalid trust root")

	// ErrRootOrder says that the root is not the successor of the one before it: another version
	// number, or another predecessor.
	ErrRootOrder = errors.New("trust root out of order")

	// ErrThreshold is matched by every *ThresholdError.
	ErrThreshold = errors.New("not enough signatures")
)

// A ThresholdError says how many signatures a role needs and how many count. It matches
// ErrThreshold.
type ThresholdError struct {
	Role Role
	Have int // different keys that signed, are active and have the role
	Need int // NoThreshold for a role without a policy
}

func (e *ThresholdError) Error() string {
	if e.Need >= NoThreshold {
		return fmt.Sprintf("the trust root lets nobody sign in the role %q", e.Role)
	}
	return fmt.Sprintf("%d of the %d signatures needed in the role %q", e.Have, e.Need, e.Role)
}

// Is makes errors.Is find ErrThreshold.
func (e *ThresholdError) Is(target error) bool { return target == ErrThreshold }

// rootError is an error whose text does not repeat the kind it matches.
type rootError struct {
	kind error
	text string
}

func (e *rootError) Error() string { return e.text }
func (e *rootError) Unwrap() error { return e.kind }

func refuse(kind error, format string, args ...any) error {
	return &rootError{kind, fmt.Sprintf(format, args...)}
}

// A Root is a verified trust root: one that OpenRoots found good in its chain. The zero Root
// trusts nobody.
type Root struct {
	body   rootBody
	digest [32]byte
	raw    []byte
}

// Version returns the number of the root, 1 for the first.
func (r Root) Version() uint16 { return r.body.version }

// Training reports whether the issuer is one for training: its codes are not for production.
func (r Root) Training() bool { return r.body.Training }

// Name returns the name of the issuer: 1 to MaxNameSize bytes of printable UTF-8.
func (r Root) Name() string { return r.body.Name }

// Issued returns the day the root was made.
func (r Root) Issued() Day { return r.body.Issued }

// Expires returns the last day on which what is signed under this root may be newly installed, or
// 0. It never disables what is installed: a device has no trusted clock.
func (r Root) Expires() Day { return r.body.Expires }

// RevalidateHours returns for how many hours of running a device keeps what a compromised key
// signed, alone or with others.
func (r Root) RevalidateHours() uint16 { return r.body.RevalidateHours }

// CatalogDigest returns the SHA-256 that names the catalog of products and entitlements.
func (r Root) CatalogDigest() [32]byte { return r.body.CatalogDigest }

// Keys returns a copy of the keys, by ascending index: all that were ever listed.
func (r Root) Keys() []Key { return slices.Clone(r.body.Keys) }

// Key returns the key with the index.
func (r Root) Key(index uint8) (Key, bool) { return r.body.key(index) }

// Policies returns a copy of the policies, one for each role that an active key has, by ascending
// role.
func (r Root) Policies() []Policy { return slices.Clone(r.body.Policies) }

// Policy returns the policy for a single role.
func (r Root) Policy(role Role) (Policy, bool) { return r.body.policy(role) }

// Threshold returns how many different keys must sign in the role, NoThreshold when it has no
// policy. It says nothing about suites; CheckThreshold does.
func (r Root) Threshold(role Role) int {
	p, ok := r.body.policy(role)
	if !ok {
		return NoThreshold
	}
	return int(p.Threshold)
}

// CheckThreshold returns nil when the keys with the indices in signers, whose signatures the
// caller has verified, satisfy the policy of the role. An index counts once, and only if its key
// is active and has the role. The error is a *ThresholdError, or a *SuiteError if the policy
// requires, or one of the signers uses, a suite that this version can't verify.
func (r Root) CheckThreshold(role Role, signers []uint8) error {
	return r.body.checkThreshold(role, signers)
}

// Extensions returns a copy of the extensions, none of which this version knows.
func (r Root) Extensions() []Extension { return cloneExtensions(r.body.Extensions) }

// Digest returns Digest("TS1/root", body). It does not cover the signatures: a root signed by
// other officers is the same root.
func (r Root) Digest() [32]byte { return r.digest }

// Raw returns a copy of the signed root, as OpenRoots takes it.
func (r Root) Raw() []byte { return slices.Clone(r.raw) }

// Template returns the content of the root, to be changed and signed as the next version.
func (r Root) Template() RootTemplate { return r.body.RootTemplate.clone() }
