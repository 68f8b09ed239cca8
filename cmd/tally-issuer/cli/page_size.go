package cli

import (
	"tallystick/cmd/internal/cli"
	"tallystick/cmd/internal/table"
)

const (
	manyRows  = 100_000 // of a page: more are slow to open, or don't open at all
	cellBytes = 60      // that a cell takes on a page, about
)

// warnOfPage tells that a page will be larger than browsers like, before it is written.
func warnOfPage(out *cli.Output, d table.Document) error {
	rows, size := int64(0), int64(0)
	for _, s := range d.Sections {
		if s.Count == nil {
			continue
		}
		n, err := s.Count()
		if err != nil {
			return err
		}
		rows += n
		size += n * int64(len(s.Columns)) * cellBytes
	}
	if rows > manyRows {
		out.Warn(cli.WarnLargePage, "the page will have %d rows, about %d MB, which browsers open slowly or not at all: another --format, such as csv, is made for so many, "+
			"and --help shows the filters that make it less", rows, max(1, size/1_000_000))
	}
	return nil
}
