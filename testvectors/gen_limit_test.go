package testvectors_test

import (
	"fmt"
	"strings"
)

// The limits of catalogs, and one catalog in the place of another.

// A template is a text with a part that is written once for every number from 1 to n.
type template struct {
	before, each, after string
	n                   int
}

func (t template) String() string {
	var b strings.Builder
	b.WriteString(t.before)
	for n := 1; n <= t.n; n++ {
		b.WriteString(strings.ReplaceAll(t.each, "{n}", fmt.Sprint(n)))
	}
	return b.String() + t.after
}

func (t template) parts() []any {
	return []any{t.before, fields{{"repeat", t.each}, {"from", 1}, {"to", t.n}}, t.after}
}

// tierCatalog has so many tiers on one another.
func tierCatalog(n int) string {
	var list []string
	for i := 1; i <= n; i++ {
		includes := ""
		if i > 1 {
			includes = fmt.Sprintf(`"includes":["t%d"],`, i-1)
		}
		list = append(list, fmt.Sprintf(`{"id":%d,"tag":"t%d","name":"n",%s"metric":"user","unit":"u","class":"enforced","grace_days":0}`, i, i, includes))
	}
	return `{"schema":"tallystick/catalog/1","name":"c","version":1,"evaluation_days":0,"terms":[],"products":[{"name":"p","product_ids":["A"],` +
		`"entitlements":["t1"]}],"entitlements":[` + strings.Join(list, ",") + "]}"
}

func catalogSizeGroup() *vectorGroup {
	m := catalogMaker{&vectorGroup{name: "Limits of a catalog", operation: "catalog"}}
	const flag = "Limit"
	limit := func(what string, good, bad string) {
		m.good(what+", at most", flag, good, good)
		m.bad(what+", one more", flag, bad)
	}
	limit("version 65535", edited(`"version":1`, `"version":65535`), edited(`"version":1`, `"version":65536`))
	limit("366 days of evaluation", edited(`"evaluation_days":60`, `"evaluation_days":366`), edited(`"evaluation_days":60`, `"evaluation_days":367`))
	limit("366 days of grace", edited(`"grace_days":90`, `"grace_days":366`), edited(`"grace_days":90`, `"grace_days":367`))
	limit("ID 16383", vectorCatalog, edited(`"id":16383`, `"id":16384`))
	longest := strings.Repeat("abc-", 11) + "abcd"
	limit("a tag of 48 characters", edited(`"old"`, `"`+longest+`"`), edited(`"old"`, `"`+longest+`e"`))
	id := strings.Repeat("AC-1", 8)
	limit("a product ID of 32 characters", edited("AC-100", id), edited("AC-100", id+"0"))
	name := strings.Repeat("Name ", 39) + "Names"
	limit("a text of 200 bytes", edited("Vector routers", name), edited("Vector routers", name+"s"))
	limit("24 terms", edited(`["1y"]`, terms(24)), edited(`["1y"]`, terms(25)))
	limit("16 tiers", tierCatalog(16), tierCatalog(17))
	addManyEntries(m)
	rest := strings.Repeat(" ", 262144-len(vectorCatalog))
	m.good("262144 bytes as written, at most", flag, vectorCatalog+rest, vectorCatalog)
	m.bad("262144 bytes as written, one more", flag, vectorCatalog+rest+" ")
	return m.vectorGroup
}

// terms are the first n terms.
func terms(n int) string {
	var all []string
	for months := 1; len(all) < n; months++ {
		if months%12 == 0 {
			all = append(all, fmt.Sprintf(`"%dy"`, months/12))
		} else {
			all = append(all, fmt.Sprintf(`"%dm"`, months))
		}
	}
	return "[" + strings.Join(all, ",") + "]"
}

// addManyEntries adds catalogs with as many entries as there may be.
func addManyEntries(m catalogMaker) {
	add := func(comment string, t template, good bool) {
		text := t.String()
		input := fields{{"text", t.parts()}}
		if good {
			m.valid(comment, "Limit", input, catalogOutput(text, text))
		} else {
			m.invalid(comment, "Limit", input, "invalid-catalog")
		}
	}
	head := `{"schema":"tallystick/catalog/1","name":"c","version":1,"evaluation_days":0,"terms":[],`
	one := `"entitlements":[{"id":9999,"tag":"a","name":"a","metric":"user","unit":"u","class":"enforced","grace_days":0}]`
	product := `{"name":"p","product_ids":["A"],"entitlements":["a"]}`
	for _, n := range []int{4094, 4095} {
		t := template{head + `"products":[` + product + "]," + one + `,"retired":[{"id":10000,"tag":"x"}`, `,{"id":{n},"tag":"x{n}"}`, "]}", n}
		add(fmt.Sprintf("%d entitlements, retired ones included", n+2), t, n == 4094)
	}
	for _, n := range []int{4095, 4096} {
		t := template{head + `"products":[` + product, `,{"name":"p","product_ids":["A{n}"],"entitlements":["a"]}`, "]," + one + "}", n}
		add(fmt.Sprintf("%d products", n+1), t, n == 4095)
	}
	for _, size := range []int{262144, 262145} {
		t := canonicalOf(size, head, product, one)
		input := fields{{"text", t.parts()}}
		if size == 262144 {
			m.valid("262144 bytes in canonical form, at most", "Limit", input, catalogOutput(t.String(), escaped(t.String())))
		} else {
			m.invalid("262144 bytes in canonical form, one more", "Limit", input, "invalid-catalog")
		}
	}
	wide := template{head + `"products":[` + product, `,{"name":"` + strings.Repeat("<", 200) + `","product_ids":["A{n}"],"entitlements":["a"]}`, "]," + one + "}", 250}
	add("more than 262144 bytes in canonical form alone", wide, false)
}

// escaped is the canonical form of a catalog that lacks nothing but the escapes.
func escaped(text string) string { return strings.ReplaceAll(text, "<", `\u003c`) }

// canonicalOf returns a catalog with so many bytes in canonical form: names of products fill it.
func canonicalOf(size int, head, product, one string) template {
	named := func(name, id string) string {
		return `,{"name":"` + name + `","product_ids":["` + id + `"],"entitlements":["a"]}`
	}
	t := template{head + `"products":[` + product, named(strings.Repeat("<", 200), "A{n}"), "]," + one + "}", 208}
	left := size - len(escaped(t.String())) - len(named("", "Z"))
	must(left > 0 && left <= 1200, fmt.Sprintf("a name of %d bytes", left))
	t.after = named(strings.Repeat("<", left/6)+strings.Repeat("n", left%6), "Z") + t.after
	return t
}

func catalogUpdateGroup() *vectorGroup {
	g := &vectorGroup{name: "A catalog in the place of an older one", operation: "catalog-update"}
	add := func(comment, old, newer, err string) {
		input := fields{{"old", old}, {"new", newer}}
		if err == "" {
			g.valid(comment, "Update", input, fields{})
		} else {
			g.invalid(comment, "Update", input, err)
		}
	}
	const one, two, bad = `"version":1`, `"version":2`, "invalid-catalog"
	good := func(comment string, pairs ...string) {
		add(comment, vectorCatalog, edited(append([]string{one, two}, pairs...)...), "")
	}
	refused := func(comment string, pairs ...string) {
		add(comment, vectorCatalog, edited(append([]string{one, two}, pairs...)...), bad)
	}
	ports := `{"id":200,"tag":"ports","name":"Ports","metric":"capacity","unit":"port","class":"unenforced","grace_days":0},`
	good("the next version")
	good("names, units, classes, days", `"name":"Ports"`, `"name":"Sockets"`, `"unit":"port"`, `"unit":"socket"`, `"class":"unenforced"`, `"class":"enforced"`)
	good("other tiers and products", `"includes":["base"],`, "", "AC-100", "AC-200")
	good("one is retired", ports, "", `"ports",`, "", `"retired":[`, `"retired":[{"id":200,"tag":"ports"},`)
	good("one is new", ports, ports+strings.NewReplacer("200", "201", "ports", "sockets").Replace(ports))
	good("a retired one is offered again", plainRetired, "", ports, ports+strings.NewReplacer("200", "3", "ports", "old").Replace(ports))
	add("the same once more", vectorCatalog, vectorCatalog, bad)
	add("an older version", edited(one, two), vectorCatalog, bad)
	add("version 65535 after 1", vectorCatalog, edited(one, `"version":65535`), "")
	refused("one is gone", ports, "", `"ports",`, "")
	refused("a retired one is gone", plainRetired, "")
	refused("an ID has another tag", `"ports"`, `"sockets"`)
	refused("a tag has another ID", `"id":200`, `"id":201`)
	refused("two IDs are exchanged", `"id":1,`, `"id":2,`, `"id":2,`, `"id":1,`)
	refused("a retired ID has another tag", `"old"`, `"older"`)
	refused("another metric", `"metric":"capacity"`, `"metric":"user"`)
	refused("one is retired, with another tag", ports, "", `"ports",`, "", `"retired":[`, `"retired":[{"id":200,"tag":"sockets"},`)
	return g
}
