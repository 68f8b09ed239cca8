package ledger

import (
	"bytes"

	"tallystick/keys"
	"tallystick/reserve"
)

// trustCache keeps the verified trust, so that a batch verifies the roots once.
type trustCache struct {
	signed [][]byte
	trust  reserve.Trust
}

// Trust returns the verified trust roots and the newest catalog. Refusals are LedgerDamaged, when
// they don't verify, and Unsupported.
func (tx *Tx) Trust() (reserve.Trust, error) {
	var signed [][]byte
	var digest []byte
	err := tx.each("SELECT signed, catalog FROM root ORDER BY version", nil, func(scan func(...any) error) error {
		var s []byte
		if err := scan(&s, &digest); err != nil {
			return err
		}
		signed = append(signed, s)
		return nil
	})
	if err != nil {
		return reserve.Trust{}, err
	}
	cache := &tx.l.trust
	if len(signed) > 0 && equalAll(signed, cache.signed) {
		return cache.trust, nil
	}
	var catalog []byte
	if _, err := tx.one("SELECT raw FROM catalog WHERE digest = $1", []any{blob(digest)}, &catalog); err != nil {
		return reserve.Trust{}, err
	}
	t, err := reserve.NewTrust(signed, catalog)
	if isRefused(err, reserve.Unsupported) {
		return reserve.Trust{}, err
	}
	if err != nil {
		return reserve.Trust{}, reserve.Refuse(reserve.LedgerDamaged, "ledger %q: its trust roots do not verify: %v", tx.l.path, err)
	}
	*cache = trustCache{signed, t}
	return t, nil
}

func equalAll(a, b [][]byte) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if !bytes.Equal(a[i], b[i]) {
			return false
		}
	}
	return true
}

// Catalog returns the newest catalog.
func (tx *Tx) Catalog() (reserve.Catalog, error) {
	t, err := tx.Trust()
	return t.Catalog(), err
}

// AddRoot adds the next version of the trust root, with the catalog it names in canonical form.
// Refusals are those of reserve.NewTrust and of reserve.Trust.Follows.
func (tx *Tx) AddRoot(signed, catalog []byte) error {
	old, err := tx.Trust()
	if err != nil {
		return err
	}
	var all [][]byte
	for _, r := range old.Roots().Roots() {
		all = append(all, r.Raw())
	}
	next, err := reserve.NewTrust(append(all, signed), catalog)
	if err != nil {
		return err
	}
	if err := next.Follows(old); err != nil {
		return err
	}
	return tx.insertRoot(next.Root(), next.Catalog())
}

// insertRoot writes a verified root, the newest catalog and the entitlements that are new in it.
func (tx *Tx) insertRoot(root keys.Root, catalog reserve.Catalog) error {
	sequence, err := tx.NextSequence()
	if err != nil {
		return err
	}
	digest, named := catalog.Digest(), root.CatalogDigest()
	if _, err := tx.exec("INSERT INTO catalog (digest, raw, sequence) VALUES ($1, $2, $3) ON CONFLICT (digest) DO NOTHING", digest[:], catalog.Raw(), sequence); err != nil {
		return err
	}
	for _, e := range catalog.Entitlements() {
		if _, err := tx.exec("INSERT INTO entitlement (id, tag, sequence) VALUES ($1, $2, $3) ON CONFLICT (id) DO NOTHING", e.ID, e.Tag, sequence); err != nil {
			return err
		}
	}
	return tx.execOne("trust root", "INSERT INTO root (version, signed, catalog, sequence) VALUES ($1, $2, $3, $4)",
		root.Version(), root.Raw(), named[:], sequence)
}

// checkSigners refuses keys whose signatures could not be verified later. Nobody may sign, and who
// signs for a new trust root need only be active in the one before: it may retire the signer.
func (tx *Tx) checkSigners(e Event) error {
	if e.Signer.IsZero() {
		return nil
	}
	t, err := tx.Trust()
	if err != nil {
		return err
	}
	roots := []keys.Root{t.Root()}
	if before, ok := t.Roots().Version(t.Root().Version() - 1); ok && tx.state.touched["root"] {
		roots = append(roots, before)
	}
	active := func(public keys.PublicKey, role keys.Role) bool {
		for _, root := range roots {
			for _, k := range root.Keys() {
				if k.Public == public && k.Status == keys.Active && (role == 0 || k.Roles.Has(role)) {
					return true
				}
			}
		}
		return false
	}
	if !active(e.Signer.Public(), 0) {
		return reserve.Refuse(reserve.RoleMissing, "key %s may not sign journal entries: trust root version %d does not list it as active",
			e.Signer.Public(), t.Root().Version())
	}
	if e.Log.IsZero() || !active(e.Log.Public(), keys.RoleLog) {
		return reserve.Refuse(reserve.RoleMissing, "an officer's entry needs a key with the role %s for the checkpoint; trust root version %d lists %s as none",
			keys.RoleLog, t.Root().Version(), e.Log.Public())
	}
	return nil
}
