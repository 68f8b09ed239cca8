package reserve

import (
	"tallystick/codec"
	"tallystick/keys"
)

// A Request asks an issuer to enroll a device: it carries the identity whole, so that everything
// the device says later can be checked without a secret. It is made once in a device's life.
type Request struct {
	identity       Identity
	rootVersion    uint16
	catalogVersion uint16
	body           []byte
}

// newRequest builds the request of a device that obeys the given trust.
func newRequest(id Identity, rootVersion, catalogVersion uint16) Request {
	w := codec.NewWriter()
	header(w, RequestKind, 0)
	w.U8(uint8(id.public.Suite()))
	w.Raw(id.public.Bytes())
	w.Raw(id.anchor[:])
	w.U16(rootVersion)
	w.U16(catalogVersion)
	id.udi.pack(w)
	w.U8(0) // extensions
	return Request{id, rootVersion, catalogVersion, w.Finish()}
}

// ParseRequest reads the body of a request code. A request certifies itself: its identity is the
// digest of what it says, so a forged one is another device (SPEC.md, attack A2). Refusals are
// Malformed and Unsupported.
func ParseRequest(body []byte) (Request, error) {
	r := codec.NewReader(body)
	if _, err := readHeader(r, RequestKind, 0); err != nil {
		return Request{}, err
	}
	suite := keys.Suite(r.U8())
	if r.Err() == nil && suite != keys.Ed25519 {
		return Request{}, Refuse(Unsupported, "request code with a device key of suite %d; this program knows Ed25519", suite)
	}
	public, err := keys.ParsePublicKey(suite, r.Raw(32))
	if r.Err() == nil && err != nil {
		return Request{}, Refuse(Malformed, "request code: device key refused: %v", err)
	}
	anchor := r.Raw(16)
	root, catalog := r.U16(), r.U16()
	udi := unpackUDI(r)
	_, unsupported := readExtensions(r, RequestKind, int(r.U8()))
	if err := r.End(); err != nil {
		return Request{}, malformed(RequestKind, err)
	}
	if unsupported != nil {
		return Request{}, unsupported
	}
	return Request{newIdentity(udi, public, [16]byte(anchor)), root, catalog, append([]byte(nil), body...)}, nil
}

// Identity returns the device that asks.
func (q Request) Identity() Identity { return q.identity }

// RootVersion returns the version of the trust root the device obeyed when it asked.
func (q Request) RootVersion() uint16 { return q.rootVersion }

// CatalogVersion returns the version of the catalog the device had when it asked.
func (q Request) CatalogVersion() uint16 { return q.catalogVersion }

// Body returns the message; the caller doesn't change it.
func (q Request) Body() []byte { return q.body }

// Code returns the request ready to be shown.
func (q Request) Code() codec.Code { return mustEncode(RequestKind, q.body) }

// mustEncode encodes a message this package built, whose size it has bounded.
func mustEncode(k codec.Kind, body []byte) codec.Code {
	code, err := codec.Encode(k, body)
	if err != nil {
		panic("reserve: " + err.Error()) // a message over its own bound: our invariant broke
	}
	return code
}
