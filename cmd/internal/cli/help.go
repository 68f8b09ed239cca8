package cli

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Widths of help in columns.
const (
	helpWidth    = 80 // where the terminal's is unknown
	maxHelpWidth = 100
)

// help writes the help text of d, wrapped to width columns (0: unknown).
func (d verbDoc) help(program string, globals []flagDoc, width int) string {
	if width <= 0 {
		width = helpWidth
	}
	h := &helpText{width: min(max(width, 40), maxHelpWidth) - 1}
	title, root := d.Name, len(d.Path) == 0
	if !root {
		title = program + " " + d.Name
	}
	h.paragraph(title+" - "+d.Usage, "")
	h.heading("Usage")
	h.line("  " + fold(d.synopsis(program), h.width-2, "      "))
	for _, p := range d.Text {
		h.line("")
		h.paragraph(p, "")
	}
	h.verbs(d.Verbs)
	if !root {
		h.flags("Flags", d.Flags)
	}
	h.flags("Flags of every verb", globals)
	if len(d.Examples) > 0 {
		h.heading("Examples")
		for _, e := range d.Examples {
			h.line("  " + foldCommand(e, h.width-2, "      "))
		}
	}
	if root || len(d.Verbs) > 0 {
		h.line("")
		h.paragraph(fmt.Sprintf("`%s VERB --help` tells more about a verb.", title), "")
	}
	return h.String()
}

// synopsis is the line that shows how a verb is written.
func (d verbDoc) synopsis(program string) string {
	words := []string{program}
	words = append(words, d.Path...)
	if len(d.Verbs) > 0 {
		return strings.Join(append(words, "VERB", "[flags]", "[arguments]"), " ")
	}
	for _, f := range d.Flags {
		if f.Required {
			words = append(words, f.Names[0]+" "+f.Value)
		}
	}
	return strings.TrimSpace(strings.Join(append(words, "[flags]", d.Args), " "))
}

// label is how a flag is listed: "-n, --count NUMBER".
func (f flagDoc) label() string {
	label := strings.Join(f.Names, ", ")
	if f.Value != "" {
		label += " " + f.Value
	}
	return label
}

// meaning is the text beside the label.
func (f flagDoc) meaning() string {
	text := f.Usage
	switch {
	case f.Required && f.Repeats:
		text += " (required; may be repeated)"
	case f.Required:
		text += " (required)"
	case f.Repeats:
		text += " (may be repeated)"
	case f.Default != "":
		text += " (default: " + f.Default + ")"
	}
	return text
}

type helpText struct {
	strings.Builder
	width int
}

func (h *helpText) line(s string) {
	h.WriteString(strings.TrimRight(s, " ") + "\n")
}

func (h *helpText) heading(s string) {
	h.line("")
	h.line(s + ":")
}

func (h *helpText) paragraph(text, indent string) {
	for _, line := range wrap(text, h.width-len(indent)) {
		h.line(indent + line)
	}
}

// verbs lists verbs under the headings of their categories, in the order of first appearance.
func (h *helpText) verbs(list []verbDoc) {
	var order []string
	rows := map[string][][2]string{}
	for _, v := range list {
		if rows[v.Category] == nil {
			order = append(order, v.Category)
		}
		rows[v.Category] = append(rows[v.Category], [2]string{v.Path[len(v.Path)-1], v.Usage})
	}
	for _, category := range order {
		if category == "" {
			h.heading("Verbs")
		} else {
			h.heading(category)
		}
		h.columns(rows[category])
	}
}

func (h *helpText) flags(title string, list []flagDoc) {
	if len(list) == 0 {
		return
	}
	var rows [][2]string
	for _, f := range list {
		rows = append(rows, [2]string{f.label(), f.meaning()})
	}
	h.heading(title)
	h.columns(rows)
}

// columns prints labels and their wrapped texts; a long label has a line to itself.
func (h *helpText) columns(rows [][2]string) {
	const maxLabel = 24
	column := 0
	for _, r := range rows {
		if n := utf8.RuneCountInString(r[0]); n <= maxLabel {
			column = max(column, n)
		}
	}
	indent := strings.Repeat(" ", column+4)
	for _, r := range rows {
		lines := wrap(r[1], h.width-len(indent))
		if utf8.RuneCountInString(r[0]) > column {
			h.line("  " + r[0])
		} else {
			h.line(fmt.Sprintf("  %-*s  %s", column, r[0], lines[0]))
			lines = lines[1:]
		}
		for _, line := range lines {
			h.line(indent + line)
		}
	}
}

// wrap cuts text into lines of at most width characters, longer words whole. It returns at least one
// line.
func wrap(text string, width int) []string {
	var lines []string
	line := ""
	for word := range strings.FieldsSeq(text) {
		switch {
		case line == "":
			line = word
		case utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) <= width:
			line += " " + word
		default:
			lines = append(lines, line)
			line = word
		}
	}
	return append(lines, line)
}
