// Command tally-issuer is the security officer's program: accounts, licenses, authorizations.
package main

import (
	"context"
	"os"

	icli "tallystick/cmd/internal/cli"
	"tallystick/cmd/tally-issuer/cli"
)

func main() { os.Exit(cli.Program().Run(context.Background(), icli.NewEnv())) }
