package keys

import (
	"crypto/sha256"
	"encoding/binary"
	"strings"
)

// PAE is the pre-authentication encoding of a list of fields: the number of fields, then for each
// its length and its bytes, every number 8 bytes, most significant first. Different lists never
// have the same encoding, so nothing can be moved from one field into its neighbor. The shape is
// PASETO's; the byte order is this protocol's, which has only one.
func PAE(fields ...[]byte) []byte {
	return appendPAE(make([]byte, 0, sizePAE(fields)), fields)
}

// Digest is the SHA-256 of domain, a zero byte and PAE(fields). Each use has a domain of its own,
// so that a digest made for one can't stand in for another. It panics when domain is empty or
// holds a zero byte: domains are constants of this module, never input.
func Digest(domain string, fields ...[]byte) [32]byte {
	return sha256.Sum256(message(domain, fields))
}

// message is what is hashed and what is signed: label, a zero byte, PAE(fields).
func message(label string, fields [][]byte) []byte {
	if label == "" || strings.IndexByte(label, 0) >= 0 {
		panic("keys: message without a label")
	}
	m := make([]byte, 0, len(label)+1+sizePAE(fields))
	m = append(m, label...)
	m = append(m, 0)
	return appendPAE(m, fields)
}

func sizePAE(fields [][]byte) int {
	n := 8
	for _, f := range fields {
		n += 8 + len(f)
	}
	return n
}

func appendPAE(b []byte, fields [][]byte) []byte {
	b = binary.BigEndian.AppendUint64(b, uint64(len(fields)))
	for _, f := range fields {
		b = binary.BigEndian.AppendUint64(b, uint64(len(f)))
		b = append(b, f...)
	}
	return b
}
