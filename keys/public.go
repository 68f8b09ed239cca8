package keys

import (
	"crypto/ed25519"
	"crypto/sha256"
	"errors"
	"fmt"

	"filippo.io/edwards25519"
)

// ErrSignature says that a signature does not verify: another key, another purpose, other fields,
// or damage. Which of these it is can't be told.
var ErrSignature = errors.New("signature does not verify")

// ErrPublicKey is matched by every error of ParsePublicKey that is not a *SuiteError.
var ErrPublicKey = errors.New("invalid public key")

// A PublicKey verifies signatures. ParsePublicKey and PrivateKey.Public make them; the zero value
// verifies nothing. Two public keys are equal (==) when they are the same key of the same suite.
type PublicKey struct {
	suite Suite
	bytes string // a string because it can't be changed and compares with ==
}

// ParsePublicKey reads the encoded public key of a suite. For Ed25519 these are 32 bytes, and
// refused is what crypto/ed25519 would take:
//
//   - an encoding that is not the one encoding of its point, so that one key has one fingerprint;
//   - a point of small order, for which one constant signature verifies every message, or every
//     eighth: whoever enrolled it could deny or claim any statement afterwards.
//
// The error is a *SuiteError for a suite this version can't verify and matches ErrPublicKey
// otherwise.
func ParsePublicKey(suite Suite, b []byte) (PublicKey, error) {
	if !suite.Supported() {
		return PublicKey{}, &SuiteError{suite}
	}
	if err := checkEd25519(b); err != nil {
		return PublicKey{}, fmt.Errorf("%w: %v", ErrPublicKey, err)
	}
	return PublicKey{suite, string(b)}, nil
}

// checkEd25519 accepts the canonical encodings of points that are not of small order. Points that
// merely have a small-order component are accepted: with the one equation of Verify they gain
// their owner nothing, and telling them apart costs almost as much as a verification (30 us).
func checkEd25519(b []byte) error {
	if len(b) != ed25519.PublicKeySize {
		return fmt.Errorf("%d bytes where %v has %d", len(b), Ed25519, ed25519.PublicKeySize)
	}
	point, err := new(edwards25519.Point).SetBytes(b)
	if err != nil {
		return errors.New("not a point of the curve")
	}
	if string(point.Bytes()) != string(b) {
		return errors.New("not the canonical encoding of its point")
	}
	if point.MultByCofactor(point).Equal(edwards25519.NewIdentityPoint()) == 1 {
		return errors.New("point of small order, under which one signature fits any message")
	}
	return nil
}

// Suite returns the suite of the key, 0 for the zero PublicKey.
func (k PublicKey) Suite() Suite { return k.suite }

// Bytes returns a copy of the encoded key.
func (k PublicKey) Bytes() []byte { return []byte(k.bytes) }

// IsZero reports whether k is the zero PublicKey.
func (k PublicKey) IsZero() bool { return k == PublicKey{} }

// Fingerprint returns the SHA-256 of the suite (one byte) and the encoded key.
func (k PublicKey) Fingerprint() Fingerprint {
	b := make([]byte, 0, 64)
	b = append(b, byte(k.suite))
	return sha256.Sum256(append(b, k.bytes...))
}

// String returns the fingerprint as people compare it.
func (k PublicKey) String() string { return k.Fingerprint().String() }

// Verify checks that sig was made by Sign with the same purpose and the same fields. The error is
// ErrSignature, or a *SuiteError for a key that this version can't use.
//
// What is accepted is exactly what crypto/ed25519 accepts: S below the group order, R the
// canonical encoding of the one point that fits (the equation without cofactor). So nobody but the
// signer can make a second signature for a message. Verifiers with the cofactor, which batch
// verification needs, accept more: one must not replace this one without a change of suite.
func (k PublicKey) Verify(p Purpose, sig []byte, fields ...[]byte) error {
	if !k.suite.Supported() {
		return &SuiteError{k.suite}
	}
	if p.label == "" || len(sig) != ed25519.SignatureSize {
		return ErrSignature
	}
	if !ed25519.Verify(ed25519.PublicKey(k.bytes), message(p.label, fields), sig) {
		return ErrSignature
	}
	return nil
}
