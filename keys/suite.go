package keys

import (
	"errors"
	"fmt"
)

// A Suite is a signature algorithm with its key and signature formats. It is recorded with every
// key, never with a signature, so that a code can't choose how it is verified.
type Suite uint8

// The suites. Ed25519 is the one this version makes and verifies; the others have their numbers
// so that a key of theirs is named in messages instead of being called damaged.
const (
	Ed25519 Suite = 1 // RFC 8032, public key 32 bytes, signature 64 bytes
	P256    Suite = 2 // ECDSA on P-256 with SHA-256, for keys in a TPM
	MLDSA44 Suite = 3 // FIPS 204
)

// maxSuite is the last suite that fits the bit mask of a Policy.
const maxSuite Suite = 16

// String returns the usual name, or "suite 9" for one without a name.
func (s Suite) String() string {
	switch s {
	case Ed25519:
		return "Ed25519"
	case P256:
		return "P-256"
	case MLDSA44:
		return "ML-DSA-44"
	}
	return fmt.Sprintf("suite %d", uint8(s))
}

// Supported reports whether this version can verify signatures of the suite.
func (s Suite) Supported() bool { return s == Ed25519 }

// Bit returns the bit of the suite in Policy.Suites: bit 0 for suite 1, up to suite 16. A suite
// that has no bit gives 0.
func (s Suite) Bit() uint16 {
	if s < 1 || s > maxSuite {
		return 0
	}
	return 1 << (s - 1)
}

// ErrUnsupported is matched (errors.Is) by every refusal of something that is well formed but
// needs newer software: a suite, a critical extension, a format version, a role.
var ErrUnsupported = errors.New("needs newer software")

// ErrUnsupportedSuite is matched by every *SuiteError.
var ErrUnsupportedSuite = errors.New("unsupported signature suite")

// A SuiteError says which suite this version can't verify. It matches both ErrUnsupportedSuite
// and ErrUnsupported.
type SuiteError struct {
	Suite Suite
}

func (e *SuiteError) Error() string {
	return fmt.Sprintf("%v %v: needs newer software", ErrUnsupportedSuite, e.Suite)
}

// Is makes errors.Is find the two sentinels.
func (e *SuiteError) Is(target error) bool {
	return target == ErrUnsupportedSuite || target == ErrUnsupported
}
