// Package labeled has randomness for tests that is the same in every run: what a label stands for.
// Only tests import it.
package labeled

import (
	"crypto/sha256"
	"encoding/binary"
	"io"
)

// Reader returns an endless stream of bytes: SHA-256 of the label and a counter, 8 bytes big-endian,
// for 1, 2, 3 and so on. One stream serves one goroutine.
func Reader(label string) io.Reader { return &stream{label: label} }

type stream struct {
	label string
	n     uint64
	left  []byte
}

func (s *stream) Read(p []byte) (int, error) {
	for i := range p {
		if len(s.left) == 0 {
			s.n++
			sum := sha256.Sum256(binary.BigEndian.AppendUint64([]byte(s.label), s.n))
			s.left = sum[:]
		}
		p[i], s.left = s.left[0], s.left[1:]
	}
	return len(p), nil
}
