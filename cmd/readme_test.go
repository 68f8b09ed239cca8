package cmd_test

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"tallystick/cmd/internal/cli"
	"tallystick/cmd/internal/term"
	"tallystick/codec"
	"tallystick/reserve"
	"tallystick/testvectors"
	"tallystick/testvectors/labeled"
)

var update = flag.Bool("update", false, "write what the programs print into the README's transcripts")

// transcript is a fenced block of the README whose commands are run.
var transcript = regexp.MustCompile("(?s)```console\n(.*?)```")

// prompt is a command line in a transcript: who types it, and what.
var prompt = regexp.MustCompile(`^(officer|operator)\$ (.*)$`)

// TestReadmeTranscripts runs the README's transcripts in one directory, one after the other, and
// compares what is printed, byte for byte. -update writes it instead.
func TestReadmeTranscripts(t *testing.T) {
	readme, err := filepath.Abs(filepath.Join("..", "README.md")) // the working directory moves
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(readme)
	if err != nil {
		t.Fatal(err)
	}
	s := newStage(t)
	commands := 0
	played := transcript.ReplaceAllFunc(text, func(block []byte) []byte {
		var b strings.Builder
		b.WriteString("```console\n")
		for line := range strings.Lines(string(transcript.FindSubmatch(block)[1])) {
			if m := prompt.FindStringSubmatch(strings.TrimSuffix(line, "\n")); m != nil {
				commands++
				b.WriteString(line + s.run(m[2]))
			}
		}
		return []byte(b.String() + "```")
	})
	if commands < 5 {
		t.Fatalf("the README has %d commands in its transcripts", commands)
	}
	s.comparePromises(text)
	if bytes.Equal(played, text) {
		return
	}
	if *update {
		if err := os.WriteFile(readme, played, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	t.Errorf("the README's transcripts are not what the programs print; played, they are:\n%s", bytes.Join(transcript.FindAll(played, -1), []byte("\n")))
}

// comparePromises compares what the README says first of an authorization with the one of its
// transcript: its bytes and its lines.
func (s *stage) comparePromises(readme []byte) {
	s.t.Helper()
	text, err := os.ReadFile(filepath.Join(s.dir, "auth.txt"))
	if err != nil {
		s.t.Fatal(err)
	}
	reading, err := codec.Decode(string(text), reserve.Kinds()...)
	if err != nil {
		s.t.Fatal(err)
	}
	if said := fmt.Sprintf("are\n  %d bytes: five lines, or one QR code on an 80x24 console.", len(reading.Body)); len(reading.Lines) != 5 || !bytes.Contains(readme, []byte(said)) {
		s.t.Errorf("an authorization of %d bytes is %d lines, which the README does not say", len(reading.Body), len(reading.Lines))
	}
}

// A stage is where the README's people work: an issuer with licenses, a device, a shell of three
// words (a program of ours, "cat" or "sed"), and ">FILE".
type stage struct {
	t     *testing.T
	dir   string
	world *world
	maybe int // another exit status that a command may end with
}

func newStage(t *testing.T) *stage {
	t.Helper()
	s := emptyStage(t)
	for _, line := range []string{
		"tally-issuer init --name Example --catalog catalog.json --passphrase-fd 3",
		"tally-issuer account new acme/plant-7 --reservation on --passphrase-fd 3",
		"tally-issuer license add --account acme/plant-7 --entitlement network-advantage --quantity 10 --perpetual --passphrase-fd 3",
		"tally-issuer license add --account acme/plant-7 --entitlement dna-advantage --quantity 10 --term 3y --passphrase-fd 3",
		"tally-issuer license add --account acme/plant-7 --entitlement multigigabit-ports --quantity 48 --term 3y --passphrase-fd 3",
		"tally-issuer trust publish --out issuer.tally",
		"tally-device init --product C9300-24T --serial FCW2149L0KK --trust issuer.tally",
		"tally-device request >request.txt",
	} {
		s.run(line)
	}
	return s
}

// emptyStage is a stage with nothing on it but a catalog.
func emptyStage(t *testing.T) *stage {
	t.Helper()
	s := &stage{t: t, dir: t.TempDir()}
	s.world = newWorld(s.dir)
	s.world.rand = labeled.Reader("readme")
	text, err := testvectors.Catalog(testvectors.NetworkSwitch)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(s.dir, "catalog.json"), text, 0o600); err != nil {
		t.Fatal(err)
	}
	return s
}

// run runs one command line and returns what it printed, on both streams.
func (s *stage) run(line string) string {
	s.t.Helper()
	line, to, redirected := strings.Cut(line, " >")
	line = strings.TrimSuffix(line, " 3<pass")
	words := wordsOf(line)
	var stdout, stderr bytes.Buffer
	if _, ours := programs[words[0]]; ours {
		s.program(words, &stdout, &stderr)
	} else {
		c := exec.Command("sh", "-c", line)
		c.Dir, c.Stdout, c.Stderr = s.dir, &stdout, &stderr
		if err := c.Run(); err != nil {
			s.t.Fatalf("%s: %v\n%s", line, err, &stderr)
		}
	}
	if redirected {
		if err := os.WriteFile(filepath.Join(s.dir, to), stdout.Bytes(), 0o600); err != nil {
			s.t.Fatal(err)
		}
		stdout.Reset()
	}
	return stderr.String() + stdout.String()
}

// wordsOf splits a command line at its spaces, but for those between double quotes.
func wordsOf(line string) []string {
	var words []string
	for i, part := range strings.Split(line, `"`) {
		if i%2 == 0 {
			words = append(words, strings.Fields(part)...)
		} else {
			words = append(words, part)
		}
	}
	return words
}

func (s *stage) program(words []string, stdout, stderr io.Writer) {
	s.t.Helper()
	here.Lock()
	defer here.Unlock()
	s.t.Chdir(s.dir)
	variables := map[string]string{"TALLY_HOME": filepath.Join(s.dir, "home"), "TALLY_STATE": filepath.Join(s.dir, "state"),
		"XDG_STATE_HOME": filepath.Join(s.dir, "anchors")}
	env := s.world.base(words[0], words[1:], stdout, stderr)
	env.Getenv = func(name string) string { return variables[name] }
	env.Terminal = func() (term.Terminal, error) { return nil, term.ErrNoTerminal }
	if p := s.world.person; p != nil {
		env.StdoutIsTerminal, env.Size = true, p.Size
	}
	if exit := programs[words[0]].Run(context.Background(), env); exit != cli.ExitDone && exit != cli.ExitSuperseded && exit != s.maybe {
		s.t.Fatalf("%s: exit status %d\n%s", strings.Join(words, " "), exit, stderr)
	}
}
