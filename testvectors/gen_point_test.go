package testvectors_test

import (
	"crypto/sha512"
	"fmt"
	"math/big"
	"slices"

	"filippo.io/edwards25519"
)

// Public keys that have to be refused.

// groupOrder is the order of the base point.
const groupOrder = "7237005577332262213973186563042994240857116359379907606001950938285454250989"

type namedPoint struct {
	name  string
	bytes []byte
}

var fieldPrime = new(big.Int).Sub(new(big.Int).Lsh(big.NewInt(1), 255), big.NewInt(19))

// littleEndian is y in 32 bytes.
func littleEndian(y *big.Int) []byte {
	b := y.FillBytes(make([]byte, 32))
	slices.Reverse(b)
	return b
}

// torsion returns the eight points whose order divides 8, as multiples of one of them.
func torsion() (all []*edwards25519.Point) {
	// A point of large order, multiplied by the order of the group, leaves its part of order 8.
	order, _ := new(big.Int).SetString(groupOrder, 10)
	for y := int64(2); ; y++ {
		p, err := new(edwards25519.Point).SetBytes(littleEndian(big.NewInt(y)))
		if err != nil {
			continue
		}
		t := multiplied(p, order)
		if multiplied(t, big.NewInt(4)).Equal(edwards25519.NewIdentityPoint()) == 0 {
			for k := int64(0); k < 8; k++ {
				all = append(all, multiplied(t, big.NewInt(k)))
			}
			return all
		}
	}
}

// multiplied adds p to itself n times: the library's scalars are reduced by the order of the group.
func multiplied(p *edwards25519.Point, n *big.Int) *edwards25519.Point {
	sum := edwards25519.NewIdentityPoint()
	for i := n.BitLen() - 1; i >= 0; i-- {
		if sum.Add(sum, sum); n.Bit(i) == 1 {
			sum.Add(sum, p)
		}
	}
	return sum
}

func smallOrder() (all []namedPoint) {
	for k, p := range torsion() {
		order := []int{1, 8, 4, 8, 2, 8, 4, 8}[k]
		all = append(all, namedPoint{fmt.Sprintf("order %d, number %d", order, k), p.Bytes()})
	}
	return all
}

// withTorsion adds a point of order 8 to a key.
func withTorsion(public []byte) []byte {
	p, err := new(edwards25519.Point).SetBytes(public)
	if err != nil {
		panic(err)
	}
	return p.Add(p, torsion()[1]).Bytes()
}

// notCanonical are encodings of points that have another encoding, too.
func notCanonical() (all []namedPoint) {
	for _, y := range []int64{0, 1, 3, 4, 5, 6, 9, 10, 14, 15, 16, 18} {
		if _, err := new(edwards25519.Point).SetBytes(littleEndian(big.NewInt(y))); err == nil {
			b := littleEndian(new(big.Int).Add(fieldPrime, big.NewInt(y)))
			all = append(all, namedPoint{fmt.Sprintf("y = p + %d", y), b})
		}
	}
	one := littleEndian(big.NewInt(1))
	one[31] |= 0x80
	minus := littleEndian(new(big.Int).Sub(fieldPrime, big.NewInt(1)))
	minus[31] |= 0x80
	return append(all, namedPoint{"y = 1 and x = -0", one}, namedPoint{"y = -1 and x = -0", minus},
		namedPoint{"y = 2^255 - 1", littleEndian(new(big.Int).Add(fieldPrime, big.NewInt(18)))})
}

// A scalarSigner signs with the scalars in the open, to make signatures that no signer makes.
type scalarSigner struct {
	secret  *edwards25519.Scalar
	public  []byte
	message []byte
}

func newScalarSigner(seed, message []byte) scalarSigner {
	sum := sha512.Sum512(seed)
	a, err := edwards25519.NewScalar().SetBytesWithClamping(sum[:32])
	if err != nil {
		panic(err)
	}
	return scalarSigner{a, newSigner(seed).public, message}
}

func scalarOf(wide [64]byte) *edwards25519.Scalar {
	s, err := edwards25519.NewScalar().SetUniformBytes(wide[:])
	if err != nil {
		panic(err)
	}
	return s
}

// challenge is SHA-512(R || A || message).
func (s scalarSigner) challenge(r []byte) *edwards25519.Scalar {
	return scalarOf(sha512.Sum512(cat(r, s.public, s.message)))
}

// withR signs with a nonce, and writes R as given.
func (s scalarSigner) withR(nonce *edwards25519.Scalar, r []byte) []byte {
	return cat(r, edwards25519.NewScalar().MultiplyAdd(s.challenge(r), s.secret, nonce).Bytes())
}

// cofactorSignature has a point of order 8 added to R.
func cofactorSignature(seed, message []byte) []byte {
	nonce := scalarOf(sha512.Sum512(cat("nonce", message)))
	r := new(edwards25519.Point).ScalarBaseMult(nonce)
	return newScalarSigner(seed, message).withR(nonce, r.Add(r, torsion()[1]).Bytes())
}

// identitySignature has the nonce 0: R is the identity, in the encoding given.
func identitySignature(seed, message, r []byte) []byte {
	return newScalarSigner(seed, message).withR(edwards25519.NewScalar(), r)
}

// mixedSignature is by a key with a part of order 8. The nonce is chosen so that this part cancels
// out, or so that it does not.
func mixedSignature(seed, message []byte, cancels bool) []byte {
	s := newScalarSigner(seed, message)
	s.public = withTorsion(s.public)
	for n := 0; ; n++ {
		nonce := scalarOf(sha512.Sum512(cat("nonce", message, u16(n))))
		r := new(edwards25519.Point).ScalarBaseMult(nonce).Bytes()
		if s.challenge(r).Bytes()[0]%8 == 0 == cancels {
			return s.withR(nonce, r)
		}
	}
}
