package issuer

import (
	"bytes"
	"errors"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"tallystick/cmd/internal/ledger"
	"tallystick/codec"
	"tallystick/keys"
	"tallystick/reserve"
)

// MaxBatchFile bounds a file of rows, in bytes.
const MaxBatchFile = 256 << 20

var batchShape = csvShape{
	columns: []string{"request", "device", "account", "grants"},
	bytes:   MaxBatchFile, rows: MaxBatchRows,
	cell: 8192, // of a request that was pasted with its surroundings
}

// ReadBatch reads a file of rows (csvShape): a request code or the name of a known device, the account
// and what is granted, TAG=N with spaces between. Rows that can't be read are there, refused. The
// error is for a file that is none, or beyond the bounds: OutOfRange or InvalidName.
func ReadBatch(data []byte, b Batch) ([]BatchRow, error) {
	r := batchReader{batch: b, accounts: map[string]cell[ledger.Path]{}, grants: map[string]cell[[]Change]{}}
	rows := make([]BatchRow, 0, min(bytes.Count(data, []byte("\n")), MaxBatchRows))
	var wrong []RowError
	err := inOrder(func(emit func(func() []BatchRow)) (err error) {
		var chunk []rawRow
		flush := func() {
			full := chunk
			chunk = nil
			emit(func() []BatchRow { return decodeRows(full) })
		}
		wrong, err = batchShape.read(data, func(line int, cells map[string]string) *RowError {
			raw, bad := r.row(line, cells)
			if bad == nil {
				if chunk = append(chunk, raw); len(chunk) == decodeChunk {
					flush()
				}
			}
			return bad
		})
		flush()
		return err
	}, func(read []BatchRow) { rows = append(rows, read...) })
	if err != nil {
		return nil, err
	}
	for _, w := range wrong {
		rows = append(rows, BatchRow{Line: w.Line, State: BatchRefused, Column: w.Column, Err: w.Err})
	}
	if len(wrong) > 0 {
		slices.SortStableFunc(rows, func(a, b BatchRow) int { return a.Line - b.Line })
	}
	return rows, nil
}

// ReadBatchFolder reads a folder with a request code in each file; read returns the text of one.
func ReadBatchFolder(dir string, b Batch, read func(path string) (string, error)) ([]BatchRow, error) {
	return readFolder(dir, read, func(row *BatchRow, text string) {
		row.Account, row.changes = b.Account, b.Changes
		row.decode(text)
	})
}

// readFolder has decode turn the text of each file of a folder into a row.
func readFolder(dir string, read func(path string) (string, error), decode func(*BatchRow, string)) ([]BatchRow, error) {
	names, err := codeFiles(dir)
	if err != nil {
		return nil, err
	}
	var rows []BatchRow
	err = inOrder(func(emit func(func() []BatchRow)) error {
		at := 0
		for chunk := range slices.Chunk(names, decodeChunk) {
			first := at
			at += len(chunk)
			emit(func() []BatchRow { return readFiles(dir, first, chunk, read, decode) })
		}
		return nil
	}, func(read []BatchRow) { rows = append(rows, read...) })
	return rows, err
}

// FolderDigest stands for the rows of a folder.
func FolderDigest(rows []BatchRow) [32]byte {
	var fields [][]byte
	for i := range rows {
		fields = append(fields, []byte(rows[i].File), rows[i].DID[:])
	}
	return keys.Digest("TS1/batch", fields...)
}

// codeFiles lists the files of a folder that may hold codes, by name: not those that are hidden.
func codeFiles(dir string) (names []string, err error) {
	entries, err := os.ReadDir(dir) // sorted
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), ".") && !e.IsDir() {
			names = append(names, e.Name())
		}
	}
	switch {
	case len(names) == 0:
		return nil, reserve.Refuse(reserve.OutOfRange, "the folder %q has no files", dir)
	case len(names) > MaxBatchRows:
		return nil, reserve.Refuse(reserve.OutOfRange, "the folder %q has more than %d files: do it in parts", dir, MaxBatchRows)
	}
	return names, nil
}

func readFiles(dir string, first int, names []string, read func(string) (string, error), decode func(*BatchRow, string)) []BatchRow {
	rows := make([]BatchRow, 0, len(names))
	for i, name := range names {
		row := BatchRow{Line: first + i + 1, File: name}
		text, err := readPlain(filepath.Join(dir, name), read)
		if err != nil {
			row.refuse(err)
		} else {
			decode(&row, text)
		}
		rows = append(rows, row)
	}
	return rows
}

// readPlain reads a file, and nothing that is none: opening a pipe would wait for its writer.
func readPlain(path string, read func(string) (string, error)) (string, error) {
	info, err := os.Stat(path)
	if err == nil && !info.Mode().IsRegular() {
		return "", fmt.Errorf("%q is not a file", path)
	}
	return read(path) // says what is missing, too
}

// decodeChunk is how many rows a goroutine decodes at a time.
const decodeChunk = 128

// A rawRow is a row whose request is still text.
type rawRow struct {
	row     BatchRow
	request string
}

// decodeRows decodes the requests of rows.
func decodeRows(raw []rawRow) []BatchRow {
	rows := make([]BatchRow, 0, len(raw))
	for _, r := range raw {
		if r.request != "" {
			r.row.decode(r.request)
		}
		rows = append(rows, r.row)
	}
	return rows
}

// decode reads the request of a row.
func (r *BatchRow) decode(text string) {
	q, err := decodeRequest(text)
	if err != nil {
		r.refuse(err)
		r.Column = "request"
		return
	}
	id := q.Identity()
	r.request, r.UDI, r.DID = &q, id.UDI(), id.DID()
}

func decodeRequest(text string) (reserve.Request, error) {
	reading, err := codec.Decode(text, reserve.Kinds()...)
	if err != nil {
		return reserve.Request{}, err
	}
	if reading.Kind.Number != reserve.RequestKind.Number {
		return reserve.Request{}, reserve.Refuse(reserve.WrongKind, "this is a %s, a request code was expected", reading.Kind.Name)
	}
	return reserve.ParseRequest(reading.Body)
}

// A cell is what a text came to, for texts that many rows have.
type cell[T any] struct {
	value T
	err   error
}

// batchReader turns cells into rows.
type batchReader struct {
	batch    Batch
	accounts map[string]cell[ledger.Path]
	grants   map[string]cell[[]Change]
}

func (r *batchReader) row(line int, cells map[string]string) (rawRow, *RowError) {
	raw := rawRow{row: BatchRow{Line: line, Name: cells["device"], Account: r.batch.Account, changes: r.batch.Changes}, request: cells["request"]}
	if (raw.request == "") == (raw.row.Name == "") {
		return raw, &RowError{Err: errors.New("give one of request and device")}
	}
	if text := cells["account"]; text != "" {
		account := once(r.accounts, text, ledger.ParsePath)
		if account.err != nil {
			return raw, &RowError{Column: "account", Err: account.err}
		}
		raw.row.Account = account.value
	}
	if text := cells["grants"]; text != "" {
		grants := once(r.grants, text, ParseGrants)
		if grants.err != nil {
			return raw, &RowError{Column: "grants", Err: grants.err}
		}
		raw.row.changes = grants.value
	}
	if len(raw.row.changes) == 0 {
		return raw, &RowError{Column: "grants", Err: errors.New("nothing is granted, and no --grant stands for it")}
	}
	return raw, nil
}

func once[T any](known map[string]cell[T], text string, parse func(string) (T, error)) cell[T] {
	c, ok := known[text]
	if !ok {
		c.value, c.err = parse(text)
		known[text] = c
	}
	return c
}

// ParseGrants reads TAG=N TAG=N, at least one, with spaces or commas between.
func ParseGrants(text string) (out []Change, err error) {
	for word := range strings.FieldsFuncSeq(text, func(r rune) bool { return r == ' ' || r == ',' || r == '\t' || r == '\n' || r == '\r' }) {
		change, err := ParseGrant(word)
		if err != nil {
			return nil, err
		}
		out = append(out, change)
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("%q names nothing; expected TAG=N, such as dna-advantage=24", clip(text))
	}
	return out, nil
}

// inOrder runs the jobs that produce emits on all processors, a few ahead of the one whose result is
// used next, and hands the results to use in the order of the jobs.
func inOrder[T any](produce func(emit func(job func() T)) error, use func(T)) error {
	queue := make(chan chan T, 2*runtime.GOMAXPROCS(0))
	failed := make(chan error, 1)
	go func() {
		defer close(queue)
		failed <- produce(func(job func() T) {
			result := make(chan T, 1)
			queue <- result
			go func() { result <- job() }()
		})
	}()
	for result := range queue {
		use(<-result)
	}
	return <-failed
}

// aheadOf yields what make makes of each item of a list, in order, where the next one is made while
// one is used.
func aheadOf[T, U any](list []T, prepare func(T) U) iter.Seq2[T, U] {
	return func(yield func(T, U) bool) {
		start := func(i int) chan U {
			if i >= len(list) {
				return nil
			}
			c := make(chan U, 1)
			go func() { c <- prepare(list[i]) }()
			return c
		}
		next := start(0)
		for i, item := range list {
			made := <-next
			next = start(i + 1)
			if !yield(item, made) {
				return
			}
		}
	}
}
