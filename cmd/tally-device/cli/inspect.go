package cli

import (
	"errors"

	ucli "github.com/urfave/cli/v2"

	"tallystick/cmd/internal/cli"
	"tallystick/codec"
	"tallystick/reserve"
)

func inspectCommand(env *cli.Env) *ucli.Command {
	return &ucli.Command{
		Name: "inspect", Usage: "say what any code says", ArgsUsage: "[CODE...]",
		Description: cli.Describe("Says what a code says, and whether it could be verified on this device. Changes nothing, and needs no "+
			"device state: without one nothing can be verified.",
			"tally-device inspect --file authorization.txt", "tally-device inspect"),
		Flags:  cli.Flags(cli.CodeInputFlags(), []ucli.Flag{stateFlag()}),
		Action: func(c *ucli.Context) error { return runInspect(c, env) },
	}
}

func runInspect(c *ucli.Context, env *cli.Env) error {
	trust, id, err := known(c, env)
	if err != nil {
		return err
	}
	var kinds []codec.Kind
	for _, k := range reserve.Kinds() {
		if reserve.Supported(k) {
			kinds = append(kinds, k)
		}
	}
	reading, err := cli.ReadCode(c, cli.CodeInput{What: "code", Want: kinds})
	if err != nil {
		return err
	}
	shown, err := inspect(reading, trust, id)
	if err != nil {
		return err
	}
	return cli.ShowInspection(c, shown, trust.Catalog())
}

// known returns what codes are verified against: nothing where there is no state that reads.
func known(c *ucli.Context, env *cli.Env) (reserve.Trust, reserve.Identity, error) {
	d, _, err := open(c, env)
	var refusal *reserve.Refusal
	switch {
	case err == nil:
		return d.Trust(), d.Identity(), nil
	case errors.As(err, &refusal) && refusal.Reason == reserve.StateMissing && !c.IsSet("state"):
		return reserve.Trust{}, reserve.Identity{}, nil
	case errors.As(err, &refusal) && refusal.Reason == reserve.StateDamaged:
		cli.Out(c).Warn(cli.WarnUnverified, "nothing can be verified: %v", err)
		return reserve.Trust{}, reserve.Identity{}, nil
	}
	return reserve.Trust{}, reserve.Identity{}, err
}

// inspect takes the spelling that can be verified, of those that a corrected line may mean.
func inspect(reading codec.Reading, trust reserve.Trust, id reserve.Identity) (reserve.Inspection, error) {
	first, err := reserve.Inspect(reading.Kind, reading.Body, trust, id)
	if err != nil || first.Verified {
		return first, err
	}
	for _, body := range reading.Spellings {
		if x, err := reserve.Inspect(reading.Kind, body, trust, id); err == nil && x.Verified {
			return x, nil
		}
	}
	return first, nil
}
