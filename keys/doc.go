// Package keys says who may sign what: public and private keys, the purposes of signatures, and
// the trust root, which lists an issuer's keys with their roles.
//
// # Signatures
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
// # Trust roots
//
// A trust root is at most MaxRootSize bytes, integers big-endian, bs a uvarint length and bytes:
//
//	header u8        0x17: format version 1, message type 7
//	flags u8         bit 0: training; no other bit may be set
//	version u16      1, 2, 3 …
//	previous 32      Root.Digest of the version before; zero in version 1
//	issued u16       Day
//	expires u16      Day, 0 for none
//	revalidate u16   hours
//	name bs          1 to 64 bytes of printable UTF-8, no space at either end
//	catalog 32       SHA-256
//	keys             count u8, then by ascending index: index u8, suite u8, roles u16, from u16,
//	                 to u16, status u8, public key bs (at most 2048)
//	policies         count u8, then by ascending role: role u16 (one bit), threshold u8, suites u16,
//	                 classes u16
//	extensions       count u8, then by ascending type: type u8, data bs
//	signatures       count u8 (at most 8), then by ascending index: index u8, signature bs
//
// A signature covers, as one field, everything before the count of signatures. Such a content has
// exactly one encoding; every other is refused. The rules that OpenRoots applies besides are at
// checkKeys, checkPolicies, checkExtensions and checkAfter in rootrules.go, and at verify in
// chain.go.
//
// The package opens no file, asks nobody and reads no clock.
package keys
