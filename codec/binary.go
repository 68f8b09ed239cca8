package codec

import (
	"fmt"
	"math"

	"golang.org/x/crypto/cryptobyte"
)

// maxUvarint is the longest encoding of an unsigned variable-length integer, in bytes.
const maxUvarint = 5

// A Writer builds a message: fixed-width big-endian integers, variable-length integers and
// length-prefixed byte strings, one after another with nothing between them. The zero value is not
// usable; call NewWriter.
type Writer struct {
	b *cryptobyte.Builder
}

// usualSize has room for every message that is typed, so that writing one allocates once.
const usualSize = 128

// NewWriter returns an empty Writer.
func NewWriter() *Writer {
	return &Writer{b: cryptobyte.NewBuilder(make([]byte, 0, usualSize))}
}

// U8 appends one byte.
func (w *Writer) U8(v uint8) { w.b.AddUint8(v) }

// U16 appends two bytes, big-endian.
func (w *Writer) U16(v uint16) { w.b.AddUint16(v) }

// U32 appends four bytes, big-endian.
func (w *Writer) U32(v uint32) { w.b.AddUint32(v) }

// U64 appends eight bytes, big-endian.
func (w *Writer) U64(v uint64) { w.b.AddUint64(v) }

// Raw appends b as it is. The reader has to know its length.
func (w *Writer) Raw(b []byte) { w.b.AddBytes(b) }

// Uvarint appends v in LEB128: seven bits a byte, least significant first, bit 7 set on all bytes
// but the last; 1 to 5 bytes. It panics when v does not fit 32 bits, because no Reader would take
// it back.
func (w *Writer) Uvarint(v uint64) {
	if v > math.MaxUint32 {
		panic(fmt.Sprintf("codec: Uvarint of %d, which does not fit 32 bits", v))
	}
	for v >= 0x80 {
		w.b.AddUint8(byte(v) | 0x80)
		v >>= 7
	}
	w.b.AddUint8(byte(v))
}

// Bytes appends the length of b as a Uvarint, then b.
func (w *Writer) Bytes(b []byte) {
	w.Uvarint(uint64(len(b)))
	w.b.AddBytes(b)
}

// Finish returns everything written. The Writer must not be used afterwards.
func (w *Writer) Finish() []byte { return w.b.BytesOrPanic() }

// A Reader takes a message apart, in the order in which a Writer built it. The first thing that
// goes wrong is kept, every read after it returns zero values, and End reports it: a parser reads
// all its fields and looks for an error once. What is read is a copy and stays valid when the input
// is changed.
//
// Whatever a Reader accepts, a Writer writes back byte for byte. That is why a variable-length
// integer with a needless zero byte at its end is refused.
type Reader struct {
	left cryptobyte.String
	size int
	err  error
}

// NewReader returns a Reader of b, which must not change while it is read.
func NewReader(b []byte) *Reader { return &Reader{left: b, size: len(b)} }

// U8 reads one byte.
func (r *Reader) U8() (v uint8) {
	if r.err == nil && !r.left.ReadUint8(&v) {
		r.short("1 byte")
	}
	return v
}

// U16 reads two bytes, big-endian.
func (r *Reader) U16() (v uint16) {
	if r.err == nil && !r.left.ReadUint16(&v) {
		r.short("2 bytes")
	}
	return v
}

// U32 reads four bytes, big-endian.
func (r *Reader) U32() (v uint32) {
	if r.err == nil && !r.left.ReadUint32(&v) {
		r.short("4 bytes")
	}
	return v
}

// U64 reads eight bytes, big-endian.
func (r *Reader) U64() (v uint64) {
	if r.err == nil && !r.left.ReadUint64(&v) {
		r.short("8 bytes")
	}
	return v
}

// Raw reads n bytes and returns a copy of them.
func (r *Reader) Raw(n int) []byte {
	if r.err != nil {
		return nil
	}
	if n < 0 || n > len(r.left) {
		r.short(fmt.Sprintf("%d bytes", n))
		return nil
	}
	b := make([]byte, n)
	r.left.CopyBytes(b)
	return b
}

// Uvarint reads what Writer.Uvarint wrote. An encoding that is longer than it has to be, or that
// does not fit 32 bits, is an error.
func (r *Reader) Uvarint() uint32 {
	if r.err != nil {
		return 0
	}
	var v uint64
	for i := 0; i < maxUvarint; i++ {
		var b uint8
		if !r.left.ReadUint8(&b) {
			r.short("a variable-length integer")
			return 0
		}
		v |= uint64(b&0x7f) << (7 * i)
		if b&0x80 != 0 {
			continue
		}
		switch {
		case b == 0 && i > 0:
			r.Fail("variable-length integer is not in its shortest form")
		case v > math.MaxUint32:
			r.Fail("variable-length integer does not fit 32 bits")
		default:
			return uint32(v)
		}
		return 0
	}
	r.Fail("variable-length integer is longer than %d bytes", maxUvarint)
	return 0
}

// Bytes reads what Writer.Bytes wrote and returns a copy. A length above max is an error, found
// before anything is allocated.
func (r *Reader) Bytes(max int) []byte {
	n := r.Uvarint()
	if r.err != nil {
		return nil
	}
	if int64(n) > int64(max) {
		r.Fail("%d bytes where at most %d are allowed", n, max)
		return nil
	}
	return r.Raw(int(n))
}

// Len returns the number of bytes not read yet, 0 after a failure.
func (r *Reader) Len() int { return len(r.left) }

// Fail records an error at the present offset, unless one was recorded before, and makes every
// later read return zero values. Parsers call it for what they find wrong with a value.
func (r *Reader) Fail(format string, args ...any) {
	if r.err != nil {
		return
	}
	r.err = fmt.Errorf("codec: offset %d: %w", r.size-len(r.left), fmt.Errorf(format, args...))
	r.left = nil
}

// Err returns the first error, nil while all is well.
func (r *Reader) Err() error { return r.err }

// End returns the first error, or an error when bytes are left over.
func (r *Reader) End() error {
	if n := len(r.left); r.err == nil && n > 0 {
		r.Fail("%d bytes too many", n)
	}
	return r.err
}

func (r *Reader) short(want string) {
	r.Fail("%s expected, %d left", want, len(r.left))
}
