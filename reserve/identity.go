package reserve

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"io"

	"tallystick/keys"
)

// The receipt chain: 2,048 positions of 80 bits, two for each number (SPEC.md, "Receipt chain").
const (
	chainLength = 2048
	secretBits  = secretSize * 8
	secretSize  = 10

	// LastNumber is the last number an authorization can carry; the chain ends there.
	LastNumber Number = 1023
	// LastPosition is the last position a receipt can prove.
	LastPosition Position = chainLength - 1
)

type (
	// A Number counts the authorizations of one device identity: 1, 2, 3 …; 0 is none.
	Number uint16
	// A Position is a place in the receipt chain. 2n says "n is installed and everything before it
	// is dead", 2n+1 says "everything up to n is dead". 0 is the anchor, which proves nothing.
	Position uint16
	// A Secret is the 80-bit value that proves a position.
	Secret [secretSize]byte
	// DID is the digest of a device identity: the key, the receipt chain's anchor and the UDI.
	DID [32]byte
)

// Floor returns f: every authorization numbered below f is dead on a device that revealed p.
func (p Position) Floor() Number { return Number((p + 1) / 2) }

// ConfirmationAt returns the position that confirms n.
func ConfirmationAt(n Number) Position { return Position(2 * n) }

// ReturnAt returns the position that gives up everything through n.
func ReturnAt(n Number) Position { return Position(2*n + 1) }

// String returns the fingerprint people compare: 80 bits as four groups of four characters.
func (d DID) String() string { return keys.Fingerprint(d).String() }

// Locator returns the first 20 bits, which a receipt carries as a look-up hint.
func (d DID) Locator() uint32 { return uint32(d[0])<<12 | uint32(d[1])<<4 | uint32(d[2])>>4 }

// Prefix returns the four bytes by which authorizations and status reports name a device.
func (d DID) Prefix() [4]byte { return [4]byte(d[:4]) }

// An Identity is what the issuer knows of one device: UDI, public key and the anchor of its
// receipt chain. It has no secret. The zero value is no identity.
type Identity struct {
	udi    UDI
	public keys.PublicKey
	anchor [16]byte
	salt   [16]byte
	did    DID
}

func newIdentity(udi UDI, public keys.PublicKey, anchor [16]byte) Identity {
	id := Identity{udi: udi, public: public, anchor: anchor, salt: chainSalt(udi, public)}
	id.did = DID(keys.Digest("TS1/did", keyPrefix(public), anchor[:], be16(chainLength), []byte{secretBits}, []byte(udi.String())))
	return id
}

// UDI returns product ID and serial number.
func (id Identity) UDI() UDI { return id.udi }

// Public returns the device's public key.
func (id Identity) Public() keys.PublicKey { return id.public }

// DID returns the digest that every authorization for this device is signed over.
func (id Identity) DID() DID { return id.did }

// IsZero reports whether id is no identity.
func (id Identity) IsZero() bool { return id.udi.IsZero() }

func keyPrefix(public keys.PublicKey) []byte {
	f := public.Fingerprint()
	return f[:16]
}

func chainSalt(udi UDI, public keys.PublicKey) [16]byte {
	d := keys.Digest("TS1/salt", keyPrefix(public), []byte(udi.String()))
	return [16]byte(d[:16])
}

// down steps a chain value from position i+1 to position i. Each step is salted with the identity
// and the position, so that one search can't serve many devices (T/Key, CCS 2017).
func (id Identity) down(i Position, x Secret) Secret { return id.walk(x, i+1, i) }

// walk brings x from position from down to position to: from-to times
// Digest("TS1/floor", salt, position, value). The message is laid out once and its last two fields
// are overwritten, since a device walks the whole chain each time it starts.
func (id Identity) walk(x Secret, from, to Position) Secret {
	m := append([]byte("TS1/floor\x00"), keys.PAE(id.salt[:], be16(0), x[:])...)
	value := m[len(m)-secretSize:]
	position := m[len(m)-secretSize-8-2:] // before the eight bytes that give the value's length
	for i := from; i > to; i-- {
		binary.BigEndian.PutUint16(position, uint16(i-1))
		sum := sha256.Sum256(m)
		copy(value, sum[:])
	}
	return Secret(value)
}

// proves reports whether x is the secret of position p, from 1 to LastPosition, by walking down
// to a known position or, where known is 0, to the anchor.
func (id Identity) proves(x Secret, p, known Position, at Secret) bool {
	if p < 1 || p > LastPosition || p < known {
		return false
	}
	if known >= 1 {
		return hmac.Equal(sliceOf(id.walk(x, p, known)), at[:])
	}
	return id.anchorOf(id.walk(x, p, 1)) == id.anchor
}

func sliceOf(s Secret) []byte { return s[:] }

func (id Identity) anchorOf(x1 Secret) [16]byte {
	d := keys.Digest("TS1/anchor", id.salt[:], x1[:])
	return [16]byte(d[:16])
}

// A seed is the device's one secret: its signing key and its receipt chain come from it.
type seed struct{ b [32]byte }

func newSeed(rand io.Reader) (seed, error) {
	var s seed
	_, err := io.ReadFull(rand, s.b[:])
	return s, err
}

func (s seed) derive(label string) [32]byte {
	mac := hmac.New(sha256.New, s.b[:])
	mac.Write([]byte(label))
	return [32]byte(mac.Sum(nil))
}

func (s seed) key() keys.PrivateKey { return keys.PrivateKeyFromSeed(s.derive("TS1/seed-key")) }

func (s seed) chainEnd() Secret {
	d := s.derive("TS1/seed-chain")
	return Secret(d[:secretSize])
}

// identity derives the public identity of a device with this seed.
func (s seed) identity(udi UDI) Identity {
	public := s.key().Public()
	id := Identity{salt: chainSalt(udi, public)}
	return newIdentity(udi, public, id.anchorOf(id.walk(s.chainEnd(), chainLength, 1)))
}

// secret returns the value at position p.
func (s seed) secret(id Identity, p Position) Secret {
	return id.walk(s.chainEnd(), chainLength, p)
}

// String keeps the seed out of messages.
func (seed) String() string   { return "seed(hidden)" }
func (seed) GoString() string { return "seed(hidden)" }

func be16(v uint16) []byte { return binary.BigEndian.AppendUint16(nil, v) }
