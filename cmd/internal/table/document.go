package table

import (
	"bufio"
	"fmt"
	"html/template"
	"io"
	"iter"
	"path/filepath"
	"strings"
	"time"
)

// A Document is what is written: some facts and one or more lists.
type Document struct {
	Verb     string    // "device list": names the JSON schema, tallystick/device-list/1
	Title    string    // of the page
	Issuer   string    // whose books these are, text from outside
	Program  string    // what made it, such as "tally-issuer 1.0"
	Made     time.Time // when, shown in UTC
	Facts    []Fact
	Sections []Section
}

// A Fact says something about the whole, such as the day it holds for. JSON has it as a field of
// the object, HTML above the lists.
type Fact struct {
	ID     string // field in JSON: no section's name, nor "schema"; "" keeps it out of JSON
	Title  string // for people; "" keeps it out of text and HTML
	Value  Value  // with a tone where it matters
	InText bool   // the text format begins with it
}

// A Section is one list.
type Section struct {
	Name    string // of the list in JSON, such as "devices"
	Title   string // above it, where a document has several; text and HTML show it
	Columns []Column

	// Rows streams the rows, once. A row is valid until the next one. An error ends the document.
	Rows iter.Seq2[Row, error]

	// Count says how many rows there will be, at least about, before they are read; nil where nobody
	// can tell or there are never many.
	Count func() (int64, error)

	Note string // below the title in HTML: what the columns mean

	Empty string // what text and HTML say instead of a list without rows, such as "no devices"

	// Chart is an SVG element with a viewBox, or several, that HTML shows above the list, made by
	// html/template. Its parts take their colors from classes, which follow the light and the dark
	// theme: c0 to c5 fill, l0 to l5 draw a line, good, warn and bad fill, axis and grid draw, text
	// and text.ink write (page/page.css). The page's policy refuses style attributes.
	Chart template.HTML
}

// A Format is one way to write a document.
type Format string

// The formats.
const (
	PlainText Format = "text"
	CSV       Format = "csv"
	JSON      Format = "json"
	NDJSON    Format = "ndjson"
	HTML      Format = "html"
)

// Formats are all formats, the default first.
var Formats = []string{string(PlainText), string(CSV), string(JSON), string(NDJSON), string(HTML)}

// FormatOf returns the format that a file's name asks for by its end, "" if it doesn't.
func FormatOf(file string) Format {
	name := filepath.Base(file)
	switch end := strings.ToLower(filepath.Ext(name)); {
	case len(end) == len(name):
		return ""
	case end == ".txt":
		return PlainText
	case end == ".csv":
		return CSV
	case end == ".json":
		return JSON
	case end == ".ndjson", end == ".jsonl":
		return NDJSON
	case end == ".html", end == ".htm":
		return HTML
	}
	return ""
}

// Options are for one run.
type Options struct {
	Width int // columns of the terminal that text is for; 0: it is not for a terminal
}

// bufferSize is how much is written at once. An error before that much leaves nothing behind.
const bufferSize = 1 << 16

// Write writes d to w. An error of the rows or of w ends it, with a part written; only errors that
// come before the first 64 KiB leave nothing. CSV and NDJSON have room for one section.
func Write(w io.Writer, format Format, d Document, o Options) error {
	b := bufio.NewWriterSize(w, bufferSize)
	var err error
	switch format {
	case PlainText:
		err = writeText(b, d, o)
	case CSV:
		err = writeCSV(b, d)
	case JSON:
		err = writeJSON(b, d)
	case NDJSON:
		err = writeNDJSON(b, d)
	case HTML:
		err = writeHTML(b, d)
	default:
		err = fmt.Errorf("table: no format %q", format)
	}
	if err != nil {
		return err
	}
	return b.Flush()
}

// only returns the one section of a document, for formats that have room for no more.
func (d Document) only(format Format) (Section, error) {
	if len(d.Sections) != 1 {
		return Section{}, fmt.Errorf("table: %d lists in one %s file", len(d.Sections), format)
	}
	return d.Sections[0], nil
}

// each calls f for every row, which has to fit the columns.
func (s Section) each(f func(Row) error) error {
	for row, err := range s.Rows {
		if err != nil {
			return err
		}
		if len(row) != len(s.Columns) {
			return fmt.Errorf("table: a row of %q has %d cells for %d columns", s.Name, len(row), len(s.Columns))
		}
		if err := f(row); err != nil {
			return err
		}
	}
	return nil
}
