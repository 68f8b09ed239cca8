package cli

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	ucli "github.com/urfave/cli/v2"

	"tallystick/cmd/internal/cli"
	"tallystick/cmd/internal/issuer"
	"tallystick/cmd/internal/ledger"
	"tallystick/keys"
)

func accountCommand(env *cli.Env) *ucli.Command {
	settings := []ucli.Flag{
		&ucli.StringFlag{Name: "reservation", Usage: "license reservation `on|off`"},
		&ucli.StringFlag{Name: "export-control", Usage: "export-controlled entitlements `on|off`"},
		&ucli.StringFlag{Name: "failed-open", Usage: "at most `N` devices written off with returns pending, here and below; none: no limit of its own"},
		&ucli.StringFlag{Name: "failed-licenses", Usage: "at most `N` licenses of one entitlement pending return, here and below; none: no limit of its own"},
		&ucli.StringFlag{Name: "failed-year", Usage: "at most `N` devices written off in 365 days, here and below; none: no limit of its own"},
		&ucli.StringFlag{Name: "coterm", Usage: "the `DATE` that licenses added with --coterm end on, or none"},
	}
	return group("account", "accounts and virtual accounts",
		&ucli.Command{
			Name: "new", Usage: "open an account; those above it are made as needed", ArgsUsage: "ACCOUNT",
			Description: cli.Describe("Opens an account, named by its path. Everything is off until it is switched on.",
				"tally-issuer account new acme/plant-7 --reservation on",
				"tally-issuer account new partner/parked --holding"),
			Flags: cli.Flags(settings, []ucli.Flag{
				&ucli.BoolFlag{Name: "holding", Usage: "a holding account: nothing can be reserved from it"},
			}, officerFlags()),
			Action: func(c *ucli.Context) error { return changeAccount(c, env, (*issuer.Officer).NewAccount) },
		},
		&ucli.Command{
			Name: "set", Usage: "change what an account may do, and its limits", ArgsUsage: "ACCOUNT",
			Description: cli.Describe("Switches license reservation and export control of an account, and keeps the date that its "+
				"subscriptions end on together. That date counts for the accounts below as well, unless they have their own; "+
				"licenses that were added before keep their ends.\n\n"+
				"The policy on failed devices says how much may be in use twice, because devices died without a return code: how many devices, how many licenses of an "+
				"entitlement, how many devices in 365 days. It covers the accounts below as well, and every account above that has one must agree. The topmost account has "+
				"5 devices, 1000 licenses and 20 devices a year unless it is set.",
				"tally-issuer account set acme/plant-7 --export-control on --reason \"license EX-77\"",
				"tally-issuer account set acme/plant-7 --export-control off --reason-file ticket.txt --ref T-4711",
				"tally-issuer account set acme --coterm 2029-03-31",
				"tally-issuer account set acme --failed-open 10 --failed-year 50 --reason \"RMA agreement 2027\""),
			Flags:  cli.Flags(settings, officerFlags()),
			Action: func(c *ucli.Context) error { return changeAccount(c, env, (*issuer.Officer).SetAccount) },
		},
		accountListCommand(env), accountRenameCommand(env), accountCloseCommand(env),
		accountShowCommand(env))
}

type accountJSON struct {
	Account       string `json:"account"`
	Reservation   bool   `json:"reservation"`
	ExportControl bool   `json:"export_control"`
	Holding       bool   `json:"holding"`
	Coterm        string `json:"coterm"` // "" when it has none of its own
	Closed        bool   `json:"closed"`
}

// failedJSON is an account's own policy on failed devices; null where it says nothing.
type failedJSON struct {
	FailedOpen     *uint32 `json:"failed_open"`
	FailedLicenses *uint32 `json:"failed_licenses"`
	FailedYear     *uint32 `json:"failed_year"`
}

func accountOf(a ledger.Account) accountJSON {
	return accountJSON{a.Path.String(), a.Reservation, a.ExportControl, a.Holding, dateOf(a.Coterm), a.Closed}
}

func failedOf(p ledger.FailedPolicy) failedJSON {
	limit := func(l ledger.Limit) *uint32 {
		if !l.Set {
			return nil
		}
		return &l.N
	}
	return failedJSON{limit(p.Open), limit(p.Licenses), limit(p.Year)}
}

// text says what a policy sets, "" when that is nothing.
func (f failedJSON) text() string {
	var parts []string
	for _, l := range []struct {
		most *uint32
		what string
	}{{f.FailedOpen, "devices pending return"}, {f.FailedLicenses, "licenses of an entitlement pending"}, {f.FailedYear, "devices written off in a year"}} {
		if l.most != nil {
			parts = append(parts, fmt.Sprintf("%d %s", *l.most, l.what))
		}
	}
	return strings.Join(parts, ", ")
}

// dateOf writes a day for JSON: "" is none.
func dateOf(d keys.Day) string {
	if d == 0 {
		return ""
	}
	return d.String()
}

func (a accountJSON) cells() []string {
	kind := ""
	switch {
	case a.Closed:
		kind = "closed"
	case a.Holding:
		kind = "holding"
	}
	return []string{a.Account, onOff(a.Reservation), onOff(a.ExportControl), a.Coterm, kind}
}

var accountHeader = []string{"ACCOUNT", "RESERVATION", "EXPORT CONTROL", "CO-TERM", ""}

func onOff(on bool) string {
	if on {
		return "on"
	}
	return "off"
}

// setting reads an on|off flag; nil leaves the setting alone.
func setting(c *ucli.Context, flag string) (*bool, error) {
	on := c.String(flag) == "on"
	switch c.String(flag) {
	case "":
		return nil, nil
	case "on", "off":
		return &on, nil
	}
	return nil, cli.Usage("flag --%s: %q, expected on or off", flag, c.String(flag))
}

// cotermSetting reads --coterm; nil leaves it alone.
func cotermSetting(c *ucli.Context) (*keys.Day, error) {
	if !c.IsSet("coterm") {
		return nil, nil
	}
	if c.String("coterm") == "none" {
		return new(keys.Day), nil
	}
	d, err := day(c, "coterm")
	return &d, err
}

// limitSetting reads a limit of the policy on failed devices; nil leaves it alone.
func limitSetting(c *ucli.Context, flag string) (*ledger.Limit, error) {
	if !c.IsSet(flag) {
		return nil, nil
	}
	if c.String(flag) == "none" {
		return new(ledger.Limit), nil
	}
	n, err := strconv.ParseUint(c.String(flag), 10, 31)
	if err != nil {
		return nil, cli.Usage("flag --%s: %q, expected a number, or none", flag, c.String(flag))
	}
	l := ledger.AtMost(uint32(n))
	return &l, nil
}

func failedSettings(c *ucli.Context, s *issuer.Settings) (err error) {
	if s.FailedOpen, err = limitSetting(c, "failed-open"); err != nil {
		return err
	}
	if s.FailedLicenses, err = limitSetting(c, "failed-licenses"); err != nil {
		return err
	}
	s.FailedYear, err = limitSetting(c, "failed-year")
	return err
}

// settingsOf reads what the flags set.
func settingsOf(c *ucli.Context) (s issuer.Settings, err error) {
	if s.Reservation, err = setting(c, "reservation"); err != nil {
		return s, err
	}
	if s.ExportControl, err = setting(c, "export-control"); err != nil {
		return s, err
	}
	if s.Coterm, err = cotermSetting(c); err != nil {
		return s, err
	}
	if c.Bool("holding") {
		on := true
		s.Holding = &on
	}
	return s, failedSettings(c, &s)
}

type accountAct func(*issuer.Officer, context.Context, ledger.Path, issuer.Settings, issuer.Memo, bool) (ledger.Account, bool, error)

func changeAccount(c *ucli.Context, env *cli.Env, act accountAct) error {
	path, err := ledger.ParsePath(c.Args().First())
	if err != nil {
		return err
	}
	s, err := settingsOf(c)
	if err != nil {
		return err
	}
	if s == (issuer.Settings{}) && c.Command.Name == "set" {
		return cli.Usage("nothing to set: give --reservation, --export-control, --coterm or --failed-open")
	}
	return withOfficer(c, env, func(o *issuer.Officer) error {
		a, again, err := act(o, c.Context, path, s, memo(c), cli.DryRun(c))
		if err != nil {
			return err
		}
		out := cli.Out(c)
		out.Table(accountHeader, [][]string{accountOf(a).cells()})
		if text := failedOf(a.Failed).text(); text != "" {
			out.Printf("failed devices  at most %s\n", text)
		}
		return out.JSON(struct {
			accountJSON
			failedJSON
			repeated
		}{accountOf(a), failedOf(a.Failed), repeated{again, cli.DryRun(c)}})
	})
}
