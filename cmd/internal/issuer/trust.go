package issuer

import (
	"context"
	"slices"

	"tallystick/cmd/internal/ledger"
	"tallystick/keys"
	"tallystick/reserve"
)

// ImportCatalog makes a newer catalog the one of the next trust root. The same catalog again is
// repeated. Refusals are InvalidCatalog, which includes an ID that changed its meaning, and
// RoleMissing.
func (o *Officer) ImportCatalog(ctx context.Context, text []byte, memo Memo, dry bool) (t reserve.Trust, repeated bool, err error) {
	catalog, err := reserve.ReadCatalog(text)
	if err != nil {
		return reserve.Trust{}, false, err
	}
	err = o.act(ctx, memo, dry, func(tx *ledger.Tx, now reserve.Trust) error {
		t = now
		if repeated = catalog.Digest() == now.Catalog().Digest(); repeated {
			return nil
		}
		if err := catalog.Follows(now.Catalog()); err != nil {
			return err
		}
		template := now.Root().Template()
		template.CatalogDigest = catalog.Digest()
		root, err := o.nextRoot(tx, now, template, catalog.Raw())
		if err != nil {
			return err
		}
		digest := catalog.Digest()
		_, err = o.append(tx, now, eventCatalog, "", catalogEvent{Name: catalog.Name(), Version: catalog.Version(),
			Digest: digest[:], RootVersion: now.Root().Version() + 1, Root: root, Memo: memo})
		if err == nil {
			t, err = tx.Trust()
		}
		return err
	})
	return t, repeated, err
}

// nextRoot signs and stores the trust root after the newest.
func (o *Officer) nextRoot(tx *ledger.Tx, now reserve.Trust, template keys.RootTemplate, catalog []byte) ([]byte, error) {
	signers := o.rootSigners(now.Root().Template(), template)
	if len(signers) == 0 {
		return nil, reserve.Refuse(reserve.RoleMissing, "this keyring has no active key with the role %s", keys.RoleRoot)
	}
	template.Issued = o.today() // even if the last root was signed with a clock that was ahead
	root := now.Root()
	signed, err := template.Sign(&root, signers...)
	if err != nil {
		return nil, reserve.Refuse(reserve.ThresholdNotMet, "trust root version %d: %v", root.Version()+1, err)
	}
	return signed, tx.AddRoot(signed, catalog)
}

// rootSigners returns the keys of this keyring that count for the old root or for the next one. Both
// have to be satisfied: only so can the key that signed all roots so far be replaced.
func (o *Officer) rootSigners(roots ...keys.RootTemplate) []keys.PrivateKey {
	var out []keys.PrivateKey
	for _, entry := range o.ring.Entries() {
		counts := func(r keys.RootTemplate) bool {
			return slices.ContainsFunc(r.Keys, func(k keys.Key) bool { return k.Public == entry.Key.Public() && k.May(keys.RoleRoot) })
		}
		if slices.ContainsFunc(roots, counts) {
			out = append(out, entry.Key)
		}
	}
	return out
}

// setKeyStatus marks a key retired or compromised in the next trust root. A status that it has
// already is repeated.
func (o *Officer) setKeyStatus(ctx context.Context, name string, status keys.Status, memo Memo, dry bool) (key keys.Key, repeated bool, err error) {
	err = o.act(ctx, memo, dry, func(tx *ledger.Tx, now reserve.Trust) error {
		template := now.Root().Template()
		at := slices.IndexFunc(template.Keys, func(k keys.Key) bool { return k.Public.Fingerprint().String() == name })
		if at < 0 {
			return reserve.Refuse(reserve.OutOfRange, "the trust root lists no key %q", name)
		}
		key = template.Keys[at]
		if repeated = key.Status == status; repeated {
			return nil
		}
		// The entry is signed with a key that is active before and after.
		template.Keys[at].Status = status
		key = template.Keys[at]
		root, err := o.nextRoot(tx, now, template, now.Catalog().Raw())
		if err != nil {
			return err
		}
		next, err := tx.Trust()
		if err != nil {
			return err
		}
		_, err = o.append(tx, next, eventRoot, "", rootEvent{Version: now.Root().Version() + 1, Root: root,
			Change: "key " + name + " " + status.String(), Memo: memo})
		return err
	})
	return key, repeated, err
}

// RetireKey ends a key's use for new authorizations; what it signed stays valid. name is the
// key's fingerprint. The refusal is ThresholdNotMet when a role would be left without a key.
func (o *Officer) RetireKey(ctx context.Context, name string, memo Memo, dry bool) (keys.Key, bool, error) {
	return o.setKeyStatus(ctx, name, keys.Retired, memo, dry)
}

// CompromiseKey marks a key that somebody else may have: devices that learn it keep what the key
// signed for the grace of the trust root only.
func (o *Officer) CompromiseKey(ctx context.Context, name string, memo Memo, dry bool) (keys.Key, bool, error) {
	return o.setKeyStatus(ctx, name, keys.Compromised, memo, dry)
}

// NewKey adds a key with the roles to the keyring and to the next trust root. The keyring is
// durable first: a crash in between leaves a key that nothing lists, never a listed key that
// nobody has. What is refused changes neither. An issuing key may sign the entry about itself, since
// there may be no other left. The name stands for the key: asked for again with the same roles, the
// key that is there is repeated; with others it is refused as AlreadyExists.
func (o *Officer) NewKey(ctx context.Context, name string, roles keys.Role, memo Memo, dry bool) (key keys.Key, repeated bool, err error) {
	private, err := keys.NewPrivateKey(o.world.Rand)
	if err != nil {
		return keys.Key{}, false, err
	}
	err = o.act(ctx, memo, dry, func(tx *ledger.Tx, now reserve.Trust) error {
		if key, repeated, err = o.named(now, name, roles); err != nil || repeated {
			return err
		}
		index, err := o.nextIndex(now)
		if err != nil {
			return err
		}
		key = keys.Key{Index: index, Public: private.Public(), Roles: roles, Status: keys.Active}
		larger, err := o.withKey(name, key, private)
		if err != nil {
			return err
		}
		if err := larger.list(tx, now, key, memo); err != nil || dry {
			return err
		}
		return o.writeRing(tx, larger.ring, o.passphrase)
	})
	if err != nil {
		return keys.Key{}, false, err
	}
	return key, repeated, nil
}

// named finds the listed key that has a name in the keyring. One that nothing lists was left by a
// crash, and its name is free.
func (o *Officer) named(t reserve.Trust, name string, roles keys.Role) (keys.Key, bool, error) {
	for _, e := range o.ring.Entries() {
		listed, ok := t.Root().Key(e.Index)
		if e.Name != name || !ok || listed.Public != e.Key.Public() {
			continue
		}
		if listed.Roles != roles || listed.Status != keys.Active {
			return keys.Key{}, false, reserve.Refuse(reserve.AlreadyExists, "key %q exists: %s, roles %s, %s", name,
				listed.Public.Fingerprint(), listed.Roles, listed.Status)
		}
		return listed, true, nil
	}
	return keys.Key{}, false, nil
}

// nextIndex returns an index that no key ever had. A key that nothing lists was left by a crash.
func (o *Officer) nextIndex(t reserve.Trust) (uint8, error) {
	listed := t.Root().Keys()
	highest := listed[len(listed)-1].Index
	for _, e := range o.ring.Entries() {
		highest = max(highest, e.Index)
	}
	if highest == 255 {
		return 0, reserve.Refuse(reserve.NumbersExhausted, "all 255 key numbers are used; they are never used again")
	}
	return highest + 1, nil
}

// list makes the trust root that lists one more key.
func (o *Officer) list(tx *ledger.Tx, now reserve.Trust, key keys.Key, memo Memo) error {
	template := now.Root().Template()
	template.Keys = append(template.Keys, key)
	root, err := o.nextRoot(tx, now, template, now.Catalog().Raw())
	if err != nil {
		return err
	}
	next, err := tx.Trust()
	if err != nil {
		return err
	}
	_, err = o.append(tx, next, eventRoot, "", rootEvent{Version: next.Root().Version(), Root: root,
		Change: "key " + key.Public.Fingerprint().String() + " added", Memo: memo})
	return err
}
