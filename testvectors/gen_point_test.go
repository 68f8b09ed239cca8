package testvectors_test

import (
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
