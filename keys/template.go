package keys

import (
	"bytes"
	"slices"
)

// An Extension carries what later versions add to a trust root. The digest and the signatures
// cover it. With bit 7 of the type set it is critical: who does not know it must refuse the root.
type Extension struct {
	Type uint8
	Data []byte
}

// A RootTemplate is the content of a trust root that is to be signed.
type RootTemplate struct {
	Training        bool
	Name            string // of the issuer: 1 to MaxNameSize bytes of printable UTF-8
	Issued          Day
	Expires         Day    // the last day for new installations, 0 for none
	RevalidateHours uint16 // hours of running
	CatalogDigest   [32]byte
	Keys            []Key       // in any order
	Policies        []Policy    // in any order
	Extensions      []Extension // in any order
}

func (t RootTemplate) clone() RootTemplate {
	t.Keys = slices.Clone(t.Keys)
	t.Policies = slices.Clone(t.Policies)
	t.Extensions = cloneExtensions(t.Extensions)
	return t
}

func cloneExtensions(list []Extension) []Extension {
	list = slices.Clone(list)
	for i := range list {
		list[i].Data = bytes.Clone(list[i].Data)
	}
	return list
}

// sorted returns a copy in the order of the encoding.
func (t RootTemplate) sorted() RootTemplate {
	t = t.clone()
	inOrder(t.Keys, func(k Key) int { return int(k.Index) })
	inOrder(t.Policies, func(p Policy) int { return int(p.Role) })
	inOrder(t.Extensions, func(e Extension) int { return int(e.Type) })
	return t
}

// inOrder sorts a short list by insertion. A slices.SortFunc for each of its types would be a
// hundredth of the device's program, which never sorts any.
func inOrder[T any](list []T, number func(T) int) {
	for i := range list {
		for j := i; j > 0 && number(list[j-1]) > number(list[j]); j-- {
			list[j-1], list[j] = list[j], list[j-1]
		}
	}
}

func (t RootTemplate) key(index uint8) (Key, bool) {
	for _, k := range t.Keys {
		if k.Index == index {
			return k, true
		}
	}
	return Key{}, false
}

func (t RootTemplate) policy(role Role) (Policy, bool) {
	for _, p := range t.Policies {
		if p.Role == role {
			return p, true
		}
	}
	return Policy{}, false
}

// Sign makes the next trust root: version 1 when prev is nil, else the version after prev. The
// lists of the template may be in any order. What comes back has been verified the way OpenRoots
// does, so the signers must satisfy the thresholds of prev and of the template, and each must
// count for one of them. The errors are those of OpenRoots.
func (t RootTemplate) Sign(prev *Root, signers ...PrivateKey) ([]byte, error) {
	body := rootBody{version: 1, RootTemplate: t.sorted()}
	if prev != nil {
		body.version = prev.Version() + 1
		body.previous = prev.digest
	}
	if err := body.checkCounts(len(signers)); err != nil {
		return nil, err
	}
	encoded := body.encode()
	var signatures []rootSignature
	for _, signer := range signers {
		index, ok := body.indexOf(signer.Public())
		if !ok {
			return nil, refuse(ErrSignature, "signer %v is not listed", signer.Public())
		}
		signatures = append(signatures, rootSignature{index, signer.Sign(rootPurpose, encoded)})
	}
	inOrder(signatures, func(s rootSignature) int { return int(s.index) })
	signed := join(encoded, signatures)
	if _, err := openRoot(prev, signed); err != nil {
		return nil, err
	}
	return signed, nil
}

// checkCounts refuses what would not fit the one byte that each list has for its length.
func (b rootBody) checkCounts(signers int) error {
	const most = 255
	switch {
	case len(b.Keys) > most, len(b.Policies) > most, len(b.Extensions) > most:
		return refuse(ErrRoot, "more than %d keys, policies or extensions", most)
	case signers > MaxRootSignatures:
		return refuse(ErrRoot, "%d signatures, at most %d", signers, MaxRootSignatures)
	}
	return nil
}

func (t RootTemplate) indexOf(public PublicKey) (uint8, bool) {
	for _, k := range t.Keys {
		if k.Public == public && !public.IsZero() {
			return k.Index, true
		}
	}
	return 0, false
}
