package testvectors_test

import (
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"math/big"
	"slices"
	"strings"
)

// Messages are built from SPEC.md here, without package reserve: it would refuse to build what is
// wrong, and what one program both writes and reads proves little.

// secret returns 32 bytes that stand for random ones.
func secret(label string) []byte {
	sum := sha256.Sum256([]byte("tallystick vectors: " + label))
	return sum[:]
}

// cat joins what a message is made of: byte slices, strings, and one byte for an int.
func cat(parts ...any) (b []byte) {
	for _, p := range parts {
		switch p := p.(type) {
		case []byte:
			b = append(b, p...)
		case hexed:
			b = append(b, p...)
		case string:
			b = append(b, p...)
		case int:
			b = append(b, byte(p))
		case byte:
			b = append(b, p)
		default:
			panic("not a part of a message")
		}
	}
	return b
}

func u16(v int) []byte { return binary.BigEndian.AppendUint16(nil, uint16(v)) }

func u64(v int) []byte { return binary.BigEndian.AppendUint64(nil, uint64(v)) }

func uv(v int) []byte { return binary.AppendUvarint(nil, uint64(v)) }

func bs(b []byte) []byte { return append(uv(len(b)), b...) }

func zeros(n int) []byte { return make([]byte, n) }

// pae is the framing of SPEC.md.
func pae(list ...[]byte) []byte {
	b := u64(len(list))
	for _, f := range list {
		b = append(append(b, u64(len(f))...), f...)
	}
	return b
}

func labeled(label string, list ...[]byte) []byte { return cat(label, 0, pae(list...)) }

func digest(label string, list ...[]byte) []byte {
	sum := sha256.Sum256(labeled(label, list...))
	return sum[:]
}

// payload appends the digest of a code to its body.
func payload(kind int, body []byte) []byte {
	sum := sha256.Sum256(cat("TS1/code", 0, u16(kind), body))
	return cat(body, sum[:4])
}

// A signer is a key pair of suite 1.
type signer struct {
	public []byte
	key    ed25519.PrivateKey
}

func newSigner(seed []byte) signer {
	key := ed25519.NewKeyFromSeed(seed)
	return signer{key[32:], key}
}

func (s signer) sign(label string, list ...[]byte) []byte {
	return ed25519.Sign(s.key, labeled(label, list...))
}

func fingerprintOf(suite int, public []byte) []byte {
	sum := sha256.Sum256(cat(suite, public))
	return sum[:]
}

// shortened is what people compare of a digest.
func shortened(sum []byte) string {
	return strings.ReplaceAll(inGroups(base32Of(sum[:10])), " ", "-")
}

const udiCharacters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ._/+=-:"

// packedUDI returns the length of a UDI and its characters, packed.
func packedUDI(udi string) []byte { return cat(len(udi), packedText(udi)) }

func packedText(text string) (b []byte) {
	acc, bits := 0, 0
	push := func(v, width int) {
		for acc, bits = acc<<width|v, bits+width; bits >= 8; {
			bits -= 8
			b = append(b, byte(acc>>bits))
			acc &= 1<<bits - 1
		}
	}
	at := func(i int) int { return strings.IndexByte(udiCharacters, text[i]) }
	for i := 0; i+1 < len(text); i += 2 {
		push(43*at(i)+at(i+1), 11)
	}
	if len(text)%2 == 1 {
		push(at(len(text)-1), 6)
	}
	if bits > 0 {
		push(0, 8-bits)
	}
	return b
}

// A device is the identity of one, with its secret.
type device struct {
	seed, udi  []byte
	key        signer
	keyDigest  []byte
	salt       []byte
	x          [2049][]byte // x[1] to x[2048]
	anchor     []byte
	did        []byte
	signerSeed []byte
}

func newDevice(seed []byte, udi string) *device {
	derive := func(label string) []byte {
		mac := hmac.New(sha256.New, seed)
		mac.Write([]byte(label))
		return mac.Sum(nil)
	}
	d := &device{seed: seed, udi: []byte(udi), signerSeed: derive("TS1/seed-key")}
	d.key = newSigner(d.signerSeed)
	d.keyDigest = fingerprintOf(1, d.key.public)[:16]
	d.salt = digest("TS1/salt", d.keyDigest, d.udi)[:16]
	d.x[2048] = derive("TS1/seed-chain")[:10]
	for i := 2047; i >= 1; i-- {
		d.x[i] = digest("TS1/floor", d.salt, u16(i), d.x[i+1])[:10]
	}
	d.anchor = digest("TS1/anchor", d.salt, d.x[1])[:16]
	d.did = digest("TS1/did", d.keyDigest, d.anchor, u16(2048), []byte{80}, d.udi)
	return d
}

// request returns the body of the device's request.
func (d *device) request(root, catalog int) []byte {
	return cat(0x11, 0, 1, d.key.public, d.anchor, u16(root), u16(catalog), packedUDI(string(d.udi)), 0)
}

// receipt returns the body of the device's receipt at a position.
func (d *device) receipt(position int) []byte { return receiptBody(d.did, d.x[position]) }

func receiptBody(did, x []byte) []byte {
	b := make([]byte, 13)
	b[0], b[1], b[2] = did[0], did[1], did[2]&0xf0
	for i, c := range x {
		b[2+i] |= c >> 4
		b[3+i] = c << 4
	}
	return b
}

// withOrder adds the order of the group to the S of a signature: the same point, another encoding.
func withOrder(signature []byte) []byte {
	order, _ := new(big.Int).SetString(groupOrder, 10)
	s := slices.Clone(signature[32:])
	slices.Reverse(s)
	sum := order.Add(order, new(big.Int).SetBytes(s))
	return cat(signature[:32], littleEndian(sum))
}

// plainSignature signs bytes as they are.
func plainSignature(s signer, message []byte) []byte { return ed25519.Sign(s.key, message) }
