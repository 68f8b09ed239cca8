package cli

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	ucli "github.com/urfave/cli/v2"

	"tallystick/cmd/internal/cli"
	"tallystick/cmd/internal/issuer"
	"tallystick/cmd/internal/ledger"
	"tallystick/keys"
	"tallystick/reserve"
)

func deviceCommand(env *cli.Env) *ucli.Command {
	return group("device", "product instances",
		deviceListCommand(env), deviceSearchCommand(env),
		&ucli.Command{
			Name: "show", Usage: "show a device and what is reserved for it", ArgsUsage: "UDI",
			Description: cli.Describe("Shows a device, named by PID:SN or by a serial number that only one device has: every authorization, "+
				"what is installed, reserved and in transit, and what is pending return.",
				"tally-issuer device show C9300-24T:FCW2149L0KK", "tally-issuer device show FCW2149L0KK --json"),
			Flags:  []ucli.Flag{homeFlag()},
			Action: func(c *ucli.Context) error { return showDevice(c, env) },
		},
		deviceHistoryCommand(env), deviceResolveCommand(env), deviceSettleCommand(env), deviceMoveCommand(env), deviceLabelCommand(env),
		deviceExpectCommand(env))
}

type deviceRow struct {
	deviceJSON
	Account     string           `json:"account"`
	State       reserve.Standing `json:"state"`
	Suspect     bool             `json:"suspect,omitempty"`
	Quarantined bool             `json:"quarantined,omitempty"`
	Superseded  bool             `json:"superseded,omitempty"`
	Lives       bool             `json:"dead_device_alive,omitempty"` // it was written off, and proved since that it runs
}

func rowOf(d ledger.Device) deviceRow {
	return deviceRow{deviceJSON{d.UDI.String(), d.DID.String()}, d.Account.String(), d.Standing, d.Suspect, d.Quarantined, d.Superseded, d.Lives}
}

// flags names what is wrong with a device.
func (r deviceRow) flags() string {
	var words []string
	for _, f := range []struct {
		on   bool
		word string
	}{{r.Suspect, "SUSPECT"}, {r.Quarantined, "QUARANTINED"}, {r.Lives, "WRITTEN OFF, AND RUNS"}, {r.Superseded, "superseded"}} {
		if f.on {
			words = append(words, f.word)
		}
	}
	return strings.Join(words, ", ")
}

type deviceAnswer struct {
	deviceRow
	Installed     reserve.Number    `json:"installed"` // as proven; 0 is none or unknown
	Issued        []issuedJSON      `json:"issued"`
	Reserved      map[string]uint64 `json:"reserved"`
	InTransit     map[string]uint64 `json:"in_transit"`
	PendingReturn map[string]uint64 `json:"pending_return"` // what it could be holding since it was written off
	WrittenOff    *writtenOff       `json:"written_off,omitempty"`
	Replaces      []string          `json:"replaces,omitempty"` // devices that it replaced
	Older         []olderJSON       `json:"older,omitempty"`    // older identities with something pending
	tags          []string
}

type issuedJSON struct {
	Number reserve.Number `json:"number"`
	Day    string         `json:"day"`
	State  string         `json:"state"` // installed, unconfirmed or over
	Grants []grantJSON    `json:"grants"`
}

type grantJSON struct {
	Entitlement string `json:"entitlement"`
	Count       uint32 `json:"count"`
	Ends        string `json:"ends"` // "" is perpetual
	License     int64  `json:"license"`
	Borrowed    string `json:"borrowed_from,omitempty"` // the higher tier that the license is of
}

func showDevice(c *ucli.Context, env *cli.Env) error {
	return withReader(c, env, func(is *issuer.Issuer) error {
		var a deviceAnswer
		err := is.View(c.Context, func(tx *ledger.Tx) (err error) {
			a, err = describeDevice(tx, c.Args().First(), keys.DayOf(env.Now()))
			return err
		})
		if err != nil {
			return err
		}
		a.print(cli.Out(c))
		return cli.Out(c).JSON(a)
	})
}

func describeDevice(tx *ledger.Tx, name string, today keys.Day) (deviceAnswer, error) {
	d, err := tx.FindDevice(name)
	if err != nil {
		return deviceAnswer{}, err
	}
	books, err := tx.Books(d.ID)
	if err != nil {
		return deviceAnswer{}, err
	}
	catalog, err := tx.Catalog()
	if err != nil {
		return deviceAnswer{}, err
	}
	stored, err := tx.Authorizations(d.ID)
	if err != nil {
		return deviceAnswer{}, err
	}
	a := deviceAnswer{deviceRow: rowOf(d), Issued: []issuedJSON{}, PendingReturn: map[string]uint64{}}
	confirmed, _ := books.Confirmed()
	a.Installed = confirmed.Number
	lots, err := licenseTags(tx, books)
	if err != nil {
		return deviceAnswer{}, err
	}
	states := issuedStates(books)
	for _, s := range stored {
		a.Issued = append(a.Issued, issuedOf(s, states[s.Number], catalog, lots))
	}
	for lot, over := range issuer.Ended(books, today) {
		if over {
			delete(lots, lot)
		}
	}
	a.Reserved, a.InTransit = byTag(books.Charge(), lots), byTag(books.InTransit(), lots)
	a.PendingReturn = byTag(books.Exposure(), lots)
	a.State = books.StandingOn(today)
	both := maps.Clone(a.Reserved)
	maps.Copy(both, a.PendingReturn)
	a.tags = inOrder(both, catalog)
	return a, a.describeLosses(tx, d, today)
}

// issuedStates returns the states of the authorizations that are not over.
func issuedStates(books reserve.Books) map[reserve.Number]string {
	states := map[reserve.Number]string{}
	for _, i := range books.Alive() {
		states[i.Number] = "unconfirmed"
	}
	if i, ok := books.Confirmed(); ok {
		states[i.Number] = "installed"
	}
	return states
}

// issuedOf describes an authorization; lots says what the licenses are of that it draws on.
func issuedOf(s ledger.Authorization, state string, catalog reserve.Catalog, lots map[reserve.LotID]string) issuedJSON {
	i := issuedJSON{Number: s.Number, Day: s.Day.String(), State: cmp.Or(state, "over"), Grants: []grantJSON{}}
	for _, draw := range s.Draws {
		tag, _ := catalog.Tag(draw.Grant.Entitlement)
		g := grantJSON{Entitlement: tag, Count: draw.Grant.Count, Ends: dateOf(draw.Grant.Ends), License: int64(draw.Lot)}
		if of := lots[draw.Lot]; of != tag {
			g.Borrowed = of
		}
		i.Grants = append(i.Grants, g)
	}
	return i
}

// licenseTags returns what the licenses are of that a device's authorizations draw on.
func licenseTags(tx *ledger.Tx, b reserve.Books) (map[reserve.LotID]string, error) {
	out := map[reserve.LotID]string{}
	for _, i := range b.Issued {
		for _, d := range i.Draws {
			if _, known := out[d.Lot]; known {
				continue
			}
			l, _, err := tx.Lot(d.Lot)
			if err != nil {
				return nil, err
			}
			out[d.Lot] = l.Tag
		}
	}
	return out, nil
}

// inOrder returns the tags in the order of the catalog; those that it retired come last.
func inOrder(by map[string]uint64, catalog reserve.Catalog) []string {
	var tags []string
	for _, e := range catalog.Entitlements() {
		if _, ok := by[e.Tag]; ok {
			tags = append(tags, e.Tag)
		}
	}
	for _, tag := range slices.Sorted(maps.Keys(by)) {
		if !slices.Contains(tags, tag) {
			tags = append(tags, tag)
		}
	}
	return tags
}

// byTag adds up by tag what is of a lot that has one.
func byTag(by map[reserve.LotID]uint32, tags map[reserve.LotID]string) map[string]uint64 {
	out := map[string]uint64{}
	for lot, n := range by {
		if tag, running := tags[lot]; running {
			out[tag] += uint64(n)
		}
	}
	return out
}

func (a deviceAnswer) print(out *cli.Output) {
	out.Printf("device       %s\nfingerprint  %s\naccount      %s\nstate        %s\n", a.UDI, a.Fingerprint, a.Account, a.State)
	if flags := a.flags(); flags != "" {
		out.Printf("ATTENTION    %s\n", flags)
	}
	a.printLosses(out)
	if len(a.Issued) > 0 {
		rows := [][]string{{"AUTHORIZATION", "SIGNED", "STATE", "GRANTS"}}
		for _, i := range a.Issued {
			var grants []string
			for _, g := range i.Grants {
				text := fmt.Sprintf("%s=%d", g.Entitlement, g.Count)
				if g.Borrowed != "" {
					text += " (borrowed from " + g.Borrowed + ")"
				}
				if g.Ends != "" {
					text += " until " + g.Ends
				}
				grants = append(grants, text)
			}
			rows = append(rows, []string{fmt.Sprint(i.Number), i.Day, i.State, strings.Join(grants, ", ")})
		}
		printBlock(out, "\n"+align(rows))
	}
	if len(a.tags) > 0 {
		rows := [][]string{{"ENTITLEMENT", "RESERVED", "IN TRANSIT"}}
		if a.WrittenOff != nil {
			rows[0] = append(rows[0], "PENDING RETURN")
		}
		for _, tag := range a.tags {
			row := []string{tag, fmt.Sprint(a.Reserved[tag]), fmt.Sprint(a.InTransit[tag])}
			if a.WrittenOff != nil {
				row = append(row, fmt.Sprint(a.PendingReturn[tag]))
			}
			rows = append(rows, row)
		}
		printBlock(out, "\n"+align(rows))
	}
}
