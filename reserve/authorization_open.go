package reserve

import (
	"bytes"
	"errors"

	"tallystick/codec"
	"tallystick/keys"
)

// An UnverifiedAuthorization is what an authorization code says before any signature is checked:
// fit to be shown as unverified, and for nothing else.
type UnverifiedAuthorization struct {
	terms      terms
	body       []byte
	covered    []byte // what the signatures cover
	signatures []signature
}

type signature struct {
	index uint8
	value []byte
}

// ParseAuthorization reads the body of an authorization code without checking who signed it.
// Refusals are Malformed and Unsupported.
func ParseAuthorization(body []byte) (UnverifiedAuthorization, error) {
	r := codec.NewReader(body)
	flags, err := readHeader(r, AuthorizationKind, knownFlags)
	if err != nil {
		return UnverifiedAuthorization{}, err
	}
	u := UnverifiedAuthorization{terms: terms{flags: flags}, body: append([]byte(nil), body...)}
	c := &u.terms
	copy(c.device[:], r.Raw(4))
	copy(c.issuer[:], r.Raw(4))
	c.rootMin = r.U16()
	c.sequence = r.Uvarint()
	c.number = readNumber(r)
	c.issued = keys.Day(r.U16())
	c.grants = readGrants(r)
	counts := r.U8()
	var unsupported error
	c.extensions, unsupported = readExtensions(r, AuthorizationKind, int(counts>>4))
	u.covered = body[:len(body)-r.Len()]
	u.signatures = readSignatures(r, int(counts&15))
	if err := r.End(); err != nil {
		return UnverifiedAuthorization{}, malformed(AuthorizationKind, err)
	}
	if unsupported != nil {
		return UnverifiedAuthorization{}, unsupported
	}
	if c.number == 0 || c.issued == 0 || !bytes.Equal(c.encode(len(u.signatures)), u.covered) {
		return UnverifiedAuthorization{}, Refuse(Malformed, "authorization code is not in canonical form")
	}
	return u, nil
}

// Digest stands for what the authorization says, signatures left out: it is Authorization.Digest of the
// one that was signed.
func (u UnverifiedAuthorization) Digest() Digest { return Authorization{terms: u.terms}.Digest() }

func readNumber(r *codec.Reader) Number {
	n := r.Uvarint()
	if n > uint32(LastNumber) {
		r.Fail("number %d, at most %d", n, LastNumber)
		return 0
	}
	return Number(n)
}

func readSignatures(r *codec.Reader, n int) []signature {
	if n < 1 || n > maxSignatures {
		r.Fail("%d signatures, expected 1 to %d", n, maxSignatures)
		return nil
	}
	var list []signature
	for i := 0; i < n && r.Err() == nil; i++ {
		s := signature{r.U8(), r.Raw(signatureSize)}
		if i > 0 && s.index <= list[i-1].index {
			r.Fail("signatures out of order")
		}
		list = append(list, s)
	}
	return list
}

// OpenAuthorization verifies and decodes an authorization for the device id under t, in one call.
// What an operator mends differently is told apart, the cheap findings first (SPEC.md, Verification):
// UnknownIssuer, TrainingCode, WrongDevice, TrustTooOld, CatalogTooOld, BadSignature,
// KeyCompromised, KeyRetired, ThresholdNotMet; and what ParseAuthorization refuses.
// It does not judge the number: that is the device's state (Install) or the issuer's books.
func OpenAuthorization(body []byte, t Trust, id Identity) (Authorization, error) {
	return openAuthorization(body, t, id, true)
}

// ReopenAuthorization verifies an authorization that was opened as new before, such as one that is
// installed or in an issuer's books: keys that were retired or compromised since, or lost their
// role, still count, and who needs it looks at their status (attack D5); a threshold that was
// raised since, or the end of the root, takes nothing away (attack D4). Its refusals are those of
// OpenAuthorization without these.
func ReopenAuthorization(body []byte, t Trust, id Identity) (Authorization, error) {
	return openAuthorization(body, t, id, false)
}

func openAuthorization(body []byte, t Trust, id Identity, fresh bool) (Authorization, error) {
	u, err := ParseAuthorization(body)
	if err != nil {
		return Authorization{}, err
	}
	if err := u.addressed(t, id); err != nil {
		return Authorization{}, err
	}
	signers, err := u.signers(t, fresh)
	if err != nil {
		return Authorization{}, err
	}
	if err := u.verify(t, id, signers); err != nil {
		return Authorization{}, err
	}
	if fresh {
		if err := u.terms.admitted(t, signers); err != nil {
			return Authorization{}, err
		}
		if err := u.terms.marked(t); err != nil {
			return Authorization{}, err
		}
	}
	return Authorization{u.terms, u.body, signers}, nil
}

func (u UnverifiedAuthorization) verify(t Trust, id Identity, signers []keys.Key) error {
	fields := u.terms.signed(t, id, u.covered, signers)
	for i, key := range signers {
		if key.Public.Verify(keys.Authorization, u.signatures[i].value, fields...) != nil {
			return Refuse(BadSignature, "the signature by key %s does not fit this code and this device", key.Public.Fingerprint())
		}
	}
	return nil
}

// addressed checks what can be told before any signature.
func (u UnverifiedAuthorization) addressed(t Trust, id Identity) error {
	c := u.terms
	root := t.Root()
	training := c.flags&flagTraining != 0
	switch {
	case c.issuer != t.Issuer() && training && !root.Training():
		return Refuse(TrainingCode, "the code is from a training issuer; this device obeys %q", root.Name())
	case c.issuer != t.Issuer():
		return Refuse(UnknownIssuer, "the code is from issuer %s; this device obeys %q, issuer %s", HintText(c.issuer), root.Name(), HintText(t.Issuer()))
	case training != root.Training():
		return Refuse(TrainingCode, "the code and the trust root disagree whether this is training")
	case c.device != id.did.Prefix():
		return Refuse(WrongDevice, "the code is for device %s; this is %s, device %s", HintText(c.device), id.udi, HintText(id.did.Prefix()))
	case c.rootMin > root.Version():
		return Refuse(TrustTooOld, "the code needs trust root version %d; version %d is installed", c.rootMin, root.Version())
	}
	for _, g := range c.grants {
		if _, ok := t.catalog.Tag(g.Entitlement); !ok {
			return Refuse(CatalogTooOld, "the code names entitlement %d, which the installed catalog (version %d) does not know", g.Entitlement, t.catalog.Version())
		}
	}
	return nil
}

// signers looks up who claims to have signed.
func (u UnverifiedAuthorization) signers(t Trust, fresh bool) ([]keys.Key, error) {
	var list []keys.Key
	for _, s := range u.signatures {
		key, ok := t.Root().Key(s.index)
		if !ok || !(key.Roles.Has(keys.RoleIssue) || !fresh && t.mayOnceIssue(s.index)) {
			return nil, Refuse(BadSignature, "key %d may not sign authorizations under trust root version %d", s.index, t.Root().Version())
		}
		if key.Public.Suite() != keys.Ed25519 {
			return nil, Refuse(Unsupported, "authorization code signed with suite %d; this program knows Ed25519", key.Public.Suite())
		}
		list = append(list, key)
	}
	return list, nil
}

// admitted judges a new authorization by the trust root of today: its end, the status of the keys,
// the thresholds.
func (c terms) admitted(t Trust, signers []keys.Key) error {
	root := t.Root()
	if end := root.Expires(); end != 0 && c.issued > end {
		return Refuse(TrustTooOld, "the code was signed on %s, after the installed trust root ended on %s", c.issued, end)
	}
	for _, key := range signers {
		if err := fitToSign(key, c.issued); err != nil {
			return err
		}
	}
	return c.thresholds(root, signers)
}

// mayOnceIssue reports whether any version of the trust root let a key sign authorizations. A key
// that lost the role since takes nothing away that is installed: otherwise no device that holds
// something it signed could take up the trust root which says so.
func (t Trust) mayOnceIssue(index uint8) bool {
	for _, root := range t.chain.Roots() {
		if key, ok := root.Key(index); ok && key.Roles.Has(keys.RoleIssue) {
			return true
		}
	}
	return false
}

// fitToSign checks a key's status and days for something signed on day issued.
func fitToSign(key keys.Key, issued keys.Day) error {
	name := key.Public.Fingerprint()
	switch {
	case key.Status == keys.Compromised:
		return Refuse(KeyCompromised, "the code is signed with key %s, which is marked compromised", name)
	case key.Status != keys.Active:
		return Refuse(KeyRetired, "the code is signed with key %s, which is retired", name)
	case !key.Covers(issued):
		return Refuse(KeyRetired, "the code is signed on %s with key %s, which is valid from %s to %s", issued, name, key.From, key.To)
	}
	return nil
}

// marked checks that what is export-controlled is marked so. The class of each entitlement comes
// from the catalog, not from the code's own flag (attack D17).
func (c terms) marked(t Trust) error {
	export, err := t.needsExport(c.grants)
	if err == nil && export && c.flags&flagExport == 0 {
		err = Refuse(ThresholdNotMet, "the code grants an export-controlled entitlement without its mark")
	}
	return err
}

// thresholds checks that the signers meet the policy of every role the content needs.
func (c terms) thresholds(root keys.Root, signers []keys.Key) error {
	indices := make([]uint8, 0, maxSignatures)
	for _, key := range signers {
		indices = append(indices, key.Index)
	}
	for _, role := range []keys.Role{keys.RoleIssue, keys.RoleExport} {
		if role == keys.RoleExport && c.flags&flagExport == 0 {
			continue
		}
		err := root.CheckThreshold(role, indices)
		if errors.Is(err, keys.ErrUnsupportedSuite) {
			return Refuse(Unsupported, "authorization code: role %s: %v", role, err)
		}
		if err != nil {
			return Refuse(ThresholdNotMet, "authorization code: %v", err)
		}
	}
	return nil
}
