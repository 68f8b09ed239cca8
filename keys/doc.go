// Package keys says who may sign what: public and private keys, the purposes of signatures, and
// the trust root, which lists an issuer's keys with their roles.
//
// A signature is plain Ed25519 (RFC 8032) over
//
//	label || 0x00 || PAE(fields)
//
// where the label is the one of the Purpose and PAE frames the fields, so that a signature made
// for one kind of statement never verifies for another, nor for other fields that happen to join
// to the same bytes. Ed25519ctx and X25519 are not used because GODEBUG=fips140=only refuses them;
// everything in this package works there.
//
// The package opens no file, asks nobody and reads no clock.
package keys
