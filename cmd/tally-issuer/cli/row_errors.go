package cli

import (
	"cmp"
	"fmt"
	"slices"

	ucli "github.com/urfave/cli/v2"

	"tallystick/cmd/internal/cli"
	"tallystick/cmd/internal/issuer"
)

type rowErrorJSON struct {
	Line    int    `json:"line"`
	Column  string `json:"column"` // "" for the line as a whole
	Message string `json:"message"`
}

func rowErrorsOf(wrong []issuer.RowError) []rowErrorJSON {
	slices.SortStableFunc(wrong, func(a, b issuer.RowError) int { return cmp.Compare(a.Line, b.Line) })
	out := []rowErrorJSON{}
	for _, e := range wrong {
		out = append(out, rowErrorJSON{e.Line, e.Column, e.Err.Error()})
	}
	return out
}

// refuseRows shows what is wrong with which line of a file, answer as JSON; nothing was recorded.
func refuseRows(c *ucli.Context, wrong []issuer.RowError, all int, answer any) error {
	return failRows(c, wrong, answer, cli.WithHint(cli.Fail(cli.IDSomeRows, "%d of %d rows are wrong; nothing was recorded", len(wrong), all),
		"mend these rows and import the file again"))
}

// failRows is refuseRows with failure as the error.
func failRows(c *ucli.Context, wrong []issuer.RowError, answer any, failure error) error {
	out := cli.Out(c)
	if out.IsJSON() {
		if err := out.JSON(answer); err != nil {
			return err
		}
		return cli.Status(cli.ExitSomeRows)
	}
	table := [][]string{}
	for _, e := range rowErrorsOf(wrong) {
		table = append(table, []string{fmt.Sprint(e.Line), e.Column, e.Message})
	}
	out.Table([]string{"LINE", "COLUMN", "PROBLEM"}, table)
	return failure
}
