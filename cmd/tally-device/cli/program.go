// Package cli has the verbs of tally-device, one in a file, which has the verb's name.
//
// A verb reads its flags and its code (package cli of cmd/internal), lets package device
// (reserve/device) carry out what is asked, and prints the answer. program.go lists the verbs and
// opens the state, code.go prints the codes that most of them end with, status_*.go are the forms of
// status. Nothing here can sign for an issuer: neither the ledger nor a keyring is linked.
package cli

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	ucli "github.com/urfave/cli/v2"

	"tallystick/cmd/internal/cli"
	"tallystick/cmd/internal/resolve"
	"tallystick/reserve"
	"tallystick/reserve/device"
)

const programName = "tally-device"

// Program returns tally-device.
func Program() cli.Program {
	return cli.Program{
		Name:  programName,
		Usage: "hold the licenses of a device that has no network",
		Description: cli.Describe("The operator's program, at the product instance. It prints the device's request code, installs the "+
			"authorization code that comes back, and prints the confirmation and return codes that go to the security officer. It has "+
			"no network code; every code travels by hand.",
			"tally-device init --product C9300-24T --serial FCW2149L0KK --trust issuer.tally",
			"tally-device request", "tally-device install"),
		Commands:  commands,
		Variables: []cli.Variable{cli.TallyState, cli.XDGStateHome, cli.Home, cli.LocalAppData, cli.NoColor},
		SeeAlso:   []string{"tally-issuer(1)"},
		Sections:  []cli.Section{cli.StuckSection(resolve.DeviceRows(), "tally-device status CODE")},
	}
}

func commands(env *cli.Env) []*ucli.Command {
	return []*ucli.Command{
		initCommand(env), requestCommand(env), installCommand(env), confirmationCommand(env), returnCommand(env),
		cancelCommand(env), reportCommand(env), statusCommand(env), checkCommand(env), inspectCommand(env), trustCommand(env),
	}
}

// stateFlag is on every verb.
func stateFlag() ucli.Flag {
	return &ucli.StringFlag{Name: "state", TakesFile: true, Usage: "the device's state `DIR` (default: TALLY_STATE, else /var/lib/tallystick for root, else the user's state directory)"}
}

// stateDir returns the directory of the device's record.
func stateDir(c *ucli.Context, env *cli.Env) (string, error) {
	if dir := c.String("state"); dir != "" {
		return filepath.Clean(dir), nil
	}
	if dir := env.Var(cli.TallyState); dir != "" {
		return filepath.Clean(dir), nil
	}
	if systemWide() {
		return systemDir, nil
	}
	state, err := env.StateHome()
	return filepath.Join(state, "tallystick"), err
}

func options(env *cli.Env) []device.Option {
	return []device.Option{device.WithClock(env.Now), device.WithUptime(env.Uptime), device.WithRand(env.Rand)}
}

// open opens the device that the flags name.
func open(c *ucli.Context, env *cli.Env) (*device.Device, string, error) {
	dir, err := stateDir(c, env)
	if err != nil {
		return nil, "", err
	}
	d, err := device.Open(dir, options(env)...)
	return d, dir, unreadable(dir, systemDir, err)
}

// systemDir is where root keeps the device's record.
const systemDir = "/var/lib/tallystick"

// unreadable adds to an error of opening a record what must be looked at before anybody makes another
// identity for the same serial number: the licenses of the first one would be lost.
func unreadable(dir, system string, err error) error {
	if errors.Is(err, fs.ErrPermission) {
		return cli.WithHint(err, "the device state in %q belongs to another user, such as root: run this as that user", dir)
	}
	if !errors.Is(err, &reserve.Refusal{Reason: reserve.StateMissing}) {
		return err
	}
	if _, lock := os.Lstat(filepath.Join(dir, "lock")); lock == nil {
		return cli.WithHint(err, "unless an init was interrupted here, a state was lost: look for it, and ask the security officer "+
			"before you make another identity, which would not get the licenses of the lost one")
	}
	if _, found := os.Stat(system); found == nil && filepath.Clean(dir) != system {
		return cli.WithHint(err, "%q is there, where root keeps the device state: run this as root; --state DIR names another place", system)
	}
	return err
}

// repeated is embedded in the JSON of every verb that may find its work already done.
type repeated struct {
	Repeated bool `json:"repeated"`
	DryRun   bool `json:"dry_run,omitempty"`
}
