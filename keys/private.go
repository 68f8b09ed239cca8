package keys

import (
	"crypto/ed25519"
	"fmt"
	"io"

	"tallystick/keys/internal/seed"
)

// SeedSize is the number of bytes that a private key is made from.
const SeedSize = ed25519.SeedSize

const redacted = "keys.PrivateKey(redacted)"

// A PrivateKey signs. Its bytes can't be read back and are never printed, whatever the verb.
// NewPrivateKey and PrivateKeyFromSeed make them; the zero value panics in Sign.
type PrivateKey struct {
	public PublicKey
	// A function, because fmt does not call methods on an unexported field of somebody else's
	// struct: it would print the bytes themselves, and for %s or %q even follow a pointer. Nothing
	// that prints by reflection can look into a closure.
	reveal func() ed25519.PrivateKey
}

// NewPrivateKey reads SeedSize bytes from random, which is crypto/rand.Reader everywhere but in
// tests, and makes an Ed25519 key of them.
func NewPrivateKey(random io.Reader) (PrivateKey, error) {
	var s [SeedSize]byte
	if _, err := io.ReadFull(random, s[:]); err != nil {
		return PrivateKey{}, fmt.Errorf("reading random bytes for a key: %w", err)
	}
	return PrivateKeyFromSeed(s), nil
}

// PrivateKeyFromSeed makes an Ed25519 key (RFC 8032, section 5.1.5) of a seed, which must be
// secret and chosen at random or derived from what is.
func PrivateKeyFromSeed(s [SeedSize]byte) PrivateKey {
	key := ed25519.NewKeyFromSeed(s[:])
	// The bytes are not parsed: a clamped scalar times the base point is canonical and never of
	// small order.
	public := PublicKey{Ed25519, string(key[SeedSize:])}
	return PrivateKey{public, func() ed25519.PrivateKey { return key }}
}

// IsZero reports whether k is the zero PrivateKey.
func (k PrivateKey) IsZero() bool { return k.reveal == nil }

// Public returns the public key, the zero PublicKey for the zero PrivateKey.
func (k PrivateKey) Public() PublicKey { return k.public }

// Sign signs label || 0x00 || PAE(fields), where label is the one of the purpose. The signature
// has 64 bytes and is the same every time. It panics for the zero PrivateKey and the zero Purpose:
// a program that got here with either would go on to hand out what can't be verified.
func (k PrivateKey) Sign(p Purpose, fields ...[]byte) []byte {
	if k.reveal == nil {
		panic("keys: Sign with the zero PrivateKey")
	}
	return ed25519.Sign(k.reveal(), message(p.label, fields))
}

// Seed returns what the key was made from, for the keyring to seal. Only packages below this one
// can get a Permit. It panics without one, and for the zero PrivateKey.
func (k PrivateKey) Seed(p seed.Permit) [SeedSize]byte {
	if k.reveal == nil || !p.Granted() {
		panic("keys: Seed of the zero PrivateKey or without a permit")
	}
	return [SeedSize]byte(k.reveal().Seed())
}

// String returns a fixed text.
func (k PrivateKey) String() string { return redacted }

// GoString returns the same fixed text.
func (k PrivateKey) GoString() string { return redacted }

// Format writes the fixed text for every verb and flag, %x and %d included.
func (k PrivateKey) Format(f fmt.State, verb rune) {
	// There is nobody to tell when a write to a fmt.State fails; fmt ignores it as well.
	_, _ = io.WriteString(f, redacted)
}
