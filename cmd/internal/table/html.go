package table

import (
	"bufio"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"slices"
	"strings"
	"sync"
	"time"

	"tallystick/cmd/internal/term"
)

//go:embed page
var pageFiles embed.FS

// A page is what every HTML page is made of.
type page struct {
	templates *template.Template
	style     template.CSS
	script    template.JS

	// policy lets the page's own style and script run and nothing else: no other script, no request
	// to anywhere, no style attribute.
	policy string
}

// loadPage parses the page when it is first needed, since most runs need none.
var loadPage = sync.OnceValue(func() page {
	read := func(name string) string {
		text, err := pageFiles.ReadFile("page/" + name)
		if err != nil {
			panic(err) // it is embedded
		}
		return string(text)
	}
	style, script := read("page.css"), read("page.js")
	return page{
		templates: template.Must(template.New("page").Parse(read("page.html"))),
		style:     template.CSS(style),
		script:    template.JS(script),
		policy: "default-src 'none'; style-src " + hashSource(style) + "; script-src " + hashSource(script) +
			"; base-uri 'none'; form-action 'none'",
	}
})

// hashSource names the one text that a policy allows (CSP level 3, hash-source).
func hashSource(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

// An htmlCell is a cell as the template takes it; a header has a Title and no Text.
type htmlCell struct {
	Class, Label, Text string
	Marked             bool
	Counts             []string // one line each
	Words              []string // of a long text: it can be broken between them
	Bar                *htmlBar
	Title, Unit        string
}

// An htmlBar shows a number as part of a whole. Lengths are in percent.
type htmlBar struct{ Label, Firm, Open string }

// htmlBlock is how many rows are given to the template at once.
const htmlBlock = 200

func writeHTML(w *bufio.Writer, d Document) error {
	p := loadPage()
	if err := p.templates.ExecuteTemplate(w, "head", headOf(p, d)); err != nil {
		return err
	}
	total := 0
	for _, s := range d.Sections {
		n, err := s.writeHTML(w, p, d)
		if err != nil {
			return err
		}
		total += n
	}
	return p.templates.ExecuteTemplate(w, "foot", map[string]any{"Rows": total, "Script": p.script})
}

// portrait is how many columns go on paper that stands upright.
const portrait = 11

func headOf(p page, d Document) map[string]any {
	type fact struct{ Title, Text, Tone string }
	var facts []fact
	for _, f := range d.Facts {
		if f.Title != "" && !f.Value.IsZero() {
			facts = append(facts, fact{f.Title, term.Safe(f.Value.String()), toneClasses[f.Value.tone]})
		}
	}
	made := d.Made.UTC()
	return map[string]any{"Policy": p.policy, "Style": p.style, "Title": term.Safe(d.Title), "Issuer": term.Safe(d.Issuer),
		"Wide": slices.ContainsFunc(d.Sections, func(s Section) bool { return len(s.Columns) > portrait }), "Stamp": made.Format(time.RFC3339), "Date": made.Format("2006-01-02 15:04 UTC"), "Program": d.Program, "Facts": facts}
}

// writeHTML writes a section and returns how many rows it has.
func (s Section) writeHTML(w *bufio.Writer, p page, d Document) (count int, err error) {
	title := ""
	if len(d.Sections) > 1 {
		title = term.Safe(s.Title)
	}
	if err := p.templates.ExecuteTemplate(w, "section", map[string]any{"Title": title, "Note": s.Note, "Chart": s.Chart}); err != nil {
		return 0, err
	}
	rows := &htmlRows{w: w, page: p, columns: s.Columns, label: s.Title}
	if rows.label == "" {
		rows.label = d.Title
	}
	err = s.each(func(row Row) error {
		count++
		return rows.add(row)
	})
	if err == nil {
		err = rows.end(s.Empty)
	}
	if err != nil {
		return 0, err
	}
	return count, p.templates.ExecuteTemplate(w, "end of section", nil)
}

// htmlRows gathers rows for the template. Their memory is used again.
type htmlRows struct {
	w       *bufio.Writer
	page    page
	columns []Column
	label   string
	begun   bool
	rows    [][]htmlCell
	used    int
}

func (h *htmlRows) add(row Row) error {
	if h.used == len(h.rows) {
		h.rows = append(h.rows, make([]htmlCell, len(h.columns)))
	}
	cells := h.rows[h.used]
	h.used++
	for i, v := range row {
		cells[i] = h.columns[i].cell(v)
	}
	if h.used < htmlBlock {
		return nil
	}
	return h.flush()
}

func (h *htmlRows) flush() error {
	if !h.begun {
		h.begun = true
		heads := make([]htmlCell, len(h.columns))
		for i, c := range h.columns {
			heads[i] = htmlCell{Title: c.Title, Unit: c.Unit, Class: c.Kind.String()}
		}
		data := map[string]any{"Label": term.Safe(h.label), "Columns": heads}
		if err := h.page.templates.ExecuteTemplate(h.w, "columns", data); err != nil {
			return err
		}
	}
	rows := h.rows[:h.used]
	h.used = 0
	return h.page.templates.ExecuteTemplate(h.w, "rows", rows)
}

func (h *htmlRows) end(empty string) error {
	if !h.begun && h.used == 0 && empty != "" {
		return h.page.templates.ExecuteTemplate(h.w, "no rows", empty)
	}
	if err := h.flush(); err != nil {
		return err
	}
	return h.page.templates.ExecuteTemplate(h.w, "end of rows", nil)
}

func (c Column) cell(v Value) htmlCell {
	cell := htmlCell{Class: c.Kind.String(), Label: c.Title, Text: term.Safe(c.shown(v))}
	switch v.kind {
	case isCounts:
		cell.Counts = strings.Fields(cell.Text)
	case isText:
		cell.Words = breakable(cell.Text)
	}
	if v.IsZero() {
		cell.Class += " empty"
	}
	if v.tone != Plain {
		cell.Class += " " + toneClasses[v.tone]
		cell.Marked = true
	}
	if v.hasBar() {
		cell.Class += " part"
		cell.Bar = &htmlBar{Label: fmt.Sprintf("%d of %d", v.number, v.whole), Firm: v.percent(v.number - v.open), Open: v.percent(v.open)}
	}
	return cell
}

// longWord is how many characters stand together where a line can't be broken. More would make a
// column too wide for the others.
const longWord = 20

// breakable cuts a text that has a long word into parts, behind slashes, colons and equals signs and
// within what is still too long; nil where it has none.
func breakable(text string) (parts []string) {
	if len(text) <= longWord {
		return nil
	}
	start, run := 0, 0
	for i, r := range text {
		if run == longWord {
			parts, start, run = append(parts, text[start:i]), i, 0
		}
		if run++; r == ' ' || r == '-' {
			run = 0
		} else if r == '/' || r == ':' || r == '=' {
			parts, start, run = append(parts, text[start:i+1]), i+1, 0
		}
	}
	return append(parts, text[start:])
}
