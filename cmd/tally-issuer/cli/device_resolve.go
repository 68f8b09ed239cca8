package cli

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	ucli "github.com/urfave/cli/v2"

	"tallystick/cmd/internal/cli"
	"tallystick/cmd/internal/issuer"
	"tallystick/cmd/internal/ledger"
	"tallystick/cmd/internal/resolve"
	"tallystick/codec"
	"tallystick/reserve"
)

func deviceResolveCommand(env *cli.Env) *ucli.Command {
	return &ucli.Command{
		Name: "resolve", Usage: "tell the next step for a device, from whatever codes are left", ArgsUsage: "[UDI] [CODE...]",
		Description: cli.Describe("Takes whatever codes are left, in any order and of either side: requests, authorizations, confirmations, returns, status reports. "+
			"It says what each is, where the books and the device stand, what is in transit, and the one next step with its command. It changes nothing. "+
			"A code that can't be read, or is of another device or issuer, is named and left aside. The exit status is 0 when the next step is known.\n\n"+
			"Codes are taken from the arguments, from --file, from standard input with -, and at a terminal by pasting them.",
			"tally-issuer device resolve --file codes.txt",
			"tally-issuer device resolve C9300-24T:FCW2149L0KK",
			"tally-issuer device resolve FCW2149L0KK - --json",
			"tally-issuer device resolve FCW2149L0KK --failed --file request-of-the-replacement.txt"),
		Flags: cli.Flags(cli.CodesInputFlags(), []ucli.Flag{
			&ucli.BoolFlag{Name: "failed", Usage: "the device burnt, was lost or is out of reach: no code of it will come"}, homeFlag()}),
		Action: func(c *ucli.Context) error { return runResolve(c, env) },
	}
}

type resolveAnswer struct {
	Frozen         bool            `json:"frozen"`
	Codes          []cli.FoundCode `json:"codes"`
	Devices        []resolvedJSON  `json:"devices"`
	*cli.Situation                 // where the codes are of no device that is known
}

type resolvedJSON struct {
	deviceJSON
	Enrolled bool             `json:"enrolled"`
	Account  string           `json:"account"`
	State    reserve.Standing `json:"state"` // "" where it is not enrolled
	Flags    []string         `json:"flags"` // suspect, quarantined, superseded
	Holds    holdsJSON        `json:"holds"`

	Reserved      map[string]uint64 `json:"reserved"`
	InTransit     map[string]uint64 `json:"in_transit"`
	PendingReturn map[string]uint64 `json:"pending_return"`
	cli.Situation
}

// holdsJSON is what a device has installed as far as its codes prove it, those given included.
type holdsJSON struct {
	Number      reserve.Number   `json:"number"` // 0 is none
	Certain     bool             `json:"certain"`
	Unconfirmed []reserve.Number `json:"unconfirmed"` // may be installed instead
}

func runResolve(c *ucli.Context, env *cli.Env) error {
	return withReader(c, env, func(is *issuer.Issuer) error {
		name, codes, err := deviceFirst(c, is)
		if err != nil {
			return err
		}
		if c.Bool("failed") && name == "" {
			return cli.Usage("flag --failed: name the device that failed")
		}
		pieces, err := cli.ReadCodes(c, codes, name == "")
		if err != nil {
			return err
		}
		switch given := len(codes) > 0 && codes[0] != "-" && codes[0] != name; {
		case len(pieces) > 0:
		case name == "":
			return noCode(codes)
		case given:
			return cli.Usage("after the device come codes, and %q is none", codes[0])
		}
		r, err := is.Resolve(c.Context, name, pieces, c.Bool("failed"))
		if err != nil {
			return err
		}
		printResolution(c, r)
		if err := cli.Out(c).JSON(resolutionOf(c, r)); err != nil {
			return err
		}
		if len(r.Devices) == 0 && r.Row == nil {
			return cli.Status(cli.Explain(firstReason(r.Codes), programName).Exit)
		}
		return nil
	})
}

// deviceFirst splits the arguments: the first is a device when it is written as one, or when the
// books have one of that name.
func deviceFirst(c *ucli.Context, is *issuer.Issuer) (name string, codes []string, err error) {
	args := c.Args().Slice()
	if len(args) == 0 {
		return "", nil, nil
	}
	first := args[0]
	if _, err := reserve.ParseUDI(first); err == nil && !strings.HasPrefix(strings.ToUpper(first), "TS1") {
		return first, args[1:], nil
	}
	err = is.View(c.Context, func(tx *ledger.Tx) error {
		_, err := tx.FindDevice(first)
		return err
	})
	switch {
	case err == nil:
		return first, args[1:], nil
	case reasonOf(err) == reserve.UnknownDevice, reasonOf(err) == reserve.InvalidName:
		return "", args, nil
	}
	return "", nil, err
}

// noCode is the error for arguments that are neither a device nor a code.
func noCode(args []string) error {
	if len(args) == 1 && args[0] != "-" {
		return reserve.Refuse(reserve.UnknownDevice, "%q is neither a device on the books nor a code", args[0])
	}
	return &codec.Error{Problem: codec.Empty}
}

// firstReason is why the first of the codes counts for nothing.
func firstReason(codes []*resolve.Code) error {
	for _, c := range codes {
		if c.Reason != nil {
			return c.Reason
		}
	}
	return errors.New("none of the codes is of a device")
}

func resolutionOf(c *ucli.Context, r issuer.Resolution) resolveAnswer {
	a := resolveAnswer{Frozen: r.Frozen != nil, Codes: cli.FoundCodes(r.Codes), Devices: []resolvedJSON{}}
	if r.Row != nil {
		s := cli.SituationOf(c, *r.Row)
		a.Situation = &s
	}
	for _, d := range r.Devices {
		j := resolvedJSON{deviceJSON: deviceJSON{d.UDI.String(), d.DID.String()}, Enrolled: d.Enrolled, State: d.Standing,
			Flags: flagsOf(d), Holds: holdsJSON{d.Holds.Number, d.Holds.Certain, []reserve.Number{}}, Reserved: d.Reserved, InTransit: d.InTransit, PendingReturn: d.Pending,
			Situation: cli.SituationOf(c, d.Row)}
		j.Holds.Unconfirmed = append(j.Holds.Unconfirmed, d.Holds.Or...)
		if d.Enrolled {
			j.Account = d.Account.String()
		}
		a.Devices = append(a.Devices, j)
	}
	return a
}

func flagsOf(d issuer.ResolvedDevice) []string {
	flags := []string{}
	for _, f := range []struct {
		on   bool
		word string
	}{{d.Suspect, "suspect"}, {d.Quarantined, "quarantined"}, {d.Superseded, "superseded"}} {
		if f.on {
			flags = append(flags, f.word)
		}
	}
	return flags
}

func printResolution(c *ucli.Context, r issuer.Resolution) {
	out := cli.Out(c)
	cli.ShowFoundCodes(c, r.Codes)
	for i, d := range r.Devices {
		if i > 0 || len(r.Codes) > 0 {
			out.Printf("\n")
		}
		out.Printf("device       %s\n", d.UDI)
		out.Printf("books        %s\n", booksText(d))
		out.Printf("installed    %s\n", holdsText(d))
		for _, line := range []struct {
			label string
			by    map[string]uint64
		}{{"reserved", d.Reserved}, {"in transit", d.InTransit}, {"pending", d.Pending}} {
			if len(line.by) > 0 {
				out.Printf("%-12s %s\n", line.label, countsText(line.by))
			}
		}
		cli.ShowSituation(c, d.Row)
	}
	if r.Row != nil {
		out.Printf("\n")
		cli.ShowSituation(c, *r.Row)
	}
}

// countsText lists counts by tag: "dna-advantage=2, ports=24".
func countsText(by map[string]uint64) string {
	var parts []string
	for _, tag := range slices.Sorted(maps.Keys(by)) {
		parts = append(parts, fmt.Sprintf("%s=%d", tag, by[tag]))
	}
	return strings.Join(parts, ", ")
}

func booksText(d issuer.ResolvedDevice) string {
	if !d.Enrolled {
		return "not enrolled, fingerprint " + d.DID.String()
	}
	words := []string{string(d.Standing), "account " + d.Account.String()}
	for _, flag := range flagsOf(d) {
		words = append(words, strings.ToUpper(flag))
	}
	return strings.Join(words, ", ")
}

// orNumbers is numbers for things of which one is meant: "2, 3 or 4".
func orNumbers(list []reserve.Number) string {
	last := len(list) - 1
	if last == 0 {
		return numbers(list)
	}
	return numbers(list[:last]) + " or " + numbers(list[last:])
}

// holdsText says what the device has installed.
func holdsText(d issuer.ResolvedDevice) string {
	h := d.Holds
	proven := "nothing"
	if h.Number != 0 {
		proven = "authorization " + numbers([]reserve.Number{h.Number})
	}
	switch {
	case d.Suspect:
		return proven + ", which these books never issued"
	case h.Certain:
		return proven
	case len(h.Or) == 0:
		return "not known"
	case h.Number != 0:
		return proven + ", or since then " + orNumbers(h.Or)
	}
	return "not known: perhaps authorization " + orNumbers(h.Or)
}
