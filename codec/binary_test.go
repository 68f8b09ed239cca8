package codec

import (
	"bytes"
	"math"
	"testing"

	"pgregory.net/rapid"
)

func TestBinaryRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := rapid.Uint8().Draw(t, "u8"), rapid.Uint16().Draw(t, "u16")
		c, d := rapid.Uint32().Draw(t, "u32"), rapid.Uint64().Draw(t, "u64")
		v := rapid.Uint32().Draw(t, "uvarint")
		raw := rapid.SliceOfN(rapid.Byte(), 0, 40).Draw(t, "raw")
		str := rapid.SliceOfN(rapid.Byte(), 0, 300).Draw(t, "bytes")

		w := NewWriter()
		w.U8(a)
		w.U16(b)
		w.U32(c)
		w.U64(d)
		w.Uvarint(uint64(v))
		w.Raw(raw)
		w.Bytes(str)
		r := NewReader(w.Finish())
		if r.U8() != a || r.U16() != b || r.U32() != c || r.U64() != d || r.Uvarint() != v {
			t.Fatal("integers differ")
		}
		if !bytes.Equal(r.Raw(len(raw)), raw) || !bytes.Equal(r.Bytes(300), str) {
			t.Fatal("byte strings differ")
		}
		if err := r.End(); err != nil {
			t.Fatal(err)
		}
	})
}

func TestReaderRefuses(t *testing.T) {
	uvarint := func(r *Reader) { r.Uvarint() }
	tests := []struct {
		name  string
		input []byte
		read  func(*Reader)
		want  string
	}{
		{"no byte", nil, func(r *Reader) { r.U8() }, "codec: offset 0: 1 byte expected, 0 left"},
		{"half an integer", []byte{1, 2, 3}, func(r *Reader) { r.U8(); r.U32() },
			"codec: offset 1: 4 bytes expected, 2 left"},
		{"two bytes", []byte{1}, func(r *Reader) { r.U16() }, "codec: offset 0: 2 bytes expected, 1 left"},
		{"eight bytes", []byte{1, 2, 3}, func(r *Reader) { r.U64() },
			"codec: offset 0: 8 bytes expected, 3 left"},
		{"short raw", []byte{1}, func(r *Reader) { r.Raw(2) },
			"codec: offset 0: 2 bytes expected, 1 left"},
		{"negative raw", []byte{1}, func(r *Reader) { r.Raw(-1) },
			"codec: offset 0: -1 bytes expected, 1 left"},
		{"open uvarint", []byte{0x80}, uvarint,
			"codec: offset 1: a variable-length integer expected, 0 left"},
		{"long zero", []byte{0x80, 0}, uvarint,
			"codec: offset 2: variable-length integer is not in its shortest form"},
		{"33 bits", []byte{0xff, 0xff, 0xff, 0xff, 0x1f}, uvarint,
			"codec: offset 5: variable-length integer does not fit 32 bits"},
		{"six bytes", []byte{0x80, 0x80, 0x80, 0x80, 0x80, 1}, uvarint,
			"codec: offset 5: variable-length integer is longer than 5 bytes"},
		{"long string", []byte{3, 'a', 'b', 'c'}, func(r *Reader) { r.Bytes(2) },
			"codec: offset 1: 3 bytes where at most 2 are allowed"},
		{"huge string", []byte{0xff, 0xff, 0xff, 0xff, 0x0f}, func(r *Reader) { r.Bytes(math.MaxInt) },
			"codec: offset 5: 4294967295 bytes expected, 0 left"},
		{"left over", []byte{1, 2, 3}, func(r *Reader) { r.U8() }, "codec: offset 1: 2 bytes too many"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r := NewReader(test.input)
			test.read(r)
			if err := r.End(); err == nil || err.Error() != test.want {
				t.Fatalf("got %v, want %s", err, test.want)
			}
		})
	}
}

func TestReaderKeepsFirstError(t *testing.T) {
	r := NewReader([]byte{7, 8, 9, 10})
	r.U8()
	r.Fail("port %d is closed", 7)
	r.Fail("something else")
	got := []any{r.U8(), r.U16(), r.U32(), r.U64(), r.Uvarint(), len(r.Raw(1)), len(r.Bytes(1)), r.Len()}
	for i, v := range got {
		switch v {
		case uint8(0), uint16(0), uint32(0), uint64(0), 0:
		default:
			t.Errorf("read %d after a failure returned %v", i, v)
		}
	}
	const want = "codec: offset 1: port 7 is closed"
	if r.Err() == nil || r.Err().Error() != want || r.End() != r.Err() {
		t.Errorf("got %v, want %s", r.Err(), want)
	}
}

func TestReaderCopies(t *testing.T) {
	input := []byte{2, 'a', 'b', 'c', 'd'}
	r := NewReader(input)
	str, raw := r.Bytes(2), r.Raw(2)
	clear(input)
	if string(str) != "ab" || string(raw) != "cd" {
		t.Errorf("what was read changed with the input: %q, %q", str, raw)
	}
}

func TestWriterRefusesWhatNoReaderTakes(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("a 33-bit variable-length integer was written")
		}
	}()
	NewWriter().Uvarint(1 << 32)
}
