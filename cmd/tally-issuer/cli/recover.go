package cli

import (
	"fmt"
	"strings"

	ucli "github.com/urfave/cli/v2"

	"tallystick/cmd/internal/cli"
	"tallystick/cmd/internal/issuer"
	"tallystick/cmd/internal/journal"
	"tallystick/cmd/internal/ledger"
)

func recoverCommand(env *cli.Env) *ucli.Command {
	return group("recover", "go on with books that are older than what was signed",
		&ucli.Command{
			Name: "show", Usage: "tell where the books stand and what to do next",
			Description: cli.Describe("Compares the books with their anchor, tells what was lost, which devices are still to be settled, and the next step.",
				"tally-issuer recover show"),
			Flags:  []ucli.Flag{homeFlag()},
			Action: func(c *ucli.Context) error { return showRecovery(c, env) },
		},
		&ucli.Command{
			Name: "anchor", Usage: "make a new anchor where it is missing or damaged", ArgsUsage: "FILE",
			Description: cli.Describe("For books that came to another workstation: the anchor stayed behind, and nothing is lost. You vouch that the checkpoint in "+
				"FILE, typed off paper or signed, is the newest there ever was; the books must have grown from it.",
				"tally-issuer recover anchor checkpoint.txt"),
			Flags:  cli.Flags(officerFlags(), []ucli.Flag{cli.YesFlag()}),
			Action: func(c *ucli.Context) error { return acceptAnchor(c, env) },
		},
		&ucli.Command{
			Name: "begin", Usage: "begin the recovery of books that lost their newest part",
			Description: cli.Describe("Goes on with the older books under a new name of the log. Nothing new is issued until every device is settled: each gets one "+
				"authorization that is numbered above everything that may have been lost, and confirms it.",
				"tally-issuer recover begin --reason \"disk failed, backup of Monday\""),
			Flags:  cli.Flags(officerFlags(), []ucli.Flag{cli.YesFlag()}),
			Action: func(c *ucli.Context) error { return beginRecovery(c, env) },
		},
		recoverEnrollCommand(env), recoverImportCommand(env), recoverDeviceCommand(env),
		&ucli.Command{
			Name: "finish", Usage: "unfreeze the books",
			Description: cli.Describe("Ends the recovery once every device is settled. --waive gives up the others: what they hold of the lost history is then in no books.",
				"tally-issuer recover finish", "tally-issuer recover finish --waive --reason \"site closed, devices destroyed\""),
			Flags: cli.Flags(officerFlags(), []ucli.Flag{
				&ucli.BoolFlag{Name: "waive", Usage: "give up the devices that are not settled"}, cli.YesFlag()}),
			Action: func(c *ucli.Context) error { return finishRecovery(c, env) },
		})
}

type recoveryJSON struct {
	Frozen  bool     `json:"frozen"`
	Reason  string   `json:"reason,omitempty"`
	Open    bool     `json:"recovering"`
	Epoch   int      `json:"epoch,omitempty"`
	Books   treeJSON `json:"books"`
	Lost    treeJSON `json:"lost"` // how far the lost journal went; size 0 is unknown
	Devices int64    `json:"unsettled"`
	List    []string `json:"devices,omitempty"` // the first of them
	repeated
}

// shownDevices is how many devices are named.
const shownDevices = 20

func showRecovery(c *ucli.Context, env *cli.Env) error {
	return withHome(c, env, issuer.OpenReadOnly, func(is *issuer.Issuer) error {
		r, err := is.Recovery(c.Context)
		if err != nil {
			return err
		}
		list, err := unsettled(c, is, r)
		if err != nil {
			return err
		}
		out := cli.Out(c)
		out.Printf("journal entries  %d\n", r.Books.Size)
		if r.Lost.Size > 0 {
			out.Printf("the anchor says  %d\n", r.Lost.Size)
		}
		if r.Open {
			out.Printf("unsettled        %d devices\n", r.Devices)
			for _, udi := range list {
				out.Printf("                 %s\n", udi)
			}
		}
		tellNext(out, r)
		if err := tellCopies(c, is, r); err != nil {
			return err
		}
		return out.JSON(recoveryOf(r, list, false, false))
	})
}

// tellCopies tells of the devices that no code settles.
func tellCopies(c *ucli.Context, is *issuer.Issuer, r issuer.Recovery) error {
	if !r.Open || r.Devices == 0 {
		return nil
	}
	var list []string
	err := is.View(c.Context, func(tx *ledger.Tx) error {
		begun, _, err := tx.Recovery()
		if err != nil {
			return err
		}
		for d, err := range tx.Devices(ledger.DeviceFilter{Unsettled: &begun, Flagged: true}) {
			if err != nil {
				return err
			}
			if d.Quarantined {
				list = append(list, d.UDI.String())
			}
		}
		return nil
	})
	if len(list) > 0 {
		cli.Out(c).Hint("%d of them can't be settled, since there are copies of them and no code of theirs counts: %s. Take all copies out of use; once the "+
			"others are settled, `tally-issuer recover finish --waive` gives these up", len(list), strings.Join(list[:min(len(list), shownDevices)], ", "))
	}
	return err
}

// unsettled names the first devices that a recovery has to settle.
func unsettled(c *ucli.Context, is *issuer.Issuer, r issuer.Recovery) ([]string, error) {
	var list []string
	if !r.Open || r.Devices == 0 {
		return nil, nil
	}
	err := is.View(c.Context, func(tx *ledger.Tx) error {
		begun, _, err := tx.Recovery()
		if err != nil {
			return err
		}
		for d, err := range tx.Devices(ledger.DeviceFilter{Unsettled: &begun}) {
			if err != nil || len(list) == shownDevices {
				return err
			}
			list = append(list, d.UDI.String())
		}
		return nil
	})
	return list, err
}

func recoveryOf(r issuer.Recovery, list []string, again, dry bool) recoveryJSON {
	j := recoveryJSON{Frozen: r.Frozen != nil, Open: r.Open, Epoch: r.Epoch, Books: treeOf(r.Books), Lost: treeOf(r.Lost),
		Devices: r.Devices, List: list, repeated: repeated{again, dry}}
	if r.Frozen != nil {
		j.Reason = r.Frozen.Error()
	}
	return j
}

// tellNext names the one next step.
func tellNext(out *cli.Output, r issuer.Recovery) {
	switch {
	case r.Open && r.Devices > 0:
		out.Hint("for each device: `tally-issuer recover device UDI`, let it install that, and `tally-issuer receive CODE` its confirmation. " +
			"Authorizations and devices that are on paper and not in these books come first: `tally-issuer recover enroll`, `tally-issuer recover import`")
	case r.Open:
		out.Hint("every device is settled: `tally-issuer recover finish`")
	case r.Frozen == nil:
		out.Note("nothing was lost")
	case r.Lost.Size == 0:
		out.Warn(cli.WarnFrozen, "%v", r.Frozen)
		out.Hint("put the anchor back if it is somewhere; vouch for the newest checkpoint with `tally-issuer recover anchor FILE`; or treat the newest part " +
			"of the books as lost with `tally-issuer recover begin`")
	default:
		out.Warn(cli.WarnFrozen, "%v", r.Frozen)
		out.Hint("if a newer copy of the home exists, `tally-issuer restore DIR` it and nothing is lost; else `tally-issuer recover begin`")
	}
}

func acceptAnchor(c *ucli.Context, env *cli.Env) error {
	file, err := oneArgument(c, "FILE")
	if err != nil {
		return err
	}
	text, err := readFile(file, journal.MaxCheckpoint)
	if err != nil {
		return err
	}
	question := safef("You vouch that no checkpoint was ever printed after the one in %q. If one was, licenses can be issued twice.", file)
	if err := cli.Confirm(c, question, "newest"); err != nil {
		return err
	}
	return withOfficer(c, env, func(o *issuer.Officer) error {
		t, err := o.AcceptAnchor(c.Context, text, memo(c), cli.DryRun(c))
		if err != nil {
			return err
		}
		cli.Out(c).Printf("anchor  the checkpoint of %d journal entries is accepted\n", t.Size)
		return cli.Out(c).JSON(struct {
			treeJSON
			repeated
		}{treeOf(t), repeated{false, cli.DryRun(c)}})
	})
}

func beginRecovery(c *ucli.Context, env *cli.Env) error {
	question := "Only when there is no newer copy of the books: every device has to install an authorization and confirm it before anything new is issued."
	if err := cli.Confirm(c, question, "recover"); err != nil {
		return err
	}
	return withOfficer(c, env, func(o *issuer.Officer) error {
		r, again, err := o.BeginRecovery(c.Context, memo(c), cli.DryRun(c))
		if err != nil {
			return err
		}
		out := cli.Out(c)
		out.Printf("recovery  %s\nunsettled %d devices\n", lostText(r), r.Devices)
		tellNext(out, r)
		return out.JSON(recoveryOf(r, nil, again, cli.DryRun(c)))
	})
}

func lostText(r issuer.Recovery) string {
	if r.Lost.Size == 0 {
		return "how much was lost is not known"
	}
	return fmt.Sprintf("the lost journal had %d entries", r.Lost.Size)
}

func finishRecovery(c *ucli.Context, env *cli.Env) error {
	if c.Bool("waive") {
		question := "Devices that are not settled may hold licenses that these books don't know of; the same licenses can then be in use twice."
		if err := cli.Confirm(c, question, "waive"); err != nil {
			return err
		}
	}
	return withOfficer(c, env, func(o *issuer.Officer) error {
		waived, err := o.FinishRecovery(c.Context, c.Bool("waive"), memo(c), cli.DryRun(c))
		if err != nil {
			return err
		}
		cli.Out(c).Printf("recovered; %d devices were given up\n", waived)
		return cli.Out(c).JSON(struct {
			Waived int64 `json:"waived"`
			repeated
		}{waived, repeated{false, cli.DryRun(c)}})
	})
}
