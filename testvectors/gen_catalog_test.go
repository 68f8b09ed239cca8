package testvectors_test

import (
	"fmt"
	"strings"
)

func catalogVectors() *vectorFile {
	return &vectorFile{
		name:   "catalog",
		about:  "Catalogs as people write them and in canonical form, and one in the place of another.",
		source: "testvectors/README.md, The catalog; reserve/SPEC.md, Catalog",
		groups: []*vectorGroup{catalogGroup(), catalogJSONGroup(), catalogRuleGroup(), catalogSizeGroup(), catalogUpdateGroup()},
	}
}

// A catalogMaker adds tests of catalogs: vectorCatalog with something changed.
type catalogMaker struct{ *vectorGroup }

func (m catalogMaker) good(comment, flags, text, canonical string) {
	m.valid(comment, flags, fields{{"text", long(text)}}, catalogOutput(text, canonical))
}

func catalogOutput(text, canonical string) fields {
	var version int
	_, rest, _ := strings.Cut(canonical, `"version":`)
	_, err := fmt.Sscan(strings.Split(rest, ",")[0], &version)
	must(err == nil, "a version")
	return fields{{"version", version}, {"canonical", text == canonical}, {"bytes", len(canonical)}, {"sha256", hexed(catalogSum(canonical))}}
}

func (m catalogMaker) bad(comment, flags, text string) {
	m.invalid(comment, flags, fields{{"text", long(text)}}, "invalid-catalog")
}

// edited is vectorCatalog with pieces replaced, each of which is there.
func edited(pairs ...string) string {
	for i := 0; i < len(pairs); i += 2 {
		must(strings.Contains(vectorCatalog, pairs[i]), "the catalog has no "+pairs[i])
	}
	return strings.NewReplacer(pairs...).Replace(vectorCatalog)
}

const plainRetired = `,"retired":[{"id":3,"tag":"old"}]`

func catalogGroup() *vectorGroup {
	m := catalogMaker{&vectorGroup{name: "Catalogs", operation: "catalog"}}
	same := func(comment, flags, text string) { m.good(comment, flags, text, text) }
	same("in canonical form", "", vectorCatalog)
	smallest := `{"schema":"tallystick/catalog/1","name":"c","version":1,"evaluation_days":0,"terms":[],"products":[{"name":"p","product_ids":["A"],` +
		`"entitlements":["a"]}],"entitlements":[{"id":1,"tag":"a","name":"a","metric":"user","unit":"u","class":"enforced","grace_days":0}]}`
	same("the smallest", "", smallest)
	same("a note", "", edited(`"class":"unenforced","grace_days":0`, `"class":"unenforced","grace_days":0,"note":"Reported only."`))
	same("text in other scripts, with symbols", "", edited("Vector routers", "Μετρητές № 7 — 路由器 ½€"))
	same("escapes in canonical form", "Canonical", edited("Vector routers", `\"R\u003cD\u003e \u0026 \\`))
	same("all that is not escaped", "Canonical", edited("Vector routers", "/'` =\u00e9\U0001f600"))
	same("every term of months and years", "", edited(`["1y"]`, `["1m","2m","11m","1y","13m","18m","2y","119m","10y"]`))
	written := func(comment, text string, canonical ...string) {
		want := vectorCatalog
		if canonical != nil {
			want = canonical[0]
		}
		m.good(comment, "Canonical", text, want)
	}
	written("white space between tokens", edited(`,"`, ", \n\t\r\"", `":`, `" : `))
	written("white space around", " \n"+vectorCatalog+"\n")
	written("fields in another order", edited(`"name":"Vector routers","version":1`, `"version":1,"name":"Vector routers"`))
	written("a letter that is escaped", edited("Vector", `\u0056ector`))
	written("a slash that is escaped", edited("Vector routers", `A\/B`), edited("Vector routers", "A/B"))
	written("< and & that are not escaped", edited("Vector routers", "<&>"), edited("Vector routers", `\u003c\u0026\u003e`))
	written("a character outside the first plane, escaped", edited("Vector routers", `\ud83d\ude00`), edited("Vector routers", "\U0001f600"))
	written("an empty list of retired ones", edited(plainRetired, `,"retired":[]`), edited(plainRetired, ""))
	written("an empty list of tiers", edited(`"name":"Base"`, `"name":"Base","includes":[]`))
	written("an empty note", edited(`"class":"unenforced","grace_days":0`, `"class":"unenforced","grace_days":0,"note":""`))
	written("no number of days of grace", edited(`"class":"unenforced","grace_days":0`, `"class":"unenforced"`))
	written("null is like no number of days", edited(`"evaluation_days":60`, `"evaluation_days":null`), edited(`"evaluation_days":60`, `"evaluation_days":0`))
	written("null is like no terms", edited(`["1y"]`, "null"), edited(`["1y"]`, "[]"))
	written("null is like no tiers, no note and no retired ones", edited(`"name":"Base"`, `"name":"Base","includes":null,"note":null`, plainRetired, `,"retired":null`),
		edited(plainRetired, ""))
	written("no terms", edited(`"terms":["1y"],`, ""), edited(`["1y"]`, "[]"))
	written("no number of days of evaluation", edited(`"evaluation_days":60,`, ""), edited(`"evaluation_days":60`, `"evaluation_days":0`))
	return m.vectorGroup
}

// catalogJSONGroup is about texts that are no JSON object of a catalog.
func catalogJSONGroup() *vectorGroup {
	m := catalogMaker{&vectorGroup{name: "Texts that are no catalog", operation: "catalog"}}
	bad := func(comment, text string) { m.bad(comment, "JSON", text) }
	bad("nothing", "")
	bad("null", "null")
	bad("an empty object", "{}")
	bad("a list", "["+vectorCatalog+"]")
	bad("a string", `"catalog"`)
	bad("the end is missing", vectorCatalog[:len(vectorCatalog)-1])
	bad("two catalogs", vectorCatalog+vectorCatalog)
	bad("something after it", vectorCatalog+"x")
	bad("a byte order mark", "\ufeff"+vectorCatalog)
	bad("a comment", edited(`"name":"Vector`, `/* */"name":"Vector`))
	bad("a comma too many", edited(`["1y"]`, `["1y",]`))
	bad("single quotes", strings.ReplaceAll(vectorCatalog, `"`, "'"))
	bad("an unknown field", edited(`"version":1`, `"version":1,"edition":1`))
	bad("an unknown field of an entitlement", edited(`"name":"Base"`, `"name":"Base","price":1`))
	bad("a field twice", edited(`"version":1`, `"version":1,"version":1`))
	bad("a field of an entitlement twice", edited(`"name":"Base"`, `"name":"Base","name":"Base"`))
	bad("a field in upper case", edited(`"name":"Vector`, `"Name":"Vector`))
	bad("a field with a long s, whose upper case is S", edited(`"class":"unenforced"`, `"cla\u017fs":"unenforced"`))
	bad("a version in quotes", edited(`"version":1`, `"version":"1"`))
	bad("a version with a fraction", edited(`"version":1`, `"version":1.5`))
	bad("a version with a leading zero", edited(`"version":1`, `"version":01`))
	bad("a version with a sign", edited(`"version":1`, `"version":+1`))
	bad("a negative version", edited(`"version":1`, `"version":-1`))
	for _, number := range []string{"1.0", "1e0", "1E0", "10e-1", "-0", "0x1", "1_000", "true"} {
		bad("the version "+number, edited(`"version":1`, `"version":`+number))
	}
	bad("a number of days with a fraction of 0", edited(`"evaluation_days":60`, `"evaluation_days":60.0`))
	for _, x := range [][2]string{{`"schema":"tallystick/catalog/1"`, `"schema":null`}, {`"version":1`, `"version":null`}, {`"name":"Base"`, `"name":null`},
		{`["AC-100"]`, "null"}, {`"class":"unenforced"`, `"class":null`}, {`"id":200`, `"id":null`}, {`"version":1`, `"version":1,"x":null`}} {
		bad("null for what can't be left out: "+x[1], edited(x[0], x[1]))
	}
	for _, x := range [][2]string{{`["1y"]`, "[null]"}, {`["AC-100"]`, "[null]"}, {`["base"]`, "[null]"}, {`{"id":3,"tag":"old"}`, "null"}} {
		bad("null in a list: "+x[1], edited(x[0], x[1]))
	}
	bad("a number for a text", edited(`"name":"Base"`, `"name":1`))
	bad("a text for a list", edited(`["1y"]`, `"1y"`))
	bad("a surrogate alone", edited("Vector routers", `\ud800`))
	bad("the replacement character", edited("Vector routers", "R\ufffd"))
	bad("nine levels", edited(`"version":1`, `"version":1,"x":[[[[[[[[0]]]]]]]]`))
	return m.vectorGroup
}

// catalogRuleGroup is about rules that are broken.
func catalogRuleGroup() *vectorGroup {
	m := catalogMaker{&vectorGroup{name: "Catalogs that break a rule", operation: "catalog"}}
	bad := func(comment string, pairs ...string) { m.bad(comment, "CatalogRule", edited(pairs...)) }
	bad("another schema", "catalog/1", "catalog/2")
	bad("no schema", `"schema":"tallystick/catalog/1",`, "")
	bad("no name", `"name":"Vector routers",`, "")
	bad("version 0", `"version":1`, `"version":0`)
	for _, term := range []string{"12m", "24m", "0m", "0y", "1d", "1w", "1Y", "01y", "1", "y", "", " 1y", "1.5y", "-1y", "121m", "11y", "1y6m"} {
		bad(fmt.Sprintf("the term %q", term), `["1y"]`, fmt.Sprintf("[%q]", term))
	}
	bad("a term twice", `["1y"]`, `["1y","1y"]`)
	bad("the longer term first", `["1y"]`, `["1y","1m"]`)
	bad("no products", `[{"name":"Router","product_ids":["AC-100"],"entitlements":["base","plus","ports","crypto"]}]`, "[]")
	bad("a product without an ID", `["AC-100"]`, "[]")
	bad("a product without an entitlement", `["base","plus","ports","crypto"]`, "[]")
	bad("a product with an entitlement twice", `["base","plus","ports","crypto"]`, `["base","plus","base"]`)
	bad("a product with an entitlement that is not there", `"ports","crypto"]`, `"ports","cryptic"]`)
	bad("a product with a retired entitlement", `"ports","crypto"]`, `"ports","old"]`)
	bad("a product ID twice", `["AC-100"]`, `["AC-100","AC-100"]`)
	for _, id := range []string{"", "ac-100", "AC:100", "-AC", ".AC", "AC 100", "AC_Ä", " AC"} {
		bad(fmt.Sprintf("the product ID %q", id), `["AC-100"]`, fmt.Sprintf("[%q]", id))
	}
	bad("no name of a product", `"name":"Router"`, `"name":""`)
	addEntitlementRules(bad)
	for _, x := range []struct{ comment, text string }{{"a control character", `\u0007`}, {"an escape code", `\u001b[31m`}, {"a line end", `\n`}, {"DEL", "\u007f"},
		{"an override of direction", "R\u202eR"}, {"a zero width space", "R\u200bR"}, {"a no-break space", "R\u00a0R"}, {"a line separator", "R\u2028R"},
		{"a private character", "R\ue000"}, {"a space first", " R"}, {"a space last", "R "}} {
		bad("a name with "+x.comment, "Vector routers", x.text)
	}
	return m.vectorGroup
}

// addEntitlementRules is about IDs, tags and tiers.
func addEntitlementRules(bad func(comment string, pairs ...string)) {
	bad("ID 0", `"id":1,`, `"id":0,`)
	bad("an ID twice", `"id":2`, `"id":1`)
	bad("a retired ID that is offered", `{"id":3`, `{"id":2`)
	for _, tag := range []string{"", "Base", "1base", "-base", "base-", "ba--se", "ba_se", "ba se", "bäse"} {
		bad(fmt.Sprintf("the tag %q", tag), `"tag":"old"`, fmt.Sprintf(`"tag":%q`, tag))
	}
	bad("a tag twice", `"tag":"plus"`, `"tag":"base"`)
	bad("a retired tag that is offered", `"tag":"old"`, `"tag":"base"`)
	bad("an unknown metric", `"metric":"capacity"`, `"metric":"port"`)
	bad("no metric", `"metric":"capacity",`, "")
	bad("an unknown class", `"class":"unenforced"`, `"class":"optional"`)
	bad("no class", `"class":"unenforced",`, "")
	bad("no unit", `"unit":"port"`, `"unit":""`)
	bad("it includes what is not there", `"includes":["base"]`, `"includes":["cellar"]`)
	bad("it includes what is retired", `"includes":["base"]`, `"includes":["old"]`)
	bad("it includes something twice", `"includes":["base"]`, `"includes":["base","base"]`)
	bad("it includes itself", `"includes":["base"]`, `"includes":["plus"]`)
	bad("it includes itself by way of another", `"name":"Base"`, `"name":"Base","includes":["plus"]`)
	bad("it includes what is export-controlled, and is not itself", `"includes":["base"]`, `"includes":["crypto"]`)
}
