package reserve

import (
	"strings"

	"tallystick/codec"
)

// Sizes of a UDI in characters.
const (
	MaxProductID = 32
	MaxSerial    = 64
	maxUDI       = MaxProductID + 1 + MaxSerial
)

// A UDI identifies one product instance: product ID and serial number, written PID:SN. Both are
// upper case; a product ID may end in "=", as spare parts do. The zero value is no device.
type UDI struct {
	product, serial string
}

// udiAlphabet lists the characters of a UDI; a character's place is its value when packed.
const udiAlphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ._/+=-:"

// NewUDI returns the UDI of a product ID and a serial number, which it turns to upper case.
// A refusal for InvalidName says which of the two is wrong and what is allowed.
func NewUDI(product, serial string) (UDI, error) {
	u := UDI{upper(strings.TrimSpace(product)), upper(strings.TrimSpace(serial))}
	if !validUDIPart(u.product, MaxProductID) {
		return UDI{}, Refuse(InvalidName, "product ID %q: 1 to %d of A-Z 0-9 . _ / + = -, beginning with a letter or digit",
			clip(product), MaxProductID)
	}
	if !validUDIPart(u.serial, MaxSerial) {
		return UDI{}, Refuse(InvalidName, "serial number %q: 1 to %d of A-Z 0-9 . _ / + = -, beginning with a letter or digit",
			clip(serial), MaxSerial)
	}
	return u, nil
}

// upper turns a-z to upper case and leaves the rest: Unicode has letters whose upper case is ASCII.
func upper(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' {
			return r - 'a' + 'A'
		}
		return r
	}, s)
}

// ParseUDI reads PID:SN in any case. Its refusals are those of NewUDI.
func ParseUDI(s string) (UDI, error) {
	product, serial, ok := strings.Cut(s, ":")
	if !ok {
		return UDI{}, Refuse(InvalidName, "device %q: expected product ID and serial number as PID:SN", clip(s))
	}
	return NewUDI(product, serial)
}

func validUDIPart(s string, most int) bool {
	if len(s) == 0 || len(s) > most {
		return false
	}
	for i := 0; i < len(s); i++ {
		at := strings.IndexByte(udiAlphabet, s[i])
		if at < 0 || s[i] == ':' || (i == 0 && at >= 36) {
			return false
		}
	}
	return true
}

// clip bounds text from outside before it enters a message.
func clip(s string) string {
	if len(s) > 100 {
		return s[:100] + "…"
	}
	return s
}

// Product returns the product ID.
func (u UDI) Product() string { return u.product }

// Serial returns the serial number.
func (u UDI) Serial() string { return u.serial }

// IsZero reports whether u identifies no device.
func (u UDI) IsZero() bool { return u.product == "" }

// String returns PID:SN, which is also the spelling that is signed and hashed.
func (u UDI) String() string {
	if u.IsZero() {
		return ""
	}
	return u.product + ":" + u.serial
}

// pack writes u as a length in characters (1 byte) and its characters, two in 11 bits: their
// values base 43, the odd last one in 6 bits. The pad bits are zero (SPEC.md, "UDI").
func (u UDI) pack(w *codec.Writer) {
	s := u.String()
	var out []byte
	var acc, bits uint
	push := func(value, width uint) {
		acc, bits = acc<<width|value, bits+width
		for bits >= 8 {
			bits -= 8
			out = append(out, byte(acc>>bits))
		}
	}
	value := func(i int) uint { return uint(strings.IndexByte(udiAlphabet, s[i])) }
	for i := 0; i+1 < len(s); i += 2 {
		push(value(i)*43+value(i+1), 11)
	}
	if len(s)%2 == 1 {
		push(value(len(s)-1), 6)
	}
	if bits > 0 {
		push(0, 8-bits)
	}
	w.U8(uint8(len(s)))
	w.Raw(out)
}

// unpackUDI reads what pack wrote and accepts nothing else.
func unpackUDI(r *codec.Reader) UDI {
	n := int(r.U8())
	if n > maxUDI {
		r.Fail("UDI of %d characters, at most %d", n, maxUDI)
		return UDI{}
	}
	size := (n/2*11 + n%2*6 + 7) / 8
	packed := r.Raw(size)
	if r.Err() != nil {
		return UDI{}
	}
	text, ok := unpackText(packed, n)
	u, err := ParseUDI(text)
	if !ok || err != nil || u.String() != text {
		r.Fail("not a packed UDI")
		return UDI{}
	}
	return u
}

func unpackText(packed []byte, n int) (string, bool) {
	var acc, bits uint
	pull := func(width uint) uint {
		for bits < width {
			acc, bits = acc<<8|uint(packed[0]), bits+8
			packed = packed[1:]
		}
		bits -= width
		v := acc >> bits
		acc &= 1<<bits - 1
		return v
	}
	var b strings.Builder
	for i := 0; i+1 < n; i += 2 {
		pair := pull(11)
		if pair >= 43*43 {
			return "", false
		}
		b.WriteByte(udiAlphabet[pair/43])
		b.WriteByte(udiAlphabet[pair%43])
	}
	if n%2 == 1 {
		last := pull(6)
		if last >= 43 {
			return "", false
		}
		b.WriteByte(udiAlphabet[last])
	}
	return b.String(), acc == 0
}
