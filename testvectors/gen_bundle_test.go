package testvectors_test

import (
	"fmt"
	"strings"
)

func bundleOutput(versions int, first, newest rootForm, catalog int) fields {
	shown, hint := issuerOf(first)
	return fields{{"versions", versions}, {"issuer", shown}, {"hint", hexed(hint)}, {"training", newest.flags&1 == 1},
		{"name", newest.name}, {"catalog", catalog}}
}

func bundleGroup() *vectorGroup {
	g := &vectorGroup{name: "Trust bundles", operation: "bundle"}
	one := firstRoot()
	signed := one.signed(1)
	whole := bundleBody(vectorCatalog, signed)
	g.body("version 1 alone", "", whole, bundleOutput(1, one, one, 1))
	two := one.nextRoot()
	two.name = "Vectors & Sons"
	g.body("two versions", "", bundleBody(vectorCatalog, signed, two.signed(1)), bundleOutput(2, one, two, 1))
	training := changedRoot(func(r *rootForm) { r.flags = 1 })
	g.body("for training", "Training", bundleBody(vectorCatalog, training.signed(1)), bundleOutput(1, training, training, 1))
	addHeaders(g, 10, 0, func(header, flags int) []byte { return cat(header, flags, whole[2:]) })
	for bit := range 8 {
		g.bad(fmt.Sprintf("flag %#02x", 1<<bit), "Header", cat(0x1a, 1<<bit, whole[2:]), "code-unsupported")
	}
	const malformed, mismatch = "code-malformed", "trust-mismatch"
	g.bad("nothing", "Truncated", nil, malformed)
	g.bad("the header alone", "Truncated", whole[:2], malformed)
	g.bad("it ends in the root", "Truncated", whole[:100], malformed)
	g.bad("no catalog", "Truncated", whole[:4+len(bs(signed))], malformed)
	g.bad("it ends in the catalog", "Truncated", whole[:len(whole)-1], malformed)
	g.bad("a byte after it", "Trailing", cat(whole, 0), malformed)
	g.bad("more roots than there are", "Truncated", cat(whole[:2], u16(3), whole[4:]), malformed)
	g.bad("no root", "ChainBreak", bundleBody(vectorCatalog), mismatch)
	g.bad("no root and a catalog that is none", "ChainBreak Order", bundleBody("{}"), mismatch)
	size := len(signed)
	g.bad("the length of the root in three bytes", "NotCanonical",
		cat(0x1a, 0, u16(1), 0x80|size&127, 0x80|size>>7, 0, signed, bs([]byte(vectorCatalog))), malformed)
	g.bad("a signature is wrong", "Signature", bundleBody(vectorCatalog, flipped(signed, len(signed)-1, 0)), mismatch)
	g.bad("a root of another format", "Version", bundleBody(vectorCatalog, changedRoot(func(r *rootForm) { r.header = 0x27 }).signed(1)), "code-unsupported")
	g.bad("a root that is none", "Truncated", bundleBody(vectorCatalog, []byte{0x17}), mismatch)
	addBundleCatalogs(g)
	return g
}

// naming is a root that names a catalog.
func naming(catalog string) rootForm {
	return changedRoot(func(r *rootForm) { r.catalog = catalogSum(catalog) })
}

func addBundleCatalogs(g *vectorGroup) {
	const flag = "Catalog"
	other := strings.Replace(vectorCatalog, "Vector routers", "Other routers", 1)
	signed := firstRoot().signed(1)
	g.bad("another catalog", flag, bundleBody(other, signed), "trust-mismatch")
	g.bad("an empty catalog", flag, bundleBody("", signed), "trust-mismatch")
	g.bad("another catalog, which is none", flag+" Order", bundleBody("{}", signed), "trust-mismatch")
	old, newer := naming(other), naming(other).nextRoot()
	newer.catalog = catalogSum(vectorCatalog)
	g.body("the newest root names it", flag, bundleBody(vectorCatalog, old.signed(1), newer.signed(1)), bundleOutput(2, old, newer, 1))
	g.bad("the root before names it", flag, bundleBody(other, old.signed(1), newer.signed(1)), "trust-mismatch")
	named := func(comment, catalog string) {
		g.bad(comment, flag, bundleBody(catalog, naming(catalog).signed(1)), "invalid-catalog")
	}
	named("the catalog has a space", strings.Replace(vectorCatalog, ",", ", ", 1))
	named("the catalog ends in a line end", vectorCatalog+"\n")
	named("the catalog has its fields in another order", strings.Replace(vectorCatalog, `"name":"Vector routers","version":1`, `"version":1,"name":"Vector routers"`, 1))
	named("the catalog escapes what need not be", strings.Replace(vectorCatalog, "Router", `\u0052outer`, 1))
	named("the catalog lacks a number that is 0", strings.Replace(vectorCatalog, `,"grace_days":0}]`, `}]`, 1))
	named("the catalog has an empty list of retired ones", strings.Replace(vectorCatalog, `[{"id":3,"tag":"old"}]`, "[]", 1))
	named("the catalog breaks a rule", strings.Replace(vectorCatalog, `"id":2`, `"id":1`, 1))
	named("no catalog", "")
	named("an empty object", "{}")
}

// bundleSizeGroup is about the limits of a bundle.
func bundleSizeGroup() *vectorGroup {
	g := &vectorGroup{name: "The size of a trust bundle", operation: "bundle"}
	g.bad("1024 roots, none of which is one", "Limit", cat(0x1a, 0, u16(1024), zeros(1024), bs([]byte(vectorCatalog))), "trust-mismatch")
	g.bad("1025 roots", "Limit", cat(0x1a, 0, u16(1025), zeros(1025), bs([]byte(vectorCatalog))), "code-malformed")
	g.bad("a root of 32769 bytes", "Limit", bundleBody(vectorCatalog, zeros(32769)), "code-malformed")
	g.bad("a root of 32768 bytes that is none", "Limit", bundleBody(vectorCatalog, zeros(32768)), "trust-mismatch")
	g.bad("a catalog of 262145 bytes", "Limit", bundleBody(strings.Repeat(" ", 262145), firstRoot().signed(1)), "code-malformed")
	g.bad("a catalog of 262144 bytes that is another", "Limit", bundleBody(strings.Repeat(" ", 262144), firstRoot().signed(1)), "trust-mismatch")
	for _, size := range []int{614400, 614401} {
		body, versions, newest := bundleOf(size)
		if size == 614400 {
			g.body("614400 bytes, the most there are", "Limit", body, bundleOutput(versions, firstRoot(), newest, 1))
		} else {
			g.bad("614401 bytes", "Limit", body, "code-malformed")
		}
	}
	return g
}

// bundleOf returns a bundle of exactly that size: large extensions in roots fill it.
func bundleOf(size int) (body []byte, versions int, newest rootForm) {
	r := firstRoot()
	roots := [][]byte{r.signed(1)}
	for {
		r = r.nextRoot()
		r.extensions = []extensionForm{{1, zeros(28000)}}
		left := size - len(bundleBody(vectorCatalog, append(roots, r.signed(1))...))
		if left <= 0 {
			r.extensions[0].data = zeros(28000 + left)
			body := bundleBody(vectorCatalog, append(roots, r.signed(1))...)
			must(len(body) == size, fmt.Sprintf("a bundle of %d bytes has %d", size, len(body)))
			return body, r.version, r
		}
		roots = append(roots, r.signed(1))
	}
}

func updateGroup() *vectorGroup {
	one := firstRoot()
	two := one.nextRoot()
	three := two.nextRoot()
	first, second, third := one.signed(1), two.signed(1), three.signed(1)
	g := &vectorGroup{name: "A device with version 2 receives a bundle", operation: "update",
		context: fields{{"bundle", hexed(bundleBody(vectorCatalog, first, second))}}}
	good := func(comment, flags string, body []byte, newest rootForm, catalog int) {
		g.body(comment, flags, body, bundleOutput(newest.version, one, newest, catalog))
	}
	good("the same again", "", bundleBody(vectorCatalog, first, second), two, 1)
	good("version 3", "", bundleBody(vectorCatalog, first, second, third), three, 1)
	const flag = "Update"
	g.bad("version 1", flag, bundleBody(vectorCatalog, first), "trust-too-old")
	fork := one.nextRoot()
	fork.name = "Fork"
	g.bad("another version 2", flag, bundleBody(vectorCatalog, first, fork.signed(1)), "trust-too-old")
	g.bad("version 3 after another version 2", flag, bundleBody(vectorCatalog, first, fork.signed(1), fork.nextRoot().signed(1)), "trust-too-old")
	stranger := changedRoot(func(r *rootForm) { r.name = "Another Issuer" })
	g.bad("another issuer with the same keys", flag, bundleBody(vectorCatalog, stranger.signed(1), stranger.nextRoot().signed(1)), "unknown-issuer")
	g.bad("another issuer, version 1", flag+" Order", bundleBody(vectorCatalog, stranger.signed(1)), "unknown-issuer")
	g.bad("a bundle that is none", flag, nil, "code-malformed")
	g.bad("version 3 with a wrong signature", flag, bundleBody(vectorCatalog, first, second, flipped(third, len(third)-1, 0)), "trust-mismatch")
	addCatalogUpdates(g, flag, one, two, first, second)
	return g
}

func addCatalogUpdates(g *vectorGroup, flag string, one, two rootForm, first, second []byte) {
	with := func(change ...string) (string, rootForm, []byte) {
		catalog := strings.NewReplacer(change...).Replace(vectorCatalog)
		r := two.nextRoot()
		r.catalog = catalogSum(catalog)
		return catalog, r, bundleBody(catalog, first, second, r.signed(1))
	}
	const version, two2 = `"version":1`, `"version":2`
	_, r, body := with(version, two2)
	g.body("a catalog of a higher version", flag+" Catalog", body, bundleOutput(3, one, r, 2))
	_, r, body = with(version, two2, "Base", "Basis", `"grace_days":90`, `"grace_days":30`, `"class":"unenforced"`, `"class":"enforced"`)
	g.body("other names, classes and days", flag+" Catalog", body, bundleOutput(3, one, r, 2))
	_, r, body = with(version, two2, `{"id":200,"tag":"ports","name":"Ports","metric":"capacity","unit":"port","class":"unenforced","grace_days":0},`, "",
		`,"ports"`, "", `"retired":[`, `"retired":[{"id":200,"tag":"ports"},`)
	g.body("one is retired", flag+" Catalog", body, bundleOutput(3, one, r, 2))
	_, r, body = with(version, two2, `{"id":3,"tag":"old"}`, `{"id":4,"tag":"older"},{"id":3,"tag":"old"}`)
	g.body("a new ID", flag+" Catalog", body, bundleOutput(3, one, r, 2))
	bad := func(comment string, change ...string) {
		_, _, body := with(change...)
		g.bad(comment, flag+" Catalog", body, "invalid-catalog")
	}
	bad("another catalog of the same version", "Base", "Basis")
	bad("an ID is gone", version, two2, `,"retired":[{"id":3,"tag":"old"}]`, "")
	bad("an ID has another tag", version, two2, `"ports"`, `"jacks"`)
	bad("two tags are exchanged", version, two2, `{"id":1,"tag":"base"`, `{"id":2,"tag":"base"`, `{"id":2,"tag":"plus"`, `{"id":1,"tag":"plus"`)
	bad("another metric", version, two2, `"metric":"capacity"`, `"metric":"user"`)
	bad("a retired ID has another tag", version, two2, `"old"`, `"new"`)
}
