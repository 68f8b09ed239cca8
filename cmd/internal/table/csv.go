package table

import (
	"bufio"
	"strconv"
	"strings"
	"unicode/utf8"

	"tallystick/cmd/internal/term"
)

func writeCSV(w *bufio.Writer, d Document) error {
	s, err := d.only(CSV)
	if err != nil {
		return err
	}
	for i, c := range s.Columns {
		if i > 0 {
			_ = w.WriteByte(',') // the buffer keeps its error for the next call
		}
		_, _ = w.WriteString(c.ID)
	}
	if _, err := w.WriteString("\r\n"); err != nil {
		return err
	}
	var line []byte
	return s.each(func(row Row) error {
		line = line[:0]
		for i, v := range row {
			if i > 0 {
				line = append(line, ',')
			}
			line = appendCSV(line, v)
		}
		_, err := w.Write(append(line, '\r', '\n'))
		return err
	})
}

func appendCSV(line []byte, v Value) []byte {
	switch v.kind {
	case nothing:
		return line
	case isNumber:
		return strconv.AppendInt(line, v.number, 10)
	case isFlag:
		return strconv.AppendBool(line, v.number != 0)
	}
	text := v.text
	if isPlain(text) {
		return append(line, text...)
	}
	text = defused(text)
	if !needsQuotes(text) {
		return append(line, text...)
	}
	line = append(line, '"')
	line = append(line, strings.ReplaceAll(text, `"`, `""`)...)
	return append(line, '"')
}

// isPlain reports whether a text can be a cell as it is, of most texts that have nothing to escape.
func isPlain(s string) bool {
	for i := range len(s) {
		if c := s[i]; c <= ' ' || c > '~' || c == ',' || c == ';' || c == '"' {
			return false
		}
	}
	return s != "" && !isFormula(s)
}

// defused returns a text as it is safe in a cell: an apostrophe stands before a formula. One stands also
// after a semicolon that a formula follows, for where semicolons separate cells: there quotes count at
// the beginning of a line's cell only, so that those of a comma's cell hold nothing together.
func defused(s string) string {
	if !strings.Contains(s, ";") {
		return mark(s, s)
	}
	parts := strings.Split(s, ";")
	for i, part := range parts {
		begin := part
		if i > 0 {
			begin = strings.TrimLeft(part, " \"")
		}
		parts[i] = mark(part, begin)
	}
	return strings.Join(parts, ";")
}

// mark returns the printable form of a text, with an apostrophe before it when it begins as a formula.
func mark(s, begin string) string {
	if isFormula(begin) {
		return "'" + term.Safe(s)
	}
	return term.Safe(s)
}

// isFormula reports whether a spreadsheet would take a cell for more than text (OWASP, CSV
// injection). The full-width forms count in East Asian locales.
func isFormula(s string) bool {
	switch r, _ := utf8.DecodeRuneInString(s); r {
	case '=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠':
		return true
	}
	return false
}

// needsQuotes asks for more quotes than RFC 4180: where a semicolon separates cells, as in many
// locales, they keep the first cell of a line what it is, and the others where spaces at an end are
// dropped.
func needsQuotes(s string) bool {
	return s != "" && (strings.ContainsAny(s, `,;"`) || s[0] == ' ' || s[len(s)-1] == ' ')
}
