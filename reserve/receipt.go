package reserve

import (
	"tallystick/codec"
)

const (
	locatorBits = 20
	receiptBits = locatorBits + secretBits
	receiptSize = (receiptBits + 7) / 8
)

// A Receipt is a device's confirmation, return or cancellation code: 20 bits that help to find
// the device and the secret of one chain position. Which position isn't said; the chain says it.
type Receipt struct {
	locator uint32
	secret  Secret
}

// ParseReceipt reads the body of a receipt. Any 100 bits are a receipt; only Books.Receive, with
// the identity, tells whether it proves anything.
func ParseReceipt(body []byte) (Receipt, error) {
	if len(body) != receiptSize || body[receiptSize-1]&15 != 0 {
		return Receipt{}, Refuse(Malformed, "%s: expected %d bits", ReceiptKind.Name, receiptBits)
	}
	var r Receipt
	r.locator = uint32(body[0])<<12 | uint32(body[1])<<4 | uint32(body[2])>>4
	for i := range r.secret {
		r.secret[i] = body[2+i]<<4 | body[3+i]>>4
	}
	return r, nil
}

// Locator returns the first 20 bits of the DID, a hint only.
func (r Receipt) Locator() uint32 { return r.locator }

// Body returns the 13 bytes of the message: 100 bits and four zero bits.
func (r Receipt) Body() []byte {
	b := make([]byte, receiptSize)
	b[0], b[1], b[2] = byte(r.locator>>12), byte(r.locator>>4), byte(r.locator<<4)
	for i, x := range r.secret {
		b[2+i] |= x >> 4
		b[3+i] = x << 4
	}
	return b
}

// Code returns the receipt ready to be shown: 28 characters.
func (r Receipt) Code() codec.Code { return mustEncode(ReceiptKind, r.Body()) }
