package cli

import (
	ucli "github.com/urfave/cli/v2"

	"tallystick/cmd/internal/cli"
	"tallystick/cmd/internal/issuer"
	"tallystick/reserve"
)

func auditCommand(env *cli.Env) *ucli.Command {
	return group("audit", "the journal, and whether the books agree with it",
		auditVerifyCommand(env), auditCheckpointCommand(env), auditProveCommand(env), auditCheckProofCommand(env), auditShowCommand(env))
}

// booksFlags are on every verb that an auditor uses, who has a copy of the ledger and nothing else.
func booksFlags() []ucli.Flag {
	return []ucli.Flag{
		&ucli.StringFlag{Name: "ledger", TakesFile: true, Usage: "a copy of the ledger, `FILE`, in the place of a home"}, homeFlag(),
	}
}

func trustFlag(usage string) ucli.Flag {
	return &ucli.StringFlag{Name: "trust", TakesFile: true, Usage: usage}
}

// withBooks opens the ledger that --ledger names, or the home's, for reading alone. Of a frozen one it
// says nothing: that is what an audit finds out.
func withBooks(c *ucli.Context, env *cli.Env, f func(is *issuer.Issuer) error) error {
	file := c.String("ledger")
	switch {
	case file == "":
		return withHome(c, env, issuer.OpenReadOnly, f)
	case c.String("home") != "":
		return cli.Usage("flags --ledger and --home exclude each other")
	}
	w, err := world(env)
	if err != nil {
		return err
	}
	is, err := issuer.OpenBooks(file, w)
	if err != nil {
		return err
	}
	return closing(is, f(is))
}

// readTrust reads the trust bundle that --trust names; the zero Trust when there is none.
func readTrust(c *ucli.Context) (reserve.Trust, error) {
	name := c.String("trust")
	if name == "" {
		return reserve.Trust{}, nil
	}
	reading, err := cli.ReadCodeFile(name, reserve.BundleKind)
	if err != nil {
		return reserve.Trust{}, err
	}
	return reserve.OpenTrust(reading.Body)
}
