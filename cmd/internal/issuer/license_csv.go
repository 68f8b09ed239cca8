package issuer

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"tallystick/cmd/internal/ledger"
	"tallystick/keys"
	"tallystick/reserve"
)

// Bounds of a file of licenses.
const (
	MaxLicenseFile = 4 << 20 // bytes
	MaxLicenseRows = 10_000
	maxLicenseCell = 300 // bytes; the longest account is 263
)

// licenseColumns are the columns that a file of licenses may have, in any order.
var licenseColumns = []string{"account", "entitlement", "quantity", "unlimited", "term", "start", "end", "perpetual", "coterm", "order"}

// A LicenseRow is a line of a file of licenses.
type LicenseRow struct {
	Line     int // in the file, from 1
	Purchase Purchase
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

// ParseLicenses reads a file of licenses: CSV in UTF-8, with or without a byte order mark, cells
// separated by commas, semicolons or tabs, the first line naming the columns. It returns the rows that
// read and what is wrong with the others. The error is for a file that is none, or beyond the bounds:
// OutOfRange or InvalidName.
func ParseLicenses(data []byte) ([]LicenseRow, []RowError, error) {
	if len(data) > MaxLicenseFile {
		return nil, nil, reserve.Refuse(reserve.OutOfRange, "a file of %d bytes, at most %d", len(data), MaxLicenseFile)
	}
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	if !utf8.Valid(data) || bytes.IndexByte(data, 0) >= 0 {
		return nil, nil, reserve.Refuse(reserve.InvalidName, "the file is not text in UTF-8; save it as \"CSV UTF-8\"")
	}
	r := csv.NewReader(bytes.NewReader(data))
	r.Comma, r.FieldsPerRecord = separator(data), -1
	head, err := r.Read()
	if err != nil {
		return nil, nil, reserve.Refuse(reserve.InvalidName, "the file has no first line that names its columns: %v", err)
	}
	columns, err := licenseHeader(head)
	if err != nil {
		return nil, nil, err
	}
	return licenseRows(r, columns)
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

func licenseHeader(head []string) ([]string, error) {
	var columns []string
	for _, cell := range head {
		name := strings.ToLower(strings.TrimSpace(cell))
		if !slices.Contains(licenseColumns, name) || slices.Contains(columns, name) {
			return nil, reserve.Refuse(reserve.InvalidName, "column %q is unknown or named twice; there are %s", clip(cell), strings.Join(licenseColumns, ", "))
		}
		columns = append(columns, name)
	}
	for _, name := range licenseColumns[:2] {
		if !slices.Contains(columns, name) {
			return nil, reserve.Refuse(reserve.InvalidName, "the first line names no column %q; it has to name %s, and may name %s", name,
				strings.Join(licenseColumns[:2], " and "), strings.Join(licenseColumns[2:], ", "))
		}
	}
	return columns, nil
}

// clip bounds text from outside before it enters a message.
func clip(s string) string {
	if len(s) > 100 {
		return strings.ToValidUTF8(s[:100], "") + "…"
	}
	return s
}

func licenseRows(r *csv.Reader, columns []string) (rows []LicenseRow, wrong []RowError, err error) {
	for {
		cells, err := r.Read()
		if err == io.EOF {
			break
		}
		var broken *csv.ParseError
		if errors.As(err, &broken) { // where the next line begins can't be told
			return rows, append(wrong, RowError{Line: broken.Line, Err: broken.Err}), nil
		}
		if err != nil {
			return nil, nil, err
		}
		line, _ := r.FieldPos(0)
		if len(rows)+len(wrong) == MaxLicenseRows {
			return nil, nil, reserve.Refuse(reserve.OutOfRange, "more than %d rows: cut the file in several", MaxLicenseRows)
		}
		if p, bad := licenseRow(cells, columns); bad != nil {
			bad.Line = line
			wrong = append(wrong, *bad)
		} else {
			rows = append(rows, LicenseRow{line, p})
		}
	}
	if len(rows)+len(wrong) == 0 {
		return nil, nil, reserve.Refuse(reserve.OutOfRange, "the file has no rows")
	}
	return rows, wrong, nil
}

// licenseRow reads one line.
func licenseRow(cells, columns []string) (p Purchase, bad *RowError) {
	if len(cells) != len(columns) {
		return p, &RowError{Err: fmt.Errorf("it has %d cells, the first line %d", len(cells), len(columns))}
	}
	ends := 0
	for i, column := range columns {
		cell := strings.TrimSpace(cells[i])
		if len(cell) > maxLicenseCell {
			return p, &RowError{Column: column, Err: fmt.Errorf("%d bytes, at most %d", len(cell), maxLicenseCell)}
		}
		given, err := p.setCell(column, cell)
		if err != nil {
			return p, &RowError{Column: column, Err: err}
		}
		if given && slices.Contains([]string{"term", "end", "perpetual", "coterm"}, column) {
			ends++
		}
	}
	if ends != 1 {
		return p, &RowError{Err: errors.New("give one of term, end, perpetual and coterm")}
	}
	if p.Unlimited == (p.Quantity != 0) {
		return p, &RowError{Err: errors.New("give one of quantity and unlimited")}
	}
	return p, nil
}

// setCell takes over a cell; given is false for one that says nothing.
func (p *Purchase) setCell(column, cell string) (given bool, err error) {
	switch column {
	case "account":
		p.Account, err = ledger.ParsePath(cell)
	case "entitlement":
		p.Entitlement = cell
	case "order":
		p.Order = cell
	case "perpetual":
		return parseMark(cell)
	case "coterm":
		p.Coterm, err = parseMark(cell)
		return p.Coterm, err
	case "unlimited":
		p.Unlimited, err = parseMark(cell)
	default:
		if cell == "" {
			return false, nil
		}
		err = p.setAmount(column, cell)
	}
	return cell != "", err
}

func (p *Purchase) setAmount(column, cell string) (err error) {
	switch column {
	case "quantity":
		p.Quantity, err = ParseQuantity(cell)
	case "term":
		p.Term = new(reserve.Term)
		*p.Term, err = reserve.ParseTerm(cell)
	case "start":
		p.Starts, err = parseDate(cell)
	case "end":
		p.Ends, err = parseDate(cell)
	}
	return err
}

// ParseQuantity reads how many licenses. The refusal is OutOfRange.
func ParseQuantity(s string) (uint32, error) {
	n, err := strconv.ParseUint(s, 10, 32)
	if err != nil || n < 1 || n > reserve.MaxCount {
		return 0, reserve.Refuse(reserve.OutOfRange, "quantity %q: expected a whole number from 1 to %d", clip(s), reserve.MaxCount)
	}
	return uint32(n), nil
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
