package reserve

import (
	"bytes"
	"time"

	"tallystick/codec"
	"tallystick/keys"
)

// recordVersion is the version of the durable record's format. Older versions are read for as long
// as there are devices; a newer one is refused as Unsupported.
const recordVersion = 1

// MaxRecordSize bounds an encoded record, in bytes.
const MaxRecordSize = 2 << 20

// Encode returns the durable form of an instance. It holds the device's secret.
func Encode(i Instance) []byte {
	r := i.common()
	w := codec.NewWriter()
	w.U8(recordVersion)
	w.Raw(r.seed.b[:])
	w.Bytes(r.trust.body)
	w.Bytes(r.request.body)
	w.U16(uint16(r.floor))
	w.U8(uint8(r.act))
	w.U8(b2u(r.held))
	w.U16(uint16(r.latest))
	for _, d := range []time.Duration{r.ran, r.bootMark, r.evaluation, r.revalidate} {
		w.U32(uint32(d / time.Second))
	}
	w.U32(r.statements)
	w.Raw(r.previous[:])
	w.Bytes(r.report)
	if s, ok := i.(Reserved); ok {
		w.Bytes(s.current.body)
	} else {
		w.Bytes(nil)
	}
	return w.Finish()
}

// recordParts are the messages in a record, not verified yet.
type recordParts struct{ trust, request, current []byte }

// ParseInstance reads what Encode wrote and verifies it whole: the trust bundle, the installed
// authorization and the last report are verified, and the identity is derived again from the
// secret. The refusals are StateDamaged and Unsupported.
func ParseInstance(data []byte) (Instance, error) {
	rec, parts, err := parseRecord(data)
	if err != nil {
		return nil, err
	}
	i, err := rec.open(parts, OpenTrust)
	if err == nil {
		err = i.common().prove()
	}
	if err != nil {
		return nil, Refuse(StateDamaged, "device state: %v", err)
	}
	if !bytes.Equal(Encode(i), data) {
		return nil, Refuse(StateDamaged, "device state is not in canonical form")
	}
	return i, nil
}

// ParseRights reads from a record only what it takes to answer what a device may do: the trust
// roots, the catalog's digest and the installed authorization are verified, but nothing is derived
// from the secret, which costs more than all the rest. today is the day that terms are judged by.
// enough reports that this is all that it takes to answer: licenses are held, and no time is due to
// be stored (TimeDue). The refusals are those of ParseInstance.
func ParseRights(data []byte, now time.Time, uptime time.Duration) (r Rights, today keys.Day, enough bool, err error) {
	rec, parts, err := parseRecord(data)
	if err != nil {
		return Rights{}, 0, false, err
	}
	i, err := rec.open(parts, openKnownTrust)
	if err != nil {
		return Rights{}, 0, false, Refuse(StateDamaged, "device state: %v", err)
	}
	_, reserved := i.(Reserved)
	return NewRights(i), Today(i, now), reserved && !TimeDue(i, now, uptime), nil
}

func parseRecord(data []byte) (rec record, parts recordParts, err error) {
	r := codec.NewReader(data)
	if v := r.U8(); r.Err() == nil && v != recordVersion {
		return record{}, recordParts{}, Refuse(Unsupported, "device state of version %d; this program knows version %d", v, recordVersion)
	}
	copy(rec.seed.b[:], r.Raw(32))
	parts.trust, parts.request = r.Bytes(BundleKind.Max), r.Bytes(RequestKind.Max)
	rec.floor, rec.act, rec.held = Number(r.U16()), Act(r.U8()), r.U8() == 1
	rec.latest = keys.Day(r.U16())
	for _, d := range []*time.Duration{&rec.ran, &rec.bootMark, &rec.evaluation, &rec.revalidate} {
		*d = time.Duration(r.U32()) * time.Second
	}
	rec.statements = r.U32()
	copy(rec.previous[:], r.Raw(8))
	rec.report = r.Bytes(StatusKind.Max)
	parts.current = r.Bytes(AuthorizationKind.Max)
	if err := r.End(); err != nil {
		return record{}, recordParts{}, Refuse(StateDamaged, "device state: %v", err)
	}
	return rec, parts, nil
}

// open verifies the messages in a record and checks that its parts fit each other.
func (r record) open(parts recordParts, openTrust func([]byte) (Trust, error)) (Instance, error) {
	var err error
	if r.trust, err = openTrust(parts.trust); err != nil {
		return nil, err
	}
	if r.request, err = ParseRequest(parts.request); err != nil {
		return nil, err
	}
	r.identity = r.request.identity
	if r.floor < 1 || r.floor > LastNumber+1 || r.act > Canceled {
		return nil, Refuse(StateDamaged, "floor %d or act %d is out of range", r.floor, r.act)
	}
	if len(parts.current) == 0 {
		return Unreserved{r}, nil
	}
	a, err := ReopenAuthorization(parts.current, r.trust, r.identity)
	if err != nil {
		return nil, err
	}
	if a.Number() >= r.floor {
		return nil, Refuse(StateDamaged, "authorization %d is installed, though %d could still be", a.Number(), r.floor)
	}
	return Reserved{r, a}, nil
}

// prove derives the identity again from the secret and verifies the last report.
func (r record) prove() error {
	if r.seed.identity(r.identity.udi).did != r.identity.did {
		return Refuse(StateDamaged, "the request is not of this identity")
	}
	if len(r.report) == 0 {
		return nil
	}
	s, err := OpenStatus(r.report, r.identity)
	if err != nil {
		return err
	}
	if s.Count() != r.statements || s.Digest() != r.previous {
		return Refuse(StateDamaged, "the last status report does not fit its count")
	}
	return nil
}

func b2u(b bool) uint8 {
	if b {
		return 1
	}
	return 0
}
