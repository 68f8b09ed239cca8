package issuer

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"tallystick/cmd/internal/ledger"
	"tallystick/codec"
	"tallystick/keys"
	"tallystick/reserve"
)

var (
	moveShape = csvShape{columns: []string{"device", "account"}, required: 2, bytes: MaxBatchFile, rows: MaxBatchRows, cell: 300}
	rmaShape  = csvShape{columns: []string{"failed", "request", "map", "reason", "account", "grants"}, required: 2, bytes: MaxBatchFile, rows: MaxBatchRows, cell: 8192}
)

// ReadMoves reads a file of devices and the accounts that they are moved to (csvShape).
func ReadMoves(data []byte) ([]BatchRow, error) {
	return readRows(moveShape, data, func(cells map[string]string) (row BatchRow, bad *RowError) {
		var err error
		if row.Name = cells["device"]; row.Name == "" {
			return row, &RowError{Column: "device", Err: errors.New("no device is named")}
		}
		if row.Account, err = ledger.ParsePath(cells["account"]); err != nil {
			return row, &RowError{Column: "account", Err: err}
		}
		return row, nil
	})
}

// ReadReplacements reads a file of devices that failed and the requests of what replaces them (csvShape).
func ReadReplacements(data []byte) ([]BatchRow, error) {
	return readRows(rmaShape, data, func(cells map[string]string) (row BatchRow, bad *RowError) {
		var err error
		row.Act = &ActRow{}
		if row.Act.Failed = cells["failed"]; row.Act.Failed == "" {
			return row, &RowError{Column: "failed", Err: errors.New("no device is named")}
		}
		if row.decode(cells["request"]); row.Err != nil {
			return row, &RowError{Column: "request", Err: row.Err}
		}
		for word := range strings.FieldsSeq(cells["map"]) {
			m, err := ParseMapping(word)
			if err != nil {
				return row, &RowError{Column: "map", Err: err}
			}
			row.Act.maps = append(row.Act.maps, m)
		}
		if text := cells["grants"]; text != "" {
			if row.changes, err = ParseGrants(text); err != nil {
				return row, &RowError{Column: "grants", Err: err}
			}
		}
		if text := cells["account"]; text != "" {
			if row.Account, err = ledger.ParsePath(text); err != nil {
				return row, &RowError{Column: "account", Err: err}
			}
		}
		row.Act.reason, row.Act.account = cells["reason"], row.Account
		return row, nil
	})
}

// readRows reads a file; rows that are wrong are there, refused.
func readRows(s csvShape, data []byte, read func(map[string]string) (BatchRow, *RowError)) (rows []BatchRow, err error) {
	wrong, err := s.read(data, func(line int, cells map[string]string) *RowError {
		row, bad := read(cells)
		if row.Line = line; bad == nil {
			rows = append(rows, row)
		}
		return bad
	})
	if err != nil {
		return nil, err
	}
	for _, w := range wrong {
		rows = append(rows, BatchRow{Line: w.Line, State: BatchRefused, Column: w.Column, Err: w.Err})
	}
	slices.SortStableFunc(rows, func(a, b BatchRow) int { return a.Line - b.Line })
	return rows, nil
}

// ReadReceived reads a text with many codes of devices: one in each line, or several lines for one
// where an empty line follows. Lines that begin with # are passed over.
func ReadReceived(text string) ([]BatchRow, error) {
	if len(text) > MaxBatchFile {
		return nil, reserve.Refuse(reserve.OutOfRange, "a file of %d bytes, at most %d", len(text), MaxBatchFile)
	}
	var rows []BatchRow
	var block []BatchRow // lines, as codes of their own
	var lines []string
	end := func() {
		rows = append(rows, blockRows(block, lines)...)
		block, lines = nil, nil
	}
	n := 0
	for line := range strings.SplitSeq(text, "\n") {
		n++
		line = strings.TrimSpace(line)
		if line == "" {
			end()
		}
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		row := BatchRow{Line: n}
		row.receive(line)
		block, lines = append(block, row), append(lines, line)
	}
	end()
	if len(rows) == 0 || len(rows) > MaxBatchRows {
		return nil, reserve.Refuse(reserve.OutOfRange, "%d codes, expected 1 to %d", len(rows), MaxBatchRows)
	}
	return rows, nil
}

// blockRows are the codes of lines without an empty one between: each line is one or, where not every
// line is, all of them together are, if they can be.
func blockRows(block []BatchRow, lines []string) []BatchRow {
	if len(lines) < 2 || !slices.ContainsFunc(block, func(r BatchRow) bool { return r.Err != nil }) || len(lines) > maxCodeLines {
		return block
	}
	whole := BatchRow{Line: block[0].Line}
	if whole.receive(strings.Join(lines, "\n")); whole.Err != nil {
		return block
	}
	return []BatchRow{whole}
}

// maxCodeLines is how many lines a pasted code has at most, with what stands around it.
const maxCodeLines = 100

func (r *BatchRow) receive(text string) {
	reading, err := decodeReceived(text)
	if err != nil {
		r.State, r.Err = BatchRefused, err
		return
	}
	r.Act = &ActRow{reading: reading}
}

// decodeReceived reads a code that a device gives an officer.
func decodeReceived(text string) (codec.Reading, error) {
	reading, err := codec.Decode(text, reserve.Kinds()...)
	if err == nil && reading.Kind.Number != reserve.ReceiptKind.Number && reading.Kind.Number != reserve.StatusKind.Number {
		err = reserve.Refuse(reserve.WrongKind, "this is a %s; a confirmation, return or status code of a device was expected", reading.Kind.Name)
	}
	return reading, err
}

// ReadReceivedFolder reads a folder with a code of a device in each file.
func ReadReceivedFolder(dir string, read func(path string) (string, error)) ([]BatchRow, error) {
	return readFolder(dir, read, func(row *BatchRow, text string) { row.receive(text) })
}

// NamedDevices are the rows of devices by their names.
func NamedDevices(names []string) []BatchRow {
	var rows []BatchRow
	for i, name := range names {
		rows = append(rows, BatchRow{Line: i + 1, Name: name})
	}
	return rows
}

// Holders are the devices that may hold something, of an account, if one is named, and something that a
// key signed, if one is named. Devices whose books do not let anything be issued are among them.
func (is *Issuer) Holders(ctx context.Context, account ledger.Path, below bool, signer string) (rows []BatchRow, err error) {
	err = is.ledger.View(ctx, func(tx *ledger.Tx) error {
		t, err := tx.Trust()
		if err != nil {
			return err
		}
		key, err := signerNamed(t, signer)
		if err != nil {
			return err
		}
		for d, err := range tx.Devices(ledger.DeviceFilter{Account: account, Below: below}) {
			if err != nil {
				return err
			}
			holds, err := signedWith(tx, t, d, key)
			if err != nil {
				return err
			}
			if holds {
				rows = append(rows, BatchRow{Line: len(rows) + 1, Name: d.UDI.String()})
			}
		}
		return nil
	})
	if err == nil && len(rows) > MaxBatchRows {
		err = reserve.Refuse(reserve.OutOfRange, "%d devices, at most %d: take one account after the other", len(rows), MaxBatchRows)
	}
	return rows, err
}

// signerNamed finds the key that a person names by its fingerprint; nil when none is named.
func signerNamed(t reserve.Trust, name string) (*keys.PublicKey, error) {
	if name == "" {
		return nil, nil
	}
	for _, root := range t.Roots().Roots() {
		for _, k := range root.Keys() {
			if k.Public.Fingerprint().String() == name {
				return &k.Public, nil
			}
		}
	}
	return nil, reserve.Refuse(reserve.OutOfRange, "no trust root lists a key %q", clip(name))
}

// signedWith reports whether a device may hold something that the key signed.
func signedWith(tx *ledger.Tx, t reserve.Trust, d ledger.Device, key *keys.PublicKey) (bool, error) {
	books, err := tx.Books(d.ID)
	if err != nil {
		return false, err
	}
	newest, ok := books.Newest()
	if !ok || books.WrittenOff || len(newest.Draws) == 0 {
		return false, nil
	}
	if key == nil {
		return true, nil
	}
	for _, i := range books.Alive() { // not the newest alone: what was signed anew stays in the list until it is confirmed
		stored, err := tx.Authorization(d.ID, i.Number)
		if err != nil {
			return false, err
		}
		a, err := reserve.ReopenAuthorization(stored.Body, t, books.Identity)
		if err != nil {
			return false, fmt.Errorf("authorization %d of %s: %w", i.Number, d.UDI, err)
		}
		if slices.ContainsFunc(a.Signers(), func(k keys.Key) bool { return k.Public == *key }) {
			return true, nil
		}
	}
	return false, nil
}
