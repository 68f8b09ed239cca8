package cli

import (
	"fmt"
	"path/filepath"
	"strings"

	ucli "github.com/urfave/cli/v2"

	"tallystick/cmd/internal/cli"
	"tallystick/cmd/internal/term"
	"tallystick/codec"
	"tallystick/keys"
	"tallystick/reserve"
	"tallystick/reserve/device"
)

func installCommand(env *cli.Env) *ucli.Command {
	return &ucli.Command{
		Name: "install", Usage: "install an authorization code; prints the confirmation code", ArgsUsage: "[CODE...]",
		Description: cli.Describe("Verifies an authorization code, shows what is gained, lost and still missing, asks, installs it, and prints "+
			"the confirmation code. At a terminal without a code it is typed line by line. What is installed already prints its "+
			"confirmation again.",
			"tally-device install", "tally-device install --file authorization.txt --yes"),
		Flags:  cli.Flags(cli.CodeInputFlags(), []ucli.Flag{stateFlag(), cli.YesFlag(), cli.DryRunFlag()}, cli.CodeFlags()),
		Action: func(c *ucli.Context) error { return runInstall(c, env) },
	}
}

type changeJSON struct {
	Tag    string `json:"tag"`
	Before uint64 `json:"before"`
	After  uint64 `json:"after"`
	Ends   string `json:"ends"` // "" is perpetual
}

func changesOf(list []device.Change) []changeJSON {
	out := []changeJSON{}
	for _, c := range list {
		j := changeJSON{Tag: c.Tag, Before: c.Before.Count, After: c.After.Count}
		if c.After.Ends != 0 {
			j.Ends = c.After.Ends.String()
		}
		out = append(out, j)
	}
	return out
}

func runInstall(c *ucli.Context, env *cli.Env) error {
	if err := cli.CheckCodeFlags(c); err != nil {
		return err
	}
	d, dir, err := open(c, env)
	if err != nil {
		return err
	}
	reading, err := cli.ReadCode(c, cli.CodeInput{What: "authorization code", Want: []codec.Kind{reserve.AuthorizationKind},
		Draft: filepath.Join(dir, "entry")})
	if err != nil {
		return err
	}
	shown, err := d.Preview(reading.Body)
	if err != nil {
		return err
	}
	out := cli.Out(c)
	if cli.DryRun(c) {
		writeBlock(out, previewInstall(d, shown))
		return out.JSON(codeAnswer{Device: d.Identity().UDI().String(), Number: shown.Number, Changes: changesOf(shown.Changes),
			repeated: repeated{shown.Repeated, true}})
	}
	if !shown.Repeated {
		if err := cli.Confirm(c, previewInstall(d, shown), "install"); err != nil {
			return err
		}
	}
	in, err := d.Install(reading.Body)
	if err != nil {
		return err
	}
	if in.Repeated {
		out.Note("authorization %d is installed already; this is its confirmation code", in.Number)
	}
	return showResult(c, d, in.Result, changesOf(in.Changes))
}

// previewInstall writes what an authorization changes.
func previewInstall(d *device.Device, in device.Installation) string {
	var b strings.Builder
	line := func(format string, args ...any) { b.WriteString(term.Safe(fmt.Sprintf(format, args...)) + "\n") }
	line("authorization %d for %s, signed on %s", in.Number, d.Identity().UDI(), in.Authorization.Issued())
	if len(in.Changes) == 0 {
		line("it grants nothing, and nothing is held")
	}
	for _, c := range in.Changes {
		word := "kept"
		switch {
		case c.Gained() > 0 && c.Before.Count == 0:
			word = "gained"
		case c.Gained() > 0:
			word = "more"
		case c.Lost() > 0 && c.After.Count == 0:
			word = "LOST"
		case c.Lost() > 0:
			word = "fewer"
		}
		until := ""
		if c.After.Count > 0 {
			until = ", " + endText(c.After.Ends)
		}
		line("  %-6s  %-28s %d -> %d%s", word, c.Tag, c.Before.Count, c.After.Count, until)
	}
	if len(in.Uncovered) > 0 {
		var tags []string
		for _, a := range in.Uncovered {
			tags = append(tags, a.Tag)
		}
		line("not licensed afterwards: %s", strings.Join(tags, ", "))
	}
	return b.String()
}

// endText shows an end day to a person.
func endText(d keys.Day) string {
	if d == 0 {
		return "perpetual"
	}
	return "until " + d.String()
}
