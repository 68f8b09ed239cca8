package cli

import (
	ucli "github.com/urfave/cli/v2"

	"tallystick/cmd/internal/cli"
	"tallystick/reserve"
	"tallystick/reserve/device"
)

func checkCommand(env *cli.Env) *ucli.Command {
	return &ucli.Command{
		Name: "check", Usage: "is it licensed? exit status 0 when it is, 8 when not", ArgsUsage: "ENTITLEMENT",
		Description: cli.Describe("Answers whether an entitlement is licensed, by itself or by a tier that includes it. The exit status is "+
			"the answer; with --quiet nothing is printed.\n\nWhile the device is in evaluation, asking is what counts as use: it "+
			"stores the running time, and the answer is no when that fails.",
			"tally-device check dna-advantage", "tally-device check multigigabit-ports --count 24 --quiet"),
		Flags:  []ucli.Flag{&ucli.UintFlag{Name: "count", Value: 1, Usage: "how many are needed, `N`"}, stateFlag()},
		Action: func(c *ucli.Context) error { return runCheck(c, env) },
	}
}

type checkAnswer struct {
	Tag      string `json:"tag"`
	Count    int    `json:"count"`
	Licensed bool   `json:"licensed"`
	State    string `json:"state"`
	Held     uint64 `json:"held"`    // of the entitlement itself
	Covered  uint64 `json:"covered"` // … and of the tiers that include it
	Ends     string `json:"ends"`    // "" is perpetual, or nothing held
}

func runCheck(c *ucli.Context, env *cli.Env) error {
	n := c.Uint("count")
	if n > reserve.MaxCount {
		return cli.Usage("flag --count: at most %d", reserve.MaxCount)
	}
	dir, err := stateDir(c, env)
	if err != nil {
		return err
	}
	answer, err := device.Ask(dir, c.Args().First(), int(n), options(env)...)
	if err != nil {
		return unreadable(dir, systemDir, err)
	}
	a := checkAnswer{Tag: c.Args().First(), Count: int(n), Licensed: answer.Licensed, State: answer.State,
		Held: answer.Held, Covered: answer.Covered, Ends: endsJSON(answer.Ends)}
	out := cli.Out(c)
	if !out.IsQuiet() {
		word := "licensed"
		if !a.Licensed {
			word = "not licensed"
		}
		out.Printf("%s: %s (%s)\n", a.Tag, word, a.State)
	}
	switch {
	case answer.Err != nil:
		out.Warn(cli.WarnNotCounted, "the evaluation can't be counted, so it can't be used: %v", answer.Err)
	case a.State == reserve.StateInvalidTag:
		out.Hint("`tally-device status` lists the entitlements")
	}
	if err := out.JSON(a); err != nil || a.Licensed {
		return err
	}
	return cli.Status(cli.ExitNothing)
}
