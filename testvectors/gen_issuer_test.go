package testvectors_test

import (
	"crypto/sha256"
	"slices"
)

// Trust roots and bundles, built from SPEC.md field by field.

// The roles and statuses of a key.
const (
	roleRoot   = 1
	roleIssue  = 2
	roleExport = 4

	active      = 1
	retired     = 2
	compromised = 3
)

// A keyForm is a key in a trust root.
type keyForm struct {
	index, suite, roles, from, to, status int
	public                                []byte
}

func (k keyForm) bytes() []byte {
	return cat(k.index, k.suite, u16(k.roles), u16(k.from), u16(k.to), k.status, bs(k.public))
}

// issuerKey is key number index of the issuer that most vectors have.
func issuerKey(index int) signer { return newSigner(secret("issuer key " + string(rune('0'+index)))) }

// listed is an active key of suite 1.
func listedKey(index, roles int) keyForm {
	return keyForm{index: index, suite: 1, roles: roles, status: active, public: issuerKey(index).public}
}

// A policyForm is a policy of a trust root.
type policyForm struct{ role, threshold, suites, classes int }

func (p policyForm) bytes() []byte {
	return cat(u16(p.role), p.threshold, u16(p.suites), u16(p.classes))
}

// A rootForm is a trust root before it is signed.
type rootForm struct {
	header, flags, version      int
	previous                    []byte
	issued, expires, revalidate int
	name                        string
	catalog                     []byte
	keys                        []keyForm
	policies                    []policyForm
	extensions                  []extensionForm
}

// firstDay is the day of most things: 2026-03-02.
const firstDay = 2252

// firstRoot is version 1 of most issuers: key 1 signs roots, key 2 authorizations, export included.
func firstRoot() rootForm {
	sum := sha256.Sum256([]byte(vectorCatalog))
	return rootForm{header: 0x17, version: 1, previous: zeros(32), issued: firstDay, revalidate: 720, name: "Vector Networks",
		catalog: sum[:], keys: []keyForm{listedKey(1, roleRoot), listedKey(2, roleIssue|roleExport)},
		policies: []policyForm{{role: roleRoot, threshold: 1}, {role: roleIssue, threshold: 1}, {role: roleExport, threshold: 1}}}
}

// nextRoot is the version after r, with nothing else changed.
func (r rootForm) nextRoot() rootForm {
	previous := digest("TS1/root", r.content())
	r.version++
	r.previous = previous
	r.keys, r.policies, r.extensions = slices.Clone(r.keys), slices.Clone(r.policies), slices.Clone(r.extensions)
	return r
}

func (r rootForm) content() []byte {
	b := cat(r.header, r.flags, u16(r.version), r.previous, u16(r.issued), u16(r.expires), u16(r.revalidate),
		bs([]byte(r.name)), r.catalog, len(r.keys))
	for _, k := range r.keys {
		b = append(b, k.bytes()...)
	}
	b = append(b, byte(len(r.policies)))
	for _, p := range r.policies {
		b = append(b, p.bytes()...)
	}
	return cat(b, len(r.extensions), extensionBytes(r.extensions))
}

// signed returns the root with signatures of the issuer's keys, in the order given.
func (r rootForm) signed(indices ...int) []byte { return signedContent(r.content(), indices...) }

func signedContent(content []byte, indices ...int) []byte {
	var list []signatureForm
	for _, i := range indices {
		list = append(list, signatureForm{i, issuerKey(i).sign("TS1/root", content)})
	}
	return withSignatures(content, list)
}

// A signatureForm is one signature of a trust root.
type signatureForm struct {
	index     int
	signature []byte
}

func withSignatures(content []byte, list []signatureForm) []byte {
	b := cat(content, len(list))
	for _, s := range list {
		b = cat(b, s.index, bs(s.signature))
	}
	return b
}

// bundleBody is the body of a trust bundle.
func bundleBody(catalog string, roots ...[]byte) []byte {
	b := cat(0x1a, 0, u16(len(roots)))
	for _, r := range roots {
		b = append(b, bs(r)...)
	}
	return append(b, bs([]byte(catalog))...)
}

// vectorCatalog is the catalog of most issuers, in canonical form.
const vectorCatalog = `{"schema":"tallystick/catalog/1","name":"Vector routers","version":1,"evaluation_days":60,"terms":["1y"],` +
	`"products":[{"name":"Router","product_ids":["AC-100"],"entitlements":["base","plus","ports","crypto"]}],"entitlements":[` +
	`{"id":1,"tag":"base","name":"Base","metric":"device","unit":"device","class":"enforced","grace_days":90},` +
	`{"id":2,"tag":"plus","name":"Plus","includes":["base"],"metric":"device","unit":"device","class":"enforced","grace_days":90},` +
	`{"id":200,"tag":"ports","name":"Ports","metric":"capacity","unit":"port","class":"unenforced","grace_days":0},` +
	`{"id":16383,"tag":"crypto","name":"Crypto","metric":"device","unit":"device","class":"export-controlled","grace_days":0}],` +
	`"retired":[{"id":3,"tag":"old"}]}`

// issuerOf returns the fingerprint of an issuer, as people compare it, and its hint.
func issuerOf(first rootForm) (shown string, hint []byte) {
	sum := digest("TS1/root", first.content())
	return shortened(sum), sum[:4]
}
