package table_test

import (
	"flag"
	"html/template"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"tallystick/cmd/internal/table"
	"tallystick/cmd/internal/table/tabletest"
)

var pictures = flag.String("pictures", "", "keep the browser's pictures in this `folder`")

type line struct {
	account, tag, state string
	count, short        int64
	ends                string
	reserved            []table.Count
}

var fields = []table.Field[line]{
	{Column: table.Column{ID: "account", Title: "Account"}, Value: func(l *line) table.Value { return table.Text(l.account) }},
	{Column: table.Column{ID: "tag", Title: "Entitlement"}, Value: func(l *line) table.Value { return table.Text(l.tag) }},
	{Column: table.Column{ID: "count", Title: "Quantity", Kind: table.KindNumber, Unit: "ports"}, Value: func(l *line) table.Value { return table.Number(l.count) }},
	{Column: table.Column{ID: "short", Title: "Short by", Kind: table.KindNumber}, Value: func(l *line) table.Value {
		if l.short == 0 {
			return table.Value{}
		}
		return table.Number(l.short).In(table.Bad)
	}},
	{Column: table.Column{ID: "ends", Title: "Until", Kind: table.KindDate, Empty: "perpetual"}, Value: func(l *line) table.Value { return table.Date(l.ends) }},
	{Column: table.Column{ID: "state", Title: "State"}, Value: func(l *line) table.Value {
		tones := map[string]table.Tone{"sufficient": table.Good, "expiring": table.Warn, "insufficient": table.Bad}
		return table.Text(l.state).In(tones[l.state])
	}},
	{Column: table.Column{ID: "reserved", Title: "Reserved", Kind: table.KindCounts}, Value: func(l *line) table.Value { return table.Counts(l.reserved) }},
}

var lines = []line{
	{"acme/plant-7", "network-advantage", "sufficient", 500, 0, "", []table.Count{{Tag: "dna-advantage", N: 4}, {Tag: "ports", N: 24}}},
	{"acme/plant-10", "dna-advantage", "expiring", 9, 0, "2027-01-31", nil},
	{"acme/plant-2/hall/line-4/cell-9", "multigigabit-ports", "insufficient", 1048576, 12, "2026-12-01", nil},
	{`<script>alert(1)</script>`, `" onmouseover="alert(1)`, "</td></table>", -3, 0, "2029-11-21", nil},
	{"日本/工場", "\u202egnp.exe\x1b[2J", "&lt;&amp;", 0, 0, "", nil},
}

const chart = template.HTML(`<svg viewBox="0 0 720 200" role="img" aria-label="what falls short, by month">
<line class="axis" x1="60" y1="170" x2="700" y2="170"/><line class="grid" x1="60" y1="90" x2="700" y2="90"/>
<rect class="c0" x="80" y="60" width="60" height="110"/><rect class="c1" x="180" y="90" width="60" height="80"/>
<rect class="c2" x="280" y="40" width="60" height="130"/><rect class="bad" x="380" y="120" width="60" height="50"/>
<path class="l3" d="M80 150 L400 60 L690 80"/><text x="80" y="188">Jan</text><text class="ink" x="180" y="188">Feb</text></svg>`)

func page(sections ...table.Section) table.Document {
	return table.Document{Verb: "report", Title: "Compliance of acme", Issuer: "Example Corp <b>", Program: "tally-issuer",
		Made: time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC),
		Facts: []table.Fact{{ID: "day", Title: "Holds for", Value: table.Date("2026-11-22")}, {ID: "account", Title: "Account", Value: table.Text("acme & below")},
			{ID: "alerts", Title: "Alerts", Value: table.Number(3)}, {ID: "hidden", Value: table.Number(4)}},
		Sections: sections}
}

func section(title string, list []line) table.Section {
	return table.Section{Name: strings.ToLower(title), Title: title, Columns: table.Columns(fields), Rows: table.Rows(fields, table.List(list)), Empty: "nothing to report"}
}

// save writes a document where the browser finds it.
func save(t *testing.T, name string, d table.Document) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), name+".html")
	if err := table.WriteFile(file, table.HTML, d); err != nil {
		t.Fatal(err)
	}
	return file
}

// The pages in a real browser: no word on the console, nothing wider than the screen, nothing too
// faint, sorted and searched as a person does.
func TestBrowser(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a browser")
	}
	dir := *pictures
	if dir == "" {
		dir = t.TempDir()
	} else if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	b := tabletest.Start(t)
	forecast := section("Forecast", lines)
	forecast.Chart = chart
	b.Check(save(t, "report", page(forecast, section("Alerts", lines[:3]), section("Expired", nil))), dir)
	many := make([]line, 0, 200)
	for i := range 200 {
		l := lines[i%3]
		l.count = int64(i * 7919 % 200)
		many = append(many, l)
	}
	b.Check(save(t, "list", page(section("Lines", many))), dir)

	b.Screen(1280, 800, false)
	b.Open(save(t, "sorted", page(section("Lines", lines))))
	for _, step := range []struct {
		do   string
		want []string // of the column of accounts
	}{
		{"", []string{"acme/plant-7", "acme/plant-10", "acme/plant-2/hall/line-4/cell-9", "<script>alert(1)</script>", "日本/工場"}},
		{"press(0)", []string{"<script>alert(1)</script>", "acme/plant-2/hall/line-4/cell-9", "acme/plant-7", "acme/plant-10", "日本/工場"}},
		{"press(0)", []string{"日本/工場", "acme/plant-10", "acme/plant-7", "acme/plant-2/hall/line-4/cell-9", "<script>alert(1)</script>"}},
		{"press(2)", []string{"<script>alert(1)</script>", "日本/工場", "acme/plant-10", "acme/plant-7", "acme/plant-2/hall/line-4/cell-9"}},
		// What has no end comes last, both ways.
		{"press(4)", []string{"acme/plant-2/hall/line-4/cell-9", "acme/plant-10", "<script>alert(1)</script>", "日本/工場", "acme/plant-7"}},
		{"press(4)", []string{"<script>alert(1)</script>", "acme/plant-10", "acme/plant-2/hall/line-4/cell-9", "日本/工場", "acme/plant-7"}},
		{"search('PLANT expiring')", []string{"acme/plant-10"}},
		{"search('')", []string{"<script>alert(1)</script>", "acme/plant-10", "acme/plant-2/hall/line-4/cell-9", "日本/工場", "acme/plant-7"}},
	} {
		var got []string
		b.Run(`(async () => {
			const press = (n) => document.querySelectorAll("th button")[n].click();
			const search = async (text) => {
				const input = document.querySelector("input"); input.value = text; input.dispatchEvent(new Event("input"));
				await new Promise((done) => setTimeout(done, 300));
			};
			await (`+or(step.do, "0")+`);
			return Array.from(document.querySelectorAll("tbody tr:not([hidden]) td:first-child"), (cell) => cell.textContent);
		})()`, &got)
		if !reflect.DeepEqual(got, step.want) {
			t.Errorf("after %q: %q, want %q", step.do, got, step.want)
		}
	}
	var sorted []string
	b.Run(`Array.from(document.querySelectorAll("th"), (head) => head.getAttribute("aria-sort"))`, &sorted)
	if want := []string{"none", "none", "none", "none", "descending", "none", "none"}; !reflect.DeepEqual(sorted, want) {
		t.Errorf("aria-sort %q, want %q", sorted, want)
	}
	for _, text := range b.Said() {
		t.Errorf("the browser says %s", text)
	}
}

func or(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

// The browser does say when something is wrong: a page whose script was changed is refused by its
// own policy.
func TestBrowserComplains(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a browser")
	}
	b := tabletest.Start(t)
	file := save(t, "changed", page(section("Lines", lines)))
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(strings.Replace(string(text), `"use strict";`, `"use strict"; alert(1);`, 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	b.Open(file)
	if said := b.Said(); len(said) != 1 || !strings.Contains(said[0], "Content Security Policy") {
		t.Errorf("the browser says %q", said)
	}
}
