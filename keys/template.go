package keys

import (
	"cmp"
	"slices"
)

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
	slices.SortFunc(signatures, func(a, b rootSignature) int { return cmp.Compare(a.index, b.index) })
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
