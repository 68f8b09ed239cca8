package issuer

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"tallystick/keys"
	"tallystick/reserve"
)

// A csvShape is what a file of rows may be: CSV in UTF-8, with or without a byte order mark, cells
// separated by commas, semicolons or tabs, the first line naming the columns, in any order.
type csvShape struct {
	columns  []string
	required int // the first so many have to be there
	bytes    int // of the file, at most
	rows     int
	cell     int // bytes of a cell, at most
}

// A RowError is what is wrong with a line of a file.
type RowError struct {
	Line   int
	Column string // "" for the line as a whole
	Err    error  // everything from outside in %q
}

func (e RowError) Error() string {
	if e.Column == "" {
		return fmt.Sprintf("line %d: %v", e.Line, e.Err)
	}
	return fmt.Sprintf("line %d, %s: %v", e.Line, e.Column, e.Err)
}

// read calls row for each line of a file with its number and its cells, trimmed, by column. It returns
// what is wrong with the lines: what row says, too, with the line's number filled in. The error is for
// a file that is none, or beyond the bounds: OutOfRange or InvalidName.
func (s csvShape) read(data []byte, row func(line int, cells map[string]string) *RowError) ([]RowError, error) {
	if len(data) > s.bytes {
		return nil, reserve.Refuse(reserve.OutOfRange, "a file of %d bytes, at most %d", len(data), s.bytes)
	}
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	if !utf8.Valid(data) || bytes.IndexByte(data, 0) >= 0 {
		return nil, reserve.Refuse(reserve.InvalidName, "the file is not text in UTF-8; save it as \"CSV UTF-8\"")
	}
	r := csv.NewReader(bytes.NewReader(data))
	r.Comma, r.FieldsPerRecord = separator(data), -1
	head, err := r.Read()
	if errors.Is(err, io.EOF) {
		err = errors.New("it is empty")
	}
	if err != nil {
		return nil, reserve.Refuse(reserve.InvalidName, "the file has no first line that names its columns: %v", err)
	}
	columns, err := s.header(head)
	if err != nil {
		return nil, err
	}
	return s.body(r, columns, row)
}

func (s csvShape) header(head []string) ([]string, error) {
	var columns []string
	for _, cell := range head {
		name := strings.ToLower(strings.TrimSpace(cell))
		if !slices.Contains(s.columns, name) || slices.Contains(columns, name) {
			return nil, reserve.Refuse(reserve.InvalidName, "column %q is unknown or named twice; there are %s", clip(cell), strings.Join(s.columns, ", "))
		}
		columns = append(columns, name)
	}
	for _, name := range s.columns[:s.required] {
		if !slices.Contains(columns, name) {
			return nil, reserve.Refuse(reserve.InvalidName, "the first line names no column %q; it has to name %s, and may name %s", name,
				strings.Join(s.columns[:s.required], " and "), strings.Join(s.columns[s.required:], ", "))
		}
	}
	return columns, nil
}

func (s csvShape) body(r *csv.Reader, columns []string, row func(int, map[string]string) *RowError) (wrong []RowError, err error) {
	for n := 0; ; n++ {
		cells, err := r.Read()
		if err == io.EOF && n == 0 {
			return nil, reserve.Refuse(reserve.OutOfRange, "the file has no rows")
		}
		if err == io.EOF {
			return wrong, nil
		}
		var broken *csv.ParseError
		if errors.As(err, &broken) { // where the next line begins can't be told
			return append(wrong, RowError{Line: broken.Line, Err: broken.Err}), nil
		}
		if err != nil {
			return nil, err
		}
		if n == s.rows {
			return nil, reserve.Refuse(reserve.OutOfRange, "more than %d rows: cut the file in several", s.rows)
		}
		line, _ := r.FieldPos(0)
		named, bad := s.named(columns, cells)
		if bad == nil {
			bad = row(line, named)
		}
		if bad != nil {
			bad.Line = line
			wrong = append(wrong, *bad)
		}
	}
}

func (s csvShape) named(columns, cells []string) (map[string]string, *RowError) {
	if len(cells) != len(columns) {
		return nil, &RowError{Err: fmt.Errorf("it has %d cells, the first line %d", len(cells), len(columns))}
	}
	out := make(map[string]string, len(columns))
	for i, column := range columns {
		cell := strings.TrimSpace(cells[i])
		if len(cell) > s.cell {
			return nil, &RowError{Column: column, Err: fmt.Errorf("%d bytes, at most %d", len(cell), s.cell)}
		}
		out[column] = cell
	}
	return out, nil
}

// separator is the character that the first line has most often of those that programs write between
// cells.
func separator(data []byte) rune {
	first, _, _ := bytes.Cut(data, []byte("\n"))
	best := ','
	for _, r := range ";\t" {
		if bytes.Count(first, []byte(string(r))) > bytes.Count(first, []byte(string(best))) {
			best = r
		}
	}
	return best
}

// clip bounds text from outside before it enters a message.
func clip(s string) string {
	if len(s) > 100 {
		return strings.ToValidUTF8(s[:100], "") + "…"
	}
	return s
}

func parseDate(s string) (keys.Day, error) {
	d, err := keys.ParseDay(s)
	if err != nil || d == 0 {
		return 0, fmt.Errorf("%q is not a date such as 2029-11-21", clip(s))
	}
	return d, nil
}

// parseMark reads a cell that is marked or isn't.
func parseMark(s string) (bool, error) {
	switch strings.ToLower(s) {
	case "yes", "true", "x":
		return true, nil
	case "", "no", "false":
		return false, nil
	}
	return false, fmt.Errorf("%q: expected yes or no", clip(s))
}
