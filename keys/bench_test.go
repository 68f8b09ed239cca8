package keys

import (
	"crypto/ed25519"
	"testing"
)

// The message of an authorization with three entitlements, and what surrounds it.
var benchFields = [][]byte{make([]byte, 32), make([]byte, 32), make([]byte, 111)}

func BenchmarkSign(b *testing.B) {
	key := testKey(0)
	b.ReportAllocs()
	for b.Loop() {
		key.Sign(Authorization, benchFields...)
	}
}

func BenchmarkSignBare(b *testing.B) {
	seed := testKey(0).reveal()
	m := message(Authorization.label, benchFields)
	b.ReportAllocs()
	for b.Loop() {
		ed25519.Sign(seed, m)
	}
}

func BenchmarkVerify(b *testing.B) {
	key := testKey(0)
	sig := key.Sign(Authorization, benchFields...)
	b.ReportAllocs()
	for b.Loop() {
		if err := key.Public().Verify(Authorization, sig, benchFields...); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkVerifyBare(b *testing.B) {
	key := testKey(0)
	public, m := key.Public().Bytes(), message(Authorization.label, benchFields)
	sig := key.Sign(Authorization, benchFields...)
	b.ReportAllocs()
	for b.Loop() {
		if !ed25519.Verify(public, m, sig) {
			b.Fatal("does not verify")
		}
	}
}

func BenchmarkParsePublicKey(b *testing.B) {
	public := testKey(0).Public().Bytes()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := ParsePublicKey(Ed25519, public); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkOpenRoots opens three versions with five or six keys and two or three signatures each.
func BenchmarkOpenRoots(b *testing.B) {
	list := readHex(b)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := OpenRoots(list); err != nil {
			b.Fatal(err)
		}
	}
}
