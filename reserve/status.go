package reserve

import (
	"bytes"
	"time"

	"tallystick/codec"
	"tallystick/keys"
)

// A Status is a device's signed statement about itself: where its numbers stand and what it has
// installed. It exists only verified.
type Status struct {
	content statusContent
	did     DID
	body    []byte
	digest  Digest
}

// statusContent is a status report without its signature.
type statusContent struct {
	device    [4]byte
	floor     Number // the lowest number that may still be installed
	current   Number // the number installed; 0 is none
	installed Digest // of the authorization installed; zero when none is
	latest    keys.Day
	uptime    uint32 // hours
	root      uint16
	count     uint32 // statements this device has signed, this one included
	previous  Digest // of the statement before; zero for the first

	extensions []extension
}

func (c statusContent) encode() []byte {
	w := codec.NewWriter()
	header(w, StatusKind, 0)
	w.Raw(c.device[:])
	w.Uvarint(uint64(c.floor))
	w.Uvarint(uint64(c.current))
	if c.current != 0 {
		w.Raw(c.installed[:])
	}
	w.U16(uint16(c.latest))
	w.Uvarint(uint64(c.uptime))
	w.U16(c.root)
	w.Uvarint(uint64(c.count))
	w.Raw(c.previous[:])
	w.U8(uint8(len(c.extensions)))
	writeExtensions(w, c.extensions)
	return w.Finish()
}

func signStatus(c statusContent, id Identity, key keys.PrivateKey) Status {
	content := c.encode()
	signature := key.Sign(keys.StatusReport, id.did[:], content)
	return newStatus(c, id, append(content, signature...))
}

func newStatus(c statusContent, id Identity, body []byte) Status {
	d := keys.Digest("TS1/body", c.encode())
	return Status{c, id.did, body, Digest(d[:8])}
}

// StatusDevice returns the first four bytes of the DID that a status report names, to look the
// device up with; nothing is verified.
func StatusDevice(body []byte) ([4]byte, error) {
	c, _, _, err := parseStatus(body)
	return c.device, err
}

func parseStatus(body []byte) (c statusContent, covered, signature []byte, err error) {
	r := codec.NewReader(body)
	if _, err := readHeader(r, StatusKind, 0); err != nil {
		return statusContent{}, nil, nil, err
	}
	copy(c.device[:], r.Raw(4))
	c.floor, c.current = readFloor(r), readNumber(r)
	if c.current != 0 {
		copy(c.installed[:], r.Raw(8))
	}
	c.latest = keys.Day(r.U16())
	c.uptime = r.Uvarint()
	c.root = r.U16()
	c.count = r.Uvarint()
	copy(c.previous[:], r.Raw(8))
	var unsupported error
	c.extensions, unsupported = readExtensions(r, StatusKind, int(r.U8()))
	covered = body[:len(body)-r.Len()]
	signature = r.Raw(signatureSize)
	if r.Err() == nil && (c.floor < 1 || c.current >= c.floor || c.count < 1) {
		r.Fail("numbers contradict each other")
	}
	if err := r.End(); err != nil {
		return statusContent{}, nil, nil, malformed(StatusKind, err)
	}
	if unsupported != nil {
		return statusContent{}, nil, nil, unsupported
	}
	return c, covered, signature, nil
}

// readFloor reads an install floor, which may be one above the last number.
func readFloor(r *codec.Reader) Number {
	n := r.Uvarint()
	if n > uint32(LastNumber)+1 {
		r.Fail("number %d, at most %d", n, LastNumber+1)
		return 0
	}
	return Number(n)
}

// OpenStatus verifies and decodes the body of a status report of device id in one call. Refusals
// are Malformed, Unsupported, WrongDevice and BadSignature.
func OpenStatus(body []byte, id Identity) (Status, error) {
	c, covered, signature, err := parseStatus(body)
	if err != nil {
		return Status{}, err
	}
	if c.device != id.did.Prefix() {
		return Status{}, Refuse(WrongDevice, "the status report is of device %s, not of %s, device %s", HintText(c.device), id.udi, HintText(id.did.Prefix()))
	}
	if id.public.Verify(keys.StatusReport, signature, id.did[:], covered) != nil {
		return Status{}, Refuse(BadSignature, "the status report is not signed by %s", id.udi)
	}
	// Every field has one encoding; this is the proof, and nothing known gets here.
	if !bytes.Equal(covered, c.encode()) {
		return Status{}, Refuse(Malformed, "the status report of %s is not in canonical form", id.udi)
	}
	return newStatus(c, id, append([]byte(nil), body...)), nil
}

// Floor returns the lowest number the device can still install; every other lower one is dead.
func (s Status) Floor() Number { return s.content.floor }

// Installed returns the number installed, 0 for none, and the digest of its authorization.
func (s Status) Installed() (Number, Digest) { return s.content.current, s.content.installed }

// LatestDay returns the latest day the device has seen or been shown.
func (s Status) LatestDay() keys.Day { return s.content.latest }

// Uptime returns the running time the device has counted, in whole hours.
func (s Status) Uptime() time.Duration { return time.Duration(s.content.uptime) * time.Hour }

// RootVersion returns the version of the trust root the device obeys.
func (s Status) RootVersion() uint16 { return s.content.root }

// Count returns how many statements the device has signed.
func (s Status) Count() uint32 { return s.content.count }

// Digest stands for what the report says.
func (s Status) Digest() Digest { return s.digest }

// Body returns the message with its signature; the caller doesn't change it.
func (s Status) Body() []byte { return s.body }

// Code returns the report ready to be shown.
func (s Status) Code() codec.Code { return mustEncode(StatusKind, s.body) }
