// Command tally-device is the operator's program, at the product instance: request, install, return.
package main

import (
	"context"
	"os"

	icli "tallystick/cmd/internal/cli"
	"tallystick/cmd/tally-device/cli"
)

func main() { os.Exit(cli.Program().Run(context.Background(), icli.NewEnv())) }
