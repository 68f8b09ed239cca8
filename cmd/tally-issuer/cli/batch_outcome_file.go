package cli

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"strings"

	ucli "github.com/urfave/cli/v2"

	"tallystick/cmd/internal/cli"
	"tallystick/cmd/internal/table"
	"tallystick/reserve"
)

// checkOutcome refuses what --outcome can't be, before anything is signed whose outcome could not be
// written then.
func checkOutcome(c *ucli.Context) error {
	file, format, err := outcomeFile(c)
	if err != nil || file == "" {
		return err
	}
	if err := table.CheckFile(file, format); err != nil {
		return otherFile(err)
	}
	return earlierOutcome(file, format)
}

// earlierOutcome refuses to put an outcome in the place of a table that is none, such as the batch's own
// rows.
func earlierOutcome(file string, format table.Format) error {
	if format == table.JSON { // its beginning says already that it is an answer
		return nil
	}
	f, err := os.Open(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return cleanPathError(file, err)
	}
	defer f.Close()
	begin, err := io.ReadAll(io.LimitReader(f, 16))
	if err != nil {
		return cleanPathError(file, err)
	}
	first := strings.TrimPrefix(string(begin), `{"`)
	if first == "" || strings.HasPrefix(first, "line") || strings.HasPrefix(first, "file") { // the first column of an outcome
		return nil
	}
	return otherFile(fmt.Errorf("writing %q: %w", file, table.ErrOtherFile))
}

// otherFile is the refusal for a file that is not replaced.
func otherFile(err error) error {
	if errors.Is(err, table.ErrOtherFile) {
		return reserve.Refuse(reserve.AlreadyExists, "%v", err)
	}
	return err
}

// outcomeFile returns where the outcome is written, and how.
func outcomeFile(c *ucli.Context) (file string, format table.Format, err error) {
	file = c.String("outcome")
	if file == "" {
		return "", "", nil
	}
	switch format = table.FormatOf(file); format {
	case table.CSV, table.JSON, table.NDJSON:
		return file, format, nil
	}
	return "", "", cli.Usage("flag --outcome: %q ends in none of .csv, .json and .ndjson", file)
}

// writeOutcome takes the rows as they come and puts the outcome's file in its place when all are there.
func (b *batchRun) writeOutcome(rows iter.Seq2[outcomeRow, error]) error {
	file, format, err := outcomeFile(b.c)
	if err != nil {
		return err
	}
	if file == "" {
		for _, err := range rows {
			if err != nil {
				return err
			}
		}
		return nil
	}
	fields, err := table.Choose(outcomeFields, format, b.columns)
	if err != nil {
		return err
	}
	out := cli.Out(b.c)
	return otherFile(table.WriteFile(file, format, table.Document{Verb: out.Verb(), Title: "Outcome", Program: programName, Made: b.env.Now(),
		Sections: []table.Section{{Name: "rows", Columns: table.Columns(fields), Rows: table.Rows(fields, rows)}}}))
}
