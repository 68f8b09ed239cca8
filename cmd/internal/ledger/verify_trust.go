package ledger

import (
	"bytes"
	"crypto/sha256"
	"fmt"

	"tallystick/reserve"
)

// roots verifies the trust roots and holds them against those that the auditor has. Whichever go
// further count.
func (w *worker) roots() error {
	against := w.evidence.Trust
	own, err := w.Trust()
	if err != nil {
		w.trust = against
		return differs(inTrust, 0, "%v", err)
	}
	w.trust = own
	switch {
	case against.IsZero():
	case own.Roots().Prefix(against.Roots()) && own.Root().Version() < against.Root().Version():
		w.trust = against
		return differs(inEvidence, 0, "its newest trust root is version %d where the trust bundle has version %d: its end was cut off, or this is an older copy",
			own.Root().Version(), against.Root().Version())
	case !against.Roots().Prefix(own.Roots()) && own.Fingerprint() == against.Fingerprint():
		w.trust = against
		return differs(inEvidence, 0, "the trust roots of issuer %s (%q) are not those of the trust bundle", own.Fingerprint(), own.Root().Name())
	case own.Fingerprint() != against.Fingerprint():
		w.trust = against
		return differs(inEvidence, 0, "the ledger is of issuer %s (%q), the trust bundle of %s (%q)",
			own.Fingerprint(), own.Root().Name(), against.Fingerprint(), against.Root().Name())
	}
	return nil
}

// catalogs checks that catalogs are what roots name, and entitlements what the newest says.
func (w *worker) catalogs() error {
	err := w.each("SELECT digest, raw FROM catalog", nil, func(scan func(...any) error) error {
		var digest, raw []byte
		if err := scan(&digest, &raw); err != nil {
			return err
		}
		if sum := sha256.Sum256(raw); !bytes.Equal(sum[:], digest) {
			w.found.add(Difference{Text: fmt.Sprintf("catalog %x was changed", digest), area: inTrust})
		}
		return nil
	})
	if err != nil {
		return err
	}
	catalog := w.trust.Catalog()
	return w.each("SELECT id, tag FROM entitlement", nil, func(scan func(...any) error) error {
		var id reserve.EntitlementID
		var tag string
		if err := scan(&id, &tag); err != nil {
			return err
		}
		if named, ok := catalog.Tag(id); !ok || named != tag {
			w.found.add(Difference{Text: fmt.Sprintf("entitlement %d is called %q; the catalog says %q", id, clip(tag), named), area: inTrust, number: int64(id)})
		}
		return nil
	})
}
