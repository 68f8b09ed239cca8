package reserve

import "tallystick/codec"

// version is the protocol's version, in the high four bits of every message's first byte; the
// kind's number is in the low four.
const version = 1

// The kinds of code. Letters and numbers are never used again for another kind (SPEC.md,
// "Registry"). Max is in bytes of body, before the digest; that of a bundle keeps its text, lines and
// all, under a mebibyte.
var (
	RequestKind       = codec.Kind{Name: "request code", Letter: 'R', Number: 1, Max: 1 << 10}
	AuthorizationKind = codec.Kind{Name: "authorization code", Letter: 'A', Number: 2, Max: 16 << 10}
	ReceiptKind       = codec.Kind{Name: "confirmation or return code", Letter: 'C', Number: 3, Bits: receiptBits, Max: receiptSize}
	StatusKind        = codec.Kind{Name: "status report", Letter: 'S', Number: 4, Max: 1 << 10}
	UsageKind         = codec.Kind{Name: "usage report", Letter: 'U', Number: 5, Max: 4 << 10}
	AckKind           = codec.Kind{Name: "acknowledgment", Letter: 'K', Number: 6, Max: 1 << 10}
	RootKind          = codec.Kind{Name: "trust root", Letter: 'T', Number: 7, Max: 32 << 10}
	GrantKind         = codec.Kind{Name: "quota grant", Letter: 'G', Number: 8, Max: 16 << 10}
	SyncKind          = codec.Kind{Name: "synchronization", Letter: 'Y', Number: 9, Max: 1 << 20}
	BundleKind        = codec.Kind{Name: "trust bundle", Letter: 'B', Number: 10, Max: 600 << 10}
)

// Kinds returns every kind that can be named, those that this version refuses as unsupported too.
func Kinds() []codec.Kind {
	return []codec.Kind{RequestKind, AuthorizationKind, ReceiptKind, StatusKind, UsageKind, AckKind,
		RootKind, GrantKind, SyncKind, BundleKind}
}

// Supported reports whether this version reads codes of kind k. The others have their numbers
// reserved, so that they are named, not mistaken.
func Supported(k codec.Kind) bool {
	switch k.Number {
	case RequestKind.Number, AuthorizationKind.Number, ReceiptKind.Number, StatusKind.Number, BundleKind.Number:
		return true
	}
	return false
}

// header writes the two bytes that begin every message but a receipt.
func header(w *codec.Writer, k codec.Kind, flags uint8) {
	w.U8(version<<4 | uint8(k.Number))
	w.U8(flags)
}

// readHeader checks size, version and kind of a message and returns the flags. Flags outside allowed
// are features that this version does not know.
func readHeader(r *codec.Reader, k codec.Kind, allowed uint8) (uint8, error) {
	if r.Len() > k.Max {
		return 0, Refuse(Malformed, "%s of %d bytes, at most %d", k.Name, r.Len(), k.Max)
	}
	first, flags := r.U8(), r.U8()
	if r.Err() != nil {
		return 0, malformed(k, r.Err())
	}
	if first>>4 != version {
		return 0, Refuse(Unsupported, "%s of protocol version %d; this program knows version %d", k.Name, first>>4, version)
	}
	if uint16(first&15) != k.Number {
		return 0, Refuse(Malformed, "%s: its first byte names another kind", k.Name)
	}
	if flags&^allowed != 0 {
		return 0, Refuse(Unsupported, "%s uses a feature this program does not know (flags %#02x)", k.Name, flags&^allowed)
	}
	return flags, nil
}

func malformed(k codec.Kind, err error) error {
	return Refuse(Malformed, "%s: %v", k.Name, err)
}

// An extension is a numbered addition to a message. Types from 128 on are critical: who doesn't
// know one refuses the message. Others are kept and covered by the signature.
type extension struct {
	kind uint8
	data []byte
}

const (
	maxExtensions    = 15
	maxExtensionSize = 4 << 10
	criticalBit      = 0x80
)

func writeExtensions(w *codec.Writer, list []extension) {
	for _, e := range list {
		w.U8(e.kind)
		w.Bytes(e.data)
	}
}

// readExtensions reads n extensions: ascending, unique, none critical, since none is known yet.
// The second result is the refusal for a critical one.
func readExtensions(r *codec.Reader, k codec.Kind, n int) ([]extension, error) {
	if n > maxExtensions {
		r.Fail("%d extensions, at most %d", n, maxExtensions)
		return nil, nil
	}
	var list []extension
	var refused error
	for i := 0; i < n && r.Err() == nil; i++ {
		e := extension{r.U8(), r.Bytes(maxExtensionSize)}
		if i > 0 && e.kind <= list[i-1].kind {
			r.Fail("extensions out of order")
		}
		if e.kind&criticalBit != 0 && refused == nil {
			refused = Refuse(Unsupported, "%s needs extension %#02x, which this program does not know", k.Name, e.kind)
		}
		list = append(list, e)
	}
	return list, refused
}
