package cli

import (
	"fmt"
	"strings"

	ucli "github.com/urfave/cli/v2"

	"tallystick/cmd/internal/cli"
	"tallystick/cmd/internal/issuer"
	"tallystick/cmd/internal/ledger"
)

func deviceMoveCommand(env *cli.Env) *ucli.Command {
	return &ucli.Command{
		Name: "move", Usage: "give devices to another account, with what they hold", ArgsUsage: "[UDI...]",
		Description: cli.Describe("Moves devices, named one by one or in a file with one a line, and the licenses that are reserved for them: neither account has more or "+
			"less available than before. No code travels. All of them move, or none.",
			"tally-issuer device move C9300-24T:FCW2149L0KK --to acme/plant-8",
			"tally-issuer device move --file serials.txt --to acme/plant-8 --reason \"line 3 moves\""),
		Flags: cli.Flags([]ucli.Flag{
			&ucli.StringFlag{Name: "to", Required: true, Usage: "the `ACCOUNT` they go to"},
			&ucli.StringFlag{Name: "file", TakesFile: true, Usage: "read devices from `FILE`, one a line; # begins a comment"},
		}, officerFlags()),
		Action: func(c *ucli.Context) error { return moveDevices(c, env) },
	}
}

type movedJSON struct {
	Device   string             `json:"device"`
	From     string             `json:"from"`
	To       string             `json:"to"`
	Licenses []movedLicenseJSON `json:"licenses"`
	Repeated bool               `json:"repeated"`
}

type movedLicenseJSON struct {
	Entitlement string `json:"entitlement"`
	Count       uint32 `json:"count"`
	Ends        string `json:"ends"` // "" is perpetual
}

func moveDevices(c *ucli.Context, env *cli.Env) error {
	to, err := ledger.ParsePath(c.String("to"))
	if err != nil {
		return err
	}
	devices, err := namedDevices(c)
	if err != nil {
		return err
	}
	return withOfficer(c, env, func(o *issuer.Officer) error {
		moved, err := o.MoveDevices(c.Context, devices, to, memo(c), cli.DryRun(c))
		if err != nil {
			return err
		}
		list, rows := []movedJSON{}, [][]string{}
		again := true
		for _, m := range moved {
			j := movedOf(m, to)
			list = append(list, j)
			rows = append(rows, []string{j.Device, j.From, j.To, licensesText(m)})
			again = again && m.Repeated
		}
		out := cli.Out(c)
		out.Table([]string{"DEVICE", "FROM", "TO", "LICENSES"}, rows)
		return out.JSON(struct {
			Moved []movedJSON `json:"moved"`
			repeated
		}{list, repeated{again, cli.DryRun(c)}})
	})
}

func movedOf(m issuer.Moved, to ledger.Path) movedJSON {
	j := movedJSON{Device: m.Device.UDI.String(), From: m.From.String(), To: to.String(), Licenses: []movedLicenseJSON{}, Repeated: m.Repeated}
	for _, l := range m.Charges {
		ends := ""
		if l.Ends != 0 {
			ends = l.Ends.String()
		}
		j.Licenses = append(j.Licenses, movedLicenseJSON{l.Tag, l.Count, ends})
	}
	return j
}

func licensesText(m issuer.Moved) string {
	if m.Repeated {
		return "was there already"
	}
	var parts []string
	for _, l := range m.Charges {
		parts = append(parts, fmt.Sprintf("%d %s", l.Count, l.Tag))
	}
	return strings.Join(parts, ", ")
}

func deviceLabelCommand(env *cli.Env) *ucli.Command {
	return &ucli.Command{
		Name: "label", Usage: "give a device a name of your own", ArgsUsage: "UDI TEXT",
		Description: cli.Describe("The label is kept in the books alone; no code carries it. An empty text takes it away.",
			"tally-issuer device label C9300-24T:FCW2149L0KK \"hall 3, rack 12\""),
		Flags: officerFlags(),
		Action: func(c *ucli.Context) error {
			if c.Args().Len() != 2 {
				return cli.Usage("give the device and its label")
			}
			return withOfficer(c, env, func(o *issuer.Officer) error {
				d, again, err := o.LabelDevice(c.Context, c.Args().Get(0), c.Args().Get(1), memo(c), cli.DryRun(c))
				if err != nil {
					return err
				}
				cli.Out(c).Printf("device  %s\nlabel   %s\n", d.UDI, d.Label)
				return cli.Out(c).JSON(struct {
					Device deviceJSON `json:"device"`
					Label  string     `json:"label"`
					repeated
				}{deviceJSON{d.UDI.String(), d.DID.String()}, d.Label, repeated{again, cli.DryRun(c)}})
			})
		},
	}
}
