package reserve

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode"
)

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

func checkPrintable(t *testing.T, s string) {
	t.Helper()
	if i := strings.IndexFunc(s, func(r rune) bool { return !unicode.IsPrint(r) }); i >= 0 {
		t.Fatalf("%q holds what can't be printed, at byte %d", s, i)
	}
}
