package codec

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
)

const (
	// MaxTyped is the size, in payload bytes, up to which a code is offered as typed lines.
	MaxTyped = 512

	// DigestSize is the size in bytes of the digest that ends every payload of whole bytes.
	DigestSize = 4

	// MaxSpellings is the most bodies that a Reading offers for one text.
	MaxSpellings = 16

	// MaxText is the size in bytes up to which Decode looks at a text.
	MaxText = 3 << 19
)

// A Kind names one kind of code: what it is called, how it is marked, and how long it may be. The
// kinds of the protocol are declared by its package; this one takes them as parameters.
type Kind struct {
	// Name is what people call it, for messages: "authorization code".
	Name string

	// Letter, A to Z, marks the paste form: "TS1", the letter, ":".
	Letter byte

	// Number, 1 to 1023, goes into every line's check characters but is not shown, so that a line
	// of one kind does not read as a line of another.
	Number uint16

	// Bits is the exact length of the body in bits, at most 160, for a kind that is one line and
	// relies on that line's check alone. The body then has (Bits+7)/8 bytes, and the bits that fill
	// up the last byte are zero. With Bits 0 a body is whole bytes, and a digest follows it.
	Bits int

	// Max is the most bytes a body may have. A kind with Bits ignores it.
	Max int
}

// check returns an error for a kind that can't be encoded: a mistake in a program.
func (k Kind) check() error {
	switch {
	case k.Number == 0 || k.Number > fieldOrder:
		return fmt.Errorf("kind %q: number %d is not in 1 to %d", k.Name, k.Number, fieldOrder)
	case k.Letter < 'A' || k.Letter > 'Z':
		return fmt.Errorf("kind %q: letter %q is not in A to Z", k.Name, k.Letter)
	case k.Bits < 0 || k.Bits > lineBits:
		return fmt.Errorf("kind %q: %d bits do not fit one line of %d", k.Name, k.Bits, lineBits)
	}
	return nil
}

// checkBody returns an error unless body is one that this kind can carry.
func (k Kind) checkBody(body []byte) error {
	if k.Bits == 0 {
		if len(body) > k.Max {
			return fmt.Errorf("%s of %d bytes: at most %d are allowed", k.Name, len(body), k.Max)
		}
		return nil
	}
	if want := (k.Bits + 7) / 8; len(body) != want {
		return fmt.Errorf("%s of %d bytes: it has %d", k.Name, len(body), want)
	}
	if fill := 8*len(body) - k.Bits; body[len(body)-1]&(1<<fill-1) != 0 {
		return fmt.Errorf("%s of %d bits: the bits after them are not zero", k.Name, k.Bits)
	}
	return nil
}

// digest returns the bytes that end the payload of a kind without Bits. They find mixed lines and
// damaged pastes. Nothing that matters rests on them: they are no signature.
func (k Kind) digest(body []byte) [DigestSize]byte {
	h := sha256.New()
	h.Write(k.digestPrefix())
	h.Write(body)
	return [DigestSize]byte(h.Sum(nil))
}

func (k Kind) digestPrefix() []byte {
	return binary.BigEndian.AppendUint16([]byte("TS1/code\x00"), k.Number)
}

// payloadBits returns the length of a payload of so many bytes, in bits.
func (k Kind) payloadBits(size int) int {
	if k.Bits != 0 {
		return k.Bits
	}
	return 8 * size
}
