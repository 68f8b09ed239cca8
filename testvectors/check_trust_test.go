package testvectors_test

import (
	"fmt"

	"tallystick/reserve"
)

// The checks of trust roots, bundles and catalogs.

func checkRoots(context, input object) finding {
	var roots [][]byte
	for i := range input.list("roots") {
		roots = append(roots, object{"root": input.list("roots")[i]}.bytes("root"))
	}
	t, err := reserve.NewTrust(roots, []byte(context.text("catalog")))
	if err != nil {
		return finding{err: err}
	}
	r := t.Root()
	digest := r.Digest()
	var list []object
	for _, k := range r.Keys() {
		fingerprint := k.Public.Fingerprint()
		list = append(list, object{"index": k.Index, "suite": k.Public.Suite(), "roles": k.Roles, "status": k.Status,
			"fingerprint": encodedHex(fingerprint[:])})
	}
	return finding{output: object{"version": r.Version(), "training": r.Training(), "name": r.Name(), "issued": r.Issued(),
		"expires": r.Expires(), "revalidate": r.RevalidateHours(), "digest": encodedHex(digest[:]), "keys": list,
		"issuer": t.Fingerprint().String()}}
}

func bundleObject(t reserve.Trust) object {
	hint := t.Issuer()
	return object{"versions": t.Roots().Len(), "issuer": t.Fingerprint().String(), "hint": encodedHex(hint[:]),
		"training": t.Root().Training(), "name": t.Root().Name(), "catalog": t.Catalog().Version()}
}

func checkBundle(_, input object) finding {
	t, err := reserve.OpenTrust(input.bytes("body"))
	if err != nil {
		return finding{err: err}
	}
	return finding{output: bundleObject(t)}
}

func checkUpdate(context, input object) finding {
	older, err := reserve.OpenTrust(context.bytes("bundle"))
	if err != nil {
		return finding{err: fmt.Errorf("the bundle of the device: %w", err)}
	}
	t, err := reserve.OpenTrust(input.bytes("body"))
	if err == nil {
		err = t.Follows(older)
	}
	if err != nil {
		return finding{err: err}
	}
	return finding{output: bundleObject(t)}
}

func checkCatalog(_, input object) finding {
	text := input.text("text")
	c, err := reserve.ReadCatalog([]byte(text))
	if err != nil {
		return finding{err: err}
	}
	sum := c.Digest()
	return finding{output: object{"version": c.Version(), "canonical": string(c.Raw()) == text, "bytes": len(c.Raw()), "sha256": encodedHex(sum[:])}}
}

func checkCatalogUpdate(_, input object) finding {
	older, err := reserve.ReadCatalog([]byte(input.text("old")))
	if err != nil {
		return finding{err: fmt.Errorf("the old catalog: %v", err)}
	}
	newer, err := reserve.ReadCatalog([]byte(input.text("new")))
	if err == nil {
		err = newer.Follows(older)
	}
	return finding{err: err, output: object{}}
}
