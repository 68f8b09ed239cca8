package cmd_test

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	ucli "github.com/urfave/cli/v2"

	"tallystick/cmd/internal/cli"
	"tallystick/cmd/internal/resolve"
	"tallystick/cmd/internal/term"
	"tallystick/testvectors"
	"tallystick/testvectors/labeled"
)

// A scene is an issuer and devices that something goes wrong with. It starts with an account that has
// licenses, and a device that nothing was issued to.
type scene struct {
	t     *testing.T
	dir   string
	world *world
	state string // the present device's record
	home  string
	last  string // what the last command printed
}

const sceneDevice = "C9300-24T:FCW2149L0KK"

func newScene(t *testing.T) *scene {
	t.Helper()
	dir := t.TempDir()
	s := &scene{t: t, dir: dir, world: newWorld(dir), state: "state", home: "home"}
	s.world.rand = labeled.Reader("resolve " + t.Name())
	t.Chdir(dir)
	text, err := testvectors.Catalog(testvectors.NetworkSwitch)
	s.check(err)
	s.check(os.WriteFile("catalog.json", text, 0o600))
	s.do("tally-issuer init --name Example --catalog catalog.json")
	s.do("tally-issuer account new acme --reservation on")
	s.do("tally-issuer license add --account acme --entitlement dna-advantage --quantity 20 --term 3y")
	s.do("tally-issuer license add --account acme --entitlement network-advantage --quantity 20 --perpetual")
	s.do("tally-issuer trust publish --out issuer.tally")
	s.device("state", "FCW2149L0KK")
	return s
}

func (s *scene) check(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

// device makes the device with a serial number and the record of that name the present one.
func (s *scene) device(state, serial string) {
	s.t.Helper()
	s.state = state
	if _, err := os.Stat(state); err != nil {
		s.do("tally-device init --product C9300-24T --trust issuer.tally --serial " + serial)
	}
}

// do runs a command that succeeds and returns what it printed.
func (s *scene) do(line string) string {
	s.t.Helper()
	return s.run(cli.ExitDone, strings.Fields(line))
}

// run runs a command as a person who says yes and knows the passphrase, and compares its exit status.
func (s *scene) run(want int, words []string) string {
	s.t.Helper()
	var stdout, stderr bytes.Buffer
	if exit := s.start(words, &stdout, &stderr); exit != want {
		s.t.Fatalf("%s: exit status %d, want %d\n%s%s", strings.Join(words, " "), exit, want, &stderr, &stdout)
	}
	return stdout.String()
}

func (s *scene) start(words []string, stdout, stderr *bytes.Buffer) int {
	words = slices.Clone(words)
	for _, f := range flagsOf(words) {
		switch f.Names()[0] {
		case "yes":
			words = append(words, "--yes")
		case "passphrase-fd":
			words = append(words, "--passphrase-fd", "3")
		}
	}
	variables := map[string]string{"TALLY_HOME": filepath.Join(s.dir, s.home), "TALLY_STATE": filepath.Join(s.dir, s.state),
		"XDG_STATE_HOME": filepath.Join(s.dir, s.home+"-anchors")}
	env := s.world.base(words[0], words[1:], stdout, stderr)
	env.Getenv = func(name string) string { return variables[name] }
	env.Terminal = func() (term.Terminal, error) { return nil, term.ErrNoTerminal }
	return programs[words[0]].Run(context.Background(), env)
}

// flagsOf returns the flags of the verb that a command line names.
func flagsOf(words []string) (flags []ucli.Flag) {
	commands := programs[words[0]].Commands(&cli.Env{})
	for _, word := range words[1:] {
		i := slices.IndexFunc(commands, func(c *ucli.Command) bool { return c.Name == word })
		if i < 0 {
			break
		}
		flags, commands = commands[i].Flags, commands[i].Subcommands
	}
	return flags
}

// copied copies a directory, as a backup or a clone does.
func (s *scene) copied(from, to string) {
	s.t.Helper()
	s.check(os.RemoveAll(to))
	s.check(os.CopyFS(to, os.DirFS(from)))
}

// A standing is what a resolver answers.
type standing struct {
	Situation string
	Next      cli.NextStep
	Then      []cli.NextStep
}

func (a standing) way() []cli.NextStep { return append([]cli.NextStep{a.Next}, a.Then...) }

// atDevice asks the device's program where it stands.
func (s *scene) atDevice(codes []string) standing {
	s.t.Helper()
	var a standing
	s.answer(append([]string{"tally-device", "status", "--json"}, codes...), &a)
	return a
}

// atIssuer asks the issuer's program where a device stands.
func (s *scene) atIssuer(codes []string) standing {
	s.t.Helper()
	var a struct {
		standing
		Devices []standing
	}
	s.answer(append([]string{"tally-issuer", "device", "resolve", "--json"}, codes...), &a)
	switch len(a.Devices) {
	case 0:
		return a.standing
	case 1:
		return a.Devices[0]
	}
	s.t.Fatalf("%d devices", len(a.Devices))
	return standing{}
}

func (s *scene) answer(words []string, a any) {
	s.t.Helper()
	text := s.run(cli.ExitDone, words)
	if err := json.Unmarshal([]byte(text), a); err != nil {
		s.t.Fatalf("%v: %s", err, text)
	}
}

// A plight is a way to get into a row.
type plight struct {
	row     string
	name    string // where a row has several
	arrange func(*scene) (codes []string)
	values  map[string]string // what a person knows
	end     []string          // where it ends, when not with everything in order

	// ask stands in for the resolver where it can't be asked.
	ask func(*scene) standing
}

// inOrder are the states in which nobody waits.
var inOrder = []string{resolve.NothingOut, resolve.EverythingCameBack, resolve.WrittenOff}

// carryOut follows what the resolvers say until nobody waits any more.
func (p plight) carryOut(s *scene, codes []string, now standing) {
	s.t.Helper()
	for range 8 {
		for _, step := range p.way(s, now) {
			if step == "tally-issuer device resolve CODE" {
				codes = append(codes, s.last)
				break
			}
		}
		// The state of the present device, whatever codes are still at hand.
		now = s.atIssuer(append([]string{sceneDevice}, codes...))
		s.t.Logf("then: %s", now.Situation)
		if slices.Contains(append(p.end, inOrder...), now.Situation) {
			return
		}
	}
	s.t.Fatalf("still stuck: %s, %s", now.Situation, now.Next.Command)
}

// way carries out the steps of one answer. Words that only a person knows are put in.
func (p plight) way(s *scene, now standing) (done []string) {
	s.t.Helper()
	for _, step := range now.way() {
		done = append(done, strings.Join(step.Argv, " "))
		if done[len(done)-1] == "tally-issuer device resolve CODE" {
			return done
		}
		words := slices.Clone(step.Argv)
		for i, word := range words {
			if word == "CODE" {
				words[i] = s.last
			} else if known, ok := p.values[word]; ok {
				words[i] = known
			}
		}
		s.t.Logf("%s: %s", step.Who, step.Command)
		if words[1] == "init" { // whoever sits there goes on with the new record
			s.state = p.values["DIR"]
		}
		var stdout, stderr bytes.Buffer
		exit := s.start(words, &stdout, &stderr)
		// A code that tells of a contradiction is taken, and that is said.
		if exit != cli.ExitDone && !(exit == cli.ExitQuarantined && words[1] == "receive") {
			s.t.Fatalf("%s: exit status %d\n%s", strings.Join(words, " "), exit, &stderr)
		}
		s.last = strings.TrimSpace(stdout.String())
	}
	return done
}

// TestWaysOut brings both programs into every row of both tables, has the resolver name it, and
// carries out what it prints until everything is in order.
func TestWaysOut(t *testing.T) {
	for side, table := range map[string]struct {
		rows    []resolve.Row
		plights []plight
		ask     func(*scene, []string) standing
	}{
		"device": {resolve.DeviceRows(), devicePlights, (*scene).atDevice},
		"issuer": {resolve.IssuerRows(), issuerPlights, (*scene).atIssuer},
	} {
		for _, row := range table.rows {
			if !slices.ContainsFunc(table.plights, func(p plight) bool { return p.row == row.ID }) {
				t.Errorf("%s: nothing shows that there is a way out of %s", side, row.ID)
			}
		}
		for _, p := range table.plights {
			t.Run(strings.TrimSpace(side+" "+p.row+" "+p.name), func(t *testing.T) {
				s := newScene(t)
				codes := p.arrange(s)
				ask := func() standing { return table.ask(s, codes) }
				if p.ask != nil {
					ask = func() standing { return p.ask(s) }
				}
				now := ask()
				if now.Situation != p.row {
					t.Fatalf("the resolver says %s: %s", now.Situation, now.Next.Command)
				}
				p.carryOut(s, codes, now)
			})
		}
	}
}
