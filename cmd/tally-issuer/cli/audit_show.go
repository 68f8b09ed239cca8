package cli

import (
	"iter"
	"strings"
	"time"

	ucli "github.com/urfave/cli/v2"

	"tallystick/cmd/internal/cli"
	"tallystick/cmd/internal/issuer"
	"tallystick/cmd/internal/ledger"
	"tallystick/cmd/internal/table"
	"tallystick/keys"
	"tallystick/reserve"
)

func auditShowCommand(env *cli.Env) *ucli.Command {
	return &ucli.Command{
		Name: "show", Usage: "read the journal",
		Description: cli.Describe("Lists the journal's entries, one a line, oldest first: who changed what and when, for which device or account, and how many. "+
			"--entry shows one whole.",
			"tally-issuer audit show --since 2026-11-01 --kind authorize",
			"tally-issuer audit show --account acme --officer alice",
			"tally-issuer audit show --device C9300-24T:FCW2149L0KK --format ndjson",
			"tally-issuer audit show --entry 5"),
		Flags: cli.Flags([]ucli.Flag{
			&ucli.Uint64Flag{Name: "entry", Usage: "show entry `N` whole"},
			&ucli.StringFlag{Name: "officer", Usage: "only acts of `NAME`: a user, or the fingerprint of a key"},
			&ucli.StringFlag{Name: "since", Usage: "only entries of `DATE` (UTC) or later"},
			&ucli.StringFlag{Name: "until", Usage: "only entries of `DATE` (UTC) or earlier"},
			kindFlag(),
			&ucli.StringFlag{Name: "device", Usage: "only entries about the device `UDI`, or with that serial number"},
			&ucli.StringFlag{Name: "account", Usage: "only entries that name `ACCOUNT`, as it was called then, or one below it"},
			&ucli.Uint64Flag{Name: "limit", Usage: "`N` entries at most"},
		}, booksFlags(), tableFlags(table.IDs(tellFields))),
		Action: func(c *ucli.Context) error {
			if c.IsSet("entry") {
				return showEntry(c, env)
			}
			return showJournal(c, env)
		},
	}
}

// A told is an entry and what people look for in it.
type told struct {
	ledger.Entry
	issuer.Story
}

// details is what happened, with the account where the entry is about a device.
func (t *told) details() string {
	if t.Device == "" || len(t.Accounts) != 1 {
		return t.Text
	}
	return strings.Trim(t.Accounts[0]+", "+t.Text, ", ")
}

func (t *told) about() string {
	if t.Device == "" && len(t.Accounts) > 0 {
		return t.Accounts[len(t.Accounts)-1]
	}
	return t.Device
}

func tellColumn(id, title string, value func(*told) string, extra bool) table.Field[told] {
	return table.Field[told]{Column: table.Column{ID: id, Title: title, Extra: extra}, Value: func(t *told) table.Value { return table.Text(value(t)) }}
}

// tellFields are the columns of the journal as people read it.
var tellFields = []table.Field[told]{
	{Column: table.Column{ID: "entry", Title: "Entry", Kind: table.KindNumber}, Value: func(t *told) table.Value { return table.Number(int64(t.Sequence)) }},
	{Column: table.Column{ID: "day", Title: "Day", Kind: table.KindDate}, Value: func(t *told) table.Value { return table.Date(t.Time.Format(time.DateOnly)) }},
	{Column: table.Column{ID: "time", Title: "Time", Kind: table.KindDate, Extra: true}, Value: func(t *told) table.Value { return table.Date(t.Time.Format(time.RFC3339)) }},
	tellColumn("officer", "Officer", func(t *told) string { return t.Actor }, false),
	tellColumn("kind", "What", func(t *told) string { return t.Kind }, false),
	tellColumn("about", "About", (*told).about, false),
	tellColumn("details", "Details", (*told).details, false),
	tellColumn("device", "Device", func(t *told) string { return t.Device }, true),
	tellColumn("accounts", "Accounts", func(t *told) string { return strings.Join(t.Accounts, " ") }, true),
	tellColumn("reason", "Reason", func(t *told) string { return t.Reason }, true),
	tellColumn("ref", "Ticket", func(t *told) string { return t.Ref }, true),
	tellColumn("signer", "Signed by", func(t *told) string {
		if !t.Signed() {
			return ""
		}
		return t.Signer.String()
	}, true),
}

func showJournal(c *ucli.Context, env *cli.Env) error {
	r, err := tableRequestOf(c)
	if err != nil {
		return err
	}
	fields, err := choose(r, tellFields)
	if err != nil {
		return err
	}
	var account ledger.Path
	if name := c.String("account"); name != "" {
		if account, err = ledger.ParsePath(name); err != nil {
			return err
		}
	}
	return withBooks(c, env, func(is *issuer.Issuer) error {
		return is.View(c.Context, func(tx *ledger.Tx) error {
			trust, err := tx.Trust()
			if err != nil {
				return err
			}
			filter, err := entryFilter(c, tx, trust, account)
			if err != nil {
				return err
			}
			return printEntries(c, env, tx, r, filter, fields, tell(tx.Entries(filter), trust.Catalog(), account))
		})
	})
}

// entryFilter reads the flags that select entries. What names an account is looked at again in tell.
func entryFilter(c *ucli.Context, tx *ledger.Tx, trust reserve.Trust, account ledger.Path) (f ledger.EntryFilter, err error) {
	kind, err := kindOf(c)
	if err != nil {
		return f, err
	}
	f = ledger.EntryFilter{Kind: kind, Actor: c.String("officer"), Mentions: account.String()}
	for _, k := range trust.Root().Keys() {
		if k.Public.Fingerprint().String() == f.Actor {
			f.Actor, f.Signer = "", k.Public.Fingerprint()
		}
	}
	if f.Since, err = beginOf(c, "since"); err != nil {
		return f, err
	}
	until, err := beginOf(c, "until")
	if err != nil {
		return f, err
	}
	if !until.IsZero() {
		f.Before = until.Add(24 * time.Hour)
	}
	f.Subject, err = subject(c.String("device"), tx)
	return f, err
}

// subject is what entries about a device are found by. A device need not be enrolled: its option keys
// are in the journal as well.
func subject(name string, tx *ledger.Tx) (string, error) {
	if name == "" {
		return "", nil
	}
	d, err := tx.FindDevice(name)
	if err == nil {
		return d.UDI.String(), nil
	}
	if u, parsing := reserve.ParseUDI(name); parsing == nil && reasonOf(err) == reserve.UnknownDevice {
		return u.String(), nil
	}
	return "", err
}

// tell adds to entries what people look for, and leaves out those that don't name an account.
func tell(entries iter.Seq2[ledger.Entry, error], catalog reserve.Catalog, account ledger.Path) iter.Seq2[told, error] {
	return func(yield func(told, error) bool) {
		for e, err := range entries {
			if err != nil {
				yield(told{}, err)
				return
			}
			t := told{e, issuer.Tell(e, catalog.Tag)}
			if (account.IsZero() || t.Story.About(account)) && !yield(t, nil) {
				return
			}
		}
	}
}

// signerOf tells whose key signed an entry: what the trust root says of it.
func signerOf(e ledger.Entry, trust reserve.Trust) (k keys.Key, listed bool) {
	for _, k := range trust.Root().Keys() {
		if k.Public.Fingerprint() == e.Signer {
			return k, true
		}
	}
	return keys.Key{}, false
}
