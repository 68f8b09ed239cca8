package keys

import (
	"bytes"
	"fmt"
	"slices"

	"tallystick/codec"
)

// rootSignature is one entry of the list behind a body.
type rootSignature struct {
	index uint8
	sig   []byte
}

// maxSignatureSize has room for the suites that have a number (ML-DSA-44: 2420 bytes).
const maxSignatureSize = 4096

// parseRoot takes a signed root apart. Of the content it says only that it is in the one form
// that such content has; nothing is verified.
func parseRoot(signed []byte) (rootBody, []rootSignature, error) {
	if len(signed) > MaxRootSize {
		return rootBody{}, nil, refuse(ErrRoot, "%d bytes, at most %d", len(signed), MaxRootSize)
	}
	r := codec.NewReader(signed)
	body, err := readBody(r)
	if err != nil {
		return rootBody{}, nil, err
	}
	if err := body.check(); err != nil {
		return rootBody{}, nil, err
	}
	n := r.U8()
	if n > MaxRootSignatures {
		r.Fail("%d signatures, at most %d", n, MaxRootSignatures)
	}
	var signatures []rootSignature
	for ; n > 0 && r.Err() == nil; n-- {
		s := rootSignature{r.U8(), r.Bytes(maxSignatureSize)}
		if len(signatures) > 0 && s.index <= signatures[len(signatures)-1].index {
			r.Fail("signature of key %d twice or out of order", s.index)
		}
		signatures = append(signatures, s)
	}
	if err := r.End(); err != nil {
		return rootBody{}, nil, refuse(ErrRoot, "%v", err)
	}
	// Every rule that makes the encoding unique is checked above; this is the proof, and nothing
	// known gets here.
	if !bytes.Equal(join(body.encode(), signatures), signed) {
		return rootBody{}, nil, refuse(ErrRoot, "not in canonical form")
	}
	return body, signatures, nil
}

// join puts signatures behind a body.
func join(body []byte, signatures []rootSignature) []byte {
	w := codec.NewWriter()
	w.Raw(body)
	w.U8(uint8(len(signatures)))
	for _, s := range signatures {
		w.U8(s.index)
		w.Bytes(s.sig)
	}
	return w.Finish()
}

// openRoot verifies the root that comes after old, or the first one when old is nil.
func openRoot(old *Root, signed []byte) (Root, error) {
	body, signatures, err := parseRoot(signed)
	if err != nil {
		return Root{}, err
	}
	if err := body.checkPlace(old); err != nil {
		return Root{}, err
	}
	encoded := body.encode()
	signers := make([]uint8, len(signatures))
	for i, s := range signatures {
		if err := body.verify(old, encoded, s); err != nil {
			return Root{}, err
		}
		signers[i] = s.index
	}
	if old != nil {
		if err := old.CheckThreshold(RoleRoot, signers); err != nil {
			return Root{}, fmt.Errorf("by the keys of version %d: %w", old.Version(), err)
		}
	}
	if err := body.checkThreshold(RoleRoot, signers); err != nil {
		return Root{}, err
	}
	return Root{body, Digest(rootPurpose.label, encoded), bytes.Clone(signed)}, nil
}

// checkPlace checks that the root may come after old, or may be the first when old is nil.
func (b rootBody) checkPlace(old *Root) error {
	if old != nil {
		return b.checkAfter(*old)
	}
	if b.version != 1 {
		return refuse(ErrRootOrder, "version %d where version 1 is next", b.version)
	}
	return nil
}

// verify checks one listed signature. A signature that counts neither for the old root nor for
// the new one is refused like a wrong one: else anybody could add to a root without changing what
// it says. One of a suite that this version does not know passes, and will not be counted.
func (b rootBody) verify(old *Root, encoded []byte, s rootSignature) error {
	k, ok := b.key(s.index)
	if !ok {
		return refuse(ErrSignature, "signed by key %d, which it does not list", s.index)
	}
	counts := k.May(RoleRoot)
	if old != nil {
		was, _ := old.Key(s.index)
		counts = counts || was.May(RoleRoot)
	}
	if !counts {
		return refuse(ErrSignature, "signed by key %d, which may not sign trust roots", s.index)
	}
	if !k.Public.suite.Supported() {
		return nil
	}
	if err := k.Public.Verify(rootPurpose, s.sig, encoded); err != nil {
		return fmt.Errorf("key %d: %w", s.index, err)
	}
	return nil
}

// A Chain is the verified history of an issuer's trust root, from version 1 to the newest. The
// zero Chain is empty and trusts nobody.
type Chain struct {
	roots []Root
}

// OpenRoots verifies the trust roots of an issuer: version 1, 2 and so on without a gap. Version
// 1 must be signed by a threshold of its own root keys; whether it is the right one is for people
// to say, who compare Chain.Fingerprint. Every later version must name the digest of the one
// before it and be signed by a threshold of the root keys of both. On error the Chain is empty.
func OpenRoots(signed [][]byte) (Chain, error) {
	if len(signed) == 0 {
		return Chain{}, refuse(ErrRoot, "no trust root")
	}
	if len(signed) > MaxRootVersion {
		return Chain{}, refuse(ErrRoot, "%d trust roots, at most %d", len(signed), MaxRootVersion)
	}
	var roots []Root
	var old *Root
	for i, s := range signed {
		root, err := openRoot(old, s)
		if err != nil {
			return Chain{}, fmt.Errorf("trust root %d: %w", i+1, err)
		}
		roots = append(roots, root)
		old = &root
	}
	return Chain{roots}, nil
}

// Len returns the number of versions.
func (c Chain) Len() int { return len(c.roots) }

// Version returns version n of the root, which is there for n from 1 to Len.
func (c Chain) Version(n uint16) (Root, bool) {
	if n == 0 || int(n) > len(c.roots) {
		return Root{}, false
	}
	return c.roots[n-1], true
}

// Newest returns the version that rules, the zero Root for the empty Chain.
func (c Chain) Newest() Root {
	root, _ := c.Version(uint16(len(c.roots)))
	return root
}

// First returns version 1, the zero Root for the empty Chain.
func (c Chain) First() Root {
	root, _ := c.Version(1)
	return root
}

// Roots returns all versions.
func (c Chain) Roots() []Root { return slices.Clone(c.roots) }

// Fingerprint returns the digest of version 1, by which people recognize the issuer: it stays the
// same for all versions to come.
func (c Chain) Fingerprint() Fingerprint { return c.First().digest }

// IssuerID returns the first 4 bytes of the fingerprint, which codes carry as a hint. Anybody can
// make an issuer with a given hint; it is for messages, never for trust.
func (c Chain) IssuerID() [4]byte {
	f := c.Fingerprint()
	return [4]byte(f[:])
}

// Prefix reports whether other is the same chain or continues it. The empty Chain is no prefix of
// anything: taking up a first root is a decision of its own.
func (c Chain) Prefix(other Chain) bool {
	// Each digest covers the one before it, so the last common one speaks for all.
	root, ok := other.Version(uint16(len(c.roots)))
	return ok && root.digest == c.Newest().digest
}
