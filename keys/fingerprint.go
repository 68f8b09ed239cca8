package keys

import (
	"fmt"

	"tallystick/codec"
)

// A Fingerprint is a SHA-256 that names a public key or a chain of trust roots.
type Fingerprint [32]byte

// String returns the first 80 bits as people compare them: "HDVE-BPP9-VXFE-DP5N".
func (f Fingerprint) String() string { return f.Short().String() }

// Short returns the part of the fingerprint that people compare.
func (f Fingerprint) Short() ShortFingerprint { return ShortFingerprint(f[:]) }

// A ShortFingerprint is the first 80 bits of a Fingerprint: as much as a person compares, and
// enough that finding another key with the same takes 2^80 tries.
type ShortFingerprint [10]byte

// shortSymbols is the number of characters of a ShortFingerprint, without separators.
const shortSymbols = 16

// ParseFingerprint reads a fingerprint as a person types it, with the tolerance of codec.Fold: any
// case, O for 0, I and L for 1, spaces and dashes anywhere or nowhere. All 16 characters must be
// there; comparing fewer would be worth too little.
func ParseFingerprint(text string) (ShortFingerprint, error) {
	const longest = 8 * shortSymbols // with generous separators
	if len(text) > longest {
		return ShortFingerprint{}, fmt.Errorf("fingerprint of %d bytes, not %d characters",
			len(text), shortSymbols)
	}
	symbols, err := codec.Fold(text)
	if err != nil {
		return ShortFingerprint{}, fmt.Errorf("fingerprint %q: %v", text, err)
	}
	if len(symbols) != shortSymbols {
		return ShortFingerprint{}, fmt.Errorf("fingerprint %q has %d characters, not %d",
			text, len(symbols), shortSymbols)
	}
	b, err := codec.ParseBase32(symbols)
	if err != nil { // can't be: what Fold returns reads, and 16 characters are 10 whole bytes
		return ShortFingerprint{}, fmt.Errorf("fingerprint %q: %v", text, err)
	}
	return ShortFingerprint(b), nil
}

// String returns 16 characters of Crockford's base32 in groups of 4.
func (s ShortFingerprint) String() string {
	c := codec.Base32(s[:])
	return c[:4] + "-" + c[4:8] + "-" + c[8:12] + "-" + c[12:]
}
