package keys

import (
	"tallystick/codec"
)

// A Fingerprint is a SHA-256 that names a public key or a chain of trust roots.
type Fingerprint [32]byte

// String returns the first 80 bits as people compare them: "K3QX-7B2M-90ZT-HC4W".
func (f Fingerprint) String() string { return f.Short().String() }

// Short returns the part of the fingerprint that people compare.
func (f Fingerprint) Short() ShortFingerprint { return ShortFingerprint(f[:]) }

// A ShortFingerprint is the first 80 bits of a Fingerprint: as much as a person compares, and
// enough that finding another key with the same takes 2^80 tries.
type ShortFingerprint [10]byte

// String returns 16 characters of Crockford's base32 in groups of 4.
func (s ShortFingerprint) String() string {
	c := codec.Base32(s[:])
	return c[:4] + "-" + c[4:8] + "-" + c[8:12] + "-" + c[12:]
}
