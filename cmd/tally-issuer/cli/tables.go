package cli

import (
	"errors"
	"strings"

	ucli "github.com/urfave/cli/v2"

	"tallystick/cmd/internal/cli"
	"tallystick/cmd/internal/ledger"
	"tallystick/cmd/internal/table"
	"tallystick/reserve"
)

// tableFlags are on every verb that answers with a table whose columns have these IDs.
func tableFlags(columns []string) []ucli.Flag { return formatFlags(columns, table.Formats) }

// formatFlags are tableFlags where the first of formats is the one by default.
func formatFlags(columns, formats []string) []ucli.Flag {
	return []ucli.Flag{
		cli.Enum("format", "how it is written", formats...),
		&ucli.StringFlag{Name: "out", TakesFile: true, Usage: "write to `FILE` instead; its end, such as .csv or .html, names the format"},
		&ucli.StringFlag{Name: "columns", Usage: "the columns, in order: all, or `LIST` of " + strings.Join(columns, ", ") + "; +LIST adds to the usual ones"},
	}
}

// A tableRequest is what tableFlags were given.
type tableRequest struct {
	format  table.Format
	out     string
	columns string
}

// tableRequestOf reads tableFlags. A verb calls it before it does anything else: with --format json
// its errors are JSON too. --json with --out is about the answer on standard output, which then says
// where the file is.
func tableRequestOf(c *ucli.Context) (tableRequest, error) {
	r := tableRequest{format: table.Format(c.String("format")), out: c.String("out"), columns: c.String("columns")}
	if r.out == "-" {
		r.out = ""
	}
	by := table.FormatOf(r.out)
	switch asked := cli.Out(c).IsJSON(); {
	case c.IsSet("format"):
		if asked && r.out == "" && r.format != table.JSON {
			return r, cli.Usage("--json and --format %s exclude each other", string(r.format))
		}
	case by != "":
		r.format = by
	case asked:
		r.format = table.JSON
	}
	if r.format == table.JSON && r.out == "" {
		cli.Out(c).AnswerJSON()
	}
	return r, nil
}

// choose returns the fields that --columns names, without it those that are usual in the format.
func choose[T any](r tableRequest, fields []table.Field[T]) ([]table.Field[T], error) {
	chosen, err := table.Choose(fields, r.format, r.columns)
	var unknown *table.UnknownColumn
	if errors.As(err, &unknown) {
		return nil, cli.Usage("flag --columns: %v", err)
	}
	return chosen, err
}

// usualFields is choose for a list that is too wide for many screens: on one that is narrower than
// wide, the usual columns are those of narrow.
func usualFields[T any](r tableRequest, env *cli.Env, all []table.Field[T], narrow string) ([]table.Field[T], error) {
	const wide = 120 // columns
	if columns := r.screen(env); r.columns == "" && columns > 0 && columns < wide {
		r.columns = narrow
	}
	return choose(r, all)
}

// screen returns the columns of the terminal that text is for, 0 where it is for none.
func (r tableRequest) screen(env *cli.Env) (columns int) {
	if r.format == table.PlainText && r.out == "" && env.StdoutIsTerminal && env.Size != nil {
		columns, _ = env.Size()
	}
	return columns
}

// print writes d where the flags say. What d reads from the ledger is read now, within tx.
func (r tableRequest) print(c *ucli.Context, env *cli.Env, tx *ledger.Tx, d table.Document) error {
	out := cli.Out(c)
	trust, err := tx.Trust()
	if err != nil {
		return err
	}
	if r.format == table.HTML {
		if err := warnOfPage(out, d); err != nil {
			return err
		}
	}
	d.Verb, d.Program, d.Made = out.Verb(), programName, env.Now()
	d.Issuer = trust.Root().Name() + trainingMark(trust.Root().Training())
	if r.out == "" {
		out.Answers(d)
		return table.Write(out.Stream(), r.format, d, table.Options{Width: r.screen(env)})
	}
	if err := table.WriteFile(r.out, r.format, d); errors.Is(err, table.ErrOtherFile) {
		return reserve.Refuse(reserve.AlreadyExists, "%v", err)
	} else if err != nil {
		return err
	}
	out.Note("wrote %q", r.out)
	return out.JSON(map[string]string{"file": r.out})
}
