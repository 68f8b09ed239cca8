package cli

import (
	"fmt"
	"os"
	"os/signal"
	"syscall"

	ucli "github.com/urfave/cli/v2"

	"tallystick/cmd/internal/cli"
)

func rehearseCommand(env *cli.Env) *ucli.Command {
	return &ucli.Command{
		Name:  "rehearse",
		Usage: "play the whole life of one device with a training issuer",
		Description: cli.Describe("Plays the whole life of one device, from the request to its death, its replacement and the late return, in "+
			"a temporary directory that is removed at the end: what the officer types and sees, what the operator types and sees, every code and its QR. A training issuer "+
			"signs, so nothing here could ever pass in production. The officer's verbs are the real ones, and the device's codes too.",
			"tally-issuer rehearse", "tally-issuer rehearse --qr never --no-pause"),
		Flags: []ucli.Flag{
			cli.Enum("qr", "draw each code as a QR code", "always", "never"),
			&ucli.BoolFlag{Name: "no-pause", Usage: "at a terminal, go on without waiting for Enter between the scenes"},
		},
		Action: func(c *ucli.Context) error { return runRehearsal(c, env) },
	}
}

type rehearsalJSON struct {
	Steps     []stepJSON `json:"steps"`
	PoolWhole bool       `json:"pool_whole"`
}

type stepJSON struct {
	Who     string `json:"who"`     // officer or operator
	Command string `json:"command"` // as typed
	Code    string `json:"code,omitempty"`
}

func runRehearsal(c *ucli.Context, env *cli.Env) (err error) {
	// A reader that went away, as "| head" does, must not end this before the directory is removed.
	signal.Ignore(syscall.SIGPIPE)
	defer signal.Reset(syscall.SIGPIPE)
	dir, err := os.MkdirTemp("", "tally-rehearsal-")
	if err != nil {
		return fmt.Errorf("making a temporary directory: %w", err)
	}
	defer func() {
		if removing := os.RemoveAll(dir); err == nil {
			err = removing
		}
	}()
	r := &rehearsal{c: c, env: env, out: cli.Out(c), dir: dir, answer: rehearsalJSON{Steps: []stepJSON{}}}
	for _, scene := range []func() error{
		r.setUp, r.request, r.authorize, r.mistype, r.install, r.confirm, r.update, r.dies, r.replace, r.late, r.giveBack, r.whole,
	} {
		if err := scene(); err != nil {
			return err
		}
		if err := r.pause(); err != nil {
			return err
		}
	}
	return r.out.JSON(r.answer)
}
