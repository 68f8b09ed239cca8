package issuer

import (
	"errors"
	"fmt"
	"strconv"

	"tallystick/cmd/internal/ledger"
	"tallystick/reserve"
)

// MaxOptionKeyFile bounds a file of option keys, in bytes.
const MaxOptionKeyFile = 16 << 20

var optionKeyShape = csvShape{
	columns:  []string{"device", "index", "option", "entitlement", "count", "end", "whole-only", "not-eligible"},
	required: 3, bytes: MaxOptionKeyFile, rows: MaxOptionKeys, cell: 300,
}

// ParseOptionKeys reads a file of option keys (csvShape), of all devices of a site perhaps. It returns
// the rows that read and what is wrong with the others. The error is for a file that is none, or
// beyond the bounds: OutOfRange or InvalidName.
func ParseOptionKeys(data []byte) (list []ledger.OptionKey, wrong []RowError, err error) {
	places := map[string]int{}
	wrong, err = optionKeyShape.read(data, func(line int, cells map[string]string) *RowError {
		k, bad := optionKeyRow(cells)
		if bad != nil {
			return bad
		}
		place := fmt.Sprint(k.UDI, " ", k.Index)
		if before, twice := places[place]; twice {
			return &RowError{Column: "index", Err: fmt.Errorf("line %d has a key at the same index of %s", before, k.UDI)}
		}
		places[place] = line
		list = append(list, k)
		return nil
	})
	if err != nil {
		return nil, nil, err
	}
	return list, wrong, nil
}

func optionKeyRow(cells map[string]string) (k ledger.OptionKey, bad *RowError) {
	k = ledger.OptionKey{Option: cells["option"], Tag: cells["entitlement"], Quantity: 1, Ineligible: cells["not-eligible"]}
	// Of several cells that don't read, the first is named.
	for _, column := range []struct {
		name     string
		required bool
		read     func(cell string) error
	}{
		{"device", true, func(cell string) (err error) { k.UDI, err = reserve.ParseUDI(cell); return err }},
		{"index", true, func(cell string) (err error) { k.Index, err = parseIndex(cell); return err }},
		{"count", false, func(cell string) (err error) { k.Quantity, err = ParseQuantity(cell); return err }},
		{"end", false, func(cell string) (err error) { k.Ends, err = parseDate(cell); return err }},
	} {
		if cell := cells[column.name]; cell != "" || column.required {
			if err := column.read(cell); err != nil {
				return k, &RowError{Column: column.name, Err: err}
			}
		}
	}
	var err error
	if k.Whole, err = parseMark(cells["whole-only"]); err != nil {
		return k, &RowError{Column: "whole-only", Err: err}
	}
	switch {
	case k.Option == "":
		return k, &RowError{Column: "option", Err: errors.New("it is empty")}
	case k.Tag == "" && k.Ineligible == "":
		return k, &RowError{Column: "entitlement", Err: errors.New("name what it becomes, or in not-eligible why it can't be converted")}
	}
	return k, nil
}

func parseIndex(s string) (uint16, error) {
	n, err := strconv.ParseUint(s, 10, 16)
	if err != nil {
		return 0, fmt.Errorf("%q is not a whole number from 0 to 65535", clip(s))
	}
	return uint16(n), nil
}
