package cli

import (
	"context"
	"fmt"
	"math"
	"strconv"

	ucli "github.com/urfave/cli/v2"

	"tallystick/cmd/internal/cli"
	"tallystick/cmd/internal/issuer"
	"tallystick/cmd/internal/ledger"
	"tallystick/cmd/internal/table"
	"tallystick/keys"
	"tallystick/reserve"
)

func optionKeyCommand(env *cli.Env) *ucli.Command {
	place := []ucli.Flag{
		&ucli.StringFlag{Name: "device", Required: true, Usage: "the device, `PID:SN`"},
		&ucli.StringFlag{Name: "index", Required: true, Usage: "the key's `INDEX` in the device's list"},
	}
	return group("option-key", "option keys of devices, the licenses of the older kind",
		&ucli.Command{
			Name: "add", Usage: "register an option key of a device",
			Description: cli.Describe("Registers a key as the device lists it. A device runs on option keys or on a reservation, not on both: until its keys are converted, "+
				"removed or ended, nothing is reserved for it. A key like one that was converted and taken off the same place is refused, unless --another says that it is another key.",
				"tally-issuer option-key add --device C9300-24T:FCW2149L0KK --index 3 --option PORTS-24 --entitlement multigigabit-ports --count 24",
				"tally-issuer option-key add --device C9300-24T:FCW2149L0KK --index 4 --option DEMO --not-eligible \"demo key\" --end 2026-12-31"),
			Flags: cli.Flags(place, []ucli.Flag{
				&ucli.StringFlag{Name: "option", Required: true, Usage: "what the device calls it, `NAME`"},
				&ucli.StringFlag{Name: "entitlement", Usage: "the entitlement's `TAG` that it becomes"},
				&ucli.StringFlag{Name: "count", Usage: "how many, `N` (default: 1)"},
				&ucli.StringFlag{Name: "end", Usage: "its last valid day, `DATE` (default: without end)"},
				&ucli.BoolFlag{Name: "whole-only", Usage: "it can only be converted whole"},
				&ucli.StringFlag{Name: "not-eligible", Usage: "why it can't be converted, `REASON`"},
				&ucli.BoolFlag{Name: "another", Usage: "it is another key than one like it that was converted and taken off"},
			}, officerFlags()),
			Action: func(c *ucli.Context) error { return addOptionKey(c, env) },
		},
		optionKeyImportCommand(env),
		&ucli.Command{
			Name: "remove", Usage: "note that a key was taken off its device",
			Description: cli.Describe("For keys that can't be converted, or that were registered by mistake. What was converted of the key stays.",
				"tally-issuer option-key remove --device C9300-24T:FCW2149L0KK --index 4 --reason \"deleted on the console\"",
				"tally-issuer option-key remove --device C9300-24T:FCW2149L0KK --index 4 --op T-4711"),
			Flags:  cli.Flags(place, []ucli.Flag{cli.OpFlag()}, officerFlags()),
			Action: func(c *ucli.Context) error { return removeOptionKey(c, env) },
		},
		&ucli.Command{
			Name: "list", Usage: "list the option keys and what became of them", ArgsUsage: "[UDI]",
			Description: cli.Describe("Lists the keys of a device, or all, with how much of each is converted.",
				"tally-issuer option-key list", "tally-issuer option-key list C9300-24T:FCW2149L0KK --format csv"),
			Flags:  cli.Flags([]ucli.Flag{homeFlag()}, tableFlags(table.IDs(optionKeyFields))),
			Action: func(c *ucli.Context) error { return listOptionKeys(c, env) },
		})
}

func convertCommand(env *cli.Env) *ucli.Command {
	return &ucli.Command{
		Name: "convert", Usage: "make licenses of an option key, or of a part of it",
		Description: cli.Describe("The licenses end when the key does. What is converted never counts again: take the key off the device, which then asks with "+
			"`tally-device request`. A backup of the device's configuration comes before that.",
			"tally-issuer convert --device C9300-24T:FCW2149L0KK --index 3 --to acme/plant-7",
			"tally-issuer convert --device C9300-24T:FCW2149L0KK --index 3 --count 8 --to acme/plant-7 --op T-4711"),
		Flags: cli.Flags([]ucli.Flag{
			&ucli.StringFlag{Name: "device", Required: true, Usage: "the device, `PID:SN`"},
			&ucli.StringFlag{Name: "index", Required: true, Usage: "the key's `INDEX` in the device's list"},
			&ucli.StringFlag{Name: "count", Usage: "how many of it, `N` (default: all that is left)"},
			&ucli.StringFlag{Name: "to", Required: true, Usage: "the `ACCOUNT` that gets the licenses"},
			cli.OpFlag(),
		}, officerFlags()),
		Action: func(c *ucli.Context) error { return convertOptionKey(c, env) },
	}
}

// keyPlace reads --device and --index.
func keyPlace(c *ucli.Context) (u reserve.UDI, index uint16, err error) {
	if u, err = reserve.ParseUDI(c.String("device")); err != nil {
		return u, 0, err
	}
	n, err := strconv.ParseUint(c.String("index"), 10, 16)
	if err != nil {
		return u, 0, cli.Usage("flag --index: %q, expected a whole number from 0 to %d", c.String("index"), math.MaxUint16)
	}
	return u, uint16(n), nil
}

// keyCount reads --count, fallback without it.
func keyCount(c *ucli.Context, fallback uint32) (uint32, error) {
	if !c.IsSet("count") {
		return fallback, nil
	}
	n, err := strconv.ParseUint(c.String("count"), 10, 32)
	if err != nil || n < 1 || n > reserve.MaxCount {
		return 0, cli.Usage("flag --count: %q, expected a whole number from 1 to %d", c.String("count"), reserve.MaxCount)
	}
	return uint32(n), nil
}

func addOptionKey(c *ucli.Context, env *cli.Env) error {
	u, index, err := keyPlace(c)
	if err != nil {
		return err
	}
	k := ledger.OptionKey{UDI: u, Index: index, Option: c.String("option"), Tag: c.String("entitlement"),
		Whole: c.Bool("whole-only"), Ineligible: c.String("not-eligible")}
	if k.Quantity, err = keyCount(c, 1); err != nil {
		return err
	}
	if k.Ends, err = day(c, "end"); err != nil {
		return err
	}
	return withOfficer(c, env, func(o *issuer.Officer) error {
		add := o.AddAnotherOptionKey
		if !c.Bool("another") {
			add = func(ctx context.Context, k ledger.OptionKey, memo issuer.Memo, dry bool) (int, error) {
				return o.AddOptionKeys(ctx, []ledger.OptionKey{k}, memo, dry)
			}
		}
		added, err := add(c.Context, k, memo(c), cli.DryRun(c))
		return showOptionKey(c, k, added == 0, err)
	})
}

func removeOptionKey(c *ucli.Context, env *cli.Env) error {
	r := issuer.OptionKeyRemoval{}
	var err error
	if r.UDI, r.Index, err = keyPlace(c); err != nil {
		return err
	}
	if r.Op, err = cli.Op(c); err != nil {
		return err
	}
	return withOfficer(c, env, func(o *issuer.Officer) error {
		k, again, err := o.RemoveOptionKey(c.Context, r, memo(c), cli.DryRun(c))
		return showOptionKey(c, k, again, err)
	})
}

type optionKeyJSON struct {
	Device      string            `json:"device"`
	Index       uint16            `json:"index"`
	Option      string            `json:"option"`
	Entitlement string            `json:"entitlement"`
	Count       uint32            `json:"count"`
	Converted   uint32            `json:"converted"`
	State       ledger.Conversion `json:"state"`
	Reason      string            `json:"reason"` // why it is not eligible
	Ends        string            `json:"ends"`   // "" is without end
	WholeOnly   bool              `json:"whole_only"`
	Removed     bool              `json:"removed"`
}

func optionKeyOf(k ledger.OptionKey) optionKeyJSON {
	return optionKeyJSON{k.UDI.String(), k.Index, k.Option, k.Tag, k.Quantity, k.Converted, k.State(), k.Ineligible, dateOf(k.Ends), k.Whole, k.Removed}
}

func showOptionKey(c *ucli.Context, k ledger.OptionKey, again bool, err error) error {
	if err != nil {
		return err
	}
	out := cli.Out(c)
	out.Table([]string{"DEVICE", "INDEX", "OPTION", "ENTITLEMENT", "COUNT", "CONVERTED", "STATE"}, [][]string{{k.UDI.String(), fmt.Sprint(k.Index),
		k.Option, k.Tag, fmt.Sprint(k.Quantity), fmt.Sprint(k.Converted), string(k.State())}})
	return out.JSON(struct {
		optionKeyJSON
		repeated
	}{optionKeyOf(k), repeated{again, cli.DryRun(c)}})
}

func convertOptionKey(c *ucli.Context, env *cli.Env) error {
	w := issuer.Converting{}
	var err error
	if w.UDI, w.Index, err = keyPlace(c); err != nil {
		return err
	}
	if w.Quantity, err = keyCount(c, 0); err != nil {
		return err
	}
	if w.Account, err = ledger.ParsePath(c.String("to")); err != nil {
		return err
	}
	if w.Op, err = cli.Op(c); err != nil {
		return err
	}
	return withOfficer(c, env, func(o *issuer.Officer) error {
		trust, err := o.Trust(c.Context)
		if err != nil {
			return err
		}
		lot, k, again, err := o.Convert(c.Context, w, memo(c), cli.DryRun(c))
		if err != nil {
			return err
		}
		out := cli.Out(c)
		became := licenseOf(lot, trust.Catalog(), keys.DayOf(env.Now()))
		out.Table(licenseHeader, [][]string{became.cells()})
		if left := k.Quantity - k.Converted; left > 0 {
			out.Note("%d of option key %q are left; until they are converted or removed, nothing is reserved for the device", left, k.Option)
		}
		return out.JSON(struct {
			Key     optionKeyJSON `json:"option_key"`
			License licenseJSON   `json:"license"`
			repeated
		}{optionKeyOf(k), became, repeated{again, cli.DryRun(c)}})
	})
}

var optionKeyFields = []table.Field[ledger.OptionKey]{
	{Column: table.Column{ID: "device", Title: "Device"}, Value: func(k *ledger.OptionKey) table.Value { return table.Text(k.UDI.String()) }},
	{Column: table.Column{ID: "index", Title: "Index", Kind: table.KindNumber}, Value: func(k *ledger.OptionKey) table.Value { return table.Number(int64(k.Index)) }},
	{Column: table.Column{ID: "option", Title: "Option"}, Value: func(k *ledger.OptionKey) table.Value { return table.Text(k.Option) }},
	{Column: table.Column{ID: "entitlement", Title: "Entitlement"}, Value: func(k *ledger.OptionKey) table.Value { return table.Text(k.Tag) }},
	{Column: table.Column{ID: "count", Title: "Count", Kind: table.KindNumber}, Value: func(k *ledger.OptionKey) table.Value { return table.Number(int64(k.Quantity)) }},
	{Column: table.Column{ID: "converted", Title: "Converted", Kind: table.KindNumber}, Value: func(k *ledger.OptionKey) table.Value { return table.Number(int64(k.Converted)) }},
	{Column: table.Column{ID: "state", Title: "State"}, Value: func(k *ledger.OptionKey) table.Value { return table.Text(string(k.State())) }},
	{Column: table.Column{ID: "ends", Title: "Until"}, Value: func(k *ledger.OptionKey) table.Value { return table.Text(dateOf(k.Ends)) }},
	{Column: table.Column{ID: "reason", Title: "Reason", Extra: true}, Value: func(k *ledger.OptionKey) table.Value { return table.Text(k.Ineligible) }},
	{Column: table.Column{ID: "whole_only", Title: "Whole only", Kind: table.KindFlag, Extra: true}, Value: func(k *ledger.OptionKey) table.Value { return table.Flag(k.Whole) }},
	{Column: table.Column{ID: "removed", Title: "Removed", Kind: table.KindFlag, Extra: true}, Value: func(k *ledger.OptionKey) table.Value { return table.Flag(k.Removed) }},
}

func listOptionKeys(c *ucli.Context, env *cli.Env) error {
	request, err := tableRequestOf(c)
	if err != nil {
		return err
	}
	fields, err := choose(request, optionKeyFields)
	if err != nil {
		return err
	}
	return withReader(c, env, func(is *issuer.Issuer) error {
		return is.View(c.Context, func(tx *ledger.Tx) error {
			list := tx.OptionKeys()
			if c.Args().Present() {
				u, err := reserve.ParseUDI(c.Args().First())
				if err != nil {
					return err
				}
				of, err := tx.OptionKeysOf(u)
				if err != nil {
					return err
				}
				list = table.List(of)
			}
			return request.print(c, env, tx, table.Document{Title: "Option keys", Sections: []table.Section{{
				Name: "option_keys", Columns: table.Columns(fields), Rows: table.Rows(fields, list), Empty: "no option keys",
			}}})
		})
	})
}
