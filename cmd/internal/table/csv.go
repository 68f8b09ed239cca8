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
	formula := isFormula(text)
	text = term.Safe(text)
	if formula {
		text = "'" + text
	}
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
// locales, and where spaces at an end are dropped, quotes keep a cell what it is.
func needsQuotes(s string) bool {
	return s != "" && (strings.ContainsAny(s, `,;"`) || s[0] == ' ' || s[len(s)-1] == ' ')
}
