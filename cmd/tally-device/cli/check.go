package cli

import (
	ucli "github.com/urfave/cli/v2"

	"tallystick/cmd/internal/cli"
	"tallystick/reserve"
)

func checkCommand(env *cli.Env) *ucli.Command {
	return &ucli.Command{
		Name: "check", Usage: "is it licensed? exit status 0 when it is, 8 when not", ArgsUsage: "ENTITLEMENT",
		Description: cli.Describe("Answers whether an entitlement is licensed, by itself or by a tier that includes it. The exit status is "+
			"the answer; with --quiet nothing is printed.",
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
	Held     uint64 `json:"held"`
	Covered  uint64 `json:"covered"`
	Ends     string `json:"ends"` // "" is perpetual
}

func runCheck(c *ucli.Context, env *cli.Env) error {
	n := c.Uint("count")
	if n > reserve.MaxCount {
		return cli.Usage("flag --count: at most %d", reserve.MaxCount)
	}
	d, _, err := open(c, env)
	if err != nil {
		return err
	}
	answer := d.Check(c.Args().First(), int(n))
	a := checkAnswer{Tag: answer.Tag, Count: int(n), Licensed: answer.Licensed, State: answer.State, Held: answer.Held, Covered: answer.Covered}
	if answer.Ends != 0 {
		a.Ends = answer.Ends.String()
	}
	out := cli.Out(c)
	if !out.IsQuiet() {
		word := "licensed"
		if !a.Licensed {
			word = "not licensed"
		}
		out.Printf("%s: %s (%s)\n", a.Tag, word, a.State)
	}
	if err := out.JSON(a); err != nil || a.Licensed {
		return err
	}
	return cli.Status(cli.ExitNothing)
}
