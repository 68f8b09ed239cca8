package cli

import (
	"time"

	ucli "github.com/urfave/cli/v2"

	"tallystick/cmd/internal/cli"
	"tallystick/cmd/internal/ledger"
	"tallystick/cmd/internal/table"
	"tallystick/keys"
	"tallystick/reserve"
)

func deviceListCommand(env *cli.Env) *ucli.Command {
	return &ucli.Command{
		Name: "list", Usage: "list the devices", ArgsUsage: "[ACCOUNT]",
		Description: cli.Describe("Lists the devices, of one account or of all, in the order they were enrolled. What takes time to find out is listed when it is asked for: "+
			"--columns all has everything.",
			"tally-issuer device list acme/plant-7",
			"tally-issuer device list acme --below --state outstanding --columns +last_day,in_transit",
			"tally-issuer device list --entitlement dna-advantage --ending-before 2027-01-01 --out ending.html",
			"tally-issuer device list --sort account,udi --limit 50 --offset 100 --json"),
		Flags:  deviceListFlags(table.Formats),
		Action: func(c *ucli.Context) error { return listDevices(c, env, c.Args().First(), c.String("search")) },
	}
}

func deviceSearchCommand(env *cli.Env) *ucli.Command {
	return &ucli.Command{
		Name: "search", Usage: "find devices by a part of their name or label", ArgsUsage: "TEXT [ACCOUNT]",
		Description: cli.Describe("Lists the devices with a text in product ID, serial number or label, in capitals or not: `tally-issuer device list --search TEXT`.",
			"tally-issuer device search 2149L0", "tally-issuer device search \"rack 12\" acme --below"),
		Flags: withoutFlag(deviceListFlags(table.Formats), "search"),
		Action: func(c *ucli.Context) error {
			if c.Args().First() == "" {
				return cli.Usage("nothing to search for")
			}
			return listDevices(c, env, c.Args().Get(1), c.Args().First())
		},
	}
}

func deviceListFlags(formats []string) []ucli.Flag {
	return listFlags(table.IDs(deviceFields), ledger.DeviceSorts, formats,
		&ucli.StringFlag{Name: "state", Usage: "only those in `STATE`: enrolled, outstanding, steady, empty, return-pending or written-off"},
		&ucli.BoolFlag{Name: "flagged", Usage: "only those suspect or quarantined"},
		&ucli.BoolFlag{Name: "superseded", Usage: "earlier identities of devices too; --state return-pending has them as well"},
		&ucli.StringFlag{Name: "label", Usage: "only those with `TEXT` in their label"},
		&ucli.StringFlag{Name: "entitlement", Usage: "only those that hold some of `TAG`"},
		&ucli.StringFlag{Name: "ending-before", Usage: "only those that hold something that ends before `DATE`; with --entitlement, of that"},
		searchFlag("product ID, serial number or label"))
}

// withoutFlag leaves a flag out.
func withoutFlag(flags []ucli.Flag, name string) (rest []ucli.Flag) {
	for _, f := range flags {
		if f.Names()[0] != name {
			rest = append(rest, f)
		}
	}
	return rest
}

// holdingCounts is one count of every holding.
func holdingCounts(list []ledger.Holding, of func(ledger.Holding) uint64) table.Value {
	counts := make([]table.Count, 0, len(list))
	for _, h := range list {
		if n := of(h); n > 0 {
			counts = append(counts, table.Count{Tag: h.Tag, N: n})
		}
	}
	return table.Counts(counts)
}

// optional is a number of which 0 is none.
func optional(n int64) table.Value {
	if n == 0 {
		return table.Value{}
	}
	return table.Number(n)
}

type deviceEntry = ledger.DeviceEntry

// deviceFields are the columns of devices.
var deviceFields = []table.Field[deviceEntry]{
	{Column: table.Column{ID: "udi", Title: "Device"}, Value: func(e *deviceEntry) table.Value { return table.Text(e.UDI.String()) }},
	{Column: table.Column{ID: "product", Title: "Product", Extra: true}, Value: func(e *deviceEntry) table.Value { return table.Text(e.UDI.Product()) }},
	{Column: table.Column{ID: "serial", Title: "Serial number", Extra: true}, Value: func(e *deviceEntry) table.Value { return table.Text(e.UDI.Serial()) }},
	{Column: table.Column{ID: "account", Title: "Account"}, Value: func(e *deviceEntry) table.Value { return table.Text(e.Account.String()) }},
	{Column: table.Column{ID: "state", Title: "State"}, Value: func(e *deviceEntry) table.Value { return table.Text(string(e.Standing)) }},
	{Column: table.Column{ID: "label", Title: "Label"}, Value: func(e *deviceEntry) table.Value { return table.Text(e.Label) }},
	{Column: table.Column{ID: "flags", Title: "Flags"}, Value: deviceFlags},
	{Column: table.Column{ID: "confirmed", Title: "Installed", Kind: table.KindNumber, Extra: true},
		Value: func(e *deviceEntry) table.Value { return optional(int64(e.Confirmed)) }},
	{Column: table.Column{ID: "last", Title: "Issued", Kind: table.KindNumber, Extra: true, Costly: true},
		Value: func(e *deviceEntry) table.Value { return optional(int64(e.Last)) }},
	{Column: table.Column{ID: "last_day", Title: "Issued on", Kind: table.KindDate, Extra: true, Page: true, Costly: true},
		Value: func(e *deviceEntry) table.Value { return table.Date(dateOf(e.LastDay)) }},
	{Column: table.Column{ID: "reserved", Title: "Reserved", Kind: table.KindCounts, Extra: true, Page: true, Costly: true},
		Value: func(e *deviceEntry) table.Value {
			return holdingCounts(e.Holdings, func(h ledger.Holding) uint64 { return h.Reserved })
		}},
	{Column: table.Column{ID: "in_transit", Title: "In transit", Kind: table.KindCounts, Extra: true, Page: true, Costly: true},
		Value: func(e *deviceEntry) table.Value {
			return holdingCounts(e.Holdings, func(h ledger.Holding) uint64 { return h.InTransit })
		}},
	{Column: table.Column{ID: "coming_back", Title: "Coming back", Kind: table.KindCounts, Extra: true, Costly: true},
		Value: func(e *deviceEntry) table.Value {
			return holdingCounts(e.Holdings, func(h ledger.Holding) uint64 { return h.ComingBack })
		}},
	{Column: table.Column{ID: "pending_return", Title: "Pending return", Kind: table.KindCounts, Extra: true, Costly: true},
		Value: func(e *deviceEntry) table.Value {
			return holdingCounts(e.Holdings, func(h ledger.Holding) uint64 { return h.Pending })
		}},
	{Column: table.Column{ID: "expired", Title: "Held after its end", Kind: table.KindCounts, Extra: true, Costly: true},
		Value: func(e *deviceEntry) table.Value {
			return holdingCounts(e.Holdings, func(h ledger.Holding) uint64 { return h.Expired })
		}},
	{Column: table.Column{ID: "fingerprint", Title: "Fingerprint", Extra: true}, Value: func(e *deviceEntry) table.Value { return table.Text(e.DID.String()) }},
	{Column: table.Column{ID: "suspect", Title: "Suspect", Kind: table.KindFlag, Extra: true}, Value: func(e *deviceEntry) table.Value { return table.Flag(e.Suspect) }},
	{Column: table.Column{ID: "quarantined", Title: "Quarantined", Kind: table.KindFlag, Extra: true},
		Value: func(e *deviceEntry) table.Value { return table.Flag(e.Quarantined) }},
	{Column: table.Column{ID: "superseded", Title: "Superseded", Kind: table.KindFlag, Extra: true},
		Value: func(e *deviceEntry) table.Value { return table.Flag(e.Superseded) }},
	{Column: table.Column{ID: "enrolled", Title: "Enrolled", Kind: table.KindDate, Extra: true, Costly: true},
		Value: func(e *deviceEntry) table.Value { return table.Date(e.Enrolled.Format(time.RFC3339)) }},
	{Column: table.Column{ID: "entry", Title: "Journal entry", Kind: table.KindNumber, Extra: true},
		Value: func(e *deviceEntry) table.Value { return table.Number(int64(e.Sequence)) }},
}

func deviceFlags(e *deviceEntry) table.Value {
	if !e.Suspect && !e.Quarantined && !e.Superseded && !e.Lives {
		return table.Value{}
	}
	v := table.Text(rowOf(e.Device).flags())
	if e.Suspect || e.Quarantined || e.Lives {
		v = v.In(table.Bad)
	}
	return v
}

// deviceFilter reads the flags that choose devices.
func (r *listRequest) deviceFilter(c *ucli.Context, search string) (f ledger.DeviceFilter, err error) {
	f = ledger.DeviceFilter{Account: r.scope.Account, Below: r.scope.Below, Standing: reserve.Standing(r.text(c, "state", "State")),
		Flagged: c.Bool("flagged"), Superseded: c.Bool("superseded"), Label: r.text(c, "label", "Label"), Contains: search}
	r.fact("search", "Search", search)
	switch f.Standing {
	case "", reserve.Enrolled, reserve.Outstanding, reserve.Steady, reserve.Empty, reserve.ReturnPending, reserve.WrittenOff:
	default:
		return f, cli.Usage("flag --state: %q, expected enrolled, outstanding, steady, empty, return-pending or written-off", f.Standing)
	}
	f.Superseded = f.Superseded || f.Standing == reserve.ReturnPending // policies count them, and codes of them still settle something
	f.EndsBefore, err = r.day(c, "ending-before", "Ending before")
	return f, err
}

func listDevices(c *ucli.Context, env *cli.Env, account, search string) error {
	r, err := listRequestOf(c, account, ledger.DeviceSorts)
	if err != nil {
		return err
	}
	fields, err := choose(r.tableRequest, deviceFields)
	if err != nil {
		return err
	}
	filter, err := r.deviceFilter(c, search)
	if err != nil {
		return err
	}
	return r.on(c, env, "Devices", func(tx *ledger.Tx) (s table.Section, count func() (int64, error), err error) {
		if filter.Entitlement, err = r.entitlement(c, tx); err != nil {
			return s, nil, err
		}
		filter.Day = keys.DayOf(env.Now())
		q := ledger.DeviceQuery{DeviceFilter: filter, Page: r.page,
			Enrolled: table.Has(fields, "enrolled"), Last: table.Has(fields, "last") || table.Has(fields, "last_day"),
			Holdings: table.Has(fields, "reserved") || table.Has(fields, "in_transit") || table.Has(fields, "coming_back") || table.Has(fields, "pending_return") ||
				table.Has(fields, "expired")}
		s = table.Section{Name: "devices", Columns: table.Columns(fields), Rows: table.Rows(fields, tx.DeviceList(q)), Empty: "no devices"}
		return s, func() (int64, error) { return tx.CountDevices(filter) }, nil
	})
}
