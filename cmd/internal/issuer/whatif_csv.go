package issuer

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"tallystick/cmd/internal/ledger"
	"tallystick/keys"
	"tallystick/reserve"
)

// Bounds of a file of wishes.
const (
	MaxWhatIfFile    = 4 << 20 // bytes
	MaxWhatIfRows    = 10_000
	MaxWhatIfDevices = 10_000 // that are not there yet
)

var whatIfShape = csvShape{
	columns: slices.Concat([]string{"what"}, licenseShape.columns, []string{"device", "product", "grants", "map", "to", "license", "note"}),
	bytes:   MaxWhatIfFile, rows: MaxWhatIfRows, required: 1, cell: 1000,
}

// The kinds of wishes.
const (
	wishNew      = "new"       // devices that are not there yet
	wishRMA      = "rma"       // a device that failed, to be replaced
	wishWriteOff = "write-off" // one that is not
	wishMove     = "move"      // devices, or licenses, to another account
	wishBuy      = "buy"       // licenses
	wishRemove   = "remove"    // licenses: sold back, or not renewed
	wishEnd      = "end"       // licenses end on another day
)

// wishColumns are what a row of each kind has to say, and what else it may.
var wishColumns = map[string]struct{ needs, may []string }{
	wishNew:      {needs: []string{"account", "product", "grants"}, may: []string{"quantity"}},
	wishRMA:      {needs: []string{"device"}, may: []string{"account", "product", "grants", "map"}},
	wishWriteOff: {needs: []string{"device"}},
	wishMove:     {needs: []string{"to"}, may: []string{"account", "device", "license", "quantity"}},
	wishBuy:      {needs: []string{"account", "entitlement"}, may: licenseShape.columns},
	wishRemove:   {needs: []string{"license"}, may: []string{"quantity"}},
	wishEnd:      {needs: []string{"end"}, may: []string{"account", "entitlement", "license"}},
}

// A Supposition is one row of a file of wishes.
type Supposition struct {
	Line int    // in the file, from 1
	What string // its kind, such as "new"

	account     ledger.Path
	device      string
	product     string
	quantity    uint32 // 0: not said
	grants      []Change
	mapped      []Mapping
	to          ledger.Path
	entitlement string
	license     reserve.LotID
	end         keys.Day
	purchase    Purchase
}

// ParseWhatIf reads a file of wishes (csvShape). It returns the rows that read and what is wrong with
// the others. The error is for a file that is none, or beyond the bounds: OutOfRange or InvalidName.
func ParseWhatIf(data []byte) (rows []Supposition, wrong []RowError, err error) {
	devices := uint64(0)
	wrong, err = whatIfShape.read(data, func(line int, cells map[string]string) *RowError {
		s, bad := supposition(cells)
		if bad == nil {
			s.Line = line
			rows = append(rows, s)
			devices += s.newcomers()
		}
		return bad
	})
	if err == nil && devices > MaxWhatIfDevices {
		err = reserve.Refuse(reserve.OutOfRange, "the file asks for %d devices that are not there yet, at most %d: cut it in several", devices, MaxWhatIfDevices)
	}
	if err != nil {
		return nil, nil, err
	}
	return rows, wrong, nil
}

// newcomers is how many devices have to be made for a row.
func (s Supposition) newcomers() uint64 {
	switch s.What {
	case wishNew:
		return uint64(max(s.quantity, 1))
	case wishRMA:
		return 1
	}
	return 0
}

// supposition reads one line.
func supposition(cells map[string]string) (s Supposition, bad *RowError) {
	s.What = strings.ToLower(cells["what"])
	columns, known := wishColumns[s.What]
	if !known {
		return s, &RowError{Column: "what", Err: fmt.Errorf("%q: expected one of %s", clip(cells["what"]), strings.Join(slices.Sorted(maps.Keys(wishColumns)), ", "))}
	}
	for _, column := range whatIfShape.columns {
		needed := slices.Contains(columns.needs, column)
		allowed := needed || slices.Contains(columns.may, column) || column == "what" || column == "note"
		switch cell := cells[column]; {
		case cell == "" && needed:
			return s, &RowError{Column: column, Err: fmt.Errorf("a row %q needs it", s.What)}
		case cell != "" && !allowed:
			return s, &RowError{Column: column, Err: fmt.Errorf("a row %q has none, and here is %q", s.What, clip(cell))}
		case cell != "":
			if err := s.set(column, cell); err != nil {
				return s, &RowError{Column: column, Err: err}
			}
		}
	}
	if s.What == wishBuy {
		s.purchase, bad = licenseRow(cells)
		return s, bad
	}
	if err := s.check(); err != nil {
		return s, &RowError{Err: err}
	}
	return s, nil
}

// set takes over a cell that is not empty. What a purchase says is for licenseRow to read.
func (s *Supposition) set(column, cell string) (err error) {
	if s.What == wishBuy {
		return nil
	}
	switch column {
	case "account":
		s.account, err = ledger.ParsePath(cell)
	case "device":
		_, err = ledger.ParseExpected(cell)
		s.device = cell
	case "product":
		_, err = reserve.NewUDI(cell, "1")
		s.product = cell
	case "quantity":
		s.quantity, err = ParseQuantity(cell)
	case "grants":
		s.grants, err = parseWords(cell, ParseGrant)
	case "map":
		s.mapped, err = parseWords(cell, ParseMapping)
	case "to":
		s.to, err = ledger.ParsePath(cell)
	case "entitlement":
		s.entitlement = cell
	case "license":
		s.license, err = parseLicenseNumber(cell)
	case "end":
		s.end, err = parseDate(cell)
	}
	return err
}

// check refuses a row that names several things, or none.
func (s Supposition) check() error {
	named := 0
	for _, is := range []bool{s.license != 0, s.device != "", !s.account.IsZero()} {
		if is {
			named++
		}
	}
	switch {
	case s.What == wishMove && named != 1:
		return errors.New("give one of device, license and account, which stands for all its devices")
	case s.What == wishMove && s.quantity != 0 && s.license == 0:
		return errors.New("a quantity is of a license: name that")
	case s.What == wishEnd && named != 1:
		return errors.New("give one of license and account, which stands for all its licenses, or those of the entitlement")
	case s.What == wishEnd && s.entitlement != "" && s.license != 0:
		return errors.New("an entitlement narrows an account, not a license")
	}
	return nil
}

// parseWords reads "dna-advantage=1 multigigabit-ports=24"; commas and semicolons do as well.
func parseWords[T any](cell string, parse func(string) (T, error)) ([]T, error) {
	var out []T
	for _, word := range strings.FieldsFunc(cell, func(r rune) bool { return strings.ContainsRune(" \t\r\n,;", r) }) {
		v, err := parse(word)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, nil
}

func parseLicenseNumber(cell string) (reserve.LotID, error) {
	n, err := strconv.ParseInt(cell, 10, 64)
	if err != nil || n < 1 {
		return 0, fmt.Errorf("%q is not the number of a license, such as 7", clip(cell))
	}
	return reserve.LotID(n), nil
}

// About says what a row is of, for people.
func (s Supposition) About() string {
	switch s.What {
	case wishNew:
		return fmt.Sprintf("%d %s in %s", s.newcomers(), s.product, s.account)
	case wishBuy:
		return fmt.Sprintf("%s in %s", s.purchase.Entitlement, s.purchase.Account)
	}
	about := s.device
	if s.product != "" {
		about += " by a " + s.product
	}
	if s.license != 0 {
		about = fmt.Sprintf("license %d", s.license)
	} else if about == "" {
		about = strings.TrimSpace(s.account.String() + " " + s.entitlement)
	}
	if !s.to.IsZero() {
		about += " to " + s.to.String()
	}
	return about
}
