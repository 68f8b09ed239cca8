package testvectors_test

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"tallystick/keys"
	"tallystick/reserve"
)

// The checks of what a device is.

func encodedHex(b []byte) string { return hex.EncodeToString(b) }

// checkIdentity compares what package reserve derives: it does not show the chain, which the tests
// of receipts show, nor the digest of the key and the salt, on which the DID depends.
func checkIdentity(_, input object) finding {
	d := newDevice(input.bytes("seed"), input.text("udi"))
	udi, err := reserve.ParseUDI(string(d.udi))
	if err != nil {
		return finding{err: err}
	}
	fresh, err := reserve.NewInstance(udi, trustFor(udi.Product()), bytes.NewReader(d.seed), time.Unix(0, 0))
	if err != nil {
		return finding{err: err}
	}
	out := requestObject(fresh.Request())
	if !strings.Contains(encodedHex(fresh.Request().Body()), encodedHex(d.anchor)) {
		return finding{err: fmt.Errorf("the anchor of the request is not %x", d.anchor)}
	}
	var chain []object
	for _, p := range []int{1, 2, 3, 2046, 2047, 2048} {
		chain = append(chain, object{"position": p, "x": encodedHex(d.x[p])})
	}
	for _, field := range []string{"suite", "root", "catalog", "udi", "extensions"} {
		delete(out, field)
	}
	out["signingSeed"], out["keyDigest"], out["chain"] = encodedHex(d.signerSeed), encodedHex(d.keyDigest), chain
	return finding{output: out}
}

// requestObject shows a request as the files do. The salt and the extensions are not public in
// package reserve: they are read here.
func requestObject(q reserve.Request) object {
	id, body := q.Identity(), q.Body()
	udi := id.UDI().String()
	keyDigest := id.Public().Fingerprint()
	return object{"suite": id.Public().Suite(), "publicKey": encodedHex(id.Public().Bytes()), "anchor": encodedHex(body[35:51]),
		"root": q.RootVersion(), "catalog": q.CatalogVersion(), "udi": udi, "extensions": extensionObjects(body[55+len(packedUDI(udi)):]),
		"salt": encodedHex(digest("TS1/salt", keyDigest[:16], []byte(udi))[:16]), "did": encodedHex(sliceOf32(id.DID())),
		"fingerprint": id.DID().String(), "locator": fmt.Sprintf("%05x", id.DID().Locator())}
}

func sliceOf32(b [32]byte) []byte { return b[:] }

// extensionObjects reads extensions behind their count, none longer than 127 bytes.
func extensionObjects(b []byte) []object {
	all := []object{}
	for n := b[0]; n > 0; n-- {
		data := b[3 : 3+int(b[2])]
		all = append(all, object{"type": b[1], "data": encodedHex(data)})
		b = b[2+len(data):]
	}
	return all
}

func checkRequest(_, input object) finding {
	q, err := reserve.ParseRequest(input.bytes("body"))
	if err != nil {
		return finding{err: err}
	}
	return finding{output: requestObject(q)}
}

// checkUDI puts the packed UDI into a request.
func checkUDI(_, input object) finding {
	form := exampleRequest()
	form.packed = append([]byte{}, input.bytes("packed")...)
	q, err := reserve.ParseRequest(form.body())
	if err != nil {
		return finding{err: err}
	}
	return finding{output: object{"udi": q.Identity().UDI().String()}}
}

// trustFor is the trust of an issuer whose catalog has a product of that ID alone.
func trustFor(product string) reserve.Trust {
	catalog, err := reserve.ReadCatalog(fmt.Appendf(nil, `{"schema": "tallystick/catalog/1", "name": "c", "version": 1, "terms": [],
		"products": [{"name": "p", "product_ids": [%q], "entitlements": ["e"]}],
		"entitlements": [{"id": 1, "tag": "e", "name": "e", "metric": "device", "unit": "u", "class": "enforced"}]}`, product))
	must(err == nil, fmt.Sprint(err))
	key := keys.PrivateKeyFromSeed([32]byte(secret("root key")))
	signed, err := keys.RootTemplate{Name: "n", Issued: 1, CatalogDigest: catalog.Digest(),
		Keys:     []keys.Key{{Index: 1, Public: key.Public(), Roles: keys.RoleRoot | keys.RoleIssue, Status: keys.Active}},
		Policies: []keys.Policy{{Role: keys.RoleRoot, Threshold: 1}, {Role: keys.RoleIssue, Threshold: 1}}}.Sign(nil, key)
	must(err == nil, fmt.Sprint(err))
	trust, err := reserve.NewTrust([][]byte{signed}, catalog.Raw())
	must(err == nil, fmt.Sprint(err))
	return trust
}
