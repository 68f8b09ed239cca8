package cmd_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"tallystick/cmd/internal/cli"
	"tallystick/testvectors"
)

// childMark makes the test binary run one of the programs instead of the tests, as a process of
// its own that can be killed: childMark PROGRAM ARGS...
const childMark = "run-as-program"

// asProgram does so with nothing of the test's in it: descriptors are those of the process.
const asProgram = "run-as-is"

func TestMain(m *testing.M) {
	if len(os.Args) > 2 && os.Args[1] == asProgram {
		env := cli.NewEnv()
		env.Args = os.Args[2:]
		os.Exit(programs[os.Args[2]].Run(context.Background(), env))
	}
	if len(os.Args) > 2 && os.Args[1] == childMark {
		env := cli.NewEnv()
		env.Args, env.WorkFactor = os.Args[2:], 8
		env.OpenFD = func(fd int) (io.ReadCloser, error) {
			return io.NopCloser(strings.NewReader(passphrases[fd] + "\n")), nil
		}
		os.Exit(programs[os.Args[2]].Run(context.Background(), env))
	}
	os.Exit(m.Run())
}

// A site is a directory with an issuer and devices, worked on by processes.
type site struct {
	t   *testing.T
	dir string
}

func (s site) command(program string, args ...string) *exec.Cmd {
	c := exec.Command(os.Args[0], append([]string{childMark, program}, args...)...)
	c.Dir = s.dir
	c.Env = append(os.Environ(), "TALLY_HOME="+filepath.Join(s.dir, "home"), "TALLY_STATE="+filepath.Join(s.dir, "state"),
		"XDG_STATE_HOME="+filepath.Join(s.dir, "anchors"))
	return c
}

// run runs a command to its end and wants it to succeed.
func (s site) run(line string) string {
	s.t.Helper()
	out, status := s.try(line)
	if status != 0 {
		s.t.Fatalf("%s: exit status %d\n%s", line, status, out)
	}
	return out
}

func (s site) try(line string) (stdout string, status int) {
	words := strings.Fields(line)
	c := s.command(words[0], words[1:]...)
	var out, complaints bytes.Buffer
	c.Stdout, c.Stderr = &out, &complaints
	err := c.Run()
	if err != nil && c.ProcessState == nil {
		s.t.Fatal(err)
	}
	return out.String() + complaintsOf(c, &complaints), c.ProcessState.ExitCode()
}

func complaintsOf(c *exec.Cmd, complaints *bytes.Buffer) string {
	if c.ProcessState.ExitCode() == 0 {
		return ""
	}
	return complaints.String()
}

func newSite(t *testing.T, quantity int) site {
	t.Helper()
	s := site{t, t.TempDir()}
	text, err := testvectors.Catalog(testvectors.NetworkSwitch)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(s.dir, "catalog.json"), text, 0o600); err != nil {
		t.Fatal(err)
	}
	s.run("tally-issuer init --name Example --catalog catalog.json --passphrase-fd 3")
	s.run("tally-issuer account new acme --reservation on --passphrase-fd 3")
	s.run(fmt.Sprintf("tally-issuer license add --account acme --entitlement dna-advantage --quantity %d --perpetual --passphrase-fd 3", quantity))
	s.run("tally-issuer trust publish --out issuer.tally")
	return s
}

// code runs a command that prints a code and returns its paste form.
func (s site) code(line string) string {
	s.t.Helper()
	var answer struct{ Code string }
	s.decode(s.run(line+" --json"), &answer)
	return answer.Code
}

func (s site) decode(text string, v any) {
	s.t.Helper()
	if err := json.Unmarshal([]byte(text), v); err != nil {
		s.t.Fatalf("%v in %q", err, text)
	}
}

type pool struct{ Purchased, Reserved, Available uint64 }

func (s site) pool() pool {
	s.t.Helper()
	var answer struct{ Pools []pool }
	s.decode(s.run("tally-issuer account show acme --json"), &answer)
	if len(answer.Pools) != 1 {
		s.t.Fatalf("pools %+v", answer.Pools)
	}
	return answer.Pools[0]
}

// held is how many the device holds by its own record.
func (s site) held() uint64 {
	s.t.Helper()
	var answer struct {
		Entitlements []struct {
			Tag  string
			Held uint64
		}
	}
	s.decode(s.run("tally-device status --json"), &answer)
	for _, e := range answer.Entitlements {
		if e.Tag == "dna-advantage" {
			return e.Held
		}
	}
	return 0
}

// TestEightOfficersAtOnce has eight processes authorize at once from a pool with room for five.
func TestEightOfficersAtOnce(t *testing.T) {
	s := newSite(t, 5)
	var requests []string
	for i := range 8 {
		state := fmt.Sprintf("device%d", i)
		s.run(fmt.Sprintf("tally-device init --state %s --product C9300-24T --serial SN%d --trust issuer.tally", state, i))
		requests = append(requests, s.code("tally-device request --state "+state))
	}
	results := make([]int, len(requests))
	var wg sync.WaitGroup
	for i, request := range requests {
		wg.Go(func() {
			_, results[i] = s.try("tally-issuer authorize " + request + " --from acme --grant dna-advantage=1 --yes --passphrase-fd 3")
		})
	}
	wg.Wait()
	count := map[int]int{}
	for _, status := range results {
		count[status]++
	}
	if count[cli.ExitDone] != 5 || count[cli.ExitPool] != 3 {
		t.Errorf("exit statuses %v, want five 0 and three %d", results, cli.ExitPool)
	}
	if p := s.pool(); p != (pool{5, 5, 0}) {
		t.Errorf("pool %+v", p)
	}
}

// TestKilledAtAnyMoment takes a device through its life twice, with every step killed at random
// moments and repeated until it is done. After each kill the books cover what the device holds, no
// more is reserved than the step can need, and the step can be taken again.
func TestKilledAtAnyMoment(t *testing.T) {
	if testing.Short() {
		t.Skip("kills a hundred processes")
	}
	s := newSite(t, 10)
	started := time.Now()
	s.run("tally-issuer account list")
	killer := &killer{random: rand.New(rand.NewPCG(1, 2)), longest: 3 * time.Since(started) / 2}
	s.run("tally-device init --product C9300-24T --serial SN1 --trust issuer.tally")
	request := s.code("tally-device request")
	for round := range 2 {
		var printed string
		step := func(line string, mostReserved uint64) {
			t.Helper()
			for range 6 {
				killer.kill(s, line+" --json")
				held, p := s.held(), s.pool()
				if p.Reserved < held || p.Reserved > mostReserved || p.Reserved+p.Available != p.Purchased {
					t.Fatalf("after a kill of %q: the device holds %d, pool %+v, at most %d reserved", line, held, p, mostReserved)
				}
			}
			printed = s.code(line)
		}
		authorize := fmt.Sprintf("tally-issuer authorize %s --from acme --yes --passphrase-fd 3 --op round-%d-", request, round)
		step(authorize+"1 --grant dna-advantage=4", 4)
		step("tally-device install "+printed+" --yes", 4)
		s.storm("tally-issuer confirm "+printed, killer)
		step(authorize+"2 --grant dna-advantage=6", 6)
		step("tally-device install "+printed+" --yes", 6)
		s.storm("tally-issuer receive "+printed, killer)
		if held, p := s.held(), s.pool(); held != 6 || p.Reserved != 6 {
			t.Fatalf("updated: the device holds %d, pool %+v", held, p)
		}
		step("tally-device return --yes", 6)
		s.storm("tally-issuer return "+printed, killer)
		step("tally-device cancel --yes", 0)
		s.storm("tally-issuer receive "+printed, killer)
		if held, p := s.held(), s.pool(); held != 0 || p != (pool{10, 0, 10}) {
			t.Fatalf("returned: the device holds %d, pool %+v", held, p)
		}
	}
	t.Logf("%d kills survived", killer.kills)
	if killer.kills < 10 {
		t.Errorf("only %d processes were killed before they ended", killer.kills)
	}
}

// storm kills a command a few times, then lets it end well.
func (s site) storm(line string, k *killer) {
	s.t.Helper()
	for range 4 {
		k.kill(s, line)
	}
	s.run(line)
}

// A killer kills processes at seeded moments of their lives.
type killer struct {
	random  *rand.Rand
	longest time.Duration // about as long as a process lives
	kills   int           // of processes that had not ended
}

func (k *killer) kill(s site, line string) {
	words := strings.Fields(line)
	c := s.command(words[0], words[1:]...)
	if err := c.Start(); err != nil {
		s.t.Fatal(err)
	}
	time.Sleep(time.Duration(k.random.Int64N(int64(k.longest))))
	_ = c.Process.Kill()
	_ = c.Wait()
	if !c.ProcessState.Exited() {
		k.kills++
	}
}
