package cli

import (
	"errors"
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

// draftName is the file in the state directory that keeps what was entered until it is installed.
const draftName = "entry"

func installCommand(env *cli.Env) *ucli.Command {
	return &ucli.Command{
		Name: "install", Usage: "install an authorization code; prints the confirmation code", ArgsUsage: "[CODE...]",
		Description: cli.Describe("Verifies an authorization code, shows what is gained, lost and still missing, asks, installs it, and prints "+
			"the confirmation code. At a terminal, without a code, it is typed line by line; each line is checked as it is typed. "+
			"What is installed already prints its confirmation again.",
			"tally-device install", "tally-device install --file authorization.txt --dry-run",
			"tally-device install --file authorization.txt --yes"),
		Flags:  cli.Flags(cli.CodeInputFlags(), []ucli.Flag{stateFlag(), cli.YesFlag(), cli.DryRunFlag()}, cli.CodeFlags()),
		Action: func(c *ucli.Context) error { return runInstall(c, env) },
	}
}

func runInstall(c *ucli.Context, env *cli.Env) error {
	if err := cli.CheckCodeFlags(c); err != nil {
		return err
	}
	d, dir, err := open(c, env)
	if err != nil {
		return err
	}
	draft := filepath.Join(dir, draftName)
	reading, err := cli.ReadCode(c, cli.CodeInput{What: "authorization code", Want: []codec.Kind{reserve.AuthorizationKind}, Draft: draft})
	if err != nil {
		return err
	}
	shown, err := d.Preview(reading.Body)
	if err != nil {
		return refused(d, env, err)
	}
	lines, missing := previewInstall(d, shown)
	switch {
	case cli.DryRun(c):
		return showDryRun(c, d, shown.Result, lines, missing)
	case shown.Repeated:
		cli.Out(c).Note("authorization %d is installed already; this is its confirmation code", shown.Number)
	case c.Bool("yes"):
		for _, line := range lines {
			cli.Out(c).Note("%s", line)
		}
	default:
		if err := cli.Confirm(c, safeBlock(lines), "install"); err != nil {
			return err
		}
	}
	in, err := d.Install(reading.Body)
	if err != nil {
		return refused(d, env, err)
	}
	// However this code came: an older one that somebody began to type has no use any more.
	cli.FileDraft(draft).Clear()
	return showResult(c, d, in.Result, codeAnswer{Missing: missing})
}

// refused adds what this device knows of its clock: an authorization that looks expired may meet a
// clock that is wrong.
func refused(d *device.Device, env *cli.Env, err error) error {
	ahead := d.Status(env.Now()).ClockAhead
	if errors.Is(err, &reserve.Refusal{Reason: reserve.AuthorizationExpired}) && ahead > 0 {
		return cli.WithHint(err, "the clock is %d days ahead of the latest day this device was shown: correct it if it is wrong", ahead)
	}
	return err
}

// previewInstall says what an authorization changes, and the tags of what is not licensed afterwards.
func previewInstall(d *device.Device, in device.Installation) (lines, missing []string) {
	line := func(format string, args ...any) { lines = append(lines, fmt.Sprintf(format, args...)) }
	training := ""
	if in.Authorization.Training() {
		training = ", for training"
	}
	line("authorization %d for %s, signed on %s%s", in.Number, d.Identity().UDI(), in.Authorization.Issued(), training)
	if in.Repeated {
		line("it is installed already")
	}
	for _, c := range in.Changes {
		until := ""
		if c.After.Count > 0 {
			until = ", " + endText(c.After.Ends)
		}
		line("  %-6s  %-28s %d -> %d%s", changeWord(c), c.Tag, c.Before.Count, c.After.Count, until)
	}
	if len(in.Authorization.Grants()) == 0 {
		line("it grants nothing: it takes everything away")
	}
	for _, a := range in.Uncovered {
		missing = append(missing, a.Tag)
	}
	if len(missing) > 0 {
		line("not licensed afterwards: %s", strings.Join(missing, ", "))
	}
	return lines, missing
}

// changeWord says in a word what becomes of an entitlement.
func changeWord(c device.Change) string {
	switch {
	case c.Gained() > 0 && c.Before.Count == 0:
		return "gained"
	case c.Gained() > 0:
		return "more"
	case c.Lost() > 0 && c.After.Count == 0:
		return "LOST"
	case c.Lost() > 0:
		return "fewer"
	}
	return "kept"
}

// endText shows an end day to a person.
func endText(d keys.Day) string {
	if d == 0 {
		return "perpetual"
	}
	return "until " + d.String()
}

// safeBlock joins lines for the terminal, each of them made safe.
func safeBlock(lines []string) string {
	var b strings.Builder
	for _, line := range lines {
		b.WriteString(term.Safe(line) + "\n")
	}
	return b.String()
}
