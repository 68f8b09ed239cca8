package cmd_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"
)

// How JSON.md shows an object: a value that fits a line stands on one, long texts are cut and so are
// long lists, with "…" in the place of the rest.
const (
	formatWidth = 98
	formatText  = 60 // characters of a text
	formatList  = 2  // elements of a list; of one of objects the first alone
)

// A node is a value in JSON, its fields in their order.
type node struct {
	open, close string // brackets; "" for a plain value
	names       []string
	parts       []node
	plain       string
}

// formatJSON writes an object over as many lines as it needs.
func formatJSON(t *testing.T, text string) string {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	n, err := parseNode(d)
	if err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	var b strings.Builder
	n.write(&b, "", 0)
	return b.String()
}

func parseNode(d *json.Decoder) (n node, err error) {
	token, err := d.Token()
	if err != nil {
		return n, err
	}
	open, ok := token.(json.Delim)
	if !ok {
		n.plain, err = plainText(token)
		return n, err
	}
	n.open, n.close = string(open), map[json.Delim]string{'{': "}", '[': "]"}[open]
	for d.More() {
		if open == '{' {
			name, err := d.Token()
			if err != nil {
				return n, err
			}
			n.names = append(n.names, name.(string))
		}
		part, err := parseNode(d)
		if err != nil {
			return n, err
		}
		n.parts = append(n.parts, part)
	}
	most := formatList
	if len(n.parts) > 0 && n.parts[0].names != nil {
		most = 1
	}
	if open == '[' && len(n.parts) > most {
		n.parts = append(n.parts[:most], node{plain: `"…"`})
	}
	_, err = d.Token()
	return n, err
}

func plainText(token json.Token) (string, error) {
	if text, ok := token.(string); ok && utf8.RuneCountInString(text) > formatText {
		token = string([]rune(text)[:formatText]) + "…"
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(token)
	return strings.TrimSpace(b.String()), err
}

// line returns the node on one line.
func (n node) line() string {
	if n.open == "" {
		return n.plain
	}
	var parts []string
	for i, part := range n.parts {
		parts = append(parts, n.name(i)+part.line())
	}
	return n.open + strings.Join(parts, ", ") + n.close
}

func (n node) name(i int) string {
	if n.names == nil {
		return ""
	}
	return `"` + n.names[i] + `": `
}

// write writes the node; used is what stands on its first line already. Parts that have room for it share
// a line.
func (n node) write(b *strings.Builder, indent string, used int) {
	if line := n.line(); n.open == "" || used+utf8.RuneCountInString(line) < formatWidth || len(n.parts) == 0 {
		b.WriteString(line)
		return
	}
	b.WriteString(n.open)
	column := formatWidth // nothing shares the line of the bracket
	for i, part := range n.parts {
		text := n.name(i) + part.line()
		width := utf8.RuneCountInString(text) + len(", ")
		if column+width <= formatWidth {
			b.WriteString(" " + text)
			column += width
		} else {
			name := indent + "  " + n.name(i)
			b.WriteString("\n" + name)
			part.write(b, indent+"  ", utf8.RuneCountInString(name)+1)
			if column = len(indent) + 2 + width; column > formatWidth {
				column = formatWidth
			}
		}
		if i < len(n.parts)-1 {
			b.WriteString(",")
		}
	}
	b.WriteString("\n" + indent + n.close)
}
