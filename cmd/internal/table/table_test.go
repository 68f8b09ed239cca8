package table

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"iter"
	"reflect"
	"strings"
	"testing"
	"time"
)

// A thing is what the tests list.
type thing struct {
	name   string
	count  int64
	ends   string
	broken bool
	parts  []Count
}

var things = []Field[thing]{
	{Column{ID: "name", Title: "Name"}, func(t *thing) Value { return Text(t.name) }},
	{Column{ID: "count", Title: "Count", Kind: KindNumber, Unit: "ports"}, func(t *thing) Value { return Number(t.count) }},
	{Column{ID: "ends", Title: "Until", Kind: KindDate, Empty: "perpetual"}, func(t *thing) Value { return Date(t.ends) }},
	{Column{ID: "broken", Title: "Broken", Kind: KindFlag, Extra: true}, func(t *thing) Value { return Flag(t.broken) }},
	{Column{ID: "parts", Title: "Parts", Kind: KindCounts, Extra: true}, func(t *thing) Value { return Counts(t.parts) }},
}

var some = []thing{
	{"plain", 7, "2029-11-21", true, []Count{{"ports", 24}, {"seats", 1 << 40}}},
	{"日本 – ü", -3, "", false, nil},
}

func document(choice string, rows iter.Seq2[thing, error]) Document {
	fields, err := Choose(things, PlainText, choice)
	if err != nil {
		panic(err)
	}
	return Document{Verb: "thing list", Title: "Things", Issuer: "Example Corp", Program: "program 1.0",
		Made:     time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC),
		Facts:    []Fact{{ID: "day", Title: "Day", Value: Date("2026-11-22")}},
		Sections: []Section{{Name: "things", Columns: Columns(fields), Rows: Rows(fields, rows), Empty: "no things"}}}
}

func write(t *testing.T, format Format, d Document, o Options) string {
	t.Helper()
	var b bytes.Buffer
	if err := Write(&b, format, d, o); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestFormats(t *testing.T) {
	for format, want := range map[Format]string{
		PlainText: "NAME      COUNT  UNTIL\nplain         7  2029-11-21\n日本 – ü     -3  perpetual\n",
		CSV:       "name,count,ends,broken,parts\r\nplain,7,2029-11-21,true,ports=24 seats=1099511627776\r\n日本 – ü,-3,,false,\r\n",
		JSON: `{"schema":"tallystick/thing-list/1","day":"2026-11-22","things":[` +
			`{"name":"plain","count":7,"ends":"2029-11-21","broken":true,"parts":{"ports":24,"seats":1099511627776}},` +
			`{"name":"日本 – ü","count":-3,"ends":"","broken":false,"parts":{}}]}` + "\n",
		NDJSON: `{"name":"plain","count":7,"ends":"2029-11-21","broken":true,"parts":{"ports":24,"seats":1099511627776}}` + "\n" +
			`{"name":"日本 – ü","count":-3,"ends":"","broken":false,"parts":{}}` + "\n",
	} {
		choice := AllColumns
		if format == PlainText {
			choice = ""
		}
		if got := write(t, format, document(choice, List(some)), Options{}); got != want {
			t.Errorf("%s:\n%s\nwant:\n%s", format, got, want)
		}
	}
}

// Without rows every format is still whole.
func TestNoRows(t *testing.T) {
	for format, want := range map[Format]string{
		PlainText: "no things\n",
		CSV:       "name,count,ends\r\n",
		JSON:      `{"schema":"tallystick/thing-list/1","day":"2026-11-22","things":[]}` + "\n",
		NDJSON:    "",
	} {
		if got := write(t, format, document("", List[thing](nil)), Options{}); got != want {
			t.Errorf("%s:\n%s\nwant:\n%s", format, got, want)
		}
	}
}

// hostile is what an order reference, a label or a name may be.
var hostile = []string{
	"=cmd|' /C calc'!A0", "+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "＝1", "a\nb", "a,b", "a;=1", `"quoted"`, ` spaces `,
	"\x1b[2J\x1b]0;owned\x07", "\u202egnp.exe", "\u009b31m", "\xff\xfe", "<script>alert(1)</script>", "</script>", "'", "\u2028", "\u00ad", "\U000e0041", `\`,
}

func TestHostileCSV(t *testing.T) {
	var list []thing
	for _, name := range hostile {
		list = append(list, thing{name: name})
	}
	text := write(t, CSV, document("name,count", List(list)), Options{})
	checkPrintable(t, strings.ReplaceAll(text, "\r\n", "\n"))
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil || len(rows) != len(list)+1 || strings.Count(text, "\r\n") != len(rows) {
		t.Fatalf("%d rows, %v:\n%s", len(rows), err, text)
	}
	for i, row := range rows[1:] {
		if strings.ContainsAny(row[0][:1], "=+-@\t\r＝") {
			t.Errorf("%q became %q, which a spreadsheet takes for a formula", hostile[i], row[0])
		}
	}
	for i, want := range []string{"'=cmd|' /C calc'!A0", "'+1", "'-1+1", "'@SUM(A1)", `'\t=1`, `'\r=1`, "'＝1", `a\nb`, "a,b", "a;'=1", `"quoted"`, ` spaces `} {
		if rows[i+1][0] != want {
			t.Errorf("%q became %q, want %q", hostile[i], rows[i+1][0], want)
		}
	}
	if !strings.Contains(text, "\"a;'=1\"") {
		t.Error("a semicolon is outside quotes")
	}
}

// Where semicolons separate cells, the same file is read in other cells, and none of them is a formula
// either: there a quote counts only where such a cell begins.
func TestSemicolonCSV(t *testing.T) {
	for _, name := range []string{"a;=1;", "a;=1", "a; =1;b", `a;"=1";`, `a;" =1"`, ";=1", "=1;=2", "a;;@SUM(A1);", "a;＝1"} {
		text := write(t, CSV, document("ends,name,broken", List([]thing{{name: name, ends: "2029-11-21"}})), Options{})
		_, row, _ := strings.Cut(text, "\r\n")
		for _, cell := range strings.Split(strings.TrimSpace(row), ";") {
			if isFormula(strings.TrimLeft(cell, `" `)) {
				t.Errorf("%q became %q, of which a spreadsheet takes %q for a formula", name, row, cell)
			}
		}
	}
	for name, want := range map[string]string{"5 m; 3 racks": "5 m; 3 racks", "a;b": "a;b", "level; -5 dBm": "level;' -5 dBm"} {
		text := write(t, CSV, document("name", List([]thing{{name: name}})), Options{})
		if rows, err := csv.NewReader(strings.NewReader(text)).ReadAll(); err != nil || rows[1][0] != want {
			t.Errorf("%q became %q, %v", name, rows, err)
		}
	}
}

// JSON gives back every text that is UTF-8, and prints nothing a terminal would act on.
func TestHostileJSON(t *testing.T) {
	var list []thing
	for _, name := range hostile {
		list = append(list, thing{name: name, parts: []Count{{"x", 1}}})
	}
	text := write(t, JSON, document(AllColumns, List(list)), Options{})
	checkPrintable(t, text)
	var got struct{ Things []struct{ Name string } }
	if err := json.Unmarshal([]byte(text), &got); err != nil {
		t.Fatal(err)
	}
	for i, thing := range got.Things {
		if want := strings.ToValidUTF8(hostile[i], "\ufffd"); hostile[i] != "\xff\xfe" && thing.Name != want {
			t.Errorf("%q became %q", hostile[i], thing.Name)
		}
	}
	if len(got.Things) != len(hostile) {
		t.Errorf("%d things", len(got.Things))
	}
}

func TestHostileText(t *testing.T) {
	for _, columns := range []int{0, 10, 20, 80} {
		for _, name := range hostile {
			checkPrintable(t, write(t, PlainText, document(AllColumns, List([]thing{{name: name}})), Options{Width: columns}))
		}
	}
}

// checkPrintable fails on what a terminal acts on or shows as nothing.
func checkPrintable(t *testing.T, text string) {
	t.Helper()
	for _, r := range text {
		if r != '\n' && (r < ' ' || r == 0x7f || r >= 0x80 && r < 0xa0 || strings.ContainsRune("\u202e\u2028\u00ad\U000e0041\ufffd", r) && r != '\ufffd') {
			t.Errorf("%q has %U", text, r)
		}
	}
}

func TestChoose(t *testing.T) {
	for choice, want := range map[string][]string{
		"":                {"name", "count", "ends"},
		"all":             {"name", "count", "ends", "broken", "parts"},
		"ends,name":       {"ends", "name"},
		"ends, name,ends": {"ends", "name"},
		"+parts":          {"name", "count", "ends", "parts"},
		"+parts,+name":    {"name", "count", "ends", "parts"},
	} {
		got, err := Choose(things, PlainText, choice)
		if err != nil || !reflect.DeepEqual(IDs(got), want) {
			t.Errorf("%q: %v, %v", choice, IDs(got), err)
		}
	}
	for _, choice := range []string{"colour", "name,", ",", " ", "+", "name,colour", "ALL", "+all"} {
		_, err := Choose(things, PlainText, choice)
		var unknown *UnknownColumn
		if (choice == "+" || choice == "name,") && err == nil {
			continue
		}
		if !errors.As(err, &unknown) {
			t.Errorf("%q: %v", choice, err)
		}
	}
	_, err := Choose(things, PlainText, "colour")
	if err == nil || err.Error() != `there is no column "colour"; there are name, count, ends, broken, parts` {
		t.Error(err)
	}
}

// On a terminal the widest texts are folded until the table fits; where it can't, each row becomes
// a record.
func TestWidth(t *testing.T) {
	list := []thing{{name: "acme/europe/germany/plant-7/hall-2/line-4", count: 12, ends: "2029-11-21"}, {name: "b", count: 1}}
	d := func() Document { return document("", List(list)) }
	for columns, want := range map[int]string{
		0: "NAME                                       COUNT  UNTIL\n" +
			"acme/europe/germany/plant-7/hall-2/line-4     12  2029-11-21\n" +
			"b                                              1  perpetual\n",
		41: "NAME                    COUNT  UNTIL\n" +
			"acme/europe/germany/       12  2029-11-21\nplant-7/hall-2/line-4\nb                           1  perpetual\n",
		20: "name   acme/europe/germany/plant-7/hall-2/line-4\ncount  12\nuntil  2029-11-21\n\nname   b\ncount  1\nuntil  perpetual\n",
	} {
		got := write(t, PlainText, d(), Options{Width: columns})
		if got != want {
			t.Errorf("%d columns:\n%s\nwant:\n%s", columns, got, want)
		}
		for line := range strings.Lines(got) {
			if columns > 20 && width(strings.TrimSuffix(line, "\n")) > columns {
				t.Errorf("%d columns: %q", columns, line)
			}
		}
	}
}

// An error of the rows ends every format with that error, and early enough it leaves nothing.
func TestErrors(t *testing.T) {
	failure := errors.New("the disk is gone")
	rows := func(yield func(thing, error) bool) {
		if yield(some[0], nil) {
			yield(thing{}, failure)
		}
	}
	for _, format := range Formats {
		var b bytes.Buffer
		if err := Write(&b, Format(format), document("", rows), Options{}); !errors.Is(err, failure) || b.Len() > 0 {
			t.Errorf("%s: %v, wrote %q", format, err, &b)
		}
		if err := Write(full{}, Format(format), document("", List(some)), Options{}); !errors.Is(err, errFull) {
			t.Errorf("%s: %v", format, err)
		}
	}
	two := document("", List(some))
	two.Sections = append(two.Sections, two.Sections[0])
	for _, format := range []Format{CSV, NDJSON} {
		if err := Write(&bytes.Buffer{}, format, two, Options{}); err == nil {
			t.Errorf("%s took two lists", format)
		}
	}
	if err := Write(&bytes.Buffer{}, "xml", two, Options{}); err == nil {
		t.Error("xml")
	}
}

type full struct{}

var errFull = errors.New("no space left")

func (full) Write([]byte) (int, error) { return 0, errFull }

// A reader that goes away ends the rows: nobody reads a million rows for nothing.
func TestGoesAway(t *testing.T) {
	for _, format := range Formats {
		n := 0
		endless := func(yield func(thing, error) bool) {
			for n < 10_000_000 && yield(some[0], nil) {
				n++
			}
		}
		if err := Write(full{}, Format(format), document("", endless), Options{}); !errors.Is(err, errFull) || n > 20_000 {
			t.Errorf("%s: %v after %d rows", format, err, n)
		}
	}
}

// JSON inside JSON stays an object, in one line and with nothing raw; what is no JSON is text.
func TestObjects(t *testing.T) {
	d := func(raw string) Document {
		return Document{Verb: "x", Sections: []Section{{Name: "list", Columns: []Column{{ID: "o", Kind: KindObject}},
			Rows: func(yield func(Row, error) bool) { yield(Row{Object([]byte(raw))}, nil) }}}}
	}
	for raw, want := range map[string]string{
		"":                                  `{"o":null}`,
		"{\n \"a\": [1, \"b c\"]\n}":        `{"o":{"a":[1,"b c"]}}`,
		"{\"a\":\"\u202e\x7f\U000e0041日\"}": `{"o":{"a":"\u202e\u007f\udb40\udc41日"}}`,
		"{\"a\":\"\xff\"}":                  `{"o":{"a":"\ufffd"}}`,
		"{\"a\":":                           `{"o":"{\"a\":"}`,
		"null":                              `{"o":null}`,
	} {
		if got := write(t, NDJSON, d(raw), Options{}); got != want+"\n" {
			t.Errorf("%q: %s, want %s", raw, got, want)
		}
	}
	if got := write(t, CSV, d(`{"a":"=1"}`), Options{}); got != "o\r\n\"{\"\"a\"\":\"\"=1\"\"}\"\r\n" {
		t.Errorf("%q", got)
	}
}

// Who sees which columns without asking.
func TestUsual(t *testing.T) {
	fields := []Field[thing]{{Column: Column{ID: "all"}}, {Column: Column{ID: "extra", Extra: true}}, {Column: Column{ID: "page", Extra: true, Page: true}},
		{Column: Column{ID: "costly", Costly: true}}, {Column: Column{ID: "costly_page", Extra: true, Costly: true, Page: true}}}
	for format, want := range map[Format][]string{PlainText: {"all"}, HTML: {"all", "page", "costly_page"}, CSV: {"all", "extra", "page"}, JSON: {"all", "extra", "page"}} {
		if got, err := Choose(fields, format, ""); err != nil || !reflect.DeepEqual(IDs(got), want) {
			t.Errorf("%s: %v, want %v", format, IDs(got), want)
		}
	}
}
