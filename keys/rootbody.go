package keys

import (
	"tallystick/codec"
)

// The first byte of a trust root: format version 1, message type 7.
const (
	formatVersion = 1
	rootType      = 7
	rootHeader    = formatVersion<<4 | rootType

	flagTraining = 1 << 0

	criticalExtension = 1 << 7
)

// rootBody is what the signatures of a trust root cover.
type rootBody struct {
	version  uint16
	previous [32]byte // digest of the version before, zero for version 1
	RootTemplate
}

func (b rootBody) encode() []byte {
	w := codec.NewWriter()
	w.U8(rootHeader)
	var flags uint8
	if b.Training {
		flags |= flagTraining
	}
	w.U8(flags)
	w.U16(b.version)
	w.Raw(b.previous[:])
	w.U16(uint16(b.Issued))
	w.U16(uint16(b.Expires))
	w.U16(b.RevalidateHours)
	w.Bytes([]byte(b.Name))
	w.Raw(b.CatalogDigest[:])
	w.U8(uint8(len(b.Keys)))
	for _, k := range b.Keys {
		writeKey(w, k)
	}
	w.U8(uint8(len(b.Policies)))
	for _, p := range b.Policies {
		w.U16(uint16(p.Role))
		w.U8(p.Threshold)
		w.U16(p.Suites)
		w.U16(p.Classes)
	}
	w.U8(uint8(len(b.Extensions)))
	for _, e := range b.Extensions {
		w.U8(e.Type)
		w.Bytes(e.Data)
	}
	return w.Finish()
}

func writeKey(w *codec.Writer, k Key) {
	w.U8(k.Index)
	w.U8(uint8(k.Public.suite))
	w.U16(uint16(k.Roles))
	w.U16(uint16(k.From))
	w.U16(uint16(k.To))
	w.U8(uint8(k.Status))
	w.Bytes([]byte(k.Public.bytes))
}

// readBody reads a body and leaves what follows it. It looks at nothing but the format; check
// looks at the content.
func readBody(r *codec.Reader) (rootBody, error) {
	var b rootBody
	if err := readHeader(r, &b); err != nil {
		return rootBody{}, err
	}
	b.version = r.U16()
	copy(b.previous[:], r.Raw(32))
	b.Issued = Day(r.U16())
	b.Expires = Day(r.U16())
	b.RevalidateHours = r.U16()
	b.Name = string(r.Bytes(MaxNameSize))
	copy(b.CatalogDigest[:], r.Raw(32))
	for range r.U8() {
		k, err := readKey(r)
		if err != nil {
			return rootBody{}, err
		}
		b.Keys = append(b.Keys, k)
	}
	for n := r.U8(); n > 0 && r.Err() == nil; n-- {
		p := Policy{Role(r.U16()), r.U8(), r.U16(), r.U16()}
		b.Policies = append(b.Policies, p)
	}
	for n := r.U8(); n > 0 && r.Err() == nil; n-- {
		e := Extension{r.U8(), r.Bytes(MaxRootSize)}
		b.Extensions = append(b.Extensions, e)
	}
	if err := r.Err(); err != nil {
		return rootBody{}, refuse(ErrRoot, "%v", err)
	}
	return b, nil
}

func readHeader(r *codec.Reader, b *rootBody) error {
	header, flags := r.U8(), r.U8()
	switch {
	case r.Err() != nil:
		return refuse(ErrRoot, "%v", r.Err())
	case header&0x0f != rootType:
		return refuse(ErrRoot, "not a trust root but message type %d", header&0x0f)
	case header>>4 != formatVersion:
		return refuse(ErrUnsupported, "trust root format %d: %v", header>>4, ErrUnsupported)
	case flags&^flagTraining != 0:
		return refuse(ErrUnsupported, "trust root flags 0x%02x: %v", flags, ErrUnsupported)
	}
	b.Training = flags&flagTraining != 0
	return nil
}

func readKey(r *codec.Reader) (Key, error) {
	k := Key{Index: r.U8()}
	suite := Suite(r.U8())
	k.Roles = Role(r.U16())
	k.From = Day(r.U16())
	k.To = Day(r.U16())
	k.Status = Status(r.U8())
	public := r.Bytes(MaxPublicKeySize)
	if err := r.Err(); err != nil {
		return Key{}, refuse(ErrRoot, "%v", err)
	}
	if !suite.Supported() {
		k.Public = PublicKey{suite, string(public)}
		return k, nil
	}
	var err error
	if k.Public, err = ParsePublicKey(suite, public); err != nil {
		return Key{}, refuse(ErrRoot, "key %d: %v", k.Index, err)
	}
	return k, nil
}
