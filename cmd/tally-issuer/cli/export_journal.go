package cli

import (
	"encoding/hex"
	"time"

	ucli "github.com/urfave/cli/v2"

	"tallystick/cmd/internal/cli"
	"tallystick/cmd/internal/issuer"
	"tallystick/cmd/internal/ledger"
	"tallystick/cmd/internal/table"
)

func exportJournalCommand(env *cli.Env) *ucli.Command {
	return &ucli.Command{
		Name: "journal", Usage: "write the journal",
		Description: cli.Describe("Writes the journal's entries in their order, each with its whole event. As CSV unless --format or the end of --out asks for something "+
			"else; in JSON the event is an object. It proves nothing by itself: that is what the signed books are for.",
			"tally-issuer export journal --out journal.ndjson", "tally-issuer export journal --since 2026-11-01 --kind authorize --columns entry,time,actor,subject"),
		Flags: append([]ucli.Flag{homeFlag(),
			&ucli.Uint64Flag{Name: "after", Usage: "only entries with a higher number than `N`"},
			&ucli.StringFlag{Name: "since", Usage: "only entries of `DATE` (UTC) or later"},
			&ucli.StringFlag{Name: "before", Usage: "only entries before `DATE` (UTC)"},
			kindFlag(),
			&ucli.StringFlag{Name: "actor", Usage: "only entries of an `ACTOR`"},
			&ucli.StringFlag{Name: "subject", Usage: "only entries about a `SUBJECT`: a device or an account"},
			&ucli.Uint64Flag{Name: "limit", Usage: "`N` entries at most"},
		}, formatFlags(table.IDs(entryFields), exportFormats)...),
		Action: func(c *ucli.Context) error { return exportJournal(c, env) },
	}
}

// hexText is bytes as text.
func hexText(b []byte) table.Value { return table.Text(hex.EncodeToString(b)) }

// entryFields are the columns of the journal.
var entryFields = []table.Field[ledger.Entry]{
	{Column: table.Column{ID: "entry", Title: "Entry", Kind: table.KindNumber}, Value: func(e *ledger.Entry) table.Value { return table.Number(int64(e.Sequence)) }},
	{Column: table.Column{ID: "time", Title: "Time", Kind: table.KindDate}, Value: func(e *ledger.Entry) table.Value { return table.Date(e.Time.Format(time.RFC3339)) }},
	{Column: table.Column{ID: "kind", Title: "Kind"}, Value: func(e *ledger.Entry) table.Value { return table.Text(e.Kind) }},
	{Column: table.Column{ID: "actor", Title: "Actor"}, Value: func(e *ledger.Entry) table.Value { return table.Text(e.Actor) }},
	{Column: table.Column{ID: "subject", Title: "Subject"}, Value: func(e *ledger.Entry) table.Value { return table.Text(e.Subject) }},
	{Column: table.Column{ID: "event", Title: "Event", Kind: table.KindObject, Extra: true}, Value: func(e *ledger.Entry) table.Value { return table.Object(e.Body) }},
	{Column: table.Column{ID: "signed", Title: "Signed", Kind: table.KindFlag}, Value: func(e *ledger.Entry) table.Value { return table.Flag(e.Signed()) }},
	{Column: table.Column{ID: "signer", Title: "Signer", Extra: true}, Value: func(e *ledger.Entry) table.Value {
		if !e.Signed() {
			return table.Value{}
		}
		return table.Text(e.Signer.String())
	}},
	{Column: table.Column{ID: "signature", Title: "Signature", Extra: true}, Value: func(e *ledger.Entry) table.Value { return hexText(e.Signature) }},
	{Column: table.Column{ID: "content", Title: "Content", Extra: true}, Value: func(e *ledger.Entry) table.Value { return hexText(e.Content[:]) }},
	{Column: table.Column{ID: "previous", Title: "Previous", Extra: true}, Value: func(e *ledger.Entry) table.Value { return hexText(e.Previous[:]) }},
	{Column: table.Column{ID: "hash", Title: "Hash", Extra: true}, Value: func(e *ledger.Entry) table.Value { return hexText(e.Hash[:]) }},
}

func exportJournal(c *ucli.Context, env *cli.Env) error {
	r, err := tableRequestOf(c)
	if err != nil {
		return err
	}
	fields, err := choose(r, entryFields)
	if err != nil {
		return err
	}
	kind, err := kindOf(c)
	if err != nil {
		return err
	}
	filter := ledger.EntryFilter{After: uint32(c.Uint64("after")), Kind: kind, Actor: c.String("actor"), Subject: c.String("subject")}
	if uint64(filter.After) != c.Uint64("after") {
		return cli.Usage("flag --after: no entry has a number as high as %d", c.Uint64("after"))
	}
	if filter.Since, err = beginOf(c, "since"); err != nil {
		return err
	}
	if filter.Before, err = beginOf(c, "before"); err != nil {
		return err
	}
	return withReader(c, env, func(is *issuer.Issuer) error {
		return is.View(c.Context, func(tx *ledger.Tx) error {
			return printEntries(c, env, tx, r, filter, fields, tx.Entries(filter))
		})
	})
}
