package cli

import (
	"slices"

	ucli "github.com/urfave/cli/v2"

	"tallystick/cmd/internal/cli"
	"tallystick/cmd/internal/issuer"
)

// reasonFile is the flag beside --reason, for a text that stands in a file: a ticket's, or one that
// nobody wants to quote for a shell.
const reasonFile = "reason-file"

// readReasons makes every verb that has --reason-file read it before it does anything else, into
// --reason, where memo finds it.
func readReasons(list []*ucli.Command) {
	for _, c := range list {
		readReasons(c.Subcommands)
		if !slices.ContainsFunc(c.Flags, func(f ucli.Flag) bool { return f.Names()[0] == reasonFile }) {
			continue
		}
		action := c.Action
		c.Action = func(c *ucli.Context) error {
			if err := readReason(c); err != nil {
				return err
			}
			return action(c)
		}
	}
}

func readReason(c *ucli.Context) error {
	if !c.IsSet(reasonFile) {
		return nil
	}
	if c.IsSet("reason") {
		return cli.Usage("flags --reason and --%s exclude each other", reasonFile)
	}
	text, err := cli.TextFile(c, reasonFile, issuer.MaxMemo)
	if err != nil {
		return err
	}
	return c.Set("reason", text)
}
