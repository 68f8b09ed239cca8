package reserve

import (
	"crypto/sha256"
	"errors"

	"tallystick/codec"
	"tallystick/keys"
)

const maxRoots = 1024

// A Trust is what a device or an issuer obeys: every version of the trust root and the catalog
// that the newest one names. It exists only verified; the zero value trusts nobody.
type Trust struct {
	chain   keys.Chain
	catalog Catalog
	body    []byte
}

// OpenTrust verifies and parses a trust bundle in one call: the roots from version 1 on, each
// signed as the one before it demands, and a catalog with the digest the newest root names.
// Refusals are Malformed, Unsupported, TrustMismatch and InvalidCatalog.
func OpenTrust(body []byte) (Trust, error) {
	roots, catalog, err := splitBundle(body)
	if err != nil {
		return Trust{}, err
	}
	return NewTrust(roots, catalog)
}

func splitBundle(body []byte) (roots [][]byte, catalog []byte, err error) {
	r := codec.NewReader(body)
	if _, err := readHeader(r, BundleKind, 0); err != nil {
		return nil, nil, err
	}
	n := int(r.U16())
	if n > maxRoots {
		r.Fail("%d roots, at most %d", n, maxRoots)
	}
	for i := 0; i < n && r.Err() == nil; i++ {
		roots = append(roots, r.Bytes(RootKind.Max))
	}
	catalog = r.Bytes(MaxCatalogSize)
	if err := r.End(); err != nil {
		return nil, nil, malformed(BundleKind, err)
	}
	return roots, catalog, nil
}

// NewTrust verifies signed roots, oldest first, and the canonical catalog of the newest. Its
// refusals are those of OpenTrust.
func NewTrust(roots [][]byte, rawCatalog []byte) (Trust, error) {
	return newTrust(roots, rawCatalog, parseCatalog)
}

// openKnownTrust opens a bundle that OpenTrust opened before it was stored: every signature and the
// catalog's digest are verified again, the catalog's rules are not.
func openKnownTrust(body []byte) (Trust, error) {
	roots, catalog, err := splitBundle(body)
	if err != nil {
		return Trust{}, err
	}
	return newTrust(roots, catalog, parseKnownCatalog)
}

func newTrust(roots [][]byte, rawCatalog []byte, parse func([]byte) (Catalog, error)) (Trust, error) {
	chain, err := keys.OpenRoots(roots)
	if err != nil {
		if errors.Is(err, keys.ErrUnsupported) || errors.Is(err, keys.ErrUnsupportedSuite) {
			return Trust{}, Refuse(Unsupported, "trust bundle: %v", err)
		}
		return Trust{}, Refuse(TrustMismatch, "trust bundle: %v", err)
	}
	if sha256.Sum256(rawCatalog) != chain.Newest().CatalogDigest() {
		return Trust{}, Refuse(TrustMismatch, "trust bundle: the catalog is not the one that root version %d names", chain.Newest().Version())
	}
	catalog, err := parse(rawCatalog)
	if err != nil {
		return Trust{}, err
	}
	w := codec.NewWriter()
	header(w, BundleKind, 0)
	w.U16(uint16(len(roots)))
	for _, root := range roots {
		w.Bytes(root)
	}
	w.Bytes(rawCatalog)
	body := w.Finish()
	if len(body) > BundleKind.Max {
		return Trust{}, Refuse(OutOfRange, "trust bundle of %d bytes, at most %d", len(body), BundleKind.Max)
	}
	return Trust{chain, catalog, body}, nil
}

// Root returns the newest trust root.
func (t Trust) Root() keys.Root { return t.chain.Newest() }

// Roots returns every version of the trust root.
func (t Trust) Roots() keys.Chain { return t.chain }

// Catalog returns the catalog that the newest root names.
func (t Trust) Catalog() Catalog { return t.catalog }

// Fingerprint returns what people compare: 80 bits of the digest of root version 1. It stays the
// same for the issuer's whole life, since every later root is signed by the one before it.
func (t Trust) Fingerprint() keys.Fingerprint { return t.chain.Fingerprint() }

// Issuer returns the four bytes by which an authorization names its issuer.
func (t Trust) Issuer() [4]byte { return t.chain.IssuerID() }

// IsZero reports whether t trusts nobody.
func (t Trust) IsZero() bool { return len(t.body) == 0 }

// Body returns the message that OpenTrust reads; the caller doesn't change it.
func (t Trust) Body() []byte { return t.body }

// Code returns the bundle ready to be shown: never typed, always pasted or a file.
func (t Trust) Code() codec.Code { return mustEncode(BundleKind, t.body) }

// Follows reports whether t may replace older on a device: the same issuer, the older roots kept,
// at least as new, and a catalog in which every ID keeps its meaning. The refusals are
// UnknownIssuer (another issuer), TrustTooOld (older, or a fork) and InvalidCatalog.
func (t Trust) Follows(older Trust) error {
	if t.Fingerprint() != older.Fingerprint() {
		return Refuse(UnknownIssuer, "the bundle is of issuer %s (%q); this device obeys %s (%q)",
			t.Fingerprint(), t.Root().Name(), older.Fingerprint(), older.Root().Name())
	}
	if !older.chain.Prefix(t.chain) {
		return Refuse(TrustTooOld, "the bundle ends at trust root version %d and does not continue version %d that is installed",
			t.Root().Version(), older.Root().Version())
	}
	if t.catalog.Digest() == older.catalog.Digest() {
		return nil
	}
	return t.catalog.Follows(older.catalog)
}
