package keys

import (
	"encoding/base32"
)

// A Fingerprint is a SHA-256 that names a key or a chain of trust roots.
type Fingerprint [32]byte

var crockford = base32.NewEncoding("0123456789ABCDEFGHJKMNPQRSTVWXYZ").WithPadding(base32.NoPadding)

// String returns the first 80 bits as people compare them: "K3QX-7B2M-90ZT-HC4W".
func (f Fingerprint) String() string { return f.Short().String() }

// Short returns the part of the fingerprint that people compare.
func (f Fingerprint) Short() ShortFingerprint { return ShortFingerprint(f[:10]) }

// A ShortFingerprint is the first 80 bits of a Fingerprint: as much as a person compares, and
// enough that nobody finds a second key with the same (2^80 tries).
type ShortFingerprint [10]byte

// String returns 16 characters of Crockford's base32 in groups of 4.
func (s ShortFingerprint) String() string {
	c := crockford.EncodeToString(s[:])
	return c[:4] + "-" + c[4:8] + "-" + c[8:12] + "-" + c[12:]
}
