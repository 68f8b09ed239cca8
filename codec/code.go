package codec

import (
	"bytes"
	"strings"
)

// A Code is a complete code that is ready to be shown. It does not change.
type Code struct {
	kind    Kind
	payload []byte // the body and its digest
}

// Encode makes the code of a body. It fails when the body is longer than the kind allows, or, for a
// kind of an exact number of bits, has another size or stray bits after them.
func Encode(k Kind, body []byte) (Code, error) {
	if err := k.check(); err != nil {
		return Code{}, err
	}
	if err := k.checkBody(body); err != nil {
		return Code{}, err
	}
	payload := bytes.Clone(body)
	if k.Bits == 0 {
		sum := k.digest(body)
		payload = append(payload, sum[:]...)
	}
	return Code{kind: k, payload: payload}, nil
}

// Kind returns the kind of the code.
func (c Code) Kind() Kind { return c.kind }

// Payload returns a copy of the body and, where the kind has one, the digest after it.
func (c Code) Payload() []byte { return bytes.Clone(c.payload) }

// Body returns a copy of the body.
func (c Code) Body() []byte {
	if c.kind.Bits != 0 {
		return bytes.Clone(c.payload)
	}
	return bytes.Clone(c.payload[:max(0, len(c.payload)-DigestSize)])
}

// Size returns the size of the payload in bytes.
func (c Code) Size() int { return len(c.payload) }

// Lines returns the typed form: groups of four characters with one space between them, no labels.
// It returns nil for a code that is too long to be typed, of more than MaxTyped bytes.
func (c Code) Lines() []string {
	rows := c.rows()
	for i, row := range rows {
		rows[i] = grouped(row)
	}
	return rows
}

// Paste returns the one-line form for QR codes and the clipboard: "TS1", the kind's letter, ":" and
// the payload in base32. A kind without a digest keeps its typed line there, without the spaces,
// because the check characters are all the protection it has.
func (c Code) Paste() string {
	prefix := "TS1" + string(rune(c.kind.Letter)) + ":"
	if c.kind.Bits != 0 {
		return prefix + c.rows()[0]
	}
	return prefix + Base32(c.payload)
}

// Wrapped returns the paste form cut into lines of width characters, for files. A width below 8 is
// taken as 8.
func (c Code) Wrapped(width int) []string {
	width = max(width, 8)
	rest := c.Paste()
	var lines []string
	for len(rest) > width {
		lines = append(lines, rest[:width])
		rest = rest[width:]
	}
	return append(lines, rest)
}

// rows returns the typed lines without spaces.
func (c Code) rows() []string {
	if len(c.payload) > MaxTyped || len(c.payload) == 0 {
		return nil
	}
	bits := c.kind.payloadBits(len(c.payload))
	count := (len(c.payload) + lineBytes - 1) / lineBytes
	rows := make([]string, count)
	for i := range rows {
		piece := c.payload[i*lineBytes : min(len(c.payload), (i+1)*lineBytes)]
		f := frame{
			kind:   c.kind.Number,
			number: i + 1,
			last:   i == count-1,
			bits:   min(lineBits, bits-i*lineBits),
		}
		rows[i] = encodeLine(f, piece)
	}
	return rows
}

// grouped puts a space after every fourth character.
func grouped(row string) string {
	var b strings.Builder
	b.Grow(len(row) + len(row)/groupSize)
	for i := 0; i < len(row); i += groupSize {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(row[i:min(len(row), i+groupSize)])
	}
	return b.String()
}
