package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	ucli "github.com/urfave/cli/v2"

	"tallystick/cmd/internal/cli"
	"tallystick/codec"
	"tallystick/reserve"
	"tallystick/reserve/device"
)

// rehearsal is the stage: where things lie, who said what, and the code being carried.
type rehearsal struct {
	c      *ucli.Context
	env    *cli.Env
	out    *cli.Output
	dir    string
	device *device.Device
	failed *device.Device // the one that died
	typed  []string       // the code that is carried from one side to the other, line by line
	answer rehearsalJSON
	scenes int
}

// rehearsalPassphrase seals the training keyring; it lives as long as the temporary directory.
const rehearsalPassphrase = "rehearsal"

// rehearsalWork is the scrypt cost of that keyring: it protects nothing.
const rehearsalWork = 10

func (r *rehearsal) path(name string) string { return r.dir + "/" + name }

func (r *rehearsal) printf(format string, args ...any) { r.out.Printf(format, args...) }

func (r *rehearsal) scene(title, about string) {
	r.scenes++
	title = fmt.Sprintf("%d. %s", r.scenes, title)
	r.printf("\n%s\n%s\n", title, strings.Repeat("=", len(title)))
	if r.env.StdoutIsTerminal {
		about = strings.ReplaceAll(about, "\n", " ") // it is folded to the terminal's width
	}
	if about != "" {
		r.out.Block(about + "\n")
	}
}

// pause waits for Enter where somebody watches, until the last scene is played.
func (r *rehearsal) pause() error {
	watched := r.env.StdinIsTerminal && r.env.StdoutIsTerminal && !r.out.IsJSON()
	if !watched || r.c.Bool("no-pause") || r.answer.PoolWhole {
		return nil
	}
	t, err := cli.Terminal(r.c)
	if err != nil {
		return nil // nobody to wait for
	}
	_, err = t.ReadLine("\nPress Enter to go on: ")
	return err
}

// shown is a command line as a person would type it: the temporary directory left out.
func (r *rehearsal) shown(program string, args []string) string {
	words := []string{program}
	for _, a := range args {
		a = strings.ReplaceAll(a, r.dir+"/", "")
		if strings.ContainsAny(a, " ") && !strings.Contains(a, "…") && len(a) < 20 {
			a = `"` + a + `"`
		}
		words = append(words, a)
	}
	return strings.Join(words, " ")
}

func (r *rehearsal) step(who, command string) {
	r.answer.Steps = append(r.answer.Steps, stepJSON{Who: who, Command: command})
	r.printf("\n%s$ %s\n", who, command)
}

// officer runs a verb of this program, as the officer would, and returns what it printed.
func (r *rehearsal) officer(args ...string) (string, error) {
	r.step("officer", r.shown(programName, args))
	return r.run(args, r.out.Writer())
}

func (r *rehearsal) run(args []string, to io.Writer) (string, error) {
	full := append([]string{programName}, args...)
	full = append(full, "--home", r.path("issuer"))
	if needsPassphrase(args) {
		full = append(full, "--passphrase-fd", "3")
	}
	var printed, complaints bytes.Buffer
	world := *r.env
	world.Args, world.Stdin, world.StdinIsTerminal = full, strings.NewReader(""), false
	if slices.Contains(args, "--yes") { // its code is read again, as it was printed for none
		world.StdoutIsTerminal = false
	}
	world.Stdout, world.Stderr = io.MultiWriter(&printed, to), &complaints
	world.WorkFactor, world.Signals = rehearsalWork, nil
	world.Getenv = func(name string) string {
		if name == string(cli.XDGStateHome) {
			return r.path("anchors")
		}
		return r.env.Getenv(name)
	}
	world.OpenFD = func(int) (io.ReadCloser, error) {
		return io.NopCloser(strings.NewReader(rehearsalPassphrase + "\n")), nil
	}
	if exit := Program().Run(r.c.Context, &world); exit != cli.ExitDone {
		return "", fmt.Errorf("%s ended with status %d: %s", r.shown(programName, args), exit, strings.TrimSpace(complaints.String()))
	}
	// Who reads this types no --home.
	hints := strings.NewReplacer(" --home "+r.path("issuer"), "", r.dir+"/", "").Replace(complaints.String())
	_, err := io.WriteString(to, hints)
	return printed.String(), err
}

// needsPassphrase tells the verbs that sign from those that read or receive.
func needsPassphrase(args []string) bool {
	switch strings.Join(args[:min(2, len(args))], " ") {
	case "account show", "device show", "trust publish":
		return false
	}
	return args[0] != "confirm" && args[0] != "return"
}

// operator shows what is typed at the device.
func (r *rehearsal) operator(args ...string) { r.step("operator", r.shown("tally-device", args)) }

// show prints a code of the device as the operator sees it, and picks it up.
func (r *rehearsal) show(code codec.Code) error {
	r.typed = code.Lines()
	r.answer.Steps[len(r.answer.Steps)-1].Code = code.Paste()
	return cli.ShowCode(r.c, code, cli.CodeTexts{})
}

// carry picks up the code that the officer's program printed, as a person would who reads it off
// the screen.
func (r *rehearsal) carry(printed string) error {
	reading, err := codec.Decode(printed, reserve.Kinds()...)
	if err != nil {
		return fmt.Errorf("reading what was printed: %w", err)
	}
	code, err := codec.Encode(reading.Kind, reading.Body)
	if err != nil {
		return err
	}
	r.typed = code.Lines()
	r.answer.Steps[len(r.answer.Steps)-1].Code = code.Paste()
	return nil
}

// pools asks the books, through the JSON that scripts use.
func (r *rehearsal) pools() ([]poolJSON, error) {
	text, err := r.run([]string{"account", "show", rehearsalAccount, "--json"}, io.Discard)
	if err != nil {
		return nil, err
	}
	var answer struct {
		Pools []poolJSON `json:"pools"`
	}
	return answer.Pools, json.Unmarshal([]byte(text), &answer)
}
