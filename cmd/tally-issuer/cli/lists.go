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
)

// listFlags are on every verb that lists what accounts have, in one of formats, the first by default.
// sorts are what the list can be sorted by, none where it has an order of its own.
func listFlags(columns, sorts, formats []string, filters ...ucli.Flag) []ucli.Flag {
	flags := []ucli.Flag{homeFlag(), &ucli.BoolFlag{Name: "below", Usage: "those of the accounts below ACCOUNT too"}}
	flags = append(flags, filters...)
	if len(sorts) > 0 {
		flags = append(flags, &ucli.StringFlag{Name: "sort",
			Usage: "sort by `LIST` of " + strings.Join(sorts, ", ") + "; a dash before one turns it around, as in --sort=-" + sorts[0]})
	}
	return append(append(flags,
		&ucli.Uint64Flag{Name: "limit", Usage: "`N` rows at most"},
		&ucli.Uint64Flag{Name: "offset", Usage: "leave out the first `N` rows"}), formatFlags(columns, formats)...)
}

// searchFlag is on lists that can be searched.
func searchFlag(where string) ucli.Flag {
	return &ucli.StringFlag{Name: "search", Usage: "only those with `TEXT` in " + where + ", in capitals or not"}
}

// A listRequest is what listFlags were given.
type listRequest struct {
	tableRequest
	scope ledger.Scope
	page  ledger.Page
	facts []table.Fact // what was asked for, for who reads the answer
}

// listRequestOf reads listFlags. account is the argument that names one, if any.
func listRequestOf(c *ucli.Context, account string, sorts []string) (r listRequest, err error) {
	if r.tableRequest, err = tableRequestOf(c); err != nil {
		return r, err
	}
	if account != "" {
		if r.scope.Account, err = ledger.ParsePath(account); err != nil {
			return r, err
		}
	}
	if r.scope.Below = c.Bool("below"); r.scope.Below && account == "" {
		return r, cli.Usage("--below needs an ACCOUNT; without one the list is of all")
	}
	if r.page, err = pageOf(c, sorts); err != nil {
		return r, err
	}
	r.fact("account", "Account", account)
	if r.scope.Below {
		r.facts = append(r.facts, table.Fact{ID: "below", Title: "Those below it", Value: table.Flag(true)})
	}
	return r, nil
}

// pageOf reads the flags that say which part of a list is shown, in which order.
func pageOf(c *ucli.Context, sorts []string) (p ledger.Page, err error) {
	if p.Sort, err = sortOrder(c.String("sort"), sorts); err != nil {
		return p, err
	}
	if p.Limit = int64(c.Uint64("limit")); p.Limit < 0 || c.IsSet("limit") && p.Limit == 0 {
		return p, cli.Usage("flag --limit: %d, expected from 1 up", c.Uint64("limit"))
	}
	if p.Offset = int64(c.Uint64("offset")); p.Offset < 0 {
		return p, cli.Usage("flag --offset: %d, expected from 0 up", c.Uint64("offset"))
	}
	return p, nil
}

// sortOrder reads "account,-udi".
func sortOrder(text string, sorts []string) (order []ledger.Sort, err error) {
	if text == "" {
		return nil, nil
	}
	for name := range strings.SplitSeq(text, ",") {
		name, down := strings.CutPrefix(strings.TrimSpace(name), "-")
		by := strings.ReplaceAll(name, "-", "_")
		if !slices.Contains(sorts, by) {
			return nil, cli.Usage("flag --sort: this list can't be sorted by %q, only by %s", name, strings.Join(sorts, ", "))
		}
		order = append(order, ledger.Sort{By: by, Descending: down})
	}
	return order, nil
}

// fact notes what was asked for.
func (r *listRequest) fact(id, title, value string) {
	if value != "" {
		r.facts = append(r.facts, table.Fact{ID: id, Title: title, Value: table.Text(value)})
	}
}

// text reads a flag and notes it.
func (r *listRequest) text(c *ucli.Context, flag, title string) string {
	value := c.String(flag)
	r.fact(strings.ReplaceAll(flag, "-", "_"), title, value)
	return value
}

// day reads a date flag and notes it.
func (r *listRequest) day(c *ucli.Context, flag, title string) (keys.Day, error) {
	d, err := day(c, flag)
	if err == nil {
		r.text(c, flag, title)
	}
	return d, err
}

// entitlement reads --entitlement, notes it, and checks that there ever was one.
func (r *listRequest) entitlement(c *ucli.Context, tx *ledger.Tx) (string, error) {
	tag := r.text(c, "entitlement", "Entitlement")
	if tag == "" {
		return "", nil
	}
	_, err := tx.EntitlementTag(tag)
	return tag, err
}

// on runs list on a view of the books and prints the section that it makes. What is counted is
// counted only for a page.
func (r *listRequest) on(c *ucli.Context, env *cli.Env, title string, list func(*ledger.Tx) (s table.Section, count func() (int64, error), err error)) error {
	return withReader(c, env, func(is *issuer.Issuer) error {
		return is.View(c.Context, func(tx *ledger.Tx) error {
			if !r.scope.Account.IsZero() {
				if _, err := tx.Account(r.scope.Account); err != nil {
					return err
				}
			}
			s, count, err := list(tx)
			if err != nil {
				return err
			}
			s.Count = r.shown(count)
			if r.page.Limit > 0 || r.page.Offset > 0 {
				if err := r.paged(c, count); err != nil {
					return err
				}
			}
			return r.print(c, env, tx, table.Document{Title: title, Facts: r.facts, Sections: []table.Section{s}})
		})
	})
}

// shown counts the rows of the part that is shown.
func (r *listRequest) shown(count func() (int64, error)) func() (int64, error) {
	return func() (int64, error) {
		n, err := count()
		n = max(0, n-r.page.Offset)
		if r.page.Limit > 0 {
			n = min(n, r.page.Limit)
		}
		return n, err
	}
}

// paged says which part of how much is shown.
func (r *listRequest) paged(c *ucli.Context, count func() (int64, error)) error {
	total, err := count()
	if err != nil {
		return err
	}
	part := partOf(r.page, total)
	r.facts = append(r.facts,
		table.Fact{ID: "total", Value: table.Number(total)},
		table.Fact{ID: "offset", Value: table.Number(r.page.Offset)},
		table.Fact{ID: "limit", Value: table.Number(r.page.Limit)},
		table.Fact{Title: "Part", Value: table.Text(part)})
	if r.format == table.PlainText && r.out == "" {
		cli.Out(c).Note("%s", part)
	}
	return nil
}

// partOf says which rows a page has.
func partOf(p ledger.Page, total int64) string {
	last := total
	if p.Limit > 0 {
		last = min(total, p.Offset+p.Limit)
	}
	if p.Offset >= total {
		return fmt.Sprintf("there are %d rows in all", total)
	}
	return fmt.Sprintf("rows %d to %d of %d", p.Offset+1, last, total)
}
