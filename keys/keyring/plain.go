package keyring

import (
	"bytes"
	"fmt"

	"tallystick/codec"
	"tallystick/keys"
	"tallystick/keys/internal/seed"
)

const (
	formatVersion = 1

	publicSize = 32 // of Ed25519, the one suite a private key can have

	// maxPlain is the size of a full ring: what is encrypted can't be longer.
	maxPlain = 2 + MaxEntries*(1+1+2+2+1+keys.MaxNameSize+publicSize+keys.SeedSize)
)

// encode writes what is then encrypted.
func (r Ring) encode() []byte {
	w := codec.NewWriter()
	w.U8(formatVersion)
	w.U8(uint8(len(r.entries)))
	for _, e := range r.entries {
		public, secret := e.Key.Public(), e.Key.Seed(seed.Grant())
		w.U8(e.Index)
		w.U8(uint8(public.Suite()))
		w.U16(uint16(e.Roles))
		w.U16(uint16(e.Created))
		w.Bytes([]byte(e.Name))
		w.Raw(public.Bytes())
		w.Raw(secret[:])
	}
	return w.Finish()
}

// decode reads what encode wrote and nothing else. The error matches ErrDamaged, or
// keys.ErrUnsupported for what a later version may have written.
func decode(plain []byte) (Ring, error) {
	r := codec.NewReader(plain)
	if v := r.U8(); r.Err() == nil && v != formatVersion {
		return Ring{}, fmt.Errorf("sealed content of version %d: %w", v, keys.ErrUnsupported)
	}
	n := r.U8()
	if n > MaxEntries {
		return Ring{}, fmt.Errorf("%w: %d keys, at most %d", ErrDamaged, n, MaxEntries)
	}
	var entries []Entry
	for range n {
		e, err := decodeEntry(r)
		if err != nil {
			return Ring{}, err
		}
		entries = append(entries, e)
	}
	if err := r.End(); err != nil {
		return Ring{}, fmt.Errorf("%w: %v", ErrDamaged, err)
	}
	if err := check(entries); err != nil {
		return Ring{}, fmt.Errorf("%w: %v", ErrDamaged, err)
	}
	ring := Ring{entries}
	// Every rule that makes the encoding unique is checked above; this is the proof, and nothing
	// known gets here.
	if !bytes.Equal(ring.encode(), plain) {
		return Ring{}, fmt.Errorf("%w: not in canonical form", ErrDamaged)
	}
	return ring, nil
}

func decodeEntry(r *codec.Reader) (Entry, error) {
	e := Entry{Index: r.U8()}
	suite := keys.Suite(r.U8())
	if r.Err() == nil && suite != keys.Ed25519 {
		// The length of such a key is not known here, so the rest can't be read either.
		return Entry{}, fmt.Errorf("key %d: %w", e.Index, &keys.SuiteError{Suite: suite})
	}
	e.Roles = keys.Role(r.U16())
	e.Created = keys.Day(r.U16())
	e.Name = string(r.Bytes(keys.MaxNameSize))
	public, secret := r.Raw(publicSize), r.Raw(keys.SeedSize)
	if err := r.Err(); err != nil {
		return Entry{}, fmt.Errorf("%w: %v", ErrDamaged, err)
	}
	e.Key = keys.PrivateKeyFromSeed([keys.SeedSize]byte(secret))
	// A signature made with a seed and the public key of another gives the private key away.
	if !bytes.Equal(e.Key.Public().Bytes(), public) {
		return Entry{}, fmt.Errorf("%w: key %d is not the one that was sealed", ErrDamaged, e.Index)
	}
	return e, nil
}
