// Package seed guards the one way out for a private key.
//
// The keyring has to write seeds down; nothing else may read them. A method of keys.PrivateKey
// that takes a Permit can be called by the packages below keys alone, because only they may import
// this package: the compiler keeps the rule that a comment would only ask for.
package seed

// A Permit is what keys.PrivateKey.Seed asks for. The zero Permit, which type inference would hand
// to anybody, permits nothing.
type Permit struct {
	granted bool
}

// Grant returns a Permit.
func Grant() Permit { return Permit{true} }

// Granted reports whether p came from Grant.
func (p Permit) Granted() bool { return p.granted }
