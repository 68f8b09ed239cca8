package journal

import (
	"crypto/ed25519"
	"encoding/binary"
	"math"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"tallystick/keys"
	"tallystick/reserve"
)

// recordLabel begins every leaf's data, so that nothing else this module hashes can pass for one.
const recordLabel = "TS1/leaf\x00"

// maxRecord bounds the data of a leaf, in bytes: all bounds of an entry's fields together, its
// numbers, digests, signature and the lengths.
const maxRecord = MaxBody + maxKind + maxActor + maxSubject + 1024

// Record returns the bytes that the tree's leaf is the hash of: the whole event with its signature.
func (e Entry) Record() []byte {
	return append([]byte(recordLabel), keys.PAE(append(e.fields(), e.Signature)...)...)
}

// ParseRecord reads the data of a leaf. Every entry has one record and every record is one entry's.
// Nothing is verified. The refusal is Malformed.
func ParseRecord(record []byte) (Entry, error) {
	refused := reserve.Refuse(reserve.Malformed, "this is not the record of a journal entry")
	if len(record) > maxRecord || len(record) < len(recordLabel) || string(record[:len(recordLabel)]) != recordLabel {
		return Entry{}, refused
	}
	f, ok := splitPAE(record[len(recordLabel):], 10)
	if !ok || len(f[0]) != 8 || len(f[1]) != 32 || len(f[2]) != 8 || !isSignature(f[6], f[9]) || len(f[8]) != 32 {
		return Entry{}, refused
	}
	sequence := binary.BigEndian.Uint64(f[0])
	e := Entry{
		Sequence: uint32(min(sequence, math.MaxUint32)), Time: time.Unix(int64(binary.BigEndian.Uint64(f[2])), 0).UTC(),
		Kind: string(f[3]), Actor: string(f[4]), Subject: string(f[5]), Body: f[7], Signature: f[9],
		Hash: tlog.RecordHash(record),
	}
	copy(e.Previous[:], f[1])
	copy(e.Signer[:], f[6])
	copy(e.Content[:], f[8])
	if uint64(e.Sequence) != sequence || e.Sequence == 0 || e.Check() != nil || string(e.Record()) != string(record) {
		return Entry{}, refused
	}
	return e, nil
}

// isSignature reports whether there is a signer with a signature of suite 1, or neither.
func isSignature(signer, signature []byte) bool {
	return len(signer) == 0 && len(signature) == 0 || len(signer) == 32 && len(signature) == ed25519.SignatureSize
}

// splitPAE undoes keys.PAE for a list of so many fields.
func splitPAE(encoded []byte, count int) (fields [][]byte, ok bool) {
	next := func() (n uint64) {
		if len(encoded) < 8 {
			return math.MaxUint64
		}
		n = binary.BigEndian.Uint64(encoded)
		encoded = encoded[8:]
		return n
	}
	if next() != uint64(count) {
		return nil, false
	}
	for range count {
		n := next()
		if n > uint64(len(encoded)) {
			return nil, false
		}
		fields = append(fields, encoded[:n:n])
		encoded = encoded[n:]
	}
	return fields, len(encoded) == 0
}
