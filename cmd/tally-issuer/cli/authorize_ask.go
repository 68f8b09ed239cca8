package cli

import (
	"errors"
	"slices"
	"strings"

	ucli "github.com/urfave/cli/v2"

	"tallystick/cmd/internal/cli"
	"tallystick/cmd/internal/issuer"
	"tallystick/cmd/internal/ledger"
	"tallystick/cmd/internal/term"
	"tallystick/keys"
	"tallystick/reserve"
)

// askWish asks for what the flags left open: the account of a new device and the grants. Without a
// terminal, or with --json or --yes, what is missing is a usage error instead of a question.
func askWish(c *ucli.Context, env *cli.Env, is *issuer.Issuer, w issuer.Wish) (issuer.Wish, error) {
	ask := env.StdinIsTerminal && !cli.Out(c).IsJSON() && !c.Bool("yes") && w.Op == ""
	complete := len(w.Changes) > 0 || w.Only
	if complete || !ask {
		if !complete {
			return w, cli.Usage("nothing is asked for: give --grant TAG=N, --change TAG=+N or --only")
		}
		return w, nil
	}
	t, err := cli.Terminal(c)
	if err != nil {
		return w, err
	}
	var udi reserve.UDI
	if w.Request != nil {
		id := w.Request.Identity()
		udi = id.UDI()
		say(t, "device       %s\nfingerprint  %s", udi, id.DID())
	}
	account, err := askAccount(c, is, t, &w, &udi)
	if err != nil {
		return w, err
	}
	return w, askGrants(c, env, is, t, &w, account, udi)
}

// askAccount settles the account: the device's own when it is known, else the one that is named.
// Where the UDI is known with another identity, the account of that one is proposed.
func askAccount(c *ucli.Context, is *issuer.Issuer, t term.Terminal, w *issuer.Wish, udi *reserve.UDI) (ledger.Path, error) {
	var known ledger.Path
	var open []string
	err := is.View(c.Context, func(tx *ledger.Tx) error {
		d, err := wished(tx, *w)
		if err == nil {
			known, *udi = d.Account, d.UDI
			return nil
		}
		if reasonOf(err) != reserve.UnknownDevice || w.Request == nil {
			return err
		}
		open, err = openAccounts(tx, *udi)
		return err
	})
	if err != nil || !known.IsZero() {
		return known, err
	}
	if !w.Account.IsZero() {
		return w.Account, nil
	}
	if len(open) == 0 {
		return known, reserve.Refuse(reserve.ReservationOff, "no account has license reservation switched on")
	}
	say(t, "accounts     %s", strings.Join(open, ", "))
	w.Account, err = askUntil(c, t, "Account", open[0], ledger.ParsePath)
	return w.Account, err
}

// wished finds the device that a wish is about.
func wished(tx *ledger.Tx, w issuer.Wish) (ledger.Device, error) {
	if w.Request != nil {
		return tx.DeviceByDID(w.Request.Identity().DID())
	}
	return tx.FindDevice(w.Device)
}

// openAccounts returns the accounts that can be reserved from, first that of an older identity.
func openAccounts(tx *ledger.Tx, udi reserve.UDI) ([]string, error) {
	accounts, err := tx.Accounts()
	if err != nil {
		return nil, err
	}
	older, err := tx.DeviceByUDI(udi)
	if err != nil && reasonOf(err) != reserve.UnknownDevice {
		return nil, err
	}
	var open []string
	for _, a := range accounts {
		switch {
		case !a.Reservation || a.Holding:
		case a.Path == older.Account:
			open = slices.Insert(open, 0, a.Path.String())
		default:
			open = append(open, a.Path.String())
		}
	}
	return open, nil
}

// askGrants asks for a count of each entitlement the product can hold and the account has.
func askGrants(c *ucli.Context, env *cli.Env, is *issuer.Issuer, t term.Terminal, w *issuer.Wish, account ledger.Path, udi reserve.UDI) error {
	trust, err := is.Trust(c.Context)
	if err != nil {
		return err
	}
	product, err := trust.Catalog().Product(udi.Product())
	if err != nil {
		return err
	}
	available := map[string]uint64{}
	err = is.View(c.Context, func(tx *ledger.Tx) error {
		pools, err := tx.Pools(account, keys.DayOf(env.Now()))
		for _, p := range pools {
			available[p.Tag] = p.Available
		}
		return err
	})
	if err != nil {
		return err
	}
	say(t, "How many of each? An empty line leaves an entitlement as it is; 0 gives it up; +N and -N change it.")
	for _, tag := range product.Entitlements {
		n, has := available[tag]
		if !has {
			continue
		}
		change, named, err := askChange(c, t, tag, n)
		if err != nil {
			return err
		}
		if named {
			w.Changes = append(w.Changes, change)
		}
	}
	if len(w.Changes) == 0 {
		return reserve.Refuse(reserve.OutOfRange, "nothing was asked for")
	}
	return nil
}

func askChange(c *ucli.Context, t term.Terminal, tag string, available uint64) (change issuer.Change, named bool, err error) {
	type answer struct {
		change issuer.Change
		named  bool
	}
	a, err := askUntil(c, t, safef("  %s (%d available)", tag, available), "", func(s string) (answer, error) {
		if s == "" {
			return answer{}, nil
		}
		parse := issuer.ParseGrant
		if strings.ContainsAny(s[:1], "+-") {
			parse = issuer.ParseChange
		}
		c, err := parse(tag + "=" + s)
		return answer{c, true}, err
	})
	return a.change, a.named, err
}

func reasonOf(err error) reserve.Reason {
	var r *reserve.Refusal
	if errors.As(err, &r) {
		return r.Reason
	}
	return ""
}
