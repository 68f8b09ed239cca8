package reserve

import (
	"fmt"
	"strings"
	"testing"
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
