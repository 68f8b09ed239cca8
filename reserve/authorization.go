package reserve

import (
	"bytes"
	"slices"

	"tallystick/codec"
	"tallystick/keys"
)

// Flags of an authorization. Only training and export have a meaning yet; the others have their
// bits reserved and are refused as unsupported.
const (
	flagTraining     = 0x01
	flagExport       = 0x02
	flagUniversal    = 0x04
	flagLease        = 0x08
	flagDelegate     = 0x10
	flagResetTime    = 0x20
	flagRebaseline   = 0x40
	flagCluster      = 0x80
	knownFlags       = flagTraining | flagExport
	maxSignatures    = 8
	signatureSize    = 64  // of Ed25519 and of P-256 alike
	maxJump          = 128 // how far a number may run ahead of the device's floor (attack A12)
	maxCancelThrough = 64
)

// Digest is eight bytes that stand for a signed message in a status report.
type Digest [8]byte

// IsZero reports whether d stands for nothing.
func (d Digest) IsZero() bool { return d == Digest{} }

// terms is the content of an authorization: everything but the signatures.
type terms struct {
	device     [4]byte
	issuer     [4]byte
	flags      uint8
	rootMin    uint16
	sequence   uint32
	number     Number
	issued     keys.Day
	grants     []Grant
	extensions []extension
}

// An Authorization is a verified authorization code: whoever holds one knows that the signatures
// of the roles it needs were checked for this device under this trust.
type Authorization struct {
	terms   terms
	body    []byte // with signatures
	signers []keys.Key
}

// A Draft is what an issuer decided to sign.
type Draft struct {
	Number   Number   // the device's next number
	Sequence uint32   // the journal entry that charges the pool
	Issued   keys.Day // day of signing
	Grants   []Grant  // everything the device holds from then on; empty takes everything away
}

// SignAuthorization signs d for a device, with keys that the newest root of t lists. It refuses
// what no device would accept: RoleMissing, ThresholdNotMet, UnknownEntitlement, NumbersExhausted.
func SignAuthorization(t Trust, id Identity, d Draft, signers ...keys.PrivateKey) (Authorization, error) {
	grants, err := NormalGrants(d.Grants)
	if err != nil {
		return Authorization{}, err
	}
	if d.Number < 1 || d.Number > LastNumber {
		return Authorization{}, Refuse(NumbersExhausted, "authorization number %d, expected 1 to %d", d.Number, LastNumber)
	}
	if d.Issued == 0 {
		return Authorization{}, Refuse(OutOfRange, "an authorization needs the day it is signed on")
	}
	root := t.Root()
	c := terms{device: id.did.Prefix(), issuer: t.Issuer(), rootMin: root.Version(), sequence: d.Sequence,
		number: d.Number, issued: d.Issued, grants: grants}
	if root.Training() {
		c.flags |= flagTraining
	}
	export, err := t.needsExport(grants)
	if err != nil {
		return Authorization{}, err
	}
	if export {
		c.flags |= flagExport
	}
	return sign(t, id, c, signers)
}

// needsExport reports whether any grant is export-controlled; every ID must be in the catalog.
func (t Trust) needsExport(grants []Grant) (bool, error) {
	export := false
	for _, g := range grants {
		e, ok := t.catalog.EntitlementByID(g.Entitlement)
		if !ok {
			if _, retired := t.catalog.Tag(g.Entitlement); retired {
				continue
			}
			return false, Refuse(UnknownEntitlement, "entitlement %d is not in the catalog version %d", g.Entitlement, t.catalog.Version())
		}
		export = export || e.Class == ExportControlled
	}
	return export, nil
}

func sign(t Trust, id Identity, c terms, signers []keys.PrivateKey) (Authorization, error) {
	listed := make([]keys.Key, 0, len(signers))
	private := make(map[uint8]keys.PrivateKey, len(signers))
	for _, s := range signers {
		key, ok := keyOf(t.Root(), s.Public())
		if !ok || !key.Roles.Has(keys.RoleIssue) {
			return Authorization{}, Refuse(RoleMissing, "key %s may not sign authorizations under trust root version %d", s.Public().Fingerprint(), t.Root().Version())
		}
		// By insertion: the signers are few, and sorting them otherwise is a lot of code.
		at, _ := slices.BinarySearchFunc(listed, key.Index, func(k keys.Key, index uint8) int { return int(k.Index) - int(index) })
		listed = slices.Insert(listed, at, key)
		private[key.Index] = s
	}
	if len(listed) == 0 || len(listed) > maxSignatures || len(private) != len(listed) {
		return Authorization{}, Refuse(ThresholdNotMet, "%d signers, expected 1 to %d different ones", len(signers), maxSignatures)
	}
	if err := c.admitted(t, listed); err != nil {
		return Authorization{}, err
	}
	content := c.encode(len(listed))
	fields := c.signed(t, id, content, listed)
	w := codec.NewWriter()
	w.Raw(content)
	for _, key := range listed {
		w.U8(key.Index)
		w.Raw(private[key.Index].Sign(keys.Authorization, fields...))
	}
	return Authorization{c, w.Finish(), listed}, nil
}

func keyOf(root keys.Root, public keys.PublicKey) (keys.Key, bool) {
	for _, k := range root.Keys() {
		if k.Public == public {
			return k, true
		}
	}
	return keys.Key{}, false
}

// encode writes everything up to the signatures. The byte before the extensions holds the number
// of extensions (high four bits) and of signatures (low four).
func (c terms) encode(signatures int) []byte {
	w := codec.NewWriter()
	header(w, AuthorizationKind, c.flags)
	w.Raw(c.device[:])
	w.Raw(c.issuer[:])
	w.U16(c.rootMin)
	w.Uvarint(uint64(c.sequence))
	w.Uvarint(uint64(c.number))
	w.U16(uint16(c.issued))
	writeGrants(w, c.grants)
	w.U8(uint8(len(c.extensions)<<4 | signatures))
	writeExtensions(w, c.extensions)
	return w.Finish()
}

// signed returns the fields under every signature: what is transmitted, and what must be the same
// on both sides though it is not: the whole DID and UDI, the signers' fingerprints, the role, and
// the tag behind each ID (attacks B2, C4, C8).
func (c terms) signed(t Trust, id Identity, content []byte, signers []keys.Key) [][]byte {
	fingerprints, tags := make([][]byte, 0, len(signers)), make([][]byte, 0, len(c.grants))
	for _, k := range signers {
		f := k.Public.Fingerprint()
		fingerprints = append(fingerprints, f[:])
	}
	for _, g := range c.grants {
		tag, _ := t.catalog.Tag(g.Entitlement)
		tags = append(tags, []byte(tag))
	}
	role := keys.RoleIssue
	if c.flags&flagExport != 0 {
		role |= keys.RoleExport
	}
	return [][]byte{id.did[:], keys.PAE(fingerprints...), be16(uint16(role)), content, keys.PAE(tags...),
		keys.PAE([]byte(id.udi.String()))}
}

// Number returns the authorization's number on its device.
func (a Authorization) Number() Number { return a.terms.number }

// Sequence returns the number of the journal entry that charged the pool for it.
func (a Authorization) Sequence() uint32 { return a.terms.sequence }

// Issued returns the day it was signed.
func (a Authorization) Issued() keys.Day { return a.terms.issued }

// Grants returns everything the device holds once it is installed.
func (a Authorization) Grants() []Grant { return slices.Clone(a.terms.grants) }

// Training reports whether a training issuer signed it.
func (a Authorization) Training() bool { return a.terms.flags&flagTraining != 0 }

// Signers returns the trust root's entries of the keys that signed.
func (a Authorization) Signers() []keys.Key { return slices.Clone(a.signers) }

// Digest stands for the signed content, whoever signed it (attack C5).
func (a Authorization) Digest() Digest {
	d := keys.Digest("TS1/body", a.content())
	return Digest(d[:8])
}

// Body returns the message with its signatures; the caller doesn't change it.
func (a Authorization) Body() []byte { return a.body }

// Code returns the authorization ready to be shown.
func (a Authorization) Code() codec.Code { return mustEncode(AuthorizationKind, a.body) }

// IsZero reports whether a is no authorization.
func (a Authorization) IsZero() bool { return len(a.body) == 0 }

// Same reports whether both say the same, though the signatures may differ.
func (a Authorization) Same(b Authorization) bool {
	return bytes.Equal(a.content(), b.content())
}

// content is what the digest covers: the terms, with no signature counted.
func (a Authorization) content() []byte { return a.terms.encode(0) }
