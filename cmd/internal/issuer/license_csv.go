package issuer

import (
	"errors"
	"slices"
	"strconv"

	"tallystick/cmd/internal/ledger"
	"tallystick/reserve"
)

// Bounds of a file of licenses.
const (
	MaxLicenseFile = 4 << 20 // bytes
	MaxLicenseRows = 10_000
)

var licenseShape = csvShape{
	columns:  []string{"account", "entitlement", "quantity", "unlimited", "term", "start", "end", "perpetual", "coterm", "order"},
	required: 2, bytes: MaxLicenseFile, rows: MaxLicenseRows,
	cell: 300, // the longest account is 263
}

// A LicenseRow is a line of a file of licenses.
type LicenseRow struct {
	Line     int // in the file, from 1
	Purchase Purchase
}

// ParseLicenses reads a file of licenses (csvShape). It returns the rows that read and what is wrong
// with the others. The error is for a file that is none, or beyond the bounds: OutOfRange or
// InvalidName.
func ParseLicenses(data []byte) (rows []LicenseRow, wrong []RowError, err error) {
	wrong, err = licenseShape.read(data, func(line int, cells map[string]string) *RowError {
		p, bad := licenseRow(cells)
		if bad == nil {
			rows = append(rows, LicenseRow{line, p})
		}
		return bad
	})
	if err != nil {
		return nil, nil, err
	}
	return rows, wrong, nil
}

// licenseRow reads one line.
func licenseRow(cells map[string]string) (p Purchase, bad *RowError) {
	ends := 0
	for _, column := range licenseShape.columns {
		cell, named := cells[column]
		if !named {
			continue
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
