package cmd_test

import (
	"bytes"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"tallystick/cmd/internal/cli"
)

var (
	stormKills = flag.Int("storm.kills", 50, "how many processes TestStorm kills")
	stormSeed  = flag.Uint64("storm.seed", 1, "what TestStorm does, and when it kills")
)

// A storm is an issuer with several accounts and devices, on which processes do whatever may be
// done next and are killed at any moment of it.
type storm struct {
	site
	random   *rand.Rand
	accounts []*stormAccount
	machines []*machine
	acts     int // how many were taken, to give each an ID of its own
	root     int // the version of the trust root
	journal  uint64
	pace     map[string]time.Duration // how long a verb lately took, from start to end
	kills    int
	landed   map[string]int // where
}

// TestStorm kills processes of both programs at random moments, with others at work beside them.
// After each kill the books are whole and cover what devices hold and could still install, and the
// verb can be taken again: with the same code, if one was shown.
func TestStorm(t *testing.T) {
	kills := *stormKills
	if testing.Short() {
		kills = min(kills, 6)
	}
	s := newStorm(t)
	for steps := 0; s.kills < kills; steps++ {
		if steps > 10*kills {
			t.Fatalf("only %d of %d processes were killed before they ended", s.kills, steps)
		}
		v := s.choose()
		s.strike(v)
		if t.Failed() {
			t.Fatalf("seed %d, after a kill of %q", *stormSeed, v.line)
		}
	}
	s.giveEverythingBack()
	s.verifyBooks()
	t.Logf("seed %d: %d kills survived", *stormSeed, s.kills)
	for _, where := range slices.Sorted(maps.Keys(s.landed)) {
		t.Logf("%4d %s", s.landed[where], where)
	}
}

func newStorm(t *testing.T) *storm {
	s := &storm{root: 1, site: newSite(t, 8), random: rand.New(rand.NewPCG(*stormSeed, 0)), pace: map[string]time.Duration{}, landed: map[string]int{}}
	s.run("tally-issuer account new globex --reservation on --passphrase-fd 3")
	for _, name := range []string{"acme", "globex"} {
		s.accounts = append(s.accounts, &stormAccount{name: name, purchased: map[string]uint64{}})
	}
	s.accounts[0].purchased["dna-advantage"] = 8
	for _, a := range s.accounts {
		for _, tag := range stormTags {
			s.must(0, s.buy(a, tag, 4))
		}
	}
	for i := range 4 {
		m := &machine{state: fmt.Sprintf("%s/machine-%d", s.dir, i), account: s.accounts[i%2], next: 1, root: 1}
		m.udi = fmt.Sprintf("C9300-24T:SN%d", i)
		s.run(fmt.Sprintf("tally-device init --state %s --product C9300-24T --serial SN%d --trust issuer.tally", m.state, i))
		m.request = s.code("tally-device request --state " + m.state)
		s.machines = append(s.machines, m)
		s.look(m)
	}
	return s
}

// strike starts a verb as a process, kills it, looks at everything, and takes the verb again.
func (s *storm) strike(v verb) {
	before := s.mark(v)
	beside := s.beside(v)
	out, killed, status := s.killOne(v)
	beside.finish()
	after := s.mark(v)
	s.look(v.machine)
	s.check(false)
	again, answer := s.inProcess(v.line)
	bought := beside.c != nil && status == cli.ExitPool && again == 0 // meanwhile, by the process beside it
	if !slices.Contains(v.may, again) || !killed && status != again && !bought {
		s.t.Errorf("ended with %d, taken again with %d, want one of %d\n%s", status, again, v.may, answer.raw)
		return
	}
	shown := parseAnswer(out)
	if shown.Code != "" && shown.Code != answer.Code && !s.sameReport(v, answer.Code) {
		s.t.Errorf("showed %s\nand the second time %s", shown.Code, answer.Code)
	}
	if killed {
		s.kills++
		place := where(before, after, s.mark(v), shown.Code != "" || out != "" && v.silent)
		if beside.c != nil {
			place = "while another process wrote as well"
		}
		s.landed[v.program()+": "+place]++
	}
	if again == 0 && v.done != nil {
		v.done(answer)
	}
	s.look(v.machine)
	s.check(true)
}

// sameReport lets a status report pass that tells of another hour than the one before: it was asked
// for again when the hour was over.
func (s *storm) sameReport(v verb, code string) bool {
	_, third := s.inProcess(v.line)
	s.landed["a report told of another hour"]++
	return v.reports && third.Code == code && s.landed["a report told of another hour"] <= 2
}

// killOne runs a verb and kills it at a random moment of the time that it usually takes, or right
// after it began to write. The first of its kind is let live, to measure that.
func (s *storm) killOne(v verb) (stdout string, killed bool, status int) {
	words := strings.Fields(v.line)
	c := s.command(words[0], append(words[1:], "--json")...)
	var out bytes.Buffer
	c.Stdout = &out
	usual, measured := s.pace[v.name]
	written := s.written(v)
	started := time.Now()
	if err := c.Start(); err != nil {
		s.t.Fatal(err)
	}
	ended := make(chan struct{})
	if aimed := s.random.IntN(3) == 0; measured && aimed {
		go killWhen(func() bool { return s.written(v) != written }, time.Duration(s.random.Int64N(int64(usual/4))), ended, c)
	} else if measured {
		go killWhen(nil, s.moment(usual), ended, c)
	}
	_ = c.Wait()
	close(ended)
	if c.ProcessState.Exited() {
		s.pace[v.name] = time.Since(started)
		return out.String(), false, c.ProcessState.ExitCode()
	}
	s.pace[v.name] += usual / 16 // a machine that got slower would else be killed ever earlier
	return out.String(), true, -1
}

// killWhen kills a process a while after something happened, unless it ended before.
func killWhen(happened func() bool, after time.Duration, ended chan struct{}, c *exec.Cmd) {
	wait := func(d time.Duration) bool {
		select {
		case <-ended:
			return false
		case <-time.After(d):
			return true
		}
	}
	for happened != nil && !happened() {
		if !wait(100 * time.Microsecond) {
			return
		}
	}
	if wait(after) {
		_ = c.Process.Kill()
	}
}

// written changes when a process writes to the verb's record.
func (s *storm) written(v verb) string {
	path := filepath.Join(s.dir, "home", "ledger.db-wal")
	if v.program() == "tally-device" {
		path = v.machine.state // the directory, where a new record is made
	}
	info, err := os.Stat(path)
	if err != nil || info.Size() == 0 {
		return ""
	}
	return fmt.Sprint(info.Size(), info.ModTime())
}

// moment returns when to kill a process that usually takes so long. The first half of that goes by
// before it has read anything.
func (s *storm) moment(usual time.Duration) time.Duration {
	from := time.Duration(0)
	if s.random.IntN(4) > 0 {
		from = usual / 2
	}
	return from + time.Duration(s.random.Int64N(int64(usual*9/8-from)))
}

// where says what a killed process had come to.
func where(before, after, last mark, answered bool) string {
	switch {
	case answered:
		return "after the answer"
	case after.content != before.content:
		return "after the commit, before the answer"
	case after.litter != before.litter:
		return "while writing, before the commit"
	case before.content == last.content:
		return "of what changes nothing"
	}
	return "before it wrote anything"
}
