package cli

import (
	"fmt"

	ucli "github.com/urfave/cli/v2"

	"tallystick/cmd/internal/cli"
	"tallystick/cmd/internal/issuer"
	"tallystick/cmd/internal/ledger"
	"tallystick/keys"
	"tallystick/reserve"
)

func accountShowCommand(env *cli.Env) *ucli.Command {
	return &ucli.Command{
		Name: "show", Usage: "show the pools of an account", ArgsUsage: "ACCOUNT",
		Description: cli.Describe("Shows per entitlement what was purchased, what is reserved for devices, how much of that no "+
			"confirmation covers yet, and what is available: purchased minus reserved. What is only reported may be unlimited. Pending return is what devices that were "+
			"written off could be holding, beside all that; the policy on failed devices bounds it.",
			"tally-issuer account show acme/plant-7", "tally-issuer account show acme/plant-7 --json"),
		Flags:  []ucli.Flag{homeFlag()},
		Action: func(c *ucli.Context) error { return showAccount(c, env) },
	}
}

type poolJSON struct {
	Entitlement   string         `json:"entitlement"`
	Purchased     amount         `json:"purchased"` // null when unlimited
	Reserved      uint64         `json:"reserved"`
	InTransit     uint64         `json:"in_transit"`
	Available     amount         `json:"available"` // null when unlimited
	PendingReturn uint64         `json:"pending_return"`
	Unlimited     bool           `json:"unlimited"`
	Metric        reserve.Metric `json:"metric"` // "" for what the catalog has retired
	Unit          string         `json:"unit"`   // what one license counts
}

func poolOf(p ledger.Pool, c reserve.Catalog) poolJSON {
	e, _ := c.EntitlementByID(p.Entitlement)
	return poolJSON{Entitlement: p.Tag, Purchased: amount{p.Purchased, p.Unlimited}, Reserved: p.Reserved, InTransit: p.InTransit,
		Available: amount{p.Available, p.Unlimited}, PendingReturn: p.PendingReturn, Unlimited: p.Unlimited, Metric: e.Metric, Unit: e.Unit}
}

type accountAnswer struct {
	accountJSON
	Day        string     `json:"day"`
	CotermDay  string     `json:"coterm_day"`  // the date that counts: the account's own or one from above; "" is none
	CotermFrom string     `json:"coterm_from"` // the account that keeps it
	Pools      []poolJSON `json:"pools"`

	failedJSON
	stands []issuer.Threshold
	Policy []standJSON `json:"policy"` // on failed devices: its own and of the accounts above, and where they stand
}

// standJSON is a limit of the policy on failed devices.
type standJSON struct {
	Account     string       `json:"account"`
	Limit       issuer.Bound `json:"limit"`                 // failed-open, failed-licenses or failed-year
	Entitlement string       `json:"entitlement,omitempty"` // of failed-licenses
	Most        uint32       `json:"most"`
	Now         uint64       `json:"now"`
}

func showAccount(c *ucli.Context, env *cli.Env) error {
	path, err := ledger.ParsePath(c.Args().First())
	if err != nil {
		return err
	}
	return withReader(c, env, func(is *issuer.Issuer) error {
		var answer accountAnswer
		err := is.View(c.Context, func(tx *ledger.Tx) (err error) {
			answer, err = describeAccount(tx, path, keys.DayOf(env.Now()))
			return err
		})
		if err != nil {
			return err
		}
		answer.print(cli.Out(c))
		return cli.Out(c).JSON(answer)
	})
}

func describeAccount(tx *ledger.Tx, path ledger.Path, today keys.Day) (accountAnswer, error) {
	a, err := tx.Account(path)
	if err != nil {
		return accountAnswer{}, err
	}
	coterm, of, err := tx.Coterm(path)
	if err != nil {
		return accountAnswer{}, err
	}
	catalog, err := tx.Catalog()
	if err != nil {
		return accountAnswer{}, err
	}
	pools, err := tx.Pools(path, today)
	answer := accountAnswer{accountJSON: accountOf(a), Day: today.String(), CotermDay: dateOf(coterm), CotermFrom: of.String(), Pools: []poolJSON{},
		failedJSON: failedOf(a.Failed), Policy: []standJSON{}}
	for _, p := range pools {
		answer.Pools = append(answer.Pools, poolOf(p, catalog))
	}
	if err != nil {
		return answer, err
	}
	stands, err := tx.FailedStands(path, today)
	for _, t := range issuer.Standings(stands) {
		answer.Policy = append(answer.Policy, standJSON{t.Account.String(), t.Bound, t.Entitlement, t.Most, t.Now})
		answer.stands = append(answer.stands, t)
	}
	return answer, err
}

func (a accountAnswer) print(out *cli.Output) {
	out.Printf("account         %s\nreservation     %s\nexport control  %s\n", a.Account, onOff(a.Reservation), onOff(a.ExportControl))
	if a.CotermDay != "" {
		from := ""
		if a.CotermFrom != a.Account {
			from = ", from " + a.CotermFrom
		}
		out.Printf("co-term         %s%s\n", a.CotermDay, from)
	}
	if a.Holding {
		out.Printf("holding account: nothing can be reserved from it\n")
	}
	out.Printf("\n")
	rows := [][]string{{"PURCHASED", "RESERVED", "IN TRANSIT", "AVAILABLE", "PENDING RETURN"}}
	for _, p := range a.Pools {
		rows = append(rows, []string{p.Purchased.String(), fmt.Sprint(p.Reserved), fmt.Sprint(p.InTransit), p.Available.String(), fmt.Sprint(p.PendingReturn)})
	}
	rows = rightAligned(rows)
	for i, p := range a.Pools {
		rows[i+1] = append(append([]string{p.Entitlement}, rows[i+1]...), p.Unit)
	}
	out.Table(append(append([]string{"ENTITLEMENT"}, rows[0]...), "UNIT"), rows[1:])
	out.Printf("\npolicy on failed devices\n")
	printBlock(out, thresholdTable(a.stands))
}

// rightAligned pads cells on the left to the width of their column: numbers read better so.
func rightAligned(rows [][]string) [][]string {
	width := make([]int, len(rows[0]))
	for _, row := range rows {
		for col, cell := range row {
			width[col] = max(width[col], len(cell))
		}
	}
	out := make([][]string, len(rows))
	for i, row := range rows {
		for col, cell := range row {
			out[i] = append(out[i], fmt.Sprintf("%*s", width[col], cell))
		}
	}
	return out
}
