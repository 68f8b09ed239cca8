package table

import (
	"fmt"
	"iter"
	"slices"
	"strings"
)

// A Column is what is known of a column before there are rows.
type Column struct {
	ID    string // in CSV, JSON, --columns and --sort; lower-case letters, digits and _, never changed
	Title string // heading for people, such as "In transit"
	Kind  Kind
	Unit  string // of numbers, such as "days"; HTML shows it
	Empty string // what text and HTML show where there is nothing, such as "perpetual"

	// Who sees the column without asking for it: everybody, but for these.
	Extra  bool // text and HTML leave it out
	Costly bool // all leave it out, since it takes time to find out
	Page   bool // HTML has it all the same
}

// A Row has one Value for each column.
type Row []Value

// A Field is a column of a list of T, and how its value is found.
type Field[T any] struct {
	Column
	Value func(*T) Value
}

// AllColumns stands for every column in a choice.
const AllColumns = "all"

// An UnknownColumn is a column that was chosen and doesn't exist.
type UnknownColumn struct {
	ID    string
	Known []string
}

func (e *UnknownColumn) Error() string {
	return fmt.Sprintf("there is no column %q; there are %s", e.ID, strings.Join(e.Known, ", "))
}

// usual reports whether a format has the column without being asked.
func (c Column) usual(f Format) bool {
	switch f {
	case PlainText:
		return !c.Extra && !c.Costly
	case HTML:
		return c.Page || !c.Extra && !c.Costly
	}
	return !c.Costly
}

// Choose returns the fields with the IDs in a list such as "udi,account", in that order. "all" is
// all of them, "" those that are usual in a format. "+label" adds to these. "in-transit" is
// "in_transit". The error is an *UnknownColumn.
func Choose[T any](fields []Field[T], format Format, choice string) ([]Field[T], error) {
	var chosen []Field[T]
	add, adding := strings.CutPrefix(choice, "+")
	switch {
	case choice == AllColumns:
		return fields, nil
	case choice == "" || adding:
		for _, f := range fields {
			if f.usual(format) {
				chosen = append(chosen, f)
			}
		}
		choice = add
	}
	for id := range strings.SplitSeq(choice, ",") {
		id = columnID(id)
		if id == "" && len(chosen) > 0 {
			continue
		}
		at := slices.IndexFunc(fields, func(f Field[T]) bool { return f.ID == id })
		if at < 0 {
			return nil, &UnknownColumn{id, IDs(fields)}
		}
		if !slices.ContainsFunc(chosen, func(f Field[T]) bool { return f.ID == id }) {
			chosen = append(chosen, fields[at])
		}
	}
	return chosen, nil
}

// columnID is the ID that a person means.
func columnID(s string) string {
	return strings.ReplaceAll(strings.TrimPrefix(strings.TrimSpace(s), "+"), "-", "_")
}

// IDs returns the IDs of fields.
func IDs[T any](fields []Field[T]) []string {
	ids := make([]string, len(fields))
	for i, f := range fields {
		ids[i] = f.ID
	}
	return ids
}

// Has reports whether a field with that ID is among those chosen: for what is costly to find out.
func Has[T any](fields []Field[T], id string) bool {
	return slices.ContainsFunc(fields, func(f Field[T]) bool { return f.ID == id })
}

// Columns returns the columns of fields.
func Columns[T any](fields []Field[T]) []Column {
	columns := make([]Column, len(fields))
	for i, f := range fields {
		columns[i] = f.Column
	}
	return columns
}

// Rows returns the rows of a stream of T. They share their memory: each is valid until the next.
func Rows[T any](fields []Field[T], list iter.Seq2[T, error]) iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		row := make(Row, len(fields))
		var value T // outside the loop, since its address would move each one to the heap
		for v, err := range list {
			if err != nil {
				yield(nil, err)
				return
			}
			value = v
			for i := range fields {
				row[i] = fields[i].Value(&value)
			}
			if !yield(row, nil) {
				return
			}
		}
	}
}

// List returns a slice as a stream, for Rows.
func List[T any](list []T) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for _, v := range list {
			if !yield(v, nil) {
				return
			}
		}
	}
}
