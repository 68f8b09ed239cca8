package reserve

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode"

	"tallystick/keys"
)

// catalogFaults are the test catalog with one thing wrong each, and the whole refusal.
var catalogFaults = []struct{ name, old, new, want string }{
	{"schema of another version", `catalog/1"`, `catalog/2"`, `schema "tallystick/catalog/2", expected "tallystick/catalog/1"`},
	{"no schema", `"schema": "tallystick/catalog/1", `, ``, `schema "", expected "tallystick/catalog/1"`},
	{"version 0", `"version": 1`, `"version": 0`, `version is missing; it counts from 1`},
	{"evaluation too long", `"evaluation_days": 90`, `"evaluation_days": 367`, `evaluation of 367 days, at most 366`},
	{"unknown field", `"version": 1`, `"version": 1, "vendor": "x"`, `json: unknown field "vendor"`},
	{"unknown field with an escape", `"version": 1`, `"version": 1, "\u001b[2J": 1`, `line 2: field "\x1b[2J" is not one of a catalog; names are lower case`},
	{"field in another case", `"version": 1`, `"Version": 1`, `line 2: field "Version" is not one of a catalog; names are lower case`},
	{"field twice", `"version": 1`, `"version": 1, "version": 2`, `line 2: field "version" is given twice`},
	{"field twice in an entitlement", `"unit": "port"`, `"unit": "port", "unit": "x"`, `line 9: field "unit" is given twice`},
	{"field twice by Unicode's case rules", `"class": "unenforced"`, `"class": "enforced", "claſs": "unenforced"`,
		`line 11: field "claſs" is not one of a catalog; names are lower case`},
	{"byte order mark", `{
  "schema"`, "\ufeff{\n  \"schema\"", `line 1: invalid character 'ï' looking for beginning of value`},
	{"missing comma", `"1m", "1y"`, `"1m" "1y"`, `line 3: invalid character '"' after array element`},
	{"cut short", "  ]\n}", "  ]\n", `the text ends too early`},
	{"two values", "  ]\n}", "  ]\n} {}", `more than one value`},
	{"text for a number", `"id": 6`, `"id": "6"`, `line 11: field "entitlements.id" can't be a string`},
	{"fraction", `"grace_days": 90}`, `"grace_days": 1.5}`, `line 6: field "entitlements.grace_days" can't be a number 1.5`},
	{"negative number", `"version": 1`, `"version": -1`, `line 2: field "version" can't be a number -1`},
	{"nesting", `"3y"]`, `"3y", [[[[[[[]]]]]]]]`, `line 3: more than 8 objects and lists in one another`},

	{"term in months that is a year", `"1y"`, `"12m"`, `term "12m" is written "1y"`},
	{"term with a leading zero", `"1y"`, `"01y"`, `term "01y" is written "1y"`},
	{"term in days", `"1y"`, `"30d"`, `term "30d": expected months or years, such as 1m, 3y, at most 10y`},
	{"term of nothing", `"1y"`, `"0y"`, `term "0y": expected months or years, such as 1m, 3y, at most 10y`},
	{"term too long", `"1y"`, `"11y"`, `term "11y": expected months or years, such as 1m, 3y, at most 10y`},
	{"term as a number", `"1y"`, `12`, `term "12": expected text, such as "3y"`},
	{"term of null", `"1y"`, `null`, `term "": expected months or years, such as 1m, 3y, at most 10y`},
	{"terms out of order", `"1m", "1y"`, `"1y", "1m"`, `terms [1y 1m 3y]: expected the shortest first and none twice`},
	{"term twice", `"1m", "1y"`, `"1y", "1y"`, `terms [1y 1y 3y]: expected the shortest first and none twice`},

	{"id 0", `"id": 1,`, `"id": 0,`, `entitlement "essentials": id 0, expected 1 to 16383`},
	{"id too high", `"id": 1,`, `"id": 16384,`, `entitlement "essentials": id 16384, expected 1 to 16383`},
	{"id used twice", `"id": 4,`, `"id": 1,`, `entitlement 1 "ports": id or tag is used twice; neither is ever used again`},
	{"tag used twice", `"tag": "ports"`, `"tag": "crypto"`, `entitlement 5 "crypto": id or tag is used twice; neither is ever used again`},
	{"id of a retired one", `"terms"`, `"retired": [{"id": 4, "tag": "old"}], "terms"`, `entitlement 4 "old": id or tag is used twice; neither is ever used again`},
	{"tag of a retired one", `"terms"`, `"retired": [{"id": 9, "tag": "ports"}], "terms"`, `entitlement 9 "ports": id or tag is used twice; neither is ever used again`},
	{"retired twice", `"terms"`, `"retired": [{"id": 9, "tag": "a"}, {"id": 9, "tag": "b"}], "terms"`, `entitlement 9 "b": id or tag is used twice; neither is ever used again`},
	{"tag in capitals", `"tag": "ports"`, `"tag": "Ports"`, tagFault("Ports")},
	{"tag with a space", `"tag": "ports"`, `"tag": "po rts"`, tagFault("po rts")},
	{"tag with an underscore", `"tag": "ports"`, `"tag": "po_rts"`, tagFault("po_rts")},
	{"tag that begins with a digit", `"tag": "ports"`, `"tag": "10g"`, tagFault("10g")},
	{"tag that begins with a hyphen", `"tag": "ports"`, `"tag": "-ports"`, tagFault("-ports")},
	{"tag that ends in a hyphen", `"tag": "ports"`, `"tag": "ports-"`, tagFault("ports-")},
	{"tag with two hyphens", `"tag": "ports"`, `"tag": "po--rts"`, tagFault("po--rts")},
	{"tag in other letters", `"tag": "ports"`, `"tag": "pörts"`, tagFault("pörts")},
	{"no tag", `"tag": "ports"`, `"tag": ""`, tagFault("")},
	{"tag too long", `"tag": "ports"`, `"tag": "` + strings.Repeat("p", 49) + `"`, tagFault(strings.Repeat("p", 49))},

	{"no such class", `"class": "unenforced"`, `"class": "optional"`, `entitlement "telemetry": class "optional", expected unenforced, enforced or export-controlled`},
	{"no class", `, "class": "unenforced"`, ``, `entitlement "telemetry": class "", expected unenforced, enforced or export-controlled`},
	{"no such metric", `"metric": "capacity", "unit": "port"`, `"metric": "site", "unit": "port"`, `entitlement "ports": metric "site", expected user, device or capacity`},
	{"grace too long", `"grace_days": 90}`, `"grace_days": 367}`, `entitlement "essentials": grace of 367 days, at most 366`},
	{"no unit", `"unit": "port"`, `"unit": ""`, `entitlement "ports": unit "": expected 1 to 200 bytes of UTF-8`},
	{"name too long", `"name": "Ports"`, `"name": "` + strings.Repeat("é", 101) + `"`,
		`entitlement "ports": name "` + strings.Repeat("é", 50) + `…": expected 1 to 200 bytes of UTF-8`},
	{"name of a space", `"name": "Ports"`, `"name": " "`, `entitlement "ports": name " " begins or ends with a space`},
	{"name with an escape", `"name": "Ports"`, `"name": "\u001b[31mPorts"`, unprintable(`\x1b[31mPorts`)},
	{"name with a line end", `"name": "Ports"`, `"name": "Po\nrts"`, unprintable(`Po\nrts`)},
	{"name with a C1 control", `"name": "Ports"`, `"name": "Po\u009brts"`, unprintable(`Po\u009brts`)},
	{"name that reads backward", `"name": "Ports"`, `"name": "Po\u202erts"`, unprintable(`Po\u202erts`)},
	{"name with an isolate", `"name": "Ports"`, `"name": "Po\u2066rts"`, unprintable(`Po\u2066rts`)},
	{"name with a zero-width space", `"name": "Ports"`, `"name": "Po\u200brts"`, unprintable(`Po\u200brts`)},
	{"name with a no-break space", `"name": "Ports"`, `"name": "Po\u00a0rts"`, unprintable(`Po\u00a0rts`)},
	{"name with half a surrogate pair", `"name": "Ports"`, `"name": "Po\ud800rts"`, unprintable(`Po�rts`)},
	{"name that is not UTF-8", `"name": "Ports"`, "\"name\": \"Po\xffrts\"", unprintable(`Po�rts`)},
	{"note with an escape", `"unit": "port"`, `"unit": "port", "note": "\u001b"`, `entitlement "ports": note "\x1b" holds a character that can't be printed`},
	{"catalog without a name", `"name": "test switch"`, `"name": ""`, `name "": expected 1 to 200 bytes of UTF-8`},

	{"tier that is not there", `["essentials"]`, `["basics"]`, `entitlement "advantage" includes "basics", which is not in the catalog or listed twice`},
	{"tier twice", `["essentials"]`, `["essentials", "essentials"]`, `entitlement "advantage" includes "essentials", which is not in the catalog or listed twice`},
	{"tier of its own", `["essentials"]`, `["advantage"]`, `entitlement "advantage" includes itself by way of "advantage"`},
	{"tiers in a circle", `["essentials"]`, `["premier"]`, `entitlement "advantage" includes itself by way of "premier"`},
	{"tier that hides export control", `["essentials"]`, `["essentials", "crypto"]`, `entitlement "advantage" includes "crypto", which is export-controlled, and is not itself`},
	{"tier that is retired", `["essentials"]`, `["essentials", "old"]`, `entitlement "advantage" includes "old", which is not in the catalog or listed twice`},

	{"no product IDs", `["C9300-24T"]`, `[]`, `product "Switch" has no product IDs or no entitlements`},
	{"product IDs left out", `"product_ids": ["C9300-24T"], `, ``, `product "Switch" has no product IDs or no entitlements`},
	{"product ID twice", `["C9300-24T"]`, `["C9300-24T", "C9300-24T"]`, `product "Switch": product ID "C9300-24T" is invalid or listed twice`},
	{"product ID in lower case", `["C9300-24T"]`, `["c9300-24t"]`, `product "Switch": product ID "c9300-24t" is invalid or listed twice`},
	{"product ID with a colon", `["C9300-24T"]`, `["C9300:24T"]`, `product "Switch": product ID "C9300:24T" is invalid or listed twice`},
	{"product ID too long", `["C9300-24T"]`, `["` + strings.Repeat("C", 33) + `"]`, `product "Switch": product ID "` + strings.Repeat("C", 33) + `" is invalid or listed twice`},
	{"product with what is not there", `"crypto", "telemetry"]`, `"crypto", "radio"]`, `product "Switch": entitlement "radio" is not in the catalog or listed twice`},
	{"product with one thing twice", `"crypto", "telemetry"]`, `"crypto", "crypto"]`, `product "Switch": entitlement "crypto" is not in the catalog or listed twice`},
	{"no products", `[{"name": "Switch", "product_ids": ["C9300-24T"], "entitlements": ["essentials", "advantage", "premier", "ports", "crypto", "telemetry"]}]`,
		`[]`, `0 products and 3 terms, expected 1 to 4096 products and at most 24 terms`},
	{"too many terms", `"1y", "3y"`, `"2m","3m","4m","5m","6m","7m","8m","9m","10m","11m","1y","13m","14m","15m","16m","17m","18m","19m","20m","21m","22m","23m","2y","25m"`,
		`1 products and 25 terms, expected 1 to 4096 products and at most 24 terms`},
	{"product without a name", `"name": "Switch"`, `"name": ""`, `product name "": expected 1 to 200 bytes of UTF-8`},
	{"product of null", `"products": [`, `"products": [null, `, `product name "": expected 1 to 200 bytes of UTF-8`},
}

func tagFault(tag string) string {
	id := 4 // of "ports"
	return fmt.Sprintf("entitlement %d: tag %q: a letter, then a-z, 0-9 and inner hyphens, at most 48 characters", id, tag)
}

func unprintable(quoted string) string {
	return `entitlement "ports": name "` + quoted + `" holds a character that can't be printed`
}

func edited(t testing.TB, old, new string) []byte {
	t.Helper()
	if !strings.Contains(testCatalogText, old) {
		t.Fatalf("the test catalog does not hold %q", old)
	}
	return []byte(strings.Replace(testCatalogText, old, new, 1))
}

func mustReadCatalog(t testing.TB, data []byte) Catalog {
	t.Helper()
	c, err := ReadCatalog(data)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestCatalogFaults(t *testing.T) {
	for _, f := range catalogFaults {
		t.Run(f.name, func(t *testing.T) {
			c, err := ReadCatalog(edited(t, f.old, f.new))
			wantReason(t, err, InvalidCatalog)
			if err.Error() != "catalog: "+f.want {
				t.Errorf("refused for another reason\n got %s\nwant catalog: %s", err, f.want)
			}
			if c.Raw() != nil {
				t.Error("a refused catalog is not the zero value")
			}
		})
	}
}

// rows joins n things that are written in a list of JSON.
func rows(n int, row func(int) string) string {
	out := make([]string, n)
	for i := range out {
		out[i] = row(i)
	}
	return strings.Join(out, ",")
}

func withProducts(t *testing.T, n int, name string) []byte {
	return edited(t, `"products": [`, `"products": [`+rows(n, func(i int) string {
		return fmt.Sprintf(`{"name":%q,"product_ids":["P%d"],"entitlements":["ports"]}`, name, i)
	})+",")
}

func withRetired(t *testing.T, n int) []byte {
	return edited(t, `"terms"`, `"retired": [`+rows(n, func(i int) string {
		return fmt.Sprintf(`{"id":%d,"tag":"t%d"}`, i+7, i)
	})+`], "terms"`)
}

// withTiers stacks n tiers on "ports", written from the lowest up or from the highest down.
func withTiers(t *testing.T, n int, down bool) []byte {
	return edited(t, "\"entitlements\": [\n", `"entitlements": [`+rows(n, func(i int) string {
		if down {
			i = n - 1 - i
		}
		lower := "ports"
		if i > 0 {
			lower = fmt.Sprintf("tier%d", i-1)
		}
		return fmt.Sprintf(`{"id":%d,"tag":"tier%d","name":"T","includes":[%q],"metric":"device","unit":"device","class":"enforced"}`, i+7, i, lower)
	})+",")
}

func TestCatalogBounds(t *testing.T) {
	spaces := bytes.Repeat([]byte(" "), MaxCatalogSize-len(testCatalogText))
	tooTall := `catalog: entitlement "tier15" is the top of more than 16 tiers`
	for _, row := range []struct {
		name string
		data []byte
		want string // "" for a catalog that is read
	}{
		{"largest", slices.Concat([]byte(testCatalogText), spaces), ""},
		{"a byte more", slices.Concat([]byte(testCatalogText), spaces, []byte(" ")), "catalog of 262145 bytes, at most 262144"},
		{"larger in canonical form", withProducts(t, 220, strings.Repeat("&", 200)), "catalog: 278103 bytes, at most 262144"},
		{"brackets alone", bytes.Repeat([]byte("["), MaxCatalogSize), "catalog: line 1: more than 8 objects and lists in one another"},
		{"nothing", nil, "catalog: the text ends too early"},
		{"most products", withProducts(t, MaxProducts-1, "S"), ""},
		{"a product more", withProducts(t, MaxProducts, "S"), "catalog: 4097 products and 3 terms, expected 1 to 4096 products and at most 24 terms"},
		{"no entitlements", []byte(`{"schema": "tallystick/catalog/1", "name": "x", "version": 1}`), "catalog: 0 entitlements and 0 retired, expected 1 to 4096 in all, one offered"},
		{"most entitlements", withRetired(t, MaxEntitlements-6), ""},
		{"an entitlement more", withRetired(t, MaxEntitlements-5), "catalog: 6 entitlements and 4091 retired, expected 1 to 4096 in all, one offered"},
		{"16 tiers, upward", withTiers(t, 15, false), ""},
		{"16 tiers, downward", withTiers(t, 15, true), ""},
		{"17 tiers, upward", withTiers(t, 16, false), tooTall},
		{"17 tiers, downward", withTiers(t, 16, true), tooTall},
		{"longest text", edited(t, `"Ports"`, `"`+strings.Repeat("é", 100)+`"`), ""},
		{"another script", edited(t, `"Ports"`, `"ポート <&>"`), ""},
		{"longest tag", edited(t, `"terms"`, `"retired": [{"id": 16383, "tag": "`+strings.Repeat("p", 48)+`"}], "terms"`), ""},
	} {
		_, err := ReadCatalog(row.data)
		if got := fmt.Sprint(err); (err != nil || row.want != "") && got != row.want {
			t.Errorf("%s: %s, want %s", row.name, got, row.want)
		}
	}
}

func TestCatalogHasOneCanonicalForm(t *testing.T) {
	c := mustReadCatalog(t, []byte(testCatalogText))
	const begins = `{"schema":"tallystick/catalog/1","name":"test switch","version":1,"evaluation_days":90,"terms":["1m","1y","3y"],"products":[{"name":"Switch",`
	if !strings.HasPrefix(string(c.Raw()), begins) {
		t.Errorf("canonical form %s", c.Raw())
	}
	if again, err := parseCatalog(c.Raw()); err != nil || again.Digest() != c.Digest() {
		t.Errorf("the canonical form is not read: %v", err)
	}
	for _, same := range [][2]string{
		{"\n", "\r\n\t "},
		{`"id": 4, "tag": "ports"`, `"tag": "ports", "id": 4`},
		{`"version": 1, "evaluation_days": 90`, `"evaluation_days": 90, "version": 1`},
		{`"Ports"`, `"P\u006frts"`},
		{`"unit": "port"`, `"unit": "port", "includes": [], "note": ""`},
		{`"terms"`, `"retired": [], "terms"`},
		{`"terms"`, `"retired": null, "terms"`},
	} {
		other := edited(t, same[0], same[1])
		if got := mustReadCatalog(t, other); got.Digest() != c.Digest() {
			t.Errorf("%s: another digest", same[1])
		}
		_, err := parseCatalog(other)
		wantReason(t, err, InvalidCatalog)
		if err.Error() != "catalog is not in canonical form" {
			t.Error(err)
		}
	}
	without := mustReadCatalog(t, edited(t, `"terms": ["1m", "1y", "3y"],`, ``))
	for _, terms := range []string{`[]`, `null`} {
		if got := mustReadCatalog(t, edited(t, `["1m", "1y", "3y"]`, terms)); got.Digest() != without.Digest() {
			t.Errorf("terms of %s and none at all have two digests", terms)
		}
	}
	if named := mustReadCatalog(t, edited(t, `"Ports"`, `"<Ports>"`)); named.Digest() == c.Digest() {
		t.Error("a name is not in the digest")
	}
}

func TestCovers(t *testing.T) {
	c := mustReadCatalog(t, edited(t, `"telemetry"]}],`, `"telemetry"]}], "retired": [{"id": 20, "tag": "old"}],`))
	// "bundle" reaches essentials by way of both "advantage" and "lite".
	wide := mustReadCatalog(t, edited(t, "\"entitlements\": [\n", `"entitlements": [
    {"id": 8, "tag": "bundle", "name": "B", "includes": ["advantage", "lite"], "metric": "device", "unit": "device", "class": "enforced"},
    {"id": 7, "tag": "lite", "name": "L", "includes": ["essentials"], "metric": "device", "unit": "device", "class": "enforced"},
`))
	for _, row := range []struct {
		catalog Catalog
		id      EntitlementID
		want    string
	}{
		{c, 1, "[1 2 3]"}, {c, 2, "[2 3]"}, {c, 3, "[3]"}, {c, 4, "[4]"}, {c, 5, "[5]"},
		{c, 20, "[20]"}, {c, 99, "[99]"},
		{wide, 1, "[1 7 2 8 3]"}, {wide, 7, "[7 8]"}, {wide, 2, "[2 8 3]"},
	} {
		if got := fmt.Sprint(row.catalog.Covers(row.id)); got != row.want {
			t.Errorf("%d is covered by %s, want %s", row.id, got, row.want)
		}
	}
}

func TestCatalogLookups(t *testing.T) {
	c := mustReadCatalog(t, edited(t, `"terms"`, `"retired": [{"id": 20, "tag": "old"}], "terms"`))
	for _, tag := range []string{"old", "Ports", "", "ports\x1b[2J", strings.Repeat("p", 1000)} {
		_, err := c.Entitlement(tag)
		wantReason(t, err, UnknownEntitlement)
		if len(err.Error()) > 400 || strings.Contains(err.Error(), "\x1b") {
			t.Errorf("%q", err)
		}
	}
	for _, pid := range []string{"", "c9300-24t", "C9300-24", "C9300-24T=", "\x1b"} {
		_, err := c.Product(pid)
		wantReason(t, err, UnknownProduct)
	}
	if e, err := c.Entitlement("ports"); err != nil || e.ID != 4 || e.Unit != "port" || e.Metric != PerCapacity {
		t.Errorf("%+v, %v", e, err)
	}
	if p, err := c.Product("C9300-24T"); err != nil || p.Name != "Switch" {
		t.Errorf("%+v, %v", p, err)
	}
	if tag, ok := c.Tag(20); !ok || tag != "old" {
		t.Errorf("a retired ID has the tag %q, %v", tag, ok)
	}
	if _, ok := c.EntitlementByID(20); ok {
		t.Error("a retired entitlement is offered")
	}
	if _, ok := c.Tag(0); ok {
		t.Error("ID 0 has a tag")
	}
}

func TestCatalogFollows(t *testing.T) {
	const ports = `    {"id": 4, "tag": "ports", "name": "Ports", "metric": "capacity", "unit": "port", "class": "enforced", "grace_days": 90},
`
	retire := func(text, id string) string {
		text = strings.Replace(text, `"ports", "crypto"`, `"crypto"`, 1)
		return strings.Replace(strings.Replace(text, ports, "", 1), `"terms"`, `"retired": [{"id": `+id+`, "tag": "ports"}], "terms"`, 1)
	}
	second := strings.Replace(testCatalogText, `"version": 1`, `"version": 2`, 1)
	change := func(old, new string) string {
		if !strings.Contains(second, old) {
			t.Fatalf("the test catalog does not hold %q", old)
		}
		return strings.Replace(second, old, new, 1)
	}
	for _, row := range []struct{ name, older, newer, want string }{
		{"nothing else changed", testCatalogText, second, ""},
		{"versions skipped", testCatalogText, change(`"version": 2`, `"version": 9`), ""},
		{"same version", second, second, "catalog version 2 does not follow version 2"},
		{"older version", second, testCatalogText, "catalog version 1 does not follow version 2"},
		{"retired", testCatalogText, retire(second, "4"), ""},
		{"offered again", retire(testCatalogText, "4"), second, ""},
		{"added", testCatalogText, change("\"entitlements\": [\n", `"entitlements": [{"id": 7, "tag": "new", "name": "N", "metric": "device", "unit": "device", "class": "enforced"},`), ""},
		{"another name, unit and class", testCatalogText, change(`"name": "Ports", "metric": "capacity", "unit": "port", "class": "enforced"`, `"name": "P", "metric": "capacity", "unit": "line", "class": "unenforced"`), ""},
		{"gone", testCatalogText, strings.Replace(strings.Replace(second, `"ports", "crypto"`, `"crypto"`, 1), ports, "", 1),
			`entitlement 4 "ports" is gone or renamed; list it under "retired"`},
		{"retired with another ID", testCatalogText, retire(second, "40"), `entitlement 4 "ports" is gone or renamed; list it under "retired"`},
		{"retired one forgotten", retire(testCatalogText, "4"), strings.Replace(retire(second, "4"), `{"id": 4, "tag": "ports"}`, ``, 1),
			`entitlement 4 "ports" is gone or renamed; list it under "retired"`},
		{"renamed", testCatalogText, strings.ReplaceAll(second, `"crypto"`, `"cipher"`), `entitlement 5 "crypto" is gone or renamed; list it under "retired"`},
		{"another ID", testCatalogText, change(`"id": 5,`, `"id": 50,`), `entitlement 5 "crypto" is gone or renamed; list it under "retired"`},
		{"two exchanged", testCatalogText, strings.NewReplacer(`"id": 4,`, `"id": 5,`, `"id": 5,`, `"id": 4,`).Replace(second),
			`entitlement 4 "ports" is gone or renamed; list it under "retired"`},
		{"another metric", testCatalogText, change(`"metric": "capacity", "unit": "port"`, `"metric": "device", "unit": "port"`),
			`entitlement 4 "ports" counts per device and counted per capacity; that is another entitlement`},
	} {
		err := mustReadCatalog(t, []byte(row.newer)).Follows(mustReadCatalog(t, []byte(row.older)))
		if row.want != "" {
			wantReason(t, err, InvalidCatalog)
		}
		if got := fmt.Sprint(err); (err != nil || row.want != "") && got != row.want {
			t.Errorf("%s: %s, want %s", row.name, got, row.want)
		}
	}
}

func TestParseTerm(t *testing.T) {
	for text, want := range map[string]string{"1m": "1m", "1y": "1y", "12m": "1y", "18m": "18m", "3y": "3y", "120m": "10y", "10y": "10y"} {
		if got, err := ParseTerm(text); err != nil || got.String() != want {
			t.Errorf("%q: %s, %v; want %s", text, got, err, want)
		}
	}
	for _, text := range []string{"", "m", "y", "1", "0m", "0y", "121m", "11y", "-1y", "+1y", "1Y", "1 y", " 1y", "1d", "1.5y", "1e1m", "١y", "99999999y", "1y\x1b"} {
		got, err := ParseTerm(text)
		wantReason(t, err, InvalidName)
		if got != (Term{}) {
			t.Errorf("%q: %s", text, got)
		}
	}
}

func TestTermEnds(t *testing.T) {
	for _, row := range []struct{ start, term, want string }{
		{"2026-03-01", "1y", "2027-02-28"},
		{"2027-03-01", "1y", "2028-02-29"}, // the leap day belongs to the year that ends with it
		{"2028-02-29", "1y", "2029-02-27"}, // no 29th a year later: as if from the 28th
		{"2028-02-28", "1y", "2029-02-27"},
		{"2028-02-29", "3y", "2031-02-27"},
		{"2024-02-29", "10y", "2034-02-27"},
		{"2028-02-29", "48m", "2032-02-28"},
		{"2028-03-01", "1y", "2029-02-28"},
		{"2026-01-31", "1m", "2026-02-27"},
		{"2028-01-31", "1m", "2028-02-28"},
		{"2028-01-29", "1m", "2028-02-28"},
		{"2026-01-30", "1m", "2026-02-27"},
		{"2026-01-28", "1m", "2026-02-27"},
		{"2026-02-28", "1m", "2026-03-27"},
		{"2026-03-31", "1m", "2026-04-29"},
		{"2026-08-31", "6m", "2027-02-27"},
		{"2026-11-30", "3m", "2027-02-27"},
		{"2026-12-31", "1m", "2027-01-30"},
		{"2026-12-01", "1m", "2026-12-31"},
		{"2026-01-01", "7y", "2032-12-31"},
		{"2096-03-01", "7y", "2103-02-28"}, // 2100 has no leap day
		{"2199-01-01", "5y", "2199-06-06"}, // the last day there is
	} {
		start, err := keys.ParseDay(row.start)
		if err != nil {
			t.Fatal(err)
		}
		term, err := ParseTerm(row.term)
		if err != nil {
			t.Fatal(err)
		}
		if got := term.Ends(start).String(); got != row.want {
			t.Errorf("%s from %s ends on %s, want %s", row.term, row.start, got, row.want)
		}
	}
	if year, _ := ParseTerm("1y"); year.Ends(0) == 0 {
		t.Error("a term from no day has no end")
	}
}

// The day after the last one bears the number of the first day, or is the last of a shorter
// month; and who starts later never ends sooner.
func TestTermEndsOnEveryDay(t *testing.T) {
	for _, months := range []uint16{1, 6, 11, 12, 36, 84, maxMonths} {
		last := keys.Day(0)
		for start := keys.Day(1); start < 65535-31*maxMonths; start++ {
			end := (Term{months}).Ends(start)
			from, after := start.Time(), end.Time().AddDate(0, 0, 1)
			passed := (after.Year()-from.Year())*12 + int(after.Month()) - int(from.Month())
			shorter := after.Day() < from.Day() && after.AddDate(0, 0, 1).Day() == 1
			if passed != int(months) || (after.Day() != from.Day() && !shorter) || end < last {
				t.Fatalf("%d months from %s end on %s", months, start, end)
			}
			last = end
		}
	}
}

func checkPrintable(t *testing.T, s string) {
	t.Helper()
	if i := strings.IndexFunc(s, func(r rune) bool { return !unicode.IsPrint(r) }); i >= 0 {
		t.Fatalf("%q holds what can't be printed, at byte %d", s, i)
	}
}
