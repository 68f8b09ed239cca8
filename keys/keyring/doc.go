// Package keyring seals the private keys of an issuer under a passphrase.
//
// A sealed ring is text of two parts:
//
//	tallystick keyring 1 3f4a…            64 hexadecimal digits
//	-----BEGIN AGE ENCRYPTED FILE-----
//	…
//	-----END AGE ENCRYPTED FILE-----
//
// The second part is an armored age file (https://age-encryption.org/v1) for a passphrase (scrypt).
// The stock tool opens it without this program: tail -n +2 issuer.keys | age -d.
//
// The first line has the version of the format and keys.Digest("TS1/keyring", version, rest). age
// authenticates everything it encrypts, but it can't tell a damaged salt or a damaged wrapped key
// from a wrong passphrase, and a person does different things about the two. The digest tells
// them apart before the passphrase is tried. It is no protection against somebody who changes the
// file on purpose; such a file is refused by age, possibly as a wrong passphrase.
//
// What is encrypted is binary (package codec), integers big-endian, entries by ascending index:
//
//	version u8 (1), count u8, then for each entry:
//	index u8, suite u8 (1), roles u16, created u16, name uvarint length + UTF-8,
//	public key 32 bytes, seed 32 bytes
//
// age is refused under GODEBUG=fips140=only, and so are Seal and Open.
//
// The package opens no file and asks nobody for the passphrase.
package keyring
