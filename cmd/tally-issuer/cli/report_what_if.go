package cli

import (
	"fmt"
	"slices"
	"strings"

	ucli "github.com/urfave/cli/v2"

	"tallystick/cmd/internal/cli"
	"tallystick/cmd/internal/issuer"
	"tallystick/cmd/internal/ledger"
	"tallystick/cmd/internal/table"
	"tallystick/keys"
	"tallystick/reserve"
)

// The lists of the report.
const (
	whatIfPools = "pools"
	whatIfRows  = "rows"
	whatIfBoth  = "both"
)

func reportWhatIfCommand(env *cli.Env) *ucli.Command {
	return &ucli.Command{
		Name: "what-if", Usage: "what would fall short if the wishes of a CSV file came true", ArgsUsage: "FILE",
		Description: cli.Describe("Shows what a file of wishes would do to the licenses of every account it touches, before and after, what would be missing from which day, "+
			"and which rows don't go and why. It changes nothing and asks for no passphrase; nobody else can sign while it works. Every row goes through the checks and the rules of the verb that would do it, in "+
			"the order of the file; what licenses are missing for is tried again after all others, and then counted as if it had been done: short says by how many.\n\n"+
			"The first line names the columns. \"what\" says what a row wishes:\n\n"+
			"new: account, product (the product ID), grants such as \"dna-advantage=1 multigigabit-ports=24\", and quantity for more devices than one.\n\n"+
			"rma: device, which failed and is to be replaced; product for another product ID, map (OLD=NEW) where that one calls an entitlement otherwise, grants for what is to "+
			"be otherwise than carried over. write-off: device, which is not replaced.\n\n"+
			"move: to (an account), and device, license (with a quantity, or all that is available), or account for all its devices.\n\n"+
			"buy: what `tally-issuer license import FILE` takes: account, entitlement, quantity or unlimited, one of term, end, perpetual and coterm, and start.\n\n"+
			"remove: license, by its number in `tally-issuer license list`, and quantity for less than all of it; what is reserved of it can't go.\n\n"+
			"end: the date in the column of that name as the last day of a license, or of all licenses of an account, or of those of one entitlement.\n\n"+
			"The column note is for whoever reads the file. The file is UTF-8, its cells stand between commas, semicolons or tabs, dates are written 2029-11-21. "+
			"CSV and NDJSON have room for one list: the pools, or the rows with --list rows.",
			"tally-issuer report what-if wave.csv", "tally-issuer report what-if wave.csv --at 2027-01-01 --out wave.html",
			"tally-issuer report what-if wave.csv --format csv --list rows"),
		Flags: cli.Flags([]ucli.Flag{
			homeFlag(),
			&ucli.StringFlag{Name: "at", Usage: "as if the wishes came true on `DATE`, and nothing else were signed, bought or returned until then (default: today)"},
			cli.Enum("list", "the lists shown", whatIfBoth, whatIfPools, whatIfRows),
		}, tableFlags(table.IDs(whatIfFields))),
		Action: func(c *ucli.Context) error { return reportWhatIf(c, env) },
	}
}

// A whatIfPool is one account's licenses of one entitlement, as they are and as they would be.
type whatIfPool struct {
	before, after poolLine
	missing       uint64
}

func whatIfPoolOf(p issuer.PoolChange, unit string, day keys.Day) whatIfPool {
	line := func(s ledger.Stock) poolLine { return poolLineOf(s, unit, day) }
	l := whatIfPool{missing: p.Missing,
		before: line(ledger.Stock{Account: p.Account, Tag: p.Tag, Lots: p.Before}), after: line(ledger.Stock{Account: p.Account, Tag: p.Tag, Lots: p.After})}
	l.after.Expired -= p.Missing // nothing of it ever was
	return l
}

// whatIfFields are those of report compliance twice, as they are and as they would be.
var whatIfFields = whatIfColumns()

func whatIfColumns() []table.Field[whatIfPool] {
	var out []table.Field[whatIfPool]
	usual := []string{"available_before", "available", "short_by_before", "short_by", "short_from"}
	onPage := []string{"purchased_before", "purchased", "reserved_before", "reserved"}
	add := func(f table.Field[poolLine], id, title string, side func(*whatIfPool) *poolLine) {
		column := f.Column
		column.ID, column.Title = id, title
		column.Extra, column.Page = !slices.Contains(usual, id), slices.Contains(onPage, id)
		out = append(out, table.Field[whatIfPool]{Column: column, Value: func(l *whatIfPool) table.Value { return f.Value(side(l)) }})
	}
	before, after := func(l *whatIfPool) *poolLine { return &l.before }, func(l *whatIfPool) *poolLine { return &l.after }
	for _, f := range complianceFields {
		switch f.ID {
		case "account", "entitlement", "unit":
			add(f, f.ID, f.Title, after)
			out[len(out)-1].Extra = f.Extra
		case "purchased", "reserved", "available", "short_by":
			add(f, f.ID+"_before", f.Title, before)
			add(f, f.ID, "Then", after)
		case "short_from":
			add(f, f.ID+"_before", f.Title+" before", before)
			add(f, f.ID, f.Title, after)
		default:
			add(f, f.ID+"_before", f.Title+" before", before)
			add(f, f.ID, f.Title+" then", after)
		}
	}
	return append(out, table.Field[whatIfPool]{Column: table.Column{ID: "missing", Title: "Missing for rows", Kind: table.KindNumber, Extra: true},
		Value: func(l *whatIfPool) table.Value { return licenses(l.missing) }})
}

// whatIfRowFields are the columns of a row that does not go.
var whatIfRowFields = []table.Field[issuer.Supposed]{
	{Column: table.Column{ID: "line", Title: "Line", Kind: table.KindNumber}, Value: func(s *issuer.Supposed) table.Value { return table.Number(int64(s.Line)) }},
	{Column: table.Column{ID: "what", Title: "What"}, Value: func(s *issuer.Supposed) table.Value { return table.Text(s.What) }},
	{Column: table.Column{ID: "about", Title: "About"}, Value: func(s *issuer.Supposed) table.Value { return table.Text(s.About()) }},
	{Column: table.Column{ID: "outcome", Title: "Outcome"}, Value: func(s *issuer.Supposed) table.Value { return table.Text(string(s.Outcome)).In(outcomeTones[s.Outcome]) }},
	{Column: table.Column{ID: "wanted", Title: "Wanted", Kind: table.KindNumber, Extra: true}, Value: func(s *issuer.Supposed) table.Value { return licenses(s.Wanted) }},
	{Column: table.Column{ID: "went", Title: "Go", Kind: table.KindNumber, Extra: true}, Value: func(s *issuer.Supposed) table.Value { return licenses(s.Went) }},
	{Column: table.Column{ID: "reason", Title: "Reason", Extra: true}, Value: func(s *issuer.Supposed) table.Value { return table.Text(string(reasonOf(s.Err))) }},
	{Column: table.Column{ID: "why", Title: "Why"}, Value: func(s *issuer.Supposed) table.Value { return table.Text(whyNot(s)) }},
}

var outcomeTones = map[issuer.Outcome]table.Tone{issuer.Short: table.Warn, issuer.Refused: table.Bad}

// whyNot says why not all of a row goes.
func whyNot(s *issuer.Supposed) string {
	switch {
	case s.Err == nil:
		return withoutText(s.LeftOut)
	case s.Wanted > 1:
		return fmt.Sprintf("%d of %d go; %v", s.Went, s.Wanted, s.Err)
	}
	return s.Err.Error()
}

// withoutText says what a replacement does not get.
func withoutText(left []issuer.LeftOut) string {
	var parts []string
	for _, l := range left {
		parts = append(parts, fmt.Sprintf("%d %s (%s)", l.Count, l.Entitlement.Tag, l.Why))
	}
	if len(parts) == 0 {
		return ""
	}
	return "the replacement does not get " + strings.Join(parts, ", ")
}

// whatIfNote says on a page what the columns are.
const whatIfNote = "As it is, and then: as it would be if everything had been done that nothing but missing licenses keeps from being done. Available is purchased minus reserved. " +
	"Short is what is missing then, now or from a day within a year: what the rows would take and what devices hold after its end, minus what is available."

// A whatIfRequest is what the flags ask for.
type whatIfRequest struct {
	tableRequest
	list   string
	pools  []table.Field[whatIfPool]
	rows   []table.Field[issuer.Supposed]
	wishes issuer.WhatIf
}

func whatIfOf(c *ucli.Context, env *cli.Env) (r whatIfRequest, err error) {
	if r.tableRequest, err = tableRequestOf(c); err != nil {
		return r, err
	}
	r.list = c.String("list")
	if r.list == whatIfBoth && (r.format == table.CSV || r.format == table.NDJSON) {
		r.list = whatIfPools
	}
	if r.list == whatIfRows {
		r.rows, err = choose(r.tableRequest, whatIfRowFields)
	} else if r.pools, err = choose(r.tableRequest, whatIfFields); err == nil {
		r.rows, err = choose(tableRequest{format: r.format}, whatIfRowFields)
	}
	if err != nil {
		return r, err
	}
	r.wishes.Day, err = reportDay(c, env)
	return r, err
}

func reportWhatIf(c *ucli.Context, env *cli.Env) error {
	r, err := whatIfOf(c, env)
	if err != nil {
		return err
	}
	if r.wishes.Rows, err = readWhatIf(c); err != nil {
		return err
	}
	return withIssuer(c, env, func(is *issuer.Issuer) error {
		frozen := is.View(c.Context, is.Frozen)
		if frozen != nil && reasonOf(frozen) != reserve.Frozen {
			return frozen
		}
		if frozen != nil {
			cli.Out(c).Warn(cli.WarnFrozen, "%v", frozen)
		}
		progress := cli.Out(c).Progress()
		r.wishes.Progress = func(done, total uint64) { progress.Show(done, total, done, "steps") }
		answer, err := is.WhatIf(c.Context, r.wishes)
		progress.End()
		if err != nil {
			return err
		}
		return is.View(c.Context, func(tx *ledger.Tx) error {
			d, err := r.document(tx, answer, env)
			if err != nil {
				return err
			}
			return r.print(c, env, tx, d)
		})
	})
}

// readWhatIf reads the file of wishes, all of it or nothing.
func readWhatIf(c *ucli.Context) ([]issuer.Supposition, error) {
	data, err := readFile(c.Args().First(), issuer.MaxWhatIfFile)
	if err != nil {
		return nil, err
	}
	rows, wrong, err := issuer.ParseWhatIf(data)
	if err != nil {
		return nil, err
	}
	if len(wrong) > 0 {
		return nil, failRows(c, wrong, map[string]any{"errors": rowErrorsOf(wrong)}, cli.WithHint(
			cli.Fail(cli.IDSomeRows, "%d of %d rows don't read; without them the answer would be wrong", len(wrong), len(rows)+len(wrong)),
			"mend these rows and ask again; `tally-issuer report what-if --help` has the columns"))
	}
	return rows, nil
}

func (r whatIfRequest) document(tx *ledger.Tx, a issuer.WhatIfAnswer, env *cli.Env) (table.Document, error) {
	catalog, err := tx.Catalog()
	if err != nil {
		return table.Document{}, err
	}
	var pools []whatIfPool
	for _, p := range a.Pools {
		e, _ := catalog.EntitlementByID(p.Entitlement)
		pools = append(pools, whatIfPoolOf(p, e.Unit, r.wishes.Day))
	}
	counts := map[issuer.Outcome]int64{}
	var stay []issuer.Supposed
	for _, s := range a.Rows {
		if counts[s.Outcome]++; s.Outcome != issuer.Goes || len(s.LeftOut) > 0 {
			stay = append(stay, s)
		}
	}
	day := r.wishes.Day
	d := table.Document{Title: "What if", Facts: []table.Fact{
		{ID: "day", Title: "Day", Value: table.Date(day.String()), InText: day != keys.DayOf(env.Now())},
		countFact("row_count", "Rows", int64(len(a.Rows)), table.Plain),
		countFact("goes", "Go", counts[issuer.Goes], table.Plain),
		countFact("short", "Short", counts[issuer.Short], table.Warn),
		countFact("refused", "Refused", counts[issuer.Refused], table.Bad),
	}}
	if r.list != whatIfRows {
		d.Sections = append(d.Sections, table.Section{Name: whatIfPools, Title: "Licenses by account and entitlement", Note: whatIfNote,
			Columns: table.Columns(r.pools), Rows: table.Rows(r.pools, table.List(pools)), Empty: "the wishes would change no licenses"})
	}
	if r.list != whatIfPools {
		d.Sections = append(d.Sections, table.Section{Name: whatIfRows, Title: "Rows that don't go, or not whole",
			Columns: table.Columns(r.rows), Rows: table.Rows(r.rows, table.List(stay)), Empty: "every row goes"})
	}
	return d, nil
}

// countFact is how many there are of something, in tone unless there are none.
func countFact(id, title string, n int64, tone table.Tone) table.Fact {
	if n == 0 {
		tone = table.Plain
	}
	return table.Fact{ID: id, Title: title, Value: table.Number(n).In(tone), InText: true}
}
