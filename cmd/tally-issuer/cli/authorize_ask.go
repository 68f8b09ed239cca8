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
// Only where there is no choice, or where the UDI is known with another identity, one is proposed:
// an Enter too many must not charge somebody else.
func askAccount(c *ucli.Context, is *issuer.Issuer, t term.Terminal, w *issuer.Wish, udi *reserve.UDI) (ledger.Path, error) {
	var known ledger.Path
	var open []string
	var older bool
	err := is.View(c.Context, func(tx *ledger.Tx) error {
		d, err := wished(tx, *w)
		if err == nil {
			known, *udi = d.Account, d.UDI
			return nil
		}
		if reasonOf(err) != reserve.UnknownDevice || w.Request == nil {
			return err
		}
		open, older, err = openAccounts(tx, *udi)
		return err
	})
	if err != nil || !known.IsZero() {
		return known, err
	}
	if !w.Account.IsZero() {
		return w.Account, mayReserve(c, is, w.Account)
	}
	if len(open) == 0 {
		return known, reserve.Refuse(reserve.ReservationOff, "no account has license reservation switched on")
	}
	say(t, "accounts     %s", strings.Join(open, ", "))
	proposed := ""
	if older || len(open) == 1 {
		proposed = open[0]
	}
	w.Account, err = askUntil(c, t, "Account", proposed, func(s string) (ledger.Path, error) {
		path, err := ledger.ParsePath(s)
		if err != nil {
			return path, err
		}
		return path, mayReserve(c, is, path)
	})
	return w.Account, err
}

// mayReserve refuses an account that nothing can be reserved from, before anything more is asked.
func mayReserve(c *ucli.Context, is *issuer.Issuer, path ledger.Path) error {
	return is.View(c.Context, func(tx *ledger.Tx) error { return issuer.MayReserve(tx, path) })
}

// wished finds the device that a wish is about.
func wished(tx *ledger.Tx, w issuer.Wish) (ledger.Device, error) {
	if w.Request != nil {
		return tx.DeviceByDID(w.Request.Identity().DID())
	}
	return tx.FindDevice(w.Device)
}

// openAccounts returns the accounts that can be reserved from, first that of an older identity, if
// there is one.
func openAccounts(tx *ledger.Tx, udi reserve.UDI) (open []string, found bool, err error) {
	accounts, err := tx.Accounts()
	if err != nil {
		return nil, false, err
	}
	older, err := tx.DeviceByUDI(udi)
	if err != nil && reasonOf(err) != reserve.UnknownDevice {
		return nil, false, err
	}
	for _, a := range accounts {
		switch {
		case !a.Reservation || a.Holding:
		case a.Path == older.Account:
			open, found = slices.Insert(open, 0, a.Path.String()), true
		default:
			open = append(open, a.Path.String())
		}
	}
	return open, found, nil
}

// askGrants asks for a count of each entitlement that the product can hold and the account has.
func askGrants(c *ucli.Context, env *cli.Env, is *issuer.Issuer, t term.Terminal, w *issuer.Wish, account ledger.Path, udi reserve.UDI) error {
	trust, err := is.Trust(c.Context)
	if err != nil {
		return err
	}
	product, err := trust.Catalog().Product(udi.Product())
	if err != nil {
		return err
	}
	stocks, err := stocksFor(c, env, is, *w, account)
	if err != nil {
		return err
	}
	offered := slices.DeleteFunc(slices.Clone(product.Entitlements), func(tag string) bool {
		s, bought := stocks[tag]
		return s == stock{} && (!bought || len(higherTiers(trust.Catalog(), tag, stocks)) == 0)
	})
	if len(offered) == 0 {
		err := reserve.Refuse(reserve.PoolExhausted, "account %q has no license that %s can hold", account, udi.Product())
		return cli.WithHint(err, "`tally-issuer license add --account %s` records a purchase", account)
	}
	say(t, "How many of each? An empty line leaves an entitlement as it is; 0 gives it up; +N and -N change it.")
	for _, tag := range offered {
		q := countQuestion{tag, stocks[tag], higherTiers(trust.Catalog(), tag, stocks)}
		a, err := q.ask(c, t)
		if err != nil {
			return err
		}
		if a.named {
			w.Changes = append(w.Changes, a.change)
			w.Borrow = append(w.Borrow, a.borrow...)
		}
	}
	if len(w.Changes) == 0 {
		return reserve.Refuse(reserve.OutOfRange, "nothing was asked for")
	}
	return nil
}

// stock is what there is of one entitlement for a device.
type stock struct {
	held      uint64 // by the newest authorization that may be installed
	reserved  uint64 // for this device, so that it may have as many again
	available uint64 // in the account, beyond that
	unlimited bool   // the account has it without limit
}

// stocksFor returns what there is for the device that a wish is about, by tag.
func stocksFor(c *ucli.Context, env *cli.Env, is *issuer.Issuer, w issuer.Wish, account ledger.Path) (map[string]stock, error) {
	out := map[string]stock{}
	err := is.View(c.Context, func(tx *ledger.Tx) error {
		pools, err := tx.Pools(account, keys.DayOf(env.Now()))
		if err != nil {
			return err
		}
		for _, p := range pools {
			out[p.Tag] = stock{available: p.Available, unlimited: p.Unlimited}
		}
		d, err := wished(tx, w)
		if reasonOf(err) == reserve.UnknownDevice {
			return nil
		}
		if err != nil {
			return err
		}
		return addHeld(tx, d, out)
	})
	return out, err
}

// addHeld adds what a known device has.
func addHeld(tx *ledger.Tx, d ledger.Device, out map[string]stock) error {
	books, err := tx.Books(d.ID)
	if err != nil {
		return err
	}
	catalog, err := tx.Catalog()
	if err != nil {
		return err
	}
	tags, err := licenseTags(tx, books)
	if err != nil {
		return err
	}
	for lot, n := range books.Charge() {
		s := out[tags[lot]]
		s.reserved += uint64(n)
		out[tags[lot]] = s
	}
	newest, _ := books.Newest()
	for _, draw := range newest.Draws {
		tag, _ := catalog.Tag(draw.Grant.Entitlement)
		s := out[tag]
		s.held += uint64(draw.Grant.Count)
		out[tag] = s
	}
	return nil
}

func reasonOf(err error) reserve.Reason {
	var r *reserve.Refusal
	if errors.As(err, &r) {
		return r.Reason
	}
	return ""
}
