package table

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"html"
	"regexp"
	"strings"
	"testing"
)

// Everything that comes from outside, in every place there is for it.
func TestHostileHTML(t *testing.T) {
	for _, name := range hostile {
		d := document(AllColumns, List([]thing{{name: name, ends: name, parts: []Count{{name, 1}}}}))
		d.Title, d.Issuer, d.Sections[0].Title = name, name, name
		d.Facts[0] = Fact{ID: "fact", Title: "Fact", Value: Text(name)}
		text := write(t, HTML, d, Options{})
		checkPrintable(t, text)
		body := text[strings.Index(text, "<body"):strings.LastIndex(text, "<script>")]
		if n := strings.Count(body, "<script") + strings.Count(body, "</script"); n > 0 {
			t.Errorf("%q left a script in the page", name)
		}
		for _, tag := range regexp.MustCompile(`<[a-z]+[^>]*>`).FindAllString(body, -1) {
			if strings.Contains(tag, "alert") && !strings.Contains(tag, `="`) {
				t.Errorf("%q left %s in the page", name, tag)
			}
		}
	}
	body := write(t, HTML, document("name", List([]thing{{name: hostile[16]}, {name: "\x1b[2J"}})), Options{})
	for _, want := range []string{">&lt;script&gt;alert(1)&lt;/<wbr>script&gt;<", `>\x1b[2J<`} {
		if !strings.Contains(body, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
}

// The policy names the style and the script of the page by their hashes and allows nothing else;
// the page asks for nothing from anywhere.
func TestPolicy(t *testing.T) {
	text := write(t, HTML, document("", List(some)), Options{})
	between := func(begin, end string) string {
		_, rest, found := strings.Cut(text, begin)
		part, _, ends := strings.Cut(rest, end)
		if !found || !ends {
			t.Fatalf("the page has no %s", begin)
		}
		return part
	}
	hash := func(s string) string {
		sum := sha256.Sum256([]byte(s))
		return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
	}
	want := fmt.Sprintf("default-src 'none'; style-src %s; script-src %s; base-uri 'none'; form-action 'none'",
		hash(between("<style>", "</style>")), hash(between("<script>", "</script>")))
	policy := html.UnescapeString(between(`<meta http-equiv="Content-Security-Policy" content="`, `">`))
	if policy != want {
		t.Errorf("policy %s\nwant   %s", policy, want)
	}
	for _, reference := range []string{"http://", "https://", "src=", "href=", "url(", "@import", "fetch(", " style="} {
		if strings.Contains(text, reference) {
			t.Errorf("the page has %q", reference)
		}
	}
}

func TestHTML(t *testing.T) {
	text := write(t, HTML, document(AllColumns, List(some)), Options{})
	for _, want := range []string{
		"<!DOCTYPE html>\n<html lang=\"en\">",
		"<title>Things – Example Corp</title>",
		"<b>Example Corp</b> · <time datetime=\"2026-11-22T09:00:00Z\">2026-11-22 09:00 UTC</time> · program 1.0",
		"<dt>Day</dt><dd>2026-11-22</dd>",
		`<th scope="col" class="number" data-kind="number" aria-sort="none"><button type="button">Count <small>(ports)</small></button></th>`,
		`<td class="date empty" data-label="Until">perpetual</td>`,
		`<td class="flag" data-label="Broken">yes</td>`,
		"<footer>2 rows</footer>",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	if none := write(t, HTML, document("", List[thing](nil)), Options{}); !strings.Contains(none, `<p class="none">no things</p>`) || strings.Contains(none, "<table") {
		t.Errorf("without rows:\n%s", none[strings.Index(none, "<body"):])
	}
	// Blocks end and begin within a table.
	var many []thing
	for i := range 3*htmlBlock + 1 {
		many = append(many, thing{count: int64(i)})
	}
	text = write(t, HTML, document("count", List(many)), Options{})
	if strings.Count(text, "<table>") != 1 || strings.Count(text, "<tr><td") != len(many) || !strings.Contains(text, ">600</td></tr>\n</tbody>") {
		t.Error("many rows don't make one table")
	}
}

// A number that is part of a whole has a bar as long as its share; one that can't be has none.
func TestHTMLShares(t *testing.T) {
	const bar = `<svg viewBox="0 0 100 1" preserveAspectRatio="none" role="img" aria-label="%s"><rect class="rest" width="100" height="1"/><rect class="c0" width="%s" height="1"/><rect class="c0 pale" x="%[2]s" width="%s" height="1"/></svg>`
	for _, c := range []struct {
		value Value
		want  string
	}{
		{Number(24).Of(48, 6), `<td class="number part" data-label="N">24` + fmt.Sprintf(bar, "24 of 48", "37.50", "12.50") + "</td>"},
		{Number(1).Of(3, 0).In(Bad), `<td class="number bad part" data-label="N"><span>1</span>` + fmt.Sprintf(bar, "1 of 3", "33.33", "0.00") + "</td>"},
		{Number(0).Of(3, 0), `<td class="number part" data-label="N">0` + fmt.Sprintf(bar, "0 of 3", "0.00", "0.00") + "</td>"},
		{Number(3).Of(3, 3), fmt.Sprintf(bar, "3 of 3", "0.00", "100.00")},
		{Number(4).Of(3, 0), `<td class="number" data-label="N">4</td>`},
		{Number(4).Of(5, 6), `<td class="number" data-label="N">4</td>`},
		{Number(4).Of(0, 0), `<td class="number" data-label="N">4</td>`},
		{Number(-1).Of(3, 0), `<td class="number" data-label="N">-1</td>`},
		{Value{}.Of(3, 0), `<td class="number empty" data-label="N"></td>`},
	} {
		text := write(t, HTML, Document{Verb: "x", Sections: []Section{{Name: "list", Columns: []Column{{ID: "n", Title: "N", Kind: KindNumber}},
			Rows: func(yield func(Row, error) bool) { yield(Row{c.value}, nil) }}}}, Options{})
		if !strings.Contains(text, c.want) {
			t.Errorf("the page lacks %s", c.want)
		}
	}
}

func TestHTMLNotesAndTones(t *testing.T) {
	text := write(t, HTML, Document{Verb: "x", Facts: []Fact{{ID: "bad", Title: "Critical", Value: Number(2).In(Bad)}, {ID: "info", Title: "Info", Value: Number(0)}},
		Sections: []Section{{Name: "list", Note: "what <columns> mean", Empty: "none", Rows: List([]Row{})}}}, Options{})
	for _, want := range []string{`<dt>Critical</dt><dd class="bad"><span>2</span></dd>`, `<dt>Info</dt><dd>0</dd>`, `<p class="note">what &lt;columns&gt; mean</p>`} {
		if !strings.Contains(text, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
}

func TestBreakable(t *testing.T) {
	for text, want := range map[string]string{
		"":                                  "",
		"short/text":                        "",
		"acme/hall-2/line-4/cell-9":         "acme/|hall-2/|line-4/|cell-9",
		"a label with many short words":     "a label with many short words",
		"12345678901234567890x1":            "12345678901234567890|x1",
		"1234567890-1234567890-12345678901": "1234567890-1234567890-12345678901",
		"日本日本日本日本日本日本日本日本日本日本日本": "日本日本日本日本日本日本日本日本日本日本|日本",
	} {
		if got := strings.Join(breakable(text), "|"); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
	text := write(t, HTML, document("name", List([]thing{{name: "<b>/<script>alert(1)</script>"}})), Options{})
	if want := "&lt;b&gt;/<wbr>&lt;script&gt;alert(1)&lt;/<wbr>script&gt;<wbr></td>"; !strings.Contains(text, want) {
		t.Errorf("the page lacks %s", want)
	}
}
